#pragma once

#include <QString>
#include <QVector>

namespace gui
{

/// A coloured stretch of one line of code.
struct CodeSpan {
    enum class Kind { Keyword, String, Comment, Number };
    Kind kind;
    int begin;
    int length;
};

/// Colours code of common languages, line by line: comments, strings, numbers, keywords. It knows no grammar;
/// what it does not understand stays plain. The state at the end of a line is the state at the start of the
/// next.
class CodeLexer final
{
public:
    explicit CodeLexer(const QString &language);
    /// Spans of a line, in order; `state` is 0 before the first line.
    QVector<CodeSpan> line(QStringView text, int &state) const;

private:
    struct Rules;
    static const Rules *rulesOf(const QString &language);
    const Rules *m_rules; ///< null: plain text
};

} // namespace gui
