#include "engine/server/exchange.h"

#include "engine/server/sse.h"

#include <utility>

namespace server
{

Exchange::Exchange(HttpRequest request, std::weak_ptr<Responder> responder)
    : m_request(std::move(request))
    , m_responder(std::move(responder))
{
}

void Exchange::reply(Reply reply)
{
    if (m_state != State::Waiting) return;
    m_state = State::Over;
    m_status = reply.status;
    m_gone = {};
    if (const auto responder = m_responder.lock()) responder->sendReply(std::move(reply));
}

void Exchange::reply(const OutJson &body)
{
    Reply answer;
    answer.body = dump(body);
    reply(std::move(answer));
}

void Exchange::reply(const ApiError &error)
{
    Reply answer;
    answer.status = error.status;
    answer.body = dump(toJson(error));
    if (error.retryAfter > 0) answer.headers.emplace_back("Retry-After", std::to_string(error.retryAfter));
    if (!error.allow.empty()) answer.headers.emplace_back("Allow", error.allow);
    if (error.status == 401) answer.headers.emplace_back("WWW-Authenticate", "Bearer");
    reply(std::move(answer));
}

void Exchange::beginStream()
{
    if (m_state != State::Waiting) return;
    m_state = State::Streaming;
    m_status = 200;
    Reply head;
    head.contentType = "text/event-stream";
    if (const auto responder = m_responder.lock()) responder->sendHead(std::move(head));
}

void Exchange::send(std::string_view bytes)
{
    if (m_state != State::Streaming) return;
    if (const auto responder = m_responder.lock()) responder->sendPart(bytes);
}

void Exchange::end()
{
    if (m_state != State::Streaming) return;
    m_state = State::Over;
    m_gone = {};
    if (const auto responder = m_responder.lock()) responder->sendEnd();
}

void Exchange::gone()
{
    if (m_state == State::Over) return;
    m_state = State::Over;
    m_status = 499;
    if (const auto call = std::exchange(m_gone, {})) call();
}

void Exchange::cancel()
{
    if (m_state == State::Over) return;
    if (const auto call = m_gone) call();
}

void Exchange::abort(const ApiError &error)
{
    const auto call = std::exchange(m_gone, {});
    if (m_state == State::Streaming) {
        send(sseEvent(toJson(error)));
        end();
    } else {
        reply(error);
    }
    if (call) call();
}

} // namespace server
