#include "gui/actions.h"
#include "gui/theme.h"

#include <QCoreApplication>
#include <QIcon>
#include <QKeySequence>

namespace gui
{
namespace
{

constexpr auto kReason = "reason";
constexpr auto kMenu = "menu";
constexpr auto kTip = "tip";

struct Row {
    Act act;
    Menu menu;
    const char *id;       ///< objectName; also the key in settings
    const char *text;     ///< with mnemonic
    const char *tip;      ///< one sentence: what it does
    const char *shortcut; ///< portable text; empty: none
    const char *icon;     ///< name in resources/icons; empty: none
};

// Deliberately left alone, because input methods and desktops own them: Ctrl+Shift+U, Ctrl+., Ctrl+;,
// Ctrl+Shift+E, Ctrl+Alt+arrows, Ctrl+Space, Shift+Space.
// clang-format off
const Row kRows[] = {
    {Act::NewChat, Menu::File, "chat.new", QT_TRANSLATE_NOOP("Actions", "&New chat"), QT_TRANSLATE_NOOP("Actions", "Starts an empty conversation."), "Ctrl+N", "compose"},
    {Act::OpenFile, Menu::File, "file.open", QT_TRANSLATE_NOOP("Actions", "&Open…"), QT_TRANSLATE_NOOP("Actions", "Opens a model file or a saved state."), "Ctrl+O", "open"},
    {Act::ExportChat, Menu::File, "chat.export", QT_TRANSLATE_NOOP("Actions", "&Export chat…"), QT_TRANSLATE_NOOP("Actions", "Writes the text of this chat to a Markdown file."), "Ctrl+E", "reveal"},
    {Act::Quit, Menu::File, "app.quit", QT_TRANSLATE_NOOP("Actions", "&Quit"), QT_TRANSLATE_NOOP("Actions", "Closes Rookery; chats are kept."), "Ctrl+Q", "quit"},

    {Act::Undo, Menu::Edit, "edit.undo", QT_TRANSLATE_NOOP("Actions", "&Undo"), QT_TRANSLATE_NOOP("Actions", "Takes the last change back."), "Ctrl+Z", "undo"},
    {Act::Redo, Menu::Edit, "edit.redo", QT_TRANSLATE_NOOP("Actions", "&Redo"), QT_TRANSLATE_NOOP("Actions", "Makes the change again that was taken back."), "Ctrl+Shift+Z", "redo"},
    {Act::Cut, Menu::Edit, "edit.cut", QT_TRANSLATE_NOOP("Actions", "Cu&t"), QT_TRANSLATE_NOOP("Actions", "Moves the selected text to the clipboard."), "Ctrl+X", ""},
    {Act::Copy, Menu::Edit, "edit.copy", QT_TRANSLATE_NOOP("Actions", "&Copy"), QT_TRANSLATE_NOOP("Actions", "Copies the selected text to the clipboard."), "Ctrl+C", "copy"},
    {Act::Paste, Menu::Edit, "edit.paste", QT_TRANSLATE_NOOP("Actions", "&Paste"), QT_TRANSLATE_NOOP("Actions", "Inserts the clipboard's text."), "Ctrl+V", ""},
    {Act::EditMessage, Menu::Edit, "chat.edit", QT_TRANSLATE_NOOP("Actions", "&Edit message"), QT_TRANSLATE_NOOP("Actions", "Edits the selected message; the old text is kept."), "F2", "edit"},
    {Act::DeleteChat, Menu::Edit, "chat.delete", QT_TRANSLATE_NOOP("Actions", "&Delete chat"), QT_TRANSLATE_NOOP("Actions", "Moves the chat to the trash; can be undone."), "", "trash"},
    {Act::Find, Menu::Edit, "edit.find", QT_TRANSLATE_NOOP("Actions", "&Find"), QT_TRANSLATE_NOOP("Actions", "Goes to the search field of the page."), "Ctrl+F", "search"},
    {Act::Preferences, Menu::Edit, "page.settings", QT_TRANSLATE_NOOP("Actions", "Settin&gs"), QT_TRANSLATE_NOOP("Actions", "Shows the settings page."), "Ctrl+,", "settings"},

    {Act::PageChat, Menu::View, "page.chat", QT_TRANSLATE_NOOP("Actions", "&Chat"), QT_TRANSLATE_NOOP("Actions", "Shows the conversations."), "Alt+1", "chat"},
    // The demonstration model tells Alt+1 to 4, and people know them: later pages take the next digits.
    {Act::PageMixer, Menu::View, "page.mixer", QT_TRANSLATE_NOOP("Actions", "Mi&xer"), QT_TRANSLATE_NOOP("Actions", "Shows the mixer: several states that answer together."), "Alt+5", "mixer"},
    {Act::PageModels, Menu::View, "page.models", QT_TRANSLATE_NOOP("Actions", "&Models"), QT_TRANSLATE_NOOP("Actions", "Shows the model files of this computer."), "Alt+2", "models"},
    {Act::PageMonitor, Menu::View, "page.monitor", QT_TRANSLATE_NOOP("Actions", "M&onitor"), QT_TRANSLATE_NOOP("Actions", "Shows memory, speed and rows over time."), "Alt+3", "monitor"},
    {Act::PageServer, Menu::View, "page.server", QT_TRANSLATE_NOOP("Actions", "Ser&ver"), QT_TRANSLATE_NOOP("Actions", "Shows the server: how other programs use the model."), "Alt+6", "server"},
    {Act::PageLog, Menu::View, "page.log", QT_TRANSLATE_NOOP("Actions", "&Log"), QT_TRANSLATE_NOOP("Actions", "Shows what the program reports."), "Alt+4", "log"},
    {Act::ToggleChatList, Menu::View, "view.chatlist", QT_TRANSLATE_NOOP("Actions", "Chat l&ist"), QT_TRANSLATE_NOOP("Actions", "Shows or hides the list of chats."), "Ctrl+\\", "panel-left"},
    {Act::ToggleSampling, Menu::View, "view.sampling", QT_TRANSLATE_NOOP("Actions", "&Sampling panel"), QT_TRANSLATE_NOOP("Actions", "Shows or hides how words are chosen."), "Ctrl+I", "sliders"},
    {Act::ToggleMixer, Menu::View, "view.mixer", QT_TRANSLATE_NOOP("Actions", "Mixe&r beside the chat"), QT_TRANSLATE_NOOP("Actions", "Shows or hides the mixer beside the chat."), "Ctrl+Shift+M", "mixer"},
    {Act::VoiceColors, Menu::View, "view.voices", QT_TRANSLATE_NOOP("Actions", "Colour &by voice"), QT_TRANSLATE_NOOP("Actions", "Colours answers of a mix by the voice that said each word."), "Ctrl+Shift+G", "palette"},
    {Act::FoldThinking, Menu::View, "view.thinking", QT_TRANSLATE_NOOP("Actions", "Fold &thinking"), QT_TRANSLATE_NOOP("Actions", "Folds or unfolds all thinking blocks."), "Ctrl+T", "thinking"},
    {Act::ZoomIn, Menu::View, "view.zoomin", QT_TRANSLATE_NOOP("Actions", "Zoom i&n"), QT_TRANSLATE_NOOP("Actions", "Makes all text larger."), "Ctrl++", "zoom-in"},
    {Act::ZoomOut, Menu::View, "view.zoomout", QT_TRANSLATE_NOOP("Actions", "Zoom o&ut"), QT_TRANSLATE_NOOP("Actions", "Makes all text smaller."), "Ctrl+-", "zoom-out"},
    {Act::ZoomReset, Menu::View, "view.zoomreset", QT_TRANSLATE_NOOP("Actions", "Normal si&ze"), QT_TRANSLATE_NOOP("Actions", "Shows text in its normal size."), "Ctrl+0", ""},
    {Act::FullScreen, Menu::View, "view.fullscreen", QT_TRANSLATE_NOOP("Actions", "&Full screen"), QT_TRANSLATE_NOOP("Actions", "Uses the whole screen, or goes back to a window."), "F11", "fullscreen"},

    {Act::Stop, Menu::Chat, "chat.stop", QT_TRANSLATE_NOOP("Actions", "&Stop"), QT_TRANSLATE_NOOP("Actions", "Stops the answer; what is written stays."), "Esc", "stop"},
    {Act::Regenerate, Menu::Chat, "chat.regenerate", QT_TRANSLATE_NOOP("Actions", "&Regenerate"), QT_TRANSLATE_NOOP("Actions", "Answers again; the earlier answer is kept beside it."), "Ctrl+R", "regenerate"},
    {Act::Continue, Menu::Chat, "chat.continue", QT_TRANSLATE_NOOP("Actions", "&Continue"), QT_TRANSLATE_NOOP("Actions", "Goes on writing the last answer."), "Alt+Return", "play"},
    {Act::PreviousAlternative, Menu::Chat, "chat.alternative.previous", QT_TRANSLATE_NOOP("Actions", "&Previous alternative"), QT_TRANSLATE_NOOP("Actions", "Shows the alternative before this one."), "Alt+Left", "chevron-left"},
    {Act::NextAlternative, Menu::Chat, "chat.alternative.next", QT_TRANSLATE_NOOP("Actions", "&Next alternative"), QT_TRANSLATE_NOOP("Actions", "Shows the alternative after this one."), "Alt+Right", "chevron-right"},
    {Act::CopyAnswer, Menu::Chat, "chat.copyanswer", QT_TRANSLATE_NOOP("Actions", "Cop&y last answer"), QT_TRANSLATE_NOOP("Actions", "Copies the last answer as Markdown."), "Ctrl+Shift+C", "copy"},
    {Act::RenameChat, Menu::Chat, "chat.rename", QT_TRANSLATE_NOOP("Actions", "Rena&me chat"), QT_TRANSLATE_NOOP("Actions", "Gives the chat another title."), "Ctrl+F2", "edit"},
    {Act::FocusComposer, Menu::Chat, "chat.compose", QT_TRANSLATE_NOOP("Actions", "&Write a message"), QT_TRANSLATE_NOOP("Actions", "Goes to the field where messages are written."), "", "chat"},

    {Act::LoadModel, Menu::Model, "model.load", QT_TRANSLATE_NOOP("Actions", "&Load a model…"), QT_TRANSLATE_NOOP("Actions", "Goes to the models to choose one."), "Ctrl+L", "load"},
    {Act::LoadDemo, Menu::Model, "model.loaddemo", QT_TRANSLATE_NOOP("Actions", "Load the &demonstration model"), QT_TRANSLATE_NOOP("Actions", "Loads the small model that comes with Rookery."), "", "play"},
    {Act::EjectModel, Menu::Model, "model.eject", QT_TRANSLATE_NOOP("Actions", "&Eject"), QT_TRANSLATE_NOOP("Actions", "Frees the memory of the loaded model."), "Ctrl+Shift+W", "eject"},
    {Act::AddModelFolder, Menu::Model, "model.addfolder", QT_TRANSLATE_NOOP("Actions", "&Add folder…"), QT_TRANSLATE_NOOP("Actions", "Adds a folder that is searched for model files."), "", "folder-add"},
    {Act::RescanModels, Menu::Model, "model.rescan", QT_TRANSLATE_NOOP("Actions", "&Scan folders again"), QT_TRANSLATE_NOOP("Actions", "Reads the model folders again."), "F5", "refresh"},
    {Act::RevealModel, Menu::Model, "model.reveal", QT_TRANSLATE_NOOP("Actions", "&Reveal in files"), QT_TRANSLATE_NOOP("Actions", "Opens the folder of the selected model."), "", "reveal"},
    {Act::RemoveModel, Menu::Model, "model.remove", QT_TRANSLATE_NOOP("Actions", "Remo&ve from list"), QT_TRANSLATE_NOOP("Actions", "Takes a single file off the list; the file stays where it is."), "", "close"},
    {Act::ChatWithModel, Menu::Model, "model.chat", QT_TRANSLATE_NOOP("Actions", "Open in &chat"), QT_TRANSLATE_NOOP("Actions", "Loads the selected model and starts a chat with it."), "", "chat"},
    {Act::ConvertModel, Menu::Model, "model.convert", QT_TRANSLATE_NOOP("Actions", "C&onvert…"), QT_TRANSLATE_NOOP("Actions", "Writes the selected model in another format."), "", "save"},
    {Act::ShowAdapters, Menu::Model, "library.adapters", QT_TRANSLATE_NOOP("Actions", "Ada&pters"), QT_TRANSLATE_NOOP("Actions", "Shows the adapters and which of them change the loaded model."), "Ctrl+Shift+A", "sliders"},

    {Act::SaveState, Menu::State, "state.save", QT_TRANSLATE_NOOP("Actions", "&Save state…"), QT_TRANSLATE_NOOP("Actions", "Writes what the model remembers of this chat to a file."), "Ctrl+Shift+S", "save"},
    {Act::ShowStates, Menu::State, "library.states", QT_TRANSLATE_NOOP("Actions", "S&tates"), QT_TRANSLATE_NOOP("Actions", "Shows the memories that a chat can start from."), "", "state"},

    {Act::CopyLogReport, Menu::Help, "log.report", QT_TRANSLATE_NOOP("Actions", "Copy &report"), QT_TRANSLATE_NOOP("Actions", "Copies the last 200 log lines, with paths shortened, for a problem report."), "", "copy"},
    {Act::ClearLog, Menu::Help, "log.clear", QT_TRANSLATE_NOOP("Actions", "Clear &log"), QT_TRANSLATE_NOOP("Actions", "Empties the log page; the log itself goes on."), "", "trash"},
    {Act::CommandSearch, Menu::Help, "app.search", QT_TRANSLATE_NOOP("Actions", "&Search commands"), QT_TRANSLATE_NOOP("Actions", "Finds every command by name."), "Ctrl+K", "command"},
    {Act::ShortcutHelp, Menu::Help, "app.shortcuts", QT_TRANSLATE_NOOP("Actions", "&Keyboard shortcuts"), QT_TRANSLATE_NOOP("Actions", "Lists every shortcut."), "Ctrl+/", "keyboard"},
    {Act::About, Menu::Help, "app.about", QT_TRANSLATE_NOOP("Actions", "&About Rookery"), QT_TRANSLATE_NOOP("Actions", "Shows version and licence."), "", "info"},
};
// clang-format on

QString translate(const char *text) { return QCoreApplication::translate("Actions", text); }

QAction::MenuRole menuRole(Act act)
{
    switch (act) {
    case Act::Quit:
        return QAction::QuitRole;
    case Act::Preferences:
        return QAction::PreferencesRole;
    case Act::About:
        return QAction::AboutRole;
    default:
        return QAction::NoRole;
    }
}

} // namespace

Actions::Actions(QObject *parent)
    : QObject(parent)
{
    for (const Row &row : kRows) {
        auto *action = new QAction(translate(row.text), this);
        action->setObjectName(QString::fromLatin1(row.id));
        action->setShortcut(QKeySequence(QString::fromLatin1(row.shortcut), QKeySequence::PortableText));
        action->setMenuRole(menuRole(row.act));
        action->setProperty(kMenu, int(row.menu));
        action->setProperty(kTip, translate(row.tip));
        action->setToolTip(toolTip(*action));
        if (*row.icon) action->setIcon(icon(QString::fromLatin1(row.icon)));
        m_actions.emplace(row.act, action);
    }
    for (const Act act :
         {Act::ToggleChatList, Act::ToggleSampling, Act::ToggleMixer, Act::VoiceColors, Act::FullScreen})
        m_actions.at(act)->setCheckable(true);
}

QList<QAction *> Actions::all() const
{
    QList<QAction *> result;
    for (const Row &row : kRows)
        result.append(m_actions.at(row.act));
    return result;
}

QList<QAction *> Actions::ofMenu(Menu menu) const
{
    QList<QAction *> result;
    for (const Row &row : kRows) {
        if (row.menu == menu) result.append(m_actions.at(row.act));
    }
    return result;
}

void Actions::setAvailable(Act act, bool available, const QString &reason)
{
    QAction *action = m_actions.at(act);
    action->setProperty(kReason, available ? QString() : reason);
    action->setEnabled(available);
    action->setToolTip(toolTip(*action));
}

QString Actions::reason(const QAction &action) { return action.property(kReason).toString(); }

QString Actions::menuText(Menu menu)
{
    switch (menu) {
    case Menu::File:
        return tr("&File");
    case Menu::Edit:
        return tr("&Edit");
    case Menu::View:
        return tr("&View");
    case Menu::Chat:
        return tr("&Chat");
    case Menu::Model:
        return tr("&Model");
    case Menu::State:
        return tr("&State");
    case Menu::Help:
        return tr("&Help");
    }
    return {};
}

QString Actions::menuTitle(Menu menu) { return withoutMnemonic(menuText(menu)); }

Menu Actions::menuOf(const QAction &action) { return Menu(action.property(kMenu).toInt()); }

QString Actions::withoutMnemonic(QString text)
{
    // Chinese and Japanese append the mnemonic in brackets.
    if (const qsizetype open = text.indexOf(QLatin1String("(&")); open > 0) text.remove(open, 4);
    return text.remove(QLatin1Char('&'));
}

QString Actions::plainText(const QAction &action)
{
    QString text = withoutMnemonic(action.text());
    if (text.endsWith(QChar(0x2026))) text.chop(1);
    return text;
}

QString Actions::toolTip(const QAction &action)
{
    QString tip = action.property(kTip).toString();
    if (const QString why = reason(action); !why.isEmpty()) tip += QLatin1Char('\n') + why;
    if (action.shortcut().isEmpty()) return tip;
    return tr("%1 (%2)", "what an action does (its shortcut)")
        .arg(tip, action.shortcut().toString(QKeySequence::NativeText));
}

} // namespace gui
