#include "engine/state_pool.h"

#include "engine/error.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace engine
{

StatePool::StatePool(kernels::Device &device, const StateSpec &spec, int slots)
    : StatePool({{&device, 0, spec.floatsPerSlot}}, slots)
{
}

StatePool::StatePool(const std::vector<StateShare> &shares, int slots)
    : m_slots(slots)
{
    for (const StateShare &share : shares)
        m_parts.push_back(
            {share, Tensor(*share.device,
                           static_cast<std::size_t>(slots) * (share.end - share.first) * sizeof(float),
                           "States of " + std::to_string(slots) + " sequences")});
    m_free.reserve(static_cast<std::size_t>(slots));
    for (int slot = slots; slot-- > 0;)
        m_free.push_back(slot);
}

std::optional<StatePool::Slot> StatePool::acquire()
{
    if (m_free.empty()) return std::nullopt;
    const Slot slot = m_free.back();
    m_free.pop_back();
    clear(slot);
    return slot;
}

void StatePool::release(Slot slot)
{
    m_free.insert(std::lower_bound(m_free.begin(), m_free.end(), slot, std::greater<>()), slot);
}

void StatePool::requireWhole(std::size_t floats) const
{
    if (floats != floatsPerSlot())
        throw Error(ErrorCode::BadState, "The state holds " + std::to_string(floats) +
                                             " numbers; the loaded model needs " +
                                             std::to_string(floatsPerSlot()) + ".");
}

void StatePool::startFrom(std::vector<float> state)
{
    requireWhole(state.size());
    m_start = std::move(state);
}

void StatePool::clear(Slot slot)
{
    if (!m_start.empty()) return load(slot, m_start);
    for (const Part &part : m_parts)
        part.share.device->zero(part.at(slot), part.bytes());
}

void StatePool::copy(Slot from, Slot to)
{
    if (from == to) return;
    for (const Part &part : m_parts)
        part.share.device->copy(part.at(to), part.at(from), part.bytes());
}

std::vector<float> StatePool::save(Slot slot) const
{
    std::vector<float> state(floatsPerSlot());
    for (const Part &part : m_parts) {
        part.share.device->download(state.data() + part.share.first, part.at(slot), part.bytes());
        part.share.device->sync();
    }
    return state;
}

void StatePool::load(Slot slot, std::span<const float> state)
{
    requireWhole(state.size());
    for (const Part &part : m_parts) {
        part.share.device->upload(part.at(slot), state.data() + part.share.first, part.bytes());
        part.share.device->sync();
    }
}

std::size_t StatePool::bytes() const
{
    std::size_t bytes = 0;
    for (const Part &part : m_parts)
        bytes += part.memory.bytes();
    return bytes;
}

std::size_t StatePool::bytes(const kernels::Device &device) const
{
    std::size_t bytes = 0;
    for (const Part &part : m_parts)
        if (part.share.device == &device) bytes += part.memory.bytes();
    return bytes;
}

} // namespace engine
