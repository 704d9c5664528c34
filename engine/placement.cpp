#include "engine/placement.h"

#include "engine/error.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace engine
{
namespace
{

constexpr int kMaxCount = 1'000'000;

struct Token {
    std::string_view text;
    std::size_t position;
};

[[noreturn]] void refuse(ErrorCode code, const Token &token, const std::string &why)
{
    throw Error(code,
                "Strategy: '" + std::string(token.text) + "' at position " +
                    std::to_string(token.position + 1) + ": " + why,
                std::to_string(token.position));
}

/// Words between spaces; "->" is a word of its own even without spaces around it.
std::vector<Token> split(std::string_view text)
{
    std::vector<Token> tokens;
    std::size_t i = 0;
    while (i < text.size()) {
        if (text[i] == ' ' || text[i] == '\t') {
            ++i;
            continue;
        }
        std::size_t end = i + 2;
        if (text.substr(i, 2) != "->")
            end = std::min({text.find_first_of(" \t", i), text.find("->", i), text.size()});
        tokens.push_back({text.substr(i, end - i), i});
        i = end;
    }
    return tokens;
}

std::string readDevice(const Token &token)
{
    const std::string_view name = token.text.substr(0, token.text.find(':'));
    if (token.text == "cpu") return "cpu";
    if (name == "cuda" || name == "hip" || name == "mps" || name == "dml")
        refuse(ErrorCode::DeviceUnusable, token, "this version runs on 'cpu' only.");
    refuse(ErrorCode::BadStrategy, token, "expected a device, such as 'cpu'.");
}

kernels::Format readFormat(const Token &token)
{
#define X(name, traits, written)                                                                             \
    if (token.text == (written)) return kernels::Format::name;
    KERNELS_FORMATS(X)
#undef X
    for (const std::string_view known : {"fp32", "fp16", "bf16"})
        for (const std::string_view packed : {"i8", "i4", "i3"})
            if (token.text == std::string(known) + std::string(packed))
                refuse(ErrorCode::BadStrategy, token,
                       "this version keeps weights in fp32, fp16 or bf16 only.");
    refuse(ErrorCode::BadStrategy, token, "expected fp32, fp16 or bf16.");
}

int readCount(const Token &token)
{
    std::string_view digits = token.text.substr(1);
    const bool streamed = !digits.empty() && digits.back() == '+';
    if (streamed) digits.remove_suffix(1);
    int count = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (error != std::errc() || end != digits.data() + digits.size() || count < 0 || count > kMaxCount)
        refuse(ErrorCode::BadStrategy, token, "expected a number of layers, such as '*10'.");
    if (streamed) refuse(ErrorCode::BadStrategy, token, "this version cannot stream layers ('+').");
    return count;
}

} // namespace

Strategy parseStrategy(const std::string &text)
{
    const std::vector<Token> tokens = split(text);
    const Token end{"end of the text", text.size()};
    Strategy strategy;
    for (std::size_t i = 0;; ++i) {
        StrategySegment segment;
        if (i == tokens.size()) refuse(ErrorCode::BadStrategy, end, "expected a device, such as 'cpu'.");
        segment.device = readDevice(tokens[i++]);
        if (i < tokens.size() && tokens[i].text != "->" && tokens[i].text.front() != '*')
            segment.format = readFormat(tokens[i++]);
        if (i < tokens.size() && tokens[i].text.front() == '*') segment.layers = readCount(tokens[i++]);
        strategy.segments.push_back(segment);
        if (i == tokens.size()) return strategy;
        if (tokens[i].text != "->") refuse(ErrorCode::BadStrategy, tokens[i], "expected '->' or the end.");
    }
}

Placement::Placement(const Strategy &strategy, int layers, kernels::Format fileFormat)
{
    const int total = layers + 1;
    std::vector<int> share;
    int taken = 0;
    int open = 0;
    for (const StrategySegment &segment : strategy.segments) {
        const int count = std::min(std::max(segment.layers, 0), total - taken);
        share.push_back(count);
        taken += count;
        open += segment.layers < 0;
    }
    const int each = open > 0 ? (total - taken) / open : 0;
    for (std::size_t i = 0; i < share.size(); ++i)
        if (strategy.segments[i].layers < 0) {
            share[i] = each;
            taken += each;
        }
    share.back() += total - taken;
    for (std::size_t i = 0; i < share.size(); ++i)
        m_plans.insert(m_plans.end(), static_cast<std::size_t>(share[i]),
                       {strategy.segments[i].device, strategy.segments[i].format.value_or(fileFormat)});
}

std::string Placement::text() const
{
    std::string text;
    for (std::size_t i = 0; i < m_plans.size();) {
        std::size_t end = i;
        while (end < m_plans.size() && m_plans[end] == m_plans[i])
            ++end;
        if (i > 0) text += " -> ";
        text += m_plans[i].device + " " + kernels::nameOf(m_plans[i].format);
        if (end < m_plans.size()) text += " *" + std::to_string(end - i);
        i = end;
    }
    return text;
}

} // namespace engine
