// The input is a JSON schema; its own bytes choose the way through its texts.

#include "fuzz_grammar.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    return fuzzGrammar(support::jsonSchema(std::string(reinterpret_cast<const char *>(data), size)),
                       {data, size});
}
