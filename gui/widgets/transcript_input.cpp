// Mouse, keys, menus and selection of the transcript.
#include "gui/theme.h"
#include "gui/widgets/message_editor.h"
#include "gui/widgets/transcript_view.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QDesktopServices>
#include <QHelpEvent>
#include <QIcon>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QScrollBar>
#include <QToolTip>
#include <QUrl>

#include <algorithm>

namespace gui
{

QPointF TranscriptView::toRow(QPointF point, int row) const
{
    return point - QPointF(columnLeft(), m_tops[row] - scrollOffset());
}

TranscriptView::Place TranscriptView::placeAt(QPointF point) const
{
    if (m_heights.isEmpty()) return {};
    const int row = rowAt(point.y() + scrollOffset());
    const auto found = m_rows.find(row);
    return {row, found == m_rows.end() ? TextPosition{} : found->second->positionAt(toRow(point, row))};
}

RowHit TranscriptView::hitAt(QPointF point, int &row) const
{
    row = -1;
    const qreal y = point.y() + scrollOffset();
    if (m_heights.isEmpty() || y >= m_tops.last()) return {};
    row = rowAt(y);
    const auto found = m_rows.find(row);
    return found == m_rows.end() ? RowHit{} : found->second->hit(toRow(point, row));
}

void TranscriptView::updateHover(QPointF point)
{
    int row = -1;
    const RowHit hit = hitAt(point, row);
    const bool onVerb = noticeButton().contains(point) && !m_notice.isEmpty();
    const bool clickable = hit.command || !hit.document.link.isEmpty() || hit.document.copyPart >= 0 ||
                           hit.document.savePart >= 0 || onVerb;
    viewport()->setCursor(clickable    ? Qt::PointingHandCursor
                          : hit.inText ? Qt::IBeamCursor
                                       : Qt::ArrowCursor);
    if (row == m_hovered && hit.command == m_underMouse) return;
    m_hovered = row;
    m_underMouse = hit.command;
    viewport()->update();
}

void TranscriptView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton) return;
    m_pressedAt = event->pos();
    int row = -1;
    const RowHit hit = hitAt(event->position(), row);
    m_pressedButton = hit.command || hit.document.copyPart >= 0 || hit.document.savePart >= 0;
    if (m_pressedButton) return; // acts on release
    const Place place = placeAt(event->position());
    m_head = place;
    if (!event->modifiers().testFlag(Qt::ShiftModifier)) m_anchor = place;
    m_isSelecting = true;
    setCurrentRow(row);
    viewport()->update();
}

void TranscriptView::mouseMoveEvent(QMouseEvent *event)
{
    if (!m_isSelecting || !event->buttons().testFlag(Qt::LeftButton)) {
        updateHover(event->position());
        return;
    }
    const int y = event->pos().y();
    const int beyond = y < 0 ? y : std::max(0, y - viewport()->height());
    if (beyond != 0) verticalScrollBar()->setValue(verticalScrollBar()->value() + beyond / 2);
    m_head = placeAt(event->position());
    viewport()->update();
}

void TranscriptView::mouseReleaseEvent(QMouseEvent *event)
{
    m_isSelecting = false;
    if (event->button() != Qt::LeftButton) return;
    const bool moved = (event->pos() - m_pressedAt).manhattanLength() >= QApplication::startDragDistance();
    if (hasSelection() && !m_pressedButton) {
        if (QApplication::clipboard()->supportsSelection())
            QApplication::clipboard()->setText(selectedText(), QClipboard::Selection);
        return;
    }
    if (moved) return;
    if (!m_notice.isEmpty() && noticeButton().contains(event->position())) {
        Q_EMIT noticeVerbPressed();
        return;
    }
    int row = -1;
    const RowHit hit = hitAt(event->position(), row);
    activate(hit, row);
}

void TranscriptView::activate(const RowHit &hit, int row)
{
    if (row < 0) return;
    if (hit.command) {
        choose(*hit.command, row);
    } else if (hit.document.copyPart >= 0) {
        QApplication::clipboard()->setText(m_rows[row]->document().codeOf(hit.document.copyPart));
        QToolTip::showText(QCursor::pos(), tr("Copied"), viewport(), {}, 1000);
    } else if (hit.document.savePart >= 0) {
        const MessageDocument &document = m_rows[row]->document();
        Q_EMIT saveCodeRequested(document.codeOf(hit.document.savePart),
                                 document.languageOf(hit.document.savePart));
    } else if (isSafeLink(hit.document.link)) {
        QDesktopServices::openUrl(QUrl(hit.document.link));
    }
}

void TranscriptView::choose(MessageCommand command, int row)
{
    const Message &message = m_model->at(row);
    switch (command) {
    case MessageCommand::FoldThinking:
        if (!m_thinkingExceptions.remove(message.id)) m_thinkingExceptions.insert(message.id);
        m_dirty.insert(row);
        m_sticks = m_sticks && row == m_model->rowCount() - 1;
        updateLayout();
        return;
    case MessageCommand::Copy:
        QApplication::clipboard()->setText(message.text);
        return;
    case MessageCommand::CopyThinking:
        QApplication::clipboard()->setText(message.thinking);
        return;
    case MessageCommand::Edit:
        editRow(row);
        return;
    default:
        Q_EMIT commandChosen(command, row);
    }
}

void TranscriptView::mouseDoubleClickEvent(QMouseEvent *event)
{
    int row = -1;
    const RowHit hit = hitAt(event->position(), row);
    if (row < 0 || !hit.inText || hit.command) return mousePressEvent(event); // quick clicks on a button
    m_anchor.row = m_head.row = row;
    m_rows[row]->document().wordAt(hit.document.position, m_anchor.position, m_head.position);
    viewport()->update();
}

void TranscriptView::wheelEvent(QWheelEvent *event)
{
    const QPoint angle = event->angleDelta();
    const bool sideways =
        std::abs(angle.x()) > std::abs(angle.y()) || event->modifiers().testFlag(Qt::ShiftModifier);
    int row = -1;
    const RowHit hit = hitAt(event->position(), row);
    if (sideways && hit.document.scrollPart >= 0) {
        const int delta = angle.x() != 0 ? angle.x() : angle.y();
        m_rows[row]->document().scrollCode(hit.document.scrollPart, -delta / 2.0);
        viewport()->update();
        event->accept();
        return;
    }
    QAbstractScrollArea::wheelEvent(event);
    updateHover(event->position());
}

QString TranscriptView::selectedText() const
{
    if (!m_model || !hasSelection()) return {};
    const Place from = std::min(m_anchor, m_head);
    const Place to = std::max(m_anchor, m_head);
    QStringList pieces;
    for (int row = from.row; row <= to.row && row < m_model->rowCount(); ++row) {
        const auto found = m_rows.find(row);
        std::unique_ptr<MessageRow> far; // rows out of sight have no document
        if (found == m_rows.end()) {
            far = std::make_unique<MessageRow>(m_model->at(row).role, m_style);
            far->sync(m_model->at(row), 0, 1, columnWidth(), false);
        }
        const MessageDocument &document = far ? far->document() : found->second->document();
        const QString text = document.textBetween(row == from.row ? from.position : document.begin(),
                                                  row == to.row ? to.position : document.end());
        if (!text.isEmpty()) pieces += text;
    }
    return pieces.join(QStringLiteral("\n\n"));
}

void TranscriptView::copy()
{
    if (hasSelection())
        QApplication::clipboard()->setText(selectedText());
    else if (m_model && m_current >= 0)
        QApplication::clipboard()->setText(m_model->at(m_current).text);
}

void TranscriptView::selectAll()
{
    if (!m_model || m_model->rowCount() == 0) return;
    bringUpToDate();
    const int last = m_model->rowCount() - 1;
    m_anchor = {};
    m_head = {last, {INT_MAX, INT_MAX}};
    viewport()->update();
}

void TranscriptView::clearSelection()
{
    m_anchor = m_head;
    viewport()->update();
}

void TranscriptView::setCurrentRow(int row)
{
    const int count = m_model ? m_model->rowCount() : 0;
    row = row < 0 || count == 0 ? -1 : std::min(row, count - 1);
    if (row == m_current) return;
    m_current = row;
    if (row >= 0 && QAccessible::isActive()) {
        QAccessibleEvent event(this, QAccessible::Focus);
        event.setChild(row);
        QAccessible::updateAccessibility(&event);
    }
    viewport()->update();
    Q_EMIT currentRowChanged(row);
}

int TranscriptView::commandRow() const
{
    if (m_current >= 0) return m_current;
    return m_model ? m_model->rowCount() - 1 : -1;
}

void TranscriptView::moveCurrent(int step)
{
    const int count = int(m_heights.size());
    if (count == 0) return;
    const int row = m_current < 0 ? count - 1 : std::clamp(m_current + step, 0, count - 1);
    setCurrentRow(row);
    const qreal height = viewport()->height();
    const qreal top = m_tops[row] - 8;
    const qreal bottom = m_tops[row] + m_heights[row] + 8;
    if (top < scrollOffset() || m_heights[row] > height)
        verticalScrollBar()->setValue(int(top));
    else if (bottom > scrollOffset() + height)
        verticalScrollBar()->setValue(int(bottom - height));
}

void TranscriptView::keyPressEvent(QKeyEvent *event)
{
    auto *bar = verticalScrollBar();
    const bool control = event->modifiers() == Qt::ControlModifier;
    if (event->matches(QKeySequence::Copy)) return copy();
    if (event->matches(QKeySequence::SelectAll)) return selectAll();
    switch (event->key()) {
    case Qt::Key_Up:
        return control ? moveCurrent(-1) : bar->triggerAction(QScrollBar::SliderSingleStepSub);
    case Qt::Key_Down:
        return control ? moveCurrent(1) : bar->triggerAction(QScrollBar::SliderSingleStepAdd);
    case Qt::Key_PageUp:
        return bar->triggerAction(QScrollBar::SliderPageStepSub);
    case Qt::Key_PageDown:
        return bar->triggerAction(QScrollBar::SliderPageStepAdd);
    case Qt::Key_Home:
        return bar->triggerAction(QScrollBar::SliderToMinimum);
    case Qt::Key_End:
        return scrollToEnd();
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_current >= 0 && event->modifiers() == Qt::NoModifier) return editRow(m_current);
        break;
    case Qt::Key_Delete:
        if (m_current >= 0) return choose(MessageCommand::Delete, m_current);
        break;
    case Qt::Key_Escape:
        if (hasSelection()) return clearSelection();
        break;
    default:
        if (!event->text().isEmpty() && event->text().at(0).isPrint() &&
            (event->modifiers() & ~Qt::ShiftModifier) == Qt::NoModifier) {
            Q_EMIT typed(event->text());
            return;
        }
    }
    event->ignore();
}

bool TranscriptView::event(QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride) {
        auto *key = static_cast<QKeyEvent *>(event);
        const bool enter = key->key() == Qt::Key_Return && key->modifiers() == Qt::NoModifier;
        if (enter || key->matches(QKeySequence::Copy) || key->matches(QKeySequence::SelectAll) ||
            (key->key() == Qt::Key_Escape && hasSelection())) {
            event->accept();
            return true;
        }
    }
    return QAbstractScrollArea::event(event);
}

bool TranscriptView::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::Leave) {
        m_hovered = -1;
        m_underMouse.reset();
        viewport()->update();
    } else if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        int row = -1;
        const RowHit hit = hitAt(help->pos(), row);
        const QString text = hit.command ? commandText(*hit.command) : hit.document.link;
        if (text.isEmpty())
            QToolTip::hideText();
        else
            QToolTip::showText(help->globalPos(), text, viewport());
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void TranscriptView::addMenuCommands(QMenu &menu, int row)
{
    const Message &message = m_model->at(row);
    QVector<MessageCommand> commands = MessageRow::commands(message);
    if (!message.thinking.isEmpty()) commands += {MessageCommand::FoldThinking, MessageCommand::CopyThinking};
    if (m_model->siblingCount(row) > 1)
        commands += {MessageCommand::PreviousAlternative, MessageCommand::NextAlternative};
    for (const MessageCommand command : commands) {
        QAction *action = menu.addAction(commandText(command));
        connect(action, &QAction::triggered, this, [this, command, id = message.id] {
            const int now = m_model ? m_model->rowOf(id) : -1;
            if (now >= 0) choose(command, now);
        });
    }
}

void TranscriptView::contextMenuEvent(QContextMenuEvent *event)
{
    int row = m_current;
    RowHit hit;
    if (event->reason() == QContextMenuEvent::Mouse) hit = hitAt(event->pos(), row);
    if (!m_model || row < 0) return;
    setCurrentRow(row);
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (hasSelection()) menu->addAction(tr("Copy selection"), this, &TranscriptView::copy);
    if (const QString link = hit.document.link; !link.isEmpty())
        menu->addAction(tr("Copy link address"), this, [link] { QApplication::clipboard()->setText(link); });
    if (!menu->isEmpty()) menu->addSeparator();
    addMenuCommands(*menu, row);
    const bool byMouse = event->reason() == QContextMenuEvent::Mouse;
    menu->popup(byMouse ? event->globalPos() : viewport()->mapToGlobal(rowRect(row).center()));
}

void TranscriptView::focusInEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusInEvent(event);
    if (m_current < 0 && event->reason() != Qt::MouseFocusReason && m_model)
        setCurrentRow(m_model->rowCount() - 1);
    viewport()->update();
}

void TranscriptView::focusOutEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

void TranscriptView::toggleThinking()
{
    m_showThinking = !m_showThinking;
    m_thinkingExceptions.clear();
    for (const auto &[row, view] : m_rows)
        m_dirty.insert(row);
    updateLayout();
}

void TranscriptView::editRow(int row)
{
    if (!m_model || row < 0 || row >= m_model->rowCount()) return;
    const Message &message = m_model->at(row);
    if (message.status == NodeStatus::Generating || message.role == NodeRole::Note) return;
    closeEditor();
    m_sticks = m_sticks && row == m_model->rowCount() - 1;
    m_edited = message.id;
    m_editor = new MessageEditor(message.text, m_style.reading, message.role == NodeRole::User, viewport());
    connect(m_editor, &MessageEditor::cancelled, this, [this] {
        closeEditor();
        setFocus();
    });
    connect(m_editor, &MessageEditor::heightChanged, this, &TranscriptView::updateLayout);
    connect(m_editor, &MessageEditor::accepted, this, [this](const QString &text, bool answer) {
        const int now = m_model ? m_model->rowOf(m_edited) : -1;
        closeEditor();
        setFocus();
        if (now >= 0) Q_EMIT edited(now, text, answer);
    });
    updateLayout();
    m_editor->show();
    m_editor->setFocus();
}

void TranscriptView::closeEditor()
{
    if (!m_editor) return;
    m_editor->hide();
    m_editor->deleteLater(); // may be in one of its own signals
    m_editor = nullptr;
    m_edited = 0;
    updateLayout();
}

void TranscriptView::placeEditor()
{
    if (!m_editor) return;
    const int row = m_model->rowOf(m_edited);
    const QRect rect = rowRect(row).adjusted(int(MessageRow::kGutter), 10, 0, -10);
    m_editor->setGeometry(rect);
}

} // namespace gui
