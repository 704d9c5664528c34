#include "kernels/cpu/cpu_device.h"
#include "kernels/cpu/panels.h"

#include <cstring>

namespace kernels::cpu
{

namespace
{

template <class Stored>
float readElement(const std::byte *p)
{
    typename Stored::Element element;
    std::memcpy(&element, p, sizeof element);
    return Stored::decode(element);
}

/// One panel: element (k, lane) of the source goes to its place in the target.
template <class Stored, class Packed>
void packPanel(const PackWeight &args, int panel)
{
    using Element = typename Packed::Element;
    const int padded = paddedCols(args.format, args.cols);
    auto *target =
        reinterpret_cast<Element *>(static_cast<std::byte *>(args.target) +
                                    static_cast<std::size_t>(panel) * panelBytes(args.format, args.cols));
    const auto *source = static_cast<const std::byte *>(args.source.data); // row firstRow
    const std::size_t size = sizeof(typename Stored::Element);
    const std::size_t rowStep = args.transposed ? size : size * static_cast<std::size_t>(args.cols);
    const std::size_t colStep = args.transposed ? size * static_cast<std::size_t>(args.rows) : size;
    for (int k = 0; k < padded; ++k) {
        for (int lane = 0; lane < kPanel; ++lane) {
            const int row = panel * kPanel + lane;
            const bool exists = row < args.rows && k < args.cols;
            const std::size_t at = args.format == Format::BF16
                                       ? static_cast<std::size_t>((k / 2 * kPanel + lane) * 2 + k % 2)
                                       : static_cast<std::size_t>(k * kPanel + lane);
            target[at] = exists ? Packed::encode(readElement<Stored>(
                                      source + static_cast<std::size_t>(row - args.firstRow) * rowStep +
                                      static_cast<std::size_t>(k) * colStep))
                                : Packed::encode(0.0F);
        }
    }
}

using PackPanel = void (*)(const PackWeight &args, int panel);

template <class Packed>
PackPanel packerFrom(DType source)
{
    switch (source) {
    case DType::F16:
        return packPanel<F16Format, Packed>;
    case DType::BF16:
        return packPanel<Bf16Format, Packed>;
    default:
        return packPanel<F32Format, Packed>;
    }
}

PackPanel packerFor(const PackWeight &args)
{
    switch (args.format) {
#define X(name, traits, text)                                                                                \
    case Format::name:                                                                                       \
        return packerFrom<traits>(args.source.dtype);
        KERNELS_FORMATS(X)
#undef X
    }
    return nullptr;
}

} // namespace

void CpuDevice::packWeight(const PackWeight &args)
{
    const PackPanel pack = packerFor(args);
    const auto rows = args.transposed ? args.rows : static_cast<std::int32_t>(args.source.dims[0]);
    const int firstPanel = args.firstRow / kPanel;
    ranges(panelsOf(rows), 4, [&](int first, int last) {
        for (int panel = first; panel < last; ++panel)
            pack(args, firstPanel + panel);
    });
}

} // namespace kernels::cpu
