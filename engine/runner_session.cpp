#include "engine/runner_session.h"

#include "engine/adapters/mole.h"
#include "engine/weight_store.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <utility>

namespace engine
{
namespace
{

constexpr int kMaxTop = kernels::Sample::kMaxTop;

void describeAdapters(ModelFacts &facts, const LoadedModel &loaded)
{
    facts.fingerprint = adapters::fingerprint(loaded.fingerprint, loaded.adapters);
    facts.adapters.clear();
    for (const auto &adapter : loaded.adapters)
        facts.adapters.push_back(adapter->use());
}

std::shared_ptr<const ModelFacts> factsOf(LoadedModel &loaded)
{
    static std::atomic<std::uint64_t> loads{0};
    auto facts = std::make_shared<ModelFacts>();
    facts->load = ++loads;
    facts->info = loaded.info;
    facts->strategy = loaded.strategy;
    describeAdapters(*facts, loaded);
    facts->state = loaded.model->state();
    facts->slots = loaded.states->slots();
    for (const StateSpec::Part &part : facts->state.parts) {
        if (!part.name.ends_with(".att.position") || loaded.info.contextTokens == 0) continue;
        facts->contextTokens = loaded.info.contextTokens;
        facts->positionAt = part.offset; // all layers count the same
        break;
    }
    facts->vocabulary = facts->drawable = loaded.model->dims().vocabulary;
    facts->tokenizer = std::move(loaded.tokenizer);
    if (facts->tokenizer) {
        facts->drawable = std::min(facts->vocabulary, facts->tokenizer->size());
        facts->grammars = std::make_shared<grammar::Store>(facts->tokenizer);
        for (int id = 0; id < facts->drawable; ++id) {
            if (!facts->tokenizer->isUsed(id) && id != facts->tokenizer->endOfText())
                facts->unused.push_back(id);
        }
    }
    return facts;
}

/// Token, logprob, top ids and top logprobs of so many rows.
std::size_t sampleBytes(int logitRows)
{
    return static_cast<std::size_t>(logitRows) * (2 + 2 * kMaxTop) * sizeof(float);
}

std::size_t blendBytes(int mixes, int vocabulary)
{
    return static_cast<std::size_t>(mixes) * static_cast<std::size_t>(vocabulary) * sizeof(float);
}

constexpr std::size_t kVoiceBytes = kernels::MixLogits::kMostVoices * sizeof(kernels::MixLogits::Voice);

} // namespace

std::size_t outputBytes(int logitRows, int vocabulary)
{
    return sampleBytes(logitRows) + blendBytes(1, vocabulary) + kVoiceBytes;
}

RunnerSession::RunnerSession(LoadedModel loaded)
    : m_loaded(std::move(loaded))
    , m_facts(factsOf(m_loaded))
{
    if (m_facts->slots > StepLimits::kMaxRows || m_loaded.logitRows < m_facts->slots)
        throw Error(ErrorCode::BadRequest, "slots: expected at most " + std::to_string(StepLimits::kMaxRows) +
                                               ", found " + std::to_string(m_facts->slots));
    const auto rows = static_cast<std::size_t>(StepLimits::kMaxRows);
    const auto logitRows = static_cast<std::size_t>(m_loaded.logitRows);
    m_samples = Tensor(device(), sampleBytes(m_loaded.logitRows), "samples");
    reserveMixes(1);
    for (auto *list : {&m_tokens, &m_start, &m_slots, &m_groups, &m_logitRows})
        list->reserve(rows + 1);
    m_drawn.resize(logitRows);
    m_logprobs.resize(logitRows);
    m_topIds.resize(logitRows * kMaxTop);
    m_topLogprobs.resize(logitRows * kMaxTop);
}

MemoryUse RunnerSession::memory() const
{
    MemoryUse use = m_loaded.memory;
    if (m_loaded.weights)
        use.weights =
            m_loaded.weights->ownBytes() + (m_loaded.experts ? m_loaded.experts->bytes() : std::size_t{0});
    use.states = m_loaded.states->bytes();
    use.workspace = m_loaded.segments->bytes() + m_samples.bytes() + m_blends.bytes() + m_voices.bytes();
    use.total = use.free = 0;
    for (std::size_t i = 0; i < m_loaded.devices.size(); ++i) {
        const kernels::Device &device = m_loaded.devices[i];
        if (i > 0 && device.usesHostMemory() && m_loaded.devices[0].usesHostMemory()) continue; // the same
        const kernels::MemoryFigures figures = device.memory();
        use.total += figures.totalBytes;
        use.free += figures.freeBytes;
    }
    return use;
}

std::vector<MemoryUse> RunnerSession::memoryByDevice() const
{
    std::vector<MemoryUse> all = m_loaded.memoryByDevice;
    if (all.size() == 1) {
        const std::string id = all[0].device;
        all[0] = memory();
        all[0].device = id;
        all[0].cache = 0; // lies with the processor
        return all;
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        const kernels::Device &on = m_loaded.devices[i];
        MemoryUse &use = all[i];
        use.cache = 0; // lies with the processor
        use.weights = m_loaded.weights->ownBytes(on);
        if (m_loaded.experts)
            if (const auto found = m_loaded.experts->bytesOn.find(&on);
                found != m_loaded.experts->bytesOn.end())
                use.weights += found->second;
        use.states = m_loaded.states->bytes(on);
        use.workspace = m_loaded.segments->bytes(on);
        if (&on == &m_loaded.device())
            use.workspace += m_samples.bytes() + m_blends.bytes() + m_voices.bytes();
        const kernels::MemoryFigures figures = on.memory();
        use.total = figures.totalBytes;
        use.free = figures.freeBytes;
    }
    return all;
}

void RunnerSession::setAdapters(adapters::Stack stack, bool &isLost)
{
    if (!m_loaded.weights)
        throw Error(ErrorCode::UnsupportedModel, "this model has no weights that could be changed");
    auto experts = m_loaded.makeExperts(stack);
    adapters::change(*m_loaded.weights, m_loaded.adapters, stack, isLost);
    m_loaded.useExperts(std::move(experts));
    m_loaded.adapters = std::move(stack);
    auto facts = std::make_shared<ModelFacts>(*m_facts);
    describeAdapters(*facts, m_loaded);
    m_facts = std::move(facts);
}

void RunnerSession::checkAdapter(const adapters::AdapterFile &adapter) const
{
    if (!m_loaded.weights)
        throw Error(ErrorCode::UnsupportedModel, "this model has no weights that could be changed");
    adapters::check(*m_loaded.weights, adapter);
    adapters::checkExperts(*m_loaded.model, adapter);
}

/// What may help when memory ends behind a load that seemed to fit, the cheapest first.
static std::string fixesWhileWorking(int slots)
{
    std::string fixes;
    if (slots > 1)
        fixes = "Load the model again and run " + std::to_string(slots / 2) +
                " sequences at once instead of " + std::to_string(slots) + ".\n";
    return fixes + "Keep the weights smaller, in int8 or nf4.\nClose other programs that use the device.";
}

void RunnerSession::checkDevice() const
{
    const kernels::Device *failed = m_loaded.segments->failed();
    if (!failed) return;
    if (failed->status() == kernels::Status::OutOfMemory)
        throw Error(ErrorCode::OutOfMemory,
                    failed->info().id + ": the device ran out of memory while working",
                    fixesWhileWorking(m_facts->slots));
    throw Error(ErrorCode::DeviceLost, failed->info().id + ": the device failed while working",
                failed->info().reason);
}

void RunnerSession::beginStep()
{
    for (auto *list : {&m_tokens, &m_start, &m_slots, &m_groups, &m_logitRows})
        list->clear();
    m_start.push_back(0);
    m_givenLogits = 0;
}

int RunnerSession::addLogits(std::span<const float> logits)
{
    device().upload(logitRow(m_givenLogits), logits.data(), logits.size_bytes());
    return m_givenLogits++;
}

int RunnerSession::add(StatePool::Slot slot, StatePool::Slot group, std::span<const int> tokens,
                       int logitRows)
{
    m_tokens.insert(m_tokens.end(), tokens.begin(), tokens.end());
    const int first = m_givenLogits + static_cast<int>(m_logitRows.size());
    const auto end = static_cast<std::int32_t>(m_tokens.size());
    m_start.push_back(end);
    m_slots.push_back(slot);
    m_groups.push_back(group);
    for (std::int32_t row = end - logitRows; row < end; ++row)
        m_logitRows.push_back(row);
    return first;
}

void RunnerSession::forward() { run(false); }

int RunnerSession::maxHiddenRows() const
{
    const std::size_t row = static_cast<std::size_t>(m_loaded.model->dims().width) * sizeof(float);
    const auto logits = static_cast<std::size_t>(m_loaded.segments->logits().elements());
    return static_cast<int>(
        std::min<std::size_t>(logits * sizeof(float) / row, static_cast<std::size_t>(StepLimits::kMaxRows)));
}

std::vector<float> RunnerSession::forwardHidden()
{
    run(true);
    std::vector<float> rows(m_logitRows.size() * static_cast<std::size_t>(m_loaded.model->dims().width));
    device().download(rows.data(), logitRow(0), rows.size() * sizeof(float));
    checkDevice();
    return rows;
}

void RunnerSession::run(bool wantsHidden)
{
    m_loaded.segments->forward(
        {m_tokens, m_start, m_slots, m_logitRows, m_givenLogits, {}, wantsHidden, m_groups});
}

float *RunnerSession::logitRow(int row) const { return m_loaded.segments->logitRow(row); }

void RunnerSession::readLogits(int row, float *target) const
{
    device().download(target, logitRow(row), static_cast<std::size_t>(m_facts->vocabulary) * sizeof(float));
    checkDevice();
}

float RunnerSession::logit(int row, int token) const
{
    float value = 0;
    device().download(&value, logitRow(row) + token, sizeof value);
    device().sync();
    return value;
}

void RunnerSession::reserveMixes(int mixes)
{
    if (mixes <= m_mostMixes) return;
    const auto n = static_cast<std::size_t>(mixes);
    Tensor blends(device(), blendBytes(mixes, m_facts->vocabulary), "Blends");
    m_voices = Tensor(device(), n * kVoiceBytes, "Voices");
    m_blends = std::move(blends);
    m_mostMixes = mixes;
}

void RunnerSession::mix(std::span<const kernels::MixLogits::Mix> mixes)
{
    m_mixed.resize(mixes.size() * kernels::MixLogits::kMostVoices);
    if (mixes.empty()) return;
    kernels::MixLogits args;
    args.logits = m_loaded.segments->logits();
    args.mix = mixes.data();
    args.mixes = static_cast<std::int32_t>(mixes.size());
    args.blend = kernels::view(m_blends.data(), kernels::DType::F32, static_cast<std::int64_t>(mixes.size()),
                               m_facts->vocabulary);
    args.voice = static_cast<kernels::MixLogits::Voice *>(m_voices.data());
    device().mixLogits(args);
    device().download(m_mixed.data(), args.voice, m_mixed.size() * sizeof m_mixed.front());
    device().sync();
}

const kernels::MixLogits::Voice &RunnerSession::mixed(int mix, int voice) const
{
    return m_mixed[static_cast<std::size_t>(mix * kernels::MixLogits::kMostVoices + voice)];
}

void RunnerSession::sample(std::span<const kernels::SampleRow> rows, std::span<const int> logitRows)
{
    for (std::size_t i = 0; i < logitRows.size();) { // neighbours go together
        std::size_t end = i + 1;
        while (end < logitRows.size() && logitRows[end] == logitRows[end - 1] + 1)
            ++end;
        draw(logitRow(logitRows[i]), rows.subspan(i, end - i), i);
        i = end;
    }
    if (logitRows.size() < rows.size())
        draw(m_blends.f32(), rows.subspan(logitRows.size()), logitRows.size());
}

/// Draws rows of logits that follow each other; what comes of them goes to places `first`, ...
void RunnerSession::draw(float *logits, std::span<const kernels::SampleRow> rows, std::size_t first)
{
    kernels::Device &device = this->device();
    const std::size_t n = rows.size();
    auto *ids = static_cast<std::int32_t *>(m_samples.data());
    float *values = m_samples.f32() + static_cast<std::size_t>(m_loaded.logitRows) * (1 + kMaxTop);
    kernels::Sample args;
    args.logits =
        kernels::view(logits, kernels::DType::F32, static_cast<std::int64_t>(n), m_facts->vocabulary);
    args.row = rows.data();
    args.rows = static_cast<std::int32_t>(n);
    args.vocabulary = m_facts->drawable;
    args.token = ids;
    args.topIds = ids + n;
    args.logprob = values;
    args.topLogprobs = values + n;
    device.sample(args);
    device.download(m_drawn.data() + first, args.token, n * sizeof(std::int32_t));
    device.download(m_logprobs.data() + first, args.logprob, n * sizeof(float));
    if (std::any_of(rows.begin(), rows.end(),
                    [](const kernels::SampleRow &r) { return r.topLogprobs > 0; })) {
        device.download(m_topIds.data() + first * kMaxTop, args.topIds, n * kMaxTop * sizeof(std::int32_t));
        device.download(m_topLogprobs.data() + first * kMaxTop, args.topLogprobs,
                        n * kMaxTop * sizeof(float));
    }
    device.sync();
}

RunnerSession::Drawn RunnerSession::drawn(int row) const
{
    const auto i = static_cast<std::size_t>(row);
    return {m_drawn[i], m_logprobs[i], std::span(m_topIds).subspan(i * kMaxTop, kMaxTop),
            std::span(m_topLogprobs).subspan(i * kMaxTop, kMaxTop)};
}

} // namespace engine
