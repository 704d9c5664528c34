// The recurrence of RWKV-7: S <- S diag(w) + (S a) b^T + v k^T; y = S r. One block a head of a sequence, one
// thread a row of S, which stays in registers for all tokens: a step and a prompt are the same loop.

#include "kernels/gpu/arrays.h"
#include "kernels/gpu/gpu_device.h"

namespace kernels::gpu
{

namespace
{

constexpr unsigned kMostSize = 1024; ///< threads of a block

/// The vectors that all rows of a token share.
template <int N>
struct Shared {
    float r[N], w[N], k[N], a[N], b[N];
};

template <int N>
GPU_KERNEL void GPU_BOUNDS(N) stepHead(Wkv7 args)
{
    GPU_SHARED Shared<N> now;
    const int row = threadIndex(), head = blockX(), sequence = blockY();
    float *state = slotOf(args.state, args.batch.slot[sequence]) + (std::int64_t{head} * N + row) * N;
    float s[N];
    GPU_UNROLL
    for (int j = 0; j < N; ++j)
        s[j] = state[j];
    for (int t = args.batch.start[sequence]; t < args.batch.start[sequence + 1]; ++t) {
        const std::int64_t at = (std::int64_t{t} * args.heads + head) * N + row;
        barrier(); // the token before is done with
        now.r[row] = floats(args.r)[at];
        now.w[row] = floats(args.w)[at];
        now.k[row] = floats(args.k)[at];
        now.a[row] = floats(args.a)[at];
        now.b[row] = floats(args.b)[at];
        const float v = floats(args.v)[at];
        barrier();
        float sa = 0, y = 0;
        GPU_UNROLL
        for (int j = 0; j < N; ++j)
            sa = fmaf(s[j], now.a[j], sa);
        GPU_UNROLL
        for (int j = 0; j < N; ++j) {
            s[j] = fmaf(v, now.k[j], fmaf(sa, now.b[j], s[j] * now.w[j]));
            y = fmaf(s[j], now.r[j], y);
        }
        floats(args.y)[at] = y;
    }
    GPU_UNROLL
    for (int j = 0; j < N; ++j)
        state[j] = s[j];
}

/// Any size: the row stays in the device's memory. r is read before y, which may lie in its place.
GPU_KERNEL void stepHeadOfAnySize(Wkv7 args, int N)
{
    const int row = threadIndex(), head = blockX(), sequence = blockY();
    float *s = slotOf(args.state, args.batch.slot[sequence]) + (std::int64_t{head} * N + row) * N;
    for (int t = args.batch.start[sequence]; t < args.batch.start[sequence + 1]; ++t) {
        const std::int64_t at = (std::int64_t{t} * args.heads + head) * N;
        const float *w = floats(args.w) + at, *k = floats(args.k) + at, *a = floats(args.a) + at;
        const float *r = floats(args.r) + at, *b = floats(args.b) + at;
        const float v = floats(args.v)[at + row];
        float sa = 0, y = 0;
        for (int j = 0; j < N; ++j)
            sa = fmaf(s[j], a[j], sa);
        for (int j = 0; j < N; ++j) {
            s[j] = fmaf(v, k[j], fmaf(sa, b[j], s[j] * w[j]));
            y = fmaf(s[j], r[j], y);
        }
        barrier(); // everybody has read r
        floats(args.y)[at + row] = y;
    }
}

} // namespace

void GpuDevice::wkv7(const Wkv7 &args)
{
    const auto N = static_cast<unsigned>(args.headSize);
    const Launch at{static_cast<unsigned>(args.heads), static_cast<unsigned>(args.batch.seqs), 1, N};
    m_kernel = N == 128  ? "head of 128"
               : N == 64 ? "head of 64"
               : N == 32 ? "head of 32"
                         : "head of any size";
    if (N == 32)
        run(at, stepHead<32>, args);
    else if (N == 64)
        run(at, stepHead<64>, args);
    else if (N == 128)
        run(at, stepHead<128>, args);
    else if (N <= kMostSize)
        run(at, stepHeadOfAnySize, args, args.headSize);
    else
        fail("heads of " + std::to_string(N) + " channels: expected at most 1024");
}

} // namespace kernels::gpu
