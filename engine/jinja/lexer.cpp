#include "engine/jinja/lexer.h"

#include "engine/error.h"
#include "engine/files/printable.h"

#include <algorithm>

namespace engine::jinja
{
namespace
{

using Kind = Token::Kind;

constexpr std::string_view kSpace = " \t\n\r\v\f";
/// The longer ones first.
constexpr std::string_view kSigns[] = {"**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<",
                                       ">",  "=",  "(",  ")",  "[",  "]",  "{", "}", ",", ":", ".", "|"};

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

class Lexer
{
public:
    explicit Lexer(std::string_view source)
        : m_rest(source)
    {
    }

    std::vector<Token> run();

private:
    struct Mark {
        bool strips = false; ///< "-"
        bool keeps = false;  ///< "+"
    };

    void advance(std::size_t count)
    {
        m_line += static_cast<int>(std::ranges::count(m_rest.substr(0, count), '\n'));
        m_rest.remove_prefix(count);
    }
    void add(Kind kind, std::string text = {}) { m_tokens.push_back({kind, std::move(text), m_line}); }
    void addText(std::size_t length, const Mark &next, bool isBlock);
    Mark takeMark();
    void comment();
    bool raw();
    void inside(std::string_view end, Kind begin, Kind endKind);
    void word();
    void string();
    void behindBlock(bool strips, bool keeps);

    std::string_view m_rest;
    int m_line = 1;
    bool m_atLineStart = true; ///< the last mark ended a line
    std::vector<Token> m_tokens;
};

/// The text before a mark.
void Lexer::addText(std::size_t length, const Mark &next, bool isBlock)
{
    std::string_view text = m_rest.substr(0, length);
    if (next.strips) {
        text = text.substr(0, text.find_last_not_of(kSpace) + 1);
    } else if (isBlock && !next.keeps) {
        const std::size_t line = text.rfind('\n') + 1; // 0 where there is none
        const bool isBlank = text.find_first_not_of(" \t\r\v\f", line) == std::string_view::npos;
        if (isBlank && (line > 0 || m_atLineStart)) text = text.substr(0, line);
    }
    if (!text.empty()) add(Kind::Text, std::string(text));
    advance(length);
}

/// "-" or "+" behind the two characters of a mark.
Lexer::Mark Lexer::takeMark()
{
    const char sign = m_rest.size() > 2 ? m_rest[2] : ' ';
    return {sign == '-', sign == '+'};
}

/// White space behind the end of a block or comment, which is gone already.
void Lexer::behindBlock(bool strips, bool keeps)
{
    std::size_t count = 0;
    if (strips)
        count = std::min(m_rest.find_first_not_of(kSpace), m_rest.size());
    else if (!keeps && m_rest.starts_with('\n'))
        count = 1;
    m_atLineStart = count > 0 && m_rest[count - 1] == '\n';
    advance(count);
}

void Lexer::comment()
{
    const std::size_t end = m_rest.find("#}");
    if (end == std::string_view::npos) refuse(m_line, "expected '#}' at the end of a comment, found the end");
    const bool strips = m_rest[end - 1] == '-' && end > 2;
    const bool keeps = m_rest[end - 1] == '+' && end > 2;
    advance(end + 2);
    behindBlock(strips, keeps);
}

/// {% raw %}...{% endraw %}: true if there was one.
bool Lexer::raw()
{
    const auto isTag = [](std::string_view text, std::string_view name, std::size_t &length) {
        const std::size_t end = text.find("%}");
        if (!text.starts_with("{%") || end == std::string_view::npos) return false;
        std::string_view body = text.substr(2, end - 2);
        const std::size_t begin = body.find_first_not_of("-+ \t\n");
        if (begin == std::string_view::npos) return false;
        body = body.substr(begin, body.find_last_not_of("-+ \t\n") + 1 - begin);
        length = end + 2;
        return body == name;
    };
    std::size_t length = 0;
    if (!isTag(m_rest, "raw", length)) return false;
    const bool strips = m_rest[length - 3] == '-';
    const int line = m_line;
    advance(length);
    behindBlock(strips, false);
    for (std::size_t at = m_rest.find("{%"); at != std::string_view::npos; at = m_rest.find("{%", at + 2)) {
        if (!isTag(m_rest.substr(at), "endraw", length)) continue;
        addText(at, {m_rest.substr(at).starts_with("{%-"), false}, true);
        const bool stripsBehind = m_rest[length - 3] == '-';
        advance(length);
        behindBlock(stripsBehind, false);
        return true;
    }
    refuse(line, "expected '{% endraw %}', found the end");
}

void Lexer::string()
{
    const char quote = m_rest[0];
    std::string text;
    std::size_t i = 1;
    for (; i < m_rest.size() && m_rest[i] != quote; ++i) {
        if (m_rest[i] != '\\' || i + 1 == m_rest.size()) {
            text += m_rest[i];
            continue;
        }
        const char c = m_rest[++i];
        constexpr std::string_view kNames = "ntrbf0", kBytes("\n\t\r\b\f\0", 6);
        const std::size_t known = kNames.find(c);
        if (known != std::string_view::npos)
            text += kBytes[known];
        else if (c == '\\' || c == '\'' || c == '"')
            text += c;
        else
            text += {'\\', c}; // as Python keeps it
    }
    if (i >= m_rest.size()) refuse(m_line, "expected the end of a text, found the end of the template");
    add(Kind::String, std::move(text));
    advance(i + 1);
}

/// One name, number, text or sign.
void Lexer::word()
{
    const char first = m_rest[0];
    if (first == '\'' || first == '"') return string();
    std::size_t length = 0;
    if (isNameStart(first)) {
        while (length < m_rest.size() && (isNameStart(m_rest[length]) || isDigit(m_rest[length])))
            ++length;
        add(Kind::Name, std::string(m_rest.substr(0, length)));
    } else if (isDigit(first)) {
        const auto digits = [&] {
            while (length < m_rest.size() && isDigit(m_rest[length]))
                ++length;
        };
        digits();
        if (length + 1 < m_rest.size() && m_rest[length] == '.' && isDigit(m_rest[length + 1])) {
            ++length;
            digits();
        }
        if (length + 1 < m_rest.size() && (m_rest[length] == 'e' || m_rest[length] == 'E') &&
            isDigit(m_rest[length + 1])) {
            ++length;
            digits();
        }
        add(Kind::Number, std::string(m_rest.substr(0, length)));
    } else {
        const auto *sign = std::ranges::find_if(kSigns, [&](auto s) { return m_rest.starts_with(s); });
        if (sign == std::end(kSigns))
            refuse(m_line, "expected an expression, found " + printable(m_rest.substr(0, 12)));
        length = sign->size();
        add(Kind::Sign, std::string(*sign));
    }
    advance(length);
}

/// The words of an output or block, and its end.
void Lexer::inside(std::string_view end, Kind begin, Kind endKind)
{
    const int line = m_line;
    add(begin);
    advance(2);
    if (m_rest.starts_with('-') || (begin == Kind::BeginBlock && m_rest.starts_with('+'))) advance(1);
    int open = 0; // brackets: "}}" within them ends a table
    while (true) {
        advance(std::min(m_rest.find_first_not_of(kSpace), m_rest.size()));
        if (m_rest.empty()) refuse(line, "expected '" + std::string(end) + "', found the end");
        const bool strips = m_rest[0] == '-', keeps = m_rest[0] == '+' && endKind == Kind::EndBlock;
        if (open == 0 && m_rest.substr(strips || keeps ? 1 : 0).starts_with(end)) {
            add(endKind);
            advance(end.size() + (strips || keeps ? 1 : 0));
            if (endKind == Kind::EndBlock || strips)
                behindBlock(strips, keeps);
            else
                m_atLineStart = false;
            return;
        }
        word();
        const Token &last = m_tokens.back();
        if (last.kind != Kind::Sign) continue;
        if (last.text == "(" || last.text == "[" || last.text == "{") ++open;
        if (last.text == ")" || last.text == "]" || last.text == "}") open = std::max(0, open - 1);
    }
}

std::vector<Token> Lexer::run()
{
    while (!m_rest.empty()) {
        std::size_t at = 0;
        while (
            at + 1 < m_rest.size() &&
            !(m_rest[at] == '{' && (m_rest[at + 1] == '{' || m_rest[at + 1] == '%' || m_rest[at + 1] == '#')))
            ++at;
        if (at + 1 >= m_rest.size()) {
            std::string_view text = m_rest;
            if (text.ends_with('\n')) text.remove_suffix(1); // as Jinja does without keep_trailing_newline
            if (!text.empty()) add(Kind::Text, std::string(text));
            break;
        }
        const char kind = m_rest[at + 1];
        const std::string_view before = m_rest;
        m_rest.remove_prefix(at);
        const Mark mark = takeMark();
        m_rest = before;
        addText(at, mark, kind != '{');
        m_atLineStart = false;
        if (kind == '#')
            comment();
        else if (kind == '{')
            inside("}}", Kind::BeginOutput, Kind::EndOutput);
        else if (!raw())
            inside("%}", Kind::BeginBlock, Kind::EndBlock);
    }
    add(Kind::End);
    return std::move(m_tokens);
}

} // namespace

std::vector<Token> cut(std::string_view source) { return Lexer(source).run(); }

void refuse(int line, const std::string &what)
{
    throw Error(ErrorCode::BadTokenizer, "chat template, line " + std::to_string(line) + ": " + what + ".");
}

} // namespace engine::jinja
