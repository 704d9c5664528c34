#pragma once

#include "gui/models/message.h"
#include "gui/widgets/message_document.h"

#include <optional>

namespace gui
{

/// What can be done with a message; the view tells which was chosen.
enum class MessageCommand {
    Copy,
    Edit,
    Regenerate,
    Continue,
    Fork,
    Delete,
    PreviousAlternative,
    NextAlternative,
    FoldThinking,
    CopyThinking,
};
QString commandText(MessageCommand command);

/// What lies under the mouse in a row.
struct RowHit {
    std::optional<MessageCommand> command;
    bool inText = false;
    DocumentHit document;
};

/// One message in the transcript: its document, the header of the thinking, bars and the line below with
/// figures and buttons. Coordinates are relative to the row's top left corner. Thread: GUI.
class MessageRow final
{
public:
    static constexpr qreal kGutter = 24; ///< left of the text: focus mark

    struct State {
        bool hovered = false;
        bool current = false;
        std::optional<MessageCommand> underMouse;
        TextPosition from, to; ///< selection
    };

    MessageRow(NodeRole role, const TextStyle &style);

    /// Takes over the message as it is now and lays it out. `width` includes the gutter.
    void sync(const Message &message, int sibling, int siblings, qreal width, bool showThinking,
              bool showVoices = false);
    qreal height() const { return m_height; }
    const MessageDocument &document() const { return m_document; }
    MessageDocument &document() { return m_document; }

    void paint(QPainter &painter, const QRectF &clip, const State &state) const;
    RowHit hit(QPointF point) const;
    TextPosition positionAt(QPointF point) const;

    /// A guess at the height of a message that was never laid out.
    static qreal guessHeight(const Message &message, qreal width, const TextStyle &style);
    /// The dim line below an answer.
    static QString footerText(const Message &message);
    /// "Thought for 6.2 s · 418 tok", or the newest line while it thinks.
    static QString thinkingText(const Message &message, bool shown);
    /// What can be done with it now, in the order of the buttons.
    static QVector<MessageCommand> commands(const Message &message);

private:
    struct Button {
        QRectF rect;
        MessageCommand command;
        bool isText = false;
    };
    void layOut();
    void paintReading(QPainter &painter) const;
    void paintBar(QPainter &painter) const;
    void paintLine(QPainter &painter, const State &state) const;
    void paintLegend(QPainter &painter) const;
    void paintThinkingHeader(QPainter &painter, const State &state) const;

    const NodeRole m_role;
    const TextStyle &m_style;
    MessageDocument m_document;
    Message m_message; ///< without its texts
    QString m_thinkingHeader;
    bool m_showThinking = false;
    bool m_showVoices = false;
    int m_sibling = 0;
    int m_siblings = 1;
    qreal m_width = 0;

    QRectF m_block;   ///< tint behind the text, or the text's place
    QRectF m_header;  ///< of the thinking
    QRectF m_reading; ///< progress while the prompt is read
    QRectF m_bar;     ///< "Stopped", or the error
    QRectF m_legend;  ///< voices of a mix and their shares
    QRectF m_line;    ///< figures and buttons
    QPointF m_text;   ///< of the document
    QVector<Button> m_buttons;
    qreal m_height = 0;
};

} // namespace gui
