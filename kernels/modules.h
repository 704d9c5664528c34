#pragma once

#include "kernels/device.h"

#include <memory>
#include <string>
#include <vector>

namespace kernels
{

/// Cards of every module, usable or not; of a module that is missing one entry that says so. The emulator is
/// among them only where the environment variable ROOKERY_EMULATOR is set.
std::vector<DeviceInfo> listModuleDevices();

/// A card, and where it is: "cuda:0" at "0000:c1:00.0"; empty if its module does not know.
struct CardPlace {
    std::string id, address;
};
/// Of every card of listModuleDevices that can be used. Wakes no card.
std::vector<CardPlace> cardPlaces();

/// Opens "cuda:0", "hip:1", "emulator:0" ... from its module, which is loaded when it is first wanted and
/// then stays. nullptr and a reason when it cannot.
std::unique_ptr<Device> openModuleDevice(const std::string &id, const DeviceOptions &options,
                                         std::string *reason);

/// True for the ids that openModuleDevice knows: a module's name, ":" and a number.
bool isModuleDevice(const std::string &id);

} // namespace kernels
