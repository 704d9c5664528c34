#pragma once

#include "gui/mixer/mix_trace.h"

#include <QWidget>

namespace gui
{

/// The gates of an answer over its tokens: a lane for each voice, with the points that can be edited and a
/// playhead. Points belong to all voices: moving one sideways moves it in every lane.
///
/// Mouse: a double click adds a point, dragging moves it, a right click asks; a click into the ruler moves
/// the playhead. Keys: left and right move the playhead (Shift 10 tokens), up and down the gate there, page
/// keys choose the lane, Insert adds a point, Del removes it. Thread: GUI.
class MixerLanes final : public QWidget
{
    Q_OBJECT

public:
    explicit MixerLanes(QWidget *parent = nullptr);

    /// Shows an answer. While it `grows`, lanes are drawn from its trace and cannot be edited; edits of the
    /// answer shown before are kept if it is the same (`id`).
    void showAnswer(qint64 id, const MessageMix &answer, const QString &text, bool grows);
    void clear();

    const std::vector<engine::GatePoint> &lane() const { return m_lane; }
    bool isEdited() const { return m_lane != m_original; }
    bool canUndo() const { return !m_undo.empty(); }
    void undo();
    void reset(); ///< to what was recorded; can be taken back
    int playhead() const { return m_playhead; }
    void setPlayhead(int token);
    int tokens() const;

    // What the mouse does, for keys and tests as well.
    void addPoint(int token, int voice, double gate);
    void movePoint(int index, int token, int voice, double gate);
    void removePoint(int index);
    void setCurve(int index, engine::GateCurve curve);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    QPointF placeOf(int token, int voice, double gate) const;

Q_SIGNALS:
    void edited();
    void playheadMoved(int token);
    void resisted(const QString &why);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override;

private:
    struct Hit {
        int voice = -1;
        int point = -1; ///< index into the lane
        int token = 0;
        double gate = 0;
        bool inRuler = false;
    };

    QRectF laneRect(int voice) const;
    qreal xOf(double token) const;
    int tokenAt(qreal x) const;
    double low() const;
    double high() const;
    float gateOf(int token, int voice) const;
    Hit hitAt(QPointF point) const;
    bool canEdit() const { return !m_grows && !m_lane.empty(); }
    bool replace(std::vector<engine::GatePoint> lane, bool isNewStep);
    int pointAt(int token) const; ///< index of the point exactly there; -1: none
    void paintLane(QPainter &painter, int voice) const;
    void paintRuler(QPainter &painter) const;
    QString tipAt(const Hit &hit) const;
    void describe();

    qint64 m_id = 0;
    MessageMix m_answer;
    QString m_text;
    bool m_grows = false;
    std::vector<engine::GatePoint> m_lane, m_original;
    std::vector<std::vector<engine::GatePoint>> m_undo; ///< latest last
    int m_playhead = 0;
    int m_voice = 0; ///< lane that keys mean
    int m_dragged = -1;
    bool m_dragsPlayhead = false;
    bool m_dragIsStep = false; ///< the drag has made its step of undo
};

} // namespace gui
