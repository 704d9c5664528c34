// Operators, indices and slices of the template language.
#include "engine/jinja/functions.h"
#include "engine/jinja/lexer.h"

#include "engine/files/printable.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace engine::jinja
{
namespace
{

constexpr std::int64_t kMostCopies = 1 << 20; ///< of text * number

std::vector<std::string_view> charactersOf(std::string_view text)
{
    std::vector<std::string_view> characters;
    while (!text.empty()) {
        const std::size_t length = std::max<std::size_t>(utf8Length(text), 1);
        characters.push_back(text.substr(0, length));
        text.remove_prefix(length);
    }
    return characters;
}

[[noreturn]] void refusePair(const std::string &sign, const Value &a, const Value &b, int line)
{
    refuse(line, "cannot compute " + std::string(a.typeName()) + " " + sign + " " + b.typeName());
}

Value arithmetic(const std::string &sign, const Value &a, const Value &b, int line)
{
    if (a.isFloat() || b.isFloat() || sign == "/") {
        const double x = a.real(), y = b.real();
        if (sign == "+") return x + y;
        if (sign == "-") return x - y;
        if (sign == "*") return x * y;
        if (sign == "**") return std::pow(x, y);
        if (y == 0) refuse(line, "division by zero");
        if (sign == "/") return x / y;
        const double floored = std::floor(x / y);
        return sign == "//" ? floored : x - floored * y;
    }
    const std::int64_t x = a.integer(), y = b.integer();
    std::int64_t result = 0;
    bool overflows = false;
    if (sign == "+") {
        overflows = __builtin_add_overflow(x, y, &result);
    } else if (sign == "-") {
        overflows = __builtin_sub_overflow(x, y, &result);
    } else if (sign == "*") {
        overflows = __builtin_mul_overflow(x, y, &result);
    } else if (sign == "**") {
        const double power = std::pow(static_cast<double>(x), static_cast<double>(y));
        overflows = !(std::abs(power) < 9e15) || y < 0;
        if (!overflows) result = static_cast<std::int64_t>(power);
    } else {
        if (y == 0) refuse(line, "division by zero");
        if (y == -1) return arithmetic("-", std::int64_t{0}, sign == "//" ? a : Value(std::int64_t{0}), line);
        const std::int64_t quotient = x / y - (x % y != 0 && (x < 0) != (y < 0) ? 1 : 0); // rounds down
        result = sign == "//" ? quotient : x - quotient * y;
    }
    if (overflows) refuse(line, "the number is too large");
    return result;
}

bool contains(const Value &container, const Value &item, int line)
{
    if (const std::string *text = container.text()) {
        if (!item.text()) refusePair("in", item, container, line);
        return text->find(*item.text()) != std::string::npos;
    }
    if (const List *list = container.list()) return std::ranges::find(*list, item) != list->end();
    if (container.isDict()) return !memberOf(container, item).isUndefined();
    if (container.isUndefined()) return false;
    refusePair("in", item, container, line);
}

Value repeated(const Value &text, const Value &times, int line)
{
    const std::int64_t count = std::max<std::int64_t>(times.integer(), 0);
    if (count > kMostCopies || static_cast<std::uint64_t>(count) * text.text()->size() > (16U << 20))
        refuse(line, "the text is too long");
    std::string out;
    for (std::int64_t i = 0; i < count; ++i)
        out += *text.text();
    return out;
}

/// The indices that a slice takes, as Python defines them.
std::vector<std::size_t> sliceIndices(std::int64_t size, const Value &from, const Value &to, const Value &by,
                                      int line)
{
    const std::int64_t step = by.isNumber() ? by.integer() : 1;
    if (step == 0) refuse(line, "a slice cannot have the step 0");
    const std::int64_t low = step > 0 ? 0 : -1, high = step > 0 ? size : size - 1;
    const auto bound = [&](const Value &value, std::int64_t ifAbsent) {
        if (!value.isNumber()) return ifAbsent;
        const std::int64_t given = std::clamp(value.integer(), -size - 1, size);
        return std::clamp(given < 0 ? given + size : given, low, high);
    };
    const std::int64_t end = bound(to, step > 0 ? high : low);
    std::vector<std::size_t> indices;
    for (std::int64_t i = bound(from, step > 0 ? low : high); step > 0 ? i < end : i > end;) {
        indices.push_back(static_cast<std::size_t>(i));
        if (step > size || step < -size) break;
        i += step;
    }
    return indices;
}

} // namespace

Value memberOf(const Value &container, const Value &index)
{
    const std::string name = index.print();
    if (const List *list = container.list(); list && index.isInt()) {
        const auto size = static_cast<std::int64_t>(list->size());
        const std::int64_t at = index.integer() < 0 ? index.integer() + size : index.integer();
        return at >= 0 && at < size ? (*list)[static_cast<std::size_t>(at)] : Value::undefined(name);
    }
    if (const std::string *text = container.text(); text && index.isInt()) {
        const auto characters = charactersOf(*text);
        const auto size = static_cast<std::int64_t>(characters.size());
        const std::int64_t at = index.integer() < 0 ? index.integer() + size : index.integer();
        if (at < 0 || at >= size) return Value::undefined(name);
        return std::string(characters[static_cast<std::size_t>(at)]);
    }
    const Value *found = index.text()    ? container.find(*index.text())
                         : index.isInt() ? container.find(index.integer())
                                         : nullptr;
    return found ? *found : Value::undefined(name);
}

Value sliceOf(const Value &container, const Value &from, const Value &to, const Value &by, int line)
{
    if (const std::string *text = container.text()) {
        const auto characters = charactersOf(*text);
        std::string out;
        for (const std::size_t i :
             sliceIndices(static_cast<std::int64_t>(characters.size()), from, to, by, line))
            out += characters[i];
        return out;
    }
    const List *list = container.list();
    if (!list) refuse(line, std::string("expected a text or list to slice, found ") + container.typeName());
    List out;
    for (const std::size_t i : sliceIndices(static_cast<std::int64_t>(list->size()), from, to, by, line))
        out.push_back((*list)[i]);
    return out;
}

Value binaryOf(const std::string &sign, const Value &a, const Value &b, int line)
{
    if (sign == "==") return a == b;
    if (sign == "!=") return !(a == b);
    if (sign == "~") return a.print() + b.print();
    if (sign == "in") return contains(b, a, line);
    if (sign == "not in") return !contains(b, a, line);
    if (sign[0] == '<' || sign[0] == '>') {
        const int order = Value::compare(a, b);
        if (order == 2) refusePair(sign, a, b, line);
        const bool isStrict = sign[0] == '<' ? order < 0 : order > 0;
        return isStrict || (sign.size() == 2 && order == 0);
    }
    if (a.isNumber() && b.isNumber()) return arithmetic(sign, a, b, line);
    if (sign == "+" && a.text() && b.text()) return *a.text() + *b.text();
    if (sign == "*" && a.text() && b.isInt()) return repeated(a, b, line);
    if (sign == "+" && a.list() && b.list()) {
        List out = *a.list();
        out.insert(out.end(), b.list()->begin(), b.list()->end());
        return out;
    }
    refusePair(sign, a, b, line);
}

List itemsOf(const Value &container, int line)
{
    if (const List *list = container.list()) return *list;
    List items;
    if (const Dict *dict = container.dict()) {
        for (const auto &[key, value] : *dict)
            items.push_back(Value::ofKey(key));
    } else if (const std::string *text = container.text()) {
        for (const std::string_view character : charactersOf(*text))
            items.emplace_back(std::string(character));
    } else if (!container.isUndefined()) {
        refuse(line, std::string("expected a list, found ") + container.typeName());
    }
    return items;
}

} // namespace engine::jinja
