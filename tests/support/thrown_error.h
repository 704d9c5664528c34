#pragma once

#include "engine/error.h"

namespace support
{

/// The engine::Error that `action` throws; one with code None if it throws none. Other exceptions pass
/// through.
template <typename Action>
engine::Error errorOf(Action &&action)
{
    try {
        action();
    } catch (const engine::Error &error) {
        return error;
    }
    return {};
}

} // namespace support
