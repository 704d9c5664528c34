#include "engine/files/float_values.h"

#include "engine/files/block_types.h"
#include "kernels/weight.h"

#include <cstring>

namespace engine
{
namespace
{

template <class Element, class Decode>
void decodeEach(std::span<const std::byte> from, std::span<float> to, Decode decode)
{
    for (std::size_t i = 0; i < to.size(); ++i) {
        Element element;
        std::memcpy(&element, from.data() + i * sizeof element, sizeof element);
        to[i] = decode(element);
    }
}

} // namespace

bool holdsFloats(StoredType type)
{
    return type == StoredType::F64 || type == StoredType::F32 || type == StoredType::F16 ||
           type == StoredType::BF16 || isBlockType(type);
}

void decodeFloats(StoredType type, std::span<const std::byte> from, std::span<float> to)
{
    switch (type) {
    case StoredType::F64:
        return decodeEach<double>(from, to, [](double x) { return static_cast<float>(x); });
    case StoredType::F32:
        return decodeEach<float>(from, to, [](float x) { return x; });
    case StoredType::F16:
        return decodeEach<std::uint16_t>(from, to, kernels::F16Format::decode);
    case StoredType::BF16:
        return decodeEach<std::uint16_t>(from, to, kernels::Bf16Format::decode);
    default:
        return decodeToFloat(type, from, to);
    }
}

} // namespace engine
