// The facade's jobs with adapters: they are opened here; the runner, which owns the weights, uses them.
#include "engine/adapters/kind.h"
#include "engine/adapters/merge.h"
#include "engine/adapters/mole.h"
#include "engine/engine_impl.h"
#include "engine/pack.h"

#include <algorithm>
#include <utility>

namespace engine
{
namespace
{

using adapters::AdapterFile;

AdapterInfo describe(const AdapterFile &adapter)
{
    AdapterInfo info;
    info.path = adapter.use().path;
    info.layout = adapter.layout();
    info.container = adapter.file().container();
    info.fileBytes = adapter.file().fileBytes();
    info.replaced = static_cast<int>(adapter.replacements().size());
    info.alpha = adapter.use().alpha > 0 ? double(adapter.use().alpha) : adapter.config().alpha.value_or(0);
    info.warnings = adapters::warnings(adapter);
    for (const adapters::Group &group : adapter.groups()) {
        const adapters::Kind *kind = adapters::findKind(group);
        info.matrices.push_back(group.matrix);
        const std::string name = kind ? kind->name : "incomplete";
        const int rank = kind ? static_cast<int>(std::min<std::int64_t>(kind->rank(group), 1 << 20)) : 0;
        auto part = std::ranges::find(info.parts, name, &AdapterInfo::Part::kind);
        if (part == info.parts.end()) part = info.parts.insert(part, {name, 0, rank, rank});
        ++part->matrices;
        part->leastRank = std::min(part->leastRank, rank);
        part->mostRank = std::max(part->mostRank, rank);
    }
    const adapters::MixtureSize mixture = adapters::sizeOf(adapter);
    info.experts = mixture.experts;
    info.activeExperts = mixture.active;
    if (!adapter.experts().empty())
        info.parts.push_back(
            {"MoLE", 2 * static_cast<int>(adapter.experts().size()), mixture.leastRank, mixture.mostRank});
    return info;
}

} // namespace

JobId EngineImpl::setAdapters(std::vector<AdapterUse> uses)
{
    const auto began = Request::Clock::now();
    // Behind the loads that were asked for before.
    return post(m_heavy, [this, uses = std::move(uses), began](JobId job, const std::stop_token &) {
        adapters::Stack stack;
        for (const AdapterUse &use : uses)
            stack.push_back(std::make_shared<AdapterFile>(adapterFile(use, m_options)));
        m_runner.post(command::SetAdapters{job, std::move(stack), began});
    });
}

JobId EngineImpl::inspectAdapter(AdapterUse use)
{
    return post(m_light, [this, use = std::move(use)](JobId job, const std::stop_token &) {
        auto adapter = std::make_shared<AdapterFile>(adapterFile(use, m_options));
        AdapterInfo info = describe(*adapter);
        m_runner.post(command::CompareAdapter{job, std::move(adapter), std::move(info)});
    });
}

} // namespace engine
