#include "gui/widgets/message_bar.h"
#include "gui/theme.h"

#include <QAccessible>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

namespace gui
{
namespace
{

QColor colorOf(MessageBar::Kind kind)
{
    switch (kind) {
    case MessageBar::Kind::Info:
        return tokens().accent;
    case MessageBar::Kind::Warning:
        return tokens().warning;
    case MessageBar::Kind::Error:
        return tokens().bad;
    }
    return {};
}

QString iconOf(MessageBar::Kind kind)
{
    switch (kind) {
    case MessageBar::Kind::Info:
        return QStringLiteral("info");
    case MessageBar::Kind::Warning:
        return QStringLiteral("warning");
    case MessageBar::Kind::Error:
        return QStringLiteral("error");
    }
    return {};
}

} // namespace

MessageBar::MessageBar(QWidget *parent, Verb verb)
    : QFrame(parent)
    , m_icon(new QLabel(this))
    , m_text(new QLabel(this))
    , m_detail(new QLabel(this))
    , m_verb(new QPushButton(this))
    , m_close(new QToolButton(this))
{
    setObjectName(QStringLiteral("messagebar"));
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_detail->setWordWrap(true);
    m_detail->setTextFormat(Qt::PlainText);
    m_detail->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_detail->setProperty("dim", true);
    m_verb->setObjectName(QStringLiteral("messagebar.verb"));
    m_verb->hide();
    m_close->setObjectName(QStringLiteral("messagebar.close"));
    m_close->setIcon(icon(QStringLiteral("close")));
    m_close->setIconSize({14, 14});
    m_close->setToolTip(tr("Close this message"));
    m_close->setAccessibleName(tr("Close this message"));

    auto *texts = new QVBoxLayout;
    texts->setSpacing(2);
    texts->addWidget(m_text);
    texts->addWidget(m_detail);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(12, 8, 8, 8);
    row->setSpacing(10);
    row->addWidget(m_icon, 0, Qt::AlignTop);
    row->addLayout(texts, 1);
    if (verb == Verb::Beside) {
        row->addWidget(m_verb, 0, Qt::AlignVCenter);
    } else {
        texts->addSpacing(4);
        texts->addWidget(m_verb, 0, Qt::AlignLeft);
    }
    row->addWidget(m_close, 0, Qt::AlignTop);

    connect(m_verb, &QPushButton::clicked, this, &MessageBar::press);
    connect(m_close, &QToolButton::clicked, this, &MessageBar::dismiss);
    hide();
}

void MessageBar::showMessage(Kind kind, const QString &text, const QString &detail, const QString &verb)
{
    m_kind = kind;
    m_remedy = Remedy::None;
    m_text->setText(text);
    m_detail->setText(detail);
    m_detail->setVisible(!detail.isEmpty());
    m_verb->setText(verb);
    m_verb->setAccessibleName(verb);
    m_verb->setVisible(!verb.isEmpty());
    setAccessibleName(text);
    setAccessibleDescription(detail);
    updateIcon();
    update();
    show();
    QAccessibleEvent alert(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

void MessageBar::showError(const engine::Error &error)
{
    const ErrorText text = errorText(error);
    showMessage(Kind::Error, text.sentence + QLatin1Char(' ') + text.advice, text.detail,
                remedyText(text.remedy));
    m_remedy = text.remedy;
}

void MessageBar::dismiss()
{
    if (isHidden()) return;
    hide();
    Q_EMIT dismissed();
}

QString MessageBar::text() const { return m_text->text(); }

void MessageBar::press()
{
    if (m_remedy != Remedy::None)
        Q_EMIT remedyChosen(m_remedy);
    else
        Q_EMIT verbPressed();
}

void MessageBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor fill = colorOf(m_kind);
    fill.setAlphaF(tokens().dark ? 0.16F : 0.09F);
    QColor line = colorOf(m_kind);
    line.setAlphaF(0.55F);
    painter.setPen(line);
    painter.setBrush(fill);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
}

void MessageBar::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange) updateIcon();
    QFrame::changeEvent(event);
}

void MessageBar::updateIcon()
{
    m_icon->setPixmap(icon(iconOf(m_kind)).pixmap(QSize(18, 18), devicePixelRatioF()));
}

} // namespace gui
