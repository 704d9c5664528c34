#include "engine/jinja/parser.h"

#include "engine/files/printable.h"

#include <algorithm>

namespace engine::jinja
{

using Kind = Node::Kind;
using TokenKind = Token::Kind;

void Parser::unexpected(const std::string &wanted) const
{
    const Token &found = peek();
    const std::string text = found.kind == TokenKind::End         ? "the end"
                             : found.kind == TokenKind::EndBlock  ? "'%}'"
                             : found.kind == TokenKind::EndOutput ? "'}}'"
                                                                  : printable(found.text);
    refuse(found.line, "expected " + wanted + ", found " + text);
}

NodePtr Parser::make(Kind kind, int line, std::string text) const
{
    auto node = std::make_unique<Node>();
    node->kind = kind;
    node->line = line;
    node->text = std::move(text);
    return node;
}

/// Sets the depth of a node whose children are complete: evaluation goes down as deep.
NodePtr Parser::grown(NodePtr node) const
{
    int depth = 0;
    for (const NodePtr &child : node->children)
        if (child) depth = std::max(depth, child->depth);
    for (const auto &[name, child] : node->named)
        depth = std::max(depth, child->depth);
    node->depth = depth + 1;
    if (node->depth > kDeepest) refuse(node->line, "the nesting is too deep");
    return node;
}

/// Statements up to a block that begins with one of `ends`, which is not taken; "{%" is.
NodePtr Parser::parseBody(std::initializer_list<std::string_view> ends)
{
    const Level level(*this);
    NodePtr body = make(Kind::Body, peek().line);
    while (peek().kind != TokenKind::End) {
        const Token &token = take();
        if (token.kind == TokenKind::Text) {
            body->children.push_back(make(Kind::Text, token.line, token.text));
        } else if (token.kind == TokenKind::BeginOutput) {
            NodePtr value = parseTuple();
            expect(TokenKind::EndOutput, "'}}'");
            body->children.push_back(make(Kind::Output, token.line, {}, std::move(value)));
        } else {
            if (peek().kind == TokenKind::Name && std::ranges::find(ends, peek().text) != ends.end())
                return grown(std::move(body));
            if (NodePtr statement = parseBlock()) body->children.push_back(std::move(statement));
        }
    }
    if (ends.size() > 0) unexpected("'{% " + std::string(*(ends.end() - 1)) + " %}'");
    return grown(std::move(body));
}

void Parser::endBlock(std::string_view name)
{
    if (!takeWord(name)) unexpected("'" + std::string(name) + "'");
    expect(TokenKind::EndBlock, "'%}'");
}

/// Behind "{%". nullptr: a block that means nothing here.
NodePtr Parser::parseBlock()
{
    const int line = peek().line;
    if (takeWord("if")) return parseIf(line);
    if (takeWord("for")) return parseFor(line);
    if (takeWord("set")) return parseSet(line);
    if (takeWord("macro")) return parseMacro(line);
    for (const auto &[word, kind] : {std::pair("break", Kind::Break), std::pair("continue", Kind::Continue)})
        if (takeWord(word)) {
            expect(TokenKind::EndBlock, "'%}'");
            return make(kind, line);
        }
    // Marks what a model was trained to write.
    if (takeWord("generation")) {
        expect(TokenKind::EndBlock, "'%}'");
        NodePtr body = parseBody({"endgeneration"});
        endBlock("endgeneration");
        return body;
    }
    unexpected("if, for, set, macro, break or continue");
}

NodePtr Parser::parseIf(int line)
{
    NodePtr node = make(Kind::If, line);
    while (true) {
        node->children.push_back(parseTuple());
        expect(TokenKind::EndBlock, "'%}'");
        node->children.push_back(parseBody({"elif", "else", "endif"}));
        if (takeWord("elif")) continue;
        if (takeWord("else")) {
            expect(TokenKind::EndBlock, "'%}'");
            node->children.push_back(parseBody({"endif"}));
        }
        endBlock("endif");
        return grown(std::move(node));
    }
}

std::vector<std::string> Parser::parseTargets()
{
    const bool inBrackets = takeSign("(");
    std::vector<std::string> names = {expectName()};
    while (takeSign(","))
        names.push_back(expectName());
    if (inBrackets) expectSign(")");
    return names;
}

NodePtr Parser::parseFor(int line)
{
    NodePtr node = make(Kind::For, line);
    node->names = parseTargets();
    if (!takeWord("in")) unexpected("'in'");
    node->children.push_back(parseOr()); // an "if" behind it is the loop's
    NodePtr condition = takeWord("if") ? parseExpression() : nullptr;
    if (isWord("recursive")) refuse(line, "recursive loops are not supported");
    expect(TokenKind::EndBlock, "'%}'");
    node->children.push_back(parseBody({"else", "endfor"}));
    node->children.push_back(std::move(condition));
    NodePtr otherwise;
    if (takeWord("else")) {
        expect(TokenKind::EndBlock, "'%}'");
        otherwise = parseBody({"endfor"});
    }
    node->children.push_back(std::move(otherwise));
    endBlock("endfor");
    return grown(std::move(node));
}

NodePtr Parser::parseSet(int line)
{
    std::vector<std::string> names = parseTargets();
    NodePtr node;
    if (takeSign(".")) {
        node = make(Kind::SetMember, line, names.front());
        names = {expectName()};
        expectSign("=");
        node->children.push_back(parseTuple());
        expect(TokenKind::EndBlock, "'%}'");
    } else if (takeSign("=")) {
        node = make(Kind::Set, line);
        node->children.push_back(parseTuple());
        expect(TokenKind::EndBlock, "'%}'");
    } else {
        node = make(Kind::SetBlock, line);
        expect(TokenKind::EndBlock, "'='");
        node->children.push_back(parseBody({"endset"}));
        endBlock("endset");
    }
    node->names = std::move(names);
    return grown(std::move(node));
}

NodePtr Parser::parseMacro(int line)
{
    NodePtr node = make(Kind::Macro, line, expectName());
    expectSign("(");
    while (!takeSign(")")) {
        node->names.push_back(expectName());
        if (takeSign("=")) node->named.emplace_back(node->names.back(), parseExpression());
        if (!isSign(")")) expectSign(",");
    }
    expect(TokenKind::EndBlock, "'%}'");
    node->children.push_back(parseBody({"endmacro"}));
    endBlock("endmacro");
    return grown(std::move(node));
}

NodePtr parse(std::string_view source) { return Parser(source).run(); }

} // namespace engine::jinja
