#pragma once

#include "engine/server/exchange.h"
#include "engine/server/gate.h"
#include "engine/server/options.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <memory>
#include <optional>
#include <string>

namespace server
{

/// What connections belong to.
class Front
{
public:
    virtual ~Front() = default;
    virtual const ServerOptions &options() const = 0;
    virtual const Gate &gate() const = 0;
    virtual bool isOpenPath(const std::string &path) const = 0;
    /// Answers now or later; throws nothing.
    virtual void serve(const ExchangePtr &exchange) = 0;
    /// Told of every request that will be answered, or refused: before serve().
    virtual void begun(Exchange &exchange) = 0;
    /// Told at the end of every answer, and of clients that left before it (499).
    virtual void answered(const Exchange &exchange) = 0;
    virtual bool isDraining() const = 0;
};

/// One client: requests one after the other, each read in limits and answered at once or as a stream. While
/// an answer is made it goes on listening, so that it knows when the client leaves. Thread: the server's.
class Connection final : public Responder, public std::enable_shared_from_this<Connection>
{
public:
    using Socket = boost::asio::ip::tcp::socket;

    Connection(Socket socket, Front &front);
    ~Connection() override;

    void start() { readHeader(); }
    /// Ends it now; an answer on its way is cut.
    void close();
    /// Ends it if no request is being answered.
    void closeIfIdle();
    bool isAnswering() const { return m_exchange != nullptr; }
    /// How much a connection has shown to be a client's, the least first: it ends, is silent from the start,
    /// sends a header or a body; Kept: it is answered, or was and may send its next request.
    enum class Claim { None, Silent, Header, Body, Kept };
    Claim claim() const;

    void sendReply(Reply reply) override;
    void sendHead(Reply head) override;
    void sendPart(std::string_view bytes) override;
    void sendEnd() override;

private:
    using ErrorCode = boost::system::error_code;
    using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

    void readHeader();
    void headerRead(ErrorCode error);
    void readBody();
    void bodyRead(ErrorCode error);
    void serve();
    void checkHeader() const;
    HttpRequest takeHeader() const;
    void begin(HttpRequest request);
    void end();
    void refuse(const ApiError &error);
    void readFailed(ErrorCode error);

    void watch();
    void watched(ErrorCode error, std::size_t bytes);
    void queue(std::string bytes);
    void write();
    void answered();
    void linger();
    void expire(std::chrono::milliseconds time, void (Connection::*then)());
    void readTooSlow();

    Socket m_socket;
    std::string m_client; ///< address
    Front &m_front;
    boost::asio::steady_timer m_deadline;
    unsigned m_deadlineNumber = 0; ///< so that a timer that just fired cannot act for the next one
    boost::beast::flat_buffer m_buffer;
    std::optional<Parser> m_parser;
    ExchangePtr m_exchange;
    std::string m_allowedOrigin;
    std::string m_unsent, m_inFlight;
    std::size_t m_lingered = 0;
    char m_scrap[4096];
    bool m_wasAnswered = false;
    bool m_keepAlive = true, m_chunked = false, m_isHead = false;
    bool m_watching = false, m_writing = false, m_complete = false, m_idle = false, m_closed = false;
};

} // namespace server
