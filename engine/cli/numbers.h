#pragma once

// Numbers in arguments and output: always with a point, whatever the locale.

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace cli
{

/// The whole of `text` as a number, or nothing. "inf" and "nan" are numbers: callers check ranges.
template <class T>
std::optional<T> parseNumber(std::string_view text)
{
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// "1,2,3" as numbers; nothing if empty or any part is not one.
template <class T>
std::optional<std::vector<T>> parseNumbers(std::string_view text)
{
    std::vector<T> values;
    for (;;) {
        const auto comma = text.find(',');
        const auto value = parseNumber<T>(text.substr(0, comma));
        if (!value) return std::nullopt;
        values.push_back(*value);
        if (comma == std::string_view::npos) return values;
        text.remove_prefix(comma + 1);
    }
}

/// Shortest text that reads back as the same value.
std::string shortest(float value);
/// With `digits` behind the point.
std::string fixed(double value, int digits);
/// 0.4 -> "40 %"
std::string percentText(double share);
/// "1.95 MB", powers of 1000 as in the window
std::string byteText(double bytes);
/// "1 head", "3 heads"
std::string countOf(std::int64_t count, const std::string &one);
/// "7 234 567" -> "7.23 M"
std::string countText(double count);

} // namespace cli
