#pragma once

#include "engine/engine.h"

#include <QComboBox>

#include <vector>

namespace gui
{

/// The devices as a choice: those that cannot be used are there too, greyed, with the reason. Thread: GUI.
class DeviceChoice final : public QComboBox
{
    Q_OBJECT

public:
    explicit DeviceChoice(QWidget *parent = nullptr);

    /// What there is; the processor is always there.
    void setDevices(const std::vector<engine::DeviceSummary> &devices);
    /// Shows a device, also one that is not there; empty: several.
    void showDevice(const QString &id);
    QString device() const { return currentData().toString(); }

Q_SIGNALS:
    void deviceChosen(const QString &id); ///< by the user

private:
    int add(const QString &id, const QString &text);
};

} // namespace gui
