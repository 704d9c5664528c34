#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace engine::grammar
{

/// A set of Unicode scalar values (no surrogates): sorted ranges, both ends inside, that do not touch.
class CodePoints final
{
public:
    using Range = std::pair<std::uint32_t, std::uint32_t>;
    static constexpr std::uint32_t kLast = 0x10FFFF;

    CodePoints() = default;
    CodePoints(std::uint32_t first, std::uint32_t last) { add(first, last); }
    static CodePoints all() { return {0, kLast}; }

    /// Surrogates and what lies above kLast are left out.
    void add(std::uint32_t first, std::uint32_t last);
    void add(const CodePoints &others);
    CodePoints negated() const;
    CodePoints without(const CodePoints &others) const;
    bool has(std::uint32_t codePoint) const;
    bool empty() const { return m_ranges.empty(); }
    const std::vector<Range> &ranges() const { return m_ranges; }

private:
    void insert(std::uint32_t first, std::uint32_t last);

    std::vector<Range> m_ranges;
};

/// Byte sequences: the i-th byte of a character lies within the i-th range.
using ByteRanges = std::vector<std::pair<std::uint8_t, std::uint8_t>>;

/// The UTF-8 of a set as sequences that exclude each other.
std::vector<ByteRanges> utf8Of(const CodePoints &set);

/// UTF-8 of one scalar value.
std::string utf8Of(std::uint32_t codePoint);

/// The first character of `text` and its length in bytes; length 0 where that is not UTF-8, or at the end.
std::pair<std::uint32_t, std::size_t> firstCodePoint(std::string_view text);

} // namespace engine::grammar
