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
    kernels::Device &device = *m.device;
    std::vector<std::int32_t> tokens, start{0}, slot;
    for (const Rows &rows : sequences) {
        tokens.insert(tokens.end(), rows.tokens.begin(), rows.tokens.end());
        start.push_back(static_cast<std::int32_t>(tokens.size()));
        slot.push_back(rows.slot);
    }
    const int rows = static_cast<int>(tokens.size());
    const int logitRows = static_cast<int>(wanted.size());
    const auto upload = [&device](const std::vector<std::int32_t> &values) {
        engine::Tensor memory(device, values.size() * sizeof(std::int32_t), "test");
        device.upload(memory.data(), values.data(), values.size() * sizeof(std::int32_t));
        return memory;
    };
    const engine::Tensor tokenArray = upload(tokens), startArray = upload(start), slotArray = upload(slot),
                         wantedArray = upload(wanted);
    const int vocabulary = m.model->dims().vocabulary;
    const engine::Tensor logits(device, static_cast<std::size_t>(logitRows * vocabulary) * sizeof(float),
                                "test");
    const engine::Tensor workspace(device, m.model->workspaceBytes(rows, logitRows), "test");

    engine::Step step{.device = device, .batch = {}, .logits = {}};
    step.tokens = static_cast<const std::int32_t *>(tokenArray.data());
    step.workspace = static_cast<std::byte *>(workspace.data());
    step.logitRows = static_cast<const std::int32_t *>(wantedArray.data());
    step.logitCount = logitRows;
    step.logits = kernels::view(logits.data(), kernels::DType::F32, logitRows, vocabulary);
    step.batch.tokens = rows;
    step.batch.seqs = static_cast<std::int32_t>(sequences.size());
    step.batch.start = static_cast<const std::int32_t *>(startArray.data());
    step.batch.slot = static_cast<const std::int32_t *>(slotArray.data());
    step.stop = std::move(stop);
    engine::runWhole(step, *m.model, m.states->data());
    std::vector<float> host(static_cast<std::size_t>(logitRows * vocabulary));
    device.download(host.data(), logits.data(), host.size() * sizeof(float));
    device.sync();
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
