// The input is a file behind its magic number: GGUF if the first byte is even, else ggmf.

#include "support/hostile_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size == 0) return 0;
    const std::string rest(reinterpret_cast<const char *>(data + 1), size - 1);
    const std::string file = (data[0] % 2 == 0 ? "GGUF" : "fmgg") + rest;
    support::opensSoundly(std::as_bytes(std::span(file)));
    return 0;
}
