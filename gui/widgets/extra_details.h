#pragma once

#include "gui/models/extra_list_model.h"

#include <QFrame>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace gui
{

/// What a state or an adapter is: a card with its name, what it does, whether it fits and why not, and its
/// facts. Pages add what one can do with it.
class ExtraDetails final : public QFrame
{
    Q_OBJECT

public:
    /// Object names begin with `name`.
    explicit ExtraDetails(const QString &name, QWidget *parent = nullptr);

    /// Between the match and the facts, and below the facts.
    QVBoxLayout &actions() { return *m_actions; }
    QVBoxLayout &below() { return *m_below; }
    /// A wrapping line of plain text, "<name>.<part>".
    QLabel *addLine(const char *part);

    /// `withoutModel` says what a loaded model would tell; `facts` are factRow()s, of the file follow.
    void show(const ExtraEntry &entry, const QString &withoutModel, const QString &facts);
    /// There is nothing to show but this sentence.
    void showNothing(const QString &hint);

Q_SIGNALS:
    /// Facts carry colours of the scheme: show them again.
    void paletteChanged();

protected:
    void changeEvent(QEvent *event) override;

private:
    const QString m_prefix;
    QLabel *m_name;
    QLabel *m_about;
    QLabel *m_match;
    QLabel *m_facts;
    QVBoxLayout *m_actions;
    QVBoxLayout *m_below;
};

} // namespace gui
