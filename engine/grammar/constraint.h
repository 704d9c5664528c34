#pragma once

#include "engine/grammar/compile.h"
#include "engine/grammar/token_masks.h"

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace engine::grammar
{

/// A compiled grammar for one vocabulary, with the masks that were needed so far. Thread: any.
class Grammar final
{
public:
    Grammar(std::shared_ptr<const Rules> rules, std::shared_ptr<const TokenTrie> trie);

    /// Shared by the requests that use the grammar now; a fresh one when the former one has grown too large.
    std::shared_ptr<TokenMasks> masks();
    const TokenTrie &trie() const { return *m_trie; }

private:
    const std::shared_ptr<const Rules> m_rules;    ///< shared with the automata
    const std::shared_ptr<const TokenTrie> m_trie; ///< shared with the model's other grammars
    std::mutex m_mutex;
    std::shared_ptr<TokenMasks> m_masks; ///< guarded by m_mutex
};

/// The grammars of a model that were used last, and its vocabulary by bytes, made when first needed.
/// Thread: any; while one is compiled, only those who want the same one wait.
class Store final
{
public:
    static constexpr std::size_t kMostGrammars = 8;

    explicit Store(std::shared_ptr<const Tokenizer> tokenizer)
        : m_tokenizer(std::move(tokenizer))
    {
    }
    /// Throws as compile().
    std::shared_ptr<Grammar> find(const Source &source);

private:
    struct Entry {
        std::string key;
        std::shared_ptr<Grammar> grammar; ///< shared with the requests that use it
    };

    const std::shared_ptr<const Tokenizer> m_tokenizer; ///< shared with the model's facts
    std::mutex m_mutex;
    std::shared_ptr<const TokenTrie> m_trie; ///< guarded by m_mutex
    std::deque<Entry> m_entries;             ///< guarded by m_mutex; the one used last in front
};

/// Where one answer is in its grammar. Thread: one at a time.
class Constraint final
{
public:
    /// Those steps of the automaton that a token may take, which its forerunners can leave it more of, up to
    /// kStepsPerMask: so that no answer holds up the others for long, again and again.
    static constexpr std::size_t kStepsPerToken = 50'000;

    /// `ends`: tokens that end the answer, and are no part of its text.
    Constraint(std::shared_ptr<Grammar> grammar, const std::vector<int> &ends);

    /// One bit a token that may come next, 64 a word; valid until the next call. Never empty, unless the
    /// vocabulary has no token for what must follow. Throws Error(BadRequest) if the grammar is too
    /// ambiguous.
    const Mask &allowed();
    /// Takes the bytes of a token that was allowed. Throws as allowed(), and where the grammar does not go on
    /// so.
    void accept(std::string_view bytes);
    /// True where nothing can follow.
    bool isDone() const { return m_masks->mustEnd(m_state); }
    /// True if the text so far is one of the grammar's.
    bool mayEnd() const { return m_masks->mayEnd(m_state); }

private:
    void renew();

    std::shared_ptr<Grammar> m_grammar; ///< shared with the store and other answers
    std::vector<int> m_ends;
    std::shared_ptr<TokenMasks> m_masks; ///< shared with other answers
    TokenMasks::State m_state;
    std::size_t m_steps = TokenMasks::kStepsPerMask; ///< that are left
    std::string m_read;                              ///< all bytes so far
    Mask m_mask;
};

} // namespace engine::grammar
