#include "support/kernel_device.h"

#include <QTest>

using namespace kernels;
using namespace test;

class TestEmbed : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void copiesRowsOfAnyType_data() { addCodePaths(); }
    void copiesRowsOfAnyType();
    void normalisesRows_data() { addCodePaths(); }
    void normalisesRows();
};

/// A table in device memory. Where that is the host's it may lie unaligned in a mapped file: at an odd
/// address.
class Table
{
public:
    Table(Device &device, const std::vector<float> &values, DType type)
        : m_offset(device.usesHostMemory() ? 1 : 0)
        , m_bytes(device, stored(values, type, m_offset))
    {
    }
    View view(DType type, int rows, int cols) const
    {
        return kernels::view(m_bytes.data() + m_offset, type, rows, cols);
    }

private:
    static std::vector<unsigned char> stored(const std::vector<float> &values, DType type, std::size_t offset)
    {
        std::vector<unsigned char> bytes(offset + values.size() * bytesOf(type));
        for (std::size_t i = 0; i < values.size(); ++i) {
            const std::uint16_t half =
                type == DType::F16 ? F16Format::encode(values[i]) : Bf16Format::encode(values[i]);
            const void *source = type == DType::F32 ? static_cast<const void *>(&values[i]) : &half;
            std::memcpy(bytes.data() + offset + i * bytesOf(type), source, bytesOf(type));
        }
        return bytes;
    }

    std::size_t m_offset;
    DeviceArray<unsigned char> m_bytes;
};

static Format formatOf(DType type)
{
    return type == DType::F32 ? Format::F32 : type == DType::F16 ? Format::F16 : Format::BF16;
}

void TestEmbed::copiesRowsOfAnyType()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    const int V = 9, C = 21;
    const std::vector<float> values = Random(1).normals(V * C);
    const std::vector<std::int32_t> ids{8, 0, 3, 3, 7};
    const Ints tokens(*device, ids);
    for (const DType type : {DType::F32, DType::F16, DType::BF16}) {
        const Table table(*device, values, type);
        const Floats x(*device, std::vector<float>(ids.size() * C, NAN));
        Embed op;
        op.tokens = tokens.data();
        op.table = table.view(type, V, C);
        op.x = x.view(static_cast<std::int64_t>(ids.size()), C);
        device->embed(op);
        const std::vector<float> got = x.host(), want = rounded(values, formatOf(type), 1);
        for (std::size_t i = 0; i < ids.size(); ++i)
            for (std::size_t c = 0; c < C; ++c)
                QCOMPARE(got[i * C + c], want[static_cast<std::size_t>(ids[i]) * C + c]);
    }
}

void TestEmbed::normalisesRows()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    for (const int C : {1, 15, 64, 203}) {
        const int V = 5, n = 70;
        Random random(2);
        const auto channels = static_cast<std::size_t>(C);
        const std::vector<float> values = random.normals(V * channels, 0.5, 3);
        const std::vector<float> gain = random.normals(channels), bias = random.normals(channels);
        std::vector<std::int32_t> ids;
        for (int i = 0; i < n; ++i)
            ids.push_back(random.below(V));
        const Table table(*device, values, DType::F32);
        const Ints tokens(*device, ids);
        const Floats x(*device, std::vector<float>(n * channels, NAN)), dGain(*device, gain),
            dBias(*device, bias);
        Embed op;
        op.tokens = tokens.data();
        op.table = table.view(DType::F32, V, C);
        op.gain = dGain.view(C);
        op.bias = dBias.view(C);
        op.epsilon = 1e-3F;
        op.x = x.view(n, C);
        device->embed(op);
        std::vector<Bounded> want;
        for (const std::int32_t id : ids) {
            const float *row = values.data() + static_cast<std::size_t>(id) * channels;
            double mean = 0, variance = 0;
            for (int c = 0; c < C; ++c)
                mean += static_cast<double>(row[c]) / C;
            for (int c = 0; c < C; ++c)
                variance += std::pow(static_cast<double>(row[c]) - mean, 2) / C;
            const double scale = 1 / std::sqrt(variance + static_cast<double>(op.epsilon));
            for (int c = 0; c < C; ++c) {
                const auto i = static_cast<std::size_t>(c);
                const double normal = (static_cast<double>(row[c]) - mean) * scale,
                             g = static_cast<double>(gain[i]);
                const double value = normal * g + static_cast<double>(bias[i]);
                // The mean is off by up to C eps of the magnitude 3, the variance by C eps of itself.
                want.push_back(
                    {value, kEps * std::abs(g) * ((C + 4) * 5 * scale + (C + 4) * std::abs(normal)) +
                                2 * kEps * std::abs(value) + kEps});
            }
        }
        const QString difference = firstDifference(x.host(), want);
        QVERIFY2(difference.isEmpty(), qPrintable(difference));
    }
}

QTEST_APPLESS_MAIN(TestEmbed)
#include "tst_embed.moc"
