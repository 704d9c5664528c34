#pragma once

#include "engine/request.h"

#include <mutex>
#include <unordered_map>

namespace engine
{

/// The states that clients hold by id. Thread-safe.
class HeldStates final
{
public:
    StateId add(HeldStatePtr state)
    {
        const std::lock_guard lock(m_mutex);
        m_states.emplace(++m_last, std::move(state));
        return m_last;
    }
    /// nullptr if there is none.
    HeldStatePtr find(StateId id) const
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_states.find(id);
        return found == m_states.end() ? nullptr : found->second;
    }
    void release(StateId id)
    {
        const std::lock_guard lock(m_mutex);
        m_states.erase(id);
    }

private:
    mutable std::mutex m_mutex;
    std::unordered_map<StateId, HeldStatePtr> m_states; ///< guarded by m_mutex
    StateId m_last = 0;                                 ///< guarded by m_mutex
};

} // namespace engine
