#include "engine/memory_plan.h"

#include "engine/error.h"
#include "engine/model_loader.h"
#include "engine/runner_session.h"
#include "engine/segments.h"
#include "engine/weight_store.h"

#include <algorithm>
#include <optional>
#include <utility>

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

/// What the file says, and what the user set instead.
ModelDims dimsOf(const Family &family, const WeightStore &planned)
{
    return family.dims(planned.file()).withContext(planned.overrides().contextTokens);
}

/// Fills what depends on the number of slots.
void setSlots(MemoryPlan &plan, int slots, const Family &family, const WeightStore &planned,
              const DeviceSet &devices)
{
    const ModelDims dims = dimsOf(family, planned);
    plan.slots = slots;
    plan.logitRows = std::min(slots, StepLimits::kMaxLogitRows);
    const StepSize largest = stepSize(slots, plan.logitRows);
    const std::vector<ModelSegment> segments = segmentsOf(planned.placement(), devices);
    const StateSpec spec = family.state(dims);
    const std::vector<StateShare> shares = stateShares(segments, spec);
    const std::size_t workspace =
        family.workspaceBytes(dims, planned.file(), largest.rows, largest.logitRows);
    for (std::size_t i = 0; i < devices.size(); ++i) {
        MemoryUse &use = plan.devices[i].use;
        const bool hasHead = segments.back().device == &devices[i];
        use.workspace = Segments::plannedBytes(workspace, dims.vocabulary, hasHead, largest);
        if (hasHead) use.workspace += outputBytes(plan.logitRows, dims.vocabulary);
        use.states = use.context = 0;
        for (const StateShare &share : shares) {
            if (share.device != &devices[i]) continue;
            use.states += StatePool::plannedBytes(share, spec, slots);
            use.context += StatePool::pagesOf(spec, spec.contextTokens) * StatePool::pageBytes(share);
        }
    }
}

/// The fix that keeps the weights smaller: the most precise format that makes the plan fit, else the
/// smallest.
std::optional<MemoryFix> smallerWeights(const MemoryPlan &plan, const Family &family,
                                        const WeightStore &planned, const DeviceSet &devices)
{
    constexpr kernels::Format kFormats[] = {kernels::Format::BF16, kernels::Format::Int8,
                                            kernels::Format::Nf4};
    std::optional<MemoryFix> fix;
    for (const kernels::Format format : kFormats) {
        const Placement placement = planned.placement().in(format);
        WeightStore smaller(planned.file(), placement, devices.ofItems(placement));
        family.create(smaller);
        if (smaller.ownBytes() >= planned.ownBytes()) continue;
        fix = MemoryFix{MemoryFix::Kind::SmallerWeights, planned.ownBytes() - smaller.ownBytes(), 0, 0,
                        placement.text()};
        MemoryPlan fitting = plan;
        for (std::size_t i = 0; i < devices.size(); ++i)
            fitting.devices[i].use.weights -= planned.ownBytes(devices[i]) - smaller.ownBytes(devices[i]);
        if (fitting.missing() == 0) break;
    }
    return fix;
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

MemoryUse MemoryPlan::whole() const
{
    MemoryUse whole;
    bool hasHost = false;
    for (const OnDevice &on : devices) {
        whole.device += (whole.device.empty() ? "" : " + ") + on.use.device;
        whole.weights += on.use.weights;
        whole.states += on.use.states;
        whole.context += on.use.context;
        whole.workspace += on.use.workspace;
        whole.cache = on.use.cache;
        if (on.isHost && std::exchange(hasHost, true)) continue; // the same memory again
        whole.total += on.use.total;
        whole.free += on.use.free;
    }
    return whole;
}

std::size_t MemoryPlan::missing() const
{
    std::size_t most = 0, hostNeeded = 0;
    for (const OnDevice &on : devices) {
        const std::size_t needed = on.isHost ? hostNeeded += on.use.needed() : on.use.needed();
        if (needed > on.use.free) most = std::max(most, needed - on.use.free);
    }
    return most;
}

MemoryPlan planMemory(const Family &family, const WeightStore &planned, const DeviceSet &devices,
                      int requestedSlots, std::size_t cacheBytes)
{
    if (requestedSlots < 0 || requestedSlots > kMostSlots)
        throw Error(ErrorCode::BadRequest, "Sequences at once: expected 1 to " + std::to_string(kMostSlots) +
                                               ", or 0 to choose, found " + std::to_string(requestedSlots) +
                                               ".");
    MemoryPlan plan;
    for (std::size_t i = 0; i < devices.size(); ++i) {
        const kernels::MemoryFigures figures = devices[i].memory();
        MemoryPlan::OnDevice on;
        on.isHost = devices[i].usesHostMemory();
        on.use.device = devices.id(i);
        on.use.weights = planned.ownBytes(devices[i]);
        on.use.cache = cacheBytes;
        on.use.total = figures.totalBytes;
        on.use.free = figures.freeBytes;
        plan.devices.push_back(on);
    }
    const ModelDims dims = dimsOf(family, planned);
    const MemoryUse whole = plan.whole();
    const std::size_t left = whole.free - std::min(whole.free, whole.weights);
    const StateSpec spec = family.state(dims);
    const std::size_t firstPage =
        spec.floatsPerToken * kernels::PagedView::kTokens; // what a short text takes
    const std::size_t perSlot = (spec.floatsPerSlot + firstPage) * sizeof(float) + logitBytes(dims);
    setSlots(plan, requestedSlots > 0 ? requestedSlots : defaultSlots(perSlot, left), family, planned,
             devices);
    return plan;
}

std::vector<MemoryFix> cheapestFixes(const MemoryPlan &plan, const Family &family, const WeightStore &planned,
                                     const DeviceSet &devices)
{
    using Kind = MemoryFix::Kind;
    std::vector<MemoryFix> fixes;
    if (plan.missing() == 0) return fixes;

    MemoryPlan fewer = plan;
    while (fewer.slots > 1 && fewer.missing() > 0)
        setSlots(fewer, fewer.slots / 2, family, planned, devices);
    if (fewer.slots < plan.slots && fewer.missing() == 0)
        fixes.push_back(
            {Kind::FewerSlots, plan.whole().needed() - fewer.whole().needed(), fewer.slots, plan.slots, {}});
    if (const auto smaller = smallerWeights(plan, family, planned, devices)) fixes.push_back(*smaller);
    fixes.push_back({Kind::FreeMemory, plan.missing(), 0, 0, {}});
    return fixes;
}

void requireFit(const MemoryPlan &plan, const std::vector<MemoryFix> &fixes)
{
    if (plan.missing() == 0) return;
    const MemoryUse use = plan.whole();
    std::string detail;
    for (const MemoryFix &fix : fixes)
        detail += (detail.empty() ? "" : "\n") + sentenceOf(fix);
    throw Error(ErrorCode::OutOfMemory,
                "The model needs " + bytesText(use.needed()) + " (weights " + bytesText(use.weights) +
                    ", states " + bytesText(use.states) + ", workspace " + bytesText(use.workspace) + "); " +
                    bytesText(use.free) + " are free on " + use.device + ".",
                detail);
}

} // namespace engine
