#pragma once

#include <QColor>
#include <QFont>
#include <QString>

class QTextDocument;

namespace gui
{

/// The font in another size, whichever unit it has.
QFont scaled(QFont font, qreal factor);

/// Fonts and colours of transcript text.
struct TextStyle {
    QFont reading;
    QFont mono;
    QFont small; ///< of footers and headers
    QColor text, dim, accent, border, codeBackground;
    QColor keyword, string, comment, number;

    /// From the theme in force and the interface font.
    static TextStyle current(const QFont &interface);
};

/// Fills an empty document from Markdown: headings, lists, tasks, quotes, tables, code, emphasis, rules,
/// links. Raw HTML stays text, images are shown by their description and never fetched, and only http, https
/// and mailto become links. Blocks in quotes carry QTextFormat::BlockQuoteLevel; their bars are painted by
/// the view. Line breaks are kept as the model wrote them.
void writeMarkdown(QTextDocument &document, QStringView markdown, const TextStyle &style);

/// Fills an empty document with text as it is.
void writePlain(QTextDocument &document, const QString &text, const QColor &color, const TextStyle &style);

/// Whether a link may be opened outside the program.
bool isSafeLink(const QString &target);

} // namespace gui
