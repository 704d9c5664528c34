#pragma once

#include "engine/events.h"
#include "engine/options.h"

#include <functional>
#include <stop_token>

namespace engine
{

/// How much a strategy changes what a model predicts: reads a text with the model under the strategy and
/// under a reference of high precision, side by side, and compares the distributions of every next token.
/// Each text of the file begins with an empty state; its first token is not predicted. The terminal event's
/// `job` is left 0. `progress(done, total)` counts tokens. Throws Error; LoadCancelled when stopped. Thread:
/// a job.
event::QualityMeasured measureQuality(const QualitySpec &spec, const EngineOptions &options,
                                      const std::function<void(std::uint64_t, std::uint64_t)> &progress,
                                      std::stop_token stop);

} // namespace engine
