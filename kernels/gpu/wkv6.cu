// The recurrence of RWKV-5 and 6: y = (S + (u k) v^T)^T r; S <- diag(w) S + k v^T. One block a head of a
// sequence, one thread a column (value) of S, which stays in registers for all tokens. The gated one is the
// same with w r for r of the old state, (1 - w) k for k, and 1 - w for u.

#include "kernels/gpu/arrays.h"
#include "kernels/gpu/gpu_device.h"

namespace kernels::gpu
{

namespace
{

constexpr unsigned kMostSize = 1024; ///< threads of a block

/// A head's vectors of one token.
struct HeadOfToken {
    const float *r, *k, *w, *u;
    bool isGated;

    GPU_FUNCTION HeadOfToken(const Wkv6 &args, int head, int N, std::int64_t at)
        : r(floats(args.r) + at)
        , k(floats(args.k) + at)
        , w(floats(args.w) + (args.w.rank == 3 ? at : std::int64_t{head} * N))
        , u(args.isGated ? nullptr : floats(args.u) + std::int64_t{head} * N)
        , isGated(args.isGated)
    {
    }
    /// What weighs row i of the old state, of the value in the new one, and of the value in the output.
    GPU_FUNCTION float read(int i) const { return isGated ? r[i] * w[i] : r[i]; }
    GPU_FUNCTION float key(int i) const { return isGated ? k[i] * (1 - w[i]) : k[i]; }
    GPU_FUNCTION float bonus(int i) const { return r[i] * (isGated ? 1 - w[i] : u[i]) * k[i]; }
};

template <int N>
struct Shared {
    float r[N], k[N], w[N], bonus[N];
};

template <int N>
GPU_KERNEL void GPU_BOUNDS(N) stepHead(Wkv6 args)
{
    GPU_SHARED Shared<N> now;
    const int column = threadIndex(), head = blockX(), sequence = blockY();
    float *state = slotOf(args.state, args.batch.slot[sequence]) + std::int64_t{head} * N * N + column;
    float s[N];
    GPU_UNROLL
    for (int i = 0; i < N; ++i)
        s[i] = state[i * N];
    for (int t = args.batch.start[sequence]; t < args.batch.start[sequence + 1]; ++t) {
        const std::int64_t at = (std::int64_t{t} * args.heads + head) * N;
        const HeadOfToken token(args, head, N, at);
        barrier(); // the token before is done with
        now.r[column] = token.read(column);
        now.k[column] = token.key(column);
        now.w[column] = token.w[column];
        now.bonus[column] = token.bonus(column);
        const float v = floats(args.v)[at + column];
        barrier();
        float y = 0, bonus = 0;
        GPU_UNROLL
        for (int i = 0; i < N; ++i) {
            bonus += now.bonus[i];
            y = fmaf(now.r[i], s[i], y);
            s[i] = fmaf(now.k[i], v, s[i] * now.w[i]);
        }
        floats(args.y)[at + column] = fmaf(bonus, v, y);
    }
    GPU_UNROLL
    for (int i = 0; i < N; ++i)
        state[i * N] = s[i];
}

/// Any size: the column stays in the device's memory. r is read before y, which may lie in its place.
GPU_KERNEL void stepHeadOfAnySize(Wkv6 args, int N)
{
    const int column = threadIndex(), head = blockX(), sequence = blockY();
    float *s = slotOf(args.state, args.batch.slot[sequence]) + std::int64_t{head} * N * N + column;
    for (int t = args.batch.start[sequence]; t < args.batch.start[sequence + 1]; ++t) {
        const std::int64_t at = (std::int64_t{t} * args.heads + head) * N;
        const HeadOfToken token(args, head, N, at);
        const float v = floats(args.v)[at + column];
        float y = 0, bonus = 0;
        for (int i = 0; i < N; ++i) {
            float &cell = s[std::int64_t{i} * N];
            bonus += token.bonus(i);
            y = fmaf(token.read(i), cell, y);
            cell = fmaf(token.key(i), v, cell * token.w[i]);
        }
        barrier(); // everybody has read r
        floats(args.y)[at + column] = fmaf(bonus, v, y);
    }
}

} // namespace

void GpuDevice::wkv6(const Wkv6 &args)
{
    const auto N = static_cast<unsigned>(args.headSize);
    const Launch at{static_cast<unsigned>(args.heads), static_cast<unsigned>(args.batch.seqs), 1, N};
    m_kernel = N == 128 ? "head of 128" : N == 64 ? "head of 64" : "head of any size";
    if (N == 64)
        run(at, stepHead<64>, args);
    else if (N == 128)
        run(at, stepHead<128>, args);
    else if (N <= kMostSize)
        run(at, stepHeadOfAnySize, args, args.headSize);
    else
        fail("heads of " + std::to_string(N) + " channels: expected at most 1024");
}

} // namespace kernels::gpu
