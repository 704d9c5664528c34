#pragma once

#include <QAbstractSlider>
#include <QColor>

namespace gui
{

/// A fader of the mixer: a gate in hundredths, from -100 to 200, with marks at 0 and 1.
///
/// Mouse: drag, wheel 0.01 (Shift 0.1). Keys: arrows 0.01 (Shift 0.1), 0 to zero, M and S as signals. Below 0
/// the track is hatched. Shows and says; whether a value is taken is decided elsewhere. Thread: GUI.
class MixerFader final : public QAbstractSlider
{
    Q_OBJECT

public:
    explicit MixerFader(QWidget *parent = nullptr);

    void setColor(int series); ///< index into the tokens' series
    /// What is in use, behind lane and policy; drawn as a small mark. Not a number: none.
    void setUsedGate(double gate);
    /// Silent faders are drawn pale.
    void setSounding(bool sounds);
    /// The value without a signal.
    void showGate(double gate);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void gestureBegan();
    void gestureEnded();
    void moved(double gate); ///< wanted by the user
    void muteToggled();
    void soloToggled();
    void typingRequested(); ///< double click, Return or F2: a value is to be typed

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override;

private:
    QRectF track() const;
    qreal yOf(double gate) const;
    double gateAt(qreal y) const;
    void nudge(int hundredths);
    void paintTrack(QPainter &painter) const;
    void paintKnob(QPainter &painter) const;

    int m_series = 0;
    double m_used;
    bool m_sounds = true;
    bool m_isDragging = false;
    qreal m_grip = 0; ///< from the knob's middle to the mouse
    int m_wheel = 0;  ///< eighths of a degree that were not used yet
};

} // namespace gui
