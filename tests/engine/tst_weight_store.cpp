#include "engine/error.h"
#include "engine/model_loader.h"
#include "engine/weight_store.h"
#include "support/faulty_device.h"
#include "support/thrown_error.h"
#include "support/tiny_rwkv7.h"

#include <QTest>

#include <cmath>
#include <limits>

using engine::ErrorCode;
using engine::WeightStore;
using support::TinyTensor;

namespace
{

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// A matrix whose elements tell their place: row + column / 64.
TinyTensor ramp(const std::string &name, std::int64_t rows, std::int64_t cols)
{
    TinyTensor tensor{name, {rows, cols}, {}};
    for (std::int64_t r = 0; r < rows; ++r)
        for (std::int64_t c = 0; c < cols; ++c)
            tensor.values.push_back(float(r % 64) + float(c) / 64);
    return tensor;
}

} // namespace

class TestWeightStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void convertsVectors_data() { addTypes(); }
    void convertsVectors();
    void packsMatrices_data() { addTypes(); }
    void packsMatrices();
    void packsLargeMatricesInSlices();
    void keepsTheTypeOfTables();
    void namesWhatIsWrong_data();
    void namesWhatIsWrong();
    void findsNumbersThatAreNotFinite_data();
    void findsNumbersThatAreNotFinite();
    void refusesNumbersThatHalfCannotHold();
    void plansWhatItTakes();
    void stopsBetweenSlices();
    void reportsProgressAndWhatIsUnused();

private:
    void addTypes();
    /// Both layers and the head on one device.
    WeightStore::ItemDevices onDevice() const { return {3, m_device.get()}; }
    /// A loading store over these tensors.
    WeightStore &open(const std::vector<TinyTensor> &tensors, const char *type = "F32",
                      const char *strategy = "cpu");
    /// W x by the device's own product, for a packed matrix.
    std::vector<float> times(const kernels::Weight &w, std::vector<float> x);

    std::unique_ptr<support::FaultyDevice> m_device = support::openFaultyCpu();
    std::string m_bytes;
    std::unique_ptr<WeightStore> m_store;
    std::uint64_t m_progress = 0;
    std::stop_source m_stop;
};

void TestWeightStore::addTypes()
{
    QTest::addColumn<QString>("type");
    for (const char *type : {"F64", "F32", "F16", "BF16"})
        QTest::newRow(type) << type;
}

WeightStore &TestWeightStore::open(const std::vector<TinyTensor> &tensors, const char *type,
                                   const char *strategy)
{
    m_store.reset();
    m_bytes = support::safetensors(tensors, type);
    m_stop = std::stop_source();
    auto file = engine::TensorFile::openBytes(std::as_bytes(std::span(m_bytes)), "test.safetensors");
    m_store = std::make_unique<WeightStore>(
        std::move(file), engine::Placement(engine::parseStrategy(strategy), 2, kernels::Format::F32),
        onDevice(), [this](std::uint64_t done) { m_progress = done; }, m_stop.get_token());
    return *m_store;
}

std::vector<float> TestWeightStore::times(const kernels::Weight &w, std::vector<float> x)
{
    std::vector<float> y(std::size_t(w.rows));
    kernels::Linear linear;
    linear.problem[0].x = kernels::view(x.data(), kernels::DType::F32, 1, w.cols);
    linear.problem[0].w = w;
    linear.problem[0].y = kernels::view(y.data(), kernels::DType::F32, 1, w.rows);
    linear.problems = 1;
    linear.rows = 1;
    m_device->linear(linear);
    return y;
}

void TestWeightStore::convertsVectors()
{
    QFETCH(QString, type);
    const std::vector<float> values = {0, -1.5F, 0.25F, 3, -64}; // exact in every type
    WeightStore &store = open({{"v", {1, 1, 5}, values}, {"m", {5, 1}, values}}, qPrintable(type));
    for (const char *name : {"v", "m"}) {
        const kernels::View view = store.vector(name, {5});
        QCOMPARE(view.dtype, kernels::DType::F32);
        QCOMPARE(std::vector<float>(view.f32(), view.f32() + 5), values);
    }
    QCOMPARE(store.ownBytes(), std::size_t(2 * 5 * 4));
}

void TestWeightStore::packsMatrices()
{
    QFETCH(QString, type);
    const TinyTensor m = ramp("m", 7, 33);
    WeightStore &store = open({m, {"t", {33, 7}, m.values}}, qPrintable(type));
    for (const int column : {0, 5, 32}) { // a unit vector picks a column
        std::vector<float> unit(33);
        unit[std::size_t(column)] = 1;
        const std::vector<float> y = times(store.matrix(0, "m", 7, 33), unit);
        const std::vector<float> t =
            times(store.matrix(0, "t", 7, 33, WeightStore::Orientation::Transposed), unit);
        for (std::size_t row = 0; row < 7; ++row) {
            const float exact = m.values[row * 33 + std::size_t(column)];
            const float wanted =
                type == "BF16" ? kernels::Bf16Format::decode(kernels::Bf16Format::encode(exact)) : exact;
            const float turned = m.values[std::size_t(column) * 7 + row];
            QCOMPARE(y[row], wanted);
            QCOMPARE(t[row], type == "BF16" ? kernels::Bf16Format::decode(kernels::Bf16Format::encode(turned))
                                            : turned);
        }
    }
}

/// 6000 x 1000 floats are 24 MB, three slices; rows behind a border of slices are where they belong.
void TestWeightStore::packsLargeMatricesInSlices()
{
    constexpr std::int64_t kRows = 6000, kCols = 1000;
    TinyTensor m{"m", {kRows, kCols}, std::vector<float>(kRows * kCols)};
    for (std::int64_t r = 0; r < kRows; ++r)
        m.values[std::size_t(r * kCols + 17)] = float(r);
    WeightStore &store = open({m});
    std::vector<float> unit(kCols);
    unit[17] = 1;
    const std::vector<float> y = times(store.matrix(0, "m", kRows, kCols), unit);
    for (std::int64_t r = 0; r < kRows; ++r)
        QCOMPARE(y[std::size_t(r)], float(r));
}

void TestWeightStore::keepsTheTypeOfTables()
{
    WeightStore &store = open({ramp("emb", 3, 4)}, "BF16", "cpu fp32");
    const kernels::View table = store.table("emb", 3, 4);
    QCOMPARE(table.dtype, kernels::DType::BF16);
    QCOMPARE(kernels::Bf16Format::decode(static_cast<const std::uint16_t *>(table.data)[2 * 4 + 0]), 2.0F);
    QCOMPARE(store.ownBytes(), std::size_t(3 * 4 * 2));
}

void TestWeightStore::namesWhatIsWrong_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("message");
    QTest::newRow("missing") << "blocks.9.att.w1"
                             << "blocks.9.att.w1: expected [8, 4], but the file has no such tensor.";
    QTest::newRow("shape") << "wide"
                           << "wide: expected [8, 4], found [8, 5].";
    QTest::newRow("turned") << "turned"
                            << "turned: expected [8, 4], found [4, 8].";
    QTest::newRow("flat") << "flat"
                          << "flat: expected [8, 4], found [32].";
}

void TestWeightStore::namesWhatIsWrong()
{
    QFETCH(QString, name);
    QFETCH(QString, message);
    WeightStore &store =
        open({ramp("wide", 8, 5), ramp("turned", 4, 8), {"flat", {32}, std::vector<float>(32)}});
    const engine::Error error = support::errorOf([&] { store.matrix(0, name.toStdString(), 8, 4); });
    QCOMPARE(error.code(), ErrorCode::BadModel);
    QCOMPARE(QString::fromStdString(error.message()), message);
}

void TestWeightStore::findsNumbersThatAreNotFinite_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<float>("bad");
    QTest::addColumn<int>("at");
    for (const char *type : {"F64", "F32", "F16", "BF16"})
        for (const float bad : {kNan, -kNan, kInfinity, -kInfinity})
            for (const int at : {0, 1023, 1024, 4999}) // both in the vectorised blocks and behind them
                QTest::addRow("%s %g at %d", type, double(bad), at) << type << bad << at;
}

void TestWeightStore::findsNumbersThatAreNotFinite()
{
    QFETCH(QString, type);
    QFETCH(float, bad);
    QFETCH(int, at);
    TinyTensor m{"blocks.1.att.key.weight", {50, 100}, std::vector<float>(5000, 65504.0F)};
    open({m}, qPrintable(type)).matrix(0, m.name, 50, 100); // the largest number of fp16 is fine
    m.values[std::size_t(at)] = bad;
    const auto messageOf = [&](auto &&ask) {
        return support::errorOf([&] { ask(open({m}, qPrintable(type))); });
    };
    for (const engine::Error &error :
         {messageOf([&](WeightStore &s) { s.matrix(0, m.name, 50, 100); }),
          messageOf([&](WeightStore &s) { s.table(m.name, 50, 100); }), messageOf([&](WeightStore &s) {
              s.vector(m.name, {50, 100});
          })}) {
        QCOMPARE(error.code(), ErrorCode::BadModel);
        QCOMPARE(QString::fromStdString(error.message()),
                 "blocks.1.att.key.weight: expected finite numbers, found NaN or infinity.");
    }
}

void TestWeightStore::refusesNumbersThatHalfCannotHold()
{
    TinyTensor m{"m", {16, 100}, std::vector<float>(1600, 1.0F)};
    m.values[1599] = 65519.0F; // still rounds to 65504
    open({m}, "F32", "cpu fp16").matrix(0, "m", 16, 100);
    m.values[1599] = -65520.0F;
    open({m}, "F32", "cpu fp32").matrix(0, "m", 16, 100);
    open({m}, "F32", "cpu bf16").matrix(0, "m", 16, 100);
    for (const char *type : {"F32", "BF16"}) { // as bf16 it is -65536
        const engine::Error error =
            support::errorOf([&] { open({m}, type, "cpu fp16").matrix(0, "m", 16, 100); });
        QCOMPARE(error.code(), ErrorCode::BadModel);
        QVERIFY2(error.message().find("m: holds numbers beyond 65504") == 0, error.message().c_str());
    }
}

void TestWeightStore::plansWhatItTakes()
{
    const std::vector<TinyTensor> tensors = {ramp("m", 70, 33), ramp("v", 1, 9), ramp("emb", 5, 6)};
    const auto take = [](WeightStore &store) {
        store.matrix(1, "m", 70, 33);
        store.vector("v", {9});
        store.table("emb", 5, 6);
    };
    WeightStore &loading = open(tensors, "BF16", "cpu fp16");
    WeightStore planning(loading.file(), loading.placement(), onDevice());
    const int before = m_device->liveAllocations();
    take(planning);
    QCOMPARE(m_device->liveAllocations(), before);
    take(loading);
    QCOMPARE(planning.ownBytes(), loading.ownBytes());
    QVERIFY(planning.ownBytes() >= 70U * 33 * 2 + 9 * 4 + 5 * 6 * 2);
    m_store.reset();
    QCOMPARE(m_device->liveAllocations(), 0);
}

void TestWeightStore::stopsBetweenSlices()
{
    constexpr std::int64_t kRows = 8192, kCols = 1024; // 32 MB, four slices
    WeightStore &store = open({{"m", {kRows, kCols}, std::vector<float>(kRows * kCols)}});
    m_progress = 0;
    WeightStore stopping(
        engine::TensorFile::openBytes(std::as_bytes(std::span(m_bytes)), "test.safetensors"),
        store.placement(), onDevice(),
        [this](std::uint64_t done) {
            m_progress = done;
            m_stop.request_stop();
        },
        m_stop.get_token());
    bool cancelled = false;
    try {
        stopping.matrix(0, "m", kRows, kCols);
    } catch (const engine::LoadCancelled &) {
        cancelled = true;
    }
    QVERIFY(cancelled);
    QVERIFY(m_progress > 0 && m_progress < kRows * kCols * 4U / 2);
}

void TestWeightStore::reportsProgressAndWhatIsUnused()
{
    WeightStore &store = open({ramp("m", 8, 4), ramp("extra", 2, 2), ramp("v", 1, 9)});
    store.matrix(0, "m", 8, 4);
    QCOMPARE(m_progress, std::uint64_t(8 * 4 * 4));
    store.vector("v", {9});
    QCOMPARE(m_progress, std::uint64_t(8 * 4 * 4 + 9 * 4));
    QCOMPARE(store.wantedBytes(), m_progress);
    QCOMPARE(store.unused(), std::vector<std::string>{"extra"});
}

QTEST_APPLESS_MAIN(TestWeightStore)
#include "tst_weight_store.moc"
