#include "kernels/cpu/cpu_device.h"

#include <algorithm>

namespace kernels::cpu
{

namespace
{

Finish finishOf(Activation activation)
{
    switch (activation) {
    case Activation::None:
        break;
    case Activation::Tanh:
        return Finish::Tanh;
    case Activation::Sigmoid:
        return Finish::Sigmoid;
    case Activation::Silu:
        return Finish::Silu;
    case Activation::Decay:
        return Finish::Decay;
    }
    return Finish::None;
}

} // namespace

void CpuDevice::linear(const Linear &args)
{
    Product product[kMostProducts];
    for (int i = 0; i < args.problems; ++i) {
        const Linear::Problem &p = args.problem[i];
        product[i] = {p.x.f32(), p.w, p.bias.f32(), p.y.f32(), finishOf(p.activation), p.accumulate};
    }
    products(product, args.problems, args.rows);
}

void CpuDevice::lowRank(const LowRank &args)
{
    Product down[kMostProducts], up[kMostProducts];
    float *scratch = args.scratch.f32();
    for (int i = 0; i < args.problems; ++i) {
        const LowRank::Problem &p = args.problem[i];
        down[i] = {p.x.f32(), p.a, nullptr, scratch, finishOf(p.middle), false};
        up[i] = {scratch, p.b, p.bias.f32(), p.y.f32(), finishOf(p.activation), false};
        scratch += static_cast<std::size_t>(args.rows) * static_cast<std::size_t>((p.a.rows + 15) / 16 * 16);
    }
    products(down, args.problems, args.rows);
    products(up, args.problems, args.rows);
}

void CpuDevice::reluFfn(const ReluFfn &args)
{
    const Product first[] = {
        {args.x.f32(), args.key, nullptr, args.hidden.f32(), Finish::ReluSquared, false,
         args.hiddenGate.f32()},
        {args.xr.f32(), args.receptance, nullptr, args.gate.f32(), Finish::Sigmoid, false}};
    products(first, args.receptance ? 2 : 1, args.rows);
    Product value{args.hidden.f32(), args.value, nullptr, args.y.f32(), Finish::None, true};
    if (args.receptance) value.gate = args.gate.f32();
    products(&value, 1, args.rows);
}

void CpuDevice::gatedFfn(const GatedFfn &args)
{
    const Product gate{args.x.f32(), args.gate, nullptr, args.gateOut.f32(), Finish::Silu, false};
    products(&gate, 1, args.rows);
    Product up{args.x.f32(), args.up, nullptr, args.hidden.f32(), Finish::None, false};
    up.gate = args.gateOut.f32();
    products(&up, 1, args.rows);
    const Product down{args.hidden.f32(), args.down, nullptr, args.y.f32(), Finish::None, true};
    products(&down, 1, args.rows);
}

void CpuDevice::mixDynamic(const MixDynamic &args)
{
    const auto mixes = static_cast<std::size_t>(args.mixes), rows = static_cast<std::size_t>(args.rows);
    const auto rank = static_cast<std::size_t>(args.a.rows) / mixes;
    float *z = args.scratch.f32(), *parts = z + rows * mixes * rank;
    const Product down{args.x.f32(), args.a, nullptr, z, Finish::Tanh, false};
    products(&down, 1, args.rows);
    for (std::size_t row = 0; row < rows; ++row) // some 160 numbers a row
        for (std::size_t m = 0; m < mixes; ++m)
            std::copy_n(z + (row * mixes + m) * rank, rank, parts + (m * rows + row) * rank);
    Product up[MixDynamic::kMost];
    for (std::size_t m = 0; m < mixes; ++m)
        up[m] = {parts + m * rows * rank, args.b[m],    args.mu[m].f32(),
                 args.out[m].f32(),       Finish::None, false};
    products(up, args.mixes, args.rows);
    ranges(args.rows, grainOf(args.x.dims[1]),
           [&](int first, int last) { m_path.mixDynamic(args, first, last); });
}

} // namespace kernels::cpu
