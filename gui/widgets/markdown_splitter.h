#pragma once

#include <QString>
#include <QVector>

namespace gui
{

/// A piece of a Markdown text that can be shown by itself: some blocks, or one fenced code block.
struct MarkdownGroup {
    enum class Kind { Text, Code };
    Kind kind = Kind::Text;
    qsizetype begin = 0; ///< Text: of the Markdown; Code: of the content, without its fences
    qsizetype end = 0;
    QString language;    ///< Code: first word behind the fence
    bool closed = false; ///< nothing that follows can change it

    bool operator==(const MarkdownGroup &) const = default;
};

/// Cuts a growing Markdown text into groups, so that only the last one ever needs to be parsed again.
///
/// A group ends at a blank line outside a fence, or where a fence begins; a list goes on over blank lines
/// until a line that cannot belong to it. The cuts depend on the text alone, not on how it arrived. Reference
/// definitions and list tightness do not reach over a cut. Thread: any, one at a time.
class MarkdownSplitter final
{
public:
    /// Lists longer than this are cut between two items, paragraphs between two lines, so that the open group
    /// stays small.
    static constexpr qsizetype kLongGroup = 4000;

    void append(QStringView text);
    const QString &text() const { return m_text; }
    /// All groups so far; the last one is open while it reaches the end of the text.
    QVector<MarkdownGroup> groups() const;

private:
    struct Fence {
        QChar mark;
        qsizetype length = 0;
        QString language;
    };
    void takeLine(qsizetype begin, qsizetype end);
    void takeTextLine(qsizetype begin, QStringView line);
    void closeAt(qsizetype end);
    bool closesFence(QStringView line) const;
    static bool opensFence(QStringView line, Fence &fence);

    QString m_text;
    qsizetype m_taken = 0; ///< start of the first line without its line break
    QVector<MarkdownGroup> m_closed;
    bool m_isOpen = false;
    MarkdownGroup m_open;
    Fence m_fence;
    bool m_isList = false;
    bool m_sawBlank = false;
};

/// Whether the line begins a list item: "- x", "3. x".
bool isListItem(QStringView line);

} // namespace gui
