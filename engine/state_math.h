#pragma once

// Sums, norms and distances of states. A state is linear in nothing but its own recurrence, so what a sum
// says is an experiment; the arithmetic itself is exact to float32.

#include "engine/events.h"
#include "engine/request.h"
#include "engine/state_import.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace engine
{

/// A state's arrays, whoever wrote it, read one at a time: matrices as [heads, value, key]; shifts that are
/// all zero count as not there.
class StateArrays final
{
public:
    struct Part {
        std::string name; ///< "blocks.0.att.time_state"
        int layer = 0;
        std::vector<std::int64_t> shape;
        bool isMatrix = false;
        std::size_t source = 0; ///< piece of the file, or part of the slot
    };

    /// Throws Error as describeState; BadState for states whose numbers cannot be added (RWKV-4, attention);
    /// BadRequest where neither file nor spec say the order of the matrices.
    explicit StateArrays(const OpenStateSpec &spec);
    StateArrays(HeldStatePtr held, StateId id);

    const std::string &name() const { return m_name; }
    const std::vector<Part> &parts() const { return m_parts; } ///< by layer, then by name
    int layers() const { return m_layers; }
    int heads() const { return m_heads; }
    /// Throws Error(BadState).
    std::vector<float> values(const Part &part) const;

private:
    void arrange();

    std::string m_name;
    std::vector<Part> m_parts;
    int m_layers = 0, m_heads = 0;
    std::unique_ptr<TensorFile> m_file; ///< with m_state, or
    std::unique_ptr<ImportedState> m_state;
    HeldStatePtr m_held;
    bool m_keysFirst = false;
};

/// A sum of states.
struct CombinedState {
    struct Array {
        StateArrays::Part part;
        std::vector<float> values;
    };
    std::vector<Array> arrays;
    StateFigures figures;

    bool hasShifts() const;
    /// Writes a .pth: blocks.N.att.time_state, time_offset, and shifts as ts_state. Returns its size. Throws
    /// Error(CannotWrite).
    std::uint64_t write(const std::string &path, bool asBf16) const;
    /// The numbers of a slot. Throws Error(BadState) if the model's states are of another shape.
    std::vector<float> slot(const ModelFacts &model) const;
};

/// Throws Error(BadRequest) for weights out of range and states that differ in shape.
CombinedState combineArrays(const std::vector<StateTerm> &terms,
                            const std::vector<std::unique_ptr<StateArrays>> &states);
/// All but the job. Throws as combineArrays.
event::StatesMeasured measureArrays(const std::vector<std::unique_ptr<StateArrays>> &states);

} // namespace engine
