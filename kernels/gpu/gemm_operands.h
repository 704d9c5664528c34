#pragma once

#include "kernels/gpu/gemm.h"

namespace kernels::gpu
{

/// The type in which a format's products are made on matrix units.
constexpr Format gemmTypeOf(Format format) { return format == Format::BF16 ? Format::BF16 : Format::F16; }

/// Inputs that matrix units see: `cols`, filled up with zeros.
KERNELS_HD constexpr std::int32_t gemmInputs(std::int32_t cols) { return (cols + 7) / 8 * 8; }

/// a[row] = x[row] / scale[row] in `type`, [rows, gemmInputs(cols)]. A grid of as many blocks as there are
/// rows, of kBlock threads.
GPU_KERNEL void narrowRows(const float *x, std::uint16_t *a, float *scale, int cols, Format type);

/// Rows firstOut .. of a weight in a quantised format as fp16, [outs, gemmInputs(w.cols)]; a thread takes
/// eight inputs, blocks have kBlock threads.
GPU_KERNEL void widenRows(Weight w, std::uint16_t *target, int firstOut, int outs);

} // namespace kernels::gpu
