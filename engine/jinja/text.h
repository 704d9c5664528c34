#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace engine::jinja
{

// What filters and methods of the template language do with texts. Letters are those of ASCII.

/// Longer texts are refused by the evaluator.
inline constexpr std::size_t kLongestText = 32U << 20;

std::string upper(std::string_view text);
std::string lower(std::string_view text);
std::string title(std::string_view text);        ///< Python's: a letter behind none is large
std::string titleOfWords(std::string_view text); ///< the filter's: the first of a word
std::string capitalized(std::string_view text);
/// Without white space at the chosen ends, or without the given bytes.
std::string stripped(std::string_view text, bool left, bool right, std::string_view bytes = {});
/// At most `most` times; < 0: every time. What is longer than kLongestText is not gone through to its end.
std::string replaced(std::string_view text, std::string_view from, std::string_view to, std::int64_t most);
/// How many characters it has.
std::int64_t characters(std::string_view text);

} // namespace engine::jinja
