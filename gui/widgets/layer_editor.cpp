#include "gui/widgets/layer_editor.h"
#include "gui/theme.h"
#include "gui/widgets/device_choice.h"
#include "gui/widgets/layer_bar.h"

#include "engine/engine.h"

#include <QComboBox>
#include <QEvent>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QSignalBlocker>
#include <QStringList>
#include <QVBoxLayout>

#include <algorithm>

namespace gui
{
namespace
{

using engine::StrategyPlan;

constexpr std::array<std::string StrategyPlan::*, 4> kRoles = {
    &StrategyPlan::head, &StrategyPlan::embedding, &StrategyPlan::factors, &StrategyPlan::channelMix};
constexpr std::size_t kEmbedding = 1;

bool isHigh(const std::string &format) { return format == "fp32" || format == "fp16" || format == "bf16"; }

void fillFormats(QComboBox *box, bool onlyHigh)
{
    for (const std::string &format : engine::listFormats())
        if (!onlyHigh || isHigh(format))
            box->addItem(QString::fromStdString(format), QString::fromStdString(format));
}

} // namespace

LayerEditor::LayerEditor(QWidget *parent)
    : QWidget(parent)
    , m_bar(new LayerBar(this))
    , m_legend(new QLabel(this))
    , m_range(new QLabel(this))
    , m_format(new QComboBox(this))
    , m_device(new DeviceChoice(this))
{
    build();
    connect(m_bar, &LayerBar::selectionChanged, this, &LayerEditor::showSelection);
    connect(m_bar, &LayerBar::formatKeyPressed, this, [this](int index) {
        if (index < m_format->count()) paint({}, m_format->itemData(index).toString());
    });
    connect(m_format, &QComboBox::activated, this, [this] { paint({}, m_format->currentData().toString()); });
    connect(m_device, &DeviceChoice::deviceChosen, this,
            [this](const QString &device) { paint(device, {}); });
    for (QComboBox *role : m_roles)
        connect(role, &QComboBox::activated, this, &LayerEditor::setRoles);
}

void LayerEditor::build()
{
    m_bar->setObjectName(QStringLiteral("models.layers.bar"));
    m_bar->setToolTip(
        tr("Select layers with the mouse or with arrow keys and Shift; the last cell is the head."));
    m_legend->setTextFormat(Qt::RichText);
    m_legend->setWordWrap(true);
    m_range->setObjectName(QStringLiteral("models.layers.range"));
    m_format->setObjectName(QStringLiteral("models.layers.format"));
    m_format->setAccessibleName(tr("Precision of the selected layers"));
    m_format->setToolTip(tr("Precision of the selected layers; the keys 1 to 9 choose it in the bar."));
    m_format->setPlaceholderText(tr("several"));
    fillFormats(m_format, false);
    m_device->setObjectName(QStringLiteral("models.layers.device"));
    m_device->setAccessibleName(tr("Device of the selected layers"));
    m_device->setToolTip(m_device->accessibleName());

    auto *line = new QHBoxLayout;
    line->addWidget(m_range, 1);
    line->addWidget(m_device);
    line->addWidget(m_format);
    m_controls = new QWidget(this);
    auto *inner = new QVBoxLayout(m_controls);
    inner->setContentsMargins(0, 0, 0, 0);
    inner->setSpacing(8);
    inner->addLayout(line);
    inner->addWidget(buildRoles());
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addWidget(m_bar);
    column->addWidget(m_legend);
    column->addWidget(m_controls);
}

QWidget *LayerEditor::buildRoles()
{
    const QString names[] = {tr("Head"), tr("Embedding"), tr("Low-rank factors"), tr("Channel mix")};
    auto *box = new QWidget(this);
    auto *form = new QFormLayout(box);
    form->setContentsMargins(0, 0, 0, 0);
    form->setVerticalSpacing(6);
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    for (std::size_t i = 0; i < m_roles.size(); ++i) {
        auto *role = m_roles[i] = new QComboBox(box);
        role->setObjectName(QStringLiteral("models.layers.role.%1").arg(i));
        role->addItem(tr("Automatic"), QString());
        fillFormats(role, i == kEmbedding);
        role->setAccessibleName(names[i]);
        role->setToolTip(
            tr("Precision of this part in the whole model; automatic keeps small but sensitive parts in 16 "
               "bits or more."));
        form->addRow(names[i], role);
    }
    return box;
}

void LayerEditor::setModel(const engine::ModelInfo &info)
{
    m_info.layers = info.layers;
    m_info.format = info.format;
    setStrategy(m_text);
}

void LayerEditor::setStrategy(const QString &text)
{
    m_text = text;
    try {
        m_plan = engine::planStrategy(text.toStdString(), m_info);
    } catch (const engine::Error &) { // the forecast says where it is wrong
        m_plan = {};
    }
    showPlan();
}

QString LayerEditor::onlyFormat() const
{
    if (m_plan.items.empty()) return {};
    const engine::LayerPlace &first = m_plan.items.front();
    const auto isSame = [&](const engine::LayerPlace &place) { return place == first && !place.streamed; };
    const bool isOne = std::all_of(m_plan.items.begin(), m_plan.items.end(), isSame);
    const bool noRole =
        std::all_of(kRoles.begin(), kRoles.end(), [&](auto role) { return (m_plan.*role).empty(); });
    return isOne && noRole ? QString::fromStdString(first.format) : QString();
}

QString LayerEditor::onlyDevice() const
{
    if (m_plan.items.empty()) return {};
    const std::string &first = m_plan.items.front().device;
    const bool isOne = std::all_of(m_plan.items.begin(), m_plan.items.end(),
                                   [&](const engine::LayerPlace &place) { return place.device == first; });
    return isOne ? QString::fromStdString(first) : QString();
}

void LayerEditor::setDevices(const std::vector<engine::DeviceSummary> &devices)
{
    m_devices = devices;
    showPlan();
}

void LayerEditor::showPlan()
{
    m_bar->setItems(m_plan.items);
    m_controls->setEnabled(isValid());
    m_bar->setVisible(isValid());
    m_device->setDevices(m_devices);
    for (const engine::LayerPlace &place : m_plan.items)
        m_device->showDevice(QString::fromStdString(place.device)); // others than there are, too
    m_device->setVisible(m_device->count() > 1);
    for (std::size_t i = 0; i < m_roles.size(); ++i)
        m_roles[i]->setCurrentIndex(m_roles[i]->findData(QString::fromStdString(m_plan.*kRoles[i])));
    updateLegend();
    showSelection();
}

void LayerEditor::updateLegend()
{
    if (!isValid()) {
        m_legend->setText(tr("Layers are shown when the strategy has no error."));
        return;
    }
    QStringList seen, parts;
    for (const engine::LayerPlace &place : m_plan.items) {
        const QString format = QString::fromStdString(place.format);
        if (seen.contains(format)) continue;
        seen << format;
        parts << QStringLiteral("<span style='color:%1'>■</span> %2")
                     .arg(formatColor(place.format).name(), format);
    }
    m_legend->setText(parts.join(QStringLiteral("&nbsp;&nbsp; ")));
}

void LayerEditor::showSelection()
{
    if (!isValid()) return;
    const auto [first, last] = m_bar->selection();
    const int head = int(m_plan.items.size()) - 1;
    const QLocale locale;
    if (first == 0 && last == head)
        m_range->setText(tr("All layers and the head"));
    else if (first == head)
        m_range->setText(tr("Head"));
    else if (first == last)
        m_range->setText(tr("Layer %1").arg(locale.toString(first)));
    else if (last == head)
        m_range->setText(tr("Layers from %1, and the head").arg(locale.toString(first)));
    else
        m_range->setText(tr("Layers %1 to %2").arg(locale.toString(first), locale.toString(last)));
    const engine::LayerPlace &one = m_plan.items[std::size_t(first)];
    bool sameFormat = true, sameDevice = true;
    for (int item = first; item <= last; ++item) {
        sameFormat = sameFormat && m_plan.items[std::size_t(item)].format == one.format;
        sameDevice = sameDevice && m_plan.items[std::size_t(item)].device == one.device;
    }
    m_format->setCurrentIndex(sameFormat ? m_format->findData(QString::fromStdString(one.format)) : -1);
    m_device->showDevice(sameDevice ? QString::fromStdString(one.device) : QString());
}

/// An empty device or format stays as it is. What is painted stays on its device.
void LayerEditor::paint(const QString &device, const QString &format)
{
    if (!isValid()) return;
    const auto [first, last] = m_bar->selection();
    for (int item = first; item <= last; ++item) {
        engine::LayerPlace &place = m_plan.items[std::size_t(item)];
        if (!device.isEmpty()) place.device = device.toStdString();
        if (!format.isEmpty()) place.format = format.toStdString();
        place.streamed = false;
    }
    tell();
}

void LayerEditor::setRoles()
{
    if (!isValid()) return;
    for (std::size_t i = 0; i < m_roles.size(); ++i)
        m_plan.*kRoles[i] = m_roles[i]->currentData().toString().toStdString();
    tell();
}

void LayerEditor::tell()
{
    try {
        Q_EMIT strategyEdited(QString::fromStdString(engine::strategyText(m_plan)));
    } catch (const engine::Error &) { // no strategy says that: back to what the text says
        setStrategy(m_text);
    }
}

void LayerEditor::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_controls) updateLegend();
}

} // namespace gui
