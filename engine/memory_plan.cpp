#include "engine/memory_plan.h"

#include "engine/error.h"
#include "engine/model_loader.h"
#include "engine/weight_store.h"

#include <algorithm>

namespace engine
{
namespace
{

constexpr int kDefaultSlots = 256;
constexpr int kMostSlots = StepLimits::kMaxRows; ///< every sequence that decodes has a row in every step
constexpr std::size_t kShareForStates = 8;       ///< states take at most 1/8 of what the weights leave

std::size_t logitBytes(const ModelDims &dims)
{
    return static_cast<std::size_t>(dims.vocabulary) * sizeof(float);
}

/// Fills what depends on the number of slots.
void setSlots(MemoryPlan &plan, int slots, const Family &family, const TensorFile &file,
              const ModelDims &dims)
{
    plan.slots = slots;
    plan.logitRows = std::min(slots, StepLimits::kMaxLogitRows);
    plan.use.states = static_cast<std::size_t>(slots) * family.state(dims).floatsPerSlot * sizeof(float);
    plan.use.workspace = family.workspaceBytes(dims, file, StepLimits::kMaxRows, plan.logitRows) +
                         static_cast<std::size_t>(plan.logitRows) * logitBytes(dims);
}

std::string sentenceOf(const MemoryFix &fix)
{
    const std::string saves = ": saves " + bytesText(fix.bytes) + ".";
    switch (fix.kind) {
    case MemoryFix::Kind::FewerSlots:
        return "Run " + std::to_string(fix.slots) + " sequences at once instead of " +
               std::to_string(fix.slotsBefore) + saves;
    case MemoryFix::Kind::SmallerWeights:
        return "Keep the weights smaller (strategy \"" + fix.strategy + "\")" + saves;
    case MemoryFix::Kind::FreeMemory:
        break;
    }
    return "Free " + bytesText(fix.bytes) +
           " of memory by closing other programs, or choose a smaller model.";
}

} // namespace

int defaultSlots(std::size_t bytes, std::size_t freeBytes)
{
    int slots = kDefaultSlots;
    while (slots > 1 && static_cast<std::size_t>(slots) * bytes > freeBytes / kShareForStates)
        slots /= 2;
    return slots;
}

MemoryPlan planMemory(const Family &family, const WeightStore &planned, const kernels::Device &device,
                      int requestedSlots, std::size_t cacheBytes)
{
    if (requestedSlots < 0 || requestedSlots > kMostSlots)
        throw Error(ErrorCode::BadRequest, "Sequences at once: expected 1 to " + std::to_string(kMostSlots) +
                                               ", or 0 to choose, found " + std::to_string(requestedSlots) +
                                               ".");
    const kernels::MemoryFigures figures = device.memory();
    const ModelDims dims = family.dims(planned.file());
    MemoryPlan plan;
    plan.use.device = device.info().id;
    plan.use.weights = planned.ownBytes();
    plan.use.cache = cacheBytes;
    plan.use.total = figures.totalBytes;
    plan.use.free = figures.freeBytes;
    const std::size_t left = figures.freeBytes - std::min(figures.freeBytes, plan.use.weights);
    const std::size_t perSlot = family.state(dims).floatsPerSlot * sizeof(float) + logitBytes(dims);
    setSlots(plan, requestedSlots > 0 ? requestedSlots : defaultSlots(perSlot, left), family, planned.file(),
             dims);
    return plan;
}

std::vector<MemoryFix> cheapestFixes(const MemoryPlan &plan, const Family &family, const WeightStore &planned,
                                     const kernels::Device &device)
{
    using Kind = MemoryFix::Kind;
    std::vector<MemoryFix> fixes;
    if (plan.use.needed() <= plan.use.free) return fixes;
    const std::size_t missing = plan.use.needed() - plan.use.free;
    const ModelDims dims = family.dims(planned.file());

    MemoryPlan fewer = plan;
    while (fewer.slots > 1 && fewer.use.needed() > fewer.use.free)
        setSlots(fewer, fewer.slots / 2, family, planned.file(), dims);
    if (fewer.slots < plan.slots && fewer.use.needed() <= fewer.use.free)
        fixes.push_back(
            {Kind::FewerSlots, plan.use.needed() - fewer.use.needed(), fewer.slots, plan.slots, {}});

    WeightStore halved(planned.file(),
                       Placement(parseStrategy("cpu bf16"), dims.layers, kernels::Format::BF16), &device);
    family.create(halved);
    if (halved.ownBytes() < planned.ownBytes())
        fixes.push_back({Kind::SmallerWeights, planned.ownBytes() - halved.ownBytes(), 0, 0, "cpu bf16"});
    fixes.push_back({Kind::FreeMemory, missing, 0, 0, {}});
    return fixes;
}

void requireFit(const MemoryPlan &plan, const std::vector<MemoryFix> &fixes)
{
    if (plan.use.needed() <= plan.use.free) return;
    std::string detail;
    for (const MemoryFix &fix : fixes)
        detail += (detail.empty() ? "" : "\n") + sentenceOf(fix);
    throw Error(ErrorCode::OutOfMemory,
                "The model needs " + bytesText(plan.use.needed()) + " (weights " +
                    bytesText(plan.use.weights) + ", states " + bytesText(plan.use.states) + ", workspace " +
                    bytesText(plan.use.workspace) + "); " + bytesText(plan.use.free) + " are free on " +
                    plan.use.device + ".",
                detail);
}

} // namespace engine
