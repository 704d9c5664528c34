#pragma once

#include "engine/jinja/lexer.h"
#include "engine/jinja/node.h"

#include <initializer_list>

namespace engine::jinja
{

/// Makes the tree of one template. Throws Error(BadTokenizer) naming the line.
class Parser final
{
public:
    explicit Parser(std::string_view source)
        : m_tokens(cut(source))
    {
    }

    NodePtr run() { return parseBody({}); }

private:
    static constexpr int kDeepest = 200; ///< levels of nested expressions and blocks

    /// Counts the levels that the parser is in.
    class Level
    {
    public:
        explicit Level(Parser &parser)
            : m_parser(parser)
        {
            if (++m_parser.m_level > kDeepest) refuse(m_parser.peek().line, "the nesting is too deep");
        }
        ~Level() { --m_parser.m_level; }
        Level(const Level &) = delete;
        Level &operator=(const Level &) = delete;

    private:
        Parser &m_parser;
    };

    const Token &peek(std::size_t ahead = 0) const
    {
        return m_tokens[std::min(m_at + ahead, m_tokens.size() - 1)];
    }
    const Token &take() { return m_tokens[std::min(m_at++, m_tokens.size() - 1)]; }
    bool isSign(std::string_view sign) const
    {
        return peek().kind == Token::Kind::Sign && peek().text == sign;
    }
    bool isWord(std::string_view word) const
    {
        return peek().kind == Token::Kind::Name && peek().text == word;
    }
    bool takeSign(std::string_view sign) { return isSign(sign) && (++m_at, true); }
    bool takeWord(std::string_view word) { return isWord(word) && (++m_at, true); }
    [[noreturn]] void unexpected(const std::string &wanted) const;
    void expectSign(std::string_view sign)
    {
        if (!takeSign(sign)) unexpected("'" + std::string(sign) + "'");
    }
    std::string expectName()
    {
        if (peek().kind != Token::Kind::Name) unexpected("a name");
        return take().text;
    }
    void expect(Token::Kind kind, const char *what)
    {
        if (peek().kind != kind) unexpected(what);
        ++m_at;
    }

    NodePtr make(Node::Kind kind, int line, std::string text = {}) const;
    template <class... Children>
    NodePtr make(Node::Kind kind, int line, std::string text, NodePtr first, Children... rest) const;
    NodePtr grown(NodePtr node) const;

    // Statements
    NodePtr parseBody(std::initializer_list<std::string_view> ends);
    NodePtr parseBlock();
    NodePtr parseIf(int line);
    NodePtr parseFor(int line);
    NodePtr parseSet(int line);
    NodePtr parseMacro(int line);
    void endBlock(std::string_view name);
    std::vector<std::string> parseTargets();

    // Expressions, from loosest to tightest
    NodePtr parseTuple();
    NodePtr parseExpression();
    NodePtr parseOr();
    NodePtr parseAnd();
    NodePtr parseNot();
    NodePtr parseCompare();
    NodePtr parseBinary(std::size_t level);
    NodePtr parsePower();
    NodePtr parseUnary(bool withFilters);
    NodePtr parsePrimary();
    NodePtr parsePostfix(NodePtr node);
    NodePtr parseSubscript(NodePtr node);
    NodePtr parseFilters(NodePtr node);
    NodePtr parseTest(NodePtr node);
    void parseArguments(Node &call);
    NodePtr parseList(std::string_view end, int line);
    NodePtr parseDict(int line);

    std::vector<Token> m_tokens;
    std::size_t m_at = 0;
    int m_level = 0;
};

template <class... Children>
NodePtr Parser::make(Node::Kind kind, int line, std::string text, NodePtr first, Children... rest) const
{
    NodePtr node = make(kind, line, std::move(text));
    node->children.push_back(std::move(first));
    (node->children.push_back(std::move(rest)), ...);
    return grown(std::move(node));
}

} // namespace engine::jinja
