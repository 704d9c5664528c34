#pragma once

// Runs a model step by step, as the runner does, for tests that compare logits.

#include "engine/model_loader.h"
#include "engine/weight_store.h"

#include <algorithm>
#include <vector>

namespace support
{

/// Rows of one sequence in a step.
struct Rows {
    engine::StatePool::Slot slot = 0;
    std::vector<int> tokens;
};

/// The arrays of one step on the device of a model.
class StepArrays
{
public:
    StepArrays(engine::LoadedModel &m, const std::vector<Rows> &sequences,
               const std::vector<std::int32_t> &wanted)
        : m_device(m.device())
        , m_wanted(wanted)
        , m_vocabulary(m.model->dims().vocabulary)
    {
        for (const Rows &rows : sequences) {
            m_tokens.insert(m_tokens.end(), rows.tokens.begin(), rows.tokens.end());
            m_start.push_back(static_cast<std::int32_t>(m_tokens.size()));
            m_slot.push_back(rows.slot);
        }
        m_logits = engine::Tensor(m_device, logitFloats() * sizeof(float), "test");
        for (const auto *values : {&m_tokens, &m_start, &m_slot, &m_wanted}) {
            m_arrays.emplace_back(m_device, values->size() * sizeof(std::int32_t), "test");
            m_device.upload(m_arrays.back().data(), values->data(), values->size() * sizeof(std::int32_t));
        }
    }

    /// Without states and workspace.
    engine::Step step()
    {
        engine::Step step{.device = m_device, .batch = {}, .logits = {}};
        const auto array = [this](std::size_t i) {
            return static_cast<const std::int32_t *>(m_arrays[i].data());
        };
        step.tokens = array(0);
        step.logitRows = array(3);
        step.logitCount = static_cast<int>(m_wanted.size());
        step.logits = kernels::view(m_logits.data(), kernels::DType::F32, step.logitCount, m_vocabulary);
        step.batch.tokens = static_cast<std::int32_t>(m_tokens.size());
        step.batch.seqs = static_cast<std::int32_t>(m_slot.size());
        step.batch.start = array(1);
        step.batch.slot = array(2);
        return step;
    }

    std::vector<float> logits()
    {
        std::vector<float> host(logitFloats());
        m_device.download(host.data(), m_logits.data(), host.size() * sizeof(float));
        m_device.sync();
        return host;
    }

private:
    std::size_t logitFloats() const { return m_wanted.size() * static_cast<std::size_t>(m_vocabulary); }

    kernels::Device &m_device;
    std::vector<std::int32_t> m_tokens, m_start{0}, m_slot, m_wanted;
    std::vector<engine::Tensor> m_arrays;
    engine::Tensor m_logits;
    int m_vocabulary;
};

/// Runs one step and returns the logits of the wanted rows, [wanted, V].
inline std::vector<float> runStep(engine::LoadedModel &m, const std::vector<Rows> &sequences,
                                  const std::vector<std::int32_t> &wanted, std::stop_token stop = {})
{
    std::vector<std::int32_t> tokens, start{0}, slots;
    for (const Rows &rows : sequences) {
        tokens.insert(tokens.end(), rows.tokens.begin(), rows.tokens.end());
        start.push_back(static_cast<std::int32_t>(tokens.size()));
        slots.push_back(rows.slot);
    }
    engine::Segments segments(
        m.parts, *m.model, *m.states,
        {static_cast<int>(tokens.size()), static_cast<int>(slots.size()), static_cast<int>(wanted.size())});
    segments.streamFrom(*m.weights);
    segments.forward({tokens, start, slots, wanted, 0, std::move(stop)});
    std::vector<float> host(wanted.size() * static_cast<std::size_t>(m.model->dims().vocabulary));
    m.device().download(host.data(), segments.logitRow(0), host.size() * sizeof(float));
    m.device().sync();
    return host;
}

/// Lets a step run all items, with whole slots.
inline void runWhole(engine::Step &step, engine::LoadedModel &m)
{
    step.states = m.states->data();
    step.stateStride = m.states->floatsPerSlot();
    step.pages = m.states->pages();
    step.endItem = m.model->dims().layers + 1;
    m.model->forward(step);
}

/// True if a step leaves the bytes behind its workspace alone.
inline bool keepsWithinWorkspace(engine::LoadedModel &m, const std::vector<Rows> &sequences,
                                 const std::vector<std::int32_t> &wanted)
{
    constexpr std::size_t kGuard = 4096;
    StepArrays arrays(m, sequences, wanted);
    engine::Step step = arrays.step();
    const std::size_t bytes = m.model->workspaceBytes(step.batch.tokens, step.logitCount);
    const engine::Tensor workspace(m.device(), bytes + kGuard, "test");
    step.workspace = static_cast<std::byte *>(workspace.data());
    for (const Rows &rows : sequences)
        m.states->reserve(rows.slot, static_cast<int>(rows.tokens.size()));
    std::vector<std::byte> guard(kGuard, std::byte{0x5a});
    const std::vector<std::byte> before = guard;
    m.device().upload(step.workspace + bytes, guard.data(), kGuard);
    runWhole(step, m);
    m.device().download(guard.data(), step.workspace + bytes, kGuard);
    m.device().sync();
    return guard == before;
}

/// The logits of every token of one sequence, read in steps of at most `chunk` tokens; the items before
/// `border` run in a pass of their own, with states and workspace of its own, as on another device.
inline std::vector<float> runInTwoPasses(engine::LoadedModel &m, const std::vector<int> &tokens, int chunk,
                                         int border)
{
    kernels::Device &device = m.device();
    const engine::StateSpec spec = m.model->state();
    const std::vector<engine::StateShare> shares =
        engine::stateShares({{&device, 0, border}, {&device, border, m.model->dims().layers + 1}}, spec);
    engine::StatePool states(shares, spec, 2);
    states.acquire();
    const engine::StatePool::Slot slot = states.acquire().value();
    std::vector<float> all;
    for (std::size_t i = 0; i < tokens.size(); i += static_cast<std::size_t>(chunk)) {
        const std::size_t end = std::min(tokens.size(), i + static_cast<std::size_t>(chunk));
        std::vector<std::int32_t> wanted(end - i);
        for (std::size_t row = 0; row < wanted.size(); ++row)
            wanted[row] = static_cast<std::int32_t>(row);
        StepArrays arrays(m,
                          {{slot,
                            {tokens.begin() + static_cast<std::ptrdiff_t>(i),
                             tokens.begin() + static_cast<std::ptrdiff_t>(end)}}},
                          wanted);
        const int rows = static_cast<int>(wanted.size());
        const std::size_t bytes = m.model->workspaceBytes(rows, rows);
        const engine::Tensor workspaces[] = {{device, bytes, "test"}, {device, bytes, "test"}};
        const std::vector<std::byte> nonsense(bytes, std::byte{0xff}); // NaN
        device.upload(workspaces[1].data(), nonsense.data(), bytes);
        states.grow(slot, rows);
        for (int pass = 0; pass < 2; ++pass) {
            const engine::StateShare &share = shares[static_cast<std::size_t>(pass)];
            engine::Step step = arrays.step();
            step.firstItem = pass == 0 ? 0 : border;
            step.endItem = pass == 0 ? border : m.model->dims().layers + 1;
            step.states = states.data(static_cast<std::size_t>(pass));
            step.stateStride = share.end - share.first;
            step.stateOffset = share.first;
            step.pages = states.pages(static_cast<std::size_t>(pass));
            step.tokenOffset = share.firstOfToken;
            step.workspace = static_cast<std::byte *>(workspaces[pass].data());
            m.model->forward(step);
            if (pass == 0)
                device.copy(workspaces[1].data(), workspaces[0].data(), m.model->carriedBytes(rows));
        }
        const std::vector<float> part = arrays.logits();
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

/// Runs one step and returns the logits of every row, [rows, V].
inline std::vector<float> runStep(engine::LoadedModel &m, const std::vector<Rows> &sequences)
{
    std::vector<std::int32_t> all;
    for (const Rows &rows : sequences)
        for (std::size_t i = 0; i < rows.tokens.size(); ++i)
            all.push_back(static_cast<std::int32_t>(all.size()));
    return runStep(m, sequences, all);
}

/// The logits of every token of one sequence in a fresh slot, read in steps of at most `chunk` tokens.
inline std::vector<float> runTokens(engine::LoadedModel &m, const std::vector<int> &tokens, int chunk)
{
    const engine::StatePool::Slot slot = m.states->acquire().value();
    std::vector<float> all;
    for (std::size_t i = 0; i < tokens.size(); i += static_cast<std::size_t>(chunk)) {
        const auto end = tokens.begin() + static_cast<std::ptrdiff_t>(
                                              std::min(tokens.size(), i + static_cast<std::size_t>(chunk)));
        const std::vector<float> part =
            runStep(m, {{slot, {tokens.begin() + static_cast<std::ptrdiff_t>(i), end}}});
        all.insert(all.end(), part.begin(), part.end());
    }
    m.states->release(slot);
    return all;
}

} // namespace support
