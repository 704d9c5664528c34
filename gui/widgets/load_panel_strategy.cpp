// Device, precision and layers of the load panel, which are three views of the strategy's text.
#include "gui/widgets/device_choice.h"
#include "gui/widgets/layer_editor.h"
#include "gui/widgets/load_panel.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/strategy_edit.h"

#include "engine/engine.h"

#include <QSignalBlocker>

namespace gui
{

/// Everything in one format, where the model begins now; an unreadable strategy gives way.
void LoadPanel::choosePrecision()
{
    if (m_precision->currentIndex() < 0) return;
    const QString device = m_layers->isValid() ? QString::fromStdString(m_layers->plan().items.front().device)
                                               : QString::fromStdString(engine::LoadSpec().strategy);
    const QString format = m_precision->currentData().toString();
    m_strategy->setText(format.isEmpty() ? device : device + QLatin1Char(' ') + format);
}

/// Everything on one device, in the format that the choice of precision says.
void LoadPanel::chooseDevice(const QString &device)
{
    const QString format =
        m_precision->currentIndex() < 0 ? QString() : m_precision->currentData().toString();
    m_strategy->setText(format.isEmpty() ? device : device + QLatin1Char(' ') + format);
}

void LoadPanel::setDevices(const std::vector<engine::DeviceSummary> &devices)
{
    m_device->setDevices(devices);
    m_layers->setDevices(devices);
    showPrecision();
}

/// Precision and layers follow what is written, where it can be read.
void LoadPanel::followStrategy()
{
    const QString text = m_strategy->text().simplified();
    m_layers->setStrategy(text.isEmpty() ? QString::fromStdString(engine::LoadSpec().strategy) : text);
    showPrecision();
    m_message->dismiss(); // whatever it said was about another strategy
    updateLoadable();
    Q_EMIT specChanged();
}

void LoadPanel::showPrecision()
{
    const QSignalBlocker blocker(m_precision);
    m_device->showDevice(m_layers->onlyDevice());
    const QString only = m_layers->onlyFormat();
    const bool isFiles = !only.isEmpty() && only == m_fileFormat;
    m_precision->setCurrentIndex(isFiles ? 0 : only.isEmpty() ? -1 : m_precision->findData(only));
}

} // namespace gui
