// No instance is believed: when a device is opened, each one that it would use makes two small products, and
// our own kernels make the same. What differs or fails is left out, with a note.

#include "kernels/gpu/gemm_operands.h"

#include <cmath>
#include <cstring>
#include <mutex>
#include <utility>

#ifdef GPU_HOST_PASS

namespace kernels::gpu
{

namespace
{

/// Behind a tile of 128 rows and outputs, and a step of 64 inputs, a little more each.
constexpr int kRows = 136, kOuts = 132, kInputs = 72;

/// Small whole numbers of `step`: products and sums of them are exact in every order.
std::vector<float> wholeNumbers(int count, float step, std::uint32_t seed)
{
    std::vector<float> values(static_cast<std::size_t>(count));
    for (float &value : values) {
        seed = seed * 1664525U + 1013904223U;
        value = (static_cast<float>(seed >> 28) - 7.5F) * 2 * step; // odd: -15 .. 15
    }
    return values;
}

/// What a check takes of the card's memory.
struct CheckData {
    std::vector<float> x = wholeNumbers(kRows * kInputs, 0.125F, 1);
    std::vector<float> w = wholeNumbers(kOuts * kInputs, 0.0625F, 2);
    std::vector<float> bias = wholeNumbers(kOuts, 0.25F, 3);
    std::vector<float> gate = wholeNumbers(kRows * kOuts, 0.0625F, 4);
    std::vector<float> before = wholeNumbers(kRows * kOuts, 0.5F, 5);
    std::vector<std::uint16_t> packed;
    float *onX = nullptr, *onBias = nullptr, *onGate = nullptr, *onY = nullptr;
    std::uint16_t *onW = nullptr;
    std::byte *memory = nullptr;

    explicit CheckData(Format type)
    {
        for (const float value : w)
            packed.push_back(type == Format::BF16 ? Bf16Format::encode(value) : F16Format::encode(value));
    }
    std::size_t bytes() const
    {
        return (x.size() + bias.size() + gate.size() + before.size()) * sizeof(float) + packed.size() * 2;
    }
    bool bring(Device &device)
    {
        memory = static_cast<std::byte *>(device.alloc(bytes()));
        if (!memory) return false;
        std::byte *at = memory;
        const auto place = [&](const auto &values, auto *&target) {
            target = reinterpret_cast<std::decay_t<decltype(target)>>(at);
            device.upload(at, values.data(), values.size() * sizeof values[0]);
            at += values.size() * sizeof values[0];
        };
        place(x, onX);
        place(bias, onBias);
        place(gate, onGate);
        place(before, onY);
        place(packed, onW);
        return true;
    }
};

static_assert(kRows * kInputs % 4 == 0 && kOuts % 4 == 0, "every array begins at a multiple of 16 bytes");

/// With everything: the sums are exact, and what follows takes at most six roundings on either side, of
/// numbers that are no larger than those before and behind.
bool isNear(float got, float want, float before)
{
    constexpr float kEps = 0x1p-24F;
    return std::fabs(got - want) <= 12 * kEps * (2 * std::fabs(before) + std::fabs(want));
}

/// How many devices of one card this process has: the card can be begun anew only if nobody else is there.
struct Users {
    std::mutex mutex;
    std::vector<int> count;
};

Users &users()
{
    static Users one;
    return one;
}

int changeUsers(int index, int by)
{
    const std::lock_guard lock(users().mutex);
    if (users().count.size() <= static_cast<std::size_t>(index))
        users().count.resize(static_cast<std::size_t>(index) + 1);
    return users().count[static_cast<std::size_t>(index)] += by;
}

} // namespace

std::string GpuDevice::faultOf(const GemmInstance &gemm)
{
    CheckData data(gemm.type);
    if (!data.bring(*this)) return "there was no memory to try it";
    std::string fault;
    for (const bool isFull : {false, true}) {
        Product product{data.onX, {data.onW, gemm.type, kOuts, kInputs}, nullptr, data.onY};
        if (isFull) {
            product.bias = data.onBias;
            product.gate = data.onGate;
            product.finish = Finish::Silu;
            product.accumulate = true;
        }
        std::vector<float> result[2];
        for (const bool isOwn : {true, false}) {
            std::vector<float> &y = result[isOwn ? 0 : 1];
            y.resize(data.before.size());
            upload(data.onY, data.before.data(), y.size() * sizeof(float));
            if (isOwn)
                multiplyRows(&product, 1, kRows);
            else if (!multiplyTiled(product, kRows, gemm))
                fault = "it does not take the product that it was tried with";
            download(y.data(), data.onY, y.size() * sizeof(float));
            sync();
            if (m_status != Status::Ok && fault.empty()) fault = "it failed: " + m_info.reason;
            if (!fault.empty()) break;
        }
        for (std::size_t i = 0; i < data.before.size() && fault.empty(); ++i) {
            const float got = result[1][i], want = result[0][i];
            if (isFull ? isNear(got, want, data.before[i]) : got == want) continue;
            fault = "it computes something else than our own kernels: row " + std::to_string(i / kOuts) +
                    ", output " + std::to_string(i % kOuts) + (isFull ? " of a product with everything" : "");
        }
        if (!fault.empty()) break;
    }
    free(data.memory);
    return fault;
}

bool GpuDevice::beginAnew()
{
    if (changeUsers(m_index, 0) > 1) return false;
    use();
    (void)GPU(DeviceReset)(); // everything on the card is gone, the stream too
    m_gemmRows = m_gemmWeights = {};
    m_stream = nullptr;
    m_status = Status::Ok;
    m_info.reason.clear();
    check(GPU(StreamCreate)(&m_stream));
    return m_status == Status::Ok;
}

void GpuDevice::openGemms()
{
    changeUsers(m_index, 1);
    if (m_status != Status::Ok || m_info.kernels == GPU_BACKEND "-rows") return;
    if (*whyNoGemms()) m_info.notes.emplace_back(whyNoGemms());
    use();
    const int architecture = deviceArchitecture(m_index);
    for (const GemmInstance &gemm : gemmInstances()) {
        std::unique_ptr<const GemmInstance> &chosen = m_gemm[gemm.type == Format::BF16];
        if (chosen || architecture < gemm.oldest || architecture > gemm.newest) continue;
        if (!takeGemmRoom()) {
            m_info.notes.emplace_back("no memory for products on matrix units");
            break;
        }
        const std::string fault = faultOf(gemm);
        if (fault.empty())
            chosen = std::make_unique<const GemmInstance>(gemm);
        else
            m_info.notes.push_back(std::string(gemm.name) + " is not used: " + fault);
        if (m_status != Status::Ok && !beginAnew()) return;
    }
    if (!m_gemm[0] && !m_gemm[1]) {
        for (Room *room : {&m_gemmRows, &m_gemmWeights}) {
            free(room->memory);
            *room = {};
        }
    }
}

void GpuDevice::closeGemms()
{
    changeUsers(m_index, -1);
    free(m_gemmRows.memory);
    free(m_gemmWeights.memory);
}

} // namespace kernels::gpu

#endif
