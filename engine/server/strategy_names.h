#pragma once

#include <string>

namespace server
{

/// RWKV-Infer's model_strategy as a strategy of the engine on the device of `base` ("cpu", "cuda fp16"): ""
/// and "None" give `base` itself, its names (fp16, int8, fp8, fp6, fp5, nf4, attn_int8_ffn_int4, ...) the
/// formats that they mean, anything else is taken as a strategy of the engine's own.
std::string strategyOf(const std::string &name, const std::string &base);

} // namespace server
