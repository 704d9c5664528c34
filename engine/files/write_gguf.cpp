// Writes GGUF, version 3, for RWKV-6, RWKV-7 and their hybrids without attention, with the keys and types
// that llama.cpp expects. Sources: ggml-org/ggml, docs/gguf.md; ggml-org/llama.cpp, src/llama-model.cpp.

#include "engine/error.h"
#include "engine/files/byte_writer.h"
#include "engine/files/gguf_types.h"
#include "engine/files/printable.h"
#include "engine/files/writers.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <filesystem>

namespace engine
{
namespace
{

using gguf::Kind;

constexpr std::uint64_t kAlignment = 32;
constexpr std::uint32_t kContext =
    1 << 20; ///< a recurrent model has no limit; what llama.cpp's converter says
constexpr float kNormEpsilon = 1e-5F;
constexpr float kRmsEpsilon = 1e-6F; ///< of Qwen2 and our families, where the source does not say

std::uint64_t aligned(std::uint64_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

std::uint32_t idOf(const OutTensor &tensor)
{
    const auto *found = std::ranges::find(gguf::kTypes, tensor.type, &gguf::TypeId::type);
    if (found == std::end(gguf::kTypes))
        throw Error(ErrorCode::BadRequest,
                    printable(tensor.name) + ": GGUF cannot hold " + nameOf(tensor.type) + ".");
    return found->id;
}

/// llama.cpp's number for the type of a file's matrices.
std::uint32_t fileType(const std::vector<OutTensor> &tensors)
{
    const auto matrix = std::ranges::find_if(tensors, [](const OutTensor &tensor) {
        return tensor.name == "blk.0.channel_mix_key.weight" || tensor.name == "blk.0.ffn_up.weight";
    });
    switch (matrix == tensors.end() ? StoredType::F32 : matrix->type) {
    case StoredType::F16:
        return 1;
    case StoredType::Q4_0:
        return 2;
    case StoredType::Q8_0:
        return 7;
    case StoredType::BF16:
        return 32;
    default:
        return 0;
    }
}

/// The key-value pairs of a file, counted.
class Pairs
{
public:
    void number(const std::string &key, std::int64_t value)
    {
        begin(key, Kind::UInt32);
        m_bytes += littleBytes(static_cast<std::uint64_t>(value), 4);
    }
    void fraction(const std::string &key, float value)
    {
        begin(key, Kind::Float32);
        m_bytes += littleBytes(std::bit_cast<std::uint32_t>(value), 4);
    }
    void flag(const std::string &key, bool value)
    {
        begin(key, Kind::Bool);
        m_bytes += value ? '\1' : '\0';
    }
    void text(const std::string &key, const std::string &value)
    {
        begin(key, Kind::Text);
        put(value);
    }
    void texts(const std::string &key, const std::vector<std::string> &values)
    {
        beginList(key, Kind::Text, values.size());
        for (const std::string &value : values)
            put(value);
    }
    void numbers(const std::string &key, const std::vector<std::int32_t> &values)
    {
        beginList(key, Kind::Int32, values.size());
        for (const std::int32_t value : values)
            m_bytes += littleBytes(static_cast<std::uint32_t>(value), 4);
    }
    void fractions(const std::string &key, const std::vector<float> &values)
    {
        beginList(key, Kind::Float32, values.size());
        for (const float value : values)
            m_bytes += littleBytes(std::bit_cast<std::uint32_t>(value), 4);
    }

    std::uint64_t count() const { return m_count; }
    const std::string &bytes() const { return m_bytes; }

private:
    void put(const std::string &text) { m_bytes += littleBytes(text.size(), 8) + text; }
    void begin(const std::string &key, Kind kind)
    {
        put(key);
        m_bytes += littleBytes(static_cast<std::uint32_t>(kind), 4);
        ++m_count;
    }
    void beginList(const std::string &key, Kind kind, std::size_t count)
    {
        begin(key, Kind::List);
        m_bytes += littleBytes(static_cast<std::uint32_t>(kind), 4) + littleBytes(count, 8);
    }

    std::string m_bytes;
    std::uint64_t m_count = 0;
};

/// A dimension of one of BlinkDL's tensors; 0 if it is not there.
std::int64_t sizeOf(const TensorFile &file, const char *name, std::size_t index)
{
    const TensorEntry *entry = file.find(name);
    return entry && index < entry->shape.size() ? entry->shape[index] : 0;
}

int countLayers(const TensorFile &file)
{
    int layers = 0;
    while (file.find("blocks." + std::to_string(layers) + ".ln1.weight"))
        ++layers;
    return layers;
}

/// The epsilon of the norms, from where the source keeps it.
float epsilonOf(const OutModel &model)
{
    const auto &metadata = model.source.metadata();
    for (const std::string &key : {"gguf." + model.architecture + ".attention.layer_norm_rms_epsilon",
                                   std::string("config.rms_norm_eps")}) {
        const auto found = metadata.find(key);
        if (found == metadata.end()) continue;
        const std::string &text = found->second;
        float value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error == std::errc() && end == text.data() + text.size() && value > 0 && value < 1) return value;
    }
    return kRmsEpsilon;
}

void addSeven(Pairs &pairs, const std::string &arch, const TensorFile &file)
{
    const char *value = countLayers(file) > 1 ? "blocks.1.att.v1" : "blocks.0.att.a1";
    pairs.number(arch + ".attention.decay_lora_rank", sizeOf(file, "blocks.0.att.w1", 1));
    pairs.number(arch + ".attention.iclr_lora_rank", sizeOf(file, "blocks.0.att.a1", 1));
    pairs.number(arch + ".attention.value_residual_mix_lora_rank", sizeOf(file, value, 1));
    pairs.number(arch + ".attention.gate_lora_rank", sizeOf(file, "blocks.0.att.g1", 1));
}

void addModel(Pairs &pairs, const OutModel &model)
{
    const TensorFile &file = model.source;
    const std::string &arch = model.architecture;
    const bool isHybrid = arch == "arwkv7" || arch == "rwkv6qwen2";
    pairs.text("general.architecture", arch);
    pairs.text("general.name", std::filesystem::path(file.path()).stem().string());
    pairs.number("general.file_type", fileType(model.tensors));
    pairs.number(arch + ".context_length", kContext);
    pairs.number(arch + ".embedding_length", sizeOf(file, "emb.weight", 1));
    pairs.number(arch + ".block_count", countLayers(file));
    pairs.number(arch + ".feed_forward_length",
                 sizeOf(file, isHybrid ? "blocks.0.ffn.up.weight" : "blocks.0.ffn.key.weight", 0));
    pairs.number(arch + ".attention.head_count", 0);
    pairs.number(arch + ".wkv.head_size", model.headSize);
    if (isHybrid) {
        pairs.fraction(arch + ".attention.layer_norm_rms_epsilon", epsilonOf(model));
        pairs.number(arch + ".token_shift_count", 1);
    } else {
        pairs.fraction(arch + ".attention.layer_norm_epsilon", kNormEpsilon);
    }
    if (arch.ends_with("rwkv7")) return addSeven(pairs, arch, file);
    pairs.number(arch + ".time_mix_extra_dim", sizeOf(file, "blocks.0.att.time_maa_w1", 1) / 5);
    pairs.number(arch + ".time_decay_extra_dim", sizeOf(file, "blocks.0.att.time_decay_w1", 1));
    if (isHybrid)
        pairs.number(arch + ".attention.head_count_kv",
                     sizeOf(file, "blocks.0.att.key.weight", 0) / std::max(model.headSize, 1));
    else
        pairs.number(arch + ".rescale_every_n_layers", 0);
}

void addVocabulary(Pairs &pairs, const StoredVocabulary &vocabulary)
{
    const auto id = [&](const char *key, std::int64_t value) {
        if (value >= 0) pairs.number(std::string("tokenizer.ggml.") + key, value);
    };
    pairs.text("tokenizer.ggml.model", vocabulary.model);
    if (!vocabulary.pre.empty()) pairs.text("tokenizer.ggml.pre", vocabulary.pre);
    pairs.texts("tokenizer.ggml.tokens", vocabulary.tokens);
    if (!vocabulary.types.empty()) pairs.numbers("tokenizer.ggml.token_type", vocabulary.types);
    if (!vocabulary.scores.empty()) pairs.fractions("tokenizer.ggml.scores", vocabulary.scores);
    if (!vocabulary.merges.empty()) pairs.texts("tokenizer.ggml.merges", vocabulary.merges);
    id("bos_token_id", vocabulary.bos);
    id("eos_token_id", vocabulary.eos);
    id("eot_token_id", vocabulary.eot);
    id("padding_token_id", vocabulary.pad);
    pairs.flag("tokenizer.ggml.add_bos_token", false);
    if (!vocabulary.chatTemplate.empty()) pairs.text("tokenizer.chat_template", vocabulary.chatTemplate);
}

} // namespace

void writeGguf(const OutModel &model, const ByteSink &sink)
{
    Pairs pairs;
    addModel(pairs, model);
    addVocabulary(pairs, model.vocabulary);
    ByteWriter out(sink);
    out.text("GGUF" + littleBytes(3, 4) + littleBytes(model.tensors.size(), 8) +
             littleBytes(pairs.count(), 8));
    out.text(pairs.bytes());
    std::uint64_t offset = 0;
    for (const OutTensor &tensor : model.tensors) {
        std::string info = littleBytes(tensor.name.size(), 8) + tensor.name;
        info += littleBytes(std::max<std::size_t>(tensor.shape.size(), 1), 4);
        if (tensor.shape.empty()) info += littleBytes(1, 8);
        for (std::size_t i = tensor.shape.size(); i-- > 0;) // the fastest first
            info += littleBytes(static_cast<std::uint64_t>(tensor.shape[i]), 8);
        out.text(info + littleBytes(idOf(tensor), 4) + littleBytes(offset, 8));
        offset += aligned(tensor.bytes);
    }
    for (const OutTensor &tensor : model.tensors) {
        out.align(kAlignment);
        writeTensor(model, tensor, [&out](std::span<const std::byte> bytes) { out.put(bytes); });
    }
    out.align(kAlignment);
}

} // namespace engine
