#include "kernels/profiled_device.h"

#include <chrono>

namespace kernels
{

template <class Call>
void ProfiledDevice::note(const char *name, bool isOp, const OpCost &cost, const Call &call)
{
    using Clock = std::chrono::steady_clock;
    m_device->sync();
    const auto begin = Clock::now();
    call();
    m_device->sync();
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    Entry &entry = m_entries[{name, isOp ? m_device->takeKernelName() : std::string()}];
    ++entry.calls;
    entry.seconds += seconds;
    entry.cost += cost;
}

#define X(op, Args)                                                                                          \
    void ProfiledDevice::op(const Args &args)                                                                \
    {                                                                                                        \
        if (!m_isNoting) return m_device->op(args);                                                          \
        note(#op, true, costOf(args, *m_device), [&] { m_device->op(args); });                               \
    }
KERNELS_OPS(X)
#undef X

void ProfiledDevice::upload(void *device, const void *host, std::size_t bytes)
{
    if (!m_isNoting) return m_device->upload(device, host, bytes);
    note("upload", false, {static_cast<double>(bytes), 0}, [&] { m_device->upload(device, host, bytes); });
}

void ProfiledDevice::download(void *host, const void *device, std::size_t bytes)
{
    if (!m_isNoting) return m_device->download(host, device, bytes);
    note("download", false, {static_cast<double>(bytes), 0},
         [&] { m_device->download(host, device, bytes); });
}

void ProfiledDevice::copy(void *target, const void *source, std::size_t bytes)
{
    if (!m_isNoting) return m_device->copy(target, source, bytes);
    note("copy", false, {2 * static_cast<double>(bytes), 0}, [&] { m_device->copy(target, source, bytes); });
}

void ProfiledDevice::zero(void *memory, std::size_t bytes)
{
    if (!m_isNoting) return m_device->zero(memory, bytes);
    note("zero", false, {static_cast<double>(bytes), 0}, [&] { m_device->zero(memory, bytes); });
}

} // namespace kernels
