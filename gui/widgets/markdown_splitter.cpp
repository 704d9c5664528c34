#include "gui/widgets/markdown_splitter.h"

namespace gui
{
namespace
{

qsizetype indentOf(QStringView line)
{
    qsizetype indent = 0;
    for (const QChar c : line) {
        if (c == QLatin1Char(' '))
            ++indent;
        else if (c == QLatin1Char('\t'))
            indent += 4 - indent % 4;
        else
            break;
    }
    return indent;
}

bool isBlank(QStringView line) { return line.trimmed().isEmpty(); }

} // namespace

bool isListItem(QStringView line)
{
    const QStringView body = line.trimmed();
    qsizetype mark = 0;
    while (mark < body.size() && body[mark].isDigit() && mark < 9)
        ++mark;
    if (mark == 0) {
        if (body.isEmpty() || !QStringView(u"-*+").contains(body[0])) return false;
    } else if (mark == body.size() || (body[mark] != QLatin1Char('.') && body[mark] != QLatin1Char(')'))) {
        return false;
    }
    return mark + 1 == body.size() || body[mark + 1].isSpace();
}

void MarkdownSplitter::append(QStringView text)
{
    m_text += text;
    for (;;) {
        const qsizetype newline = m_text.indexOf(QLatin1Char('\n'), m_taken);
        if (newline < 0) return;
        const qsizetype begin = m_taken;
        m_taken = newline + 1;
        takeLine(begin, newline);
    }
}

QVector<MarkdownGroup> MarkdownSplitter::groups() const
{
    QVector<MarkdownGroup> all = m_closed;
    const QStringView rest = QStringView(m_text).mid(m_taken);
    Fence fence;
    const bool beginsFence = opensFence(rest, fence) && !(m_isOpen && m_isList && indentOf(rest) > 0);
    if (m_isOpen) {
        MarkdownGroup open = m_open;
        // An unfinished line of fence marks is shown neither as code nor as text.
        const bool isCode = open.kind == MarkdownGroup::Kind::Code;
        const bool hidesLine = isCode ? !rest.isEmpty() && closesFence(rest) : beginsFence;
        open.end = hidesLine ? m_taken : m_text.size();
        all.push_back(open);
    } else if (!isBlank(rest) && !beginsFence) {
        all.push_back({MarkdownGroup::Kind::Text, m_taken, m_text.size(), {}, false});
    }
    return all;
}

void MarkdownSplitter::closeAt(qsizetype end)
{
    if (!m_isOpen) return;
    m_open.end = end;
    m_open.closed = true;
    m_closed.push_back(m_open);
    m_isOpen = false;
}

bool MarkdownSplitter::closesFence(QStringView line) const
{
    const QStringView body = line.trimmed();
    if (body.size() < m_fence.length || indentOf(line) > 3) return false;
    return std::all_of(body.begin(), body.end(), [this](QChar c) { return c == m_fence.mark; });
}

bool MarkdownSplitter::opensFence(QStringView line, Fence &fence)
{
    const QStringView body = line.trimmed();
    if (indentOf(line) > 3 || body.isEmpty() || (body[0] != QLatin1Char('`') && body[0] != QLatin1Char('~')))
        return false;
    qsizetype length = 0;
    while (length < body.size() && body[length] == body[0])
        ++length;
    const QStringView info = body.mid(length).trimmed();
    if (length < 3 || (body[0] == QLatin1Char('`') && info.contains(QLatin1Char('`')))) return false;
    fence = {body[0], length, info.toString().section(QLatin1Char(' '), 0, 0)};
    return true;
}

void MarkdownSplitter::takeLine(qsizetype begin, qsizetype end)
{
    const QStringView line = QStringView(m_text).mid(begin, end - begin);
    if (m_isOpen && m_open.kind == MarkdownGroup::Kind::Code) {
        if (closesFence(line)) closeAt(begin);
        return;
    }
    if (isBlank(line)) {
        m_sawBlank = true;
        if (!m_isList) closeAt(begin);
        return;
    }
    takeTextLine(begin, line);
}

void MarkdownSplitter::takeTextLine(qsizetype begin, QStringView line)
{
    const bool inList = m_isOpen && m_isList;
    const bool atMargin = indentOf(line) == 0;
    const bool item = isListItem(line);
    Fence fence;
    if ((atMargin || !inList) && opensFence(line, fence)) {
        closeAt(begin);
        m_fence = fence;
        m_isOpen = true;
        m_isList = false;
        m_open = {MarkdownGroup::Kind::Code, m_taken, m_taken, fence.language, false};
        return;
    }
    const bool leavesList = inList && m_sawBlank && atMargin && !item;
    // Not where the line could belong to a table, or means something else behind a cut than within a
    // paragraph.
    const bool plain = !line.contains(QLatin1Char('|')) && line[0].isLetter();
    const bool canCut = inList ? item : m_isOpen && plain;
    const bool tooLong = canCut && atMargin && begin - m_open.begin > kLongGroup;
    if (leavesList || tooLong) closeAt(begin);
    m_sawBlank = false;
    if (m_isOpen) {
        m_isList = m_isList || item;
        return;
    }
    m_isOpen = true;
    m_isList = item;
    m_open = {MarkdownGroup::Kind::Text, begin, begin, {}, false};
}

} // namespace gui
