#pragma once

#include <QToolButton>

class QMenu;

namespace gui
{

class MixDesk;

/// Which mix answers in the current chat: a button with its name, and a menu to choose another one, as easily
/// as a model. Thread: GUI.
class MixChip final : public QToolButton
{
    Q_OBJECT

public:
    explicit MixChip(MixDesk &desk, QWidget *parent = nullptr);

Q_SIGNALS:
    void mixerRequested(); ///< the mixer is to be shown

private:
    void fillMenu();
    void updateText();

    MixDesk &m_desk;
    QMenu *m_menu;
};

} // namespace gui
