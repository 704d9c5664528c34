#pragma once

// Opens a file of strangers and measures what that takes.

#include "support/hostile_input.h"

#include <QElapsedTimer>
#include <QFile>
#include <QString>

#include <atomic>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>

#if defined(__SANITIZE_ADDRESS__)
// As in sanitizer/allocator_interface.h, which g++ 12 does not bring.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*)(const volatile void *, std::size_t),
                                                         void (*)(const volatile void *));
extern "C" std::size_t __sanitizer_get_allocated_size(const volatile void *memory);
#endif

namespace support
{

constexpr std::size_t kMiB = 1 << 20;

inline std::string repeated(const std::string &piece, std::size_t count)
{
    std::string out;
    out.reserve(piece.size() * count);
    for (std::size_t i = 0; i < count; ++i)
        out += piece;
    return out;
}

#if defined(__SANITIZE_ADDRESS__)

/// The address sanitizer makes programs two to three times slower.
constexpr int kTimeFactor = 3;

/// What the program has allocated, in bytes, and the most there was. The resident memory would tell of red
/// zones, shadow and freed memory that the sanitizer keeps back.
struct Allocated {
    static inline std::atomic<std::int64_t> now{0}, most{0};

    static void count(const volatile void *, std::size_t bytes)
    {
        const std::int64_t sum = now += static_cast<std::int64_t>(bytes);
        std::int64_t before = most;
        while (sum > before && !most.compare_exchange_weak(before, sum)) {
        }
    }
    static void uncount(const volatile void *memory)
    {
        if (memory) now -= static_cast<std::int64_t>(__sanitizer_get_allocated_size(memory));
    }
};

/// Begins to measure; what is there already does not count.
inline void beginMemory()
{
    static const int installed =
        __sanitizer_install_malloc_and_free_hooks(Allocated::count, Allocated::uncount);
    if (installed == 0) qFatal("the sanitizer takes no hooks");
    Allocated::now = Allocated::most = 0; // the memory before may be freed in between: that counts for less
}

inline std::size_t memoryTaken() { return static_cast<std::size_t>(Allocated::most); }

#else

constexpr int kTimeFactor = 1;

/// Peak ("VmHWM:") or present ("VmRSS:") memory of this process in bytes.
inline std::size_t processMemory(const char *field)
{
    QFile status(QStringLiteral("/proc/self/status"));
    if (!status.open(QIODevice::ReadOnly)) return 0;
    const QByteArray all = status.readAll();
    const qsizetype at = all.indexOf(field);
    return at < 0 ? 0
                  : all.mid(at + qsizetype(strlen(field)), 20).trimmed().split(' ')[0].toULongLong() * 1024;
}

inline std::size_t memoryBefore = 0;

/// Begins to measure; what is there already does not count.
inline void beginMemory()
{
    QFile clear(QStringLiteral("/proc/self/clear_refs"));
    if (clear.open(QIODevice::WriteOnly)) clear.write("5");
    memoryBefore = processMemory("VmRSS:");
}

inline std::size_t memoryTaken()
{
    const std::size_t peak = processMemory("VmHWM:");
    return peak > memoryBefore ? peak - memoryBefore : 0;
}

#endif

/// Runs `open`, which reads `fileBytes` of a stranger, and says what is wrong with how it ended: not with
/// `verdict`, without a message, with more than 64 MiB beyond the file, too slowly, or having executed
/// something. Empty: nothing.
inline QString problemOfOpening(engine::ErrorCode verdict, std::size_t fileBytes,
                                const std::function<void()> &open)
{
    beginMemory();
    QElapsedTimer timer;
    timer.start();
    const engine::Error error = errorOf(open);
    const qint64 elapsed = timer.elapsed();
    const std::size_t taken = memoryTaken();
    const QString message = QString::fromStdString(error.message());
    if (error.code() != verdict)
        return QStringLiteral("expected code %1, found %2: %3")
            .arg(int(verdict))
            .arg(int(error.code()))
            .arg(message);
    if (verdict != engine::ErrorCode::None && message.isEmpty()) return QStringLiteral("no message");
    if (message.size() >= 1000) return QStringLiteral("a message of %1 characters").arg(message.size());
    if (QFile::exists(QStringLiteral("CANARY"))) return QStringLiteral("something was executed");
    if (taken > fileBytes + 64 * kMiB) return QStringLiteral("took %1 MiB").arg(taken / kMiB);
    if (elapsed > kTimeFactor * (2000 + qint64(fileBytes / 200'000)))
        return QStringLiteral("took %1 ms").arg(elapsed);
    return {};
}

} // namespace support
