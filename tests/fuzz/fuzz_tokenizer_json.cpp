// The input is a tokenizer.json; if it is sound, its own bytes are the text.

#include "engine/files/mapped_file.h"
#include "engine/tokenizers/readers.h"
#include "support/thrown_error.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string input(reinterpret_cast<const char *>(data), size);
    const engine::Error error = support::errorOf([&] {
        const auto mapped = engine::MappedFile::borrow(std::as_bytes(std::span(input)), "tokenizer.json");
        const auto tokenizer = engine::openHuggingFaceTokenizer(*mapped);
        for (const int token : tokenizer->encodeMarked(input))
            if (!tokenizer->isUsed(token)) std::abort();
    });
    const bool isExpected =
        error.code() == engine::ErrorCode::None || error.code() == engine::ErrorCode::BadTokenizer;
    if (!isExpected) std::abort();
    return 0;
}
