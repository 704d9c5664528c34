#include "engine/error.h"
#include "engine/models/model.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace engine
{

extern const Family kRwkv4, kRwkv50, kRwkv51, kRwkv52, kRwkv6, kRwkv7, kRwkv7a, kRwkvHybrid, kQrwkv6;

namespace
{

constexpr std::array<const Family *, 9> kFamilies = {&kRwkvHybrid, &kQrwkv6, &kRwkv4, &kRwkv50, &kRwkv51,
                                                     &kRwkv52,     &kRwkv6,  &kRwkv7, &kRwkv7a};

bool anyName(const TensorFile &file, std::string_view part)
{
    return std::any_of(file.tensors().begin(), file.tensors().end(),
                       [&](const TensorEntry &entry) { return entry.name.find(part) != std::string::npos; });
}

/// A kind of file that no family runs, and what in a tensor's name gives it away.
struct Variant {
    const char *part;
    const char *other; ///< a second part that must occur as well, or nullptr
    const char *kind;
};

/// The first that fits counts. Names: the official models of each generation,
/// https://github.com/BlinkDL/RWKV-LM.
constexpr Variant kVariants[] = {
    {".qkv.kk.weight", nullptr, "an RWKV-8 hybrid model (release candidate 00)"},
    {".qkv.kkup.weight", nullptr, "an RWKV-8 hybrid model (release candidate 00)"},
    {".qkv.k_emb.weight", nullptr, "an RWKV-7b model (deep embeddings and attention)"},
    {"ffn.enn.weight", nullptr, "an RWKV-8 model (release candidate 00)"},
    {"rosa", nullptr, "an RWKV-8 ROSA research model"},
    {"ffn.experts.", nullptr, "a hybrid with a mixture of experts"},
    {"lora_A_expert_", nullptr,
     "a mixture of LoRA experts (MoLE), not a whole model: load its base model and use it with that"},
    {"bone_expert_", nullptr, "an RWKV-7 model with a mixture of Bone experts (MoLE)"},
    {"lora_A", nullptr, "an adapter, not a whole model: load its base model and use it with that"},
    {"lora_B", nullptr, "an adapter, not a whole model: load its base model and use it with that"},
    {".disha", nullptr, "an adapter, not a whole model: load its base model and use it with that"},
    {"miss_block", nullptr, "an adapter, not a whole model: load its base model and use it with that"},
    {".bone", nullptr, "an adapter, not a whole model: load its base model and use it with that"},
    {"attn.w_lora.", nullptr, "an RWKV-7 model in the layout of flash-linear-attention"},
    {"attn.r_proj", nullptr, "an RWKV-7 model in the layout of flash-linear-attention"},
    {"time_maa_rkvw_w1", nullptr, "an RWKV-6b model"},
    {"time_maa", "gate_w1", "an RWKV-6a model"},
    {"time_mix", "ffn.aa", "an RWKV model with a MishGLU channel mix"},
    {"time_maa", "ffn.aa", "an RWKV model with a MishGLU channel mix"},
    {"blocks.0.ffnPre.", nullptr, "an RWKV research model (a channel mix instead of the first time mix)"},
    {"pos_emb_x", nullptr, "an RWKV research model (position embeddings)"},
    {"tiny_ln", nullptr, "an RWKV research model (tiny attention)"},
    {"head_q.weight", nullptr, "an RWKV research model (copying head)"},
    {"att.time_w", "att.time_alpha", "an RWKV model older than RWKV-4"},
    {"self_attn.q_proj", nullptr, "a transformer"},
    {"attention.wq", nullptr, "a transformer"},
};

/// What the names say the file is if nothing runs it; empty if they say nothing.
std::string unsupportedKind(const TensorFile &file)
{
    for (const Variant &variant : kVariants)
        if (anyName(file, variant.part) && (!variant.other || anyName(file, variant.other)))
            return variant.kind;
    if (anyName(file, "time_state") && !file.find("emb.weight"))
        return "a file of initial states, not a model";
    return {};
}

} // namespace

const Family *findFamily(const TensorFile &file)
{
    if (!unsupportedKind(file).empty()) return nullptr;
    const auto found = std::find_if(kFamilies.begin(), kFamilies.end(),
                                    [&](const Family *family) { return family->accepts(file); });
    return found == kFamilies.end() ? nullptr : *found;
}

const Family &requireFamily(const TensorFile &file)
{
    if (const Family *family = findFamily(file)) return *family;
    const std::string kind = unsupportedKind(file);
    if (!kind.empty())
        throw Error(ErrorCode::UnsupportedModel, "This is " + kind +
                                                     "; this version runs RWKV-4 to RWKV-7 and the hybrids "
                                                     "QRWKV-6, ARWKV-7, PRWKV (cxa07x) and HRWKV (hxa079, "
                                                     "hxa07a).");
    const std::string found =
        file.tensors().empty() ? "no tensors" : "names such as '" + file.tensors().front().name + "'";
    throw Error(
        ErrorCode::UnsupportedModel,
        "Expected the tensors of an RWKV model ('emb.weight' and 'blocks.0.att.time_first' in RWKV-4, "
        "'blocks.0.att.ln_x.weight' in 5, 'blocks.0.att.time_maa_x' in 6, 'blocks.0.att.r_k' in 7), found " +
            found + ".");
}

} // namespace engine
