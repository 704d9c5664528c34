#pragma once

#include "gui/mixer/mixer_model.h"

#include <QFrame>

class QDoubleSpinBox;
class QLabel;
class QMenu;
class QToolButton;

namespace gui
{

class MixerFader;

/// A short bar with a figure: the share that a voice has in what is written, or how far it is from it.
class MixerMeter final : public QWidget
{
    Q_OBJECT

public:
    enum class Kind { Share, Kl };

    MixerMeter(Kind kind, QWidget *parent = nullptr);
    void setColor(int series);
    void showValue(float value); ///< below 0: nothing is known
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    QString text() const;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const Kind m_kind;
    int m_series = 0;
    float m_value = -1;
};

/// One voice of the mixer: name, value, fader, mute, solo, meters and what else can be done with it. Shows a
/// row of the model and changes it. Thread: GUI.
class MixerStrip final : public QFrame
{
    Q_OBJECT

public:
    static constexpr int kWidth = 104;

    MixerStrip(MixerModel &model, int row, QWidget *parent = nullptr);

    void sync(); ///< shows the row as it is now
    /// A line below the name; empty: everything is well.
    void setProblem(const QString &problem);
    MixerFader &fader() { return *m_fader; }

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void build();
    void connectSignals();
    void startTyping();
    void endTyping(bool takes);
    void fillMenu();

    MixerModel &m_model;
    const int m_row;
    QLabel *m_name;
    QLabel *m_problem;
    QToolButton *m_value;
    QDoubleSpinBox *m_edit;
    MixerFader *m_fader;
    QToolButton *m_mute;
    QToolButton *m_solo;
    QToolButton *m_more;
    QMenu *m_menu;
    MixerMeter *m_share;
    MixerMeter *m_kl;
};

} // namespace gui
