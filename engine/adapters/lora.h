#pragma once

#include "engine/adapters/kind.h"

namespace engine::adapters
{

/// The edit W + factor B A of two tensors A [r, in], B [out, r] of `file`. Throws Error(BadModel).
std::unique_ptr<RowEdit> makeProduct(const TensorFile &file, const TensorEntry &a, const TensorEntry &b,
                                     double factor, const Target &target);

/// Rows of A; 0 if it is no matrix.
std::int64_t rankOf(const TensorEntry *a);

} // namespace engine::adapters
