#pragma once

#include "gui/widgets/markdown_document.h"
#include "gui/widgets/markdown_splitter.h"

#include <QPointF>
#include <QRectF>
#include <QTextDocument>

#include <memory>
#include <vector>

class QPainter;

namespace gui
{

struct MixTrace;

/// A place between two characters of a message: part, then character of that part.
struct TextPosition {
    int part = 0;
    int character = 0;
    auto operator<=>(const TextPosition &) const = default;
};

/// What lies under the mouse in a message.
struct DocumentHit {
    TextPosition position;
    QString link;        ///< target of the link there; empty: none
    int copyPart = -1;   ///< part whose Copy button is there
    int savePart = -1;   ///< part whose "Save as" button is there
    int scrollPart = -1; ///< code that can be scrolled sideways there
};

/// The laid-out text of one message: thinking (folded or not), then Markdown groups or plain text.
///
/// Text may grow; then only the last, open group is parsed and laid out again, in a fresh document (code that
/// grows is appended in place). Heights and positions are relative to the message's top left corner. Thread:
/// GUI.
class MessageDocument final
{
public:
    enum class Content { Plain, Markdown };

    MessageDocument(Content content, const TextStyle &style);
    ~MessageDocument();
    MessageDocument(const MessageDocument &) = delete;
    MessageDocument &operator=(const MessageDocument &) = delete;

    /// Shows this text; cheap if it is the text before with something added.
    void setText(const QString &text);
    void setThinking(const QString &thinking);
    void setThinkingVisible(bool visible);
    void setWidth(qreal width);
    /// Colours the text by the voice that said each word; nullptr: not any more. Code keeps its own colours.
    void setInk(const MixTrace *trace);
    /// How the words of a voice are underlined, so that colour alone does not tell it.
    static Qt::PenStyle inkLine(int voice);
    qreal height() const { return m_height; }

    /// `from` == `to`: nothing is selected.
    void paint(QPainter &painter, const QRectF &clip, TextPosition from, TextPosition to) const;
    DocumentHit hit(QPointF point) const;
    /// Where the next character will appear.
    QRectF caretRect() const;
    TextPosition begin() const { return {0, 0}; }
    TextPosition end() const;
    QString textBetween(TextPosition from, TextPosition to) const;
    /// The word around a position.
    void wordAt(TextPosition at, TextPosition &from, TextPosition &to) const;
    QString codeOf(int part) const;
    QString languageOf(int part) const;
    void scrollCode(int part, qreal pixels);

    /// Characters handed to the Markdown parser or inserted so far: the cost that streaming must keep small.
    qint64 workedCharacters() const { return m_worked; }
    int partCount() const { return int(m_parts.size()); }

private:
    struct Part;

    void inkPart(Part &part, const MixTrace *trace);
    void growMarkdown();
    void growPlain(Part &part, const QString &text, const QColor &color);
    std::unique_ptr<Part> makePart(const MarkdownGroup &group);
    void growCode(Part &part, const MarkdownGroup &group);
    void colourCode(Part &part, int firstBlock) const;
    void layOut();
    void layOutPart(Part &part) const;
    void paintCodeFrame(QPainter &painter, const Part &part) const;
    void paintQuoteBars(QPainter &painter, const Part &part) const;
    QRectF copyButton(const Part &part) const;
    QRectF saveButton(const Part &part) const;
    const Part *partAt(qreal y, int &index) const;
    qreal maxScroll(const Part &part) const;

    const Content m_content;
    const TextStyle &m_style;
    MarkdownSplitter m_splitter;
    std::vector<std::unique_ptr<Part>> m_parts; ///< [0] is the thinking, hidden when folded or empty
    bool m_thinkingVisible = false;
    qreal m_width = 0;
    qreal m_height = 0;
    bool m_hasInk = false;
    qint64 m_worked = 0;
};

} // namespace gui
