#pragma once

// Opens a file of strangers and measures what that takes.

#include "support/hostile_input.h"

#include <QElapsedTimer>
#include <QFile>
#include <QString>

#include <cstring>
#include <functional>
#include <string>

namespace support
{

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kIsSanitized = true;
#else
constexpr bool kIsSanitized = false;
#endif

constexpr std::size_t kMiB = 1 << 20;

inline std::string repeated(const std::string &piece, std::size_t count)
{
    std::string out;
    out.reserve(piece.size() * count);
    for (std::size_t i = 0; i < count; ++i)
        out += piece;
    return out;
}

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

inline void resetMemoryPeak()
{
    QFile clear(QStringLiteral("/proc/self/clear_refs"));
    if (clear.open(QIODevice::WriteOnly)) clear.write("5");
}

/// Runs `open`, which reads `fileBytes` of a stranger, and says what is wrong with how it ended: not with
/// `verdict`, without a message, with more than 64 MiB beyond the file, too slowly, or having executed
/// something. Empty: nothing.
inline QString problemOfOpening(engine::ErrorCode verdict, std::size_t fileBytes,
                                const std::function<void()> &open)
{
    resetMemoryPeak();
    const std::size_t before = processMemory("VmRSS:");
    QElapsedTimer timer;
    timer.start();
    const engine::Error error = errorOf(open);
    const qint64 elapsed = timer.elapsed();
    const QString message = QString::fromStdString(error.message());
    if (error.code() != verdict)
        return QStringLiteral("expected code %1, found %2: %3")
            .arg(int(verdict))
            .arg(int(error.code()))
            .arg(message);
    if (verdict != engine::ErrorCode::None && message.isEmpty()) return QStringLiteral("no message");
    if (message.size() >= 1000) return QStringLiteral("a message of %1 characters").arg(message.size());
    if (QFile::exists(QStringLiteral("CANARY"))) return QStringLiteral("something was executed");
    if (kIsSanitized) return {}; // its own memory and time would be measured
    const std::size_t peak = processMemory("VmHWM:");
    if (peak > before + fileBytes + 64 * kMiB)
        return QStringLiteral("took %1 MiB").arg((peak - before) / kMiB);
    if (elapsed > 2000 + qint64(fileBytes / 200'000)) return QStringLiteral("took %1 ms").arg(elapsed);
    return {};
}

} // namespace support
