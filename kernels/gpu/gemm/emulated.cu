// What stands for somebody's kernels on emulated cards: a right one and, where a test asks for them, wrong
// ones. ROOKERY_EMULATOR=gemm=wrong+right names them, the best first.
#include "kernels/gpu/finished.h"
#include "kernels/gpu/gemm.h"

#include <string_view>

namespace kernels::gpu
{

namespace
{

constexpr int kThreads = 64; ///< an output each

enum class Fault : std::uint8_t { None, LostInput, ForgottenSum, WildWrite };

GPU_KERNEL void multiplyTile(GemmCall call, Format type, Fault fault)
{
    const int out = blockX() * kThreads + threadIndex(), row = blockY();
    if (out >= call.outs) return;
    const auto number = [&](std::uint16_t bits) {
        return type == Format::F16 ? fromHalf(bits) : Bf16Format::decode(bits);
    };
    const int inputs = fault == Fault::LostInput ? call.inputs - 1 : call.inputs;
    float sum = 0;
    for (int i = 0; i < inputs; ++i)
        sum = fmaf(number(call.a[std::int64_t{row} * call.lda + i]),
                   number(call.w[std::int64_t{out} * call.ldw + i]), sum);
    const std::int64_t at = std::int64_t{row} * call.ldy + out;
    float y = finished(fmaf(sum, call.scale[row], call.bias ? call.bias[out] : 0), call.finish);
    if (call.gate) y *= call.gate[at];
    if (call.accumulate && fault != Fault::ForgottenSum) y += call.y[at];
    if (fault == Fault::WildWrite) const_cast<float *>(call.scale)[kScaleRows] = y; // behind the memory
    call.y[at] = y;
}

template <Format Type, Fault Planted>
bool start(const GemmCall &call, Stream stream)
{
    launch({static_cast<unsigned>((call.outs + kThreads - 1) / kThreads), static_cast<unsigned>(call.rows), 1,
            kThreads, stream},
           multiplyTile, call, Type, Planted);
    return true;
}

bool refuse(const GemmCall &, Stream) { return false; }

template <Fault Planted>
void add(std::vector<GemmInstance> &all, const char *f16, const char *bf16)
{
    constexpr int kNewest = 999;
    all.push_back({f16, Format::F16, 0, kNewest, start<Format::F16, Planted>});
    all.push_back({bf16, Format::BF16, 0, kNewest, start<Format::BF16, Planted>});
}

} // namespace

std::vector<GemmInstance> gemmInstances()
{
    std::vector<GemmInstance> all;
    const std::string text = emulator::settings().gemm;
    for (std::string_view rest = text; !rest.empty();) {
        const std::string_view name = rest.substr(0, rest.find('+'));
        rest.remove_prefix(name.size() < rest.size() ? name.size() + 1 : rest.size());
        if (name == "right") add<Fault::None>(all, "right-f16", "right-bf16");
        if (name == "wrong") add<Fault::LostInput>(all, "wrong-f16", "wrong-bf16");
        if (name == "forgetful") add<Fault::ForgottenSum>(all, "forgetful-f16", "forgetful-bf16");
        if (name == "wild") add<Fault::WildWrite>(all, "wild-f16", "wild-bf16");
        if (name == "refusing") all.push_back({"refusing-f16", Format::F16, 0, 999, refuse});
        if (name == "foreign")
            all.push_back({"foreign-f16", Format::F16, 1, 999, start<Format::F16, Fault::None>});
    }
    return all;
}

std::size_t gemmRoomBytes() { return std::size_t{16} << 10; } // small, so that tests see products in parts

const char *whyNoGemms() { return ""; }

} // namespace kernels::gpu
