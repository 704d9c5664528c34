#pragma once

// CUTLASS's kernel for Hopper (wgmma, TMA, warps with roles), with our own end: ProductEnd finishes the sums
// of a tile, which then leave through shared memory and TMA. One file a type includes this, and says before
// what Element is: nothing here may be a template, or the host's compiler cannot read what nvcc makes of it.

#include "kernels/gpu/finished.h"
#include "kernels/gpu/gemm.h"

#include "cutlass/cutlass.h"
#include "cutlass/epilogue/collective/collective_builder.hpp"
#include "cutlass/gemm/collective/collective_builder.hpp"
#include "cutlass/gemm/device/gemm_universal_adapter.h"
#include "cutlass/gemm/kernel/gemm_universal.hpp"

namespace kernels::gpu::sm90
{

/// At most one ulp off. An exact division would be a call, and a call in the kernel lets wgmma wait for each
/// step (ptxas says so).
struct QuickReciprocal {
    GPU_FUNCTION float operator()(float x) const { return __fdividef(1, x); }
};

/// A node of CUTLASS's tree of visitors that is the whole tree. What it reads of y no other thread writes,
/// and this one only later.
struct ProductEnd : cutlass::epilogue::fusion::Sm90VisitorImpl<> {
    using Arguments = GemmCall;
    using Params = GemmCall;
    struct SharedStorage {
    };

    template <class Shape>
    static constexpr Params to_underlying_arguments(const Shape &, const Arguments &call, void *)
    {
        return call;
    }
    template <class Shape>
    static bool can_implement(const Shape &, const Arguments &)
    {
        return true;
    }
    template <class Shape>
    static std::size_t get_workspace_size(const Shape &, const Arguments &)
    {
        return 0;
    }
    template <class Shape>
    static cutlass::Status initialize_workspace(const Shape &, const Arguments &, void *, cudaStream_t,
                                                cutlass::CudaHostAdapter * = nullptr)
    {
        return cutlass::Status::kSuccess;
    }

    const Params *call;

    CUTLASS_HOST_DEVICE ProductEnd() {}
    CUTLASS_HOST_DEVICE ProductEnd(const Params &params, const SharedStorage &)
        : call(&params)
    {
    }

    template <class Places, class Place>
    struct Callbacks : cutlass::epilogue::fusion::detail::EmptyConsumerStoreCallbacks {
        Places places; ///< (copy, copies down, copies right, steps down, steps right) -> place from the first
        Place first;   ///< of this thread, in the matrix
        const Params *call;

        CUTLASS_DEVICE Callbacks(Places from, Place begin, const Params *params)
            : places(from)
            , first(begin)
            , call(params)
        {
        }

        template <int Size>
        CUTLASS_DEVICE cutlass::Array<float, Size> visit(const cutlass::Array<float, Size> &sums, int piece,
                                                         int down, int right)
        {
            const auto here = places(cute::_, cute::_, cute::_, down, right);
            cutlass::Array<float, Size> y;
            CUTLASS_PRAGMA_UNROLL
            for (int i = 0; i < Size; ++i) {
                const auto place = here(piece * Size + i);
                const int row = cute::get<0>(first) + cute::get<0>(place);
                const int out = cute::get<1>(first) + cute::get<1>(place);
                y[i] = 0;
                if (row >= call->rows || out >= call->outs) continue;
                const std::int64_t at = std::int64_t{row} * call->ldy + out;
                const float bias = call->bias ? call->bias[out] : 0;
                y[i] = finished<QuickReciprocal>(fmaf(sums[i], call->scale[row], bias), call->finish);
                if (call->gate) y[i] *= call->gate[at];
                if (call->accumulate) y[i] += call->y[at];
            }
            return y;
        }
    };

    template <bool, class... Arguments>
    CUTLASS_DEVICE auto
    get_consumer_store_callbacks(const cutlass::epilogue::fusion::detail::ConsumerStoreArgs<Arguments...> &at)
    {
        const auto first = cute::make_coord(call->rows - int(cute::get<0>(at.residue_tCcD)),
                                            call->outs - int(cute::get<1>(at.residue_tCcD)));
        return Callbacks<decltype(at.tCcD), decltype(first)>(at.tCcD, first, call);
    }
};

using Block = cute::Shape<cute::_128, cute::_128, cute::_64>;
using Cluster = cute::Shape<cute::_1, cute::_2, cute::_1>; ///< two blocks share the rows that they read
using Rows = cutlass::layout::RowMajor;
using Columns = cutlass::layout::ColumnMajor;
using End = cutlass::epilogue::collective::CollectiveBuilder<
    cutlass::arch::Sm90, cutlass::arch::OpClassTensorOp, Block, Cluster,
    cutlass::epilogue::collective::EpilogueTileAuto, float, float, void, Rows, 4, float, Rows, 4,
    cutlass::epilogue::TmaWarpSpecialized, ProductEnd>::CollectiveOp;
using Main = cutlass::gemm::collective::CollectiveBuilder<
    cutlass::arch::Sm90, cutlass::arch::OpClassTensorOp, Element, Rows, 8, Element, Columns, 8, float, Block,
    Cluster, cutlass::gemm::collective::StageCountAutoCarveout<int(sizeof(End::SharedStorage))>,
    cutlass::gemm::KernelTmaWarpSpecializedPingpong>::CollectiveOp;
using Kernel = cutlass::gemm::kernel::GemmUniversal<cute::Shape<int, int, int, int>, Main, End>;
using Gemm = cutlass::gemm::device::GemmUniversalAdapter<Kernel>;

inline bool start(const GemmCall &call, Stream stream)
{
    Gemm::Arguments arguments{};
    arguments.mode = cutlass::gemm::GemmUniversalMode::kGemm;
    arguments.problem_shape = {call.rows, call.outs, call.inputs, 1};
    arguments.mainloop.ptr_A = reinterpret_cast<const Element *>(call.a);
    cute::get<0>(arguments.mainloop.dA) = call.lda;
    arguments.mainloop.ptr_B = reinterpret_cast<const Element *>(call.w);
    cute::get<0>(arguments.mainloop.dB) = call.ldw;
    arguments.epilogue.thread = call;
    arguments.epilogue.ptr_D = call.y;
    cute::get<0>(arguments.epilogue.dD) = call.ldy;
    Gemm gemm;
    return Gemm::can_implement(arguments) == cutlass::Status::kSuccess &&
           Gemm::get_workspace_size(arguments) == 0 &&
           gemm.initialize(arguments, nullptr, stream) == cutlass::Status::kSuccess &&
           gemm.run(stream) == cutlass::Status::kSuccess;
}

} // namespace kernels::gpu::sm90
