#pragma once

#include "kernels/device.h"

namespace kernels
{

/// What an op has to do at least, whoever computes it.
///
/// bytes: every argument that is read counts once and every one that is written once, a weight as the device
/// keeps it; scratch does not count, since it can stay in caches. flops: a multiply-add is two, an addition,
/// a multiplication, a division, a comparison, a root and an exponential one each; of the ops around matrices
/// the matrices alone, and what is drawn from logits two a logit.
struct OpCost {
    double bytes = 0, flops = 0;

    OpCost &operator+=(const OpCost &other)
    {
        bytes += other.bytes;
        flops += other.flops;
        return *this;
    }
};

/// Of one call that the device has not begun. It may download a few numbers and wait for them: how much an
/// attention reads is known to the device alone.
#define X(op, Args) OpCost costOf(const Args &args, Device &device);
KERNELS_OPS(X)
#undef X

} // namespace kernels
