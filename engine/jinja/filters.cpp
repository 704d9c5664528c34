// Filters, tests and global functions of the template language.
#include "engine/jinja/functions.h"
#include "engine/jinja/lexer.h"
#include "engine/jinja/text.h"

#include "engine/error.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <ctime>
#include <functional>

namespace engine::jinja
{
namespace
{

constexpr std::int64_t kLongestRange = 100'000;

const List &listOf(const Value &input, const Arguments &arguments, List &storage)
{
    if (const List *list = input.list()) return *list;
    return storage = itemsOf(input, arguments.line);
}

/// `path` "a.b" below `value`.
Value attributeOf(const Value &value, std::string_view path)
{
    Value at = value;
    while (!path.empty()) {
        const std::size_t dot = std::min(path.find('.'), path.size());
        at = memberOf(at, Value(std::string(path.substr(0, dot))));
        path.remove_prefix(std::min(dot + 1, path.size()));
    }
    return at;
}

Value length(const Value &input, const Arguments &arguments)
{
    if (input.text()) return characters(*input.text());
    if (input.list()) return static_cast<std::int64_t>(input.list()->size());
    if (input.dict()) return static_cast<std::int64_t>(input.dict()->size());
    if (input.isUndefined()) return std::int64_t{0};
    refuse(arguments.line, std::string("expected a text or list, found ") + input.typeName());
}

Value join(const Value &input, const Arguments &arguments)
{
    List storage;
    const Value *between = arguments.get(0, "d");
    const Value *attribute = arguments.get(1, "attribute");
    std::string out;
    bool isFirst = true;
    for (const Value &item : listOf(input, arguments, storage)) {
        if (out.size() > kLongestText) break;
        if (!isFirst && between) out += between->print();
        isFirst = false;
        out += attribute && attribute->text() ? attributeOf(item, *attribute->text()).print() : item.print();
    }
    return out;
}

Value number(const Value &input, bool isWhole, const Value &otherwise)
{
    if (input.isNumber()) return isWhole ? Value(input.integer()) : Value(input.real());
    if (!input.text()) return otherwise;
    const std::string text = stripped(*input.text(), true, true);
    const char *end = text.data() + text.size();
    double real = 0;
    std::int64_t whole = 0;
    if (isWhole && std::from_chars(text.data(), end, whole).ptr == end && !text.empty()) return whole;
    if (std::from_chars(text.data(), end, real).ptr != end || text.empty()) return otherwise;
    return isWhole ? Value(Value(real).integer()) : Value(real);
}

Value rounded(const Value &input, const Arguments &arguments)
{
    const Value *digits = arguments.get(0, "precision");
    const double scale = std::pow(10.0, digits ? static_cast<double>(digits->integer()) : 0.0);
    return std::nearbyint(input.real() * scale) / scale; // halves to even, as Python rounds
}

Value indented(const Value &input, const Arguments &arguments)
{
    const Value *width = arguments.get(0, "width");
    const Value *first = arguments.get(1, "first");
    const std::int64_t count = std::clamp<std::int64_t>(width ? width->integer() : 4, 0, 256);
    const std::string space(static_cast<std::size_t>(count), ' ');
    const std::string text = input.print();
    std::string out = first && first->isTrue() ? space : "";
    for (std::size_t i = 0; i < text.size(); ++i) {
        out += text[i];
        const bool lineFollows = text[i] == '\n' && i + 1 < text.size() && text[i + 1] != '\n';
        if (lineFollows) out += space;
    }
    return out;
}

Value sorted(const Value &input, const Arguments &arguments)
{
    List storage;
    List out = listOf(input, arguments, storage);
    const Value *reverse = arguments.get(0, "reverse");
    const Value *attribute = arguments.get(2, "attribute");
    const auto key = [&](const Value &item) {
        return attribute && attribute->text() ? attributeOf(item, *attribute->text()) : item;
    };
    std::ranges::stable_sort(out, [&](const Value &a, const Value &b) {
        const Value x = key(a), y = key(b);
        const bool isTexts = x.text() && y.text(); // without case, as Jinja sorts
        return (isTexts ? Value::compare(lower(*x.text()), lower(*y.text())) : Value::compare(x, y)) == -1;
    });
    if (reverse && reverse->isTrue()) std::ranges::reverse(out);
    return out;
}

Value pairs(const Value &input, bool isSorted)
{
    List out;
    if (const Dict *dict = input.dict())
        for (const auto &[key, value] : *dict)
            out.emplace_back(List{Value::ofKey(key), value});
    if (isSorted)
        std::ranges::stable_sort(out, [](const Value &a, const Value &b) {
            const Value &x = a.list()->front(), &y = b.list()->front();
            return x.isText() && y.isText() ? lower(*x.text()) < lower(*y.text())
                                            : Value::compare(x, y) == -1;
        });
    return out;
}

/// map(attribute=...) and map("filter", ...).
Value mapped(const Value &input, const Arguments &arguments)
{
    List storage, out;
    const Value *attribute = arguments.get(std::string::npos, "attribute");
    const Value *otherwise = arguments.get(std::string::npos, "default");
    Arguments rest{{}, {}, arguments.line};
    if (!attribute && !arguments.values.empty())
        rest.values.assign(arguments.values.begin() + 1, arguments.values.end());
    for (const Value &item : listOf(input, arguments, storage)) {
        if (!attribute) {
            out.push_back(applyFilter(arguments.text(0, "map"), item, rest));
            continue;
        }
        Value member = attributeOf(item, attribute->print());
        out.push_back(member.isUndefined() && otherwise ? *otherwise : std::move(member));
    }
    return out;
}

/// select, reject, selectattr, rejectattr: keeps the items whose test gives `wanted`.
Value selected(const Value &input, const Arguments &arguments, bool byAttribute, bool wanted)
{
    List storage, out;
    const std::size_t at = byAttribute ? 1 : 0;
    Arguments rest{{}, {}, arguments.line};
    if (arguments.values.size() > at + 1)
        rest.values.assign(arguments.values.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                           arguments.values.end());
    for (const Value &item : listOf(input, arguments, storage)) {
        const Value tested = byAttribute ? attributeOf(item, arguments.text(0, "selectattr")) : item;
        const bool isTrue = arguments.values.size() > at
                                ? applyTest(arguments.text(at, "select"), tested, rest)
                                : tested.isTrue();
        if (isTrue == wanted) out.push_back(item);
    }
    return out;
}

Value extreme(const Value &input, const Arguments &arguments, int order)
{
    List storage;
    const List &items = listOf(input, arguments, storage);
    if (items.empty()) return Value::undefined("min");
    const Value *best = &items.front();
    for (const Value &item : items)
        if (Value::compare(item, *best) == order) best = &item;
    return *best;
}

Value unique(const Value &input, const Arguments &arguments)
{
    List storage, out;
    for (const Value &item : listOf(input, arguments, storage))
        if (std::ranges::find(out, item) == out.end()) out.push_back(item);
    return out;
}

Value sum(const Value &input, const Arguments &arguments)
{
    List storage;
    Value total(std::int64_t{0});
    for (const Value &item : listOf(input, arguments, storage))
        total = binaryOf("+", total, item, arguments.line);
    return total;
}

Value reversed(const Value &input, const Arguments &arguments)
{
    const Value none{Value::None{}};
    return sliceOf(input.isText() ? input : Value(itemsOf(input, arguments.line)), none, none,
                   std::int64_t{-1}, arguments.line);
}

Value defaulted(const Value &input, const Arguments &arguments)
{
    const Value *otherwise = arguments.get(0, "default_value");
    const Value *alsoFalse = arguments.get(1, "boolean");
    const bool isMissing = input.isUndefined() || (alsoFalse && alsoFalse->isTrue() && !input.isTrue());
    return isMissing ? otherwise ? *otherwise : Value("") : input;
}

Value orZero(const Value *value, Value otherwise) { return value ? *value : std::move(otherwise); }

struct Filter {
    std::string_view name;
    Value (*apply)(const Value &input, const Arguments &arguments);
};

using V = const Value &;
using A = const Arguments &;

constexpr Filter kFilters[] = {
    {"trim",
     [](V v, A a) { return Value(stripped(v.print(), true, true, a.get(0) ? a.get(0)->print() : "")); }},
    {"length", length},
    {"count", length},
    {"join", join},
    {"upper", [](V v, A) { return Value(upper(v.print())); }},
    {"lower", [](V v, A) { return Value(lower(v.print())); }},
    {"title", [](V v, A) { return Value(titleOfWords(v.print())); }},
    {"capitalize", [](V v, A) { return Value(capitalized(v.print())); }},
    {"default", defaulted},
    {"d", defaulted},
    {"first", [](V v, A a) { return memberOf(Value(itemsOf(v, a.line)), std::int64_t{0}); }},
    {"last", [](V v, A a) { return memberOf(Value(itemsOf(v, a.line)), std::int64_t{-1}); }},
    {"list", [](V v, A a) { return Value(itemsOf(v, a.line)); }},
    {"string", [](V v, A) { return Value(v.print()); }},
    {"safe", [](V v, A) { return v; }},
    {"int", [](V v, A a) { return number(v, true, orZero(a.get(0, "default"), std::int64_t{0})); }},
    {"float", [](V v, A a) { return number(v, false, orZero(a.get(0, "default"), 0.0)); }},
    {"abs", [](V v, A) { return v.isFloat() ? Value(std::abs(v.real())) : Value(std::abs(v.integer())); }},
    {"round", rounded},
    {"tojson",
     [](V v, A a) {
         const Value *indent = a.get(0, "indent");
         const bool given = indent && indent->isInt();
         return Value(
             v.json(given ? static_cast<int>(std::clamp<std::int64_t>(indent->integer(), 0, 16)) : -1));
     }},
    {"items", [](V v, A) { return pairs(v, false); }},
    {"dictsort", [](V v, A) { return pairs(v, true); }},
    {"values",
     [](V v, A) {
         List out;
         for (const auto &[key, value] : v.dict() ? *v.dict() : Dict())
             out.push_back(value);
         return Value(std::move(out));
     }},
    {"map", mapped},
    {"select", [](V v, A a) { return selected(v, a, false, true); }},
    {"reject", [](V v, A a) { return selected(v, a, false, false); }},
    {"selectattr", [](V v, A a) { return selected(v, a, true, true); }},
    {"rejectattr", [](V v, A a) { return selected(v, a, true, false); }},
    {"replace",
     [](V v, A a) { return Value(replaced(v.print(), a.text(0, "replace"), a.text(1, "replace"), -1)); }},
    {"reverse", reversed},
    {"sort", sorted},
    {"unique", unique},
    {"indent", indented},
    {"sum", sum},
    {"min", [](V v, A a) { return extreme(v, a, -1); }},
    {"max", [](V v, A a) { return extreme(v, a, 1); }},
};

struct Test {
    std::string_view name;
    bool (*apply)(const Value &input, const Arguments &arguments);
};

const Value &argument(A a)
{
    static const Value kUndefined;
    return a.values.empty() ? kUndefined : a.values.front();
}

std::int64_t divisor(A a)
{
    const std::int64_t by = argument(a).integer();
    if (by == 0 || by == -1) refuse(a.line, "divisibleby: expected a divisor");
    return by;
}

constexpr Test kTests[] = {
    {"defined", [](V v, A) { return !v.isUndefined(); }},
    {"undefined", [](V v, A) { return v.isUndefined(); }},
    {"none", [](V v, A) { return v.isNone(); }},
    {"string", [](V v, A) { return v.isText(); }},
    {"number", [](V v, A) { return v.isNumber(); }},
    {"integer", [](V v, A) { return v.isInt(); }},
    {"float", [](V v, A) { return v.isFloat(); }},
    {"boolean", [](V v, A) { return v.isBool(); }},
    {"true", [](V v, A) { return v.isBool() && v.isTrue(); }},
    {"false", [](V v, A) { return v.isBool() && !v.isTrue(); }},
    {"mapping", [](V v, A) { return v.isDict(); }},
    {"sequence", [](V v, A) { return v.isList() || v.isText() || v.isDict(); }},
    {"iterable", [](V v, A) { return v.isList() || v.isText() || v.isDict(); }},
    {"callable", [](V v, A) { return v.macro() != nullptr; }},
    {"odd", [](V v, A) { return v.integer() % 2 != 0; }},
    {"even", [](V v, A) { return v.integer() % 2 == 0; }},
    {"divisibleby", [](V v, A a) { return v.integer() % divisor(a) == 0; }},
    {"lower", [](V v, A) { return v.text() && lower(*v.text()) == *v.text(); }},
    {"upper", [](V v, A) { return v.text() && upper(*v.text()) == *v.text(); }},
    {"in", [](V v, A a) { return binaryOf("in", v, argument(a), a.line).isTrue(); }},
    {"equalto", [](V v, A a) { return v == argument(a); }},
    {"eq", [](V v, A a) { return v == argument(a); }},
    {"sameas", [](V v, A a) { return v == argument(a); }},
    {"ne", [](V v, A a) { return !(v == argument(a)); }},
    {"gt", [](V v, A a) { return binaryOf(">", v, argument(a), a.line).isTrue(); }},
    {"ge", [](V v, A a) { return binaryOf(">=", v, argument(a), a.line).isTrue(); }},
    {"lt", [](V v, A a) { return binaryOf("<", v, argument(a), a.line).isTrue(); }},
    {"le", [](V v, A a) { return binaryOf("<=", v, argument(a), a.line).isTrue(); }},
};

Value range(A a)
{
    const auto whole = [&](std::size_t i, std::int64_t otherwise) {
        return a.get(i) ? a.get(i)->integer() : otherwise;
    };
    const bool hasStart = a.values.size() > 1;
    const std::int64_t from = hasStart ? whole(0, 0) : 0, to = whole(hasStart ? 1 : 0, 0), by = whole(2, 1);
    if (by == 0) refuse(a.line, "range: expected a step other than 0");
    List out;
    for (std::int64_t i = from; by > 0 ? i < to : i > to;) {
        if (static_cast<std::int64_t>(out.size()) >= kLongestRange)
            refuse(a.line, "range: expected at most " + std::to_string(kLongestRange) + " numbers");
        out.emplace_back(i);
        if (__builtin_add_overflow(i, by, &i)) break;
    }
    return out;
}

/// The present day in the fields that templates use; names are English whatever the locale is.
Value today(A a)
{
    static constexpr const char *kMonths[] = {"January",   "February", "March",    "April",
                                              "May",       "June",     "July",     "August",
                                              "September", "October",  "November", "December"};
    static constexpr const char *kDays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                            "Thursday", "Friday", "Saturday"};
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::tm time{};
    localtime_r(&now, &time);
    const auto two = [](int n) { return std::string(n < 10 ? "0" : "") + std::to_string(n); };
    const std::string month = kMonths[time.tm_mon], day = kDays[time.tm_wday];
    const std::string &format = a.text(0, "strftime_now");
    std::string out;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%' || i + 1 == format.size()) {
            out += format[i];
            continue;
        }
        const char field = format[++i];
        if (field == 'Y')
            out += std::to_string(1900 + time.tm_year);
        else if (field == 'm')
            out += two(time.tm_mon + 1);
        else if (field == 'd')
            out += two(time.tm_mday);
        else if (field == 'B')
            out += month;
        else if (field == 'b')
            out += month.substr(0, 3);
        else if (field == 'A')
            out += day;
        else if (field == 'a')
            out += day.substr(0, 3);
        else if (field == 'H')
            out += two(time.tm_hour);
        else if (field == 'M')
            out += two(time.tm_min);
        else if (field == 'S')
            out += two(time.tm_sec);
        else
            refuse(a.line, std::string("strftime_now: the field %") + field + " is not supported");
    }
    return out;
}

struct Function {
    std::string_view name;
    Value (*call)(A arguments);
};

constexpr Function kFunctions[] = {
    {"range", range},
    {"dict", [](A a) { return Value(a.named); }},
    {"strftime_now", today},
    {"raise_exception",
     [](A a) -> Value {
         throw Error(ErrorCode::BadRequest, "the chat template refuses: " + a.text(0, "raise_exception"));
     }},
};

} // namespace

const Value *Arguments::get(std::size_t index, std::string_view name) const
{
    if (index < values.size()) return &values[index];
    const auto found =
        std::ranges::find(named, name, [](const auto &n) -> std::string_view { return n.first; });
    return name.empty() || found == named.end() ? nullptr : &found->second;
}

const std::string &Arguments::text(std::size_t index, std::string_view function) const
{
    const Value *value = get(index);
    if (!value || !value->text())
        refuse(line,
               std::string(function) + ": expected a text, found " + (value ? value->typeName() : "nothing"));
    return *value->text();
}

Value applyFilter(const std::string &name, const Value &input, const Arguments &arguments)
{
    const auto *found = std::ranges::find(kFilters, name, &Filter::name);
    if (found == std::end(kFilters)) refuse(arguments.line, "the filter '" + name + "' is not supported");
    return found->apply(input, arguments);
}

bool applyTest(const std::string &name, const Value &input, const Arguments &arguments)
{
    const auto *found = std::ranges::find(kTests, name, &Test::name);
    if (found == std::end(kTests)) refuse(arguments.line, "the test '" + name + "' is not supported");
    return found->apply(input, arguments);
}

bool isFunction(std::string_view name)
{
    return std::ranges::find(kFunctions, name, &Function::name) != std::end(kFunctions);
}

Value callFunction(const std::string &name, const Arguments &arguments)
{
    return std::ranges::find(kFunctions, name, &Function::name)->call(arguments);
}

} // namespace engine::jinja
