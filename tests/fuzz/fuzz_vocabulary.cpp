// The input is the end of a vocabulary that is sound up to there, and then a text to encode with it.

#include "engine/files/mapped_file.h"
#include "engine/tokenizers/python_literal.h"
#include "engine/tokenizers/readers.h"
#include "engine/tokenizers/utf8_stream.h"
#include "support/thrown_error.h"
#include "support/vocabulary_writer.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string input(reinterpret_cast<const char *>(data), size);
    engine::parsePythonLiteral(input);

    static const std::string bytes = support::vocabulary();
    const std::string file = bytes + input;
    const engine::Error error = support::errorOf([&] {
        const auto mapped = engine::MappedFile::borrow(std::as_bytes(std::span(file)), "vocab");
        const auto tokenizer = engine::openWorldTokenizer(*mapped);
        if (tokenizer->decode(tokenizer->encode(input)) != input) std::abort();
    });
    const bool isExpected =
        error.code() == engine::ErrorCode::None || error.code() == engine::ErrorCode::BadTokenizer;
    if (!isExpected) std::abort();

    engine::Utf8Stream whole, parts;
    std::string one = whole.push(input) + whole.finish();
    std::string many;
    for (const char c : input)
        many += parts.push({&c, 1});
    if (one != many + parts.finish()) std::abort();
    return 0;
}
