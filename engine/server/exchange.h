#pragma once

#include "engine/server/api_error.h"
#include "engine/server/http.h"
#include "engine/server/json_text.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace server
{

/// The way back to a client: a connection, or what a test puts in its place.
class Responder
{
public:
    virtual ~Responder() = default;
    virtual void sendReply(Reply reply) = 0;
    virtual void sendHead(Reply head) = 0; ///< of a streamed answer
    virtual void sendPart(std::string_view bytes) = 0;
    virtual void sendEnd() = 0;
};

/// One request and its answer: either reply() once, or beginStream(), send() any times and end(). All that
/// comes after the end, or after the client left, is dropped. Thread: the server's.
class Exchange final
{
public:
    Exchange(HttpRequest request, std::weak_ptr<Responder> responder);

    /// By which Activity knows it; 0: not yet.
    std::uint64_t id() const { return m_id; }
    void setId(std::uint64_t id) { m_id = id; }
    const HttpRequest &request() const { return m_request; }
    /// The value of "{id}" in the route.
    const std::string &argument() const { return m_argument; }
    void setArgument(std::string value) { m_argument = std::move(value); }

    void reply(Reply reply);
    void reply(const OutJson &body);
    void reply(const ApiError &error);

    void beginStream(); ///< text/event-stream
    void send(std::string_view bytes);
    void end();
    bool isStreaming() const { return m_state == State::Streaming; }
    /// Nothing more can be sent.
    bool isOver() const { return m_state == State::Over; }

    /// Called once if the client leaves before the answer is complete.
    void onGone(std::function<void()> call) { m_gone = std::move(call); }
    void gone();
    /// Ends what works on the answer as if the client had left; the client is told that it was cancelled.
    void cancel();
    /// Ends the answer with an error, which is an event where a stream has begun, and what works on it.
    void abort(const ApiError &error);

    int status() const { return m_status; } ///< 0 until it is answered; 499: the client left before

private:
    enum class State { Waiting, Streaming, Over };

    std::uint64_t m_id = 0;
    HttpRequest m_request;
    std::string m_argument;
    std::weak_ptr<Responder> m_responder;
    std::function<void()> m_gone;
    State m_state = State::Waiting;
    int m_status = 0;
};

/// Shared by the connection and by those who work on the answer.
using ExchangePtr = std::shared_ptr<Exchange>;

} // namespace server
