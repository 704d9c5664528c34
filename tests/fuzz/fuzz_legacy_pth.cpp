// The input is what follows magic number and protocol in a file of PyTorch's old form.

#include "support/hostile_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const std::string start(
        "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.", 21);
    const std::string file = start + std::string(reinterpret_cast<const char *>(data), size);
    support::opensSoundly(std::as_bytes(std::span(file)));
    return 0;
}
