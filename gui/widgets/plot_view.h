#pragma once

#include <QColor>
#include <QString>
#include <QWidget>

#include <functional>
#include <vector>

class QCPAxis;
class QCustomPlot;
class QLabel;

namespace gui
{

/// One rolling plot over time: title, current value as a big figure, curves or stacked areas, a legend.
/// Curves of another unit have an axis at the right. What is not known is NaN and leaves a gap.
///
/// Shows what it is given and asks nobody. The plotting library is an implementation detail of plot_view.cpp.
class PlotView final : public QWidget
{
    Q_OBJECT

public:
    enum class Style { Lines, Stacked };

    /// Where the y axis has its labels: at decimal steps, at whole numbers only, or at powers of two times
    /// bytes.
    enum class Steps { Decimal, Whole };

    /// A curve; `color` is asked for at every change of scheme.
    struct Series {
        QString name;
        std::function<QColor()> color;
        bool isOnRight = false; ///< by the axis at the right; never stacked
    };

    /// `valueText` writes values of the y axis ("4.2 GB").
    PlotView(const QString &title, Style style, std::vector<Series> series,
             std::function<QString(double)> valueText, QWidget *parent = nullptr);

    /// `times` in seconds, rising; `values[s][i]` of series s at times[i]. The newest time is at the right
    /// edge.
    void setData(const std::vector<double> &times, const std::vector<std::vector<double>> &values);
    /// Shown span in seconds.
    void setSpan(double seconds);
    /// Fixed top of the y axis; 0 follows the data, never below `floor`.
    void setCapacity(double capacity, double floor = 1);
    void setSteps(Steps steps) { m_steps = steps; }
    /// The axis at the right: how its values are written, and as setCapacity().
    void setRight(std::function<QString(double)> valueText, double capacity, double floor = 1);
    /// The values of the y axis that are labelled, rising.
    std::vector<double> labelledValues() const { return m_left.labelled; }
    std::vector<double> labelledValuesAtRight() const { return m_right.labelled; }
    /// Another title, with what it is about in small print.
    void setTitle(const QString &title, const QString &about);
    /// The big figure, and what a screen reader says of the plot.
    void setSummary(const QString &figure, const QString &spoken);
    QString summary() const;

protected:
    void changeEvent(QEvent *event) override;

private:
    void applyTheme();
    void addGraphs();
    void updateLegend();
    /// How values become heights.
    struct ValueAxis {
        std::function<QString(double)> text;
        double capacity = 0, floor = 1;
        double top = -1;
        std::vector<double> labelled;
    };
    void updateValues(QCPAxis &shown, ValueAxis &axis, double highest) const;

    Style m_style;
    std::vector<Series> m_series;
    ValueAxis m_left, m_right;
    Steps m_steps = Steps::Decimal;
    double m_span = 60;
    double m_newest = 0;
    QLabel *m_title;
    QLabel *m_about;
    QLabel *m_figure;
    QLabel *m_legend;
    QCustomPlot *m_plot;
};

} // namespace gui
