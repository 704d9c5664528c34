// The input is a pickle, put into a sound zip file, and also a zip file as a whole.

#include "support/hostile_input.h"
#include "support/zip_writer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string input(reinterpret_cast<const char *>(data), size);
    if (input.starts_with("PK")) {
        support::opensSoundly(std::as_bytes(std::span(input)));
        return 0;
    }
    const std::string file = support::zipFile({{.name = "m/data.pkl", .content = input},
                                               {.name = "m/data/0", .content = std::string(64, '0')},
                                               {.name = "m/data/1", .content = std::string(16, '1')}});
    support::opensSoundly(std::as_bytes(std::span(file)));
    return 0;
}
