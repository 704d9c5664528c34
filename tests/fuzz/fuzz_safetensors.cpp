// The input is the JSON header; length field and data are put around it, so that no run is lost on the
// length.

#include "support/hostile_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string header(reinterpret_cast<const char *>(data), size);
    const std::string file = support::little(size, 8) + header + std::string(64, 'd');
    support::opensSoundly(std::as_bytes(std::span(file)));
    support::opensSoundly(std::as_bytes(std::span(header))); // and the input as a whole file
    return 0;
}
