// The input is a grammar in GBNF; its own bytes choose the way through it.

#include "fuzz_grammar.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    return fuzzGrammar(support::gbnf(std::string(reinterpret_cast<const char *>(data), size)), {data, size});
}
