#pragma once

#include <QWidget>

class QLabel;
class QTableWidget;

namespace gui
{

class MixDesk;
class MixPreview;

/// The tokens that the mix would say next: how probable each is in the blend and to each voice. Thread: GUI.
class NextTokenTable final : public QWidget
{
    Q_OBJECT

public:
    NextTokenTable(MixDesk &desk, MixPreview &preview, QWidget *parent = nullptr);

protected:
    void changeEvent(QEvent *event) override;

private:
    void refresh();
    void setCell(int row, int column, double share, int voice);

    MixDesk &m_desk;
    MixPreview &m_preview;
    QLabel *m_note;
    QTableWidget *m_table;
};

/// A token's text as one can see it: quotes around it, line ends as signs.
QString visibleToken(const QString &text);

} // namespace gui
