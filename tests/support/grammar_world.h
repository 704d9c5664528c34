#pragma once

// Texts against grammars, byte by byte and token by token.

#include "engine/grammar/compile.h"
#include "engine/grammar/token_masks.h"

#include <memory>
#include <random>
#include <string>

namespace support
{

inline engine::grammar::Source gbnf(std::string text)
{
    engine::grammar::Source source;
    source.grammar = {engine::GrammarSpec::Kind::Gbnf, std::move(text)};
    return source;
}

inline engine::grammar::Source jsonSchema(std::string text)
{
    engine::grammar::Source source;
    source.grammar = {engine::GrammarSpec::Kind::JsonSchema, std::move(text)};
    return source;
}

inline engine::grammar::Source anyJson()
{
    engine::grammar::Source source;
    source.grammar.kind = engine::GrammarSpec::Kind::Json;
    return source;
}

/// So many rules, each of which may read its byte in front of the next rule's text or behind it: behind
/// `first`, the ways to go on are as many as the square of that.
inline std::string ambiguousGrammar(int rules, const std::string &first = {})
{
    std::string text = "root ::= \"" + first + "\" r0\n";
    for (int i = 0; i < rules; ++i) {
        const std::string next = " r" + std::to_string(i + 1);
        text += "r" + std::to_string(i) + " ::= \"a\"" + next + " |" + next + " \"b\"\n";
    }
    return text + "r" + std::to_string(rules) + " ::= \"c\"\n";
}

/// True if `text` is one of the grammar's.
inline bool isText(engine::grammar::Automaton &automaton, std::string_view text)
{
    engine::grammar::Automaton::State state = automaton.start();
    automaton.grant(1'000'000);
    for (const char c : text) {
        state = automaton.next(state, static_cast<std::uint8_t>(c));
        if (state == engine::grammar::Automaton::kDead) return false;
    }
    return automaton.mayEnd(state);
}

inline bool isText(const engine::grammar::Source &source, std::string_view text)
{
    engine::grammar::Automaton automaton(engine::grammar::compile(source));
    return isText(automaton, text);
}

/// A text made of random bytes that may follow. Bytes that lead on become unlikely after `patience` bytes, so
/// that it ends; empty if it has not after 100,000.
inline std::string randomText(engine::grammar::Automaton &automaton, std::mt19937 &random, int patience = 60)
{
    using engine::grammar::Automaton;
    std::string text;
    automaton.grant(100'000'000);
    Automaton::State state = automaton.start();
    while (text.size() < 100'000) {
        if (automaton.mustEnd(state)) return text;
        const bool isLate = static_cast<int>(text.size()) > patience;
        if (automaton.mayEnd(state) && random() % (isLate ? 2U : 20U) == 0) return text;
        std::string choices;
        for (int byte = 0; byte < 256; ++byte)
            if (automaton.next(state, static_cast<std::uint8_t>(byte)) != Automaton::kDead)
                choices += static_cast<char>(byte);
        std::string closing; // ends strings, lists and objects
        for (const char c : choices)
            if (c == '"' || c == ']' || c == '}') closing += c;
        if (isLate && !closing.empty() && random() % 4U != 0) choices = closing;
        const char byte = choices[random() % choices.size()];
        text += byte;
        state = automaton.next(state, static_cast<std::uint8_t>(byte));
    }
    return {};
}

} // namespace support
