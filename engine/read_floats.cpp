#include "engine/read_floats.h"

#include "engine/error.h"
#include "engine/files/block_types.h"
#include "engine/files/float_values.h"

#include <algorithm>
#include <cmath>

namespace engine
{
namespace
{

constexpr std::size_t kSliceNumbers = 1U << 14; ///< a multiple of every block's

} // namespace

void readFloats(const TensorFile &file, const TensorEntry &entry, std::size_t first, std::span<float> to)
{
    if (!holdsFloats(entry.type))
        throw Error(ErrorCode::BadModel,
                    entry.name + ": expected floating-point numbers, found " + nameOf(entry.type) + ".");
    const auto [block, width] = blockOf(entry.type);
    if (first % block != 0 || to.size() % block != 0)
        throw Error(ErrorCode::BadModel, entry.name + ": " + std::to_string(to.size()) +
                                             " numbers are no whole blocks of " + nameOf(entry.type) + ".");
    std::vector<std::byte> stored(std::min(kSliceNumbers, to.size()) / block * width);
    for (std::size_t done = 0; done < to.size(); done += std::min(kSliceNumbers, to.size() - done)) {
        const std::size_t count = std::min(kSliceNumbers, to.size() - done);
        const std::span<std::byte> slice = std::span(stored).first(count / block * width);
        file.read(entry, (first + done) / block * width, slice);
        decodeFloats(entry.type, slice, to.subspan(done, count));
    }
}

std::vector<float> readFloats(const TensorFile &file, const TensorEntry &entry)
{
    std::vector<float> values(static_cast<std::size_t>(entry.elements()));
    readFloats(file, entry, 0, values);
    if (!std::all_of(values.begin(), values.end(), [](float x) { return std::isfinite(x); }))
        throw Error(ErrorCode::BadModel, entry.name + ": expected finite numbers, found NaN or infinity.");
    return values;
}

} // namespace engine
