#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace engine
{

/// What bounds one step.
struct ScheduleLimits {
    int maxRows = 512;                ///< tokens a step; never fewer than there are slots
    int promptRowsWhileDecoding = 64; ///< so that reading a long prompt does not make streams stutter
    int turnRows = 16;                ///< what a prompt gets when it is its turn, beside the oldest
};

/// A sequence that holds a slot, in order of admission.
struct RunningSequence {
    int promptLeft = 0;         ///< rows it could be given now; 0: it decodes and needs one row
    std::uint64_t lastTurn = 0; ///< step in which it was last given prompt rows, 0 = never
    bool waits = false;         ///< it needs nothing now: a voice whose mix is not complete yet
};

/// What one step does. `rows[i]` belongs to running sequence `i`; 0 = it waits for the next step.
struct StepPlan {
    int admit = 0; ///< so many requests leave the head of the queue first; plan again with them running
    std::vector<int> rows;
};

/// Decides one step from plain data; knows no device, thread or clock.
///  - Requests are admitted in order while slots are free; a mix, which needs several, wholly or not at all,
///    and nobody overtakes it.
///  - Every decoding sequence gets its row in every step.
///  - Prompts share what is left: half of it to the oldest first, so that prompts finish one after the other;
///  the
///    other half in turns of `turnRows` to those that have waited longest, so that a short prompt never
///    stands behind a huge one; what then is left to the oldest again.
/// Bound: with P prompts being read and B rows for prompts, each gets a turn at least every
/// ceil(P / floor(B / 2 / turnRows)) steps (of at least one turn a step).
/// `waiting`: the slots that each request of the queue needs, its head first.
void planStep(std::span<const int> waiting, int freeSlots, std::span<const RunningSequence> running,
              const ScheduleLimits &limits, StepPlan &plan);

} // namespace engine
