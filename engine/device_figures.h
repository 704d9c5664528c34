#pragma once

#include "engine/events.h"

#include <vector>

namespace engine
{

/// What drivers tell of every card that can be used; wakes no card. Some milliseconds. Thread-safe.
std::vector<DeviceFigures> readDeviceFigures();
/// The same behind what the system tells of the processor, which is called "cpu".
std::vector<DeviceFigures> readAllFigures();

} // namespace engine
