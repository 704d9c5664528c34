#pragma once

#include "engine/device_set.h"
#include "engine/events.h"
#include "engine/models/model.h"
#include "engine/options.h"

#include <cstddef>
#include <string>
#include <vector>

namespace engine
{

class WeightStore;

/// Which memory a model takes on its devices, and how many sequences it can run at once.
struct MemoryPlan {
    struct OnDevice {
        MemoryUse use;
        bool isHost = false; ///< its memory is the processor's, which several devices may share
    };
    std::vector<OnDevice> devices; ///< as in the DeviceSet
    int slots = 0;
    int logitRows = 0; ///< rows with logits a step

    /// All devices as one: what they need in sum, and what they have.
    MemoryUse whole() const;
    /// Bytes that are missing on the device that lacks most; 0 if everything fits.
    std::size_t missing() const;
};

/// From a store that has planned the model (every tensor asked for). `cacheBytes` is the budget of the prefix
/// cache. Throws Error(BadRequest) for an impossible number of slots.
MemoryPlan planMemory(const Family &family, const WeightStore &planned, const DeviceSet &devices,
                      int requestedSlots, std::size_t cacheBytes);

/// Sequences at once if the user does not say: the largest power of two up to 256 whose states and logits
/// (`bytes` for each sequence) fit into an eighth of the memory that the weights leave; at least 1. Powers of
/// two keep the number the same when free memory changes a little between a forecast and the load.
int defaultSlots(std::size_t bytes, std::size_t freeBytes);

/// What could be done if `plan` needs more than is free, the cheapest first; empty if it fits.
std::vector<MemoryFix> cheapestFixes(const MemoryPlan &plan, const Family &family, const WeightStore &planned,
                                     const DeviceSet &devices);

/// Throws Error(OutOfMemory) naming bytes needed and free, with the fixes as sentences in its detail, if
/// `plan` does not fit.
void requireFit(const MemoryPlan &plan, const std::vector<MemoryFix> &fixes);

} // namespace engine
