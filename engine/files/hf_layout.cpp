// RWKV models under the names of Hugging Face's transformers (RWKV-4 to 7), flash-linear-attention (RWKV-6
// and 7) and the hybrids of RWKV-Infer, QRWKV and ARWKV. The rules do not contradict each other, so one
// table serves all.
// Sources: huggingface/transformers models/rwkv, models/rwkv7; fla-org/flash-linear-attention layers/rwkv*;
// BBuf/RWKV-World-HF-Tokenizer; OpenMOSE/RWKV-Infer.

#include "engine/error.h"
#include "engine/files/block_types.h"
#include "engine/files/layouts.h"
#include "engine/files/printable.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace engine
{
namespace
{

using namespace std::string_view_literals;

constexpr std::string_view kWrappers[] = {"model.", "rwkv7.", "rwkv.", "module."};

constexpr Rule kTop[] = {
    {"embeddings.weight", "emb.weight"},
    {"embed_tokens.weight", "emb.weight"},
    {"norm.", "ln_out."},
    {"lm_head.weight", "head.weight"},
};

constexpr Rule kLayer[] = {
    {"pre_ln.", "ln0."},          {"pre_norm.", "ln0."}, {"attn_norm.", "ln1."},
    {"input_layernorm.", "ln1."}, {"ffn_norm.", "ln2."}, {"post_attention_layernorm.", "ln2."},
};

/// Sections of a layer, by their beginnings.
constexpr Rule kSections[] = {
    {"attention.", "att."},    {"self_attn.", "att."}, {"attn.", "att."},
    {"feed_forward.", "ffn."}, {"mlp.", "ffn."},
};

/// Behind "att." or "ffn.".
constexpr Rule kLeaves[] = {
    {"att.time_mix_key", "att.time_mix_k"},
    {"att.time_mix_value", "att.time_mix_v"},
    {"att.time_mix_receptance", "att.time_mix_r"},
    {"att.time_mix_gate", "att.time_mix_g"},
    {"ffn.time_mix_key", "ffn.time_mix_k"},
    {"ffn.time_mix_receptance", "ffn.time_mix_r"},
    {"att.w_lora.lora.0.weight", "att.w1", true},
    {"att.w_lora.lora.2.weight", "att.w2", true},
    {"att.w_lora.lora.2.bias", "att.w0"},
    {"att.a_lora.lora.0.weight", "att.a1", true},
    {"att.a_lora.lora.2.weight", "att.a2", true},
    {"att.a_lora.lora.2.bias", "att.a0"},
    {"att.v_lora.lora.0.weight", "att.v1", true},
    {"att.v_lora.lora.2.weight", "att.v2", true},
    {"att.v_lora.lora.2.bias", "att.v0"},
    {"att.g_lora.lora.0.weight", "att.g1", true},
    {"att.g_lora.lora.2.weight", "att.g2", true},
    {"att.g_norm.", "att.ln_x."},
    {"att.r_norm.", "att.ln_r."},
    {"att.q_norm.", "att.ln_r."},
    {"att.k_norm.", "att.ln_k."},
    {"ffn.gate_proj.", "ffn.gate."},
    {"ffn.up_proj.", "ffn.up."},
    {"ffn.down_proj.", "ffn.down."},
    // flash-linear-attention's RWKV-6
    {"att.x_proj.0.mu", "att.time_maa_x"},
    {"att.r_proj.linear.", "att.receptance."},
    {"att.k_proj.linear.", "att.key."},
    {"att.v_proj.linear.", "att.value."},
    {"att.g_proj.linear.", "att.gate."},
    {"att.w_proj.linear.lora.0.weight", "att.time_decay_w1", true},
    {"att.w_proj.linear.lora.2.weight", "att.time_decay_w2", true},
    {"att.w_proj.linear.lora.2.bias", "att.time_decay"},
    {"att.bonus", "att.time_faaaa"},
    {"ffn.key.linear.", "ffn.key."},
    {"ffn.key.mu", "ffn.time_maa_k"},
    {"ffn.receptance.linear.", "ffn.receptance."},
    {"ffn.receptance.mu", "ffn.time_maa_r"},
};

/// In layers that mix by RWKV; attention layers of hybrids keep these names.
constexpr Rule kProjections[] = {
    {"att.r_proj.", "att.receptance."}, {"att.q_proj.", "att.receptance."}, {"att.k_proj.", "att.key."},
    {"att.v_proj.", "att.value."},      {"att.g_proj.", "att.gate."},       {"att.o_proj.", "att.output."},
};

constexpr std::array kMixesOfSeven = {"x_r", "x_w", "x_k", "x_v", "x_a", "x_g"};
constexpr std::array kMixesOfFla = {"time_maa_r", "time_maa_w", "time_maa_k", "time_maa_v", "time_maa_g"};

/// Where BlinkDL's blocks w, k, v, r, g lie in other orders.
using Order = std::array<std::size_t, 5>;
constexpr Order kInFla = {1, 2, 3, 0, 4};   ///< r, w, k, v, g
constexpr Order kInQrwkv = {3, 1, 2, 0, 4}; ///< r, k, v, w, g

std::string_view withoutWrapper(std::string_view name)
{
    for (const std::string_view wrapper : kWrappers)
        if (name.starts_with(wrapper)) return name.substr(wrapper.size());
    return name;
}

std::optional<LayerName> layerOf(std::string_view name)
{
    const std::string_view bare = withoutWrapper(name);
    const auto found = layerName(bare, "layers.");
    return found ? found : layerName(bare, "blocks.");
}

/// Each run of five equal blocks in BlinkDL's order.
std::vector<std::byte> reordered(const std::vector<std::byte> &from, std::size_t runs, const Order &order)
{
    std::vector<std::byte> to(from.size());
    const std::size_t block = from.size() / runs / order.size();
    for (std::size_t run = 0; run < runs && block > 0; ++run)
        for (std::size_t i = 0; i < order.size(); ++i)
            std::memcpy(&to[(run * order.size() + i) * block], &from[(run * order.size() + order[i]) * block],
                        block);
    return to;
}

class HfTranslation
{
public:
    explicit HfTranslation(TranslatedFile &to)
        : m_to(to)
    {
    }
    void run();

private:
    bool isMixedByRwkv(std::string_view name) const;
    void layer(const TensorEntry &from, const LayerName &name);
    bool special(const TensorEntry &from, std::string_view leaf, const std::string &place);
    void parts(const TensorEntry &from, const std::string &place, std::span<const char *const> names);
    void loraIn(const TensorEntry &from, const std::string &place, const Order &order, bool isTurned);
    void loraOut(const TensorEntry &from, const std::string &place, const Order &order, bool isTurned);
    void requireFive(const TensorEntry &from, std::int64_t size) const;

    TranslatedFile &m_to;
    std::vector<int> m_byRwkv; ///< layers, sorted
};

void HfTranslation::run()
{
    for (const TensorEntry &from : m_to.source().tensors())
        if (const auto name = layerOf(from.name); name && isMixedByRwkv(name->leaf))
            m_byRwkv.push_back(name->layer);
    std::ranges::sort(m_byRwkv);

    bool hasHead = false;
    const TensorEntry *embedding = nullptr;
    for (const TensorEntry &from : m_to.source().tensors()) {
        const std::string_view bare = withoutWrapper(from.name);
        if (const auto name = layerOf(from.name)) {
            layer(from, *name);
            continue;
        }
        const Rule *rule = findRule(kTop, bare);
        if (rule && rule->to == "emb.weight"sv) embedding = &from;
        if (bare == "emb.weight"sv) embedding = &from;
        if ((rule && rule->to == "head.weight"sv) || bare == "head.weight"sv) hasHead = true;
        if (rule)
            applyRule(m_to, from, *rule, bare, {});
        else
            m_to.add(from, std::string(bare));
    }
    const auto tied = m_to.source().metadata().find("config.tie_word_embeddings");
    const bool isTied = tied != m_to.source().metadata().end() && tied->second == "true";
    if (isTied && !hasHead && embedding) m_to.add(*embedding, "head.weight");
}

/// True for a name that only layers with a recurrence have.
bool HfTranslation::isMixedByRwkv(std::string_view leaf) const
{
    constexpr std::string_view kSigns[] = {"r_proj.weight", "r_proj.linear.weight", ".time_maa_x", ".w0",
                                           ".w_lora.lora.0.weight"};
    return std::ranges::any_of(kSigns, [&](std::string_view sign) { return leaf.ends_with(sign); });
}

void HfTranslation::layer(const TensorEntry &from, const LayerName &name)
{
    const std::string place = blockName(name.layer, "");
    if (const Rule *rule = findRule(kLayer, name.leaf)) return applyRule(m_to, from, *rule, name.leaf, place);
    std::string leaf(name.leaf);
    if (const Rule *section = findRule(kSections, name.leaf))
        leaf = std::string(section->to) + leaf.substr(section->from.size());
    if (special(from, leaf, place)) return;
    const Rule *rule = findRule(kLeaves, leaf);
    if (!rule && std::ranges::binary_search(m_byRwkv, name.layer)) rule = findRule(kProjections, leaf);
    if (rule)
        applyRule(m_to, from, *rule, leaf, place);
    else
        m_to.add(from, place + leaf);
}

/// Tensors that hold several of BlinkDL's, or the same in another order.
bool HfTranslation::special(const TensorEntry &from, std::string_view leaf, const std::string &place)
{
    const bool isQrwkv = from.name.find(".self_attn.") != std::string::npos;
    if (leaf == "att.x_x"sv)
        parts(from, place, kMixesOfSeven);
    else if (leaf == "att.x_bias"sv)
        parts(from, place, kMixesOfFla);
    else if (leaf == "att.x_proj.0.linear.weight"sv)
        loraIn(from, place, kInFla, true);
    else if (leaf == "att.x_proj.2.weight"sv)
        loraOut(from, place, kInFla, true);
    else if (leaf == "att.time_maa_w1"sv && isQrwkv)
        loraIn(from, place, kInQrwkv, false);
    else if (leaf == "att.time_maa_w2"sv && isQrwkv)
        loraOut(from, place, kInQrwkv, false);
    else if (leaf == "att.w_proj.linear.lora.2.bias"sv)
        m_to.add(from, place + "att.time_decay", {1, 1, from.elements()});
    else if (leaf == "ffn.gate_up_proj.weight"sv || leaf == "ffn.gate_up.weight"sv)
        addGateUp(m_to, from, place);
    else
        return false;
    return true;
}

void HfTranslation::parts(const TensorEntry &from, const std::string &place,
                          std::span<const char *const> names)
{
    if (from.shape.size() < 2 || from.shape[0] != static_cast<std::int64_t>(names.size()))
        m_to.refuse(printable(from.name) + ": expected " + std::to_string(names.size()) + " vectors, found " +
                    from.shapeText());
    for (std::size_t i = 0; i < names.size(); ++i)
        m_to.addPart(from, place + "att." + names[i], static_cast<std::int64_t>(i));
}

void HfTranslation::requireFive(const TensorEntry &from, std::int64_t size) const
{
    if (isBlockType(from.type) || size <= 0 || size % 5 != 0)
        m_to.refuse(printable(from.name) + ": expected five low-rank factors of plain numbers, found " +
                    from.shapeText() + " " + nameOf(from.type));
}

/// To [C, 5 ranks], from that or (turned) [5 ranks, C].
void HfTranslation::loraIn(const TensorEntry &from, const std::string &place, const Order &order,
                           bool isTurned)
{
    if (from.shape.size() != 2) requireFive(from, 0);
    const std::int64_t C = from.shape[isTurned ? 1 : 0], ranks = from.shape[isTurned ? 0 : 1];
    requireFive(from, ranks);
    if (C <= 0) requireFive(from, 0);
    const auto rows = static_cast<std::size_t>(C), cols = static_cast<std::size_t>(ranks);
    const std::size_t width = bytesOf(from.type);
    m_to.addMade(from, place + "att.time_maa_w1", from.type, {C, ranks}, [=](std::vector<std::byte> bytes) {
        if (isTurned) bytes = transposedBytes(bytes, cols, rows, width);
        return reordered(bytes, rows, order);
    });
}

/// To [5, rank, C], from that or (turned) [C, 5 ranks].
void HfTranslation::loraOut(const TensorEntry &from, const std::string &place, const Order &order,
                            bool isTurned)
{
    if (from.shape.size() != (isTurned ? 2U : 3U)) requireFive(from, 0);
    const std::int64_t C = isTurned ? from.shape[0] : from.shape[2];
    const std::int64_t ranks = isTurned ? from.shape[1] : from.shape[0] * from.shape[1];
    requireFive(from, isTurned ? ranks : from.shape[0]);
    const auto rows = static_cast<std::size_t>(C), cols = static_cast<std::size_t>(ranks);
    const std::size_t width = bytesOf(from.type);
    m_to.addMade(from, place + "att.time_maa_w2", from.type, {5, ranks / 5, C},
                 [=](std::vector<std::byte> bytes) {
                     if (isTurned) bytes = transposedBytes(bytes, rows, cols, width);
                     return reordered(bytes, 1, order);
                 });
}

/// True if every name has a wrapper or is that of the head, and some name is one of RWKV's.
bool isHuggingFace(const TensorFile &file)
{
    constexpr std::string_view kSigns[] = {"rwkv.",       "rwkv7.",       ".attn.r_proj.", ".attn.x_proj.",
                                           ".attn.x_r",   ".attn.x_x",    ".time_maa_x",   ".r_k",
                                           ".time_decay", ".self_attn.w0"};
    const auto isWrapped = [](const TensorEntry &entry) {
        return withoutWrapper(entry.name).size() != entry.name.size() || entry.name == "head.weight" ||
               entry.name == "lm_head.weight";
    };
    const auto isSign = [&](const TensorEntry &entry) {
        return std::ranges::any_of(
            kSigns, [&](std::string_view sign) { return entry.name.find(sign) != std::string::npos; });
    };
    return std::ranges::all_of(file.tensors(), isWrapped) && std::ranges::any_of(file.tensors(), isSign);
}

void translateHuggingFace(TranslatedFile &to) { HfTranslation(to).run(); }

} // namespace

const Layout kHfLayout{isHuggingFace, translateHuggingFace};

} // namespace engine
