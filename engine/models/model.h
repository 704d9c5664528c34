#pragma once

#include "engine/events.h"
#include "engine/files/tensor_file.h"
#include "kernels/device.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace engine
{

class WeightStore;
struct Experts;

/// Sizes that every family has; derived from tensor shapes, never from file names.
struct ModelDims {
    int layers = 0, width = 0, heads = 0, headSize = 0, hidden = 0, vocabulary = 0;
    // Hybrids with transformers only:
    std::vector<int>
        attention;         ///< [layers] numbers of one token's keys in layers with attention, 0 in others
    int contextTokens = 0; ///< that attention sees
    bool hasTokenShift = true, hasPositions = false;

    bool hasAttention() const
    {
        return std::any_of(attention.begin(), attention.end(), [](int keys) { return keys > 0; });
    }
    /// With `tokens` in the place of what the file says attention sees; 0, or no attention: as it is.
    ModelDims withContext(int tokens) const
    {
        ModelDims dims = *this;
        if (tokens > 0 && hasAttention()) dims.contextTokens = tokens;
        return dims;
    }
};

/// Which memory one sequence needs between two steps, all float32; every family declares it. Hybrids keep, on
/// top of the numbers of a slot, some for each token: keys and values. On the host the state of a sequence
/// that keeps T tokens is the slot's numbers and then the parts of the tokens, [T, width] each.
struct StateSpec {
    /// One named piece of a slot; state files hold each as a tensor of this name.
    struct Part {
        std::string name; ///< "blocks.0.att.time_state"
        std::vector<std::int64_t> shape;
        std::size_t offset = 0;  ///< floats from the start of the slot, or of what a token has
        bool isPerToken = false; ///< shape: [contextTokens, width]

        std::size_t width() const { return static_cast<std::size_t>(shape.back()); } ///< of isPerToken
    };
    std::size_t floatsPerSlot = 0;
    std::string layout;      ///< names the order and meaning of the numbers; written to state files
    std::vector<Part> parts; ///< without gaps, in order of offset
    bool keysFirst = false;  ///< att.time_state is [H, N key, N value] (v5, v6), else [H, N value, N key]
    /// [layers + 1]: layer i owns the floats layerOffset[i] .. layerOffset[i + 1] - 1 of a slot.
    std::vector<std::size_t> layerOffset;
    // Hybrids only:
    std::size_t floatsPerToken = 0;
    int contextTokens = 0; ///< tokens that are kept at most
    /// [layers + 1] as layerOffset, of a token's floats; empty without any.
    std::vector<std::size_t> layerTokenOffset;
    std::vector<std::size_t> positions; ///< offsets in the slot of what counts the tokens, for the layers
                                        ///< with attention

    std::size_t floatsOf(std::size_t tokens) const { return floatsPerSlot + tokens * floatsPerToken; }
    /// How many tokens a state of so many numbers keeps; -1: none has so many.
    int tokensIn(std::size_t floats) const
    {
        if (floats < floatsPerSlot) return -1;
        const std::size_t rest = floats - floatsPerSlot;
        if (floatsPerToken == 0) return rest == 0 ? 0 : -1;
        const bool fits =
            rest % floatsPerToken == 0 && rest / floatsPerToken <= static_cast<std::size_t>(contextTokens);
        return fits ? static_cast<int>(rest / floatsPerToken) : -1;
    }
    /// Where a part begins in a state that keeps so many tokens.
    std::size_t beginOf(const Part &part, std::size_t tokens) const
    {
        return part.isPerToken ? floatsPerSlot + tokens * part.offset : part.offset;
    }
};

/// Everything one forward pass over some layers on one device may touch. A model whose layers sit on several
/// devices runs as consecutive passes, and the first Model::carriedBytes() of the workspace hop in between.
/// Buffers are planned once for the largest step; a pass allocates nothing.
struct Step {
    kernels::Device &device;
    kernels::Batch batch;                 ///< device arrays
    const std::int32_t *tokens = nullptr; ///< [batch.tokens], device memory
    float *states = nullptr;              ///< this device's part of slot s at states + s * stateStride
    std::size_t stateStride = 0;          ///< floats
    std::size_t stateOffset = 0;          ///< floats of a whole slot before this device's part
    kernels::PagedView pages = {};        ///< of this device's part of what tokens have
    std::size_t tokenOffset = 0;          ///< floats of a whole token before this device's part
    /// Items firstItem .. endItem - 1 run: item 0 begins with the embedding, items 0 .. layers - 1 are the
    /// layers, item `layers` is the final norm and the head.
    int firstItem = 0, endItem = 0;
    std::byte *workspace = nullptr;          ///< Model::workspaceBytes(...) bytes, 64-byte aligned
    const std::int32_t *logitRows = nullptr; ///< [logitCount] rows whose logits are wanted, device memory
    int logitCount = 0;                      ///< 0: no head
    kernels::View logits;                    ///< [logitCount, V] float32 out
    kernels::View hidden =
        {}; ///< [logitCount, C] float32 out: the final norm of those rows instead of logits
    std::stop_token stop = {}; ///< once stopped, the pass may end early and its results mean nothing
};

/// A loaded model on its device. forward() only records ops: no allocation, no host reads, no branch on data.
/// Thread: the runner.
class Model
{
public:
    virtual ~Model() = default;
    virtual const ModelDims &dims() const = 0;
    virtual StateSpec state() const = 0;
    virtual std::size_t workspaceBytes(int rows, int logitRows) const = 0;
    /// Leading bytes of the workspace that the next device needs to go on behind a layer (x, v_first).
    virtual std::size_t carriedBytes(int rows) const = 0;
    virtual void forward(const Step &step) const = 0;
    /// True if a mixture of low-rank experts can be put over its channel mix.
    virtual bool takesExperts() const { return false; }
    /// Puts one there, or takes it away (nullptr); `experts` must outlive its use. Only if takesExperts().
    virtual void setExperts(const Experts *) {}
};

/// One generation of RWKV: how it is recognised, measured and built. One per file in engine/models, listed in
/// registry.cpp.
struct Family {
    const char *name; ///< "rwkv7"
    bool (*accepts)(const TensorFile &file);
    /// Dimensions from shapes. Throws Error(BadModel) naming the tensor that is missing or has the wrong
    /// shape.
    ModelDims (*dims)(const TensorFile &file);
    StateSpec (*state)(const ModelDims &dims);
    /// Takes its weights from the store. Throws Error(BadModel).
    std::unique_ptr<Model> (*create)(WeightStore &store);
    /// As Model::workspaceBytes, before a model exists.
    std::size_t (*workspaceBytes)(const ModelDims &dims, const TensorFile &file, int rows, int logitRows);
};

/// The family that accepts the file, or nullptr.
const Family *findFamily(const TensorFile &file);

/// As findFamily, but throws Error(UnsupportedModel) saying what the file is, as far as its names tell
/// ("This is an RWKV-7b model; ..."), and which names were expected.
const Family &requireFamily(const TensorFile &file);

} // namespace engine
