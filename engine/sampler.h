#pragma once

#include "engine/options.h"
#include "kernels/ops.h"

#include <cstdint>
#include <vector>

namespace engine
{

/// Checks every field against the ranges of options.h; ids against the model's `vocabulary`.
/// Throws Error(BadRequest): "temperature: expected 0 to 10, found nan".
void validate(const SamplingParams &params, int vocabulary);

/// How one request is sampled: its parameters, and the tokens it has generated.
///
/// Penalties follow ChatRWKV's pipeline: only generated tokens count, all counts are multiplied by
/// penaltyDecay before the new token's is raised by one, and a token once generated stays subject to the
/// presence penalty. Not copied: there, a token whose text is a run of digits, spaces or tabs is not counted
/// (but still charged for presence), which makes penalties depend on a quirk of substring search; here every
/// token counts. There, top_p = 1 is greedy by a rounding accident; here it cuts nothing.
class Sampler final
{
public:
    /// `params` has been validated. `banned` are ids that are never drawn besides those of `params`.
    /// Without a seed in `params` takes a random one.
    Sampler(const SamplingParams &params, int topLogprobs, const std::vector<int> &banned);
    Sampler(const Sampler &) = delete;
    Sampler &operator=(const Sampler &) = delete;

    std::uint64_t seed() const { return m_row.seed; }
    /// How the next token is drawn. Points into this object; valid until the next accept().
    const kernels::SampleRow &row() const { return m_row; }
    /// Restricts the next draw to the tokens whose bit is set, one bit an id, 64 a word; whatever bias and
    /// penalties say. Must stay valid until then; nullptr: none is forbidden.
    void allow(const std::uint64_t *tokens) { m_row.allowed = tokens; }
    /// Counts a token that was drawn.
    void accept(int token);

private:
    const float m_decay;
    const bool m_penalises;
    kernels::SampleRow m_row;
    std::vector<std::int32_t> m_seenIds, m_biasIds, m_bannedIds;
    std::vector<float> m_seenCounts, m_biasValues;
};

} // namespace engine
