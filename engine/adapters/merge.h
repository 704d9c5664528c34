#pragma once

#include "engine/adapters/adapter_file.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace engine
{
class WeightStore;
}

namespace engine::adapters
{

/// Adapters in the order in which they change the weights.
using Stack = std::vector<std::shared_ptr<const AdapterFile>>; ///< shared by jobs and the runner

/// Checks every tensor of the adapter against the model: names, shapes, numbers. Throws Error(BadModel)
/// naming what does not fit.
void check(const WeightStore &store, const AdapterFile &adapter);

/// Makes the weights of a loaded model those of the file with the adapters of `next`: every tensor that
/// `now` or `next` changes is read anew, changed in float64 and packed into the same memory, so that an empty
/// `next` gives the bits that loading gave. Throws Error(BadModel, BadFile) with the weights of `now`; if
/// even those cannot be had any more (the model's file is damaged), Error(BadFile) with `isLost` set.
void change(WeightStore &store, const Stack &now, const Stack &next, bool &isLost);

/// What a user should know about an adapter that is used, in sentences.
std::vector<std::string> warnings(const AdapterFile &adapter);

/// `base` for no adapters, else a fingerprint of the changed weights.
std::string fingerprint(const std::string &base, const Stack &stack);

} // namespace engine::adapters
