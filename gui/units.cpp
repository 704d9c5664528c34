#include "gui/units.h"

#include <QCoreApplication>
#include <QDir>
#include <QLocale>
#include <QRegularExpression>

#include <array>
#include <cmath>

namespace gui
{
namespace
{

class Units
{
    Q_DECLARE_TR_FUNCTIONS(Units)
};

/// Three significant digits: 2.84, 28.4, 284.
QString threeDigits(double value)
{
    const int decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    return QLocale().toString(value, 'f', decimals);
}

struct Scaled {
    double value;
    int unit; ///< 0 B, 1 kB, 2 MB, ...
};

Scaled scale(std::uint64_t bytes)
{
    Scaled s{double(bytes), 0};
    while (s.value >= 999.5 && s.unit < 4) {
        s.value /= 1000.0;
        ++s.unit;
    }
    return s;
}

QString unitName(int unit)
{
    static constexpr std::array<const char *, 5> names = {"B", "kB", "MB", "GB", "TB"};
    return QString::fromLatin1(names[std::size_t(unit)]);
}

} // namespace

QString bytesText(std::uint64_t bytes)
{
    const Scaled s = scale(bytes);
    const QString number = s.unit == 0 ? QLocale().toString(qulonglong(bytes)) : threeDigits(s.value);
    return number + QChar(0xA0) + unitName(s.unit);
}

QString axisBytesText(std::uint64_t bytes)
{
    const Scaled s = scale(bytes);
    return QLocale().toString(s.value, 'g', 4) + QChar(0xA0) + unitName(s.unit);
}

QString bytesOfText(std::uint64_t used, std::uint64_t total)
{
    const Scaled of = scale(total);
    const double value = double(used) / std::pow(1000.0, of.unit);
    return Units::tr("%1 of %2 %3", "4.2 of 15.6 GB")
        .arg(QLocale().toString(value, 'f', 1), QLocale().toString(of.value, 'f', 1), unitName(of.unit));
}

QString countText(std::uint64_t count) { return QLocale().toString(qulonglong(count)); }

QString shortCountText(std::uint64_t count)
{
    if (count < 1000) return countText(count);
    if (count < 999'500) return Units::tr("%1 K", "thousands").arg(threeDigits(double(count) / 1e3));
    if (count < 999'500'000) return Units::tr("%1 M", "millions").arg(threeDigits(double(count) / 1e6));
    return Units::tr("%1 B", "thousand millions").arg(threeDigits(double(count) / 1e9));
}

QString rateText(double tokensPerSecond)
{
    const int decimals = tokensPerSecond > 0 && tokensPerSecond < 9.95 ? 1 : 0;
    return Units::tr("%1 tok/s", "tokens per second").arg(QLocale().toString(tokensPerSecond, 'f', decimals));
}

QString axisRateText(double tokensPerSecond)
{
    return Units::tr("%1 tok/s", "tokens per second").arg(QLocale().toString(tokensPerSecond, 'g', 6));
}

QString secondsText(double seconds)
{
    if (seconds < 59.5)
        return Units::tr("%1 s", "seconds").arg(QLocale().toString(seconds, 'f', seconds < 9.95 ? 2 : 1));
    const int whole = int(std::lround(seconds));
    return Units::tr("%1 min %2 s").arg(whole / 60).arg(whole % 60);
}

QString figureText(double value)
{
    const double size = std::abs(value);
    if (size >= 999.5) return QLocale().toString(value, 'f', 0);
    if (size > 0 && size < 1e-4) return QLocale().toString(value, 'e', 2);
    return QLocale().toString(value, 'g', 3);
}

QString percentText(std::uint64_t done, std::uint64_t total)
{
    const int percent = total == 0 ? 0 : int(double(done) / double(total) * 100.0);
    return Units::tr("%1 %", "percent").arg(QLocale().toString(percent));
}

QString wattsText(double watts)
{
    return Units::tr("%1 W", "watts").arg(QLocale().toString(watts, 'f', watts < 9.95 ? 1 : 0));
}

QString shapeText(const std::vector<std::int64_t> &shape)
{
    QStringList parts;
    for (const std::int64_t dim : shape)
        parts.append(QLocale().toString(qlonglong(dim)));
    return parts.join(QStringLiteral(" × "));
}

QString familyText(const std::string &family)
{
    const QString name = QString::fromStdString(family);
    if (name.isEmpty()) return Units::tr("unknown", "model family");
    static const QRegularExpression generation(QStringLiteral("\\brwkv(?=\\d)"));
    return QString(name).replace(generation, QStringLiteral("RWKV-"));
}

QString phaseText(engine::LoadPhase phase)
{
    switch (phase) {
    case engine::LoadPhase::Opening:
        return Units::tr("Opening");
    case engine::LoadPhase::ReadingWeights:
        return Units::tr("Reading weights");
    case engine::LoadPhase::Tokenizer:
        return Units::tr("Reading the vocabulary");
    case engine::LoadPhase::Allocating:
        return Units::tr("Allocating memory");
    case engine::LoadPhase::WarmingUp:
        return Units::tr("Warming up");
    }
    return {};
}

QString shortPath(const QString &path)
{
    const QString home = QDir::homePath();
    if (home.size() > 1 && path.startsWith(home + QLatin1Char('/')))
        return QLatin1Char('~') + path.mid(home.size());
    return path;
}

} // namespace gui
