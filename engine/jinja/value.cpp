#include "engine/jinja/value.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace engine::jinja
{
namespace
{

constexpr int kDeepest = 64; ///< of printed lists within lists; deeper ones are cut
constexpr std::size_t kLongestPrint = 16U
                                      << 20; ///< lists that share members may print much longer than they are
constexpr std::size_t kMostComparisons = 1U << 20;

std::string realText(double value)
{
    char buffer[64];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    std::string text(buffer, end);
    if (text.find_first_not_of("-0123456789") == std::string::npos) text += ".0"; // as Python writes it
    return text;
}

void writeQuoted(std::string &out, std::string_view text)
{
    constexpr char kHex[] = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        switch (c) {
        case '"':
        case '\\':
            out += {'\\', c};
            break;
        case '\n':
            out += "\\n";
            break;
        case '\r':
            out += "\\r";
            break;
        case '\t':
            out += "\\t";
            break;
        case '\b':
            out += "\\b";
            break;
        case '\f':
            out += "\\f";
            break;
        default:
            if (byte < 0x20)
                out += {'\\', 'u', '0', '0', kHex[byte >> 4], kHex[byte & 15]};
            else
                out += c;
        }
    }
    out += '"';
}

/// Python's repr: the quotes that need no escape.
void writeRepr(std::string &out, std::string_view text)
{
    const char quote =
        text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos ? '"' : '\'';
    out += quote;
    for (const char c : text) {
        if (c == quote || c == '\\')
            out += {'\\', c};
        else if (c == '\n')
            out += "\\n";
        else if (c == '\r')
            out += "\\r";
        else if (c == '\t')
            out += "\\t";
        else
            out += c;
    }
    out += quote;
}

class Writer
{
public:
    Writer(bool isJson, int indent)
        : m_isJson(isJson)
        , m_indent(indent)
    {
    }

    void write(const Value &value, int depth);
    std::string out;

private:
    void lineBreak(int depth)
    {
        if (m_indent < 0) return;
        out += '\n';
        out.append(static_cast<std::size_t>(m_indent * depth), ' ');
    }
    template <class Container, class Item>
    void writeAll(const Container &items, const char *brackets, int depth, const Item &item)
    {
        out += brackets[0];
        bool isFirst = true;
        for (const auto &entry : items) {
            if (!isFirst) out += m_indent < 0 ? ", " : ",";
            isFirst = false;
            lineBreak(depth + 1);
            item(entry);
        }
        if (!isFirst) lineBreak(depth);
        out += brackets[1];
    }
    void writeText(std::string_view text) { m_isJson ? writeQuoted(out, text) : writeRepr(out, text); }

    bool m_isJson;
    int m_indent;
};

void Writer::write(const Value &value, int depth)
{
    if (out.size() > kLongestPrint) return;
    if (depth > kDeepest) {
        out += "...";
    } else if (value.isText()) {
        writeText(*value.text());
    } else if (const List *list = value.list()) {
        writeAll(*list, "[]", depth, [&](const Value &item) { write(item, depth + 1); });
    } else if (const Dict *dict = value.dict()) {
        writeAll(*dict, "{}", depth, [&](const auto &entry) {
            if (entry.first.isNumber && !m_isJson)
                out += entry.first;
            else
                writeText(entry.first);
            out += ": ";
            write(entry.second, depth + 1);
        });
    } else if (m_isJson && (value.isNone() || value.isUndefined())) {
        out += "null";
    } else if (m_isJson && value.isBool()) {
        out += value.isTrue() ? "true" : "false";
    } else {
        out += value.print();
    }
}

} // namespace

const List *Value::list() const
{
    const auto *list = std::get_if<ListPtr>(&m_data);
    return list ? list->get() : nullptr;
}

const Dict *Value::dict() const
{
    const auto *dict = std::get_if<DictPtr>(&m_data);
    return dict ? dict->get() : members();
}

Dict *Value::members() const
{
    const auto *space = std::get_if<Namespace>(&m_data);
    return space ? space->members : nullptr;
}

const Node *Value::macro() const
{
    const auto *macro = std::get_if<Macro>(&m_data);
    return macro ? macro->node : nullptr;
}

std::string Value::undefinedName() const
{
    const auto *undefined = std::get_if<Undefined>(&m_data);
    return undefined ? undefined->name : std::string();
}

std::int64_t Value::integer() const
{
    if (const auto *whole = std::get_if<std::int64_t>(&m_data)) return *whole;
    if (const auto *flag = std::get_if<bool>(&m_data)) return *flag ? 1 : 0;
    const auto *real = std::get_if<double>(&m_data);
    return real && std::abs(*real) < 9e18 ? static_cast<std::int64_t>(*real) : 0;
}

double Value::real() const
{
    const auto *real = std::get_if<double>(&m_data);
    return real ? *real : static_cast<double>(integer());
}

bool Value::isTrue() const
{
    if (const std::string *words = text()) return !words->empty();
    if (const List *items = list()) return !items->empty();
    if (const auto *table = std::get_if<DictPtr>(&m_data)) return !(*table)->empty();
    if (isFloat()) return real() != 0;
    if (isNumber()) return integer() != 0;
    return is<Namespace>() || is<Macro>();
}

const char *Value::typeName() const
{
    constexpr const char *kNames[] = {"nothing", "none",   "a truth value", "a number",    "a number",
                                      "a text",  "a list", "a table",       "a namespace", "a macro"};
    return kNames[m_data.index()];
}

std::string Value::print() const
{
    if (const std::string *words = text()) return *words;
    if (isUndefined()) return {};
    if (isNone()) return "None";
    if (isBool()) return isTrue() ? "True" : "False";
    if (isInt()) return std::to_string(integer());
    if (isFloat()) return realText(real());
    if (macro()) return "<macro>";
    Writer writer(false, -1);
    writer.write(*this, 0);
    return std::move(writer.out);
}

std::string Value::json(int indent) const
{
    Writer writer(true, indent);
    writer.write(*this, 0);
    return std::move(writer.out);
}

const Value *Value::find(std::string_view key) const
{
    const Dict *table = dict();
    if (!table) return nullptr;
    const auto found = std::ranges::find_if(
        *table, [&](const auto &entry) { return !entry.first.isNumber && entry.first == key; });
    return found == table->end() ? nullptr : &found->second;
}

const Value *Value::find(std::int64_t key) const
{
    const Dict *table = dict();
    if (!table) return nullptr;
    const auto found = std::ranges::find_if(*table, [text = std::to_string(key)](const auto &entry) {
        return entry.first.isNumber && entry.first == text;
    });
    return found == table->end() ? nullptr : &found->second;
}

Value Value::ofKey(const Key &key)
{
    if (!key.isNumber) return std::string(key);
    std::int64_t number = 0;
    std::from_chars(key.data(), key.data() + key.size(), number);
    return number;
}

bool Value::equals(const Value &a, const Value &b, std::size_t &fuel)
{
    if (fuel == 0) return false;
    --fuel;
    const auto same = [&fuel](const Value &x, const Value &y) { return equals(x, y, fuel); };
    const auto sameMember = [&](const auto &x, const auto &y) {
        return x.first == y.first && equals(x.second, y.second, fuel);
    };
    if (a.isNumber() && b.isNumber())
        return a.isFloat() || b.isFloat() ? a.real() == b.real() : a.integer() == b.integer();
    if (a.isText() && b.isText()) return *a.text() == *b.text();
    if (a.isList() && b.isList())
        return a.list() == b.list() || std::ranges::equal(*a.list(), *b.list(), same);
    if (a.isDict() && b.isDict())
        return a.dict() == b.dict() || std::ranges::equal(*a.dict(), *b.dict(), sameMember);
    return a.m_data.index() == b.m_data.index() && (a.isNone() || a.isUndefined());
}

bool operator==(const Value &a, const Value &b)
{
    std::size_t fuel = kMostComparisons;
    return Value::equals(a, b, fuel);
}

int Value::compare(const Value &a, const Value &b)
{
    const auto sign = [](auto x, auto y) { return x < y ? -1 : y < x ? 1 : 0; };
    if (a.isNumber() && b.isNumber())
        return a.isFloat() || b.isFloat() ? sign(a.real(), b.real()) : sign(a.integer(), b.integer());
    if (a.isText() && b.isText()) return sign(a.text()->compare(*b.text()), 0);
    return 2;
}

} // namespace engine::jinja
