#pragma once

#include "engine/models/model.h"
#include "engine/tensor.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace engine
{

/// Which floats of every slot one device keeps.
struct StateShare {
    kernels::Device *device = nullptr;
    std::size_t first = 0, end = 0;
};

/// All recurrent state of the loaded model: a fixed number of slots, one per running sequence. A model on
/// several devices has its slots in shares, one for each run of layers; outside they look whole.
/// Ownership: owns the device memory; a Slot is an index, so that it stays valid when the batch changes.
/// Thread: the runner only.
class StatePool final
{
public:
    using Slot = std::int32_t;

    /// Allocates `slots` slots on one device. Throws Error(OutOfMemory) with the bytes asked for.
    StatePool(kernels::Device &device, const StateSpec &spec, int slots);
    /// The same in shares, which follow each other from float 0 to the last.
    StatePool(const std::vector<StateShare> &shares, int slots);
    StatePool(const StatePool &) = delete;
    StatePool &operator=(const StatePool &) = delete;

    /// What slots hold from now on when they are acquired or cleared; without it zeros. Throws
    /// Error(BadState) if the size is not floatsPerSlot().
    void startFrom(std::vector<float> state);

    /// A slot in the starting state, or nullopt when all are in use.
    std::optional<Slot> acquire();
    /// Gives a slot back; it must be in use.
    void release(Slot slot);
    void clear(Slot slot);
    void copy(Slot from, Slot to);
    /// The slot's floats on the host (waits for the devices).
    std::vector<float> save(Slot slot) const;
    /// Fills a slot that is in use. Throws Error(BadState) if the size is not floatsPerSlot().
    void load(Slot slot, std::span<const float> state);

    /// Share i of slot s starts at data(i) + s * (its floats): what Step::states wants.
    float *data(std::size_t share = 0) const { return m_parts[share].memory.f32(); }
    std::size_t floatsPerSlot() const { return m_parts.back().share.end; }
    std::size_t bytes() const;
    std::size_t bytes(const kernels::Device &device) const; ///< of it on one device
    int slots() const { return m_slots; }
    int freeSlots() const { return static_cast<int>(m_free.size()); }

private:
    void requireWhole(std::size_t floats) const;

    struct Part {
        StateShare share;
        Tensor memory;

        std::size_t floats() const { return share.end - share.first; }
        std::size_t bytes() const { return floats() * sizeof(float); }
        float *at(Slot slot) const { return memory.f32() + static_cast<std::size_t>(slot) * floats(); }
    };

    std::vector<Part> m_parts;
    std::vector<float> m_start; ///< empty: zeros
    int m_slots = 0;
    std::vector<Slot> m_free; ///< the lowest index last, so that few slots stay warm in the cache
};

} // namespace engine
