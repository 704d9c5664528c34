// The byte-level BPE vocabulary of a GGUF file (tokenizer.ggml.model "gpt2"), to and from.
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

constexpr std::int32_t kNormal = 1, kControl = 3, kUserDefined = 4, kUnused = 5; ///< types of GGUF's tokens

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

/// GGUF's name for a way to split text. Throws Error(UnsupportedModel).
std::string_view preOf(const BpeVocabulary &vocabulary)
{
    const auto isSame = [&](const Splitting &splitting) {
        return splitting.pre != "" && splitting.pre != "default" && vocabulary.rules.size() == 1 &&
               !vocabulary.rules[0].dropsRest && vocabulary.rules[0].pattern == splitting.pattern &&
               vocabulary.form == splitting.form && !vocabulary.keepsWholePieces;
    };
    const auto *found = std::ranges::find_if(kSplittings, isSame);
    if (found != std::end(kSplittings)) return found->pre;
    throw Error(
        ErrorCode::UnsupportedModel,
        "tokenizer.json: expected text to be split as GPT-2, GPT-NeoX or Qwen2 do, which GGUF has names "
        "for, found " +
            (vocabulary.rules.empty() ? std::string("no pattern")
                                      : printable(vocabulary.rules.back().pattern)) +
            "; choose .safetensors or .pth.");
}

std::string toByteLevel(std::string_view bytes)
{
    std::string text;
    for (const char c : bytes)
        text += byteLevelOf(static_cast<unsigned char>(c));
    return text;
}

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
        const std::int32_t type = id < stored.types.size() ? stored.types[id] : kNormal;
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

StoredVocabulary storeHuggingFaceVocabulary(const MappedFile &file, int rows)
{
    const BpeVocabulary vocabulary = readHuggingFaceVocabulary(file);
    const auto count = static_cast<std::size_t>(rows);
    if (vocabulary.tokens.size() > count)
        file.refuse("expected at most " + std::to_string(rows) + " ids, as the model has rows, found " +
                        std::to_string(vocabulary.tokens.size()),
                    ErrorCode::BadTokenizer);
    StoredVocabulary stored;
    stored.model = "gpt2";
    stored.pre = preOf(vocabulary);
    for (std::size_t id = 0; id < count; ++id) {
        const bool isUsed = id < vocabulary.tokens.size() && !vocabulary.tokens[id].empty();
        stored.tokens.push_back(isUsed ? toByteLevel(vocabulary.tokens[id])
                                       : "[PAD" + std::to_string(id) + "]");
        stored.types.push_back(isUsed ? kNormal : kUnused);
    }
    for (const BpeVocabulary::Merge &merge : vocabulary.merges)
        stored.merges.push_back(toByteLevel(vocabulary.tokens[static_cast<std::size_t>(merge.left)]) + ' ' +
                                toByteLevel(vocabulary.tokens[static_cast<std::size_t>(merge.right)]));
    for (const BpeVocabulary::Added &added : vocabulary.added) { // as they are
        const auto id = static_cast<std::size_t>(added.id);
        stored.tokens[id] = added.text;
        stored.types[id] = added.isControl ? kControl : kUserDefined;
        if (added.text == vocabulary.chat.beginText) stored.bos = added.id;
    }
    stored.eos = vocabulary.endOfText;
    stored.chatTemplate = vocabulary.chat.text;
    return stored;
}

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
