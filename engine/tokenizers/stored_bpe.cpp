// The byte-level BPE vocabulary of a GGUF file (tokenizer.ggml.model "gpt2").
#include "engine/error.h"
#include "engine/files/printable.h"
#include "engine/files/stored_vocabulary.h"
#include "engine/tokenizers/bpe.h"
#include "engine/tokenizers/byte_level.h"
#include "engine/tokenizers/readers.h"

#include <algorithm>
#include <unordered_map>

namespace engine
{
namespace
{

constexpr std::int32_t kControl = 3, kUserDefined = 4, kUnused = 5; ///< types of GGUF's tokens

struct Splitting {
    std::string_view pre; ///< tokenizer.ggml.pre
    const char *pattern;
    TextSplitter::Form form;
};

/// GGUF stores a name instead of the pattern. Files of before 2024 have none: GPT-2's was used.
constexpr Splitting kSplittings[] = {
    {"", TextSplitter::kGpt2, TextSplitter::Form::None},
    {"default", TextSplitter::kGpt2, TextSplitter::Form::None},
    {"gpt-2", TextSplitter::kGpt2, TextSplitter::Form::None},
    {"olmo", TextSplitter::kGpt2, TextSplitter::Form::Nfc}, // the vocabulary of GPT-NeoX
    {"qwen2", TextSplitter::kQwen2, TextSplitter::Form::Nfc},
};

[[noreturn]] void refuse(const std::string &what)
{
    throw Error(ErrorCode::BadTokenizer, "The vocabulary in the model file: " + what + ".");
}

std::string textOf(const StoredVocabulary &stored, std::int64_t id)
{
    const bool isId = id >= 0 && static_cast<std::size_t>(id) < stored.tokens.size();
    return isId ? stored.tokens[static_cast<std::size_t>(id)] : std::string();
}

void takeTokens(const StoredVocabulary &stored, BpeVocabulary &out)
{
    if (stored.tokens.size() > BpeVocabulary::kMostIds)
        refuse("expected at most " + std::to_string(BpeVocabulary::kMostIds) + " tokens, found " +
               std::to_string(stored.tokens.size()));
    out.tokens.resize(stored.tokens.size());
    for (std::size_t id = 0; id < stored.tokens.size(); ++id) {
        const std::string &text = stored.tokens[id];
        const std::int32_t type = id < stored.types.size() ? stored.types[id] : 1;
        if (type == kUnused) continue;
        if (text.empty() || text.size() > BpeVocabulary::kLongestToken)
            refuse("expected a token of 1 to " + std::to_string(BpeVocabulary::kLongestToken) +
                   " bytes with the id " + std::to_string(id) + ", found " + std::to_string(text.size()));
        const bool isAdded = type == kControl || type == kUserDefined;
        out.tokens[id] = isAdded ? text : bytesOfByteLevel(text).value_or(text);
        if (isAdded) out.added.push_back({static_cast<int>(id), text, type == kControl, false, false, false});
    }
}

void takeMerges(const StoredVocabulary &stored, BpeVocabulary &out)
{
    std::unordered_map<std::string_view, int> ids;
    ids.reserve(stored.tokens.size());
    for (std::size_t id = 0; id < stored.tokens.size(); ++id)
        ids.emplace(stored.tokens[id], static_cast<int>(id));
    const auto find = [&](const std::string &text) {
        const auto found = ids.find(text);
        if (found == ids.end()) refuse("expected merges of its tokens, found " + printable(text));
        return found->second;
    };
    for (const std::string &merge : stored.merges) {
        const std::size_t space = merge.find(' ');
        if (space == std::string::npos) refuse("expected merges of two tokens, found " + printable(merge));
        const std::string left = merge.substr(0, space), right = merge.substr(space + 1);
        out.merges.push_back({find(left), find(right), find(left + right)});
    }
}

} // namespace

std::unique_ptr<Tokenizer> makeStoredBpeTokenizer(const StoredVocabulary &stored)
{
    const auto *splitting = std::ranges::find(kSplittings, std::string_view(stored.pre), &Splitting::pre);
    if (splitting == std::end(kSplittings))
        refuse("tokenizer.ggml.pre: expected \"gpt-2\", \"olmo\" or \"qwen2\", found " +
               printable(stored.pre));
    BpeVocabulary out;
    takeTokens(stored, out);
    takeMerges(stored, out);
    out.form = splitting->form;
    out.rules = {{splitting->pattern, false}};
    out.chat = {stored.chatTemplate, textOf(stored, stored.bos), textOf(stored, stored.eos)};
    out.endOfText = textOf(stored, stored.eos).empty() ? -1 : static_cast<int>(stored.eos);
    try {
        return makeBpeTokenizer(std::move(out));
    } catch (const Error &error) {
        refuse(error.message());
    }
}

} // namespace engine
