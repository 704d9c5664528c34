// The Edit menu of the main window: what its entries act on, and whether they can.
#include "gui/actions.h"
#include "gui/main_window.h"
#include "gui/pages/chat_page.h"
#include "gui/widgets/composer.h"

#include <QApplication>
#include <QLineEdit>
#include <QMenuBar>
#include <QPlainTextEdit>

#include <utility>

namespace gui
{
namespace
{

bool has(const QWidget *widget, const char *slot)
{
    return widget && widget->metaObject()->indexOfSlot(slot) >= 0;
}

/// The text of a field that keeps more than one line; nullptr for anything else.
QTextDocument *documentOf(QWidget *widget)
{
    if (auto *edit = qobject_cast<QPlainTextEdit *>(widget)) return edit->document();
    return nullptr;
}

bool canUndoText(QWidget *field)
{
    const auto *line = qobject_cast<QLineEdit *>(field);
    return line ? line->isUndoAvailable() : documentOf(field) && documentOf(field)->isUndoAvailable();
}

bool canRedoText(QWidget *field)
{
    const auto *line = qobject_cast<QLineEdit *>(field);
    return line ? line->isRedoAvailable() : documentOf(field) && documentOf(field)->isRedoAvailable();
}

} // namespace

/// Text fields handle their own keys; the menu's entries act on the field that has the focus.
void MainWindow::connectEditActions()
{
    const Actions &a = m_services.actions;
    const std::pair<Act, const char *> forwards[] = {{Act::Undo, "undo"},
                                                     {Act::Redo, "redo"},
                                                     {Act::Cut, "cut"},
                                                     {Act::Copy, "copy"},
                                                     {Act::Paste, "paste"}};
    for (const auto &[act, slot] : forwards)
        connect(&a[act], &QAction::triggered, this, [this, slot = slot] { forwardToFocus(slot); });
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget *, QWidget *now) {
        if (!qobject_cast<QMenuBar *>(now)) updateEditActions(now); // the field has it again when one chooses
    });
}

/// What Undo, Redo, Cut, Copy and Paste would do now: in the field that has the focus, or with the chats.
void MainWindow::updateEditActions(QWidget *focus)
{
    auto *chat = qobject_cast<ChatPage *>(m_pages[Chat].widget);
    // Only the composer asks the chats where its own text has nothing; other fields keep to themselves.
    const bool reachesChats =
        chat && chat->isVisible() && (!has(focus, "undo()") || qobject_cast<ComposerEdit *>(focus));
    Actions &a = m_services.actions;
    a.setAvailable(Act::Undo, canUndoText(focus) || (reachesChats && chat->controller().canUndo()),
                   tr("There is nothing to take back."));
    a.setAvailable(Act::Redo, canRedoText(focus) || (reachesChats && chat->controller().canRedo()),
                   tr("Nothing was taken back."));
    a.setAvailable(Act::Cut, has(focus, "cut()"), tr("No text field has the focus."));
    a.setAvailable(Act::Copy, has(focus, "copy()"), tr("There is no text to copy here."));
    a.setAvailable(Act::Paste, has(focus, "paste()"), tr("No text field has the focus."));
}

void MainWindow::forwardToFocus(const char *slot)
{
    QWidget *focus = QApplication::focusWidget();
    if (focus && focus->metaObject()->indexOfSlot(QByteArray(slot) + "()") >= 0)
        QMetaObject::invokeMethod(focus, slot);
}

} // namespace gui
