#pragma once

#include "kernels/ops.h"

#include <cstddef>
#include <cstdint>

namespace kernels::cpu
{

/// What happens to a sum on its way into the output of a product.
enum class Finish : std::uint8_t { None, Tanh, Sigmoid, Silu, Decay, ReluSquared };

/// Part of y = gate * finish(x W^T + bias), or y += ..., that one thread computes: panels of 16 outputs,
/// blocks of rows.
struct ProductPart {
    const std::byte *x = nullptr; ///< row blocks as ProductPath::pack made them, one after the other
    const std::byte *w = nullptr; ///< first panel
    Format format = Format::F32;
    std::int32_t rows = 0, outs = 0, cols = 0; ///< of the whole product
    std::int32_t firstPanel = 0, panels = 0;
    std::int32_t firstBlock = 0, blocks = 0; ///< blocks of rows, see RowBlocks
    const float *bias = nullptr;             ///< [outs] or absent
    float *y = nullptr;                      ///< [rows, outs]
    Finish finish = Finish::None;
    bool accumulate = false;
    const float *gate = nullptr; ///< [rows, outs] factors of what is finished, or absent
};

/// How rows are cut into blocks of nearly equal size, at most `most` rows each.
struct RowBlocks {
    std::int32_t rows, count;

    RowBlocks(std::int32_t allRows, std::int32_t most)
        : rows(allRows)
        , count((allRows + most - 1) / most)
    {
    }
    std::int32_t first(std::int32_t block) const
    {
        return static_cast<std::int32_t>(static_cast<std::int64_t>(rows) * block / count);
    }
};

/// One way to multiply activations and weights.
struct ProductPath {
    int rowsPerBlock;                     ///< most rows that are worked on together
    int (*panelsAtOnce)(int rows);        ///< panels that a product of that many rows works on together
    std::size_t (*bytesPerRow)(int cols); ///< of packed activations, a multiple of 4
    bool packsSingleRow;                  ///< false: a block of one row is the row itself
    /// Arranges one block of rows [rows, cols].
    void (*pack)(const float *x, int rows, int cols, std::byte *target);
    void (*product)(const ProductPart &part);
};

/// A token that may still be drawn. Candidates rank by `rank`, largest first, and then by id.
struct Candidate {
    float rank, mass;
    std::int32_t id;
};

constexpr int kWeightBlock = 256;

/// The ops of one instruction set. A function computes the units first .. last - 1 of its op; which other
/// units are computed, and where, never changes a bit of the result.
struct Path {
    const char *name;
    const char *vectors;                                       ///< what all but bf16Product is made of
    ProductPath product;                                       ///< with weights of any format
    ProductPath bf16Product;                                   ///< with bf16 weights
    void (*embed)(const Embed &args, int first, int last);     ///< rows
    void (*normMix)(const NormMix &args, int first, int last); ///< rows
    /// Sequences: leaves y of the last row in the slot.
    void (*normShift)(const NormMix &args, int first, int last);
    void (*prepare7)(const Prepare7 &args, int first, int last); ///< tokens
    void (*wkv7)(const Wkv7 &args, int sequence, int head);
    void (*readout)(const Readout &args, int first, int last); ///< tokens
    /// Rows: what is left when every out[m] holds mu[m] + b[m] z.
    void (*mixDynamic)(const MixDynamic &args, int first, int last);
    void (*rowProduct)(const RowProduct &args, int first, int last); ///< rows
    void (*wkv4)(const Wkv4 &args, int sequence, int firstChannel, int lastChannel);
    void (*wkv6)(const Wkv6 &args, int sequence, int head);
    void (*keyValueHeads)(const KeyValueHeads &args, int first, int last); ///< rows
    void (*attention)(const Attention &args, int sequence, int keyHead);
    // Parts of sampling: see sample_kernel.h.
    float (*largest)(const float *x, int n);
    double (*weights)(const float *x, int n, float top, float scale, float *out, float *blockSums);
    int (*candidates)(const float *weight, int n, float least, Candidate *out);
    // Parts of mixing: see mix_kernel.h.
    void (*addScaled)(const float *x, int n, float factor, float *y);
    double (*gaps)(const float *weight, const float *x, const float *y, int n);
    // Limits of the machine: see speed_kernel.h.
    float (*readAll)(const float *p, std::int64_t n);
    double (*multiplyAdds)(int rounds, float *result);
    double (*bf16MultiplyAdds)(int rounds, float *result);
};

extern const Path kPlainPath;
/// nullptr where this machine lacks the instructions.
const Path *avx2Path();
const Path *avx512Path();
const Path *amxPath();
/// The code of amxPath() without asking for tiles: for tests that carry out what the processor cannot. No
/// device can be opened with it. nullptr without AVX-512.
const Path *unaskedAmxPath();
/// Products with bf16 weights as amxPath() does them, on tiles in plain C++; slow, for tests.
const Path &emulatedAmxPath();

} // namespace kernels::cpu
