#pragma once

#include "kernels/weight.h"

#include <optional>
#include <string>
#include <vector>

namespace engine
{

/// One part of a strategy string: "cpu bf16 *10".
struct StrategySegment {
    std::string device = "cpu";
    std::optional<kernels::Format> format; ///< absent: the file's main type
    int layers = -1;                       ///< "*N"; -1: a share of what the counted segments leave

    bool operator==(const StrategySegment &) const = default;
};

/// A parsed strategy string; ChatRWKV's grammar: segments joined by "->".
struct Strategy {
    std::vector<StrategySegment> segments;
};

/// Reads a strategy string: `device [fp32|fp16|bf16] [*N]`, joined by "->". Throws Error(BadStrategy) for
/// what is not in the grammar or cannot be run yet (i8, streaming "+"), Error(DeviceUnusable) for devices
/// that this program cannot use (cuda, hip, mps, dml); the message names the token, `detail` is its position
/// in bytes from 0.
Strategy parseStrategy(const std::string &text);

/// Where one layer lives and in which format its matrices are kept.
struct LayerPlan {
    std::string device = "cpu";
    kernels::Format format = kernels::Format::F32;

    bool operator==(const LayerPlan &) const = default;
};

/// Which device and format every layer of one model has.
class Placement final
{
public:
    /// Spreads `layers` layers and the head (item `layers`, as ChatRWKV counts) over the segments: counted
    /// segments take their count in order, the others share what is left, and the last one takes the rest.
    Placement(const Strategy &strategy, int layers, kernels::Format fileFormat);

    /// `layer` 0 .. layers - 1; `layers` itself is the final norm and the head.
    const LayerPlan &layer(int layer) const { return m_plans[static_cast<std::size_t>(layer)]; }
    const LayerPlan &head() const { return m_plans.back(); }
    /// The one device of the model: strategies over several devices are refused by parseStrategy.
    const std::string &device() const { return m_plans.front().device; }
    /// The canonical string: equal neighbours merged, formats spelled out: "cpu bf16", "cpu fp32 *3 -> cpu
    /// bf16".
    std::string text() const;

private:
    std::vector<LayerPlan> m_plans;
};

} // namespace engine
