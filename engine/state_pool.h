#pragma once

#include "engine/models/model.h"
#include "engine/tensor.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace engine
{

/// Which floats of every slot one device keeps, and which of every token's.
struct StateShare {
    kernels::Device *device = nullptr;
    std::size_t first = 0, end = 0;
    std::size_t firstOfToken = 0, endOfToken = 0;
};

/// All recurrent state of the loaded model: a fixed number of slots, one per running sequence. A model on
/// several devices has its slots in shares, one for each run of layers; outside they look whole.
///
/// What a hybrid keeps for each token lies in pages of PagedView::kTokens tokens, each with the keys and
/// values of all layers. A slot takes them as its sequence grows and gives them back when it is released or
/// cleared; page i exists on every device that has layers with attention. Memory for a page is asked for when
/// none is idle, and stays here for the next sequence. Pages are copied, never shared: sequences that go on
/// from one text do so from host copies, which hold only the tokens read.
/// Ownership: owns the device memory; a Slot is an index, so that it stays valid when the batch changes.
/// Thread: the runner only.
class StatePool final
{
public:
    using Slot = std::int32_t;

    /// Allocates `slots` slots on one device. Throws Error(OutOfMemory) with the bytes asked for.
    StatePool(kernels::Device &device, const StateSpec &spec, int slots);
    /// The same in shares, which follow each other from float 0 to the last.
    StatePool(const std::vector<StateShare> &shares, const StateSpec &spec, int slots);
    StatePool(const StatePool &) = delete;
    StatePool &operator=(const StatePool &) = delete;

    /// What slots hold from now on when they are acquired or cleared; without it zeros. Throws
    /// Error(BadState) if it is no state of the model.
    void startFrom(std::vector<float> state);

    /// A slot in the starting state, or nullopt when all are in use.
    std::optional<Slot> acquire();
    /// Gives a slot back; it must be in use.
    void release(Slot slot);
    void clear(Slot slot);
    /// Throws Error(OutOfMemory) as reserve().
    void copy(Slot from, Slot to);
    /// The slot's state on the host, as StateSpec says (waits for the devices).
    std::vector<float> save(Slot slot) const;
    /// Fills a slot that is in use. Throws Error(BadState) if it is no state of the model, OutOfMemory as
    /// reserve().
    void load(Slot slot, std::span<const float> state);

    /// Sees to pages for so many more tokens. Throws Error(OutOfMemory) with what could be done; the slot
    /// then holds what it held.
    void reserve(Slot slot, int tokens);
    /// As reserve(); and the tokens will have been read by the next call for this slot.
    void grow(Slot slot, int tokens);

    /// Share i of slot s starts at data(i) + s * (its floats): what Step::states wants.
    float *data(std::size_t share = 0) const { return m_parts[share].memory.f32(); }
    /// What Step::pages wants.
    kernels::PagedView pages(std::size_t share = 0) const;
    const StateSpec &spec() const { return m_spec; }
    std::size_t floatsPerSlot() const { return m_spec.floatsPerSlot; }
    std::size_t bytes() const;
    std::size_t bytes(const kernels::Device &device) const; ///< of it on one device
    int slots() const { return m_slots; }
    int freeSlots() const { return static_cast<int>(m_free.size()); }
    int usedPages() const { return static_cast<int>(m_pages - m_idle.size()); }

    /// Pages of a sequence of so many tokens.
    static std::size_t pagesOf(const StateSpec &spec, std::int64_t tokens);
    static std::size_t pageBytes(const StateShare &share);
    /// What a share takes once the first step has taken its page.
    static std::size_t plannedBytes(const StateShare &share, const StateSpec &spec, int slots);

private:
    struct Part {
        StateShare share;
        Tensor memory;
        Tensor table;                   ///< [slots, slotPages] addresses of pages
        std::vector<float *> hostTable; ///< the same; uploads read from it
        std::vector<Tensor> pages;      ///< by number of the page; empty without a token's floats

        std::size_t floats() const { return share.end - share.first; }
        std::size_t bytes() const { return floats() * sizeof(float); }
        std::size_t takenBytes() const;
        bool keepsTokens() const { return share.endOfToken > share.firstOfToken; }
        float *at(Slot slot) const { return memory.f32() + static_cast<std::size_t>(slot) * floats(); }
    };
    struct Kept {
        std::int64_t tokens = 0; ///< read
        std::vector<std::size_t> pages;
    };

    Kept &keptOf(Slot slot) { return m_kept[static_cast<std::size_t>(slot)]; }
    std::size_t keptTokens(Slot slot) const;
    std::size_t requireState(std::span<const float> state) const;
    std::size_t takePage();
    void dropPages(Slot slot);
    template <typename Move>
    void forRows(Slot slot, const Move &move) const;

    const StateSpec m_spec;
    std::vector<Part> m_parts;
    std::vector<float> m_start; ///< empty: zeros
    int m_slots = 0;
    std::vector<Slot> m_free;        ///< the lowest index last, so that few slots stay warm in the cache
    std::vector<Kept> m_kept;        ///< by slot
    std::size_t m_pages = 0;         ///< that exist
    std::vector<std::size_t> m_idle; ///< pages that no slot has
};

} // namespace engine
