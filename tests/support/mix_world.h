#pragma once

// States that have read different texts, and mixes of them by hand.

#include "support/fake_world.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace support
{

inline std::vector<int> encoded(const std::string &text) { return FakeTokenizer().encode(text); }

inline std::vector<float> logitsAfter(const std::vector<int> &tokens)
{
    Seen seen;
    for (const int token : tokens) {
        seen.hash = mixed(seen.hash, static_cast<std::uint32_t>(token)) >> 8U;
        seen.last = token;
        ++seen.count;
    }
    std::vector<float> logits(static_cast<std::size_t>(FakeTokenizer().size()) + 3);
    hashedLogits(seen, logits);
    return logits;
}

inline std::vector<double> softmax(const std::vector<float> &logits)
{
    const double top = static_cast<double>(*std::max_element(logits.begin(), logits.end()));
    double total = 0;
    std::vector<double> p;
    for (const float l : logits)
        total += p.emplace_back(std::exp(static_cast<double>(l) - top));
    for (double &x : p)
        x /= total;
    return p;
}

/// Greedy answer of a mix by hand, in double precision: every voice has read its own text before.
inline std::vector<int> mixedByHand(std::vector<std::vector<int>> read, const std::vector<double> &gates,
                                    bool probabilities, int count)
{
    std::vector<int> drawn;
    const int drawable = FakeTokenizer().size() - 1;
    for (int n = 0; n < count; ++n) {
        std::vector<double> blend;
        for (std::size_t k = 0; k < read.size(); ++k) {
            const std::vector<float> logits = logitsAfter(read[k]);
            const std::vector<double> p = softmax(logits);
            blend.resize(logits.size());
            for (std::size_t i = 0; i < blend.size(); ++i)
                blend[i] += gates[k] * (probabilities ? p[i] : static_cast<double>(logits[i]));
        }
        drawn.push_back(
            static_cast<int>(std::max_element(blend.begin(), blend.begin() + drawable) - blend.begin()));
        for (auto &tokens : read)
            tokens.push_back(drawn.back());
    }
    return drawn;
}

/// A world with some states that have read different texts.
struct Voices {
    FakeWorld world;
    engine::StateId a = 0, b = 0, c = 0;

    explicit Voices(FakeSpec spec = {}, engine::EngineOptions options = {})
        : world(std::move(spec), std::move(options))
    {
        world.load();
        a = stateOf("I am A.");
        b = stateOf("Here speaks B!");
        c = stateOf("C");
    }
    engine::StateId stateOf(const std::string &text)
    {
        engine::GenerateSpec spec = greedy(text, 0);
        spec.keepState = true;
        return world.events.one<engine::event::Finished>(world.run(spec)).state;
    }
    engine::GenerateSpec mix(const std::vector<std::pair<engine::StateId, float>> &voices,
                             int maxTokens = 12) const
    {
        engine::GenerateSpec spec = greedy("hello", maxTokens);
        for (const auto &[state, gate] : voices)
            spec.mix.voices.push_back({state, {}, gate});
        return spec;
    }
    engine::GenerateSpec sampled(const std::vector<std::pair<engine::StateId, float>> &voices,
                                 int maxTokens = 40) const
    {
        engine::GenerateSpec spec = mix(voices, maxTokens);
        spec.sampling.temperature = 1;
        spec.sampling.topP = 0.9F;
        spec.sampling.presencePenalty = 0.2F;
        spec.sampling.seed = 11;
        spec.sampling.hasSeed = true;
        spec.topLogprobs = 3;
        return spec;
    }
    std::vector<engine::GeneratedToken> generated(engine::JobId job)
    {
        std::vector<engine::GeneratedToken> tokens;
        for (const auto &chunk : world.events.all<engine::event::TokenChunk>(job))
            tokens.insert(tokens.end(), chunk.tokens.begin(), chunk.tokens.end());
        return tokens;
    }
};

} // namespace support
