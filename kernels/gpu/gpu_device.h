#pragma once

#include "kernels/gpu/gpu_api.h" // first: formats are for host and device in its words

#include "kernels/device.h"

#include <map>
#include <memory>
#include <string>

namespace kernels::gpu
{

/// y = gate * finish(x W^T + bias), or y += ...; the form that linear, lowRank, the channel mixes and
/// mixDynamic are made of.
enum class Finish : std::uint8_t { None, Tanh, Sigmoid, Silu, Decay, ReluSquared };
struct Product {
    const float *x = nullptr; ///< [rows, w.cols]
    Weight w;
    const float *bias = nullptr;
    float *y = nullptr; ///< [rows, w.rows]
    Finish finish = Finish::None;
    bool accumulate = false;
    const float *gate = nullptr; ///< [rows, w.rows] or absent
};

struct GemmInstance;

/// A graphics card, real or emulated, with one stream. What a kernel computes for a row depends on that row's
/// sequence alone: sums go over 32 lanes in an order that is the same for any number of rows. Matrix units,
/// where a card has some that passed their test, take products of kGemmRows rows and more (gemm.h): there,
/// too, a row's bits do not depend on the others, but they are not those of our own kernels. The kernels
/// "cuda-rows" do without, so that a row's bits are the same in any company.
class GpuDevice final : public Device
{
public:
    /// `index` counts the cards of this backend; the card is ready (see prepareDevice).
    GpuDevice(DeviceInfo info, int index);
    ~GpuDevice() override;
    GpuDevice(const GpuDevice &) = delete;
    GpuDevice &operator=(const GpuDevice &) = delete;

    /// With a `reason` once the device has failed.
    const DeviceInfo &info() const override { return m_info; }
    void *alloc(std::size_t bytes) override;
    void free(void *memory) override;
    void upload(void *device, const void *host, std::size_t bytes) override;
    void download(void *host, const void *device, std::size_t bytes) override;
    void copy(void *target, const void *source, std::size_t bytes) override;
    void zero(void *memory, std::size_t bytes) override;
    void sync() override;
    Status status() const override { return m_status; }
    MemoryFigures memory() const override;
    bool usesHostMemory() const override { return false; }
    std::size_t weightBytes(Format format, std::int32_t rows, std::int32_t cols) const override;
    std::string takeKernelName() override;
    /// Multiply-adds of its ordinary units, without the tensor units.
    MachineSpeed measureSpeed() override;
    bool beginRecording() override;
    std::uint32_t endRecording(std::string *reason) override;
    bool repeat(std::uint32_t recording) override;
    void forget(std::uint32_t recording) override;

#define X(op, Args) void op(const Args &args) override;
    KERNELS_OPS(X)
#undef X

    /// Which kernel makes a product: "rows" for our own, else an instance's name.
    const char *productPath(const Product &product, int rows) const;

private:
    static constexpr int kMostProducts = 5;

    /// Starts a kernel on this device's stream, unless there is nothing to do or the device is lost.
    template <class... Parameters, class... Arguments>
    void run(Launch at, void (*kernel)(Parameters...), const Arguments &...arguments)
    {
        if (m_status != Status::Ok || at.gridX == 0 || at.gridY == 0) return;
        use();
        at.stream = m_stream;
        launch(at, kernel, arguments...);
        check(GPU(GetLastError)());
    }
    void products(const Product *product, int count, int rows);
    void multiplyRows(const Product *product, int count, int rows);
    /// Tests what this card's architecture would use; must be called before anything is taken of the card.
    void openGemms();
    void closeGemms();
    bool takeGemmRoom();
    /// What is wrong with an instance; empty if nothing is.
    std::string faultOf(const GemmInstance &gemm);
    /// After a fault that sticks to the card; false if it remains, or another device of this process uses it.
    bool beginAnew();
    /// The instance for a product, or nullptr if our own kernels make it.
    const GemmInstance *gemmFor(const Product &product, int rows) const;
    /// False if the instance does not take the product; nothing has been done then.
    bool multiplyTiled(const Product &product, int rows, const GemmInstance &gemm);
    /// Memory that grows when more is wanted and stays; nullptr once there is none left.
    struct Room {
        void *memory = nullptr;
        std::size_t bytes = 0;
    };
    std::byte *room(Room &room, std::size_t bytes);
    const SampleRow *uploadRows(const Sample &args, int first, int rows);
    template <class Work>
    double shortest(const Work &work);
    void use() const { (void)GPU(SetDevice)(m_index); }
    void check(Error error);
    /// The device is lost, and why; while it records, only the recording is.
    void fail(const std::string &reason);
    /// True, and the recording has failed, if the device records: then `what` cannot be done.
    bool spoilsRecording(const char *what);
    void forgetAll();

    DeviceInfo m_info;
    int m_index;
    Stream m_stream = nullptr;
    Status m_status = Status::Ok;
    bool m_isRecording = false;
    std::string m_recordingFault; ///< of the recording that is being made
    std::map<std::uint32_t, GPU(GraphExec_t)> m_recordings;
    std::uint32_t m_lastRecording = 0;
    const char *m_kernel = nullptr; ///< of the ops since takeKernelName
    Room m_sampleRows, m_sampleScratch;
    std::unique_ptr<const GemmInstance> m_gemm[2]; ///< for factors in fp16 and in bf16
    Room m_gemmRows, m_gemmWeights;
};

} // namespace kernels::gpu
