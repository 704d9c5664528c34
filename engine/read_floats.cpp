#include "engine/read_floats.h"

#include "engine/error.h"
#include "kernels/formats/bf16.h"
#include "kernels/formats/f16.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace engine
{
namespace
{

template <typename T>
T valueAt(const std::byte *data, std::size_t index)
{
    T value;
    std::memcpy(&value, data + index * sizeof(T), sizeof(T));
    return value;
}

void decode(StoredType type, const std::byte *data, std::span<float> to)
{
    for (std::size_t i = 0; i < to.size(); ++i) {
        switch (type) {
        case StoredType::F64:
            to[i] = static_cast<float>(valueAt<double>(data, i));
            break;
        case StoredType::F16:
            to[i] = kernels::F16Format::decode(valueAt<std::uint16_t>(data, i));
            break;
        case StoredType::BF16:
            to[i] = kernels::Bf16Format::decode(valueAt<std::uint16_t>(data, i));
            break;
        default:
            to[i] = valueAt<float>(data, i);
        }
    }
}

} // namespace

void readFloats(const TensorFile &file, const TensorEntry &entry, std::size_t first, std::span<float> to)
{
    const bool isFloat = entry.type == StoredType::F64 || entry.type == StoredType::F32 ||
                         entry.type == StoredType::F16 || entry.type == StoredType::BF16;
    if (!isFloat)
        throw Error(ErrorCode::BadModel, entry.name +
                                             ": expected numbers in fp64, fp32, fp16 or bf16, found " +
                                             nameOf(entry.type) + ".");
    std::array<std::byte, 16384> buffer;
    const std::size_t width = bytesOf(entry.type), step = buffer.size() / width;
    for (std::size_t done = 0; done < to.size(); done += std::min(step, to.size() - done)) {
        const std::size_t count = std::min(step, to.size() - done);
        file.read(entry, (first + done) * width, std::span(buffer).first(count * width));
        decode(entry.type, buffer.data(), to.subspan(done, count));
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
