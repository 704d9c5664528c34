// Numbers within bounds, as decimal digits.
#include "engine/error.h"
#include "engine/grammar/json_rules.h"

#include <algorithm>
#include <cmath>

namespace engine::grammar
{
namespace
{

using Whole = std::int64_t;
constexpr Whole kMost = 999'999'999'999'999; ///< 15 digits: exact in a double
constexpr int kMostFraction = 15;

Symbol digits(RuleBuilder &rules, char first, char last)
{
    ByteSet set;
    for (char c = first; c <= last; ++c)
        set.set(static_cast<unsigned char>(c));
    return rules.bytes(set);
}

/// Numbers from `low` to `high` that have as many digits, split until each digit's range is free of the
/// others'.
void split(RuleBuilder &rules, Whole low, Whole high, std::vector<Sequence> &out)
{
    for (Whole power = 10; power <= high; power *= 10) {
        if (low / power == high / power) continue;
        if (low % power != 0) {
            const Whole border = (low / power + 1) * power;
            split(rules, low, border - 1, out);
            split(rules, border, high, out);
            return;
        }
        if (high % power != power - 1) {
            const Whole border = high / power * power;
            split(rules, low, border - 1, out);
            split(rules, border, high, out);
            return;
        }
    }
    const std::string first = std::to_string(low), last = std::to_string(high);
    Sequence sequence;
    for (std::size_t i = 0; i < first.size(); ++i)
        sequence.push_back(digits(rules, first[i], last[i]));
    out.push_back(std::move(sequence));
}

/// 0 <= low <= high.
Symbol wholeNumbers(RuleBuilder &rules, const std::string &name, Whole low, Whole high)
{
    std::vector<Sequence> all;
    for (Whole top = 9; low <= high; top = top * 10 + 9) {
        if (low > top) continue;
        split(rules, low, std::min(high, top), all);
        low = top + 1;
    }
    return rules.choice(name, std::move(all));
}

/// What is left of one sign: whole numbers `low` .. `high` exactly, and fractions above those of `low` to
/// `high` - 1. Nothing if low > high.
struct Side {
    Whole low = 0, high = -1;
    bool withoutLow = false, withoutHigh = false; ///< the number itself is outside
};

Side sideOf(double least, bool above, double most, bool below)
{
    Side side;
    const double low = std::ceil(std::max(least, 0.0)), high = std::floor(std::min(most, double(kMost)));
    if (!(low <= high)) return side;
    side.low = static_cast<Whole>(low);
    side.high = static_cast<Whole>(high);
    side.withoutLow = above && low == least;
    side.withoutHigh = below && high == most;
    return side;
}

struct Limits {
    double least, most;
};

Limits limitsOf(const NumberBounds &bounds)
{
    return {bounds.least.value_or(-double(kMost)), bounds.most.value_or(double(kMost))};
}

[[noreturn]] void refuse(const std::string &name)
{
    throw Error(ErrorCode::BadRequest,
                name +
                    ": expected bounds with an integer between them that has at most 15 digits, found none");
}

void addFractions(RuleBuilder &rules, const std::string &name, const Side &side, const Sequence &sign,
                  std::vector<Sequence> &all)
{
    const Symbol digit = digits(rules, '0', '9');
    const Sequence tail = rules.repeat(name, digit, 1, kMostFraction);
    const auto put = [&](Symbol whole, const Sequence &fraction) {
        Sequence sequence = sign;
        sequence.push_back(whole);
        RuleBuilder::append(sequence, rules.literal("."));
        RuleBuilder::append(sequence, fraction);
        all.push_back(std::move(sequence));
    };
    const Whole first = side.withoutLow ? side.low + 1 : side.low;
    if (first < side.high) put(wholeNumbers(rules, name, first, side.high - 1), tail);
    if (side.withoutLow && side.low < side.high) { // 3.0 is outside, 3.01 is not
        Sequence fraction = rules.repeat(name, digit, 0, kMostFraction - 1);
        fraction.push_back(digits(rules, '1', '9'));
        put(wholeNumbers(rules, name, side.low, side.low), fraction);
    }
}

Symbol within(RuleBuilder &rules, const std::string &name, const NumberBounds &bounds, bool hasFractions)
{
    const auto [least, most] = limitsOf(bounds);
    const Side positive = sideOf(least, bounds.aboveLeast, most, bounds.belowMost);
    const Side negative = sideOf(-most, bounds.belowMost, -least, bounds.aboveLeast);
    std::vector<Sequence> all;
    const auto addSide = [&](const Side &side, const Sequence &sign, Whole first) {
        const Whole low = std::max(first, side.withoutLow ? side.low + 1 : side.low);
        const Whole high = side.withoutHigh ? side.high - 1 : side.high;
        if (low <= high) {
            Sequence sequence = sign;
            sequence.push_back(wholeNumbers(rules, name, low, high));
            all.push_back(std::move(sequence));
        }
        if (hasFractions) addFractions(rules, name, side, sign, all);
    };
    addSide(positive, {}, 0);
    addSide(negative, rules.literal("-"), 1); // no -0
    if (all.empty()) refuse(name);
    return rules.choice(name, std::move(all));
}

} // namespace

Symbol integerWithin(RuleBuilder &rules, const std::string &name, const NumberBounds &bounds)
{
    return within(rules, name, bounds, false);
}

Symbol numberWithin(RuleBuilder &rules, const std::string &name, const NumberBounds &bounds)
{
    return within(rules, name, bounds, true);
}

} // namespace engine::grammar
