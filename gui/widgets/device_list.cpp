#include "gui/widgets/device_list.h"
#include "gui/device_watch.h"
#include "gui/theme.h"
#include "gui/units.h"
#include "gui/widgets/device_plots.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QPalette>
#include <QStringList>
#include <QToolButton>
#include <QVBoxLayout>

namespace gui
{
namespace
{

QLabel *plainLabel(const QString &text, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    return label;
}

} // namespace

QString deviceDetail(const engine::DeviceSummary &device)
{
    if (!device.usable) return QString::fromStdString(device.reason);
    QStringList parts;
    if (device.id == "cpu") parts += DeviceList::tr("%n thread(s)", nullptr, device.threads);
    if (!device.kernels.empty()) parts += QString::fromStdString(device.kernels);
    if (device.totalBytes > 0)
        parts += DeviceList::tr("%1 of %2 free", "memory")
                     .arg(bytesText(device.freeBytes), bytesText(device.totalBytes));
    return parts.join(QStringLiteral(" · "));
}

DeviceList::DeviceList(DeviceWatch &devices, QWidget *parent)
    : QWidget(parent)
    , m_devices(devices)
    , m_rows(new QVBoxLayout)
    , m_again(new QToolButton(this))
{
    setObjectName(QStringLiteral("devices"));
    setAccessibleName(tr("Devices"));
    m_rows->setSpacing(10);
    m_again->setObjectName(QStringLiteral("devices.again"));
    m_again->setIcon(icon(QStringLiteral("refresh")));
    m_again->setToolTip(tr("Look again what there is"));
    m_again->setAccessibleName(m_again->toolTip());
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(14, 10, 10, 10);
    grid->addLayout(m_rows, 0, 0);
    grid->addWidget(m_again, 0, 1, Qt::AlignTop);
    grid->setColumnStretch(0, 1);
    connect(m_again, &QToolButton::clicked, this, [this] {
        m_devices.list();
        refresh();
    });
    connect(&m_devices, &DeviceWatch::listed, this, &DeviceList::refresh);
    refresh();
}

void DeviceList::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_devices.listOnce();
    refresh();
}

void DeviceList::refresh()
{
    m_again->setEnabled(!m_devices.isListing());
    qDeleteAll(findChildren<QWidget *>(QStringLiteral("devices.row"), Qt::FindDirectChildrenOnly));
    if (m_devices.devices().empty()) {
        auto *note = plainLabel(m_devices.isListing() ? tr("Looking…") : QString(), this);
        note->setObjectName(QStringLiteral("devices.row"));
        note->setProperty("dim", true);
        m_rows->addWidget(note);
        return;
    }
    for (const engine::DeviceSummary &device : m_devices.devices()) {
        auto *row = new QWidget(this);
        row->setObjectName(QStringLiteral("devices.row"));
        QString name = deviceText(device.id);
        if (!device.description.empty())
            name += QStringLiteral(" · ") + QString::fromStdString(device.description);
        auto *detail = plainLabel(
            device.usable ? deviceDetail(device) : tr("Cannot be used: %1").arg(deviceDetail(device)), row);
        if (device.usable) {
            detail->setProperty("dim", true);
        } else {
            QPalette colors = palette();
            colors.setColor(QPalette::WindowText, tokens().warning);
            detail->setPalette(colors);
        }
        auto *column = new QVBoxLayout(row);
        column->setContentsMargins(0, 0, 0, 0);
        column->setSpacing(2);
        column->addWidget(
            plainLabel((device.usable ? QStringLiteral("● ") : QStringLiteral("⚠ ")) + name, row));
        column->addWidget(detail);
        m_rows->addWidget(row);
    }
}

void DeviceList::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && isVisible()) refresh();
}

} // namespace gui
