// RWKV models in GGUF: architectures rwkv6, rwkv7 and the hybrids rwkv6qwen2 and arwkv7.
// Source: ggml-org/llama.cpp, conversion scripts and src/llama-arch.cpp.

#include "engine/error.h"
#include "engine/files/gguf_names.h"
#include "engine/files/layouts.h"
#include "engine/files/printable.h"

#include <algorithm>
#include <charconv>

namespace engine
{
namespace
{

using namespace gguf;
using namespace std::string_view_literals;

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
    if (name.leaf == "time_mix_decay.weight"sv)
        return m_to.add(from, place + "att.time_decay", {1, 1, from.elements()});
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
