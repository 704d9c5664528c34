#include "gui/widgets/message_document.h"
#include "gui/theme.h"
#include "gui/widgets/code_lexer.h"
#include "gui/widgets/message_document_part.h"

#include <QAbstractTextDocumentLayout>
#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <QTextBlock>
#include <QTextCursor>
#include <QTextDocumentFragment>
#include <QTextLayout>

namespace gui
{
namespace
{

constexpr qreal kGroupGap = 10;
constexpr qreal kThinkingIndent = 14;
constexpr qreal kCodeHeader = 28;
constexpr qreal kCodePadding = 12;
constexpr qreal kRadius = 6;
constexpr qreal kQuoteIndent = 16;

class DocumentTexts
{
    Q_DECLARE_TR_FUNCTIONS(MessageDocument)
};

QRectF blockRect(const QTextDocument &document, const QTextBlock &block)
{
    return document.documentLayout()->blockBoundingRect(block);
}

} // namespace

namespace
{

std::unique_ptr<QTextDocument> freshDocument()
{
    auto document = std::make_unique<QTextDocument>();
    document->setUndoRedoEnabled(false);
    document->setDocumentMargin(0);
    return document;
}

} // namespace

MessageDocument::MessageDocument(Content content, const TextStyle &style)
    : m_content(content)
    , m_style(style)
{
    auto thinking = std::make_unique<Part>();
    thinking->kind = Part::Kind::Thinking;
    thinking->document = freshDocument();
    thinking->hidden = true;
    m_parts.push_back(std::move(thinking));
}

MessageDocument::~MessageDocument() = default;

void MessageDocument::setText(const QString &text)
{
    if (m_content == Content::Plain) {
        if (m_parts.size() == 1) {
            auto part = std::make_unique<Part>();
            part->kind = Part::Kind::Plain;
            part->document = freshDocument();
            m_parts.push_back(std::move(part));
        }
        growPlain(*m_parts.back(), text, m_style.text);
        layOut();
        return;
    }
    const QString &known = m_splitter.text();
    if (text == known) return;
    if (!text.startsWith(known)) {
        m_splitter = {};
        m_parts.resize(1);
    }
    m_splitter.append(QStringView(text).mid(m_splitter.text().size()));
    growMarkdown();
    layOut();
}

void MessageDocument::growPlain(Part &part, const QString &text, const QColor &color)
{
    if (text.size() < part.shown) {
        part.document = freshDocument();
        part.shown = 0;
    }
    if (part.shown == text.size() && part.shown > 0) return;
    if (part.shown == 0) {
        writePlain(*part.document, text, color, m_style);
    } else {
        QTextCursor cursor(part.document.get());
        cursor.movePosition(QTextCursor::End);
        cursor.insertText(text.mid(part.shown));
    }
    m_worked += text.size() - part.shown;
    part.shown = text.size();
    part.stale = true;
}

void MessageDocument::growMarkdown()
{
    const QVector<MarkdownGroup> groups = m_splitter.groups();
    // Parts whose group is as before stay; the rest is made anew. Part i + 1 shows group i.
    std::size_t kept = 0;
    while (kept + 1 < m_parts.size() && kept < std::size_t(groups.size()) &&
           m_parts[kept + 1]->group == groups[qsizetype(kept)])
        ++kept;
    if (kept + 1 < m_parts.size() && kept < std::size_t(groups.size())) {
        Part &part = *m_parts[kept + 1];
        const MarkdownGroup &group = groups[qsizetype(kept)];
        const bool sameCode = part.kind == Part::Kind::Code && group.kind == MarkdownGroup::Kind::Code;
        if (sameCode && part.group.begin == group.begin) {
            growCode(part, group);
            ++kept;
        }
    }
    m_parts.resize(kept + 1);
    for (auto i = qsizetype(kept); i < groups.size(); ++i)
        m_parts.push_back(makePart(groups[i]));
}

std::unique_ptr<MessageDocument::Part> MessageDocument::makePart(const MarkdownGroup &group)
{
    auto part = std::make_unique<Part>();
    part->group = group;
    part->document = freshDocument();
    if (group.kind == MarkdownGroup::Kind::Code) {
        part->kind = Part::Kind::Code;
        part->document->setDefaultFont(m_style.mono);
        QTextOption option;
        option.setWrapMode(QTextOption::NoWrap);
        option.setTabStopDistance(QFontMetricsF(m_style.mono).horizontalAdvance(QLatin1Char(' ')) * 4);
        part->document->setDefaultTextOption(option);
        growCode(*part, group);
    } else {
        writeMarkdown(*part->document,
                      QStringView(m_splitter.text()).mid(group.begin, group.end - group.begin), m_style);
        m_worked += group.end - group.begin;
    }
    return part;
}

void MessageDocument::growCode(Part &part, const MarkdownGroup &group)
{
    part.group = group;
    part.stale = true;
    // The line break before the closing fence is not part of the code.
    qsizetype end = group.end;
    if (group.closed && end > group.begin && m_splitter.text().at(end - 1) == QLatin1Char('\n')) --end;
    const qsizetype size = end - group.begin;
    QTextCursor cursor(part.document.get());
    cursor.movePosition(QTextCursor::End);
    if (size < part.shown) { // marks that turned out to be the closing fence, or the last line break
        cursor.movePosition(QTextCursor::Left, QTextCursor::KeepAnchor, int(part.shown - size));
        cursor.removeSelectedText();
        part.shown = size;
        colourCode(part, part.document->blockCount() - 1);
        return;
    }
    QString added = m_splitter.text().mid(group.begin + part.shown, size - part.shown);
    added.replace(QLatin1Char('\r'), QLatin1Char(' '));
    if (added.isEmpty()) return;
    const int firstBlock = part.document->blockCount() - 1;
    QTextCharFormat characters;
    characters.setFont(m_style.mono);
    characters.setForeground(m_style.text);
    cursor.insertText(added, characters);
    m_worked += added.size();
    part.shown = size;
    colourCode(part, firstBlock);
}

void MessageDocument::colourCode(Part &part, int firstBlock) const
{
    const CodeLexer lexer(part.group.language);
    const QColor colors[] = {m_style.keyword, m_style.string, m_style.comment, m_style.number};
    for (QTextBlock block = part.document->findBlockByNumber(firstBlock); block.isValid();
         block = block.next()) {
        const QTextBlock before = block.previous();
        int state = before.isValid() ? std::max(0, before.userState()) : 0;
        QList<QTextLayout::FormatRange> ranges;
        const QString text = block.text();
        for (const CodeSpan &span : lexer.line(text, state)) {
            QTextCharFormat format;
            format.setForeground(colors[int(span.kind)]);
            ranges.push_back({span.begin, span.length, format});
        }
        block.layout()->setFormats(ranges);
        block.setUserState(state);
        part.document->markContentsDirty(block.position(), block.length());
    }
}

void MessageDocument::setThinking(const QString &thinking)
{
    growPlain(*m_parts.front(), thinking, m_style.dim);
    m_parts.front()->hidden = !m_thinkingVisible || thinking.isEmpty();
    layOut();
}

void MessageDocument::setThinkingVisible(bool visible)
{
    m_thinkingVisible = visible;
    m_parts.front()->hidden = !visible || m_parts.front()->shown == 0;
    layOut();
}

void MessageDocument::setWidth(qreal width)
{
    if (width == m_width) return;
    m_width = width;
    for (const auto &part : m_parts)
        part->stale = true;
    layOut();
}

void MessageDocument::layOutPart(Part &part) const
{
    const bool isCode = part.kind == Part::Kind::Code;
    const qreal indent = part.kind == Part::Kind::Thinking ? kThinkingIndent : 0;
    const qreal textWidth = isCode ? -1 : m_width - indent;
    if (part.document->textWidth() != textWidth ||
        part.document->isEmpty()) // setting it lays out everything again
        part.document->setTextWidth(textWidth);
    const qreal height = part.document->size().height();
    part.origin = isCode ? QPointF(kCodePadding, kCodeHeader + kCodePadding / 2) : QPointF(indent, 0);
    part.rect = QRectF(0, 0, m_width, isCode ? height + kCodeHeader + 1.5 * kCodePadding : height);
    part.scroll = std::min(part.scroll, maxScroll(part));
    part.stale = false;
}

void MessageDocument::layOut()
{
    if (m_width <= 0) return;
    qreal y = 0;
    for (const auto &part : m_parts) {
        if (part->hidden) continue;
        if (part->stale) layOutPart(*part);
        const QTextBlock first = part->document->firstBlock();
        const bool isHeading = part->kind == Part::Kind::Text && first.blockFormat().headingLevel() > 0;
        if (y > 0) y += isHeading ? 1.6 * kGroupGap : kGroupGap;
        part->rect.moveTop(y);
        y = part->rect.bottom();
    }
    m_height = y;
}

qreal MessageDocument::maxScroll(const Part &part) const
{
    return std::max(0.0, part.document->idealWidth() + 2 * kCodePadding - m_width);
}

QRectF MessageDocument::saveButton(const Part &part) const
{
    const qreal width = QFontMetricsF(m_style.small).horizontalAdvance(DocumentTexts::tr("Save as…")) + 16;
    return {part.rect.right() - width - 4, part.rect.top() + 3, width, kCodeHeader - 6};
}

QRectF MessageDocument::copyButton(const Part &part) const
{
    const qreal width = QFontMetricsF(m_style.small).horizontalAdvance(DocumentTexts::tr("Copy")) + 16;
    const QRectF save = saveButton(part);
    return {save.left() - width, save.top(), width, save.height()};
}

void MessageDocument::paintCodeFrame(QPainter &painter, const Part &part) const
{
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(m_style.border, 1));
    painter.setBrush(m_style.codeBackground);
    painter.drawRoundedRect(part.rect.adjusted(0.5, 0.5, -0.5, -0.5), kRadius, kRadius);
    painter.setFont(m_style.small);
    painter.setPen(m_style.dim);
    const QRectF header(part.rect.left() + kCodePadding, part.rect.top(), part.rect.width(), kCodeHeader);
    const QString language = part.group.language.isEmpty() ? DocumentTexts::tr("code") : part.group.language;
    painter.drawText(header, Qt::AlignVCenter | Qt::AlignLeft, language);
    painter.drawText(copyButton(part), Qt::AlignCenter, DocumentTexts::tr("Copy"));
    painter.drawText(saveButton(part), Qt::AlignCenter, DocumentTexts::tr("Save as…"));
    painter.setPen(QPen(m_style.border, 1));
    const qreal y = part.rect.top() + kCodeHeader - 0.5;
    painter.drawLine(QPointF(part.rect.left() + 1, y), QPointF(part.rect.right() - 1, y));
    const qreal hiddenWidth = maxScroll(part);
    if (hiddenWidth > 0) { // where in the line one is
        const qreal whole = m_width + hiddenWidth;
        const qreal track = part.rect.width() - 2 * kCodePadding;
        const QRectF bar(kCodePadding + track * part.scroll / whole, part.rect.bottom() - 6,
                         track * m_width / whole, 3);
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_style.border);
        painter.drawRoundedRect(bar, 1.5, 1.5);
    }
}

void MessageDocument::paintQuoteBars(QPainter &painter, const Part &part) const
{
    if (part.kind == Part::Kind::Thinking) {
        painter.fillRect(QRectF(2, part.rect.top(), 2, part.rect.height()), m_style.border);
        return;
    }
    if (part.kind != Part::Kind::Text) return;
    for (QTextBlock block = part.document->firstBlock(); block.isValid(); block = block.next()) {
        const int level = block.blockFormat().intProperty(QTextFormat::BlockQuoteLevel);
        for (int i = 0; i < level; ++i) {
            QRectF rect = blockRect(*part.document, block).translated(part.rect.topLeft());
            const QTextBlock before = block.previous();
            const bool continues =
                before.isValid() && before.blockFormat().intProperty(QTextFormat::BlockQuoteLevel) > i;
            if (continues) rect.setTop(rect.top() - block.blockFormat().topMargin());
            painter.fillRect(QRectF(2 + i * kQuoteIndent, rect.top(), 3, rect.height()), m_style.border);
        }
    }
}

void MessageDocument::paint(QPainter &painter, const QRectF &clip, TextPosition from, TextPosition to) const
{
    for (int i = 0; i < int(m_parts.size()); ++i) {
        const Part &part = *m_parts[std::size_t(i)];
        if (part.hidden || !part.rect.intersects(clip)) continue;
        painter.save();
        if (part.kind == Part::Kind::Code) {
            paintCodeFrame(painter, part);
            painter.setClipRect(part.rect.adjusted(1, kCodeHeader, -1, -1), Qt::IntersectClip);
        } else {
            paintQuoteBars(painter, part);
        }
        QAbstractTextDocumentLayout::PaintContext context;
        context.palette.setColor(QPalette::Text, m_style.text);
        context.cursorPosition = -1;
        const int first = i < from.part ? INT_MAX : i > from.part ? 0 : from.character;
        const int last = i > to.part ? 0 : i < to.part ? part.document->characterCount() - 1 : to.character;
        if (first < last) {
            QAbstractTextDocumentLayout::Selection selection;
            selection.cursor = QTextCursor(part.document.get());
            selection.cursor.setPosition(first);
            selection.cursor.setPosition(last, QTextCursor::KeepAnchor);
            selection.format.setBackground(tokens().selection);
            context.selections.push_back(selection);
        }
        const QPointF origin = part.rect.topLeft() + part.origin - QPointF(part.scroll, 0);
        painter.translate(origin);
        context.clip = clip.translated(-origin);
        part.document->documentLayout()->draw(&painter, context);
        painter.restore();
    }
}

const MessageDocument::Part *MessageDocument::partAt(qreal y, int &index) const
{
    const Part *found = nullptr;
    for (int i = 0; i < int(m_parts.size()); ++i) {
        const Part &part = *m_parts[std::size_t(i)];
        if (part.hidden) continue;
        if (!found || part.rect.top() <= y) {
            found = &part;
            index = i;
        }
    }
    return found;
}

DocumentHit MessageDocument::hit(QPointF point) const
{
    DocumentHit result;
    int index = 0;
    const Part *part = partAt(point.y(), index);
    if (!part) return result;
    const QPointF local = point - part->rect.topLeft() - part->origin + QPointF(part->scroll, 0);
    const auto *layout = part->document->documentLayout();
    result.position = {index, std::max(0, layout->hitTest(local, Qt::FuzzyHit))};
    if (!part->rect.contains(point)) return result;
    if (part->kind == Part::Kind::Code) {
        result.copyPart = copyButton(*part).contains(point) ? index : -1;
        result.savePart = saveButton(*part).contains(point) ? index : -1;
        result.scrollPart = maxScroll(*part) > 0 ? index : -1;
    } else {
        result.link = layout->anchorAt(local);
    }
    return result;
}

QRectF MessageDocument::caretRect() const
{
    const QFontMetricsF metrics(m_style.reading);
    const QRectF shape(0, 0, metrics.averageCharWidth() * 0.9, metrics.ascent());
    const Part *last = nullptr;
    for (const auto &part : m_parts)
        last = part->hidden ? last : part.get();
    if (!last) return shape;
    const QTextBlock block = last->document->lastBlock();
    const QTextLayout *layout = block.layout();
    if (layout->lineCount() == 0) return shape.translated(last->rect.topLeft() + last->origin);
    const QTextLine line = layout->lineAt(layout->lineCount() - 1);
    const QPointF at(line.cursorToX(block.length() - 1), line.y() + line.ascent() - metrics.ascent());
    const QPointF blockAt = blockRect(*last->document, block).topLeft();
    // The bounding rectangle begins at the left margin already, the line as well.
    return shape.translated(last->rect.topLeft() + last->origin + QPointF(0, blockAt.y()) + at +
                            QPointF(2 - last->scroll, 0));
}

TextPosition MessageDocument::end() const
{
    return {int(m_parts.size()) - 1, m_parts.back()->document->characterCount() - 1};
}

QString MessageDocument::textBetween(TextPosition from, TextPosition to) const
{
    QStringList pieces;
    for (int i = from.part; i <= to.part && i < int(m_parts.size()); ++i) {
        const Part &part = *m_parts[std::size_t(i)];
        if (part.hidden) continue;
        const int last = part.document->characterCount() - 1;
        QTextCursor cursor(part.document.get());
        cursor.setPosition(i == from.part ? std::min(from.character, last) : 0);
        cursor.setPosition(i == to.part ? std::min(to.character, last) : last, QTextCursor::KeepAnchor);
        QString text = cursor.selection().toPlainText();
        while (text.startsWith(QLatin1Char('\n')))
            text.remove(0, 1);
        if (!text.isEmpty()) pieces += text;
    }
    return pieces.join(QStringLiteral("\n\n"));
}

void MessageDocument::wordAt(TextPosition at, TextPosition &from, TextPosition &to) const
{
    if (at.part >= int(m_parts.size())) return;
    QTextCursor cursor(m_parts[std::size_t(at.part)]->document.get());
    cursor.setPosition(std::min(at.character, cursor.document()->characterCount() - 1));
    cursor.select(QTextCursor::WordUnderCursor);
    from = {at.part, cursor.selectionStart()};
    to = {at.part, cursor.selectionEnd()};
}

QString MessageDocument::codeOf(int part) const
{
    return m_parts[std::size_t(part)]->document->toPlainText();
}

QString MessageDocument::languageOf(int part) const { return m_parts[std::size_t(part)]->group.language; }

void MessageDocument::scrollCode(int part, qreal pixels)
{
    Part &code = *m_parts[std::size_t(part)];
    code.scroll = std::clamp(code.scroll + pixels, 0.0, maxScroll(code));
}

} // namespace gui
