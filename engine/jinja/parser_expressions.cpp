#include "engine/jinja/parser.h"

#include <algorithm>
#include <charconv>

namespace engine::jinja
{

using Kind = Node::Kind;
using TokenKind = Token::Kind;

/// An expression, or several with commas between: a list.
NodePtr Parser::parseTuple()
{
    const int line = peek().line;
    NodePtr first = parseExpression();
    if (!isSign(",")) return first;
    NodePtr list = make(Kind::ListOf, line);
    list->children.push_back(std::move(first));
    while (takeSign(",")) {
        if (peek().kind == TokenKind::EndBlock || peek().kind == TokenKind::EndOutput || isSign(")")) break;
        list->children.push_back(parseExpression());
    }
    return grown(std::move(list));
}

NodePtr Parser::parseExpression()
{
    const Level level(*this);
    NodePtr value = parseOr();
    while (takeWord("if")) {
        const int line = peek().line;
        NodePtr condition = parseOr();
        NodePtr otherwise = takeWord("else") ? parseExpression() : nullptr;
        value =
            make(Kind::Conditional, line, {}, std::move(value), std::move(condition), std::move(otherwise));
    }
    return value;
}

NodePtr Parser::parseOr()
{
    const int line = peek().line;
    NodePtr left = parseAnd();
    while (takeWord("or"))
        left = make(Kind::Or, line, {}, std::move(left), parseAnd());
    return left;
}

NodePtr Parser::parseAnd()
{
    const int line = peek().line;
    NodePtr left = parseNot();
    while (takeWord("and"))
        left = make(Kind::And, line, {}, std::move(left), parseNot());
    return left;
}

NodePtr Parser::parseNot()
{
    const Level level(*this);
    const int line = peek().line;
    if (takeWord("not")) return make(Kind::Not, line, {}, parseNot());
    return parseCompare();
}

/// a < b < c means a < b and b < c in Python; chains of that kind are refused.
NodePtr Parser::parseCompare()
{
    NodePtr left = parseBinary(0);
    bool compared = false;
    while (true) {
        const int line = peek().line;
        std::string sign;
        for (const char *s : {"==", "!=", "<=", ">=", "<", ">"})
            if (sign.empty() && takeSign(s)) sign = s;
        if (sign.empty() && takeWord("in")) sign = "in";
        if (sign.empty() && isWord("not") && peek(1).kind == TokenKind::Name && peek(1).text == "in") {
            m_at += 2;
            sign = "not in";
        }
        if (sign.empty()) return left;
        if (compared) refuse(line, "expected one comparison, found a chain");
        compared = true;
        left = make(Kind::Binary, line, sign, std::move(left), parseBinary(0));
    }
}

NodePtr Parser::parseBinary(std::size_t level)
{
    static const std::vector<std::vector<std::string_view>> kLevels = {
        {"+", "-"}, {"~"}, {"*", "//", "/", "%"}};
    if (level == kLevels.size()) return parsePower();
    NodePtr left = parseBinary(level + 1);
    while (peek().kind == TokenKind::Sign &&
           std::ranges::find(kLevels[level], peek().text) != kLevels[level].end()) {
        const Token &sign = take();
        left = make(Kind::Binary, sign.line, sign.text, std::move(left), parseBinary(level + 1));
    }
    return left;
}

NodePtr Parser::parsePower()
{
    NodePtr left = parseUnary(true);
    while (isSign("**")) {
        const Token &sign = take();
        left = make(Kind::Binary, sign.line, sign.text, std::move(left), parseUnary(true));
    }
    return left;
}

NodePtr Parser::parseUnary(bool withFilters)
{
    const Level level(*this);
    const int line = peek().line;
    NodePtr node;
    if (takeSign("-"))
        node = make(Kind::Negate, line, {}, parseUnary(false));
    else if (takeSign("+"))
        node = parseUnary(false);
    else
        node = parsePostfix(parsePrimary());
    return withFilters ? parseFilters(std::move(node)) : std::move(node);
}

NodePtr Parser::parsePrimary()
{
    const Token &token = peek();
    NodePtr node = make(Kind::Literal, token.line);
    if (token.kind == TokenKind::String) {
        std::string text;
        while (peek().kind == TokenKind::String)
            text += take().text;
        node->value = Value(std::move(text));
        return node;
    }
    if (token.kind == TokenKind::Number) {
        const std::string &digits = take().text;
        const char *begin = digits.data(), *end = begin + digits.size();
        std::int64_t whole = 0;
        double real = 0;
        if (digits.find_first_of(".eE") != std::string::npos) {
            std::from_chars(begin, end, real);
            node->value = Value(real);
        } else {
            if (std::from_chars(begin, end, whole).ec != std::errc())
                refuse(token.line, "the number " + digits + " is too large");
            node->value = Value(whole);
        }
        return node;
    }
    if (token.kind == TokenKind::Name) {
        const std::string &name = take().text;
        if (name == "true" || name == "True")
            node->value = Value(true);
        else if (name == "false" || name == "False")
            node->value = Value(false);
        else if (name == "none" || name == "None")
            node->value = Value(Value::None{});
        else
            return make(Kind::Name, token.line, name);
        return node;
    }
    if (takeSign("(")) {
        if (takeSign(")")) return make(Kind::ListOf, token.line);
        NodePtr inner = parseTuple();
        expectSign(")");
        return inner;
    }
    if (takeSign("[")) return parseList("]", token.line);
    if (takeSign("{")) return parseDict(token.line);
    unexpected("an expression");
}

NodePtr Parser::parseList(std::string_view end, int line)
{
    NodePtr list = make(Kind::ListOf, line);
    while (!takeSign(end)) {
        list->children.push_back(parseExpression());
        if (!isSign(end)) expectSign(",");
    }
    return grown(std::move(list));
}

NodePtr Parser::parseDict(int line)
{
    NodePtr dict = make(Kind::DictOf, line);
    while (!takeSign("}")) {
        dict->children.push_back(parseExpression());
        expectSign(":");
        dict->children.push_back(parseExpression());
        if (!isSign("}")) expectSign(",");
    }
    return grown(std::move(dict));
}

NodePtr Parser::parsePostfix(NodePtr node)
{
    while (true) {
        const int line = peek().line;
        if (takeSign(".")) {
            if (peek().kind == TokenKind::Number) { // x.0
                NodePtr index = parsePrimary();
                node = make(Kind::Index, line, {}, std::move(node), std::move(index));
            } else {
                std::string name = expectName();
                node = make(Kind::Attribute, line, std::move(name), std::move(node));
            }
        } else if (takeSign("[")) {
            node = parseSubscript(std::move(node));
        } else if (takeSign("(")) {
            node = make(Kind::Call, line, {}, std::move(node));
            parseArguments(*node);
            node = grown(std::move(node));
        } else {
            return node;
        }
    }
}

/// Behind "[".
NodePtr Parser::parseSubscript(NodePtr node)
{
    const int line = peek().line;
    NodePtr parts[3];
    bool isSlice = false;
    for (std::size_t i = 0; i < 3; ++i) {
        if (!isSign(":") && !isSign("]")) parts[i] = parseExpression();
        if (i == 2 || !takeSign(":")) break;
        isSlice = true;
    }
    expectSign("]");
    if (isSlice)
        return make(Kind::Slice, line, {}, std::move(node), std::move(parts[0]), std::move(parts[1]),
                    std::move(parts[2]));
    if (!parts[0]) refuse(line, "expected an index between the brackets");
    return make(Kind::Index, line, {}, std::move(node), std::move(parts[0]));
}

/// Behind "(".
void Parser::parseArguments(Node &call)
{
    while (!takeSign(")")) {
        const bool isNamed =
            peek().kind == TokenKind::Name && peek(1).kind == TokenKind::Sign && peek(1).text == "=";
        if (isNamed) {
            std::string name = take().text;
            ++m_at;
            call.named.emplace_back(std::move(name), parseExpression());
        } else {
            call.children.push_back(parseExpression());
        }
        if (!isSign(")")) expectSign(",");
    }
}

NodePtr Parser::parseFilters(NodePtr node)
{
    while (true) {
        const int line = peek().line;
        if (takeSign("|")) {
            std::string name = expectName();
            node = make(Kind::Filter, line, std::move(name), std::move(node));
            if (takeSign("(")) parseArguments(*node);
            node = grown(std::move(node));
        } else if (takeWord("is")) {
            node = parseTest(std::move(node));
        } else {
            return node;
        }
    }
}

/// Behind "is".
NodePtr Parser::parseTest(NodePtr node)
{
    const int line = peek().line;
    const bool isNegated = takeWord("not");
    std::string name = expectName();
    NodePtr test = make(Kind::Test, line, std::move(name), std::move(node));
    const bool ends =
        peek().kind == TokenKind::Name && (isWord("and") || isWord("or") || isWord("else") || isWord("is") ||
                                           isWord("if") || isWord("not") || isWord("in"));
    const bool hasArgument = peek().kind == TokenKind::String || peek().kind == TokenKind::Number ||
                             (peek().kind == TokenKind::Name && !ends) || isSign("[") || isSign("{");
    if (takeSign("("))
        parseArguments(*test);
    else if (hasArgument)
        test->children.push_back(parsePostfix(parsePrimary()));
    test = grown(std::move(test));
    return isNegated ? make(Kind::Not, line, {}, std::move(test)) : std::move(test);
}

} // namespace engine::jinja
