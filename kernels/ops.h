#pragma once

// Argument structs of every op: what it computes, shapes, in-place rules and source. Shapes are guaranteed by
// the caller (the engine checks them when it loads a model); ops report no errors of their own.
// n = batch.tokens, C channels, H heads, N head size, F hidden size of the channel mix, V vocabulary rows.
// Activations and vectors are float32. Every row's result depends on that row's own sequence only
// and is the same bits whatever else is in the batch and however a prompt is cut (one exception: gpu/gemm.h).

#include "kernels/batch.h"
#include "kernels/view.h"
#include "kernels/weight.h"

#include <cstdint>

namespace kernels
{

/// Each op once; the virtuals of Device and of every backend are made from this list.
#define KERNELS_OPS(X)                                                                                       \
    X(packWeight, PackWeight)                                                                                \
    X(embed, Embed)                                                                                          \
    X(normMix, NormMix)                                                                                      \
    X(linear, Linear)                                                                                        \
    X(lowRank, LowRank)                                                                                      \
    X(prepare7, Prepare7)                                                                                    \
    X(wkv7, Wkv7)                                                                                            \
    X(readout, Readout)                                                                                      \
    X(reluFfn, ReluFfn)                                                                                      \
    X(sample, Sample)                                                                                        \
    X(mixDynamic, MixDynamic)                                                                                \
    X(wkv4, Wkv4)                                                                                            \
    X(wkv6, Wkv6)                                                                                            \
    X(rowProduct, RowProduct)                                                                                \
    X(gatedFfn, GatedFfn)                                                                                    \
    X(keyValueHeads, KeyValueHeads)                                                                          \
    X(attention, Attention)                                                                                  \
    X(mixLogits, MixLogits)                                                                                  \
    X(mole, Mole)

/// Silu: x sigmoid(x). Decay: exp(-exp(x)), in [0, 1].
enum class Activation : std::uint8_t { None, Tanh, Sigmoid, Silu, Decay };

/// Fills `target` (memory of Device::weightBytes(format, rows, cols)) from a plain row-major matrix in the
/// host's memory. `source` is [rows, cols], or [cols, rows] if `transposed`; any float dtype; may be
/// unaligned. Conversion rounds to nearest even. Large matrices are filled in
/// slices: `source` then holds only the rows `firstRow` .. `firstRow + source.dims[0] - 1` (not with
/// `transposed`, nor in formats that depend on the whole matrix); `firstRow` is a multiple of 16, and so is
/// the number of rows of every slice but the last.
struct PackWeight {
    View source;
    void *target = nullptr;
    Format format = Format::F32;
    std::int32_t rows = 0, cols = 0; ///< of the whole matrix
    bool transposed = false;
    std::int32_t firstRow = 0;
};

/// x[i] = LayerNorm(table[tokens[i]]; gain, bias), i < n. Source: RWKV-LM, ln0 of block 0.
/// `table` is [V, C] in any float dtype, row-major; where the device has the host's memory possibly
/// unaligned. Without `gain`: no norm. Ids are in range: the engine checks them.
struct Embed {
    const std::int32_t *tokens = nullptr; ///< [n], device memory
    View table;                           ///< [V, C]
    View gain, bias;                      ///< [C] or absent
    float epsilon = 1e-5F;
    View x; ///< [n, C] out
};

/// y = LayerNorm(x; gain, bias), then token-shift mixes out[c] = y + (y_prev - y) * mu[c].
/// y_prev is the row before in the same sequence; before the first row it is the slot's `shift`, which is
/// left holding y of the sequence's last row. With mixes = 0 there is no shift: out[0] = y of the rows listed
/// in `rows` (or of all rows), so out[0] is [rowCount, C]. Source: RWKV-LM RWKV-v7/rwkv_v7_numpy.py,
/// time/channel mixing; with `weighsCurrent` RWKV-v4neo/src/model_run.py.
struct NormMix {
    View x;          ///< [n, C]
    View gain, bias; ///< [C]
    float epsilon = 1e-5F;
    int mixes = 0;              ///< 0..6
    View mu[6];                 ///< [C]
    View out[6];                ///< [n, C]; none aliases x
    bool weighsCurrent = false; ///< mu weighs y, as in RWKV-4 and 5: out[c] = y_prev + (y - y_prev) * mu[c]
    View normed, delta;         ///< [n, C] out, or absent: y and y_prev - y; only with mixes > 0
    StateView shift;
    const std::int32_t *rows = nullptr; ///< [rowCount], only with mixes = 0
    std::int32_t rowCount = 0;
    Batch batch;
    bool isRms = false; ///< y = x / sqrt(mean(x^2) + epsilon) * gain; no bias
};

/// y = act(W x + bias), or y += act(W x + bias) if `accumulate`; up to four problems with `rows` rows each.
struct Linear {
    struct Problem {
        View x; ///< [rows, W.cols]
        Weight w;
        View bias; ///< [W.rows] or absent
        View y;    ///< [rows, W.rows]; does not alias x
        Activation activation = Activation::None;
        bool accumulate = false;
    };
    Problem problem[4];
    int problems = 0;
    std::int32_t rows = 0;
};

/// y = act(B mid(A x) + bias), the small factors of RWKV-7; up to five problems sharing `rows`.
struct LowRank {
    struct Problem {
        View x;   ///< [rows, C]
        Weight a; ///< [rank, C]
        Activation middle = Activation::None;
        Weight b;  ///< [C, rank]
        View bias; ///< [C] or absent
        Activation activation = Activation::None;
        View y; ///< [rows, C]
    };
    Problem problem[5];
    int problems = 0;
    std::int32_t rows = 0;
    View scratch; ///< at least rows * (sum of the ranks, each rounded up to 16) floats
};

/// What RWKV-7 does between its projections and its recurrence (steps 3, 6, 7, 8 of the time mix), per token:
///   w <- exp(-exp(-1/2) sigmoid(w));  kk = normalise_head(k * k_k);  k <- k * (1 + (a - 1) * k_a);
///   negKappa = -kk;  a <- kk * a;  first layer: vFirst <- v, else v <- v + (vFirst - v) * vMix.
/// normalise_head divides each head by max(its L2 norm, 1e-12). Source: rwkv_v7_numpy.py, time_mixing.
struct Prepare7 {
    View w;        ///< [n, H, N] in: w0 + low rank, out: decay in (0.545, 1)
    View k;        ///< [n, H, N] in and out
    View v;        ///< [n, H, N] in and out
    View a;        ///< [n, H, N] in: in-context learning rate, out: kk * a
    View negKappa; ///< [n, H, N] out
    View kK;       ///< [C], or absent: kk = k
    View kA;       ///< [C], or absent: k <- k * (1 + softplus(-w) + 1/2 + a), as hybrids have it
    View vMix;     ///< [n, H, N]; absent in the first layer
    View vFirst;   ///< [n, H, N]; written in the first layer, read in the others; absent: v stays
    bool firstLayer = false;
    std::int32_t tokens = 0, heads = 0, headSize = 0;
};

/// RWKV-7 recurrence for a batch of sequences of different lengths.
///   S <- S diag(w_t) + (S a_t) b_t^T + v_t k_t^T;   y_t = S r_t   (per head, in float32)
/// `state` holds [H, N, N] a slot, row = value channel, updated in place; y may alias r.
/// Source: RWKV-LM RWKV-v7/rwkv_v7_numpy.py:39, where a = -kk and b = kk * iclr.
struct Wkv7 {
    View r, w, k, v, a, b; ///< [n, H, N]; w is the decay itself
    View y;                ///< [n, H, N]
    StateView state;
    std::int32_t heads = 0, headSize = 0;
    Batch batch;
};

/// y <- (GroupNorm_H(y (1 + offset); gain, bias, epsilon) + (sum_j r k r_k) v) * (g + gateOffset), per token.
/// In place. Offsets: RWKV-LM-RLHF, states tuned with time_offset.
struct Readout {
    View y;          ///< [n, H, N] in and out
    View gain, bias; ///< [C], or absent: y * scale instead of the norm
    float epsilon = 64e-5F;
    View r, k, v; ///< [n, H, N]; not read without rK
    View rK;      ///< [H, N] or absent: no bonus
    View g;       ///< [n, C] or absent
    std::int32_t tokens = 0, heads = 0, headSize = 0;
    float scale = 1; ///< without gain
    float gateOffset = 0;
    StateView offset; ///< [H, N] of every slot, or absent: 0
    Batch batch;      ///< of `tokens` rows; read with offset only
};

/// y += value * relu(key * x)^2: the channel mix of RWKV-7. With `receptance` that of RWKV-4 to 6:
/// y += sigmoid(receptance * xr) * (value * relu(key * x)^2). With `hiddenGate` that of RWKV-7a:
/// y += value * (hiddenGate * relu(key * x)^2).
struct ReluFfn {
    View x;       ///< [rows, C]
    Weight key;   ///< [F, C]
    Weight value; ///< [C, F]
    View hidden;  ///< [rows, F] scratch
    View y;       ///< [rows, C], accumulated into
    std::int32_t rows = 0;
    Weight receptance = {}; ///< [C, C] or absent
    View xr = {};           ///< [rows, C], with receptance
    View gate = {};         ///< [rows, C] scratch, with receptance; aliases nothing
    View hiddenGate = {};   ///< [rows, F] factors of relu(key * x)^2, or absent
};

/// The data-dependent mixes of RWKV-6 behind its norm: z = tanh(a x), of which every mix takes R columns, and
///   out[m] = y + delta * (mu[m] + b[m] z[m R .. (m + 1) R - 1]).
/// Source: RWKV-LM RWKV-v6/rwkv_v6_demo.py, time mixing.
struct MixDynamic {
    static constexpr int kMost = 5;
    View x;          ///< [rows, C]: y + delta * mu_x, from normMix
    View y, delta;   ///< [rows, C]: `normed` and `delta` of normMix
    int mixes = 0;   ///< 1 .. kMost
    Weight a;        ///< [mixes R, C]
    Weight b[kMost]; ///< [C, R]
    View mu[kMost];  ///< [C]
    View scratch;    ///< at least rows * 2 * mixes * R floats
    View out[kMost]; ///< [rows, C]; none aliases an input
    std::int32_t rows = 0;
};

/// Every row's own small matrix, between the factors of a deep embedding: q_i = p_i M_i.
/// Source: ChatRWKV, rwkv/model.py, RWKV_x070_CMix with deep embeddings.
struct RowProduct {
    View p;      ///< [rows, R]
    View matrix; ///< [rows, R, R]
    View q;      ///< [rows, R] out; aliases nothing
};

/// RWKV-4's recurrence, one number a channel, with its sums kept in units of exp(p):
///   q = max(p, u + k_t);  y_t = r_t (exp(p - q) a + exp(u + k_t - q) v_t) / (exp(p - q) b + exp(u + k_t -
///   q)); q = max(p + w, k_t);  a <- exp(p + w - q) a + exp(k_t - q) v_t;  b likewise with 1 for v_t;  p <-
///   q.
/// `state` holds a, b and p, [3, C] a slot; b = 0 means that nothing was read yet, whatever p is, so that
/// zeros begin a sequence. Source: RWKV-LM RWKV-v4neo/src/model_run.py.
struct Wkv4 {
    View r, k, v; ///< [n, C]; r behind its sigmoid
    View w, u;    ///< [C]; w < 0 is the logarithm of the decay
    View y;       ///< [n, C]; may alias r
    StateView state;
    Batch batch;
};

/// The recurrence of RWKV-5 and 6 for a batch of sequences of different lengths.
///   y_t = (S + (u * k_t) v_t^T)^T r_t;   S <- diag(w_t) S + k_t v_t^T   (per head, in float32)
/// With `isGated` that of QRWKV6: k_t (1 - w_t) for k_t, no bonus, and an output that has seen its own token:
///   S <- diag(w_t) S + (k_t (1 - w_t)) v_t^T;   y_t = S^T r_t
/// `state` holds [H, N, N] a slot, row = key channel, updated in place; y may alias r.
/// Source: RWKV-LM RWKV-v6/rwkv_v6_demo.py, time mixing; llama.cpp, rwkv6qwen2.
struct Wkv6 {
    View r, k, v; ///< [n, H, N]
    View w;       ///< the decay itself: [n, H, N], or [H, N] for one that never changes
    View u;       ///< [H, N]; not with isGated
    View y;       ///< [n, H, N]
    StateView state;
    std::int32_t heads = 0, headSize = 0;
    Batch batch;
    bool isGated = false;
};

/// How one row is sampled. Arrays are borrowed host memory and must outlive the op.
/// Order (ChatRWKV utils.py, mended where it errs): bans and bias, penalties, softmax, top_p, top_k, min_p,
/// typical_p, temperature, draw. Equal probabilities rank by id.
///  - temperature < kLeastTemperature: the id with the largest penalised logit (the smallest id among
///  equals); nothing else applies.
///  - penalties: for every (id, count) of `seen`: logit -= presence + count * frequency; and, if
///    repetition != 1, a positive logit is divided by it and a negative one multiplied.
///  - top_p >= 1, top_k <= 0, min_p <= 0, typical_p >= 1: no cut. top_p <= 0 keeps only the maximum.
///  - temperature is applied to the probabilities that are left: p^(1/T).
///  - the draw is a counter-based hash of (seed, drawIndex): it depends on nothing else.
struct SampleRow {
    static constexpr float kLeastTemperature = 1e-6F; ///< below it 1 / T is no sensible exponent any more
    float temperature = 1, topP = 1, minP = 0, typicalP = 1;
    float presence = 0, frequency = 0, repetition = 1;
    std::int32_t topK = 0;
    std::uint64_t seed = 0, drawIndex = 0;
    const std::int32_t *seenIds = nullptr;
    const float *seenCounts = nullptr;
    std::int32_t seen = 0;
    const std::int32_t *biasIds = nullptr;
    const float *biasValues = nullptr;
    std::int32_t biases = 0;
    const std::int32_t *bannedIds = nullptr;
    std::int32_t banned = 0;
    std::int32_t topLogprobs = 0; ///< how many of the likeliest ids to report, at most Sample::kMaxTop
    /// One bit an id, 64 a word, for all of Sample::vocabulary: ids without one are never drawn. nullptr:
    /// all.
    const std::uint64_t *allowed = nullptr;
};

/// Draws one token a row. Log-probabilities are those of the model itself: log softmax of the raw logits.
/// A row whose logits hold a NaN, or in which everything is banned, yields token -1.
struct Sample {
    static constexpr int kMaxTop = 20;
    View logits;                    ///< [rows, V]; overwritten as scratch
    const SampleRow *row = nullptr; ///< [rows]
    std::int32_t rows = 0;
    std::int32_t vocabulary = 0;    ///< ids that may be drawn: 0 .. vocabulary - 1, at most V
    std::int32_t *token = nullptr;  ///< [rows] out
    float *logprob = nullptr;       ///< [rows] out, of the drawn token
    std::int32_t *topIds = nullptr; ///< [rows, kMaxTop] out, likeliest first; only where topLogprobs > 0
    float *topLogprobs = nullptr;   ///< [rows, kMaxTop] out
};

/// y += down * (silu(gate * x) * (up * x)): the channel mix of transformers (SwiGLU).
struct GatedFfn {
    View x;          ///< [rows, C]
    Weight gate, up; ///< [F, C]
    Weight down;     ///< [C, F]
    View gateOut;    ///< [rows, F] scratch
    View hidden;     ///< [rows, F] scratch
    View y;          ///< [rows, C], accumulated into
    std::int32_t rows = 0;
};

/// What hybrids do to r, k and v (in attention: q, k and v) before they are used, per token, in this order:
///   r and k <- RMSNorm_head(.; rNorm, kNorm, epsilon), where given;
///   both turned by position (theta > 0): halves x1, x2 of a head become x1 cos - x2 sin, x2 cos + x1 sin
///   with the angle position * theta^(-i / (N / 2)); position counts the tokens of the slot from 0; with
///   vFirst: the first layer stores k and v there, others mix v += (vFirst - v) * vMix, and k likewise; k and
///   v of G heads are repeated: head h of kOut, vOut is head h / (H / G).
/// Source: RWKV-Infer, hrwkv7.py (hxa079) and prwkv7.py.
struct KeyValueHeads {
    View r;                ///< [n, H, N] in and out
    View k, v;             ///< [n, G, N] in and out
    View rNorm, kNorm;     ///< [N] or absent
    float epsilon = 1e-6F; ///< of the norms
    float theta = 0;       ///< 0: positions do not matter
    View vFirst, kFirst;   ///< [n, G, N] or absent
    View vMix, kMix;       ///< [n, G, N]; not in the first layer
    bool firstLayer = false;
    View kOut, vOut;    ///< [n, H, N], or absent: nothing is repeated
    StateView position; ///< one float: tokens read; counted on where theta > 0
    std::int32_t heads = 0, keyHeads = 0, headSize = 0;
    Batch batch;
};

/// Causal softmax attention over the last `context` tokens of each sequence, without positions:
///   y_t = sum_s softmax_s(scale q_t . k_s) v_s,  s = max(0, t - context + 1) .. t.
/// Keys and values of a slot are a ring of rows in pages, token s is row s mod context.
struct Attention {
    View q;                 ///< [n, H, N]
    View k, v;              ///< [n, G, N]
    View y;                 ///< [n, H, N]; may alias q
    StateView position;     ///< one float: tokens read before; counted on
    PagedView keys, values; ///< rows of [G, N]
    std::int32_t context = 0;
    float scale = 1;
    std::int32_t heads = 0, keyHeads = 0, headSize = 0; ///< N <= 256
    Batch batch;
};

/// Blends the logits of the voices of a mix into one row that can be sampled. Of voice k: gate g_k, logits
/// l_k, p_k = softmax(l_k). The blend b is
///   logits:         sum g_k l_k / sum g_k
///   probabilities:  log(sum g_k p_k / sum g_k)
/// over the voices with g_k != 0; with one such voice b is that voice's row, bit for bit. With a `follow` the
/// positive gates are first multiplied by
///   confidence: max(p_k)^strength;  entropy: exp(-strength H(p_k));  agreement: exp(-strength KL(p_k || b))
/// (b of the gates as they came) and then scaled by one factor that restores their sum; if that sum is not a
/// positive number they stay as they came. Source: RWKV-Infer's sampling of several states, with its rule,
/// the one that its description names, and gates that move.
struct MixLogits {
    static constexpr int kMostVoices = 16;
    enum class Follow : std::uint8_t { Nothing, Confidence, Entropy, Agreement };
    /// Arrays are borrowed host memory.
    struct Mix {
        const std::int32_t *rows = nullptr; ///< [voices] of `logits`
        const float *gates = nullptr;       ///< [voices]; their sum is not 0
        std::int32_t voices = 0;            ///< 1 .. kMostVoices
        bool probabilities = false;         ///< no gate is negative then
        Follow follow = Follow::Nothing;
        float strength = 0;
    };
    struct Voice {
        float gate;   ///< that was used
        float logSum; ///< log(sum exp(l_k)): l_k - logSum are its log-probabilities
        float kl;     ///< KL(p_k || softmax(b)) in nats
    };
    View logits; ///< [rows, V]
    const Mix *mix = nullptr;
    std::int32_t mixes = 0;
    View blend;             ///< [mixes, V] out; aliases no row of `logits`
    Voice *voice = nullptr; ///< [mixes, kMostVoices] out, device memory
};

/// The channel mix of RWKV-7 with a mixture of low-rank experts over its matrices (MoLE). For every row:
///   scores (0, router x), the first that of expert 0, which has no row in the router;
///   the `active` largest are chosen (the first among equals), g = softmax of theirs;
///   u_e = relu(key x + scale keyB_e (keyA_e x))^2;
///   y += value (sum_e g_e u_e) + sum_e g_e scale valueB_e (valueA_e u_e).
/// The products with key and value, which are large, run once a row. Source: rwkv-infer §5.5 (OpenMOSE/
/// RWKV-Infer, rwkv7.py).
struct Mole {
    struct Expert {
        Weight keyA;   ///< [R, C]
        Weight keyB;   ///< [F, R]
        Weight valueA; ///< [R', F]
        Weight valueB; ///< [C, R']
    };
    View x;                         ///< [rows, C]
    Weight key;                     ///< [F, C]
    Weight value;                   ///< [C, F]
    Weight router;                  ///< [E - 1, C]; absent if E = 1
    const Expert *expert = nullptr; ///< [E], host memory
    std::int32_t experts = 0, active = 0;
    float scale = 1;
    View scratch; ///< at least rows * scratchFloats(...) floats
    View y;       ///< [rows, C], accumulated into
    std::int32_t rows = 0;

    /// `rank`: the largest of all experts.
    static constexpr std::int64_t scratchFloats(std::int64_t experts, std::int64_t width, std::int64_t hidden,
                                                std::int64_t rank)
    {
        return 2 * experts + 1 + 2 * width + 3 * hidden + rank;
    }
};

} // namespace kernels
