#pragma once

// Executes AMX instructions on processors without them: each one raises SIGILL, is decoded, carried out on
// tiles in memory and stepped over. So the very code that a processor with AMX runs is tested everywhere.
// Encodings and effects after the Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, and
// "Intel AMX Instruction Set Reference".

#include <cmath>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <ucontext.h>

namespace test
{

/// The tile registers of one thread.
class TileMachine
{
public:
    static constexpr int kTiles = 8, kRows = 16, kRowBytes = 64;

    /// Instructions carried out by all threads.
    static inline int executed = 0;

    /// Carries out the instruction at RIP and steps over it; false if it is not one of AMX, or not allowed.
    bool step(mcontext_t &cpu)
    {
        const auto *code = reinterpret_cast<const std::uint8_t *>(cpu.gregs[REG_RIP]);
        constexpr int kMap0F38 = 2;
        if (code[0] != 0xc4 || (code[1] & 31) != kMap0F38 || (code[2] & 0x84) != 0) return false;
        m_vex1 = code[1];
        const Prefix prefix = static_cast<Prefix>(code[2] & 3);
        const int source = ~(code[2] >> 3) & 15, op = code[3], modrm = code[4];
        const int mode = modrm >> 6, reg = modrm >> 3 & 7, rm = modrm & 7;
        Operand memory;
        if (mode != 3) memory = operand(cpu, code + 4);
        if (!execute(prefix, op, mode, reg, rm, source, memory)) return false;
        cpu.gregs[REG_RIP] += mode == 3 ? 5 : 4 + memory.bytes;
        __atomic_fetch_add(&executed, 1, __ATOMIC_RELAXED);
        return true;
    }

private:
    enum Prefix { None, P66, PF3, PF2 };
    struct Operand {
        std::uint8_t *base = nullptr; ///< without the index
        std::int64_t stride = 0;      ///< the scaled index: bytes between rows
        int bytes = 0;                ///< of ModRM, SIB and displacement
        bool hasIndex = false;
    };
    struct Config {
        std::uint8_t palette, start, reserved[14];
        std::uint16_t rowBytes[16];
        std::uint8_t rows[16];
    };

    static std::int64_t registerOf(const mcontext_t &cpu, int number)
    {
        constexpr int kOrder[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                                    REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
        return cpu.gregs[kOrder[number]];
    }

    Operand operand(const mcontext_t &cpu, const std::uint8_t *modrm) const
    {
        Operand result;
        const int mode = *modrm >> 6;
        int base = *modrm & 7, index = 4, scale = 0, size = 1;
        if (base == 4) {
            const std::uint8_t sib = modrm[size++];
            base = sib & 7;
            index = (sib >> 3 & 7) | (m_vex1 & 0x40 ? 0 : 8);
            scale = sib >> 6;
        }
        std::int64_t address = 0;
        const bool hasBase = !(base == 5 && mode == 0);
        if (hasBase) address = registerOf(cpu, base | (m_vex1 & 0x20 ? 0 : 8));
        if (mode == 1) {
            address += static_cast<std::int8_t>(modrm[size++]);
        } else if (mode == 2 || !hasBase) {
            std::int32_t far;
            std::memcpy(&far, modrm + size, sizeof far);
            address += far;
            size += 4;
            if (!hasBase && (*modrm & 7) == 5) address += cpu.gregs[REG_RIP] + 4 + size; // RIP-relative
        }
        result.hasIndex = index != 4;
        if (result.hasIndex) result.stride = registerOf(cpu, index) * (1 << scale);
        result.base = reinterpret_cast<std::uint8_t *>(address);
        result.bytes = size;
        return result;
    }

    bool execute(Prefix prefix, int op, int mode, int reg, int rm, int source, const Operand &memory)
    {
        if (op == 0x49 && prefix == None && mode != 3 && reg == 0) return configure(memory);
        if (op == 0x49 && prefix == None && mode == 3 && reg == 0 && rm == 0) return release();
        if (m_config.palette != 1) return false; // everything below needs a configuration
        if (op == 0x49 && prefix == PF2 && mode == 3 && rm == 0) return clear(reg);
        if (op == 0x4b && mode != 3 && memory.hasIndex && (prefix == PF2 || prefix == P66))
            return move(reg, memory, true);
        if (op == 0x4b && mode != 3 && memory.hasIndex && prefix == PF3) return move(reg, memory, false);
        if (op == 0x5c && prefix == PF3 && mode == 3) return dot(reg, rm, source);
        return false;
    }

    bool configure(const Operand &memory)
    {
        std::memcpy(&m_config, memory.base + memory.stride, sizeof m_config);
        std::memset(m_tile, 0, sizeof m_tile);
        for (const std::uint8_t byte : m_config.reserved)
            if (byte != 0) return false;
        for (int tile = 0; tile < 16; ++tile) {
            const int rows = m_config.rows[tile], bytes = m_config.rowBytes[tile];
            if (rows > kRows || bytes > kRowBytes || bytes % 4 != 0 || (rows == 0) != (bytes == 0))
                return false;
            if (tile >= kTiles && rows != 0) return false;
        }
        return m_config.palette == 1;
    }

    bool release()
    {
        m_config = {};
        std::memset(m_tile, 0, sizeof m_tile);
        return true;
    }

    bool clear(int tile)
    {
        std::memset(m_tile[tile], 0, sizeof m_tile[tile]);
        return m_config.rows[tile] != 0;
    }

    bool move(int tile, const Operand &memory, bool isLoad)
    {
        if (m_config.rows[tile] == 0) return false;
        if (isLoad) std::memset(m_tile[tile], 0, sizeof m_tile[tile]);
        for (int row = 0; row < m_config.rows[tile]; ++row) {
            std::uint8_t *there = memory.base + row * memory.stride, *here = m_tile[tile][row];
            std::memcpy(isLoad ? here : there, isLoad ? there : here, m_config.rowBytes[tile]);
        }
        return true;
    }

    static float flushed(float x) { return std::fabs(x) < 0x1p-126F ? std::copysign(0.0F, x) : x; }

    float input(int tile, int row, int column) const
    {
        std::uint32_t bits = 0;
        std::memcpy(reinterpret_cast<std::uint8_t *>(&bits) + 2, m_tile[tile][row] + 2 * column, 2);
        float value;
        std::memcpy(&value, &bits, sizeof value);
        return flushed(value);
    }

    /// TDPBF16PS: two chains of multiply-adds an output, added to each other and then to the sum.
    bool dot(int sum, int a, int b)
    {
        const int rows = m_config.rows[sum], columns = m_config.rowBytes[sum] / 4;
        const int pairs = m_config.rowBytes[a] / 4;
        const bool fits = m_config.rows[a] == rows && m_config.rows[b] == pairs &&
                          m_config.rowBytes[b] == m_config.rowBytes[sum];
        if (!fits || rows == 0 || sum == a || sum == b || a == b) return false;
        for (int m = 0; m < rows; ++m)
            for (int n = 0; n < columns; ++n) {
                float even = 0, odd = 0, total;
                for (int k = 0; k < pairs; ++k) {
                    even = flushed(std::fma(input(a, m, 2 * k), input(b, k, 2 * n), even));
                    odd = flushed(std::fma(input(a, m, 2 * k + 1), input(b, k, 2 * n + 1), odd));
                }
                std::memcpy(&total, m_tile[sum][m] + 4 * n, sizeof total);
                total = flushed(flushed(total) + flushed(even + odd));
                std::memcpy(m_tile[sum][m] + 4 * n, &total, sizeof total);
            }
        return true;
    }

    Config m_config = {};
    std::uint8_t m_tile[kTiles][kRows][kRowBytes] = {};
    int m_vex1 = 0;
};

/// While it lives, AMX instructions work on every thread. What they refuse ends the program as before.
class TileMachineInstalled
{
public:
    TileMachineInstalled()
    {
        struct sigaction action = {};
        action.sa_sigaction = [](int signal, siginfo_t *, void *context) {
            static thread_local TileMachine machine;
            if (!machine.step(static_cast<ucontext_t *>(context)->uc_mcontext)) std::signal(signal, SIG_DFL);
        };
        action.sa_flags = SA_SIGINFO;
        sigaction(SIGILL, &action, &m_before);
    }
    ~TileMachineInstalled() { sigaction(SIGILL, &m_before, nullptr); }
    TileMachineInstalled(const TileMachineInstalled &) = delete;
    TileMachineInstalled &operator=(const TileMachineInstalled &) = delete;

private:
    struct sigaction m_before = {};
};

} // namespace test
