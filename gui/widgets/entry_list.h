#pragma once

#include <QStringList>
#include <QWidget>

class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;
class QToolButton;

namespace gui
{

/// A short list of texts that are added by typing and taken out by a button. Holds nothing: who made it says
/// what is in it. Thread: GUI.
class EntryList final : public QWidget
{
    Q_OBJECT

public:
    enum class Copy { No, Yes };

    /// `name` begins the names of its controls; `title` is what a screen reader says.
    EntryList(const QString &name, const QString &title, Copy copy, QWidget *parent = nullptr);

    void setEntries(const QStringList &entries);
    /// What is typed into the line, and an example of it.
    void setHint(const QString &placeholder, const QString &toolTip);
    /// Why the last text was not taken; empty: it was.
    void showProblem(const QString &problem);
    void clearLine();

Q_SIGNALS:
    void added(const QString &text);
    void removed(int row);
    void copied(int row);

private:
    void add();
    void showButtons();

    QListWidget *m_list;
    QLineEdit *m_line;
    QPushButton *m_add;
    QToolButton *m_remove;
    QToolButton *m_copy;
    QLabel *m_problem;
    bool m_canCopy;
};

} // namespace gui
