#include "kernels/cpu/cpu_device.h"
#include "kernels/cpu/panels.h"

#include <algorithm>
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

/// Where the elements of one panel are in the source.
template <class Stored>
class PanelSource
{
public:
    PanelSource(const PackWeight &args, int panel)
        : m_args(args)
        , m_panel(panel)
        , m_rowStep(args.transposed ? kSize : kSize * static_cast<std::size_t>(args.cols))
        , m_colStep(args.transposed ? kSize * static_cast<std::size_t>(args.rows) : kSize)
    {
    }
    /// 0 where there is none.
    float at(int lane, int k) const
    {
        const int row = m_panel * kPanel + lane;
        if (row >= m_args.rows || k >= m_args.cols) return 0;
        return readElement<Stored>(static_cast<const std::byte *>(m_args.source.data) + // row firstRow
                                   static_cast<std::size_t>(row - m_args.firstRow) * m_rowStep +
                                   static_cast<std::size_t>(k) * m_colStep);
    }

private:
    static constexpr std::size_t kSize = sizeof(typename Stored::Element);
    const PackWeight &m_args;
    int m_panel;
    std::size_t m_rowStep, m_colStep;
};

std::byte *panelOf(const PackWeight &args, int panel)
{
    return static_cast<std::byte *>(args.target) +
           static_cast<std::size_t>(panel) * panelBytes(args.format, args.cols);
}

/// One panel of a format that keeps each number by itself.
template <class Stored, class Packed>
void packNumbers(const PackWeight &args, int panel)
{
    const PanelSource<Stored> source(args, panel);
    auto *target = reinterpret_cast<typename Packed::Element *>(panelOf(args, panel));
    for (int k = 0; k < paddedCols(args.format, args.cols); ++k)
        for (int lane = 0; lane < kPanel; ++lane) {
            const std::size_t at = args.format == Format::BF16
                                       ? static_cast<std::size_t>((k / 2 * kPanel + lane) * 2 + k % 2)
                                       : static_cast<std::size_t>(k * kPanel + lane);
            target[at] = Packed::encode(source.at(lane, k));
        }
}

/// Puts the codes of one output into a group of zeros.
template <class Packed>
void placeCodes(const GroupCode &group, int lane, std::uint8_t *codes)
{
    constexpr int kAbove = Packed::kBits - 4; ///< bits above the lower four
    for (int i = 0; i < kGroup; ++i) {
        const unsigned code = group.code[i];
        if constexpr (Packed::kBits == 8) {
            codes[i * kPanel + lane] = group.code[i];
        } else {
            std::uint8_t &low = codes[i / 2 * kPanel + lane];
            low = static_cast<std::uint8_t>(low | (code & 15U) << i % 2 * 4);
            if constexpr (kAbove > 0) {
                constexpr int kInputs = 8 / kAbove; ///< of a byte
                std::uint8_t &high = codes[(kGroup / 2 + i / kInputs) * kPanel + lane];
                high = static_cast<std::uint8_t>(high | code >> 4 << i % kInputs * kAbove);
            }
        }
    }
}

/// One panel of a format with groups.
template <class Stored, class Packed>
void packGroups(const PackWeight &args, int panel)
{
    const PanelSource<Stored> source(args, panel);
    std::byte *target = panelOf(args, panel);
    std::memset(target, 0, panelBytes(args.format, args.cols));
    for (int k = 0; k < args.cols; k += kGroup, target += kGroupBytes<Packed>) {
        for (int lane = 0; lane < kPanel; ++lane) {
            float w[kGroup];
            for (int i = 0; i < kGroup; ++i)
                w[i] = source.at(lane, k + i);
            const GroupCode group = Packed::encode(w);
            std::memcpy(target + 2 * lane, &group.scale, 2);
            if (Packed::kHasOffset) std::memcpy(target + 2 * (kPanel + lane), &group.offset, 2);
            placeCodes<Packed>(
                group, lane,
                reinterpret_cast<std::uint8_t *>(target + (Packed::kHasOffset ? 4 : 2) * kPanel));
        }
    }
}

template <class Stored, class Packed>
void packPanel(const PackWeight &args, int panel)
{
    if constexpr (requires { Packed::kBits; })
        packGroups<Stored, Packed>(args, panel);
    else
        packNumbers<Stored, Packed>(args, panel);
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
    case Format::I8: // not panel by panel
        break;
    }
    return nullptr;
}

/// A whole matrix in i8. `ranges(count, body)` shares body(first, last) among threads.
template <class Stored, class Ranges>
void packI8(const PackWeight &args, const Ranges &ranges)
{
    std::memset(args.target, 0, weightBytes(Format::I8, args.rows, args.cols));
    const auto at = [source = PanelSource<Stored>(args, 0)](int out, int in) { return source.at(out, in); };
    const I8Scales scales = i8ScalesOf(static_cast<std::byte *>(args.target), args.rows, args.cols);
    const I8Encoder encoder(args.rows, args.cols, at, scales);
    for (int step = 0; step < encoder.kSteps; ++step)
        ranges(encoder.units(step), [&](int first, int last) { encoder.run(step, first, last); });
    ranges(panelsOf(args.rows), [&](int first, int last) {
        for (int out = first * kPanel; out < std::min(last * kPanel, args.rows); ++out) {
            auto *codes = reinterpret_cast<std::uint8_t *>(panelOf(args, out / kPanel)) + out % kPanel;
            for (int in = 0; in < args.cols; ++in)
                codes[in * kPanel] = static_cast<std::uint8_t>(encoder.code(out, in) ^ 0x80U);
        }
    });
}

} // namespace

void CpuDevice::packWeight(const PackWeight &args)
{
    if (args.format == Format::I8) {
        const auto inParallel = [this](int count, const auto &body) { ranges(count, 4, body); };
        switch (args.source.dtype) {
        case DType::F16:
            return packI8<F16Format>(args, inParallel);
        case DType::BF16:
            return packI8<Bf16Format>(args, inParallel);
        default:
            return packI8<F32Format>(args, inParallel);
        }
    }
    const PackPanel pack = packerFor(args);
    const auto rows = args.transposed ? args.rows : static_cast<std::int32_t>(args.source.dims[0]);
    const int firstPanel = args.firstRow / kPanel;
    ranges(panelsOf(rows), 4, [&](int first, int last) {
        for (int panel = first; panel < last; ++panel)
            pack(args, firstPanel + panel);
    });
}

} // namespace kernels::cpu
