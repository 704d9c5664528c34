// Byte-level BPE as GPT-2, GPT-NeoX and Qwen have it. Source: huggingface/tokenizers, models/bpe and
// tokenizer/added_vocabulary.rs.
#include "engine/tokenizers/bpe.h"

#include "engine/error.h"
#include "engine/files/printable.h"
#include "engine/tokenizers/byte_trie.h"

#include <algorithm>
#include <array>
#include <queue>
#include <unordered_map>

namespace engine
{
namespace
{

class BpeTokenizer final : public Tokenizer
{
public:
    explicit BpeTokenizer(BpeVocabulary vocabulary);

    std::vector<int> encode(std::string_view text) const override { return encodeWith(m_plain, text); }
    std::vector<int> encodeMarked(std::string_view text) const override { return encodeWith(m_marked, text); }
    std::string_view bytes(int token) const override;
    int size() const override { return static_cast<int>(m_vocabulary.tokens.size()); }
    bool isUsed(int token) const override
    {
        return token >= 0 && token < size() && !m_vocabulary.tokens[static_cast<std::size_t>(token)].empty();
    }
    int endOfText() const override { return m_vocabulary.endOfText; }
    std::vector<ControlToken> controlTokens() const override;
    const ChatTemplateSource *chatTemplate() const override
    {
        return m_vocabulary.chat.text.empty() ? nullptr : &m_vocabulary.chat;
    }

private:
    struct Merge {
        int rank = 0, result = 0;
    };
    /// Added tokens to look for, with numbers into m_vocabulary.added.
    struct Finder {
        ByteTrie raw, normalized;
    };

    void takeBytes();
    Finder finder(bool control) const;
    std::vector<int> encodeWith(const Finder &finder, std::string_view text) const;
    template <class Found, class Rest>
    void cut(const ByteTrie &trie, std::string_view text, const Found &found, const Rest &rest) const;
    void encodeBytes(std::string_view piece, std::vector<int> &tokens) const;
    void encodePiece(std::string_view piece, std::vector<int> &tokens) const;

    BpeVocabulary m_vocabulary;
    TextSplitter m_splitter;
    std::array<int, 256> m_byteIds{};
    std::vector<bool> m_isControl;
    std::unordered_map<std::uint64_t, Merge> m_merges;
    std::unordered_map<std::string_view, int> m_pieces; ///< only with keepsWholePieces
    Finder m_plain, m_marked;
};

std::uint64_t pairOf(int left, int right)
{
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32 |
           static_cast<std::uint32_t>(right);
}

BpeTokenizer::BpeTokenizer(BpeVocabulary vocabulary)
    : m_vocabulary(std::move(vocabulary))
    , m_splitter(m_vocabulary.form, m_vocabulary.rules)
    , m_isControl(m_vocabulary.tokens.size(), false)
{
    for (const BpeVocabulary::Added &added : m_vocabulary.added)
        if (added.isControl) m_isControl[static_cast<std::size_t>(added.id)] = true;
    takeBytes();
    m_merges.reserve(m_vocabulary.merges.size());
    for (std::size_t rank = 0; rank < m_vocabulary.merges.size(); ++rank) {
        const BpeVocabulary::Merge &merge = m_vocabulary.merges[rank];
        m_merges.try_emplace(pairOf(merge.left, merge.right), Merge{static_cast<int>(rank), merge.result});
    }
    m_vocabulary.merges = {};
    m_plain = finder(false);
    m_marked = finder(true);
}

/// Finds the tokens of the 256 bytes, and of whole pieces.
void BpeTokenizer::takeBytes()
{
    m_byteIds.fill(-1);
    for (int id = 0; id < size(); ++id) {
        const std::string &token = m_vocabulary.tokens[static_cast<std::size_t>(id)];
        if (token.empty() || m_isControl[static_cast<std::size_t>(id)]) continue;
        if (token.size() == 1 && m_byteIds[static_cast<unsigned char>(token[0])] < 0)
            m_byteIds[static_cast<unsigned char>(token[0])] = id;
        if (m_vocabulary.keepsWholePieces) m_pieces.try_emplace(token, id);
    }
    for (int byte = 0; byte < 256; ++byte) {
        const char text = static_cast<char>(byte);
        const bool occurs = byte < 0xC0 || (byte > 0xC1 && byte < 0xF1); // in UTF-8; planes 4 to 13 are empty
        if (m_byteIds[static_cast<std::size_t>(byte)] < 0 && occurs)
            throw Error(ErrorCode::BadTokenizer, "expected a token for each byte of UTF-8, the one for " +
                                                     printable({&text, 1}) + " is missing");
    }
}

BpeTokenizer::Finder BpeTokenizer::finder(bool control) const
{
    std::vector<std::pair<std::string, int>> texts[2]; // raw, normalised
    for (std::size_t i = 0; i < m_vocabulary.added.size(); ++i) {
        const BpeVocabulary::Added &added = m_vocabulary.added[i];
        if (added.isControl && !control) continue;
        texts[added.isNormalized ? 1 : 0].emplace_back(
            added.isNormalized ? m_splitter.normalized(added.text) : added.text, static_cast<int>(i));
    }
    ByteTrie tries[2];
    for (std::size_t kind = 0; kind < 2; ++kind) {
        std::vector<ByteTrie::Word> words;
        for (const auto &[text, number] : texts[kind])
            if (!text.empty()) words.push_back({text, number});
        std::ranges::stable_sort(words, {}, &ByteTrie::Word::bytes);
        const auto equal = [](const ByteTrie::Word &a, const ByteTrie::Word &b) {
            return a.bytes == b.bytes;
        };
        words.erase(std::unique(words.begin(), words.end(), equal), words.end());
        tries[kind] = ByteTrie(words);
    }
    return {std::move(tries[0]), std::move(tries[1])};
}

/// Calls found(id) for the added tokens in `text`, leftmost and longest first, and rest(text) for what lies
/// between them.
template <class Found, class Rest>
void BpeTokenizer::cut(const ByteTrie &trie, std::string_view text, const Found &found,
                       const Rest &rest) const
{
    std::size_t begin = 0;
    for (std::size_t i = 0; i < text.size();) {
        const ByteTrie::Match match = trie.longest(text.substr(i));
        if (match.number < 0) {
            ++i;
            continue;
        }
        const BpeVocabulary::Added &added = m_vocabulary.added[static_cast<std::size_t>(match.number)];
        std::string_view before = text.substr(begin, i - begin);
        if (added.stripsLeft) before.remove_suffix(TextSplitter::trailingSpace(before));
        if (!before.empty()) rest(before);
        found(added.id);
        i += match.length;
        if (added.stripsRight) i += TextSplitter::leadingSpace(text.substr(i));
        begin = i;
    }
    if (begin < text.size()) rest(text.substr(begin));
}

std::vector<int> BpeTokenizer::encodeWith(const Finder &finder, std::string_view text) const
{
    std::vector<int> tokens;
    tokens.reserve(text.size() / 3);
    const auto found = [&](int id) { tokens.push_back(id); };
    cut(finder.raw, text, found, [&](std::string_view raw) {
        const std::string normalized = m_splitter.normalized(raw);
        cut(finder.normalized, normalized, found, [&](std::string_view plain) {
            for (const std::string_view piece : m_splitter.split(plain))
                encodeBytes(piece, tokens);
        });
    });
    return tokens;
}

/// Bytes without a token, which no well-formed text has, become U+FFFD.
void BpeTokenizer::encodeBytes(std::string_view piece, std::vector<int> &tokens) const
{
    const auto isKnown = [this](char c) { return m_byteIds[static_cast<unsigned char>(c)] >= 0; };
    if (std::ranges::all_of(piece, isKnown)) return encodePiece(piece, tokens);
    std::string mended;
    for (const char c : piece)
        mended += isKnown(c) ? std::string(1, c) : "\xEF\xBF\xBD";
    encodePiece(mended, tokens);
}

/// Merges neighbours, always the pair with the smallest rank and of equals the leftmost, until no pair is
/// left: n log n for n bytes.
void BpeTokenizer::encodePiece(std::string_view piece, std::vector<int> &tokens) const
{
    if (const auto whole = m_pieces.find(piece); whole != m_pieces.end()) {
        tokens.push_back(whole->second);
        return;
    }
    struct Symbol {
        int id = -1, before = -1, next = -1; ///< id -1: merged away
    };
    struct Candidate {
        int rank, left, leftId, rightId, result;
        bool operator>(const Candidate &other) const
        {
            return rank != other.rank ? rank > other.rank : left > other.left;
        }
    };
    const int count = static_cast<int>(piece.size());
    std::vector<Symbol> symbols(piece.size());
    std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> candidates;
    const auto at = [&](int i) -> Symbol & { return symbols[static_cast<std::size_t>(i)]; };
    const auto offer = [&](int left) {
        const int right = left < 0 ? -1 : at(left).next;
        if (right < 0) return;
        const auto merge = m_merges.find(pairOf(at(left).id, at(right).id));
        if (merge != m_merges.end())
            candidates.push({merge->second.rank, left, at(left).id, at(right).id, merge->second.result});
    };
    for (int i = 0; i < count; ++i)
        at(i) = {m_byteIds[static_cast<unsigned char>(piece[static_cast<std::size_t>(i)])], i - 1,
                 i + 1 < count ? i + 1 : -1};
    for (int i = 0; i < count; ++i)
        offer(i);
    while (!candidates.empty()) {
        const Candidate best = candidates.top();
        candidates.pop();
        Symbol &left = at(best.left);
        if (left.id != best.leftId || left.next < 0 || at(left.next).id != best.rightId) continue; // outdated
        Symbol &right = at(left.next);
        left.id = best.result;
        right.id = -1;
        left.next = right.next;
        if (left.next >= 0) at(left.next).before = best.left;
        offer(left.before);
        offer(best.left);
    }
    for (int i = 0; i >= 0 && i < count; i = at(i).next)
        tokens.push_back(at(i).id);
}

std::string_view BpeTokenizer::bytes(int token) const
{
    if (token < 0 || token >= size() || m_isControl[static_cast<std::size_t>(token)]) return {};
    return m_vocabulary.tokens[static_cast<std::size_t>(token)];
}

std::vector<Tokenizer::ControlToken> BpeTokenizer::controlTokens() const
{
    std::vector<ControlToken> tokens;
    for (const BpeVocabulary::Added &added : m_vocabulary.added)
        if (added.isControl) tokens.push_back({added.id, added.text});
    return tokens;
}

} // namespace

std::unique_ptr<Tokenizer> makeBpeTokenizer(BpeVocabulary vocabulary)
{
    return std::make_unique<BpeTokenizer>(std::move(vocabulary));
}

} // namespace engine
