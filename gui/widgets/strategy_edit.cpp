#include "gui/widgets/strategy_edit.h"
#include "gui/theme.h"

#include <QCoreApplication>
#include <QEvent>
#include <QInputMethodEvent>
#include <QTextCharFormat>

#include <algorithm>

namespace gui
{
StrategyEdit::StrategyEdit(QWidget *parent)
    : QLineEdit(parent)
{
    connect(this, &QLineEdit::textChanged, this, &StrategyEdit::clearProblem);
}

void StrategyEdit::showProblem(std::size_t position, const QString &reason)
{
    const QString all = text();
    const QByteArray bytes = all.toUtf8();
    const auto isSpace = [&all](int i) { return all[i].isSpace(); };
    int start = int(QString::fromUtf8(bytes.left(qsizetype(position))).size());
    start = std::min(start, int(all.size()));
    int end = start;
    if (start == all.size()) { // something is missing at the end
        while (end > 0 && isSpace(end - 1))
            --end;
        start = end;
        while (start > 0 && !isSpace(start - 1))
            --start;
    } else {
        while (end < all.size() && !isSpace(end))
            ++end;
    }
    m_start = start;
    m_length = end - start;
    setAccessibleDescription(reason);
    underline();
}

void StrategyEdit::clearProblem()
{
    if (m_length == 0) return;
    m_length = 0;
    setAccessibleDescription({});
    underline();
}

/// A line edit knows formats only for text that an input method composes; an empty composition carries ours.
void StrategyEdit::underline()
{
    QList<QInputMethodEvent::Attribute> attributes;
    if (m_length > 0) {
        QTextCharFormat format;
        format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        format.setUnderlineColor(tokens().bad);
        format.setForeground(tokens().bad);
        attributes.append({QInputMethodEvent::TextFormat, m_start - cursorPosition(), m_length, format});
    }
    QInputMethodEvent event(QString(), attributes);
    QCoreApplication::sendEvent(this, &event);
}

void StrategyEdit::changeEvent(QEvent *event)
{
    QLineEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && hasProblem()) underline();
}

} // namespace gui
