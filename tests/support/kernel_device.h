#pragma once

// Devices, arrays and random numbers for tests of ops. Header only: kernels tests link nothing else.

#include "kernels/device.h"

#include <QString>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

namespace test
{

/// Every way to compute: the processor's instruction sets, the emulated card with its kinds of warps and
/// orders of threads, and real cards.
constexpr const char *kPaths[] = {"plain",
                                  "avx2",
                                  "avx512",
                                  "amx",
                                  "amx-emulated",
                                  "emulator:0 warp32",
                                  "emulator:0 warp64-shuffled",
                                  "emulator:0 warp32-reversed",
                                  "cuda:0",
                                  "hip:0"};

constexpr const char *kFormatsEmulator = "emulator:0 warp64-shuffled";

/// The emulator takes a thousand times as long as a card: tests do less there.
inline bool isEmulator(const QString &path) { return path.startsWith(QLatin1String("emulator")); }

inline bool isCard(const char *path) { return std::strchr(path, ':') != nullptr; }

/// Rows "plain", "avx2" ...: every code path there could be. Call from a _data function.
inline void addCodePaths()
{
    QTest::addColumn<QString>("path");
    for (const char *path : kPaths)
        QTest::newRow(path) << QString::fromLatin1(path);
}

inline std::vector<kernels::Format> allFormats()
{
#define X(name, traits, text) kernels::Format::name,
    return {KERNELS_ALL_FORMATS(X)};
#undef X
}

/// Every code path with every weight format.
inline void addCodePathsAndFormats()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<int>("format");
    for (const char *path : kPaths)
        for (const kernels::Format format : allFormats()) {
            // Tiles multiply with bf16; all other formats go the way of avx512, which has rows of its own.
            const bool isTiled = format == kernels::Format::F32 || format == kernels::Format::BF16;
            if (std::strncmp(path, "amx", 3) == 0 && !isTiled) continue;
            // Formats have nothing to do with the order of threads: the emulator is slow, and one is enough.
            if (std::strncmp(path, "emulator", 8) == 0 && std::strcmp(path, kFormatsEmulator) != 0) continue;
            QTest::addRow("%s %s", path, kernels::nameOf(format))
                << QString::fromLatin1(path) << static_cast<int>(format);
        }
}

/// nullptr where this machine lacks the instructions or the card: skip the row then. Three threads, so that
/// work is shared. The emulator is always there.
inline std::unique_ptr<kernels::Device> openPath(const QString &path, int threads = 3)
{
    const std::string text = path.toStdString();
    if (!isCard(text.c_str())) return kernels::openDevice("cpu", {threads, text});
    const std::size_t space = std::min(text.find(' '), text.size());
    std::string reason;
    auto device = kernels::openDevice(text.substr(0, space),
                                      {threads, text.substr(std::min(space + 1, text.size()))}, &reason);
    if (!device && path.startsWith(QLatin1String("emulator"))) qFatal("%s", reason.c_str());
    return device;
}

/// An array in device memory.
template <class T>
class DeviceArray
{
public:
    DeviceArray(kernels::Device &device, const std::vector<T> &values)
        : m_device(device)
        , m_data(static_cast<T *>(device.alloc(values.size() * sizeof(T))))
        , m_size(values.size())
    {
        device.upload(m_data, values.data(), m_size * sizeof(T));
    }
    ~DeviceArray() { m_device.free(m_data); }
    DeviceArray(const DeviceArray &) = delete;
    DeviceArray &operator=(const DeviceArray &) = delete;

    T *data() const { return m_data; }
    std::vector<T> host() const
    {
        std::vector<T> values(m_size);
        m_device.download(values.data(), m_data, m_size * sizeof(T));
        m_device.sync();
        return values;
    }
    template <class... Dims>
    kernels::View view(Dims... dims) const
    {
        return kernels::view(m_data, kernels::DType::F32, dims...);
    }

private:
    kernels::Device &m_device;
    T *m_data;
    std::size_t m_size;
};

using Floats = DeviceArray<float>;
using Ints = DeviceArray<std::int32_t>;

/// Repeatable numbers on every platform: a linear congruential generator, sums of twelve for a normal shape.
class Random
{
public:
    explicit Random(std::uint64_t seed)
        : m_state(seed * 2862933555777941757U + 3037000493U)
    {
    }
    double uniform()
    {
        m_state = m_state * 6364136223846793005U + 1442695040888963407U;
        return static_cast<double>(m_state >> 11) * 0x1p-53;
    }
    int below(int n) { return static_cast<int>(uniform() * n); }
    float normal()
    {
        double sum = -6;
        for (int i = 0; i < 12; ++i)
            sum += uniform();
        return static_cast<float>(sum);
    }
    std::vector<float> normals(std::size_t n, double scale = 1, double shift = 0)
    {
        std::vector<float> values(n);
        for (float &value : values)
            value = static_cast<float>(shift + scale * static_cast<double>(normal()));
        return values;
    }

private:
    std::uint64_t m_state;
};

constexpr double kEps = 0x1p-24; ///< half an ulp of 1 in fp32

/// Rows of `cols` weights as a format keeps them: each number by itself, or groups of inputs.
template <class Traits>
void roundRows(std::vector<float> &values, std::size_t cols)
{
    if constexpr (requires { Traits::kBits; }) {
        for (std::size_t row = 0; row < values.size(); row += cols)
            for (std::size_t k = 0; k < cols; k += kernels::kGroup) {
                const std::size_t inputs = std::min<std::size_t>(kernels::kGroup, cols - k);
                float group[kernels::kGroup] = {};
                std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(row + k), inputs, group);
                const kernels::GroupCode code = Traits::encode(group);
                for (std::size_t i = 0; i < inputs; ++i)
                    values[row + k + i] = Traits::decode(code, static_cast<int>(i));
            }
    } else {
        for (float &value : values)
            value = Traits::decode(Traits::encode(value));
    }
}

/// A matrix as i8 keeps it.
inline void roundI8(std::vector<float> &values, std::size_t cols)
{
    const std::size_t rows = values.size() / cols;
    std::vector<float> rx(rows), mx(rows), ry(cols), my(cols);
    const std::vector<float> source = values;
    const auto at = [&](int out, int in) {
        return source[static_cast<std::size_t>(out) * cols + static_cast<std::size_t>(in)];
    };
    const kernels::I8Encoder encoder(static_cast<int>(rows), static_cast<int>(cols), at,
                                     {rx.data(), mx.data(), ry.data(), my.data()});
    for (int step = 0; step < encoder.kSteps; ++step)
        encoder.run(step, 0, encoder.units(step));
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::size_t out = i / cols, in = i % cols;
        values[i] = kernels::I8Format::decode(encoder.code(static_cast<int>(out), static_cast<int>(in)),
                                              ry[in], rx[out], my[in], mx[out]);
    }
}

/// The weights [..., cols] as the format keeps them.
inline std::vector<float> rounded(std::vector<float> values, kernels::Format format, int cols)
{
    switch (format) {
#define X(name, traits, text)                                                                                \
    case kernels::Format::name:                                                                              \
        roundRows<kernels::traits>(values, static_cast<std::size_t>(cols));                                  \
        break;
        KERNELS_FORMATS(X)
#undef X
    case kernels::Format::I8:
        roundI8(values, static_cast<std::size_t>(cols));
        break;
    }
    return values;
}

/// What rounding may change in a decoded weight, relative to the largest one: where an offset is added, the
/// sum may be much smaller than its parts.
inline double decodeError(kernels::Format format)
{
    return format == kernels::Format::Int4 || format == kernels::Format::I8 ? 4 * kEps : kEps;
}

/// A packed weight on a device.
class PackedWeight
{
public:
    PackedWeight(kernels::Device &device, const std::vector<float> &values, kernels::Format format, int rows,
                 int cols)
        : m_device(device)
        , m_data(device.alloc(device.weightBytes(format, rows, cols)))
        , m_weight{m_data, format, rows, cols}
    {
        kernels::PackWeight pack;
        std::vector<float> source = values; // weights come from the host
        pack.source = kernels::view(source.data(), kernels::DType::F32, rows, cols);
        pack.target = m_data;
        pack.format = format;
        pack.rows = rows;
        pack.cols = cols;
        device.packWeight(pack);
        device.sync();
    }
    ~PackedWeight() { m_device.free(m_data); }
    PackedWeight(const PackedWeight &) = delete;
    PackedWeight &operator=(const PackedWeight &) = delete;
    const kernels::Weight &weight() const { return m_weight; }

private:
    kernels::Device &m_device;
    void *m_data;
    kernels::Weight m_weight;
};

/// A wanted value and how far a float32 computation may be off.
struct Bounded {
    double value, tolerance;
};

/// Empty if every number is within its bound; else which is not.
inline QString firstDifference(const std::vector<float> &got, const std::vector<Bounded> &want)
{
    if (got.size() != want.size())
        return QStringLiteral("%1 numbers, expected %2").arg(got.size()).arg(want.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
        const double off = std::abs(static_cast<double>(got[i]) - want[i].value);
        if (!(off <= want[i].tolerance)) // also when NaN
            return QStringLiteral("[%1]: got %2, expected %3, off by %4, allowed %5")
                .arg(i)
                .arg(static_cast<double>(got[i]), 0, 'g', 9)
                .arg(want[i].value, 0, 'g', 9)
                .arg(off)
                .arg(want[i].tolerance);
    }
    return {};
}

inline bool sameBits(const std::vector<float> &a, const std::vector<float> &b)
{
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

/// Sequences of the given lengths in the given slots, in device memory.
class TestBatch
{
public:
    TestBatch(kernels::Device &device, const std::vector<int> &lengths, const std::vector<int> &slots)
        : m_start(device, startsOf(lengths))
        , m_slot(device, std::vector<std::int32_t>(slots.begin(), slots.end()))
    {
        m_batch.seqs = static_cast<std::int32_t>(lengths.size());
        m_batch.tokens = startsOf(lengths).back();
        m_batch.start = m_start.data();
        m_batch.slot = m_slot.data();
    }
    const kernels::Batch &batch() const { return m_batch; }
    static std::vector<std::int32_t> startsOf(const std::vector<int> &lengths)
    {
        std::vector<std::int32_t> starts{0};
        for (const int length : lengths)
            starts.push_back(starts.back() + length);
        return starts;
    }

private:
    Ints m_start, m_slot;
    kernels::Batch m_batch;
};

} // namespace test
