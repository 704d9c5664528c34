#pragma once

// Decoding of i8 matrices, sixteen outputs at a time; see panels.h for their arrangement.

#include "kernels/cpu/panels.h"
#include "kernels/cpu/path.h"

namespace kernels::cpu
{

/// One panel, with what belongs to its outputs in registers. As I8Format::decode.
template <class V>
struct I8Panel {
    typename V::F rx, mx;
    const float *ry, *my;
    const std::byte *codes;

    [[gnu::always_inline]] void read(const ProductPart &part, int panel)
    {
        const I8Scales scales = i8ScalesOf(const_cast<std::byte *>(part.w), part.outs, part.cols);
        rx = V::load(scales.rx + panel * kPanel);
        mx = V::load(scales.mx + panel * kPanel);
        ry = scales.ry;
        my = scales.my;
        codes = part.w + static_cast<std::size_t>(panel) * panelBytes(Format::I8, part.cols);
    }

    /// The weights of input i.
    [[gnu::always_inline]] typename V::F numbers(int i) const
    {
        const auto code = V::add(V::loadInt8(codes + i * kPanel), V::set(128.5F));
        const auto scale = V::mul(V::set(ry[i]), rx);
        return V::fma(code, scale, V::add(V::set(my[i]), mx));
    }
};

/// As decodePanel.
template <class V>
void decodeI8(const ProductPart &part, int panel, int k, int groups, float *target)
{
    I8Panel<V> w;
    w.read(part, panel);
    for (int i = k; i < k + groups * kGroup; ++i, target += kPanel)
        V::store(target, w.numbers(i));
}

} // namespace kernels::cpu
