#pragma once

#include "engine/events.h"
#include "engine/options.h"

#include <functional>
#include <stop_token>

namespace engine
{

/// Measures a model by itself: own device, no scheduler, so that figures can be set against the machine's
/// limits. The terminal event's `job` is left 0. Throws Error; LoadCancelled when stopped. Thread: a job.
event::BenchFinished runBench(const BenchSpec &spec, const EngineOptions &options,
                              const std::function<void(const BenchResult &)> &progress, std::stop_token stop);

} // namespace engine
