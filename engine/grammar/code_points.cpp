#include "engine/grammar/code_points.h"

#include "engine/files/printable.h"

#include <algorithm>

namespace engine::grammar
{
namespace
{

constexpr std::uint32_t kFirstSurrogate = 0xD800, kLastSurrogate = 0xDFFF;

/// Splits until all but the last bytes of a range agree or are complete.
void split(std::uint32_t first, std::uint32_t last, std::vector<ByteRanges> &out)
{
    for (const unsigned bits : {6U, 12U, 18U}) {
        const std::uint32_t mask = (1U << bits) - 1U;
        if ((first & ~mask) == (last & ~mask)) continue;
        if ((first & mask) != 0) {
            split(first, first | mask, out);
            split((first | mask) + 1, last, out);
            return;
        }
        if ((last & mask) != mask) {
            split(first, (last & ~mask) - 1, out);
            split(last & ~mask, last, out);
            return;
        }
    }
    const std::string low = utf8Of(first), high = utf8Of(last);
    ByteRanges bytes;
    for (std::size_t i = 0; i < low.size(); ++i)
        bytes.emplace_back(static_cast<std::uint8_t>(low[i]), static_cast<std::uint8_t>(high[i]));
    out.push_back(std::move(bytes));
}

} // namespace

void CodePoints::insert(std::uint32_t first, std::uint32_t last)
{
    if (first > last) return;
    const auto touches = [first](const Range &range, std::uint32_t) { return range.second + 1 < first; };
    auto begin = std::lower_bound(m_ranges.begin(), m_ranges.end(), first, touches);
    auto end = begin;
    for (; end != m_ranges.end() && end->first <= last + 1; ++end) {
        first = std::min(first, end->first);
        last = std::max(last, end->second);
    }
    m_ranges.insert(m_ranges.erase(begin, end), {first, last});
}

void CodePoints::add(std::uint32_t first, std::uint32_t last)
{
    last = std::min(last, kLast);
    insert(first, std::min(last, kFirstSurrogate - 1));
    insert(std::max(first, kLastSurrogate + 1), last);
}

void CodePoints::add(const CodePoints &others)
{
    for (const auto &[first, last] : others.m_ranges)
        add(first, last);
}

CodePoints CodePoints::negated() const
{
    CodePoints out;
    std::uint32_t next = 0;
    for (const auto &[first, last] : m_ranges) {
        if (first > next) out.add(next, first - 1);
        next = last + 1;
    }
    if (next <= kLast) out.add(next, kLast);
    return out;
}

CodePoints CodePoints::without(const CodePoints &others) const
{
    CodePoints rest = negated();
    rest.add(others);
    return rest.negated();
}

bool CodePoints::has(std::uint32_t codePoint) const
{
    return std::ranges::any_of(
        m_ranges, [&](const Range &range) { return range.first <= codePoint && codePoint <= range.second; });
}

std::vector<ByteRanges> utf8Of(const CodePoints &set)
{
    std::vector<ByteRanges> out;
    for (auto [first, last] : set.ranges()) {
        for (const std::uint32_t end : {0x7FU, 0x7FFU, 0xFFFFU, CodePoints::kLast}) {
            if (first > end) continue;
            split(first, std::min(last, end), out);
            if (last <= end) break;
            first = end + 1;
        }
    }
    return out;
}

std::string utf8Of(std::uint32_t codePoint)
{
    const auto trail = [&](unsigned shift) {
        return static_cast<char>(0x80U | ((codePoint >> shift) & 0x3FU));
    };
    if (codePoint < 0x80) return {static_cast<char>(codePoint)};
    if (codePoint < 0x800) return {static_cast<char>(0xC0U | (codePoint >> 6U)), trail(0)};
    if (codePoint < 0x10000) return {static_cast<char>(0xE0U | (codePoint >> 12U)), trail(6), trail(0)};
    return {static_cast<char>(0xF0U | (codePoint >> 18U)), trail(12), trail(6), trail(0)};
}

std::pair<std::uint32_t, std::size_t> firstCodePoint(std::string_view text)
{
    const std::size_t length = utf8Length(text.substr(0, 4));
    if (length == 0) return {0, 0};
    const auto byte = [&](std::size_t i) {
        return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i]));
    };
    if (length == 1) return {byte(0), 1};
    std::uint32_t codePoint = byte(0) & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i)
        codePoint = (codePoint << 6U) | (byte(i) & 0x3FU);
    return {codePoint, length};
}

} // namespace engine::grammar
