#pragma once

#include "support/grammar_world.h"
#include "support/thrown_error.h"

#include <cstdlib>
#include <span>

/// Compiles a hostile grammar. If it is sound, states that are not dead must lead on or end, for some way.
inline int fuzzGrammar(const engine::grammar::Source &source, std::span<const std::uint8_t> choices)
{
    using engine::grammar::Automaton;
    const engine::Error error = support::errorOf([&] {
        Automaton automaton(engine::grammar::compile(source));
        Automaton::State state = automaton.start();
        automaton.grant(engine::grammar::TokenMasks::kStepsPerMask);
        for (std::size_t step = 0; step < 64 && !automaton.mustEnd(state); ++step) {
            const std::uint8_t wish = choices.empty() ? 0 : choices[step % choices.size()];
            Automaton::State next = Automaton::kDead;
            for (unsigned i = 0; i < 256 && next == Automaton::kDead; ++i)
                next = automaton.next(state, static_cast<std::uint8_t>(wish + i));
            if (next == Automaton::kDead) std::abort(); // nothing can follow, and it may not end
            state = next;
        }
    });
    const bool isExpected =
        error.code() == engine::ErrorCode::None || error.code() == engine::ErrorCode::BadRequest;
    if (!isExpected) std::abort();
    return 0;
}
