// BlinkDL's tensors of RWKV-6, RWKV-7, QRWKV-6 and ARWKV-7 under the names, shapes and types of GGUF: the way
// back from gguf_layout.cpp.

#include "engine/error.h"
#include "engine/files/block_types.h"
#include "engine/files/gguf_names.h"
#include "engine/files/printable.h"
#include "engine/files/writers.h"

#include <algorithm>
#include <map>

namespace engine
{
namespace
{

using namespace std::string_view_literals;

bool endsWithAny(std::string_view name, std::span<const std::string_view> ends)
{
    return std::ranges::any_of(ends, [&](std::string_view end) { return name.ends_with(end); });
}

/// The first rule that leads to `name`, or nullptr.
const Rule *findReverse(std::span<const Rule> rules, std::string_view name)
{
    const auto found = std::ranges::find_if(rules, [&](const Rule &rule) {
        return rule.to.ends_with('.') ? name.starts_with(rule.to) : name == rule.to;
    });
    return found == rules.end() ? nullptr : &*found;
}

/// What llama.cpp calls the model; empty where it has no name.
std::string architectureOf(const TensorFile &source)
{
    const auto has = [&](const char *leaf) { return source.find(blockName(0, leaf)) != nullptr; };
    if (has("ffn.down.weight")) {
        const bool isSix = has("att.time_maa_w1") && !has("att.time_faaaa");
        return isSix ? "rwkv6qwen2" : has("att.x_r") && has("att.r_k") ? "arwkv7" : "";
    }
    return has("att.time_maa_w1") ? "rwkv6" : has("att.r_k") ? "rwkv7" : "";
}

class GgufTensors
{
public:
    GgufTensors(const TensorFile &source, std::optional<StoredType> type)
        : m_source(source)
        , m_type(type)
        , m_architecture(architectureOf(source))
        , m_isSeven(m_architecture.ends_with("rwkv7"))
        , m_isHybrid(m_architecture == "arwkv7" || m_architecture == "rwkv6qwen2")
    {
    }

    GgufModel run(const std::string &family);

private:
    [[noreturn]] static void refuse(const std::string &what, ErrorCode code = ErrorCode::UnsupportedModel)
    {
        throw Error(code, what + "; choose .safetensors or .pth.");
    }
    StoredType typeOf(const TensorEntry &entry, std::string_view leaf) const;
    void add(const TensorEntry &entry, const Rule &rule, std::string_view name, const std::string &place);
    void layer(const TensorEntry &entry, const LayerName &name);
    bool hasBias(std::string_view leaf) const;
    void mixes(int layer);
    void unusedValueMix(int layer);
    void requireSizes() const;

    const TensorFile &m_source;
    const std::optional<StoredType> m_type;
    const std::string m_architecture;
    const bool m_isSeven, m_isHybrid;
    std::vector<OutTensor> m_out;
};

/// Vectors, mixes and everything that llama.cpp reads as float32 stay so; low-rank factors are not
/// quantised; embedding and head never below eight bits.
StoredType GgufTensors::typeOf(const TensorEntry &entry, std::string_view name) const
{
    constexpr std::string_view kFull[] = {"time_faaaa", "time_maa_w1", "time_maa_w2", "time_decay_w1",
                                          "time_decay_w2"};
    constexpr std::string_view kFactors[] = {".w1", ".w2", ".a1", ".a2", ".v1", ".v2", ".g1", ".g2"};
    const StoredType stored = entry.type == StoredType::F64 ? StoredType::F32 : entry.type;
    const StoredType wanted = m_type.value_or(stored);
    if (entry.squeezed().size() < 2 || name.ends_with("r_k") || endsWithAny(name, kFull))
        return StoredType::F32;
    if (endsWithAny(name, kFactors)) return isBlockType(wanted) ? StoredType::F32 : wanted;
    const bool isTable = name == "emb.weight"sv || name == "head.weight"sv;
    const StoredType type = isTable && m_type == StoredType::Q4_0 ? StoredType::Q8_0 : wanted;
    return storedBytes(type, entry.shape) ? type : StoredType::F16;
}

GgufModel GgufTensors::run(const std::string &family)
{
    if (m_architecture.empty())
        refuse("GGUF is written for RWKV-6, RWKV-7, QRWKV-6 and ARWKV-7 models, found " + family);
    requireSizes();
    for (const TensorEntry &entry : m_source.tensors()) {
        if (const auto name = layerName(entry.name, "blocks."); name && !name->leaf.starts_with("ln0."))
            layer(entry, *name);
        else if (const Rule *rule = findReverse(gguf::kTop, entry.name))
            add(entry, *rule, entry.name, {});
        else
            refuse("GGUF has no name for the tensor " + printable(entry.name));
    }
    return {m_architecture, std::move(m_out)};
}

/// What llama.cpp takes for granted: heads as wide as the model, and the same ranks in all layers.
void GgufTensors::requireSizes() const
{
    constexpr std::string_view kRanks[] = {".time_maa_w1", ".time_decay_w1", ".w1", ".a1", ".v1", ".g1"};
    const TensorEntry *embedding = m_source.find("emb.weight");
    const std::int64_t width = embedding && embedding->shape.size() == 2 ? embedding->shape[1] : 0;
    std::map<std::string_view, const TensorEntry *> ranks;
    for (const TensorEntry &entry : m_source.tensors()) {
        const bool isShared = entry.name.ends_with(".att.key.weight") ||
                              entry.name.ends_with(".att.value.weight"); // by several heads
        const bool isWide = entry.name.ends_with(".att.receptance.weight") || (m_isSeven && isShared);
        if (isWide && (entry.shape.empty() || entry.shape[0] != width))
            refuse(printable(entry.name) + ": GGUF's " + m_architecture + " expects " +
                   std::to_string(width) + " rows, found " + entry.shapeText());
        for (const std::string_view end : kRanks) {
            const bool isFirstMix = entry.name == "blocks.0.att.v1"; // is not used
            if (!entry.name.ends_with(end) || entry.shape.empty() || isFirstMix) continue;
            const TensorEntry *first = ranks.emplace(end, &entry).first->second;
            if (first->shape.back() != entry.shape.back())
                refuse(printable(entry.name) + ": GGUF expects the same rank in all layers, found " +
                       entry.shapeText() + " where " + printable(first->name) + " is " + first->shapeText());
        }
    }
}

void GgufTensors::add(const TensorEntry &entry, const Rule &rule, std::string_view name,
                      const std::string &place)
{
    std::string result = place + std::string(rule.from);
    if (rule.to.ends_with('.')) result += name.substr(rule.to.size());
    OutTensor tensor = outTensor(entry, std::move(result), typeOf(entry, entry.name));
    tensor.shape = entry.squeezed();
    if (rule.isTransposed) {
        tensor.isTransposed = true;
        tensor.shape = entry.shape;
        std::swap(tensor.shape[tensor.shape.size() - 2], tensor.shape.back());
    }
    m_out.push_back(std::move(tensor));
}

void GgufTensors::layer(const TensorEntry &entry, const LayerName &name)
{
    const std::string place = "blk." + std::to_string(name.layer) + ".";
    const auto first = m_isSeven ? "att.x_r"sv : "att.time_maa_w"sv;
    const auto refuseName = [&] { refuse("GGUF has no name for the tensor " + printable(entry.name)); };
    constexpr std::string_view kRest[] = {"att.x_w",        "att.x_k",        "att.x_v",
                                          "att.x_a",        "att.x_g",        "att.time_maa_k",
                                          "att.time_maa_v", "att.time_maa_r", "att.time_maa_g"};
    if (name.leaf == first) return mixes(name.layer);
    if (std::ranges::find(kRest, name.leaf) != std::end(kRest)) return;
    if (m_isSeven && name.layer == 0 && name.leaf.starts_with("att.v") && name.leaf.size() == 6) return;
    if (name.leaf == "att.r_k"sv) {
        OutTensor tensor = outTensor(entry, place + "time_mix_r_k.weight", StoredType::F32);
        tensor.shape = {entry.elements()};
        m_out.push_back(std::move(tensor));
        return;
    }
    if (name.leaf.ends_with(".bias") && !hasBias(name.leaf)) refuseName();
    if (m_isHybrid && name.leaf.starts_with("ln2."))
        return add(entry, {"ffn_norm.", "ln2."}, name.leaf, place);
    const Rule *rule = findReverse(m_isSeven ? std::span<const Rule>(gguf::kSeven) : gguf::kSix, name.leaf);
    if (!rule) rule = findReverse(gguf::kShared, name.leaf);
    if (!rule) refuseName();
    add(entry, *rule, name.leaf, place);
    if (m_isSeven && name.layer == 0 && name.leaf == "att.a0"sv) unusedValueMix(0);
}

/// Whether llama.cpp reads a bias of this name; it refuses files with tensors that it does not read.
bool GgufTensors::hasBias(std::string_view leaf) const
{
    constexpr std::string_view kProjections[] = {"att.receptance.bias", "att.key.bias", "att.value.bias"};
    if (leaf == "att.ln_x.bias"sv) return m_architecture != "rwkv6qwen2";
    if (!m_isHybrid) return leaf.starts_with("ln");
    return !m_isSeven && std::ranges::find(kProjections, leaf) != std::end(kProjections);
}

/// The vectors of the token shift as one tensor; that of a gate only where there is one.
void GgufTensors::mixes(int layer)
{
    std::span<const char *const> names =
        m_isSeven ? std::span<const char *const>(gguf::kMixesSeven) : gguf::kMixesSix;
    if (m_isSeven && m_isHybrid && !m_source.find(blockName(layer, "att.g1"))) names = names.first(5);
    OutTensor fused{
        "blk." + std::to_string(layer) + ".time_mix_lerp_fused.weight", StoredType::F32, {}, {}, false, 0};
    std::int64_t width = 0;
    for (const char *name : names) {
        const TensorEntry *entry = m_source.find(blockName(layer, "att.") + name);
        if (!entry || (width != 0 && entry->elements() != width))
            throw Error(ErrorCode::BadModel,
                        blockName(layer, "att.") + name +
                            ": expected a vector of the same size as the mixes beside it.");
        width = entry->elements();
        fused.bytes += outTensor(*entry, {}, StoredType::F32).bytes;
        fused.parts.push_back(entry);
    }
    fused.shape = {static_cast<std::int64_t>(names.size()), 1, 1, width};
    m_out.push_back(std::move(fused));
}

/// llama.cpp expects v0, v1 and v2 in the first layer too, where nothing uses them: copies of a0, a1, a2.
void GgufTensors::unusedValueMix(int layer)
{
    for (const char number : {'0', '1', '2'}) {
        const TensorEntry *entry = m_source.find(blockName(layer, std::string("att.a") + number));
        const Rule *rule = findReverse(gguf::kSeven, std::string("att.v") + number);
        if (entry) add(*entry, *rule, entry->name, "blk.0.");
    }
}

} // namespace

GgufModel ggufModel(const TensorFile &source, std::optional<StoredType> type, const std::string &family)
{
    return GgufTensors(source, type).run(family);
}

} // namespace engine
