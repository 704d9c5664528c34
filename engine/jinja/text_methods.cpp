// Methods of texts and tables in the template language.
#include "engine/jinja/functions.h"
#include "engine/jinja/lexer.h"
#include "engine/jinja/text.h"
#include "engine/tokenizers/text_splitter.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace engine::jinja
{
namespace
{

using Method = Value (*)(const std::string &text, const Arguments &arguments);

/// `isPrefix`: startswith, else endswith; the argument may be a list of texts.
bool hasAffix(const std::string &text, const Arguments &arguments, bool isPrefix)
{
    const auto matches = [&](const std::string &affix) {
        return isPrefix ? text.starts_with(affix) : text.ends_with(affix);
    };
    const Value *affix = arguments.get(0);
    const List *list = affix ? affix->list() : nullptr;
    if (!list) return matches(arguments.text(0, isPrefix ? "startswith" : "endswith"));
    return std::ranges::any_of(*list, [&](const Value &v) { return v.text() && matches(*v.text()); });
}

std::int64_t limitOf(const Arguments &arguments)
{
    const Value *limit = arguments.get(1, "maxsplit");
    return limit && limit->isInt() ? limit->integer() : -1;
}

/// Pieces between white space, without empty ones.
List words(std::string_view text, std::int64_t limit)
{
    List out;
    text.remove_prefix(TextSplitter::leadingSpace(text));
    while (!text.empty()) {
        if (limit >= 0 && static_cast<std::int64_t>(out.size()) >= limit) {
            out.emplace_back(std::string(text));
            break;
        }
        std::size_t end = 0;
        while (end < text.size() && TextSplitter::leadingSpace(text.substr(end, 4)) == 0)
            ++end;
        out.emplace_back(std::string(text.substr(0, end)));
        text.remove_prefix(end);
        text.remove_prefix(TextSplitter::leadingSpace(text));
    }
    return out;
}

Value split(const std::string &text, const Arguments &arguments)
{
    const Value *given = arguments.get(0, "sep");
    const std::int64_t limit = limitOf(arguments);
    if (!given || given->isNone()) return words(text, limit);
    const std::string &separator = arguments.text(0, "split");
    if (separator.empty()) refuse(arguments.line, "split: expected a separator, found an empty text");
    List out;
    std::size_t begin = 0;
    while (limit < 0 || static_cast<std::int64_t>(out.size()) < limit) {
        const std::size_t end = text.find(separator, begin);
        if (end == std::string::npos) break;
        out.emplace_back(text.substr(begin, end - begin));
        begin = end + separator.size();
    }
    out.emplace_back(text.substr(begin));
    return out;
}

Value rsplit(const std::string &text, const Arguments &arguments)
{
    const std::string &separator = arguments.text(0, "rsplit");
    if (separator.empty()) refuse(arguments.line, "rsplit: expected a separator, found an empty text");
    const std::int64_t limit = limitOf(arguments);
    List out;
    std::size_t end = text.size();
    while (limit < 0 || static_cast<std::int64_t>(out.size()) < limit) {
        const std::size_t at =
            end < separator.size() ? std::string::npos : text.rfind(separator, end - separator.size());
        if (at == std::string::npos) break;
        out.emplace_back(text.substr(at + separator.size(), end - at - separator.size()));
        end = at;
    }
    out.emplace_back(text.substr(0, end));
    std::ranges::reverse(out);
    return out;
}

Value splitlines(const std::string &text, const Arguments &)
{
    List out;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const bool hasReturn = end > begin && text[end - 1] == '\r';
        out.emplace_back(text.substr(begin, end - begin - (hasReturn ? 1 : 0)));
        begin = end + 1;
    }
    return out;
}

Value stripWith(const std::string &text, const Arguments &arguments, bool left, bool right)
{
    const Value *characters = arguments.get(0);
    return stripped(text, left, right, characters && characters->text() ? *characters->text() : "");
}

struct Named {
    std::string_view name;
    Method method;
};

constexpr Named kTextMethods[] = {
    {"strip", [](const std::string &t, const Arguments &a) { return stripWith(t, a, true, true); }},
    {"lstrip", [](const std::string &t, const Arguments &a) { return stripWith(t, a, true, false); }},
    {"rstrip", [](const std::string &t, const Arguments &a) { return stripWith(t, a, false, true); }},
    {"upper", [](const std::string &t, const Arguments &) { return Value(upper(t)); }},
    {"lower", [](const std::string &t, const Arguments &) { return Value(lower(t)); }},
    {"title", [](const std::string &t, const Arguments &) { return Value(title(t)); }},
    {"capitalize", [](const std::string &t, const Arguments &) { return Value(capitalized(t)); }},
    {"startswith", [](const std::string &t, const Arguments &a) { return Value(hasAffix(t, a, true)); }},
    {"endswith", [](const std::string &t, const Arguments &a) { return Value(hasAffix(t, a, false)); }},
    {"split", split},
    {"rsplit", rsplit},
    {"splitlines", splitlines},
    {"replace",
     [](const std::string &t, const Arguments &a) {
         const Value *most = a.get(2, "count");
         return Value(replaced(t, a.text(0, "replace"), a.text(1, "replace"), most ? most->integer() : -1));
     }},
    {"find",
     [](const std::string &t, const Arguments &a) {
         const std::size_t at = t.find(a.text(0, "find"));
         return at == std::string::npos ? Value(std::int64_t{-1}) : Value(characters(t.substr(0, at)));
     }},
    {"count",
     [](const std::string &t, const Arguments &a) {
         const std::string &part = a.text(0, "count");
         std::int64_t count = 0;
         for (std::size_t at = t.find(part); at != std::string::npos && !part.empty();
              at = t.find(part, at + part.size()))
             ++count;
         return Value(count);
     }},
    {"isdigit",
     [](const std::string &t, const Arguments &) {
         return Value(!t.empty() && std::ranges::all_of(t, [](char c) { return c >= '0' && c <= '9'; }));
     }},
    {"isspace",
     [](const std::string &t, const Arguments &) {
         return Value(!t.empty() && TextSplitter::leadingSpace(t) == t.size());
     }},
    {"join",
     [](const std::string &t, const Arguments &a) {
         std::string out;
         if (a.values.empty()) refuse(a.line, "join: expected a list, found none");
         const List items = itemsOf(a.values.front(), a.line);
         for (std::size_t i = 0; i < items.size() && out.size() <= kLongestText; ++i)
             out += (i > 0 ? t : "") + items[i].print();
         return Value(std::move(out));
     }},
};

} // namespace

Value callMethod(const std::string &name, const Value &input, const Arguments &arguments)
{
    if (const std::string *text = input.text()) {
        const auto *found = std::ranges::find(kTextMethods, name, &Named::name);
        if (found != std::end(kTextMethods)) return found->method(*text, arguments);
    }
    if (input.isDict()) {
        if (name == "items" || name == "keys" || name == "values")
            return name == "keys" ? Value(itemsOf(input, arguments.line))
                                  : applyFilter(name, input, arguments);
        if (name == "get") {
            const Value *found = input.find(arguments.text(0, "get"));
            const Value *otherwise = arguments.get(1, "default");
            return found ? *found : otherwise ? *otherwise : Value(Value::None{});
        }
    }
    if (input.isUndefined())
        refuse(arguments.line,
               "'" + input.undefinedName() + "' is not there: cannot call '" + name + "' of it");
    refuse(arguments.line, std::string(input.typeName()) + " has no method '" + name + "'");
}

} // namespace engine::jinja
