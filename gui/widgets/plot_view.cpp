#include "gui/widgets/plot_view.h"
#include "gui/theme.h"

#include <QEvent>
#include <QFont>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

namespace gui
{
namespace
{

constexpr int kTimeTicks = 4;
constexpr int kLeftMargin = 76;
constexpr int kRightMargin = 58; ///< for the labels of an axis there; the same in all plots

/// The smallest of 1, 2, 2.5, 5 x 10^n that is not below `value`.
double niceCeiling(double value)
{
    const double magnitude = std::pow(10.0, std::floor(std::log10(value)));
    for (const double step : {1.0, 2.0, 2.5, 5.0, 10.0}) {
        if (value <= step * magnitude * 1.000001) return step * magnitude;
    }
    return 10.0 * magnitude;
}

/// The smallest even whole number, nice to read, that is not below `value`: its half is whole as well.
double wholeCeiling(double value)
{
    double nice = niceCeiling(std::max(value, 2.0));
    if (nice != std::floor(nice)) nice = std::ceil(nice);
    return std::fmod(nice, 2.0) == 0 ? nice : nice + 1;
}

} // namespace

PlotView::PlotView(const QString &title, Style style, std::vector<Series> series,
                   std::function<QString(double)> valueText, QWidget *parent)
    : QWidget(parent)
    , m_style(style)
    , m_series(std::move(series))
    , m_left{std::move(valueText)}
    , m_title(new QLabel(title, this))
    , m_about(new QLabel(this))
    , m_figure(new QLabel(this))
    , m_legend(new QLabel(this))
    , m_plot(new QCustomPlot(this))
{
    m_title->setProperty("heading", true);
    m_about->setProperty("dim", true);
    m_about->setTextFormat(Qt::PlainText);
    m_about->hide();
    m_legend->setTextFormat(Qt::RichText);
    m_legend->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    QFont big = font();
    big.setPixelSize(int(font().pixelSize() > 0 ? font().pixelSize() * 1.4 : 18));
    big.setWeight(QFont::DemiBold);
    m_figure->setFont(big);

    auto *head = new QHBoxLayout;
    head->setSpacing(12);
    head->addWidget(m_title);
    head->addWidget(m_about);
    head->addWidget(m_figure);
    m_legend->setWordWrap(true); // in a narrow window; else it would make the page wider than that
    head->addWidget(m_legend, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(14, 10, 14, 8);
    column->setSpacing(4);
    column->addLayout(head);
    column->addWidget(m_plot, 1);

    m_plot->setMinimumHeight(90);
    m_plot->setFocusPolicy(Qt::NoFocus);
    m_plot->setInteractions(QCP::iNone);
    m_plot->axisRect()->setAutoMargins(QCP::msBottom);
    // The same edges in all plots, so that their times are below each other.
    m_plot->axisRect()->setMargins(QMargins(kLeftMargin, 10, kRightMargin, 0));
    m_plot->xAxis->setTickLabels(true);
    addGraphs();
    applyTheme();
    setSpan(m_span);
}

void PlotView::addGraphs()
{
    for (std::size_t i = 0; i < m_series.size(); ++i) {
        const bool isOnRight = m_series[i].isOnRight;
        QCPGraph *graph = m_plot->addGraph(m_plot->xAxis, isOnRight ? m_plot->yAxis2 : m_plot->yAxis);
        graph->setAdaptiveSampling(true);
        if (m_style == Style::Stacked && i > 0 && !isOnRight)
            graph->setChannelFillGraph(m_plot->graph(int(i) - 1));
        if (isOnRight) m_plot->yAxis2->setVisible(true);
    }
}

void PlotView::setData(const std::vector<double> &times, const std::vector<std::vector<double>> &values)
{
    m_newest = times.empty() ? 0 : times.back();
    double highest = 0, highestRight = 0;
    std::vector<double> sum(times.size(), 0.0);
    for (std::size_t s = 0; s < m_series.size() && s < values.size(); ++s) {
        const bool isStacked = m_style == Style::Stacked && !m_series[s].isOnRight;
        double &top = m_series[s].isOnRight ? highestRight : highest;
        QVector<QCPGraphData> points;
        points.reserve(qsizetype(times.size()));
        for (std::size_t i = 0; i < times.size(); ++i) {
            const double value = isStacked ? sum[i] += values[s][i] : values[s][i];
            if (value > top) top = value; // not of NaN
            points.append(QCPGraphData(times[i] - m_newest, value));
        }
        m_plot->graph(int(s))->data()->set(points, true);
    }
    updateValues(*m_plot->yAxis, m_left, highest);
    if (m_right.text) updateValues(*m_plot->yAxis2, m_right, highestRight);
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void PlotView::setSpan(double seconds)
{
    m_span = seconds;
    m_plot->xAxis->setRange(-seconds, 0);
    auto ticker = QSharedPointer<QCPAxisTickerText>::create();
    for (int i = 0; i <= kTimeTicks; ++i) {
        const double at = -seconds * i / kTimeTicks;
        const QString text = i == 0 ? tr("now")
                             : seconds > 120.0
                                 ? tr("%1 min", "minutes").arg(locale().toString(at / 60.0, 'g', 3))
                                 : tr("%1 s", "seconds").arg(locale().toString(at, 'g', 3));
        ticker->addTick(at, text);
    }
    m_plot->xAxis->setTicker(ticker);
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void PlotView::setCapacity(double capacity, double floor)
{
    m_left.capacity = capacity;
    m_left.floor = floor;
}

void PlotView::setRight(std::function<QString(double)> valueText, double capacity, double floor)
{
    m_right.text = std::move(valueText);
    m_right.capacity = capacity;
    m_right.floor = floor;
}

void PlotView::updateValues(QCPAxis &shown, ValueAxis &axis, double highest) const
{
    const double wanted = std::max(highest * 1.05, axis.floor);
    double top = axis.capacity;
    if (top <= 0) top = m_steps == Steps::Whole ? wholeCeiling(wanted) : niceCeiling(wanted);
    if (qFuzzyCompare(axis.top, top)) return;
    axis.top = top;
    shown.setRange(0, top);
    // A capacity is seldom a round number: round steps below it, two to four of them.
    const double step = axis.capacity > 0 ? niceCeiling(top / 4) : top / 2;
    axis.labelled.clear();
    auto ticker = QSharedPointer<QCPAxisTickerText>::create();
    for (double at = 0; at <= top * 1.000001; at += step) {
        axis.labelled.push_back(at);
        ticker->addTick(at, axis.text(at));
    }
    shown.setTicker(ticker);
}

void PlotView::setTitle(const QString &title, const QString &about)
{
    m_title->setText(title);
    m_about->setText(about);
    m_about->setVisible(!about.isEmpty());
}

void PlotView::setSummary(const QString &figure, const QString &spoken)
{
    m_figure->setText(figure);
    const QString name = m_about->text().isEmpty() ? m_title->text()
                                                   : m_about->text() + QStringLiteral(": ") + m_title->text();
    setAccessibleName(name);
    setAccessibleDescription(spoken);
    m_plot->setAccessibleName(name);
    m_plot->setAccessibleDescription(spoken);
}

QString PlotView::summary() const { return accessibleDescription(); }

void PlotView::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange) applyTheme();
    QWidget::changeEvent(event);
}

void PlotView::applyTheme()
{
    const Tokens &t = tokens();
    m_plot->setBackground(QBrush(t.surface));
    for (QCPAxis *axis : {m_plot->xAxis, m_plot->yAxis, m_plot->yAxis2}) {
        axis->setBasePen(QPen(t.border));
        axis->setTickPen(Qt::NoPen);
        axis->setSubTickPen(Qt::NoPen);
        axis->setTickLabelColor(t.dim);
        axis->grid()->setPen(QPen(t.border, 1, Qt::DotLine));
        axis->grid()->setZeroLinePen(Qt::NoPen);
        QFont small = font();
        small.setPixelSize(11);
        axis->setTickLabelFont(small);
    }
    for (std::size_t i = 0; i < m_series.size(); ++i) {
        const QColor color = m_series[i].color();
        QColor area = color;
        area.setAlphaF(m_style == Style::Stacked ? 0.75F : 0.14F);
        QCPGraph *graph = m_plot->graph(int(i));
        const bool isOnRight = m_series[i].isOnRight;
        graph->setPen(QPen(color, m_style == Style::Stacked && !isOnRight ? 1.0 : 1.8,
                           isOnRight ? Qt::DashLine : Qt::SolidLine));
        graph->setBrush(isOnRight ? QBrush() : QBrush(area));
    }
    updateLegend();
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void PlotView::updateLegend()
{
    QString html;
    for (const Series &series : m_series) {
        html += QStringLiteral(
                    "<span style='color:%1'>%4</span>&nbsp;<span style='color:%2'>%3</span>&nbsp;&nbsp; ")
                    .arg(series.color().name(), tokens().dim.name(),
                         series.name.toHtmlEscaped().replace(QLatin1Char(' '), QStringLiteral("&nbsp;")),
                         series.isOnRight ? QStringLiteral("┅") : QStringLiteral("■"));
    }
    m_legend->setText(html);
}

} // namespace gui
