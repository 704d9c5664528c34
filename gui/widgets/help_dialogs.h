#pragma once

class QWidget;

namespace gui
{

class Actions;

/// A window that lists every shortcut by menu; closes with Esc, blocks nothing.
void showShortcutHelp(const Actions &actions, QWidget *parent);
/// Version and licence.
void showAbout(QWidget *parent);

} // namespace gui
