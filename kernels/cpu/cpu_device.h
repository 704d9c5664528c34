#pragma once

#include "kernels/cpu/parallel.h"
#include "kernels/cpu/path.h"
#include "kernels/device.h"

namespace kernels::cpu
{

/// y = gate * finish(x W^T + bias), or y += ...; the form that linear, lowRank, reluFfn and mixDynamic are
/// made of.
struct Product {
    const float *x = nullptr; ///< [rows, w.cols]
    Weight w;
    const float *bias = nullptr;
    float *y = nullptr; ///< [rows, w.rows]
    Finish finish = Finish::None;
    bool accumulate = false;
    const float *gate = nullptr; ///< [rows, w.rows] or absent
};

/// The processor as a device: ops run when they are called, over a pool of threads.
class CpuDevice final : public Device
{
public:
    CpuDevice(DeviceInfo info, const Path &path);
    ~CpuDevice() override;
    CpuDevice(const CpuDevice &) = delete;
    CpuDevice &operator=(const CpuDevice &) = delete;

    const DeviceInfo &info() const override { return m_info; }
    void *alloc(std::size_t bytes) override;
    void free(void *memory) override;
    void upload(void *device, const void *host, std::size_t bytes) override;
    void download(void *host, const void *device, std::size_t bytes) override;
    void copy(void *target, const void *source, std::size_t bytes) override;
    void zero(void *memory, std::size_t bytes) override;
    void sync() override {}
    Status status() const override { return m_status; }
    MemoryFigures memory() const override;
    bool usesHostMemory() const override { return true; }
    std::size_t weightBytes(Format format, std::int32_t rows, std::int32_t cols) const override;
    std::string takeKernelName() override;
    MachineSpeed measureSpeed() override;

#define X(op, Args) void op(const Args &args) override;
    KERNELS_OPS(X)
#undef X

private:
    static constexpr int kMostProducts = 5;

    void products(const Product *product, int count, int rows);
    bool packProducts(const Product *product, int count, int rows, const std::byte **x);
    const ProductPath &pathFor(const Product &product) const;
    /// At least so many bytes of working memory, valid until the next call; nullptr once memory has run out.
    std::byte *scratch(std::size_t bytes);
    /// Rows of `width` numbers that are worth waking a thread for (some 10 microseconds of work).
    static int grainOf(std::int64_t width)
    {
        return width >= 8192 ? 1 : static_cast<int>(8192 / (width > 0 ? width : 1));
    }
    /// Runs body(first, last) over 0 .. units - 1, in pieces of `grain`; on this thread alone if it is one
    /// piece.
    template <class Body>
    void ranges(int units, int grain, const Body &body)
    {
        m_parallel.forEach((units + grain - 1) / grain, [&](int piece, int) {
            const int first = piece * grain;
            body(first, first + grain < units ? first + grain : units);
        });
    }

    DeviceInfo m_info;
    const Path &m_path;
    Parallel m_parallel;
    Status m_status = Status::Ok;
    const ProductPath *m_lastProduct = nullptr; ///< since takeKernelName, and whether it was of a single row
    bool m_wasSingleRow = false;
    std::byte *m_scratch = nullptr;
    std::size_t m_scratchBytes = 0;
};

/// Physical memory, and what is left of it for this process.
MemoryFigures hostMemory();

} // namespace kernels::cpu
