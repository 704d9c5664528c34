#include "gui/widgets/markdown_document.h"
#include "gui/theme.h"

#include <QCoreApplication>
#include <QFontDatabase>
#include <QTextBlock>
#include <QTextCursor>
#include <QTextDocument>
#include <QTextTable>
#include <QUrl>

#include <md4c.h>

#include <array>
#include <vector>

namespace gui
{
namespace
{

constexpr qreal kReadingScale = 15.0 / 13.0;
constexpr qreal kMonoScale = 0.9;
constexpr qreal kSmallScale = 11.0 / 13.0;
constexpr qreal kLineHeightPercent = 130;
constexpr qreal kBlockGap = 9;
constexpr qreal kHeadingGap = 16;
constexpr qreal kQuoteIndent = 16;
constexpr qreal kListIndent = 26;
constexpr qreal kItemGap = 4;

QString decodeEntity(const QString &entity)
{
    static const std::pair<const char *, char16_t> kNamed[] = {
        {"&amp;", u'&'},     {"&lt;", u'<'},     {"&gt;", u'>'},       {"&quot;", u'"'},
        {"&apos;", u'\''},   {"&nbsp;", 0xa0},   {"&hellip;", 0x2026}, {"&mdash;", 0x2014},
        {"&ndash;", 0x2013}, {"&times;", 0xd7},  {"&rarr;", 0x2192},   {"&copy;", 0xa9},
        {"&deg;", 0xb0},     {"&middot;", 0xb7}, {"&bull;", 0x2022}};
    for (const auto &[name, character] : kNamed) {
        if (entity == QLatin1String(name)) return QString(QChar(character));
    }
    if (!entity.startsWith(QLatin1String("&#"))) return entity;
    const bool hex = entity.size() > 2 && (entity[2] == QLatin1Char('x') || entity[2] == QLatin1Char('X'));
    bool ok = false;
    const uint code = entity.mid(hex ? 3 : 2).chopped(1).toUInt(&ok, hex ? 16 : 10);
    const bool valid = ok && code != 0 && code <= 0x10ffff && !QChar::isSurrogate(code);
    const char32_t character = valid ? code : 0xfffd;
    return QString::fromUcs4(&character, 1);
}

QString toString(const MD_ATTRIBUTE &attribute)
{
    return QString::fromUtf8(attribute.text, qsizetype(attribute.size));
}

/// Receives md4c's events and writes at the end of a document.
class Writer final
{
public:
    Writer(QTextDocument &document, const TextStyle &style)
        : m_cursor(&document)
        , m_style(style)
    {
        m_formats.push_back(plainFormat());
    }

    bool parse(const QByteArray &markdown)
    {
        MD_PARSER parser{};
        parser.flags = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS |
                       MD_FLAG_PERMISSIVEURLAUTOLINKS | MD_FLAG_NOHTML | MD_FLAG_NOINDENTEDCODEBLOCKS;
        parser.enter_block = [](MD_BLOCKTYPE type, void *detail, void *self) {
            static_cast<Writer *>(self)->enterBlock(type, detail);
            return 0;
        };
        parser.leave_block = [](MD_BLOCKTYPE type, void *, void *self) {
            static_cast<Writer *>(self)->leaveBlock(type);
            return 0;
        };
        parser.enter_span = [](MD_SPANTYPE type, void *detail, void *self) {
            static_cast<Writer *>(self)->enterSpan(type, detail);
            return 0;
        };
        parser.leave_span = [](MD_SPANTYPE, void *, void *self) {
            static_cast<Writer *>(self)->m_formats.pop_back();
            return 0;
        };
        parser.text = [](MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE size, void *self) {
            static_cast<Writer *>(self)->text(type, QString::fromUtf8(text, qsizetype(size)));
            return 0;
        };
        return md_parse(markdown.constData(), MD_SIZE(markdown.size()), &parser, this) == 0;
    }

private:
    QTextCharFormat plainFormat() const
    {
        QTextCharFormat format;
        format.setFont(m_style.reading);
        format.setForeground(m_quoteLevel > 0 ? m_style.dim : m_style.text);
        return format;
    }

    QTextBlockFormat blockFormat(qreal gap = kBlockGap) const
    {
        QTextBlockFormat format;
        format.setLineHeight(kLineHeightPercent, QTextBlockFormat::ProportionalHeight);
        format.setTopMargin(m_isFirst ? 0 : gap);
        format.setLeftMargin(kQuoteIndent * m_quoteLevel + kListIndent * qreal(m_lists.size()));
        if (m_quoteLevel > 0) format.setProperty(QTextFormat::BlockQuoteLevel, m_quoteLevel);
        return format;
    }

    /// Starts a block, or takes the empty one that is there already.
    void begin(const QTextBlockFormat &format, const QTextCharFormat &characters)
    {
        if (m_isFresh)
            m_cursor.setBlockFormat(format);
        else
            m_cursor.insertBlock(format);
        m_cursor.setBlockCharFormat(characters);
        m_formats.assign(1, characters);
        m_isFresh = false;
        m_isFirst = false;
    }

    void beginParagraph()
    {
        if (m_inCell || std::exchange(m_inFreshItem, false)) return;
        begin(blockFormat(), plainFormat());
    }

    void beginHeading(unsigned level)
    {
        static constexpr std::array kScale{1.45, 1.28, 1.12, 1.0, 1.0, 1.0};
        QTextCharFormat format = plainFormat();
        QFont font = scaled(m_style.reading, kScale[std::min<std::size_t>(level - 1, kScale.size() - 1)]);
        font.setWeight(QFont::DemiBold);
        format.setFont(font);
        QTextBlockFormat block = blockFormat(kHeadingGap);
        block.setHeadingLevel(int(level));
        begin(block, format);
    }

    /// The marker is text before a tab stop: it is copied with the item, and a list may start at any number.
    void beginItem(const MD_BLOCK_LI_DETAIL &detail)
    {
        QTextBlockFormat block = blockFormat(m_lists.size() > 1 ? kItemGap : kBlockGap - kItemGap);
        block.setTextIndent(-kListIndent);
        block.setTabPositions({QTextOption::Tab(kListIndent, QTextOption::LeftTab)});
        begin(block, plainFormat());
        m_cursor.insertText(marker(detail) + QLatin1Char('\t'), m_formats.back());
        m_inFreshItem = true;
    }

    QString marker(const MD_BLOCK_LI_DETAIL &detail)
    {
        if (detail.is_task) return QString(QChar(detail.task_mark == ' ' ? u'\u2610' : u'\u2611'));
        if (int &number = m_lists.back(); number >= 0) return QString::number(number++) + QLatin1Char('.');
        static constexpr char16_t kBullets[] = {u'\u2022', u'\u25e6', u'\u25aa'};
        return QString(QChar(kBullets[(m_lists.size() - 1) % std::size(kBullets)]));
    }

    void beginList(int start)
    {
        m_lists.push_back(start);
        m_inFreshItem = false;
    }

    void beginRule()
    {
        QTextBlockFormat format = blockFormat(kHeadingGap / 2);
        format.setProperty(QTextFormat::BlockTrailingHorizontalRulerWidth,
                           QTextLength(QTextLength::PercentageLength, 100));
        format.setLineHeight(kBlockGap, QTextBlockFormat::FixedHeight);
        begin(format, plainFormat());
    }

    void beginTable(const MD_BLOCK_TABLE_DETAIL &detail)
    {
        shrinkFreshBlock();
        QTextTableFormat format;
        format.setBorder(1);
        format.setBorderCollapse(true);
        format.setBorderStyle(QTextFrameFormat::BorderStyle_Solid);
        format.setBorderBrush(m_style.border);
        format.setCellPadding(6);
        format.setCellSpacing(0);
        format.setTopMargin(m_isFirst ? 0 : kBlockGap);
        format.setLeftMargin(kQuoteIndent * m_quoteLevel + kListIndent * qreal(m_lists.size()));
        format.setHeaderRowCount(int(detail.head_row_count));
        const int rows = int(detail.head_row_count + detail.body_row_count);
        m_table = m_cursor.insertTable(std::max(1, rows), std::max(1, int(detail.col_count)), format);
        m_row = -1;
    }

    void beginCell(bool isHead, MD_ALIGN align)
    {
        ++m_column;
        if (!m_table || m_row >= m_table->rows() || m_column >= m_table->columns()) return;
        QTextTableCell cell = m_table->cellAt(m_row, m_column);
        QTextCharFormat format = plainFormat();
        if (isHead) {
            format.setFontWeight(QFont::DemiBold);
            QTextCharFormat background;
            background.setBackground(m_style.codeBackground);
            cell.setFormat(background);
        }
        m_cursor = cell.firstCursorPosition();
        QTextBlockFormat block;
        block.setAlignment(align == MD_ALIGN_RIGHT    ? Qt::AlignRight
                           : align == MD_ALIGN_CENTER ? Qt::AlignHCenter
                                                      : Qt::AlignLeft);
        m_cursor.setBlockFormat(block);
        m_formats.assign(1, format);
        m_inCell = true;
    }

    void endTable()
    {
        m_table = nullptr;
        m_inCell = false;
        m_cursor.movePosition(QTextCursor::End);
        m_isFresh = true;
        m_isFirst = false;
        shrinkFreshBlock();
    }

    /// A table stands between two blocks that hold nothing; they must not look like empty lines.
    void shrinkFreshBlock()
    {
        if (!m_isFresh) return;
        QTextBlockFormat format;
        format.setLineHeight(1, QTextBlockFormat::FixedHeight);
        m_cursor.setBlockFormat(format);
        QTextCharFormat small;
        small.setFontPointSize(1);
        m_cursor.setBlockCharFormat(small);
    }

    void beginCode()
    {
        m_inFreshItem = false;
        QTextBlockFormat format = blockFormat();
        format.setBackground(m_style.codeBackground);
        format.setNonBreakableLines(false);
        QTextCharFormat characters;
        characters.setFont(m_style.mono);
        characters.setForeground(m_style.text);
        begin(format, characters);
        m_inCode = true;
        m_code.clear();
    }

    void endCode()
    {
        if (m_code.endsWith(QLatin1Char('\n'))) m_code.chop(1);
        m_cursor.insertText(m_code.replace(QLatin1Char('\n'), QChar(QChar::LineSeparator)), m_formats.back());
        m_inCode = false;
    }

    void enterBlock(MD_BLOCKTYPE type, void *detail)
    {
        switch (type) {
        case MD_BLOCK_QUOTE:
            ++m_quoteLevel;
            break;
        case MD_BLOCK_UL:
            beginList(-1);
            break;
        case MD_BLOCK_OL:
            beginList(int(std::min(static_cast<MD_BLOCK_OL_DETAIL *>(detail)->start, 999'999'999U)));
            break;
        case MD_BLOCK_LI:
            beginItem(*static_cast<MD_BLOCK_LI_DETAIL *>(detail));
            break;
        case MD_BLOCK_HR:
            beginRule();
            break;
        case MD_BLOCK_H:
            beginHeading(static_cast<MD_BLOCK_H_DETAIL *>(detail)->level);
            break;
        case MD_BLOCK_CODE:
            beginCode();
            break;
        case MD_BLOCK_P:
            beginParagraph();
            break;
        case MD_BLOCK_TABLE:
            beginTable(*static_cast<MD_BLOCK_TABLE_DETAIL *>(detail));
            break;
        case MD_BLOCK_TR:
            ++m_row;
            m_column = -1;
            break;
        case MD_BLOCK_TH:
            beginCell(true, static_cast<MD_BLOCK_TD_DETAIL *>(detail)->align);
            break;
        case MD_BLOCK_TD:
            beginCell(false, static_cast<MD_BLOCK_TD_DETAIL *>(detail)->align);
            break;
        default:
            break;
        }
    }

    void leaveBlock(MD_BLOCKTYPE type)
    {
        switch (type) {
        case MD_BLOCK_QUOTE:
            --m_quoteLevel;
            break;
        case MD_BLOCK_UL:
        case MD_BLOCK_OL:
            m_lists.pop_back();
            break;
        case MD_BLOCK_LI:
            m_inFreshItem = false;
            break;
        case MD_BLOCK_CODE:
            endCode();
            break;
        case MD_BLOCK_TABLE:
            endTable();
            break;
        default:
            break;
        }
    }

    void enterSpan(MD_SPANTYPE type, void *detail)
    {
        QTextCharFormat format = m_formats.back();
        switch (type) {
        case MD_SPAN_EM:
            format.setFontItalic(true);
            break;
        case MD_SPAN_STRONG:
            format.setFontWeight(QFont::Bold);
            break;
        case MD_SPAN_DEL:
            format.setFontStrikeOut(true);
            break;
        case MD_SPAN_CODE: {
            QFont font = m_style.mono;
            font.setWeight(QFont::Weight(format.fontWeight()));
            format.setFont(font);
            format.setBackground(m_style.codeBackground);
            break;
        }
        case MD_SPAN_A:
            setLink(format, toString(static_cast<MD_SPAN_A_DETAIL *>(detail)->href));
            break;
        case MD_SPAN_IMG:
            setLink(format, toString(static_cast<MD_SPAN_IMG_DETAIL *>(detail)->src));
            break;
        default:
            break;
        }
        m_formats.push_back(format);
    }

    void setLink(QTextCharFormat &format, const QString &target) const
    {
        if (!isSafeLink(target)) return;
        format.setAnchor(true);
        format.setAnchorHref(target);
        format.setToolTip(target);
        format.setForeground(m_style.accent);
        format.setFontUnderline(true);
    }

    void text(MD_TEXTTYPE type, const QString &piece)
    {
        switch (type) {
        case MD_TEXT_NULLCHAR:
            insert(QString(QChar(QChar::ReplacementCharacter)));
            break;
        case MD_TEXT_BR:
        case MD_TEXT_SOFTBR:
            insert(QString(QChar(QChar::LineSeparator)));
            break;
        case MD_TEXT_ENTITY:
            insert(decodeEntity(piece));
            break;
        default:
            insert(piece);
            break;
        }
    }

    void insert(const QString &piece)
    {
        m_inFreshItem = false;
        if (m_inCode)
            m_code += piece;
        else
            m_cursor.insertText(piece, m_formats.back());
    }

    QTextCursor m_cursor;
    const TextStyle &m_style;
    std::vector<QTextCharFormat> m_formats;
    std::vector<int> m_lists; ///< next number of each open list, -1: bullets
    int m_quoteLevel = 0;
    bool m_isFirst = true; ///< nothing written yet
    bool m_isFresh = true; ///< the current block is empty and free
    bool m_inFreshItem = false;
    bool m_inCell = false;
    bool m_inCode = false;
    QString m_code;
    QTextTable *m_table = nullptr;
    int m_row = -1;
    int m_column = -1;
};

QColor syntax(const Tokens &t, const char *light, const char *dark)
{
    return QColor(QLatin1String(t.dark ? dark : light));
}

} // namespace

QFont scaled(QFont font, qreal factor)
{
    if (font.pixelSize() > 0)
        font.setPixelSize(qRound(font.pixelSize() * factor));
    else
        font.setPointSizeF(font.pointSizeF() * factor);
    return font;
}

TextStyle TextStyle::current(const QFont &interface)
{
    const Tokens &t = tokens();
    TextStyle s;
    s.reading = scaled(interface, kReadingScale);
    s.small = scaled(interface, kSmallScale);
    s.mono = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    if (interface.pixelSize() > 0)
        s.mono.setPixelSize(interface.pixelSize());
    else
        s.mono.setPointSizeF(interface.pointSizeF());
    s.mono = scaled(s.mono, kReadingScale * kMonoScale);
    s.mono.setStyleHint(QFont::Monospace);
    s.text = t.text;
    s.dim = t.dim;
    s.accent = t.accent;
    s.border = t.border;
    s.codeBackground = t.codeBackground;
    s.keyword = syntax(t, "#8a2f8f", "#c99bf0");
    s.string = syntax(t, "#1f6f43", "#8fc98a");
    s.comment = syntax(t, "#5f6b7a", "#8b95a3");
    s.number = syntax(t, "#9a4b00", "#e6b673");
    return s;
}

bool isSafeLink(const QString &target)
{
    const QUrl url(target, QUrl::StrictMode);
    const QString scheme = url.scheme();
    return url.isValid() && (((scheme == QLatin1String("http") || scheme == QLatin1String("https")) &&
                              !url.host().isEmpty()) ||
                             (scheme == QLatin1String("mailto") && !url.path().isEmpty()));
}

void writeMarkdown(QTextDocument &document, QStringView markdown, const TextStyle &style)
{
    document.setDefaultFont(style.reading);
    Writer(document, style).parse(markdown.toUtf8());
}

void writePlain(QTextDocument &document, const QString &text, const QColor &color, const TextStyle &style)
{
    document.setDefaultFont(style.reading);
    QTextBlockFormat block;
    block.setLineHeight(kLineHeightPercent, QTextBlockFormat::ProportionalHeight);
    QTextCharFormat characters;
    characters.setFont(style.reading);
    characters.setForeground(color);
    QTextCursor cursor(&document);
    cursor.setBlockFormat(block);
    cursor.setBlockCharFormat(characters);
    cursor.insertText(text, characters);
}

} // namespace gui
