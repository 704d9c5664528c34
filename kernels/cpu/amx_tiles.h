#pragma once

// The eight tile registers of AMX: 16 rows of 64 bytes each. Written as assembly: g++ 12's intrinsics take no
// template parameters as tile numbers, and its _tile_loadconfig tells the compiler that only 8 bytes are
// read.

#include <cstddef>
#include <cstdint>

namespace kernels::cpu
{

class AmxTiles
{
public:
    /// Tiles of sums and activations get this many rows. Keeps nothing of the tiles if that changes.
    void configure(int rows)
    {
        if (rows == m_rows) return;
        m_rows = rows;
        struct alignas(64) {
            std::uint8_t palette = 1, start = 0, reserved[14] = {};
            std::uint16_t bytesPerRow[16] = {};
            std::uint8_t rows[16] = {};
        } config;
        for (int tile = 0; tile < 8; ++tile) {
            config.bytesPerRow[tile] = 64;
            config.rows[tile] = static_cast<std::uint8_t>(tile < 6 ? rows : 16);
        }
        asm volatile("ldtilecfg %0" : : "m"(config) : "memory");
    }
    void release() { asm volatile("tilerelease" : : : "memory"); }

    template <int Tile>
    [[gnu::always_inline]] void clear()
    {
        asm volatile("tilezero %%tmm%c0" : : "i"(Tile));
    }
    /// Rows lie 64 bytes apart.
    template <int Tile>
    [[gnu::always_inline]] void load(const std::byte *rows)
    {
        asm volatile("tileloadd (%0,%1,1), %%tmm%c2"
                     :
                     : "r"(rows), "r"(std::size_t{64}), "i"(Tile)
                     : "memory");
    }
    template <int Tile>
    [[gnu::always_inline]] void store(float *rows)
    {
        asm volatile("tilestored %%tmm%c2, (%0,%1,1)"
                     :
                     : "r"(rows), "r"(std::size_t{64}), "i"(Tile)
                     : "memory");
    }
    /// Sum[m][n] += the dot product of row m of A and column n of B, bf16 pairs interleaved.
    template <int Sum, int A, int B>
    [[gnu::always_inline]] void dot()
    {
        asm volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0" : : "i"(Sum), "i"(A), "i"(B));
    }

private:
    int m_rows = 0;
};

} // namespace kernels::cpu
