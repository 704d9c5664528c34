// Weights are packed on the host and then copied: one encoder for all devices.

#include "kernels/gpu/gpu_device.h"
#include "kernels/gpu/weight_rows.h"

#include <cstring>
#include <vector>

#ifdef GPU_HOST_PASS

namespace kernels::gpu
{

namespace
{

/// Element i of unaligned memory, as float.
float storedNumber(const std::byte *from, DType type, std::size_t i)
{
    if (type == DType::F32) {
        float value;
        std::memcpy(&value, from + 4 * i, 4);
        return value;
    }
    std::uint16_t bits;
    std::memcpy(&bits, from + 2 * i, 2);
    return type == DType::F16 ? F16Format::decode(bits) : Bf16Format::decode(bits);
}

template <class Traits>
void packNumbers(const std::vector<float> &values, std::byte *row)
{
    for (std::size_t i = 0; i < values.size(); ++i) {
        const typename Traits::Element element = Traits::encode(values[i]);
        std::memcpy(row + i * sizeof element, &element, sizeof element);
    }
}

template <int Bits>
void packCodes(const GroupCode &code, std::byte *low, std::byte *high)
{
    for (int i = 0; i < kGroup; ++i) {
        const unsigned bits = code.code[i];
        if (Bits == 8) {
            low[i] = static_cast<std::byte>(bits);
            continue;
        }
        low[i / 2] |= static_cast<std::byte>((bits & 0xfU) << (i % 2 * 4));
        if (Bits == 6) high[i / 4] |= static_cast<std::byte>((bits >> 4 & 3U) << (i % 4 * 2));
        if (Bits == 5) high[i / 8] |= static_cast<std::byte>((bits >> 4 & 1U) << (i % 8));
    }
}

template <class Traits>
void packGroups(const std::vector<float> &values, std::byte *row)
{
    const GroupPlanes planes = planesOf<Traits>(static_cast<int>(values.size()));
    constexpr std::size_t kLow = Traits::kBits == 8 ? kGroup : kGroup / 2;
    constexpr std::size_t kHigh = kGroup / 8 * (Traits::kBits % 4);
    for (std::size_t g = 0; g * kGroup < values.size(); ++g) {
        float group[kGroup] = {};
        for (std::size_t i = 0; i < kGroup && g * kGroup + i < values.size(); ++i)
            group[i] = values[g * kGroup + i];
        const GroupCode code = Traits::encode(group);
        packCodes<Traits::kBits>(code, row + g * kLow, row + planes.high + g * kHigh);
        std::memcpy(row + planes.scales + 2 * g, &code.scale, 2);
        if (Traits::kHasOffset) std::memcpy(row + planes.offsets + 2 * g, &code.offset, 2);
    }
}

/// Rows as they lie on the card.
template <class Traits>
std::vector<std::byte> packedRows(const PackWeight &args, std::size_t rows)
{
    const std::size_t rowBytes = rowBytesOf<Traits>(args.cols);
    std::vector<std::byte> packed(rows * rowBytes);
    std::vector<float> values(static_cast<std::size_t>(args.cols));
    const auto *source = static_cast<const std::byte *>(args.source.data);
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t k = 0; k < values.size(); ++k)
            values[k] = storedNumber(source, args.source.dtype,
                                     args.transposed ? k * rows + row : row * values.size() + k);
        if constexpr (IsGrouped<Traits>::value)
            packGroups<Traits>(values, packed.data() + row * rowBytes);
        else
            packNumbers<Traits>(values, packed.data() + row * rowBytes);
    }
    return packed;
}

/// A whole matrix.
std::vector<std::byte> packedI8(const PackWeight &args)
{
    const int outs = args.rows, ins = args.cols;
    const I8Vectors at = i8VectorsOf(outs, ins);
    std::vector<std::byte> packed(at.end);
    const auto vectorAt = [&](std::size_t offset) {
        return reinterpret_cast<float *>(packed.data() + offset);
    };
    const auto *source = static_cast<const std::byte *>(args.source.data);
    const auto number = [&](int out, int in) {
        const auto row = static_cast<std::size_t>(out), col = static_cast<std::size_t>(in);
        return storedNumber(source, args.source.dtype,
                            args.transposed ? col * static_cast<std::size_t>(outs) + row
                                            : row * static_cast<std::size_t>(ins) + col);
    };
    const I8Encoder encoder(outs, ins, number,
                            {vectorAt(at.rx), vectorAt(at.mx), vectorAt(at.ry), vectorAt(at.my)});
    for (int step = 0; step < encoder.kSteps; ++step)
        encoder.run(step, 0, encoder.units(step));
    for (int out = 0; out < outs; ++out)
        for (int in = 0; in < ins; ++in)
            packed[static_cast<std::size_t>(out) * rowBytesOfI8(ins) + static_cast<std::size_t>(in)] =
                static_cast<std::byte>(encoder.code(out, in));
    return packed;
}

std::vector<std::byte> packedRows(const PackWeight &args, std::size_t rows)
{
    switch (args.format) {
#define X(name, traits, text)                                                                                \
    case Format::name:                                                                                       \
        return packedRows<traits>(args, rows);
        KERNELS_FORMATS(X)
#undef X
    case Format::I8:
        return packedI8(args);
    }
    return {};
}

} // namespace

void GpuDevice::packWeight(const PackWeight &args)
{
    const auto rows = static_cast<std::size_t>(args.transposed ? args.rows : args.source.dims[0]);
    const std::vector<std::byte> packed = packedRows(args, rows);
    const std::size_t offset = static_cast<std::size_t>(args.firstRow) * rowBytesOf(args.format, args.cols);
    upload(static_cast<std::byte *>(args.target) + offset, packed.data(), packed.size());
}

} // namespace kernels::gpu

#endif
