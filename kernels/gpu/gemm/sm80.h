#pragma once

// CUTLASS's kernel for Ampere and what came after it (mma.sync, cp.async), with our own end: the sums of a
// tile pass through ProductEnd, which finishes them and writes y. One file a type includes this.

#include "kernels/gpu/finished.h"
#include "kernels/gpu/gemm.h"

#include "cutlass/cutlass.h"
#include "cutlass/gemm/device/gemm_universal_adapter.h"
#include "cutlass/gemm/kernel/default_gemm_universal_with_visitor.h"

#include "cutlass/epilogue/threadblock/fusion/visitors.hpp" // needs what is included above

namespace kernels::gpu::sm80
{

constexpr int kWidth = 4; ///< outputs that a thread finishes at once: 16 bytes

/// A node of CUTLASS's tree of visitors that is the whole tree.
template <class ThreadMap>
struct ProductEnd : cutlass::epilogue::threadblock::VisitorImpl2x<> {
    using Arguments = GemmCall;
    using Params = GemmCall;
    struct SharedStorage {
    };
    using Numbers = cutlass::Array<float, kWidth>;
    using Stored = cutlass::AlignedArray<float, kWidth>; ///< read and written at once

    template <class Shape>
    static constexpr Params to_underlying_arguments(const Shape &, const Arguments &call, void *)
    {
        return call;
    }
    template <class Shape>
    static std::size_t get_workspace_size(const Shape &, const Arguments &)
    {
        return 0;
    }

    const Params *call;

    CUTLASS_HOST_DEVICE ProductEnd() {}
    CUTLASS_HOST_DEVICE ProductEnd(const Params &params, const SharedStorage &)
        : call(&params)
    {
    }

    template <class Places>
    struct Callbacks : cutlass::epilogue::threadblock::EmptyCallbacks {
        Places places; ///< (first output of a piece, column, row, step) -> (row, output, 0)
        const Params *call;

        CUTLASS_DEVICE Callbacks(Places &&from, const Params *params)
            : places(cute::forward<Places>(from))
            , call(params)
        {
        }

        CUTLASS_DEVICE Numbers visit(int step, int, int, int piece, const Numbers &sums)
        {
            const auto place = cute::filter(places(cute::_, cute::_, cute::_, step))(piece);
            const int row = cute::get<0>(place), out = cute::get<1>(place);
            if (row >= call->rows || out >= call->outs) return sums;
            const std::int64_t at = std::int64_t{row} * call->ldy + out;
            Stored bias, gate, before;
            bias.fill(0);
            gate.fill(1);
            before.fill(0);
            if (call->bias) bias = *reinterpret_cast<const Stored *>(call->bias + out);
            if (call->gate) gate = *reinterpret_cast<const Stored *>(call->gate + at);
            if (call->accumulate) before = *reinterpret_cast<const Stored *>(call->y + at);
            const float scale = call->scale[row];
            Stored y;
            CUTLASS_PRAGMA_UNROLL
            for (int i = 0; i < kWidth; ++i)
                y[i] = before[i] + gate[i] * finished(fmaf(sums[i], scale, bias[i]), call->finish);
            *reinterpret_cast<Stored *>(call->y + at) = y;
            return y;
        }
    };

    template <class Shape>
    CUTLASS_DEVICE auto get_callbacks(cutlass::gemm::GemmCoord tile, int thread, Shape shape)
    {
        using namespace cute;
        const Tensor all = make_identity_tensor(shape);
        auto places = outer_partition(group_modes<3, 6>(ThreadMap::partition(all, thread, tile)),
                                      cute::Shape<Int<kWidth>>{}, (_0{}));
        return Callbacks<decltype(places)>(cute::move(places), call);
    }
};

template <class Element>
struct Kernel {
    using Tile = cutlass::gemm::GemmShape<128, 128, 32>;
    using WarpTile = cutlass::gemm::GemmShape<64, 64, 32>;
    static constexpr int kStages = 3; ///< 48 KiB: two blocks on the smaller cards of the architecture
    using Map = cutlass::epilogue::threadblock::OutputTileThreadLayout<Tile, WarpTile, float, kWidth, 1>;
    using Rows = cutlass::layout::RowMajor;
    using Columns = cutlass::layout::ColumnMajor;
    static constexpr auto kAsIs = cutlass::ComplexTransform::kNone;
    using Type = typename cutlass::gemm::kernel::DefaultGemmWithVisitor<
        Element, Rows, kAsIs, 8, Element, Columns, kAsIs, 8, float, Rows, kWidth, float, float,
        cutlass::arch::OpClassTensorOp, cutlass::arch::Sm80, Tile, WarpTile,
        cutlass::gemm::GemmShape<16, 8, 16>, ProductEnd<Map>,
        cutlass::gemm::threadblock::GemmIdentityThreadblockSwizzle<8>, kStages, cutlass::arch::OpMultiplyAdd,
        1>::GemmKernel;
};

template <class Element>
bool start(const GemmCall &call, Stream stream)
{
    using Gemm = cutlass::gemm::device::GemmUniversalAdapter<typename Kernel<Element>::Type>;
    const typename Gemm::Arguments arguments(cutlass::gemm::GemmUniversalMode::kGemm,
                                             {call.rows, call.outs, call.inputs}, 1, call, call.a, call.w,
                                             nullptr, nullptr, 0, 0, 0, 0, call.lda, call.ldw, 0, 0);
    Gemm gemm;
    return Gemm::can_implement(arguments) == cutlass::Status::kSuccess &&
           gemm.initialize(arguments, nullptr, stream) == cutlass::Status::kSuccess &&
           gemm.run(stream) == cutlass::Status::kSuccess;
}

} // namespace kernels::gpu::sm80
