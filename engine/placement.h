#pragma once

#include "engine/strategy.h"

#include <optional>
#include <string>
#include <vector>

namespace engine
{

/// Where one item lives and in which format its matrices are kept.
struct LayerPlan {
    std::string device = "cpu";
    kernels::Format format = kernels::Format::F32;
    bool streamed = false; ///< the matrices stay in host memory and are copied to the device for each use

    bool operator==(const LayerPlan &) const = default;
};

/// Which device and format every item of one model has: the layers 0 .. layers - 1, and the final norm with
/// the head, which is item `layers`. The embedding lives with item 0.
class Placement final
{
public:
    /// Spreads the items over the segments as the rwkv package does: counted segments take their count from
    /// left to right until nothing is left. What remains goes to the streaming segment, or is shared by the
    /// segments without a count; else the last segment takes it. `fileFormat` is for segments without one.
    Placement(const Strategy &strategy, int layers, kernels::Format fileFormat);

    const LayerPlan &layer(int item) const { return m_plans[static_cast<std::size_t>(item)]; }
    int layers() const { return static_cast<int>(m_plans.size()) - 1; }
    /// Items on one device that follow each other.
    struct Segment {
        std::string device;
        int firstItem = 0, endItem = 0;
    };
    std::vector<Segment> segments() const;
    /// Every device once, in the order of the items.
    std::vector<std::string> devices() const;
    /// Where the strategy string names a device, in bytes from 0.
    std::size_t position(const std::string &device) const;
    bool anyStreamed() const;

    /// The format of a layer's matrix: of the channel mix, or another one.
    kernels::Format matrixFormat(int layer, bool isChannelMix) const;
    /// Of the head: unless the strategy says otherwise 16 bits or more.
    kernels::Format headFormat() const;
    /// Of the low-rank factors of a layer: unless the strategy says otherwise 16 bits or more.
    kernels::Format factorFormat(int layer) const;
    /// Of the embedding table; absent: as the file has it.
    std::optional<kernels::Format> embeddingFormat() const { return m_strategy.embedding; }

    /// The same with every item in `format`, and roles at their defaults.
    Placement in(kernels::Format format) const;

    /// The canonical string: equal neighbours merged, formats spelled out: "cpu int8", "cpu fp32 *3 -> cpu
    /// bf16 head=int8". Read again it gives the same placement.
    std::string text() const;

private:
    kernels::Format highFormat(kernels::Format format) const;
    void spread(int total);

    Strategy m_strategy;
    kernels::Format m_fileFormat;
    std::vector<LayerPlan> m_plans;
};

} // namespace engine
