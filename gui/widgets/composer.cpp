#include "gui/widgets/composer.h"
#include "gui/theme.h"
#include "gui/widgets/markdown_document.h"

#include <QHBoxLayout>
#include <QIcon>
#include <QInputMethodEvent>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QTextBlock>
#include <QToolButton>
#include <QVBoxLayout>

namespace gui
{
namespace
{
constexpr int kLeastLines = 2;
constexpr int kMostLines = 12;
constexpr int kCountMs = 50;
constexpr int kRadius = 8;
} // namespace

void ComposerEdit::keyPressEvent(QKeyEvent *event)
{
    if (m_isComposing) return QPlainTextEdit::keyPressEvent(event);
    const bool isEnter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (isEnter && event->modifiers().testFlag(Qt::ShiftModifier))
        insertPlainText(QStringLiteral("\n"));
    else if (isEnter && !event->modifiers().testFlag(Qt::AltModifier))
        Q_EMIT sendPressed();
    else if (event->key() == Qt::Key_Up && event->modifiers() == Qt::NoModifier && document()->isEmpty())
        Q_EMIT upInEmpty();
    else if (event->key() == Qt::Key_Escape)
        Q_EMIT escapePressed();
    else if (event->matches(QKeySequence::Undo))
        undo();
    else if (event->matches(QKeySequence::Redo))
        redo();
    else if (event->modifiers() == Qt::ControlModifier &&
             (event->key() == Qt::Key_Up || event->key() == Qt::Key_Down))
        Q_EMIT browsePressed(event->key() == Qt::Key_Up ? -1 : 1);
    else
        QPlainTextEdit::keyPressEvent(event);
}

void ComposerEdit::undo()
{
    if (document()->isUndoAvailable())
        QPlainTextEdit::undo();
    else
        Q_EMIT undoPressed();
}

void ComposerEdit::redo()
{
    if (document()->isRedoAvailable())
        QPlainTextEdit::redo();
    else
        Q_EMIT redoPressed();
}

void ComposerEdit::inputMethodEvent(QInputMethodEvent *event)
{
    m_isComposing = !event->preeditString().isEmpty();
    QPlainTextEdit::inputMethodEvent(event);
}

bool ComposerEdit::event(QEvent *event)
{
    // While an input method composes, no shortcut of the window may take its keys; Alt+arrows move by
    // alternatives.
    if (event->type() == QEvent::ShortcutOverride && m_isComposing) {
        event->accept();
        return true;
    }
    return QPlainTextEdit::event(event);
}

Composer::Composer(QWidget *parent)
    : QFrame(parent)
    , m_edit(new ComposerEdit(this))
    , m_button(new QPushButton(this))
    , m_hint(new QLabel(this))
    , m_queued(new QLabel(this))
    , m_unqueue(new QToolButton(this))
{
    setObjectName(QStringLiteral("chat.composer"));
    m_edit->setObjectName(QStringLiteral("chat.composer.text"));
    m_edit->setAccessibleName(tr("Message"));
    m_edit->setFrameShape(QFrame::NoFrame);
    m_edit->setStyleSheet(
        QStringLiteral("QPlainTextEdit { border: none; background: transparent; padding: 0; }"));
    m_edit->setTabChangesFocus(true);
    m_edit->setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    m_edit->document()->setDocumentMargin(2);
    m_edit->document()->clearUndoRedoStacks(); // Qt would take the margin back as if it had been typed
    m_button->setObjectName(QStringLiteral("chat.composer.send"));
    m_button->setProperty("primary", true);
    m_button->setFocusPolicy(Qt::TabFocus); // a click leaves the cursor where one goes on typing
    m_hint->setProperty("dim", true);
    m_hint->setObjectName(QStringLiteral("chat.composer.hint"));
    m_queued->setProperty("dim", true);
    m_queued->setObjectName(QStringLiteral("chat.composer.queued"));
    m_unqueue->setIcon(icon(QStringLiteral("close")));
    m_unqueue->setAccessibleName(tr("Take the queued message back"));
    m_unqueue->setToolTip(tr("Take the queued message back (Esc)"));
    setFocusProxy(m_edit);
    m_edit->installEventFilter(this);

    auto *queuedRow = new QHBoxLayout;
    queuedRow->addWidget(m_queued, 1);
    queuedRow->addWidget(m_unqueue);
    auto *bottom = new QHBoxLayout;
    bottom->addWidget(m_hint, 1);
    bottom->addWidget(m_button);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(14, 10, 8, 8);
    column->setSpacing(4);
    column->addLayout(queuedRow);
    column->addWidget(m_edit);
    column->addLayout(bottom);

    m_countTimer.setSingleShot(true);
    m_countTimer.setInterval(kCountMs);
    connect(&m_countTimer, &QTimer::timeout, this, [this] { Q_EMIT countRequested(text()); });
    connect(m_edit, &QPlainTextEdit::textChanged, this, &Composer::textChanged);
    connect(m_edit, &ComposerEdit::sendPressed, this, &Composer::send);
    connect(m_edit, &ComposerEdit::upInEmpty, this, &Composer::editLastRequested);
    connect(m_edit, &ComposerEdit::escapePressed, this, &Composer::stopRequested);
    connect(m_edit, &ComposerEdit::undoPressed, this, &Composer::undoRequested);
    connect(m_edit, &ComposerEdit::redoPressed, this, &Composer::redoRequested);
    connect(m_edit, &ComposerEdit::browsePressed, this, &Composer::browseRequested);
    connect(m_unqueue, &QToolButton::clicked, this, &Composer::unqueueRequested);
    connect(m_button, &QPushButton::clicked, this,
            [this] { m_isGenerating ? Q_EMIT stopRequested() : send(); });
    setQueued({});
    updateButton();
    updateHint();
    restyle();
}

void Composer::setText(const QString &text)
{
    if (text == this->text()) return;
    const QSignalBlocker blocker(m_edit);
    m_edit->setPlainText(text);
    m_edit->moveCursor(QTextCursor::End);
    m_tokens = -1;
    m_countTimer.start();
    updateButton();
    updateHint();
    fitHeight();
}

void Composer::insert(const QString &text)
{
    m_edit->insertPlainText(text);
    if (isVisible()) m_edit->setFocus(); // an answer may be stopped from another page
}

void Composer::textChanged()
{
    m_countTimer.start();
    fitHeight();
    updateButton();
    updateHint();
    Q_EMIT textEdited();
}

void Composer::send()
{
    if (!text().trimmed().isEmpty()) Q_EMIT sendRequested(text());
}

void Composer::setGenerating(bool generating)
{
    m_isGenerating = generating;
    updateButton();
    updateHint();
}

void Composer::setPlaceholder(const QString &text)
{
    m_edit->setPlaceholderText(text);
    m_edit->viewport()->update(); // Qt 6.4 does not repaint by itself
}

void Composer::setTokenCount(int tokens)
{
    m_tokens = tokens;
    updateHint();
}

void Composer::setQueued(const QString &text)
{
    const bool has = !text.isEmpty();
    m_queued->setVisible(has);
    m_unqueue->setVisible(has);
    m_queued->setText(tr("Queued: “%1” · sends when the answer is done").arg(text.simplified().left(80)));
}

void Composer::updateButton()
{
    m_button->setIcon({});
    m_button->setText(m_isGenerating ? tr("Stop") : tr("Send"));
    m_button->setToolTip(m_isGenerating ? tr("Stops the answer; what is written stays (Esc)")
                                        : tr("Sends the message (Enter)"));
    const bool isUseful = m_isGenerating || !text().trimmed().isEmpty();
    if (!isUseful && m_button->hasFocus()) m_edit->setFocus(); // else Qt gives it to whatever comes next
    m_button->setEnabled(isUseful);
}

void Composer::updateHint()
{
    QStringList parts;
    if (m_tokens >= 0 && !text().isEmpty()) parts += tr("%Ln tok", nullptr, m_tokens);
    parts += m_isGenerating ? tr("Enter queues") : tr("Enter sends");
    parts += tr("Shift+Enter: new line");
    m_hint->setText(parts.join(QStringLiteral("  ·  ")));
}

void Composer::fitHeight()
{
    int lines = 0;
    for (QTextBlock block = m_edit->document()->firstBlock(); block.isValid() && lines <= kMostLines;
         block = block.next())
        lines += std::max(1, block.layout()->lineCount());
    const int shown = std::clamp(lines, kLeastLines, kMostLines);
    m_edit->setFixedHeight(m_edit->fontMetrics().lineSpacing() * shown + 6);
}

void Composer::resizeEvent(QResizeEvent *event)
{
    QFrame::resizeEvent(event);
    fitHeight();
}

void Composer::changeEvent(QEvent *event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::PaletteChange) restyle();
}

/// The whole frame looks like the field, so a click anywhere in it goes there.
void Composer::mousePressEvent(QMouseEvent *event)
{
    m_edit->setFocus(Qt::MouseFocusReason);
    event->accept();
}

bool Composer::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut)
        update(); // the border shows where typing goes
    return QFrame::eventFilter(watched, event);
}

void Composer::restyle()
{
    const TextStyle style = TextStyle::current(font());
    if (m_edit->font() != style.reading) m_edit->setFont(style.reading);
    m_hint->setFont(style.small);
    m_queued->setFont(style.small);
    fitHeight();
}

void Composer::paintEvent(QPaintEvent *)
{
    const Tokens &t = tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(m_edit->hasFocus() ? t.accent : t.strongBorder, 1));
    painter.setBrush(t.surface);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), kRadius, kRadius);
}

} // namespace gui
