// The .st files of web-rwkv (Ai00, RWKV-Runner): BlinkDL's names but for two words, low-rank factors
// transposed, everything fp16.
// Source: cryscan/web-rwkv, assets/scripts/convert_safetensors.py.

#include "engine/files/layouts.h"

#include <algorithm>

namespace engine
{
namespace
{

using namespace std::string_view_literals;

constexpr Rule kSix[] = {
    {"att.time_mix_x", "att.time_maa_x"},
    {"att.time_mix_w", "att.time_maa_w"},
    {"att.time_mix_k", "att.time_maa_k"},
    {"att.time_mix_v", "att.time_maa_v"},
    {"att.time_mix_r", "att.time_maa_r"},
    {"att.time_mix_g", "att.time_maa_g"},
    {"att.time_mix_w1", "att.time_maa_w1", true},
    {"att.time_mix_w2", "att.time_maa_w2", true},
    {"att.time_decay_w1", "att.time_decay_w1", true},
    {"att.time_decay_w2", "att.time_decay_w2", true},
    {"att.time_first", "att.time_faaaa"},
    {"att.time_state", "att.time_state", true},
    {"ffn.time_mix_k", "ffn.time_maa_k"},
    {"ffn.time_mix_r", "ffn.time_maa_r"},
};

constexpr Rule kSeven[] = {
    {"att.w1", "att.w1", true}, {"att.w2", "att.w2", true}, {"att.a1", "att.a1", true},
    {"att.a2", "att.a2", true}, {"att.v1", "att.v1", true}, {"att.v2", "att.v2", true},
    {"att.g1", "att.g1", true}, {"att.g2", "att.g2", true}, {"att.time_state", "att.time_state", true},
};

constexpr Rule kFive[] = {
    {"att.time_first", "att.time_faaaa"},
    {"att.time_state", "att.time_state", true},
};

/// The rules for a file, empty if it is not one of web-rwkv's.
std::span<const Rule> rulesFor(const TensorFile &file)
{
    const TensorEntry *embedding = file.find("emb.weight");
    if (!embedding || embedding->shape.size() != 2) return {};
    const std::int64_t C = embedding->shape[1];
    if (file.find("blocks.0.att.time_mix_w1")) return kSix;
    if (const TensorEntry *first = file.find("blocks.0.att.time_first"))
        return first->squeezed().size() == 2 ? std::span<const Rule>(kFive) : std::span<const Rule>();
    if (!file.find("blocks.0.att.r_k")) return {};
    // [C, rank] in BlinkDL's files. A square factor does not tell; then another must.
    for (const char *name : {"blocks.0.att.w1", "blocks.0.att.a1", "blocks.0.att.g1"}) {
        const TensorEntry *factor = file.find(name);
        if (factor && factor->shape.size() == 2 && factor->shape[0] != factor->shape[1])
            return factor->shape[1] == C ? std::span<const Rule>(kSeven) : std::span<const Rule>();
    }
    return {};
}

bool isWebRwkv(const TensorFile &file) { return !rulesFor(file).empty(); }

void translateWebRwkv(TranslatedFile &to)
{
    const std::span<const Rule> rules = rulesFor(to.source());
    for (const TensorEntry &from : to.source().tensors()) {
        const auto name = layerName(from.name, "blocks.");
        const Rule *rule = name ? findRule(rules, name->leaf) : nullptr;
        if (rule)
            applyRule(to, from, *rule, name->leaf, blockName(name->layer, ""));
        else
            to.add(from, from.name);
    }
}

} // namespace

const Layout kWebRwkvLayout{isWebRwkv, translateWebRwkv};

} // namespace engine
