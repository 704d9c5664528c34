#pragma once

#include "engine/events.h"

#include <QString>

#include <cstdint>

namespace gui
{

// Numbers as people read them, always with their unit, in the language of the window.

QString bytesText(std::uint64_t bytes);                       ///< "2.84 GB", powers of 1000, three digits
QString axisBytesText(std::uint64_t bytes);                   ///< "5 GB", for round numbers
QString bytesOfText(std::uint64_t used, std::uint64_t total); ///< "4.2 of 15.6 GB"
QString countText(std::uint64_t count);                       ///< "65,536"
QString shortCountText(std::uint64_t count);                  ///< "1.53 B", "834 K"
QString rateText(double tokensPerSecond);                     ///< "412 tok/s"
QString axisRateText(double tokensPerSecond);                 ///< "2.5 tok/s", for round numbers
QString secondsText(double seconds);                          ///< "0.84 s", "2 min 5 s"
QString figureText(double value); ///< "1.23", "4,970"; exponents for tiny ones only
QString percentText(std::uint64_t done, std::uint64_t total); ///< "43 %"
QString shapeText(const std::vector<std::int64_t> &shape);    ///< "65,536 × 2,048"
QString familyText(const std::string &family);                ///< "RWKV-7"
/// "312 W".
QString wattsText(double watts);
/// "Reading weights".
QString phaseText(engine::LoadPhase phase);
/// `path` with the home folder as "~".
QString shortPath(const QString &path);

} // namespace gui
