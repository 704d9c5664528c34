#include "engine/cli/printer.h"

#include "engine/cli/exit_code.h"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

namespace cli
{
namespace
{

/// 0, or the reason why not all was written.
int writeAll(int descriptor, std::string_view text)
{
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return errno;
        text.remove_prefix(std::size_t(written));
    }
    return 0;
}

} // namespace

Printer::Printer()
    : m_outputIsTerminal(::isatty(STDOUT_FILENO) == 1)
    , m_errorIsTerminal(::isatty(STDERR_FILENO) == 1)
    , m_styled(m_outputIsTerminal && !std::getenv("NO_COLOR"))
{
}

void Printer::text(std::string_view utf8) { write(utf8, false); }

void Printer::prompt(std::string_view utf8)
{
    write(utf8, false);
    const std::lock_guard lock(m_mutex);
    m_isWithinLine = false;
}

void Printer::dimmed(std::string_view utf8) { write(utf8, m_styled); }

void Printer::write(std::string_view utf8, bool isDimmed)
{
    const std::lock_guard lock(m_mutex);
    clearProgress();
    const std::string safe = m_outputIsTerminal ? forTerminal(utf8) : std::string(utf8);
    const int problem = writeAll(STDOUT_FILENO, isDimmed ? "\x1b[2m" + safe + "\x1b[0m" : safe);
    if (problem == EPIPE) throw OutputClosed();
    if (problem != 0)
        throw engine::Error(engine::ErrorCode::CannotWrite,
                            std::string("cannot write to standard output: ") + std::strerror(problem));
    if (!safe.empty()) m_isWithinLine = safe.back() != '\n';
}

void Printer::line(std::string_view text)
{
    std::string whole(text);
    whole += '\n';
    this->text(whole);
}

void Printer::row(std::string_view name, std::string_view value)
{
    std::string whole(name);
    whole.resize(12, ' ');
    line(whole += value);
}

void Printer::object(const nlohmann::ordered_json &object)
{
    // File names need not be UTF-8; such bytes are replaced instead of refused.
    line(object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void Printer::remark(std::string_view text)
{
    if (!m_errorIsTerminal || m_json) return;
    logLine(text);
}

void Printer::progress(std::string_view text)
{
    if (!m_errorIsTerminal || m_json) return;
    const std::lock_guard lock(m_mutex);
    writeAll(STDERR_FILENO, "\r\x1b[K" + forTerminal(text));
    m_hasProgress = true;
}

void Printer::logLine(std::string_view text)
{
    const std::lock_guard lock(m_mutex);
    clearProgress();
    if (m_isWithinLine && m_outputIsTerminal && m_errorIsTerminal) {
        writeAll(STDERR_FILENO, "\n");
        m_isWithinLine = false;
    }
    writeAll(STDERR_FILENO, (m_errorIsTerminal ? forTerminal(text) : std::string(text)) + "\n");
}

void Printer::error(std::string_view code, std::string_view message)
{
    if (message.ends_with('.') && !message.ends_with(".."))
        message.remove_suffix(1); // a line, not a sentence
    if (!m_json) {
        logLine("rookery-cli: " + std::string(message));
        return;
    }
    try {
        object({{"error", {{"code", code}, {"message", message}}}});
    } catch (const OutputClosed &) {
        return; // nobody is left to be told
    } catch (const engine::Error &) {
        logLine("rookery-cli: " + std::string(message));
    }
}

void Printer::clearProgress()
{
    if (!m_hasProgress) return;
    writeAll(STDERR_FILENO, "\r\x1b[K");
    m_hasProgress = false;
}

std::string Printer::forTerminal(std::string_view utf8) const
{
    std::string safe;
    safe.reserve(utf8.size());
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        const auto c = static_cast<unsigned char>(utf8[i]);
        const bool isC1 = c == 0xC2 && i + 1 < utf8.size() && static_cast<unsigned char>(utf8[i + 1]) < 0xA0;
        if (isC1) ++i;
        if (isC1 || (c < 0x20 && c != '\n' && c != '\t') || c == 0x7F)
            safe += "\xEF\xBF\xBD"; // U+FFFD
        else
            safe += char(c);
    }
    return safe;
}

} // namespace cli
