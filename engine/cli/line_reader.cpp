#include "engine/cli/line_reader.h"

#include "engine/cli/interrupts.h"

#include <array>
#include <cerrno>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace cli
{

WakeUp::WakeUp()
    : m_descriptor(::eventfd(0, EFD_CLOEXEC))
{
}

WakeUp::~WakeUp() { ::close(m_descriptor); }

void WakeUp::ring() const { ::eventfd_write(m_descriptor, 1); }

bool LineReader::inputIsTerminal() const { return ::isatty(STDIN_FILENO) == 1; }

LineReader::Result LineReader::read(std::string &line, const WakeUp *wake)
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

        std::array<pollfd, 3> waits = {{{STDIN_FILENO, POLLIN, 0},
                                        {m_interrupts.descriptor(), POLLIN, 0},
                                        {wake ? wake->descriptor() : -1, POLLIN, 0}}}; // -1 is passed over
        if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) return Result::End;
        if (waits[2].revents != 0) return Result::Woken;
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
