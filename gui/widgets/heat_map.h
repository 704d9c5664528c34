#pragma once

#include <QString>
#include <QWidget>

#include <vector>

namespace gui
{

/// One number a layer and head as a field of colours, from nothing to the greatest: layers from left to
/// right, heads downwards. The cell under the mouse, or that the arrow keys reached, is read out below.
/// Thread: GUI.
class HeatMap final : public QWidget
{
    Q_OBJECT

public:
    explicit HeatMap(QWidget *parent = nullptr);

    /// `values` [layers, heads], none below 0; ignored unless there are as many.
    void setValues(int layers, int heads, std::vector<double> values);
    /// Instead of values: why there are none.
    void setNotice(const QString &text);
    bool hasValues() const { return !m_values.empty(); }
    /// "Layer 3, head 2: 1.23".
    QString textOf(int layer, int head) const;
    /// Of a share of the greatest value, 0..1, in the current scheme.
    static QColor colorAt(double share);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override;

private:
    struct Cell {
        int layer = -1, head = -1;
        bool operator==(const Cell &) const = default;
    };
    QRectF field() const;
    QRectF rectOf(Cell cell) const;
    Cell cellAt(QPointF point) const;
    void paintCells(QPainter &painter) const;
    void paintAxes(QPainter &painter) const;
    void paintLegend(QPainter &painter) const;
    void describe();

    int m_layers = 0, m_heads = 0;
    std::vector<double> m_values; ///< [layers, heads]
    double m_greatest = 0;
    QString m_notice;
    Cell m_hovered;       ///< by the mouse
    Cell m_current{0, 0}; ///< by keys
};

} // namespace gui
