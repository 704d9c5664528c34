// The input is the vocabulary in a GGUF file: its kind, then tokens, merges and types between lines, and a
// text.

#include "engine/files/stored_vocabulary.h"
#include "engine/tokenizers/tokenizer.h"
#include "support/thrown_error.h"

#include <cstdlib>

namespace
{

/// What stands before the next `end`, which is taken away.
std::string_view take(std::string_view &rest, char end)
{
    const std::size_t at = std::min(rest.find(end), rest.size());
    const std::string_view piece = rest.substr(0, at);
    rest.remove_prefix(std::min(at + 1, rest.size()));
    return piece;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    std::string_view rest(reinterpret_cast<const char *>(data), size);
    if (rest.empty()) return 0;
    engine::StoredVocabulary stored;
    const unsigned kind = static_cast<unsigned char>(rest[0]);
    rest.remove_prefix(1);
    stored.model = kind % 4 == 0 ? "rwkv" : kind % 4 < 3 ? "gpt2" : "llama";
    stored.pre = kind % 8 < 4 ? "qwen2" : "";
    std::string_view tokens = take(rest, '\0'), merges = take(rest, '\0');
    const std::string_view types = take(rest, '\0');
    while (!tokens.empty())
        stored.tokens.emplace_back(take(tokens, '\n'));
    while (!merges.empty())
        stored.merges.emplace_back(take(merges, '\n'));
    for (const char type : types)
        stored.types.push_back(type - '0');
    stored.eos = static_cast<std::int64_t>(kind / 8) - 1;
    stored.bos = stored.eos - 1;
    stored.chatTemplate = "{{ messages }}";
    const engine::Error error = support::errorOf([&] {
        const auto tokenizer = engine::makeTokenizer(stored);
        for (const int token : tokenizer->encodeMarked(rest))
            if (token < 0 || token >= tokenizer->size()) std::abort();
        for (int id = 0; id < tokenizer->size(); ++id)
            if (tokenizer->bytes(id).size() > size) std::abort();
    });
    const bool isExpected =
        error.code() == engine::ErrorCode::None || error.code() == engine::ErrorCode::BadTokenizer;
    if (!isExpected) std::abort();
    return 0;
}
