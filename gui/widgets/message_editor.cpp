#include "gui/widgets/message_editor.h"

#include <QKeyEvent>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTextBlock>
#include <QVBoxLayout>

namespace gui
{
namespace
{
constexpr int kLeastLines = 2;
constexpr int kMostLines = 16;
constexpr int kChrome = 64; ///< buttons and margins
} // namespace

MessageEditor::MessageEditor(const QString &text, const QFont &font, bool isUser, QWidget *parent)
    : QFrame(parent)
    , m_isUser(isUser)
    , m_edit(new QPlainTextEdit(this))
    , m_hint(new QLabel(this))
{
    setObjectName(QStringLiteral("chat.editor"));
    setAutoFillBackground(true);
    m_edit->setObjectName(QStringLiteral("chat.editor.text"));
    m_edit->setAccessibleName(tr("Text of the message"));
    m_edit->setFont(font);
    m_edit->setPlainText(text);
    m_edit->moveCursor(QTextCursor::End);
    m_edit->setTabChangesFocus(true);
    m_edit->installEventFilter(this);
    m_hint->setProperty("dim", true);
    m_hint->setText(isUser ? tr("The earlier text is kept as another branch.")
                           : tr("The earlier answer is kept as another branch."));

    auto *accept = new QPushButton(isUser ? tr("Send") : tr("Keep"), this);
    accept->setProperty("primary", true);
    accept->setToolTip(tr("Ctrl+Enter"));
    accept->setObjectName(QStringLiteral("chat.editor.accept"));
    auto *cancel = new QPushButton(tr("Cancel"), this);
    cancel->setToolTip(tr("Esc"));
    cancel->setObjectName(QStringLiteral("chat.editor.cancel"));
    auto *row = new QHBoxLayout;
    row->addWidget(m_hint, 1);
    row->addWidget(cancel);
    row->addWidget(accept);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_edit, 1);
    column->addLayout(row);
    setFocusProxy(m_edit);
    connect(accept, &QPushButton::clicked, this, [this] { Q_EMIT accepted(this->text(), m_isUser); });
    connect(cancel, &QPushButton::clicked, this, &MessageEditor::cancelled);
    connect(m_edit, &QPlainTextEdit::textChanged, this, &MessageEditor::heightChanged);
}

QString MessageEditor::text() const { return m_edit->toPlainText(); }

int MessageEditor::wantedHeight() const
{
    int lines = 0;
    for (QTextBlock block = m_edit->document()->firstBlock(); block.isValid(); block = block.next())
        lines += std::max(1, block.layout()->lineCount());
    return m_edit->fontMetrics().lineSpacing() * std::clamp(lines, kLeastLines, kMostLines) + kChrome;
}

bool MessageEditor::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() != QEvent::KeyPress) return QFrame::eventFilter(watched, event);
    const auto *key = static_cast<QKeyEvent *>(event);
    const bool isEnter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
    if (isEnter && key->modifiers().testFlag(Qt::ControlModifier)) {
        Q_EMIT accepted(text(), m_isUser && !key->modifiers().testFlag(Qt::ShiftModifier));
        return true;
    }
    if (key->key() == Qt::Key_Escape) {
        Q_EMIT cancelled();
        return true;
    }
    return QFrame::eventFilter(watched, event);
}

} // namespace gui
