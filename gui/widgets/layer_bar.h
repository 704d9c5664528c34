#pragma once

#include "engine/options.h"

#include <QWidget>

#include <utility>
#include <vector>

namespace gui
{

/// The layers of a model and its head as a row of cells, coloured by number format; a gap stands where the
/// device changes, hatching tells what is streamed. A range is selected with the mouse or with arrow keys
/// and Shift; digits choose a format. Thread: GUI.
class LayerBar final : public QWidget
{
    Q_OBJECT

public:
    explicit LayerBar(QWidget *parent = nullptr);

    void setItems(std::vector<engine::LayerPlace> items);
    /// First and last selected item.
    std::pair<int, int> selection() const;
    void select(int first, int last);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void selectionChanged();
    /// The key of a format's place in engine::listFormats(), from 0.
    void formatKeyPressed(int index);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    bool event(QEvent *event) override;

private:
    int itemAt(double x) const;
    QRectF cell(int item) const;
    QString textOf(int item) const;
    void moveTo(int item, bool extend);

    std::vector<engine::LayerPlace> m_items;
    int m_anchor = 0; ///< where the selection began
    int m_current = 0;
};

/// The colour of a number format in bars.
QColor formatColor(const std::string &format);

} // namespace gui
