#pragma once

#include "engine/placement.h"
#include "kernels/device.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace engine
{

/// The opened devices of a placement, each once, in the order of its items. Ownership: owns them.
class DeviceSet final
{
public:
    void add(const std::string &id, std::unique_ptr<kernels::Device> device)
    {
        m_ids.push_back(id);
        m_devices.push_back(std::move(device));
    }
    std::size_t size() const { return m_devices.size(); }
    kernels::Device &operator[](std::size_t i) const { return *m_devices[i]; }
    const std::string &id(std::size_t i) const { return m_ids[i]; }
    /// Index of the device that a strategy calls `id`; it must be there.
    std::size_t indexOf(const std::string &id) const
    {
        std::size_t i = 0;
        while (m_ids[i] != id)
            ++i;
        return i;
    }
    /// The device of every item of the placement, whose devices must all be there.
    std::vector<kernels::Device *> ofItems(const Placement &placement) const
    {
        std::vector<kernels::Device *> devices;
        for (int item = 0; item <= placement.layers(); ++item)
            devices.push_back(m_devices[indexOf(placement.layer(item).device)].get());
        return devices;
    }

private:
    std::vector<std::string> m_ids;
    std::vector<std::unique_ptr<kernels::Device>> m_devices;
};

} // namespace engine
