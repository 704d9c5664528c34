// The input are lines of "name type size size ...": tensors of a sound safetensors file whose names and
// shapes are those of a stranger. Every layout that gives them BlinkDL's names has a look at them.

#include "support/hostile_input.h"
#include "support/safetensors_writer.h"

#include <sstream>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    constexpr std::size_t kMostBytes = 1 << 16;
    std::istringstream lines(std::string(reinterpret_cast<const char *>(data), size));
    std::vector<support::SafeTensor> tensors;
    std::size_t all = 0;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        support::SafeTensor tensor;
        words >> tensor.name >> tensor.dtype;
        if (tensor.name.find_first_of("\"\\") != std::string::npos || tensor.name.empty()) continue;
        if (tensor.dtype != "F32") tensor.dtype = "BF16";
        std::size_t bytes = tensor.dtype == "F32" ? 4 : 2;
        for (unsigned dimension; words >> dimension;) {
            bytes *= dimension % 64;
            tensor.shape += (tensor.shape.empty() ? "" : ", ") + std::to_string(dimension % 64);
            if (bytes > kMostBytes) return 0;
        }
        if ((all += bytes) > kMostBytes) return 0;
        tensor.bytes.assign(bytes, 'x');
        tensors.push_back(std::move(tensor));
    }
    const std::string file = support::safetensors(tensors);
    support::opensSoundly(std::as_bytes(std::span(file)));
    return 0;
}
