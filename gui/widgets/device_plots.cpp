#include "gui/widgets/device_plots.h"
#include "gui/theme.h"
#include "gui/units.h"
#include "gui/widgets/memory_bar.h"
#include "gui/widgets/plot_view.h"

#include <QFrame>
#include <QLabel>
#include <QLocale>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <limits>

namespace gui
{
namespace
{

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr double kLeastWatts = 10; ///< at the top of an axis
constexpr std::array kOwners = {MemoryOwner::Weights, MemoryOwner::States, MemoryOwner::Workspace,
                                MemoryOwner::Cache,   MemoryOwner::Other,  MemoryOwner::Free};

std::vector<PlotView::Series> ownerSeries()
{
    std::vector<PlotView::Series> all;
    for (const MemoryOwner owner : kOwners)
        all.push_back({ownerText(owner), [owner] { return ownerColor(owner); }});
    return all;
}

PlotView::Series colored(const QString &name, std::size_t color, bool isOnRight)
{
    return {name, [color] { return tokens().series[color]; }, isOnRight};
}

QWidget *cardOf(QWidget *content, QWidget *parent)
{
    auto *frame = new QFrame(parent);
    frame->setProperty("card", true);
    auto *fill = new QVBoxLayout(frame);
    fill->setContentsMargins(1, 1, 1, 1);
    fill->addWidget(content);
    return frame;
}

const DeviceSample *deviceIn(const Metrics::Sample &sample, const std::string &id)
{
    const auto found = std::find_if(sample.devices.begin(), sample.devices.end(),
                                    [&](const DeviceSample &d) { return d.memory.device == id; });
    return found == sample.devices.end() ? nullptr : &*found;
}

double bytesOf(const DeviceSample *sample, MemoryOwner owner)
{
    if (!sample) return 0;
    for (const MemoryPart &part : partsOf(sample->memory)) {
        if (part.owner == owner) return double(part.bytes);
    }
    return 0;
}

} // namespace

QString deviceText(const std::string &id)
{
    return id == "cpu" ? DevicePlots::tr("Processor") : QString::fromStdString(id);
}

DevicePlots::DevicePlots(const std::string &id, QWidget *parent)
    : QWidget(parent)
    , m_id(id)
    , m_memory(new PlotView(
          tr("Memory"), PlotView::Style::Stacked, ownerSeries(),
          [](double value) { return axisBytesText(std::uint64_t(value)); }, this))
    , m_activity(new PlotView(
          tr("Activity", "how busy a device is"), PlotView::Style::Lines,
          {colored(tr("Utilisation"), 0, false), colored(tr("Power"), 4, true)},
          [](double value) { return percentText(std::uint64_t(value), 100); }, this))
    , m_problem(new QLabel(this))
{
    const QString name = QString::fromStdString(id);
    setObjectName(QStringLiteral("monitor.device.") + name);
    m_memory->setObjectName(QStringLiteral("monitor.memory.") + name);
    m_activity->setObjectName(QStringLiteral("monitor.activity.") + name);
    m_activity->setCapacity(100);
    m_problem->setObjectName(QStringLiteral("monitor.problem.") + name);
    m_problem->setProperty("dim", true);
    m_problem->setWordWrap(true);
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setContentsMargins(14, 0, 14, 0);
    m_problem->hide();
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(10);
    m_activityCard = cardOf(m_activity, this);
    column->addWidget(cardOf(m_memory, this), 4);
    column->addWidget(m_activityCard, 3);
    column->addWidget(m_problem);
    setDescription({});
}

void DevicePlots::setDescription(const QString &description)
{
    QString name = deviceText(m_id);
    if (!description.isEmpty()) name += QStringLiteral(" · ") + description;
    m_memory->setTitle(tr("Memory"), name);
    m_activity->setTitle(tr("Activity", "how busy a device is"), name);
}

void DevicePlots::setSpan(double seconds)
{
    m_memory->setSpan(seconds);
    m_activity->setSpan(seconds);
}

void DevicePlots::showSamples(const std::deque<Metrics::Sample> &samples, std::size_t first,
                              const QString &problem)
{
    std::vector<double> times;
    std::vector<const DeviceSample *> mine;
    for (std::size_t i = first; i < samples.size(); ++i) {
        times.push_back(samples[i].seconds);
        mine.push_back(deviceIn(samples[i], m_id));
    }
    showMemory(times, mine);
    showActivity(times, mine);
    const bool isTold = std::any_of(mine.begin(), mine.end(), [](const DeviceSample *s) {
        return s && (s->busyPercent || s->watts || s->celsius);
    });
    m_activityCard->setVisible(isTold);
    m_problem->setText(
        tr("%1: utilisation and power are not known. %2").arg(deviceText(m_id), problem).trimmed());
    m_problem->setVisible(!isTold && !problem.isEmpty());
}

void DevicePlots::showMemory(const std::vector<double> &times,
                             const std::vector<const DeviceSample *> &samples)
{
    std::vector<std::vector<double>> values(kOwners.size());
    for (std::size_t owner = 0; owner < kOwners.size(); ++owner)
        for (const DeviceSample *sample : samples)
            values[owner].push_back(bytesOf(sample, kOwners[owner]));
    const engine::MemoryUse now =
        samples.empty() || !samples.back() ? engine::MemoryUse() : samples.back()->memory;
    m_memory->setCapacity(double(now.total), 1e6);
    m_memory->setData(times, values);
    const std::size_t used = now.total - std::min(now.free, now.total);
    const std::size_t ours = now.needed() + now.cache;
    const QString figure = now.total > 0 ? bytesOfText(used, now.total) : QString();
    m_memory->setSummary(figure, tr("%1: %2 in use; %3 of it by Rookery.")
                                     .arg(deviceText(m_id), figure, bytesText(std::uint64_t(ours))));
}

void DevicePlots::showActivity(const std::vector<double> &times,
                               const std::vector<const DeviceSample *> &samples)
{
    std::vector<std::vector<double>> values(2);
    double most = 0;
    for (const DeviceSample *sample : samples) {
        values[0].push_back(sample && sample->busyPercent ? double(*sample->busyPercent) : kUnknown);
        values[1].push_back(sample && sample->watts ? *sample->watts : kUnknown);
        if (sample && sample->mostWatts) most = *sample->mostWatts;
    }
    m_activity->setRight([](double value) { return wattsText(value); }, most, kLeastWatts);
    m_activity->setData(times, values);
    QStringList figures, spoken;
    const DeviceSample now = samples.empty() || !samples.back() ? DeviceSample() : *samples.back();
    if (now.busyPercent) {
        figures += percentText(std::uint64_t(*now.busyPercent), 100);
        spoken += tr("%1 busy", "70 % busy").arg(figures.last());
    }
    if (now.watts) {
        figures += wattsText(*now.watts);
        spoken += now.mostWatts ? tr("%1 of %2", "power").arg(figures.last(), wattsText(*now.mostWatts))
                                : figures.last();
    }
    if (now.celsius) {
        figures += tr("%1 °C").arg(QLocale().toString(*now.celsius));
        spoken += figures.last();
    }
    m_activity->setSummary(figures.join(QStringLiteral(" · ")),
                           deviceText(m_id) + QStringLiteral(": ") + spoken.join(QStringLiteral(", ")));
}

} // namespace gui
