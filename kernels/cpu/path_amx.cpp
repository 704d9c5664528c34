// The AVX-512 kernels with AMX tiles for bf16 weights; run only where processor and kernel allow tiles.

#include "kernels/cpu/panels.h"
#include "kernels/cpu/path.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <cstring>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__GNUC__) && !defined(__clang__) // as in path_avx512.cpp
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

#include "kernels/cpu/amx_tiles.h"
#include "kernels/cpu/tile_kernel.h"
#include "kernels/cpu/vec_avx512.h"

namespace kernels::cpu
{

static Path amxPathOn(const Path &base) { return tilePathOf<AmxTiles, Avx512>(base, "amx"); }

} // namespace kernels::cpu

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

namespace kernels::cpu
{

/// Linux grants the 8 KiB of tile registers to processes that ask.
static bool mayUseTiles()
{
    constexpr unsigned kBf16Tiles = 1U << 22, kTiles = 1U << 24; // leaf 7, EDX
    constexpr long kRequestPermission = 0x1023, kTileData = 18;
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
    if ((d & kBf16Tiles) == 0 || (d & kTiles) == 0) return false;
    return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

const Path *amxPath()
{
    static const bool isThere = avx512Path() && mayUseTiles();
    if (!isThere) return nullptr;
    static const Path path = amxPathOn(*avx512Path());
    return &path;
}

const Path *unaskedAmxPath()
{
    if (!avx512Path()) return nullptr;
    static const Path path = amxPathOn(*avx512Path());
    return &path;
}

} // namespace kernels::cpu

#else

namespace kernels::cpu
{

const Path *amxPath() { return nullptr; }
const Path *unaskedAmxPath() { return nullptr; }

} // namespace kernels::cpu

#endif
