#pragma once

#include <QWidget>

#include <vector>

namespace gui
{

/// A share from 0 to 1 for each layer, as points that are dragged up and down, or painted over several
/// layers; with keys: left and right choose a layer, up and down move it by 0.01, with Shift by 0.1. Thread:
/// GUI.
class LayerCurve final : public QWidget
{
    Q_OBJECT

public:
    explicit LayerCurve(QWidget *parent = nullptr);

    /// Another number of layers takes the mean of those before.
    void setLayers(int layers);
    int layers() const { return int(m_shares.size()); }
    /// The same for all layers.
    void setAll(double share);
    void setShare(int layer, double share);
    const std::vector<double> &shares() const { return m_shares; }
    bool isFlat() const;
    double mean() const;
    /// What 0 and 1 are.
    void setEnds(const QString &zero, const QString &one);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    /// By hand.
    void edited();

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override;

private:
    QRectF field() const;
    QPointF pointOf(int layer) const;
    int layerAt(double x) const;
    double shareAt(double y) const;
    QString textOf(int layer) const;
    void paintTo(QPointF point);
    void paintGround(QPainter &painter) const;
    void paintPoints(QPainter &painter) const;
    void tell();

    std::vector<double> m_shares;
    int m_current = 0;
    int m_painted = -1; ///< the layer where the mouse was
    QString m_zero, m_one;
};

} // namespace gui
