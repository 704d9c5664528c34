#include "engine/tokenizers/python_literal.h"

#include "engine/files/printable.h"

#include <charconv>
#include <cstdint>

namespace engine
{
namespace
{

bool appendUtf8(std::string &out, std::uint32_t code)
{
    const auto byte = [&out](std::uint32_t value) { out += static_cast<char>(value); };
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
    if (code < 0x80) {
        byte(code);
    } else if (code < 0x800) {
        byte(0xC0 | code >> 6);
        byte(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        byte(0xE0 | code >> 12);
        byte(0x80 | (code >> 6 & 0x3F));
        byte(0x80 | (code & 0x3F));
    } else {
        byte(0xF0 | code >> 18);
        byte(0x80 | (code >> 12 & 0x3F));
        byte(0x80 | (code >> 6 & 0x3F));
        byte(0x80 | (code & 0x3F));
    }
    return true;
}

/// Takes `digits` hexadecimal digits off `text`.
std::optional<std::uint32_t> takeHex(std::string_view &text, std::size_t digits)
{
    if (text.size() < digits) return std::nullopt;
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value, 16);
    if (error != std::errc() || end != text.data() + digits) return std::nullopt;
    text.remove_prefix(digits);
    return value;
}

/// Takes what follows a backslash off `text` and appends its meaning.
bool takeEscape(std::string_view &text, bool isBytes, std::string &out)
{
    if (text.empty()) return false;
    const char kind = text[0];
    text.remove_prefix(1);
    switch (kind) {
    case 'n':
        out += '\n';
        return true;
    case 't':
        out += '\t';
        return true;
    case 'r':
        out += '\r';
        return true;
    case '\\':
    case '\'':
    case '"':
        out += kind;
        return true;
    case 'x':
    case 'u':
    case 'U': {
        if (isBytes && kind != 'x') return false;
        const auto code = takeHex(text, kind == 'x' ? 2 : kind == 'u' ? 4 : 8);
        if (!code) return false;
        if (!isBytes) return appendUtf8(out, *code);
        out += static_cast<char>(*code);
        return true;
    }
    default:
        return false;
    }
}

} // namespace

std::optional<std::string> parsePythonLiteral(std::string_view literal)
{
    const bool isBytes = literal.starts_with('b');
    if (isBytes) literal.remove_prefix(1);
    if (literal.size() < 2 || (literal[0] != '\'' && literal[0] != '"') || literal.back() != literal[0])
        return std::nullopt;
    const char quote = literal[0];
    std::string_view rest = literal.substr(1, literal.size() - 2);
    std::string out;
    while (!rest.empty()) {
        const char first = rest[0];
        if (first == '\\') {
            rest.remove_prefix(1);
            if (!takeEscape(rest, isBytes, out)) return std::nullopt;
            continue;
        }
        const std::size_t length = utf8Length(rest);
        if (length == 0 || first == quote || (isBytes && length > 1)) return std::nullopt;
        out += rest.substr(0, length);
        rest.remove_prefix(length);
    }
    return out;
}

} // namespace engine
