#pragma once

#include "engine/request.h"

#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

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
    /// `image`, or one with the same numbers that begins another held state: those share their cache.
    StateImagePtr shared(StateImagePtr image)
    {
        const std::lock_guard lock(m_mutex);
        for (std::size_t i = m_starts.size(); i-- > 0;) {
            StateImagePtr known = m_starts[i].lock();
            if (!known)
                m_starts.erase(m_starts.begin() + static_cast<std::ptrdiff_t>(i));
            else if (known->state == image->state && known->logits == image->logits)
                return known;
        }
        m_starts.push_back(image);
        return image;
    }
    void release(StateId id)
    {
        const std::lock_guard lock(m_mutex);
        m_states.erase(id);
    }

private:
    mutable std::mutex m_mutex;
    std::unordered_map<StateId, HeldStatePtr> m_states;    ///< guarded by m_mutex
    std::vector<std::weak_ptr<const StateImage>> m_starts; ///< guarded by m_mutex
    StateId m_last = 0;                                    ///< guarded by m_mutex
};

} // namespace engine
