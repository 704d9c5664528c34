#include "engine/engine.h"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <utility>

namespace engine
{
namespace
{

/// Hands spdlog's messages to the client's function.
class ClientSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex>
{
public:
    explicit ClientSink(LogSink client)
        : m_client(std::move(client))
    {
    }

protected:
    void sink_it_(const spdlog::details::log_msg &message) override
    {
        const std::chrono::duration<double> sinceEpoch = message.time.time_since_epoch();
        m_client({static_cast<int>(message.level), sinceEpoch.count(),
                  std::string(message.logger_name.data(), message.logger_name.size()),
                  std::string(message.payload.data(), message.payload.size())});
    }
    void flush_() override {}

private:
    const LogSink m_client;
};

/// What a program without a log of its own shows: warnings and worse on the standard error stream.
std::shared_ptr<spdlog::sinks::sink> quietSink()
{
    auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    sink->set_level(spdlog::level::warn);
    sink->set_pattern("%l: %v");
    return sink;
}

struct Current {
    std::mutex mutex;
    std::shared_ptr<spdlog::sinks::sink> sink =
        quietSink(); // shared: threads that are logging keep the former one
};

Current &current()
{
    static Current instance;
    return instance;
}

} // namespace

void setLogSink(LogSink sink)
{
    std::shared_ptr<spdlog::sinks::sink> next;
    if (sink) next = std::make_shared<ClientSink>(std::move(sink));
    const std::lock_guard lock(current().mutex);
    current().sink = std::move(next);
}

void log(int level, const std::string &category, const std::string &text)
{
    std::shared_ptr<spdlog::sinks::sink> sink;
    {
        const std::lock_guard lock(current().mutex);
        sink = current().sink;
    }
    const auto known = static_cast<spdlog::level::level_enum>(std::clamp(level, 0, 5));
    if (sink && sink->should_log(known)) sink->log(spdlog::details::log_msg(category, known, text));
}

} // namespace engine
