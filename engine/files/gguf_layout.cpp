// RWKV models in GGUF: architectures rwkv6, rwkv7 and the hybrids rwkv6qwen2 and arwkv7.
// Source: ggml-org/llama.cpp, conversion scripts and src/llama-arch.cpp.

#include "engine/error.h"
#include "engine/files/layouts.h"
#include "engine/files/printable.h"

#include <algorithm>
#include <charconv>

namespace engine
{
namespace
{

using namespace std::string_view_literals;

constexpr Rule kTop[] = {
    {"token_embd.weight", "emb.weight"},
    {"token_embd_norm.", "blocks.0.ln0."},
    {"output_norm.", "ln_out."},
    {"output.weight", "head.weight"},
};

/// Common to all architectures.
constexpr Rule kShared[] = {
    {"attn_norm.", "ln1."},
    {"attn_norm_2.", "ln2."},
    {"ffn_norm.", "ln2."},
    {"time_mix_ln.", "att.ln_x."},
    {"time_mix_receptance.", "att.receptance."},
    {"time_mix_key.", "att.key."},
    {"time_mix_value.", "att.value."},
    {"time_mix_gate.", "att.gate."},
    {"time_mix_output.", "att.output."},
    {"channel_mix_key.", "ffn.key."},
    {"channel_mix_receptance.", "ffn.receptance."},
    {"channel_mix_value.", "ffn.value."},
    {"ffn_gate.", "ffn.gate."},
    {"ffn_up.", "ffn.up."},
    {"ffn_down.", "ffn.down."},
};

constexpr Rule kSix[] = {
    {"time_mix_lerp_x.weight", "att.time_maa_x"},
    {"time_mix_lerp_w.weight", "att.time_maa_w"},
    {"time_mix_lerp_k.weight", "att.time_maa_k"},
    {"time_mix_lerp_v.weight", "att.time_maa_v"},
    {"time_mix_lerp_r.weight", "att.time_maa_r"},
    {"time_mix_lerp_g.weight", "att.time_maa_g"},
    {"time_mix_w1.weight", "att.time_maa_w1", true},
    {"time_mix_w2.weight", "att.time_maa_w2", true},
    {"time_mix_decay.weight", "att.time_decay"},
    {"time_mix_decay_w1.weight", "att.time_decay_w1", true},
    {"time_mix_decay_w2.weight", "att.time_decay_w2", true},
    {"time_mix_first.weight", "att.time_faaaa"},
    {"channel_mix_lerp_k.weight", "ffn.time_maa_k"},
    {"channel_mix_lerp_r.weight", "ffn.time_maa_r"},
};

constexpr Rule kSeven[] = {
    {"time_mix_w0.weight", "att.w0"},       {"time_mix_a0.weight", "att.a0"},
    {"time_mix_v0.weight", "att.v0"},       {"time_mix_w1.weight", "att.w1", true},
    {"time_mix_w2.weight", "att.w2", true}, {"time_mix_a1.weight", "att.a1", true},
    {"time_mix_a2.weight", "att.a2", true}, {"time_mix_v1.weight", "att.v1", true},
    {"time_mix_v2.weight", "att.v2", true}, {"time_mix_g1.weight", "att.g1", true},
    {"time_mix_g2.weight", "att.g2", true}, {"time_mix_k_k.weight", "att.k_k"},
    {"time_mix_k_a.weight", "att.k_a"},     {"channel_mix_lerp_k.weight", "ffn.x_k"},
};

constexpr const char *kMixesSix[] = {"time_maa_w", "time_maa_k", "time_maa_v", "time_maa_r", "time_maa_g"};
constexpr const char *kMixesSeven[] = {"x_r", "x_w", "x_k", "x_v", "x_a", "x_g"};

/// A key of the architecture as a number; 0 if it is absent or none.
std::int64_t numberOf(const TensorFile &file, const std::string &key)
{
    const auto found = file.metadata().find("gguf." + key);
    std::int64_t value = 0;
    if (found != file.metadata().end())
        std::from_chars(found->second.data(), found->second.data() + found->second.size(), value);
    return value;
}

class GgufTranslation
{
public:
    explicit GgufTranslation(TranslatedFile &to);
    void run();

private:
    void layer(const TensorEntry &from, const LayerName &name);
    void mixes(const TensorEntry &from, int layer);

    TranslatedFile &m_to;
    std::string m_architecture;
    bool m_isSeven = false;
    std::int64_t m_headSize = 0, m_rescale = 0;
};

GgufTranslation::GgufTranslation(TranslatedFile &to)
    : m_to(to)
{
    const auto &metadata = to.source().metadata();
    const auto found = metadata.find("gguf.general.architecture");
    m_architecture = found == metadata.end() ? "" : found->second;
    constexpr std::string_view kKnown[] = {"rwkv6", "rwkv7", "rwkv6qwen2", "arwkv7"};
    if (std::ranges::find(kKnown, m_architecture) == std::end(kKnown))
        to.refuse("expected a GGUF file of architecture rwkv6, rwkv7, rwkv6qwen2 or arwkv7, found " +
                      printable(m_architecture),
                  ErrorCode::UnsupportedModel);
    m_isSeven = m_architecture.ends_with("rwkv7");
    m_headSize = numberOf(to.source(), m_architecture + ".wkv.head_size");
    m_rescale = m_architecture == "rwkv6" ? numberOf(to.source(), "rwkv6.rescale_every_n_layers") : 0;
}

void GgufTranslation::run()
{
    for (const TensorEntry &from : m_to.source().tensors()) {
        if (const Rule *rule = findRule(kTop, from.name))
            applyRule(m_to, from, *rule, from.name, {});
        else if (const auto name = layerName(from.name, "blk."))
            layer(from, *name);
        else
            m_to.add(from, from.name);
    }
    const TensorFile &source = m_to.source();
    const TensorEntry *embedding = source.find("token_embd.weight");
    if (embedding && !source.find("output.weight")) m_to.add(*embedding, "head.weight");
}

void GgufTranslation::layer(const TensorEntry &from, const LayerName &name)
{
    const std::string place = blockName(name.layer, "");
    const bool isFake = m_isSeven && name.layer == 0 && // copies of a0, a1, a2
                        (name.leaf == "time_mix_v0.weight"sv || name.leaf == "time_mix_v1.weight"sv ||
                         name.leaf == "time_mix_v2.weight"sv);
    if (isFake) return;
    if (name.leaf == "time_mix_lerp_fused.weight"sv) return mixes(from, name.layer);
    if (name.leaf == "time_mix_r_k.weight"sv && m_isSeven) {
        const std::int64_t size = from.elements();
        if (m_headSize <= 0 || size % m_headSize != 0)
            m_to.refuse(printable(from.name) + ": " + from.shapeText() + " are no whole heads of " +
                        std::to_string(m_headSize));
        return m_to.add(from, place + "att.r_k", {size / m_headSize, m_headSize});
    }
    const bool isRescaled =
        name.leaf == "time_mix_output.weight"sv || name.leaf == "channel_mix_value.weight"sv;
    if (isRescaled && m_rescale > 0 && name.layer >= m_rescale) {
        const bool isOutput = name.leaf.starts_with("time_mix");
        return m_to.addScaled(from, place + (isOutput ? "att.output.weight" : "ffn.value.weight"),
                              static_cast<int>(name.layer / m_rescale));
    }
    const Rule *rule = findRule(m_isSeven ? std::span<const Rule>(kSeven) : kSix, name.leaf);
    if (!rule) rule = findRule(kShared, name.leaf);
    if (rule)
        applyRule(m_to, from, *rule, name.leaf, place);
    else
        m_to.add(from, from.name);
}

/// The vectors of the token shift, one behind the other.
void GgufTranslation::mixes(const TensorEntry &from, int layer)
{
    const std::span<const char *const> names =
        m_isSeven ? std::span<const char *const>(kMixesSeven) : kMixesSix;
    const auto count = from.shape.empty() ? 0 : from.shape[0];
    const bool isWithoutGate = m_isSeven && count == 5;
    if (!isWithoutGate && count != static_cast<std::int64_t>(names.size()))
        m_to.refuse(printable(from.name) + ": expected " + std::to_string(names.size()) + " vectors, found " +
                    from.shapeText());
    for (std::int64_t i = 0; i < count; ++i)
        m_to.addPart(from, blockName(layer, "att.") + names[static_cast<std::size_t>(i)], i);
}

bool isGguf(const TensorFile &file) { return file.container() == "gguf"sv; }

void translateGguf(TranslatedFile &to) { GgufTranslation(to).run(); }

} // namespace

const Layout kGgufLayout{isGguf, translateGguf};

} // namespace engine
