#include "gui/pages/monitor_page.h"
#include "gui/actions.h"
#include "gui/device_watch.h"
#include "gui/metrics.h"
#include "gui/model_session.h"
#include "gui/theme.h"
#include "gui/units.h"
#include "gui/widgets/device_plots.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/plot_view.h"

#include <QAction>
#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace gui
{
namespace
{

constexpr int kShortSpan = 60;
constexpr int kLongSpan = 600;

PlotView::Series seriesOf(const QString &name, int color)
{
    return {name, [color] { return tokens().series[std::size_t(color)]; }};
}

QWidget *card(QWidget *content, QWidget *parent)
{
    auto *frame = new QFrame(parent);
    frame->setProperty("card", true);
    auto *fill = new QVBoxLayout(frame);
    fill->setContentsMargins(1, 1, 1, 1);
    fill->addWidget(content);
    return frame;
}

/// One value of every sample from `first` on.
template <typename Value>
std::vector<double> column(const Metrics &metrics, std::size_t first, Value value)
{
    std::vector<double> result;
    const auto &samples = metrics.samples();
    result.reserve(samples.size() - first);
    for (std::size_t i = first; i < samples.size(); ++i)
        result.push_back(double(value(samples[i])));
    return result;
}

} // namespace

MonitorPage::MonitorPage(const Services &services, QWidget *parent)
    : QWidget(parent)
    , m_services(services)
{
    setObjectName(QStringLiteral("page.monitor"));
    build();
    setFocusProxy(m_spans->button(kShortSpan));
    connect(&m_timer, &QTimer::timeout, this, &MonitorPage::redraw);
    connect(&m_services.session, &ModelSession::changed, this, &MonitorPage::updateEmpty);
    connect(m_empty, &MessageBar::verbPressed, &m_services.actions[Act::LoadDemo], &QAction::trigger);
    connect(&m_services.devices, &DeviceWatch::listed, this, &MonitorPage::describeDevices);
    setSpan(kShortSpan);
    updateEmpty();
}

void MonitorPage::build()
{
    const auto asCount = [](double value) { return QLocale().toString(value, 'f', 0); };
    m_empty = new MessageBar(this);
    m_speed =
        new PlotView(tr("Speed"), PlotView::Style::Lines,
                     {seriesOf(tr("Generated"), 0), seriesOf(tr("Read", "prompt tokens that were read"), 1)},
                     axisRateText, this);
    m_speed->setObjectName(QStringLiteral("monitor.speed"));
    m_speed->setCapacity(0, 10);
    m_rows =
        new PlotView(tr("Rows", "texts that are written at the same time"), PlotView::Style::Stacked,
                     {seriesOf(tr("Generating"), 0), seriesOf(tr("Reading"), 1), seriesOf(tr("Queued"), 7)},
                     asCount, this);
    m_rows->setObjectName(QStringLiteral("monitor.rows"));
    m_rows->setSteps(PlotView::Steps::Whole);
    m_rows->setCapacity(0, 4);

    auto *content = new QWidget(this);
    auto *plots = new QVBoxLayout(content);
    plots->setContentsMargins(0, 0, 0, 0);
    plots->setSpacing(10);
    m_deviceColumn = new QVBoxLayout;
    m_deviceColumn->setSpacing(10);
    plots->addLayout(m_deviceColumn, 8);
    plots->addWidget(card(m_speed, content), 4);
    plots->addWidget(card(m_rows, content), 4);
    auto *scroll = new QScrollArea(this);
    scroll->setObjectName(QStringLiteral("monitor.scroll"));
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::TabFocus); // so that keys can scroll
    scroll->setAccessibleName(tr("Plots"));
    scroll->setWidget(content);
    auto *page = new QVBoxLayout(this);
    page->setContentsMargins(16, 12, 16, 12);
    page->setSpacing(10);
    page->addWidget(buildHeader());
    page->addWidget(m_empty);
    page->addWidget(scroll, 1);
}

QWidget *MonitorPage::buildHeader()
{
    auto *header = new QWidget(this);
    auto *title = new QLabel(tr("Monitor"), header);
    title->setObjectName(QStringLiteral("title"));
    auto *row = new QHBoxLayout(header);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    row->addWidget(title);
    row->addStretch(1);
    m_spans = new QButtonGroup(this);
    for (const auto &[seconds, text] :
         {std::pair(kShortSpan, tr("60 s")), std::pair(kLongSpan, tr("10 min"))}) {
        auto *button = new QPushButton(text, header);
        button->setObjectName(QStringLiteral("monitor.span.%1").arg(seconds));
        button->setToolTip(tr("Shows the last %1.").arg(text));
        button->setCheckable(true);
        button->setChecked(seconds == m_span);
        m_spans->addButton(button, seconds);
        row->addWidget(button);
    }
    connect(m_spans, &QButtonGroup::idClicked, this, &MonitorPage::setSpan);
    return header;
}

void MonitorPage::setSpan(int seconds)
{
    m_span = seconds;
    for (PlotView *plot : {m_speed, m_rows})
        plot->setSpan(seconds);
    for (DevicePlots *device : m_devices)
        device->setSpan(seconds);
    m_timer.setInterval(seconds == kShortSpan ? 500 : 1000);
    if (isVisible()) redraw();
}

void MonitorPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_services.devices.listOnce(); // for their names
    redraw();
    m_timer.start();
}

void MonitorPage::hideEvent(QHideEvent *event)
{
    m_timer.stop();
    QWidget::hideEvent(event);
}

void MonitorPage::updateEmpty()
{
    const ModelSession &session = m_services.session;
    if (session.isLoaded() || session.isLoading())
        m_empty->dismiss();
    else if (m_empty->isHidden())
        m_empty->showMessage(MessageBar::Kind::Info,
                             tr("No model is loaded; speed and rows begin with the first one."), {},
                             Actions::plainText(m_services.actions[Act::LoadDemo]));
}

void MonitorPage::redraw()
{
    ++m_redraws;
    const auto &samples = m_services.metrics.samples();
    const double begin = samples.empty() ? 0 : samples.back().seconds - m_span;
    const auto isOld = [begin](const Metrics::Sample &s) { return s.seconds < begin; };
    const std::size_t first =
        std::size_t(std::find_if_not(samples.begin(), samples.end(), isOld) - samples.begin());
    const auto times = column(m_services.metrics, first, [](const auto &s) { return s.seconds; });
    redrawDevices(first);
    redrawSpeed(times, first);
    redrawRows(times, first);
}

void MonitorPage::redrawDevices(std::size_t first)
{
    makeDevices();
    for (DevicePlots *device : m_devices)
        device->showSamples(m_services.metrics.samples(), first, m_services.metrics.problemOf(device->id()));
}

/// One part for each device of the latest sample, in its order; those that stay are not made anew.
void MonitorPage::makeDevices()
{
    std::vector<std::string> wanted;
    for (const DeviceSample &device : m_services.metrics.latest().devices)
        wanted.push_back(device.memory.device);
    if (wanted.empty()) wanted.push_back("cpu");
    const auto isOf = [](const std::string &id) {
        return [&id](const DevicePlots *device) { return device->id() == id; };
    };
    if (std::equal(m_devices.begin(), m_devices.end(), wanted.begin(), wanted.end(),
                   [](const DevicePlots *device, const std::string &id) { return device->id() == id; }))
        return;
    std::vector<DevicePlots *> before = std::move(m_devices);
    m_devices.clear();
    for (const std::string &id : wanted) {
        const auto known = std::find_if(before.begin(), before.end(), isOf(id));
        auto *device = known == before.end() ? new DevicePlots(id, this) : *known;
        if (known != before.end()) before.erase(known);
        device->setSpan(m_span);
        m_deviceColumn->removeWidget(device);
        m_deviceColumn->addWidget(device);
        device->show();
        m_devices.push_back(device);
    }
    qDeleteAll(before);
    describeDevices();
}

void MonitorPage::describeDevices()
{
    for (DevicePlots *device : m_devices)
        for (const engine::DeviceSummary &summary : m_services.devices.devices())
            if (summary.id == device->id())
                device->setDescription(QString::fromStdString(summary.description));
}

void MonitorPage::redrawSpeed(const std::vector<double> &times, std::size_t first)
{
    const Metrics &metrics = m_services.metrics;
    m_speed->setData(times, {column(metrics, first, [](const auto &s) { return s.generatedPerSecond; }),
                             column(metrics, first, [](const auto &s) { return s.promptPerSecond; })});
    const Metrics::Sample &now = metrics.latest();
    m_speed->setSummary(
        rateText(now.generatedPerSecond),
        tr("%1 generated, %2 read.").arg(rateText(now.generatedPerSecond), rateText(now.promptPerSecond)));
}

void MonitorPage::redrawRows(const std::vector<double> &times, std::size_t first)
{
    const Metrics &metrics = m_services.metrics;
    m_rows->setData(times, {column(metrics, first, [](const auto &s) { return s.generating; }),
                            column(metrics, first, [](const auto &s) { return s.reading; }),
                            column(metrics, first, [](const auto &s) { return s.queued; })});
    const Metrics::Sample &now = metrics.latest();
    const int busy = now.generating + now.reading;
    const QString figure =
        now.slots == 0 ? QLocale().toString(busy) : tr("%1 of %2", "busy rows").arg(busy).arg(now.slots);
    m_rows->setSummary(figure, tr("%1 generating, %2 reading, %3 queued; %4 slots.")
                                   .arg(now.generating)
                                   .arg(now.reading)
                                   .arg(now.queued)
                                   .arg(now.slots));
}

} // namespace gui
