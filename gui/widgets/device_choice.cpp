#include "gui/widgets/device_choice.h"
#include "gui/widgets/device_list.h"
#include "gui/widgets/device_plots.h"

#include <QSignalBlocker>
#include <QStandardItemModel>

namespace gui
{

DeviceChoice::DeviceChoice(QWidget *parent)
    : QComboBox(parent)
{
    setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    setMinimumContentsLength(10);
    setPlaceholderText(tr("several", "devices"));
    setDevices({});
    connect(this, &QComboBox::activated, this, [this] { Q_EMIT deviceChosen(device()); });
}

int DeviceChoice::add(const QString &id, const QString &text)
{
    addItem(text, id);
    return count() - 1;
}

void DeviceChoice::setDevices(const std::vector<engine::DeviceSummary> &devices)
{
    const QSignalBlocker quiet(this);
    const QString shown = device();
    clear();
    for (const engine::DeviceSummary &one : devices) {
        const QString id = QString::fromStdString(one.id);
        QString text = deviceText(one.id);
        if (one.id != "cpu" && !one.description.empty())
            text += QStringLiteral(" · ") + QString::fromStdString(one.description);
        const int row = add(id, text);
        setItemData(row, deviceDetail(one), Qt::ToolTipRole);
        if (one.usable) continue;
        static_cast<QStandardItemModel *>(model())->item(row)->setEnabled(false);
    }
    if (findData(QStringLiteral("cpu")) < 0) insertItem(0, deviceText("cpu"), QStringLiteral("cpu"));
    showDevice(shown.isEmpty() ? QStringLiteral("cpu") : shown);
}

void DeviceChoice::showDevice(const QString &id)
{
    const QSignalBlocker quiet(this);
    if (id.isEmpty()) return setCurrentIndex(-1);
    int row = findData(id);
    if (row < 0) row = findData(id + QStringLiteral(":0")); // "cuda" is the first of them
    setCurrentIndex(row >= 0 ? row : add(id, id));
}

} // namespace gui
