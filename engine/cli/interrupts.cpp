#include "engine/cli/interrupts.h"

#include "engine/cli/exit_code.h"

#include <cstdint>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace cli
{
namespace
{

constexpr int kLeave = SIGUSR1; // ends our own thread

} // namespace

Interrupts::Interrupts()
    : m_wakeUp(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    ::signal(SIGPIPE, SIG_IGN);
    sigemptyset(&m_signals);
    sigaddset(&m_signals, kLeave);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction now = {};
        ::sigaction(number, nullptr, &now);
        if (now.sa_handler != SIG_IGN) sigaddset(&m_signals, number); // nohup and background jobs ignore some
    }
    ::pthread_sigmask(SIG_BLOCK, &m_signals, nullptr);
    m_thread = std::thread([this] { wait(); });
}

Interrupts::~Interrupts()
{
    ::pthread_kill(m_thread.native_handle(), kLeave);
    m_thread.join();
    ::close(m_wakeUp);
}

void Interrupts::setHandler(std::function<void()> handler)
{
    const std::lock_guard lock(m_mutex);
    m_handler = std::move(handler);
}

void Interrupts::clear()
{
    std::uint64_t count = 0;
    [[maybe_unused]] const auto read = ::read(m_wakeUp, &count, sizeof count); // fails only if already empty
    m_pending = false;
}

void Interrupts::wait()
{
    for (;;) {
        int number = 0;
        if (::sigwait(&m_signals, &number) != 0) continue;
        if (number == kLeave) return;
        interrupted(number);
    }
}

void Interrupts::interrupted(int number)
{
    if (number != SIGINT) m_mustEnd = true;
    if (m_pending.exchange(true)) ::_exit(kInterrupted);
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written =
        ::write(m_wakeUp, &one, sizeof one); // an eventfd takes 2^64 - 2 of these
    const std::lock_guard lock(m_mutex);
    if (m_handler) m_handler();
}

} // namespace cli
