#include "engine/cli/line_reader.h"

#include "engine/cli/interrupts.h"

#include <array>
#include <cerrno>
#include <poll.h>
#include <unistd.h>

namespace cli
{

bool LineReader::inputIsTerminal() const { return ::isatty(STDIN_FILENO) == 1; }

LineReader::Result LineReader::read(std::string &line)
{
    for (;;) {
        if (m_interrupts.pending()) return Result::Interrupted;
        const auto end = m_buffer.find('\n');
        if (end != std::string::npos || (m_atEnd && !m_buffer.empty())) {
            line = m_buffer.substr(0, end);
            m_buffer.erase(0, end == std::string::npos ? end : end + 1);
            if (!line.empty() && line.back() == '\r') line.pop_back();
            return Result::Line;
        }
        if (m_atEnd) return Result::End;

        std::array<pollfd, 2> waits = {{{STDIN_FILENO, POLLIN, 0}, {m_interrupts.descriptor(), POLLIN, 0}}};
        if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) return Result::End;
        if (waits[0].revents == 0) continue;
        std::array<char, 4096> piece;
        const ssize_t count = ::read(STDIN_FILENO, piece.data(), piece.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0)
            m_atEnd = true;
        else
            m_buffer.append(piece.data(), std::size_t(count));
    }
}

} // namespace cli
