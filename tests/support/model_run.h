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
