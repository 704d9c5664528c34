// Which products go to matrix units, and how they get there.

#include "kernels/gpu/gemm_operands.h"
#include "kernels/gpu/reduce.h"

#include <algorithm>

#ifdef GPU_HOST_PASS

namespace kernels::gpu
{

namespace
{

bool isAligned(const void *memory) { return reinterpret_cast<std::uintptr_t>(memory) % 16 == 0; }

bool isSuitable(const Product &p, int rows)
{
    return rows >= kGemmRows && p.w.format != Format::F32 && p.w.format != Format::I8 &&
           p.w.rows >= kGemmLeast && p.w.cols >= kGemmLeast && p.w.rows % 4 == 0 && isAligned(p.w.data) &&
           isAligned(p.bias) && isAligned(p.y) && isAligned(p.gate);
}

/// How many rows of `inputs` numbers in 16 bits a room has, whole tiles of them if possible.
int rowsIn(std::size_t bytes, std::int32_t inputs)
{
    const std::size_t rows = bytes / (static_cast<std::size_t>(inputs) * 2);
    return static_cast<int>(rows >= 128 ? rows / 128 * 128 : rows / 4 * 4);
}

} // namespace

const GemmInstance *GpuDevice::gemmFor(const Product &p, int rows) const
{
    if (!isSuitable(p, rows) || rowsIn(gemmRoomBytes(), gemmInputs(p.w.cols)) == 0) return nullptr;
    return m_gemm[gemmTypeOf(p.w.format) == Format::BF16].get();
}

const char *GpuDevice::productPath(const Product &product, int rows) const
{
    const GemmInstance *gemm = gemmFor(product, rows);
    return gemm ? gemm->name : "rows";
}

bool GpuDevice::takeGemmRoom()
{
    const bool hasRoom = room(m_gemmRows, gemmRoomBytes() + kScaleRows * sizeof(float)) != nullptr &&
                         room(m_gemmWeights, gemmRoomBytes()) != nullptr;
    if (m_status == Status::OutOfMemory) m_status = Status::Ok; // nothing was lost yet
    return hasRoom;
}

bool GpuDevice::multiplyTiled(const Product &p, int rows, const GemmInstance &gemm)
{
    m_kernel = gemm.name;
    GemmCall call;
    call.inputs = call.lda = call.ldw = gemmInputs(p.w.cols);
    call.ldy = p.w.rows;
    call.finish = p.finish;
    call.accumulate = p.accumulate;
    auto *a = static_cast<std::uint16_t *>(m_gemmRows.memory);
    auto *scale = reinterpret_cast<float *>(static_cast<std::byte *>(m_gemmRows.memory) + gemmRoomBytes());
    auto *wide = static_cast<std::uint16_t *>(m_gemmWeights.memory);
    call.a = a;
    call.scale = scale;
    const bool isWide = p.w.format == Format::F16 || p.w.format == Format::BF16;
    bool hasBegun = false;
    const int rowsEach = std::min<int>(rowsIn(gemmRoomBytes(), call.inputs), kScaleRows);
    const int outsEach = isWide ? p.w.rows : rowsIn(gemmRoomBytes(), call.inputs);
    for (int row = 0; row < rows; row += rowsEach) {
        call.rows = std::min(rowsEach, rows - row);
        run({static_cast<unsigned>(call.rows), 1, 1, kBlock}, narrowRows, p.x + std::int64_t{row} * p.w.cols,
            a, scale, p.w.cols, gemm.type);
        for (int out = 0; out < p.w.rows; out += outsEach) {
            call.outs = std::min(outsEach, p.w.rows - out);
            call.w = static_cast<const std::uint16_t *>(p.w.data);
            if (!isWide) {
                const std::int64_t pieces = std::int64_t{call.outs} * (call.inputs / 8);
                run({static_cast<unsigned>((pieces + kBlock - 1) / kBlock), 1, 1, kBlock}, widenRows, p.w,
                    wide, out, call.outs);
                call.w = wide;
            }
            const std::int64_t at = std::int64_t{row} * p.w.rows + out;
            call.bias = p.bias ? p.bias + out : nullptr;
            call.gate = p.gate ? p.gate + at : nullptr;
            call.y = p.y + at;
            if (m_status != Status::Ok) return true;
            use();
            if (!gemm.start(call, m_stream)) {
                if (hasBegun) fail(std::string(gemm.name) + " does not take the rest of a product");
                return hasBegun;
            }
            hasBegun = true;
            check(GPU(GetLastError)());
        }
    }
    return true;
}

} // namespace kernels::gpu

#endif
