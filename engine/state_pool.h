#pragma once

#include "engine/models/model.h"
#include "engine/tensor.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace engine
{

/// All recurrent state of the loaded model: a fixed number of slots, one per running sequence.
/// Ownership: owns the device memory; a Slot is an index, so that it stays valid when the batch changes.
/// Thread: the runner only.
class StatePool final
{
public:
    using Slot = std::int32_t;

    /// Allocates `slots` slots. Throws Error(OutOfMemory) with the bytes asked for.
    StatePool(kernels::Device &device, const StateSpec &spec, int slots);
    StatePool(const StatePool &) = delete;
    StatePool &operator=(const StatePool &) = delete;

    /// A zeroed slot, or nullopt when all are in use.
    std::optional<Slot> acquire();
    /// Gives a slot back; it must be in use.
    void release(Slot slot);
    void clear(Slot slot);
    void copy(Slot from, Slot to);
    /// The slot's floats on the host (waits for the device).
    std::vector<float> save(Slot slot) const;
    /// Fills a slot that is in use. Throws Error(BadState) if the size is not floatsPerSlot().
    void load(Slot slot, std::span<const float> state);

    /// Slot s starts at data() + s * floatsPerSlot(): what Step::states wants.
    float *data() const { return m_memory.f32(); }
    std::size_t floatsPerSlot() const { return m_floats; }
    std::size_t bytes() const { return m_memory.bytes(); }
    int slots() const { return m_slots; }
    int freeSlots() const { return static_cast<int>(m_free.size()); }

private:
    float *at(Slot slot) const { return data() + static_cast<std::size_t>(slot) * m_floats; }

    kernels::Device &m_device;
    std::size_t m_floats = 0;
    int m_slots = 0;
    Tensor m_memory;
    std::vector<Slot> m_free; ///< the lowest index last, so that few slots stay warm in the cache
};

} // namespace engine
