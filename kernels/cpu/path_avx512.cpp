// The kernels with the instructions named below; run only where the processor has them.

#include "kernels/cpu/panels.h"
#include "kernels/cpu/path.h"

#if defined(__x86_64__)

#include <cstring>
#include <immintrin.h>

#if defined(__GNUC__) &&                                                                                     \
    !defined(__clang__) // the intrinsics of g++ 12 read a value that they then discard (bug 105593)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c"))),    \
                             apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c")
#endif

#include "kernels/cpu/path_kernels.h"
#include "kernels/cpu/vec_avx512.h"

namespace kernels::cpu
{

static constexpr Path kAvx512Path = pathOf<Avx512>("avx512");

} // namespace kernels::cpu

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

namespace kernels::cpu
{

const Path *avx512Path()
{
    const bool isThere = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    return isThere && avx2Path() ? &kAvx512Path : nullptr;
}

} // namespace kernels::cpu

#else

namespace kernels::cpu
{

const Path *avx512Path() { return nullptr; }

} // namespace kernels::cpu

#endif
