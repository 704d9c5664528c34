#pragma once

// AmxTiles in plain C++, after Intel's description of TDPBF16PS: fused multiply-adds of the even and of the
// odd inputs in order, their sum added last; denormal numbers count as zero.

#include "kernels/formats/bf16.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace kernels::cpu
{

class EmulatedTiles
{
public:
    void configure(int rows) { m_rows = rows; }
    void release() { m_rows = 0; }

    template <int Tile>
    void clear()
    {
        std::memset(m_tile[Tile], 0, sizeof m_tile[Tile]);
    }
    template <int Tile>
    void load(const std::byte *rows)
    {
        std::memcpy(m_tile[Tile], rows, 64 * rowsOf(Tile));
    }
    template <int Tile>
    void store(float *rows)
    {
        std::memcpy(rows, m_tile[Tile], 64 * rowsOf(Tile));
    }
    template <int Sum, int A, int B>
    void dot()
    {
        for (int m = 0; m < m_rows; ++m) {
            for (int n = 0; n < 16; ++n) {
                float even = 0, odd = 0;
                for (int k = 0; k < 16; ++k) {
                    even = flushed(std::fma(input(A, m, 2 * k), input(B, k, 2 * n), even));
                    odd = flushed(std::fma(input(A, m, 2 * k + 1), input(B, k, 2 * n + 1), odd));
                }
                float sum;
                std::memcpy(&sum, m_tile[Sum] + 64 * m + 4 * n, 4);
                sum = flushed(flushed(sum) + flushed(even + odd));
                std::memcpy(m_tile[Sum] + 64 * m + 4 * n, &sum, 4);
            }
        }
    }

private:
    std::size_t rowsOf(int tile) const { return static_cast<std::size_t>(tile < 6 ? m_rows : 16); }
    static float flushed(float x) { return std::fabs(x) < 0x1p-126F ? 0.0F : x; }
    float input(int tile, int row, int column) const
    {
        std::uint16_t bits;
        std::memcpy(&bits, m_tile[tile] + 64 * row + 2 * column, 2);
        return flushed(Bf16Format::decode(bits));
    }

    int m_rows = 0;
    alignas(64) unsigned char m_tile[8][1024] = {};
};

} // namespace kernels::cpu
