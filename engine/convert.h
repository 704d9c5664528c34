#pragma once

#include "engine/options.h"

#include <cstdint>
#include <functional>
#include <stop_token>

namespace engine
{

struct Converted {
    std::uint64_t bytes = 0; ///< of the output
    int tensors = 0;
};

/// Writes `spec.input` as `spec.output`, through a temporary file beside it. `progress` is told the bytes of
/// tensors written and to be written. Memory: some MiB, and the largest tensor that has to be turned.
/// Thread: a job. Throws Error: BadRequest (a type or ending that does not exist, or that the model cannot
/// have), CannotWrite (exists, no room, no permission), TokenizerMissing (.gguf without a vocabulary),
/// UnsupportedModel, and what reading throws; LoadCancelled when stopped.
Converted convertModel(const ConvertSpec &spec, const EngineOptions &options,
                       const std::function<void(std::uint64_t done, std::uint64_t total)> &progress,
                       std::stop_token stop);

} // namespace engine
