#include "engine/cli/numbers.h"

#include <array>
#include <cmath>

namespace cli
{
namespace
{

std::string scaled(double value, double step, const std::array<const char *, 5> &units)
{
    std::size_t unit = 0;
    while (std::abs(value) >= step && unit + 1 < units.size()) {
        value /= step;
        ++unit;
    }
    return fixed(value, unit == 0 ? 0 : 2) + units[unit];
}

} // namespace

std::string shortest(float value)
{
    std::array<char, 64> text;
    const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
    return {text.data(), error == std::errc() ? end : text.data()};
}

std::string fixed(double value, int digits)
{
    std::array<char, 400> text; // the largest double has 309 digits before the point
    const auto [end, error] =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, digits);
    return {text.data(), error == std::errc() ? end : text.data()};
}

std::string percentText(double share) { return fixed(100 * share, 0) + " %"; }

std::string byteText(double bytes) { return scaled(bytes, 1000, {" B", " kB", " MB", " GB", " TB"}); }

std::string countOf(std::int64_t count, const std::string &one)
{
    return std::to_string(count) + ' ' + one + (count == 1 ? "" : "s");
}

std::string countText(double count) { return scaled(count, 1000, {"", " K", " M", " B", " T"}); }

} // namespace cli
