#pragma once

#include "gui/widgets/message_document.h"

namespace gui
{

/// One piece of a message with a document of its own.
struct MessageDocument::Part {
    enum class Kind { Thinking, Plain, Text, Code };
    Kind kind = Kind::Text;
    MarkdownGroup group; ///< Text and Code
    std::unique_ptr<QTextDocument> document;
    QRectF rect;         ///< of the whole part, frame included
    QPointF origin;      ///< of the document
    qsizetype shown = 0; ///< characters of the source that are in the document (Code, Plain, Thinking)
    int lexerState = 0;  ///< Code: before the last line
    qreal scroll = 0;    ///< Code: sideways
    bool hidden = false;
    bool stale = true; ///< must be laid out
};

} // namespace gui
