#include "engine/sampler.h"

#include "engine/error.h"

#include <algorithm>
#include <charconv>
#include <random>
#include <string>

namespace engine
{
namespace
{

std::string text(float value)
{
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    return {buffer, end};
}

void checkRange(const char *field, float value, float low, float high)
{
    if (!(value >= low && value <= high)) // also refuses NaN
        throw Error(ErrorCode::BadRequest, std::string(field) + ": expected " + text(low) + " to " +
                                               text(high) + ", found " + text(value));
}

void checkToken(const char *field, int token, int vocabulary)
{
    if (token < 0 || token >= vocabulary)
        throw Error(ErrorCode::BadRequest, std::string(field) + ": expected token ids from 0 to " +
                                               std::to_string(vocabulary - 1) + ", found " +
                                               std::to_string(token));
}

/// Of 53 bits: readers of JSON that hold numbers as doubles keep it.
std::uint64_t randomSeed()
{
    std::random_device source;
    return ((static_cast<std::uint64_t>(source()) << 32U) | source()) >> 11U;
}

} // namespace

void validate(const SamplingParams &params, int vocabulary)
{
    checkRange("temperature", params.temperature, 0, 10);
    checkRange("top_p", params.topP, 0, 1);
    if (params.topK < 0)
        throw Error(ErrorCode::BadRequest, "top_k: expected 0 or more, found " + std::to_string(params.topK));
    checkRange("min_p", params.minP, 0, 1);
    checkRange("typical_p", params.typicalP, 0, 1);
    checkRange("presence_penalty", params.presencePenalty, -10, 10);
    checkRange("frequency_penalty", params.frequencyPenalty, -10, 10);
    checkRange("repetition_penalty", params.repetitionPenalty, 0.01F, 10);
    checkRange("penalty_decay", params.penaltyDecay, 0, 1);
    for (const auto &[token, bias] : params.logitBias) {
        checkToken("logit_bias", token, vocabulary);
        checkRange("logit_bias", bias, -100, 100);
    }
    for (const int token : params.bannedTokens)
        checkToken("banned_tokens", token, vocabulary);
}

Sampler::Sampler(const SamplingParams &params, int topLogprobs, const std::vector<int> &banned)
    : m_decay(params.penaltyDecay)
    , m_penalises(params.presencePenalty != 0 || params.frequencyPenalty != 0 ||
                  params.repetitionPenalty != 1)
    , m_bannedIds(banned.begin(), banned.end())
{
    m_bannedIds.insert(m_bannedIds.end(), params.bannedTokens.begin(), params.bannedTokens.end());
    for (const auto &[token, bias] : params.logitBias) {
        m_biasIds.push_back(token);
        m_biasValues.push_back(bias);
    }
    m_row.temperature = params.temperature;
    m_row.topP = params.topP;
    m_row.minP = params.minP;
    m_row.typicalP = params.typicalP;
    m_row.presence = params.presencePenalty;
    m_row.frequency = params.frequencyPenalty;
    m_row.repetition = params.repetitionPenalty;
    m_row.topK = params.topK;
    m_row.seed = params.hasSeed ? params.seed : randomSeed();
    m_row.biasIds = m_biasIds.data();
    m_row.biasValues = m_biasValues.data();
    m_row.biases = static_cast<std::int32_t>(m_biasIds.size());
    m_row.bannedIds = m_bannedIds.data();
    m_row.banned = static_cast<std::int32_t>(m_bannedIds.size());
    m_row.topLogprobs = std::max(0, topLogprobs);
}

void Sampler::accept(int token)
{
    ++m_row.drawIndex;
    if (!m_penalises) return;
    for (float &count : m_seenCounts)
        count *= m_decay;
    const auto found = std::find(m_seenIds.begin(), m_seenIds.end(), token);
    if (found == m_seenIds.end()) {
        m_seenIds.push_back(token);
        m_seenCounts.push_back(1);
    } else {
        m_seenCounts[static_cast<std::size_t>(found - m_seenIds.begin())] += 1;
    }
    m_row.seenIds = m_seenIds.data();
    m_row.seenCounts = m_seenCounts.data();
    m_row.seen = static_cast<std::int32_t>(m_seenIds.size());
}

} // namespace engine
