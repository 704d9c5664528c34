#pragma once

#include <QWidget>

class QAction;
class QLabel;
class QPushButton;
class QToolButton;

namespace gui
{

class MixDesk;
class MixerLanes;

/// The lanes below an answer that a mix gave: who said how much, the gates over its tokens, and playing it
/// again. Thread: GUI.
class MixerLanePanel final : public QWidget
{
    Q_OBJECT

public:
    /// `colors` is the command that colours the text.
    MixerLanePanel(MixDesk &desk, QAction &colors, QWidget *parent = nullptr);

    /// The answer that is meant, by its row; else the newest one of a mix is shown.
    void setRow(int row);
    bool hasAnswer() const { return m_shown >= 0; }
    MixerLanes &lanes() { return *m_lanes; }

Q_SIGNALS:
    void answerChanged(); ///< hasAnswer()
    void resisted(const QString &why);

protected:
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void build(QAction &colors);
    void refresh();
    void showLegend();
    void showButtons();
    void rerunAll();
    void rerunFromHere();
    void keepInMix();

    MixDesk &m_desk;
    int m_wanted = -1;
    int m_shown = -1; ///< row
    QLabel *m_title;
    QLabel *m_legend;
    QToolButton *m_undo;
    QToolButton *m_reset;
    QToolButton *m_keep;
    QPushButton *m_fromHere;
    QPushButton *m_all;
    MixerLanes *m_lanes;
};

} // namespace gui
