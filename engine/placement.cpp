#include "engine/placement.h"

#include <algorithm>

namespace engine
{

using kernels::Format;

Placement::Placement(const Strategy &strategy, int layers, Format fileFormat)
    : m_strategy(strategy)
    , m_fileFormat(fileFormat)
{
    spread(layers + 1);
}

/// ChatRWKV's algorithm (rwkv/model.py): see the constructor's contract.
void Placement::spread(int total)
{
    const std::vector<StrategySegment> &segments = m_strategy.segments;
    std::vector<int> share;
    int left = total, open = 0;
    std::size_t streaming = segments.size();
    for (std::size_t i = 0; i < segments.size(); ++i) {
        share.push_back(std::min(std::max(segments[i].layers, 0), left));
        left -= share.back();
        if (segments[i].streams && (left > 0 || share.back() > 0)) streaming = i;
        if (segments[i].layers < 0) ++open;
    }
    const int resident = streaming < segments.size() ? share[streaming] : 0;
    if (streaming < segments.size()) {
        share[streaming] += left;
    } else {
        for (std::size_t i = 0; i < segments.size(); ++i)
            if (segments[i].layers < 0) {
                share[i] = left / open--;
                left -= share[i];
            }
        share.back() += left;
    }
    for (std::size_t i = 0; i < segments.size(); ++i)
        for (int n = 0; n < share[i]; ++n)
            m_plans.push_back({segments[i].device, segments[i].format.value_or(m_fileFormat),
                               i == streaming && n >= resident});
}

std::vector<Placement::Segment> Placement::segments() const
{
    std::vector<Segment> segments;
    for (int item = 0; item <= layers(); ++item) {
        if (segments.empty() || segments.back().device != layer(item).device)
            segments.push_back({layer(item).device, item, item});
        segments.back().endItem = item + 1;
    }
    return segments;
}

std::vector<std::string> Placement::devices() const
{
    std::vector<std::string> devices;
    for (const LayerPlan &plan : m_plans)
        if (std::find(devices.begin(), devices.end(), plan.device) == devices.end())
            devices.push_back(plan.device);
    return devices;
}

std::size_t Placement::position(const std::string &device) const
{
    const auto found = std::find_if(m_strategy.segments.begin(), m_strategy.segments.end(),
                                    [&](const StrategySegment &s) { return s.device == device; });
    return found == m_strategy.segments.end() ? 0 : found->position;
}

bool Placement::anyStreamed() const
{
    return std::any_of(m_plans.begin(), m_plans.end(), [](const LayerPlan &plan) { return plan.streamed; });
}

Format Placement::highFormat(Format format) const
{
    if (kernels::isHigh(format)) return format;
    return kernels::isHigh(m_fileFormat) ? m_fileFormat : Format::F16;
}

Format Placement::matrixFormat(int layer, bool isChannelMix) const
{
    const Format format = m_plans[static_cast<std::size_t>(layer)].format;
    return isChannelMix ? m_strategy.channelMix.value_or(format) : format;
}

Format Placement::headFormat() const { return m_strategy.head.value_or(highFormat(m_plans.back().format)); }

Format Placement::factorFormat(int layer) const
{
    return m_strategy.factors.value_or(highFormat(m_plans[static_cast<std::size_t>(layer)].format));
}

Placement Placement::in(Format format) const
{
    Strategy strategy;
    strategy.segments = m_strategy.segments;
    for (StrategySegment &segment : strategy.segments)
        segment.format = format;
    return {strategy, layers(), m_fileFormat};
}

std::string Placement::text() const
{
    std::string text;
    const auto isSame = [](const LayerPlan &a, const LayerPlan &b) {
        return a.device == b.device && a.format == b.format;
    };
    for (std::size_t i = 0; i < m_plans.size();) {
        std::size_t resident = i; // some that stay, then some that are streamed
        while (resident < m_plans.size() && isSame(m_plans[i], m_plans[resident]) &&
               !m_plans[resident].streamed)
            ++resident;
        std::size_t end = resident;
        while (end < m_plans.size() && isSame(m_plans[i], m_plans[end]) && m_plans[end].streamed)
            ++end;
        if (i > 0) text += " -> ";
        text += m_plans[i].device + " " + kernels::nameOf(m_plans[i].format);
        if (end > resident)
            text += " *" + std::to_string(resident - i) + "+";
        else if (end < m_plans.size() || anyStreamed())
            text += " *" + std::to_string(end - i);
        i = end;
    }
    const auto role = [&](const char *name, const std::optional<Format> &format) {
        if (format) text += std::string(" ") + name + "=" + kernels::nameOf(*format);
    };
    role("head", m_strategy.head);
    role("emb", m_strategy.embedding);
    role("lora", m_strategy.factors);
    role("ffn", m_strategy.channelMix);
    return text;
}

} // namespace engine
