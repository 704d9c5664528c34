#include "engine/error.h"
#include "engine/models/model.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace engine
{

extern const Family kRwkv7;

namespace
{

const std::array<const Family *, 1> kFamilies = {&kRwkv7};

bool anyName(const TensorFile &file, std::string_view part)
{
    return std::any_of(file.tensors().begin(), file.tensors().end(),
                       [&](const TensorEntry &entry) { return entry.name.find(part) != std::string::npos; });
}

bool anyDecayPerChannel(const TensorFile &file)
{
    return std::any_of(file.tensors().begin(), file.tensors().end(), [](const TensorEntry &entry) {
        return entry.name.find("att.time_decay") != std::string::npos && entry.shape.size() > 1 &&
               entry.shape[1] > 1;
    });
}

/// What the names say the file is, in the order of rwkv-math-and-formats §8; empty if they say nothing.
std::string describe(const TensorFile &file)
{
    const auto has = [&](std::string_view part) { return anyName(file, part); };
    if (has(".qkv.kk.weight") || has(".qkv.kkup.weight"))
        return "an RWKV-8 hybrid model (release candidate 00)";
    if (has(".qkv.k_emb.weight")) return "an RWKV-7b model (deep embeddings and attention)";
    if (has("ffn.s_emb.weight")) return "an RWKV-7a model (deep embeddings)";
    if (has("ffn.enn.weight")) return "an RWKV-8 model (release candidate 00)";
    if (has("rosa")) return "an RWKV-8 ROSA research model";
    if (has("self_attn.q_proj") && (has("self_attn.k0") || has("self_attn.w0")))
        return "an HRWKV hybrid model";
    if (has("lora_A") || has("lora_B") || has(".bone"))
        return "an adapter, not a whole model: merge it first";
    if (has("time_state") && !file.find("emb.weight")) return "a file of initial states, not a model";
    if (has("attn.w_lora.") || has("attn.r_proj"))
        return "an RWKV-7 model in the layout of flash-linear-attention";
    if (has("time_maa_rkvw_w1")) return "an RWKV-6b model";
    if (has("time_maa") && has("gate_w1")) return "an RWKV-6a model";
    if (has("time_maa")) return "an RWKV-6 model";
    if (has("ln_x") && anyDecayPerChannel(file)) return "an RWKV-5.2 model";
    if (has("ln_x") && has("att.gate.weight")) return "an RWKV-5.1 model";
    if (has("ln_x") && has("att.time_decay")) return "an RWKV-5 model";
    if (has("att.time_decay") && has("att.time_first")) return "an RWKV-4 model";
    if (has("self_attn.q_proj") || has("attention.wq")) return "a transformer";
    return {};
}

} // namespace

const Family *findFamily(const TensorFile &file)
{
    const auto found = std::find_if(kFamilies.begin(), kFamilies.end(),
                                    [&](const Family *family) { return family->accepts(file); });
    return found == kFamilies.end() ? nullptr : *found;
}

const Family &requireFamily(const TensorFile &file)
{
    if (const Family *family = findFamily(file)) return *family;
    const std::string kind = describe(file);
    if (!kind.empty())
        throw Error(ErrorCode::UnsupportedModel, "This is " + kind + "; this version runs RWKV-7.");
    const std::string found =
        file.tensors().empty() ? "no tensors" : "names such as '" + file.tensors().front().name + "'";
    throw Error(ErrorCode::UnsupportedModel,
                "Expected the tensors of an RWKV-7 model ('emb.weight', 'blocks.0.att.r_k', ...), found " +
                    found + ".");
}

} // namespace engine
