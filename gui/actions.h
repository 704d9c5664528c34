#pragma once

#include <QAction>
#include <QList>
#include <QObject>
#include <QString>

#include <map>

class QWidget;

namespace gui
{

/// Every command of the window. Adding one = an enumerator here and a row in actions.cpp.
enum class Act {
    // File
    NewChat,
    OpenFile,
    SaveState,
    ExportChat,
    Quit,
    // Edit
    Undo,
    Redo,
    Cut,
    Copy,
    Paste,
    EditMessage,
    DeleteChat,
    Find,
    Preferences,
    // View
    PageChat,
    PageMixer,
    PageModels,
    PageMonitor,
    PageServer,
    PageLog,
    ToggleChatList,
    ToggleSampling,
    ToggleMixer,
    VoiceColors,
    FoldThinking,
    ZoomIn,
    ZoomOut,
    ZoomReset,
    FullScreen,
    // Chat
    Stop,
    Regenerate,
    Continue,
    PreviousAlternative,
    NextAlternative,
    CopyAnswer,
    RenameChat,
    FocusComposer,
    // Model
    LoadModel,
    LoadDemo,
    EjectModel,
    AddModelFolder,
    RescanModels,
    RevealModel,
    RemoveModel,
    ChatWithModel,
    ConvertModel,
    ShowStates,
    ShowAdapters,
    // Log
    CopyLogReport,
    ClearLog,
    // Help
    CommandSearch,
    ShortcutHelp,
    About,
};

enum class Menu { File, Edit, View, Chat, Model, State, Help };
/// In the order of the menu bar.
constexpr Menu kMenus[] = {Menu::File,  Menu::Edit,  Menu::View, Menu::Chat,
                           Menu::Model, Menu::State, Menu::Help};

/// The one owner of every QAction: feeds the menus, the command search, tool tips and the shortcut list.
///
/// Pages connect to `actions[Act::X].triggered` and switch availability; they create no actions of their own.
/// Thread: GUI.
class Actions final : public QObject
{
    Q_OBJECT

public:
    explicit Actions(QObject *parent = nullptr);

    QAction &operator[](Act act) const { return *m_actions.at(act); }
    /// In the order of the menus.
    QList<QAction *> all() const;
    QList<QAction *> ofMenu(Menu menu) const;

    /// Unavailable actions stay visible, greyed; `reason` says in one sentence why.
    void setAvailable(Act act, bool available, const QString &reason = {});
    static QString reason(const QAction &action);
    /// "&Model", as the menu bar shows it.
    static QString menuText(Menu menu);
    /// The same without its mnemonic.
    static QString menuTitle(Menu menu);
    static Menu menuOf(const QAction &action);

    /// Text without mnemonic and dots, for buttons and the command search.
    static QString plainText(const QAction &action);
    /// "Reads the folders again (F5)".
    static QString toolTip(const QAction &action);

Q_SIGNALS:
    /// A saved state was dropped on the window or chosen with Open; the chat page begins a chat from it.
    void openStateRequested(const QString &path);

private:
    static QString withoutMnemonic(QString text);

    std::map<Act, QAction *> m_actions;
};

} // namespace gui
