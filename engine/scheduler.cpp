#include "engine/scheduler.h"

#include <algorithm>

namespace engine
{
namespace
{

/// Gives sequence `i` up to `most` more rows out of `budget`.
void give(std::span<const RunningSequence> running, std::vector<int> &rows, std::size_t i, int most,
          int &budget)
{
    const int more = std::max(0, std::min({running[i].promptLeft - rows[i], most, budget}));
    rows[i] += more;
    budget -= more;
}

void giveInOrder(std::span<const RunningSequence> running, std::vector<int> &rows, int budget)
{
    for (std::size_t i = 0; i < running.size() && budget > 0; ++i)
        give(running, rows, i, budget, budget);
}

} // namespace

void planStep(std::span<const int> waiting, int freeSlots, std::span<const RunningSequence> running,
              const ScheduleLimits &limits, StepPlan &plan)
{
    plan.admit = 0;
    for (const int slots : waiting) {
        if (slots > freeSlots) break;
        freeSlots -= slots;
        ++plan.admit;
    }
    plan.rows.assign(running.size(), 0);

    int decoding = 0;
    std::vector<std::size_t> prompts;
    for (std::size_t i = 0; i < running.size(); ++i) {
        if (running[i].promptLeft > 0) {
            prompts.push_back(i);
        } else if (!running[i].waits) {
            plan.rows[i] = 1;
            ++decoding;
        }
    }
    int budget = limits.maxRows - decoding;
    if (decoding > 0) budget = std::min(budget, limits.promptRowsWhileDecoding);
    if (prompts.empty() || budget <= 0) return;

    // Those that have waited longest get their turn; between equals the older one.
    std::stable_sort(prompts.begin(), prompts.end(),
                     [&](std::size_t a, std::size_t b) { return running[a].lastTurn < running[b].lastTurn; });
    int turns = prompts.size() == 1 ? 0 : std::max(std::min(budget, limits.turnRows), budget / 2);
    int oldest = budget - turns;
    for (const std::size_t i : prompts) {
        if (turns <= 0) break;
        give(running, plan.rows, i, limits.turnRows, turns);
    }
    giveInOrder(running, plan.rows, oldest + turns);
}

} // namespace engine
