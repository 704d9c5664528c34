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
    , m_valueText(std::move(valueText))
    , m_title(new QLabel(title, this))
    , m_figure(new QLabel(this))
    , m_legend(new QLabel(this))
    , m_plot(new QCustomPlot(this))
{
    m_title->setProperty("heading", true);
    m_legend->setTextFormat(Qt::RichText);
    m_legend->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    QFont big = font();
    big.setPixelSize(int(font().pixelSize() > 0 ? font().pixelSize() * 1.4 : 18));
    big.setWeight(QFont::DemiBold);
    m_figure->setFont(big);

    auto *head = new QHBoxLayout;
    head->setSpacing(12);
    head->addWidget(m_title);
    head->addWidget(m_figure);
    head->addStretch(1);
    head->addWidget(m_legend);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(14, 10, 14, 8);
    column->setSpacing(4);
    column->addLayout(head);
    column->addWidget(m_plot, 1);

    m_plot->setMinimumHeight(90);
    m_plot->setFocusPolicy(Qt::NoFocus);
    m_plot->setInteractions(QCP::iNone);
    m_plot->axisRect()->setAutoMargins(QCP::msBottom);
    // The same left edge in all plots, and room for half a label at the right.
    m_plot->axisRect()->setMargins(QMargins(kLeftMargin, 10, 20, 0));
    m_plot->xAxis->setTickLabels(true);
    addGraphs();
    applyTheme();
    setSpan(m_span);
}

void PlotView::addGraphs()
{
    for (std::size_t i = 0; i < m_series.size(); ++i) {
        QCPGraph *graph = m_plot->addGraph();
        graph->setAdaptiveSampling(true);
        if (m_style == Style::Stacked && i > 0) graph->setChannelFillGraph(m_plot->graph(int(i) - 1));
    }
}

void PlotView::setData(const std::vector<double> &times, const std::vector<std::vector<double>> &values)
{
    m_newest = times.empty() ? 0 : times.back();
    double highest = 0;
    std::vector<double> sum(times.size(), 0.0);
    for (std::size_t s = 0; s < m_series.size() && s < values.size(); ++s) {
        QVector<QCPGraphData> points;
        points.reserve(qsizetype(times.size()));
        for (std::size_t i = 0; i < times.size(); ++i) {
            sum[i] = m_style == Style::Stacked ? sum[i] + values[s][i] : values[s][i];
            highest = std::max(highest, sum[i]);
            points.append(QCPGraphData(times[i] - m_newest, sum[i]));
        }
        m_plot->graph(int(s))->data()->set(points, true);
    }
    updateValueAxis(highest);
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
    m_capacity = capacity;
    m_floor = floor;
}

void PlotView::updateValueAxis(double highest)
{
    const double wanted = std::max(highest * 1.05, m_floor);
    double top = m_capacity;
    if (top <= 0) top = m_steps == Steps::Whole ? wholeCeiling(wanted) : niceCeiling(wanted);
    if (qFuzzyCompare(m_valueTop, top)) return;
    m_valueTop = top;
    m_plot->yAxis->setRange(0, top);
    // A capacity is seldom a round number: round steps below it, two to four of them.
    const double step = m_capacity > 0 ? niceCeiling(top / 4) : top / 2;
    m_labelled.clear();
    auto ticker = QSharedPointer<QCPAxisTickerText>::create();
    for (double at = 0; at <= top * 1.000001; at += step) {
        m_labelled.push_back(at);
        ticker->addTick(at, m_valueText(at));
    }
    m_plot->yAxis->setTicker(ticker);
}

void PlotView::setSummary(const QString &figure, const QString &spoken)
{
    m_figure->setText(figure);
    setAccessibleName(m_title->text());
    setAccessibleDescription(spoken);
    m_plot->setAccessibleName(m_title->text());
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
    for (QCPAxis *axis : {m_plot->xAxis, m_plot->yAxis}) {
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
        m_plot->graph(int(i))->setPen(QPen(color, m_style == Style::Stacked ? 1.0 : 1.8));
        m_plot->graph(int(i))->setBrush(area);
    }
    updateLegend();
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void PlotView::updateLegend()
{
    QString html;
    for (const Series &series : m_series) {
        html += QStringLiteral(
                    "<span style='color:%1'>■</span>&nbsp;<span style='color:%2'>%3</span>&nbsp;&nbsp; ")
                    .arg(series.color().name(), tokens().dim.name(), series.name.toHtmlEscaped());
    }
    m_legend->setText(html);
}

} // namespace gui
