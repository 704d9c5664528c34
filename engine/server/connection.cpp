#include "engine/server/connection.h"

#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>

#include <cstring>
#include <utility>

namespace server
{
namespace
{

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr std::size_t kMostHeaderBytes = 16U << 10;
constexpr std::size_t kMostLineBytes = 8U << 10;
constexpr std::size_t kMostFields = 100;
constexpr std::size_t kMostBuffered = 64U << 10; ///< of a client that sends on while it is answered
constexpr std::size_t kMostLingered = 1U << 20;

std::string text(boost::beast::string_view view) { return {view.data(), view.size()}; }

ApiError lineTooLong() { return {414, "invalid_request_error", "", "the request line is longer than 8 KiB"}; }

ApiError headersTooLarge()
{
    return {431, "invalid_request_error", "", "the headers are larger than 16 KiB or more than 100 fields"};
}

} // namespace

Connection::Connection(Socket socket, Front &front)
    : m_socket(std::move(socket))
    , m_front(front)
    , m_deadline(m_socket.get_executor())
    , m_buffer(kMostBuffered + (32U << 10))
{
    ErrorCode ignored;
    m_socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    const auto peer = m_socket.remote_endpoint(ignored);
    if (!ignored) m_client = peer.address().to_string();
}

Connection::~Connection() { end(); }

/// The exchange is over, or its client gone.
void Connection::end()
{
    const auto exchange = std::exchange(m_exchange, nullptr);
    if (!exchange) return;
    exchange->gone();
    m_front.answered(*exchange);
}

void Connection::close()
{
    if (std::exchange(m_closed, true)) return;
    m_deadline.cancel();
    ErrorCode ignored;
    m_socket.close(ignored);
    end();
}

void Connection::closeIfIdle()
{
    if (!isAnswering() && !m_writing) close();
}

Connection::Claim Connection::claim() const
{
    if (isAnswering()) return Claim::Kept;
    if (m_closed || m_complete) return Claim::None; // it lingers
    const bool hasBegun = m_buffer.size() > 0 || (m_parser && !m_idle && m_parser->got_some());
    if (!hasBegun || m_idle) return m_wasAnswered ? Claim::Kept : Claim::Silent;
    return m_parser && m_parser->is_header_done() ? Claim::Body : Claim::Header;
}

void Connection::expire(std::chrono::milliseconds time, void (Connection::*then)())
{
    const unsigned number = ++m_deadlineNumber;
    m_deadline.expires_after(time);
    m_deadline.async_wait([self = weak_from_this(), number, then](ErrorCode error) {
        const auto connection = std::static_pointer_cast<Connection>(self.lock());
        if (!error && connection && connection->m_deadlineNumber == number) (connection.get()->*then)();
    });
}

// ---- Reading a request
// ----------------------------------------------------------------------------------------

void Connection::readHeader()
{
    m_idle = false;
    m_parser.emplace();
    m_parser->header_limit(kMostHeaderBytes + kMostLineBytes);
    m_parser->body_limit(m_front.options().bodyBytes);
    expire(m_front.options().headerTime, &Connection::readTooSlow);
    http::async_read_header(
        m_socket, m_buffer, *m_parser,
        [self = shared_from_this()](ErrorCode error, std::size_t) { self->headerRead(error); });
}

void Connection::readTooSlow()
{
    const bool hasBegun = m_parser && (m_parser->got_some() || m_buffer.size() > 0);
    if (!hasBegun) return close();
    refuse({408, "invalid_request_error", "", "the request came too slowly"});
}

void Connection::readFailed(ErrorCode error)
{
    if (m_closed || m_exchange || m_complete) return;
    m_keepAlive = false;
    if (error == http::error::body_limit)
        return refuse({413, "invalid_request_error", "",
                       "the body is larger than " + std::to_string(m_front.options().bodyBytes) +
                           " bytes, the limit that this endpoint was started with (--body-bytes)"});
    if (error == http::error::header_limit || error == http::error::buffer_overflow)
        return refuse(m_parser->get().target().empty() ? lineTooLong() : headersTooLarge());
    if (error == http::error::bad_version)
        return refuse({505, "invalid_request_error", "", "expected HTTP/1.1 or HTTP/1.0"});
    const bool isOurs = error.category() == make_error_code(http::error::bad_method).category();
    if (!isOurs || error == http::error::end_of_stream || error == http::error::partial_message)
        return close();
    refuse({400, "invalid_request_error", "", "the request is not valid HTTP: " + error.message()});
}

HttpRequest Connection::takeHeader() const
{
    const auto &message = m_parser->get();
    HttpRequest request;
    request.method = text(message.method_string());
    const std::string target = text(message.target());
    const auto mark = target.find('?');
    request.path = target.substr(0, mark);
    if (mark != std::string::npos) request.query = target.substr(mark + 1);
    request.host = text(message[http::field::host]);
    request.origin = text(message[http::field::origin]);
    request.authorization = text(message[http::field::authorization]);
    request.contentType = text(message[http::field::content_type]);
    request.contentEncoding = text(message[http::field::content_encoding]);
    request.requestHeaders = text(message[http::field::access_control_request_headers]);
    request.client = m_client;
    request.hasBody = m_parser->chunked() || m_parser->content_length().value_or(0) > 0;
    return request;
}

/// What Beast lets pass.
void Connection::checkHeader() const
{
    const auto &message = m_parser->get();
    if (message.target().size() > kMostLineBytes) throw lineTooLong();
    std::size_t fields = 0, bytes = 0;
    for (const auto &field : message) {
        ++fields;
        bytes += field.name_string().size() + field.value().size() + 4;
    }
    if (fields > kMostFields || bytes > kMostHeaderBytes) throw headersTooLarge();
    const auto malformed = [](const char *what) { return badRequest({}, what); };
    if (message.version() != 11 && message.version() != 10)
        throw ApiError(505, "invalid_request_error", "", "expected HTTP/1.1 or HTTP/1.0");
    for (const auto field :
         {http::field::host, http::field::origin, http::field::authorization, http::field::content_type,
          http::field::content_length, http::field::transfer_encoding})
        if (message.count(field) > 1) throw malformed("a header that may stand once stands twice");
    if (message.count(http::field::host) == 0) throw malformed("expected a Host header, found none");
    if (message.count(http::field::transfer_encoding) > 0 &&
        (message.count(http::field::content_length) > 0 || message.version() == 10 ||
         !boost::beast::iequals(message[http::field::transfer_encoding], "chunked")))
        throw malformed("expected either Content-Length or \"Transfer-Encoding: chunked\"");
    if (message.target().empty() || message.target().front() != '/')
        throw malformed("expected a path that begins with /");
}

void Connection::headerRead(ErrorCode error)
{
    if (m_closed || m_exchange || m_complete) return; // refused for being slow
    if (error) return readFailed(error);
    m_keepAlive = false; // until it is certain where this request ends
    m_isHead = m_parser->get().method() == http::verb::head;
    m_allowedOrigin.clear();
    try {
        checkHeader();
        m_keepAlive = m_parser->keep_alive();
        const HttpRequest request = takeHeader();
        m_allowedOrigin = m_front.gate().allowedOrigin(request);
        m_front.gate().check(request, m_front.isOpenPath(request.path));
    } catch (const ApiError &problem) {
        return refuse(problem);
    }
    if (m_parser->content_length().value_or(0) > m_front.options().bodyBytes)
        return readFailed(http::error::body_limit);
    m_chunked = m_parser->get().version() == 11;
    if (m_parser->is_done()) return serve();
    if (boost::beast::iequals(m_parser->get()[http::field::expect], "100-continue")) {
        m_unsent = "HTTP/1.1 100 Continue\r\n\r\n";
        write();
    }
    readBody();
}

void Connection::readBody()
{
    expire(m_front.options().bodyTime, &Connection::readTooSlow);
    http::async_read_some(
        m_socket, m_buffer, *m_parser,
        [self = shared_from_this()](ErrorCode error, std::size_t) { self->bodyRead(error); });
}

void Connection::bodyRead(ErrorCode error)
{
    if (m_closed || m_exchange || m_complete) return;
    if (error) return readFailed(error);
    if (m_parser->is_done()) return serve();
    readBody();
}

void Connection::begin(HttpRequest request)
{
    m_exchange = std::make_shared<Exchange>(std::move(request), weak_from_this());
    m_front.begun(*m_exchange);
}

void Connection::serve()
{
    ++m_deadlineNumber; // nothing expires while an answer is made
    HttpRequest request = takeHeader();
    request.body = std::move(m_parser->get().body());
    m_complete = false;
    begin(std::move(request));
    const ExchangePtr exchange = m_exchange;
    watch();
    m_front.serve(exchange);
}

void Connection::refuse(const ApiError &error)
{
    if (m_exchange || m_complete) return;
    m_keepAlive = m_keepAlive && m_parser && m_parser->is_done();
    HttpRequest request;
    request.client = m_client;
    begin(m_parser && m_parser->is_header_done() ? takeHeader() : std::move(request));
    const ExchangePtr exchange = m_exchange;
    exchange->reply(error);
}

// ---- Answering
// ------------------------------------------------------------------------------------------------

void Connection::sendReply(Reply reply)
{
    m_keepAlive = m_keepAlive && !m_front.isDraining();
    std::string bytes =
        headOf(reply, static_cast<long long>(reply.body.size()), false, m_keepAlive, m_allowedOrigin);
    if (!m_isHead) bytes += reply.body;
    m_complete = true;
    queue(std::move(bytes));
}

void Connection::sendHead(Reply head)
{
    m_keepAlive = m_keepAlive && m_chunked && !m_front.isDraining();
    queue(headOf(head, -1, m_chunked, m_keepAlive, m_allowedOrigin));
}

void Connection::sendPart(std::string_view bytes)
{
    if (bytes.empty()) return;
    if (m_unsent.size() > m_front.options().unsentBytes) return close(); // its reader is too slow
    queue(m_chunked ? chunkOf(bytes) : std::string(bytes));
}

void Connection::sendEnd()
{
    m_complete = true;
    queue(m_chunked ? chunkOf({}) : std::string());
}

void Connection::queue(std::string bytes)
{
    if (m_closed) return;
    if (m_unsent.empty())
        m_unsent = std::move(bytes);
    else
        m_unsent += bytes;
    if (!m_writing) write();
}

void Connection::write()
{
    if (m_unsent.empty()) {
        if (m_complete) answered();
        return;
    }
    m_writing = true;
    m_inFlight = std::exchange(m_unsent, {});
    if (m_exchange) expire(m_front.options().writeTime, &Connection::close);
    asio::async_write(m_socket, asio::buffer(m_inFlight),
                      [self = shared_from_this()](ErrorCode error, std::size_t) {
                          self->m_writing = false;
                          if (self->m_closed) return;
                          if (error) return self->close();
                          if (self->m_exchange) ++self->m_deadlineNumber;
                          self->write();
                      });
}

void Connection::answered()
{
    end();
    m_wasAnswered = true;
    m_complete = false;
    if (!m_keepAlive) return linger();
    m_idle = true;
    if (m_buffer.size() > 0 && !m_watching) return readHeader();
    expire(m_front.options().idleTime, &Connection::close);
    ErrorCode ignored;
    if (m_buffer.size() > 0) m_socket.cancel(ignored); // the next request is here; watched() begins it
    if (!m_watching) watch();
}

/// Lets the client read the answer before the connection is cut, though it may have sent more than was read.
void Connection::linger()
{
    ErrorCode ignored;
    m_complete = true; // no more reading of requests
    m_socket.shutdown(Socket::shutdown_send, ignored);
    expire(std::chrono::seconds(2), &Connection::close);
    m_socket.cancel(ignored);
    m_socket.async_read_some(asio::buffer(m_scrap),
                             [self = shared_from_this()](ErrorCode error, std::size_t bytes) {
                                 self->m_lingered += bytes;
                                 if (error || self->m_lingered > kMostLingered) return self->close();
                                 self->linger();
                             });
}

void Connection::watch()
{
    m_watching = true;
    m_socket.async_read_some(
        m_buffer.prepare(4096),
        [self = shared_from_this()](ErrorCode error, std::size_t bytes) { self->watched(error, bytes); });
}

void Connection::watched(ErrorCode error, std::size_t bytes)
{
    m_watching = false;
    if (m_closed || (m_complete && !m_exchange)) return; // it lingers
    if (error == asio::error::eof && m_complete) {       // it has sent all it wanted and waits for the answer
        m_keepAlive = false;
        return;
    }
    if (error && !(m_idle && m_buffer.size() > 0 && error == asio::error::operation_aborted)) return close();
    m_buffer.commit(bytes);
    if (m_idle) return readHeader();
    if (m_buffer.size() + 4096 < kMostBuffered) watch();
}

} // namespace server
