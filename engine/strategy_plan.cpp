// Strategies for clients that show them layer by layer.
#include "engine/engine.h"
#include "engine/error.h"
#include "engine/placement.h"

#include <utility>

namespace engine
{
namespace
{

using kernels::Format;
using Role = std::pair<std::optional<Format> Strategy::*, std::string StrategyPlan::*>;

constexpr Role kRoles[] = {{&Strategy::head, &StrategyPlan::head},
                           {&Strategy::embedding, &StrategyPlan::embedding},
                           {&Strategy::factors, &StrategyPlan::factors},
                           {&Strategy::channelMix, &StrategyPlan::channelMix}};
constexpr const char *kRoleNames[] = {"head", "emb", "lora", "ffn"};

/// Every run of places that are alike as a segment; streamed ones go with those before them.
std::string written(const StrategyPlan &plan)
{
    std::string text;
    const std::size_t count = plan.items.size();
    for (std::size_t i = 0; i < count;) {
        const auto isSame = [&](const LayerPlace &p) {
            return p.device == plan.items[i].device && p.format == plan.items[i].format;
        };
        std::size_t resident = i;
        while (resident < count && isSame(plan.items[resident]) && !plan.items[resident].streamed)
            ++resident;
        std::size_t end = resident;
        while (end < count && isSame(plan.items[end]) && plan.items[end].streamed)
            ++end;
        if (i > 0) text += " -> ";
        text += plan.items[i].device + ' ' + plan.items[i].format;
        text += " *" + std::to_string(resident - i);
        if (end > resident) text += '+';
        i = end;
    }
    for (std::size_t r = 0; r < std::size(kRoles); ++r)
        if (const std::string &format = plan.*kRoles[r].second; !format.empty())
            text += ' ' + std::string(kRoleNames[r]) + '=' + format;
    return text;
}

StrategyPlan planOf(const Strategy &strategy, const Placement &placement)
{
    StrategyPlan plan;
    for (int i = 0; i <= placement.layers(); ++i) {
        const LayerPlan &item = placement.layer(i);
        plan.items.push_back({item.device, kernels::nameOf(item.format), item.streamed});
    }
    for (const auto &[from, to] : kRoles)
        if (const std::optional<Format> &format = strategy.*from) plan.*to = kernels::nameOf(*format);
    return plan;
}

} // namespace

StrategyPlan planStrategy(const std::string &strategy, const ModelInfo &model)
{
    const Strategy parsed = parseStrategy(strategy);
    return planOf(parsed, Placement(parsed, model.layers, formatNamed(model.format).value_or(Format::F32)));
}

std::string strategyText(const StrategyPlan &plan)
{
    if (plan.items.empty()) throw Error(ErrorCode::BadStrategy, "Strategy: expected at least one layer.");
    const Strategy parsed = parseStrategy(written(plan));
    const Placement placement(parsed, static_cast<int>(plan.items.size()) - 1, Format::F32);
    if (!(planOf(parsed, placement) == plan))
        throw Error(ErrorCode::BadStrategy, "Strategy: only layers that follow each other can be streamed.");
    return placement.text();
}

} // namespace engine
