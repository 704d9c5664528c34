#include "engine/state_pool.h"

#include "engine/error.h"

#include <algorithm>
#include <functional>

namespace engine
{

StatePool::StatePool(kernels::Device &device, const StateSpec &spec, int slots)
    : m_device(device)
    , m_floats(spec.floatsPerSlot)
    , m_slots(slots)
    , m_memory(device, static_cast<std::size_t>(slots) * spec.floatsPerSlot * sizeof(float),
               "States of " + std::to_string(slots) + " sequences")
{
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

void StatePool::clear(Slot slot) { m_device.zero(at(slot), m_floats * sizeof(float)); }

void StatePool::copy(Slot from, Slot to)
{
    if (from != to) m_device.copy(at(to), at(from), m_floats * sizeof(float));
}

std::vector<float> StatePool::save(Slot slot) const
{
    std::vector<float> state(m_floats);
    m_device.download(state.data(), at(slot), m_floats * sizeof(float));
    m_device.sync();
    return state;
}

void StatePool::load(Slot slot, std::span<const float> state)
{
    if (state.size() != m_floats)
        throw Error(ErrorCode::BadState, "The state holds " + std::to_string(state.size()) +
                                             " numbers; the loaded model needs " + std::to_string(m_floats) +
                                             ".");
    m_device.upload(at(slot), state.data(), m_floats * sizeof(float));
    m_device.sync();
}

} // namespace engine
