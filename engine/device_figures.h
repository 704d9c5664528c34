#pragma once

#include "engine/events.h"

#include <vector>

namespace engine
{

/// What drivers tell of every card that can be used; wakes no card. Some milliseconds. Thread-safe.
std::vector<DeviceFigures> readDeviceFigures();

} // namespace engine
