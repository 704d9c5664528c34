// The kernels with the instructions named below; run only where the processor has them.

#include "kernels/cpu/panels.h"
#include "kernels/cpu/path.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <cstring>
#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c")
#endif

#include "kernels/cpu/path_kernels.h"
#include "kernels/cpu/vec_avx2.h"

namespace kernels::cpu
{

static constexpr Path kAvx2Path = pathOf<Avx2>("avx2");

} // namespace kernels::cpu

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

namespace kernels::cpu
{

/// clang's __builtin_cpu_supports does not know this name.
static bool hasF16c()
{
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_F16C) != 0;
}

const Path *avx2Path()
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && hasF16c() ? &kAvx2Path
                                                                                        : nullptr;
}

} // namespace kernels::cpu

#else

namespace kernels::cpu
{

const Path *avx2Path() { return nullptr; }

} // namespace kernels::cpu

#endif
