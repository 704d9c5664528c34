#include "gui/widgets/code_lexer.h"

#include <QSet>
#include <QStringList>

#include <array>

namespace gui
{
namespace
{

// States between lines; 0 is code.
constexpr int kBlockComment = 1;
constexpr int kFirstLongString = 2; ///< + index into Rules::longStrings

QSet<QString> words(const char *list)
{
    const QStringList all = QString::fromLatin1(list).split(QLatin1Char(' '));
    return {all.begin(), all.end()};
}

} // namespace

struct CodeLexer::Rules {
    QStringList names;
    QStringList lineComments;
    QString blockBegin, blockEnd;
    QStringList longStrings; ///< run over lines
    QString quotes;
    QSet<QString> keywords;
    bool ignoresCase = false;
};

const CodeLexer::Rules *CodeLexer::rulesOf(const QString &language)
{
    const auto list = [](const char *s) {
        return QString::fromLatin1(s).split(QLatin1Char(' '), Qt::SkipEmptyParts);
    };
    static const std::array kRules{
        Rules{list("c cpp c++ cc h hpp cuda cu java js javascript jsx ts typescript tsx rust rs go golang cs "
                   "csharp kotlin swift php scala dart glsl zig"),
              list("//"), QStringLiteral("/*"), QStringLiteral("*/"), list("`"), QStringLiteral("\"'"),
              words("abstract alignas as async auto await bool break case catch char class const constexpr "
                    "continue co_await co_return crate "
                    "default defer delete do double dyn else enum explicit export extends extern false final "
                    "float fn for from func function go "
                    "goto if impl implements import in inline int interface let long loop match mod mut "
                    "namespace new nil noexcept null nullptr "
                    "operator override package private protected pub public return self short signed sizeof "
                    "static struct super switch template "
                    "this throw trait true try type typedef typename union unsafe unsigned use using val var "
                    "virtual void volatile where while yield")},
        Rules{list("python py python3"),
              list("#"),
              {},
              {},
              list("\"\"\" '''"),
              QStringLiteral("\"'"),
              words("False None True and as assert async await break class continue def del elif else except "
                    "finally for from global if import "
                    "in is lambda match nonlocal not or pass raise return self try while with yield")},
        Rules{list("bash sh shell zsh console make makefile cmake dockerfile"),
              list("#"),
              {},
              {},
              {},
              QStringLiteral("\"'"),
              words("case do done elif else esac exit export fi for function if in local return set then "
                    "unset until while")},
        Rules{list("json yaml yml toml ini"),
              list("#"),
              {},
              {},
              {},
              QStringLiteral("\"'"),
              words("true false null")},
        Rules{list("sql sqlite postgres"),
              list("--"),
              QStringLiteral("/*"),
              QStringLiteral("*/"),
              {},
              QStringLiteral("\"'"),
              words("add all alter and as asc begin between by case commit count create delete desc distinct "
                    "drop else end exists from group "
                    "having in index inner insert into is join key left like limit not null on or order "
                    "outer primary references select set "
                    "table then union unique update values view when where with"),
              true},
        Rules{list("lua haskell hs"),
              list("--"),
              {},
              {},
              {},
              QStringLiteral("\"'"),
              words("and break do else elseif end false for function if in local nil not or repeat return "
                    "then true until while where let "
                    "case of data type module import")},
        Rules{list("html xml svg"),
              {},
              QStringLiteral("<!--"),
              QStringLiteral("-->"),
              {},
              QStringLiteral("\""),
              {}},
        Rules{
            list("css scss"), {}, QStringLiteral("/*"), QStringLiteral("*/"), {}, QStringLiteral("\"'"), {}},
    };
    for (const Rules &rules : kRules) {
        if (rules.names.contains(language, Qt::CaseInsensitive)) return &rules;
    }
    return nullptr;
}

CodeLexer::CodeLexer(const QString &language)
    : m_rules(rulesOf(language))
{
}

QVector<CodeSpan> CodeLexer::line(QStringView text, int &state) const
{
    QVector<CodeSpan> spans;
    if (!m_rules) return spans;
    const Rules &rules = *m_rules;
    const int size = int(text.size());
    int at = 0;
    const auto add = [&](CodeSpan::Kind kind, int end) {
        spans.push_back({kind, at, end - at});
        at = end;
    };
    // To the end of `closing` from `from`, or the end of the line, which `state` then remembers.
    const auto run = [&](CodeSpan::Kind kind, const QString &closing, int from, int openState) {
        const qsizetype end = text.indexOf(closing, from);
        state = end < 0 ? openState : 0;
        add(kind, end < 0 ? size : int(end + closing.size()));
    };
    const auto isWord = [](QChar c) { return c.isLetterOrNumber() || c == QLatin1Char('_'); };

    if (state == kBlockComment)
        run(CodeSpan::Kind::Comment, rules.blockEnd, 0, kBlockComment);
    else if (state >= kFirstLongString)
        run(CodeSpan::Kind::String, rules.longStrings.value(state - kFirstLongString), 0, state);

    while (at < size) {
        const QStringView rest = text.mid(at);
        const QChar c = text[at];
        const auto begins = [&rest](const QString &mark) { return rest.startsWith(mark); };
        if (std::any_of(rules.lineComments.begin(), rules.lineComments.end(), begins)) {
            add(CodeSpan::Kind::Comment, size);
            break;
        }
        if (!rules.blockBegin.isEmpty() && begins(rules.blockBegin)) {
            run(CodeSpan::Kind::Comment, rules.blockEnd, at + int(rules.blockBegin.size()), kBlockComment);
            continue;
        }
        const auto longString = std::find_if(rules.longStrings.begin(), rules.longStrings.end(), begins);
        if (longString != rules.longStrings.end()) {
            const int index = int(longString - rules.longStrings.begin());
            run(CodeSpan::Kind::String, *longString, at + int(longString->size()), kFirstLongString + index);
            continue;
        }
        int end = at + 1;
        if (rules.quotes.contains(c)) {
            while (end < size && text[end] != c)
                end += text[end] == QLatin1Char('\\') ? 2 : 1;
            add(CodeSpan::Kind::String, std::min(end + 1, size));
        } else if (c.isDigit()) {
            while (end < size && (isWord(text[end]) || text[end] == QLatin1Char('.')))
                ++end;
            add(CodeSpan::Kind::Number, end);
        } else if (isWord(c)) {
            while (end < size && isWord(text[end]))
                ++end;
            const QString word = text.mid(at, end - at).toString();
            if (rules.keywords.contains(rules.ignoresCase ? word.toLower() : word))
                add(CodeSpan::Kind::Keyword, end);
            at = end;
        } else {
            ++at;
        }
    }
    return spans;
}

} // namespace gui
