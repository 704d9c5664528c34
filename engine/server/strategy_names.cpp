#include "engine/server/strategy_names.h"

#include <array>
#include <utility>

namespace server
{

std::string strategyOf(const std::string &name, const std::string &base)
{
    if (name.empty() || name == "None") return base;
    // In RWKV-Infer nf4 means groups of 4 bits with a scale, which are our int4.
    static constexpr std::array<std::pair<const char *, const char *>, 14> kNames = {
        {{"bf16", "bf16"},
         {"fp16", "fp16"},
         {"fp32", "fp32"},
         {"int8", "int8"},
         {"fp16i8", "int8"},
         {"bf16i8", "int8"},
         {"fp8", "fp8"},
         {"fp6", "fp6"},
         {"fp5", "fp5"},
         {"fp5c", "fp5"},
         {"fp5x", "fp5"},
         {"nf4", "int4"},
         {"int4", "int4"},
         {"attn_int8_ffn_int4", "int8 ffn=int4"}}};
    const std::string device = base.substr(0, base.find(' '));
    for (const auto &[theirs, ours] : kNames)
        if (name == theirs) return device + ' ' + ours;
    return name;
}

} // namespace server
