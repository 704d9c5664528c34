#pragma once

#include <QString>
#include <QToolButton>

class QAction;
class QMenu;

namespace gui
{

class ExtraListModel;

/// Where a chat begins: a button with the name of its state, and a menu to choose another one. Shows what it
/// is told and says what the user wants. Thread: GUI.
class StateChip final : public QToolButton
{
    Q_OBJECT

public:
    /// `states` are offered; `all` leads to their page. Both outlive the chip.
    StateChip(ExtraListModel &states, QAction &all, QWidget *parent = nullptr);

    /// `path` is empty for an empty memory; `problem` says why the state cannot be opened.
    void setState(const QString &path, const QString &problem);

Q_SIGNALS:
    /// Empty: an empty memory.
    void chosen(const QString &path);

private:
    void fillMenu();
    void addChoice(const QString &path, const QString &name, const QString &tip, bool possible);
    void updateText();
    void chooseFile();
    QString nameOf(const QString &path) const;

    ExtraListModel &m_states;
    QAction &m_all;
    QMenu *m_menu;
    QString m_path;
    QString m_problem;
};

} // namespace gui
