#include "kernels/cpu/cpu_device.h"

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
    const Product key{args.x.f32(), args.key, nullptr, args.hidden.f32(), Finish::ReluSquared, false};
    const Product value{args.hidden.f32(), args.value, nullptr, args.y.f32(), Finish::None, true};
    products(&key, 1, args.rows);
    products(&value, 1, args.rows);
}

} // namespace kernels::cpu
