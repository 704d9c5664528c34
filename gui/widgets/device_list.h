#pragma once

#include <QWidget>

class QLabel;
class QToolButton;
class QVBoxLayout;

namespace engine
{
struct DeviceSummary;
}

namespace gui
{

class DeviceWatch;

/// The devices of this machine, one below the other: what each is, the memory that is free, or why it cannot
/// be used. Looked up when it is first seen. Thread: GUI.
class DeviceList final : public QWidget
{
    Q_OBJECT

public:
    explicit DeviceList(DeviceWatch &devices, QWidget *parent = nullptr);

protected:
    void showEvent(QShowEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void refresh();

    DeviceWatch &m_devices;
    QVBoxLayout *m_rows;
    QToolButton *m_again;
};

/// "8 threads · avx2 · 9.66 GB of 17.2 GB free", or why it cannot be used.
QString deviceDetail(const engine::DeviceSummary &device);

} // namespace gui
