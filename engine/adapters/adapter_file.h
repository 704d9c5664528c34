#pragma once

#include "engine/files/tensor_file.h"
#include "engine/options.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace engine::adapters
{

/// What adapter_config.json of Hugging Face PEFT says, or the metadata of a safetensors file.
struct Config {
    std::string kind; ///< "LORA", "MISS", "BONE"; empty: no such file
    std::optional<double> alpha;
    std::map<std::string, double> alphaOf; ///< by the end of the matrix's name
    bool rootOfRank = false;               ///< rsLoRA: alpha / sqrt(rank)
    bool isPissa = false;
};

/// The tensors of an adapter that belong to one matrix of the model.
struct Group {
    std::string matrix;                               ///< "blocks.0.att.key", without ".weight"
    std::map<std::string, const TensorEntry *> parts; ///< by what follows: "lora_A", "bone", ...

    /// nullptr if absent.
    const TensorEntry *part(const std::string &name) const;
};

/// The tensors of a mixture of experts in one layer; see mole.h.
struct ExpertLayer {
    const TensorEntry *router = nullptr, *info = nullptr;
    std::map<int, std::map<std::string, const TensorEntry *>> parts; ///< expert -> "key.lora_A" ...
};
using ExpertLayers = std::map<int, ExpertLayer>;

/// An opened adapter: which of its tensors belong together, and what they are called in the model. The
/// layouts of rwkv-infer §5: RWKV-PEFT and RWKV-LM-RLHF (.pth), Hugging Face PEFT (a folder), with or without
/// the prefixes "model." and "base_model.model.". Immutable after opening; may be shared between threads.
class AdapterFile final
{
public:
    /// Throws Error: as TensorFile::open; UnsupportedModel for a file that holds no adapter, or one of a kind
    /// that is not known (naming it); BadFile for a config that is none.
    explicit AdapterFile(const AdapterUse &use);

    const AdapterUse &use() const { return m_use; }
    const TensorFile &file() const { return *m_file; }
    /// The file of a PiSSA adapter's initial factors; file() where they are in there; nullptr: no PiSSA.
    const TensorFile *init() const { return m_init.get(); }
    const Config &config() const { return m_config; }
    const std::string &layout() const { return m_layout; } ///< "Hugging Face PEFT", "RWKV-PEFT"
    const std::vector<Group> &groups() const { return m_groups; }
    /// Tensors that replace the model's of the same name: that name and the tensor.
    const std::map<std::string, const TensorEntry *> &replacements() const { return m_replacements; }
    /// The tensors of a mixture of experts by layer; empty if it is none.
    const ExpertLayers &experts() const { return m_experts; }
    /// alpha / rank of a matrix, and whether the user or the file said alpha.
    double factor(const Group &group, std::int64_t rank) const;
    bool knowsAlpha() const { return m_use.alpha != 0 || m_config.alpha.has_value(); }
    /// Of the names, shapes and sampled bytes of its tensors, and of how it is used.
    std::string fingerprint() const;

private:
    void readConfig(const std::string &folder);
    void addTensors(const TensorFile &file, bool isInit);
    Group &group(const std::string &matrix);

    AdapterUse m_use;
    std::unique_ptr<TensorFile> m_file, m_init;
    Config m_config;
    std::string m_layout;
    std::vector<Group> m_groups;
    std::map<std::string, std::size_t> m_places; ///< of the groups, by matrix
    std::map<std::string, const TensorEntry *> m_replacements;
    ExpertLayers m_experts;
};

} // namespace engine::adapters
