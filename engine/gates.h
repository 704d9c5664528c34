#pragma once

#include "engine/options.h"

#include <span>
#include <string>
#include <vector>

namespace engine
{

/// Checks all of a mix but its states. Throws Error(BadRequest) saying what was expected and found.
/// `slots`: how many sequences the loaded model runs at once.
void validate(const MixSpec &mix, int slots);
/// Checks the gates of `voices` voices; `field` is for the message.
void validateGates(const std::string &field, const std::vector<float> &gates, std::size_t voices,
                   BlendRule rule);

/// The gates of one mix over its answer: what they shall be, and what they were.
class GateTrack final
{
public:
    /// `mix` has been validated.
    explicit GateTrack(const MixSpec &mix);

    std::size_t voices() const { return m_points.front().gates.size(); }
    /// What the gates of generated token `token` shall be, before any policy.
    void at(int token, std::vector<float> &gates) const;
    /// They shall be these from `token` on. Throws as validateGates.
    void set(int token, std::vector<float> gates);
    /// Remembers what they were; tokens come in order.
    void record(int token, std::span<const float> gates);
    const std::vector<GatePoint> &recorded() const { return m_recorded; }

private:
    const BlendRule m_rule;
    std::vector<GatePoint> m_points; ///< ascending; the first is of token 0
    std::vector<GatePoint> m_recorded;
};

} // namespace engine
