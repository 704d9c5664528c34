// Adapters against weights merged by hand in float64: every layout of rwkv-infer §5 in a file made here.
#include "engine/adapters/merge.h"
#include "support/hand_merge.h"
#include "support/model_run.h"
#include "support/pickle_writer.h"
#include "support/thrown_error.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using engine::AdapterBlocks;
using engine::AdapterUse;
using engine::ErrorCode;
using support::blocks;
using support::dora;
using support::doraOfRows;
using support::kRank;
using support::lora;
using support::made;
using support::Maker;
using support::Matrix;
using support::matrixOf;
using support::pissa;
using support::shards;
using support::stackedBlocks;
using support::Tensors;
using support::TinyTensor;

namespace
{

constexpr support::TinyShape kShape;
/// A square matrix, one with more outputs and one with more inputs.
constexpr const char *kTargets[] = {"blocks.0.att.key", "blocks.1.ffn.key", "blocks.1.ffn.value"};

std::string pthOf(const Tensors &tensors, const std::string &prefix = {}, const std::string &ending = {})
{
    using namespace support::pickle;
    std::vector<std::string> items, storages;
    for (const TinyTensor &t : tensors) {
        std::vector<std::int64_t> strides(t.shape.size(), 1);
        for (std::size_t i = t.shape.size(); i-- > 1;)
            strides[i - 1] = strides[i] * t.shape[i];
        items.push_back(text(prefix + t.name + ending));
        items.push_back(
            tensor(storage("Float", std::to_string(storages.size()), std::int64_t(t.values.size())), 0,
                   t.shape, strides));
        storages.emplace_back(reinterpret_cast<const char *>(t.values.data()), 4 * t.values.size());
    }
    return pth(dict(items), storages);
}

std::string renamed(Tensors tensors, const std::string &prefix, const std::string &ending)
{
    for (TinyTensor &t : tensors)
        t.name = prefix + t.name + ending;
    return support::safetensors(tensors);
}

std::vector<float> logitsOf(engine::LoadedModel &model)
{
    return support::runTokens(model, support::tinyTokens(1, 8), 8);
}

bool sameBits(const std::vector<float> &a, const std::vector<float> &b)
{
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

} // namespace

class TestAdapters : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void isMergedAsByHand_data();
    void isMergedAsByHand();
    void everyPrecisionIsMergedFromTheSource_data();
    void everyPrecisionIsMergedFromTheSource();
    void readsFoldersOfHuggingFace_data();
    void readsFoldersOfHuggingFace();
    void stacksInOrder();
    void replacesTensors();
    void takesInitFileOfPissa();
    void refusesWhatDoesNotFit_data();
    void refusesWhatDoesNotFit();
    void refusedStackLeavesTheFormerOne();
    void loadsWithAdapters();

private:
    std::string path(const std::string &name) const
    {
        return m_folder.filePath(QString::fromStdString(name)).toStdString();
    }
    std::string write(const std::string &name, const std::string &bytes) const
    {
        support::writeBytes(path(name), bytes);
        return path(name);
    }
    engine::LoadedModel load(const std::string &file, const std::string &strategy = "cpu fp32",
                             const std::vector<AdapterUse> &adapters = {}) const;
    std::vector<float> baseLogits() const
    {
        auto model = load("base.safetensors");
        return logitsOf(model);
    }
    /// Applies `maker` to all targets in float64; returns the adapter's tensors and writes the merged model.
    Tensors merge(const Maker &maker, double s, Tensors &model) const;
    /// Bits of the logits with the adapters set on the loaded base, those of the merged file, and of the base
    /// after the adapters were removed.
    void compare(const std::vector<AdapterUse> &uses, const std::string &strategy = "cpu fp32") const;

    QTemporaryDir m_folder;
    Tensors m_base;
};

void TestAdapters::initTestCase()
{
    QVERIFY(m_folder.isValid());
    m_base = support::TinyRwkv7(3, kShape).tensors;
    write("base.safetensors", support::safetensors(m_base));
}

engine::LoadedModel TestAdapters::load(const std::string &file, const std::string &strategy,
                                       const std::vector<AdapterUse> &adapters) const
{
    engine::LoadSpec spec;
    spec.model = path(file);
    spec.strategy = strategy;
    spec.slots = 4;
    spec.adapters = adapters;
    engine::EngineOptions options;
    options.threads = 1;
    return engine::loadModel(spec, options, {}, {});
}

Tensors TestAdapters::merge(const Maker &maker, double s, Tensors &model) const
{
    Tensors file;
    for (const char *target : kTargets) {
        const auto found = std::find_if(model.begin(), model.end(), [&](const TinyTensor &t) {
            return t.name == std::string(target) + ".weight";
        });
        Matrix w = matrixOf(*found);
        maker(target, w, file, s);
        std::size_t i = 0;
        for (const auto &row : w)
            for (const double x : row)
                found->values[i++] = float(x);
    }
    return file;
}

void TestAdapters::compare(const std::vector<AdapterUse> &uses, const std::string &strategy) const
{
    auto merged = load("merged.safetensors", strategy);
    auto model = load("base.safetensors", strategy);
    const std::vector<float> base = logitsOf(model);
    engine::adapters::Stack stack;
    for (const AdapterUse &use : uses)
        stack.push_back(std::make_shared<engine::adapters::AdapterFile>(use));
    bool isLost = true;
    engine::adapters::change(*model.weights, {}, stack, isLost);
    QVERIFY(!isLost);
    const std::vector<float> changed = logitsOf(model);
    QVERIFY(sameBits(changed, logitsOf(merged)));
    QVERIFY(!sameBits(changed, base));
    engine::adapters::change(*model.weights, stack, {}, isLost);
    QVERIFY(sameBits(logitsOf(model), base));
}

void TestAdapters::isMergedAsByHand_data()
{
    QTest::addColumn<Maker>("maker");
    QTest::addColumn<double>("factor");  // of the change, by hand
    QTest::addColumn<AdapterUse>("use"); // without its path
    const auto row = [](const char *name, const Maker &maker, double factor, AdapterUse use) {
        QTest::newRow(name) << maker << factor << use;
    };
    AdapterUse plain, strong, alpha, outputs;
    strong.scale = 1.5F;
    alpha.alpha = 16;
    alpha.scale = 0.25F;
    outputs.blocks = AdapterBlocks::Outputs;
    row("LoRA, alpha unknown", lora, 1, plain);
    row("LoRA, scale", lora, 1.5, strong);
    row("LoRA, alpha / rank and scale", lora, 0.25 * 16 / kRank, alpha);
    row("DoRA", dora, 1, plain);
    row("DoRA, alpha", dora, 0.25 * 16 / kRank, alpha);
    row("DoRA of rows", doraOfRows, 1, plain);
    row("PiSSA", pissa, 1, plain);
    row("Bone", blocks(".bone", false), 1, plain);
    row("Bone, scale", blocks(".bone", false), 1.5, strong);
    row("Bat", blocks(".disha", false), 1, plain);
    row("Bone of outputs", blocks(".bone", true), 1, outputs);
    row("Bone of outputs, stacked", stackedBlocks, 1, plain);
    row("MiSS, blocks of outputs", blocks(".miss_block", true), 1, plain);
    row("Bone, shards", shards(".bone", kRank), 1, plain);
    row("DiSHA, shards that do not divide the inputs", shards(".disha", 7), 1, plain);
    row("MiSS", shards(".miss_block", kRank), 1.5, strong);
    row("MiSS mini", shards(".miss_block", kRank, 16), 1, plain);
    row("Hugging Face Bone", shards(".bone_block", kRank), 1, plain);
}

void TestAdapters::isMergedAsByHand()
{
    QFETCH(Maker, maker);
    QFETCH(double, factor);
    QFETCH(AdapterUse, use);
    Tensors model = m_base;
    use.path = write("adapter.pth", pthOf(merge(maker, factor, model)));
    write("merged.safetensors", support::safetensors(model));
    compare({use});
}

void TestAdapters::everyPrecisionIsMergedFromTheSource_data()
{
    QTest::addColumn<QString>("format");
#define X(name, traits, text) QTest::newRow(text) << text;
    KERNELS_ALL_FORMATS(X)
#undef X
}

void TestAdapters::everyPrecisionIsMergedFromTheSource()
{
    QFETCH(QString, format);
    Tensors model = m_base;
    AdapterUse use;
    use.path = write("adapter.pth", pthOf(merge(dora, 1, model)));
    write("merged.safetensors", support::safetensors(model));
    compare({use}, "cpu " + format.toStdString());
}

void TestAdapters::readsFoldersOfHuggingFace_data()
{
    QTest::addColumn<QByteArray>("config");
    QTest::addColumn<double>("factor");
    QTest::newRow("alpha / rank") << QByteArray(R"({"peft_type": "LORA", "lora_alpha": 32, "r": 8})") << 4.0;
    QTest::newRow("rsLoRA") << QByteArray(R"({"peft_type": "LORA", "lora_alpha": 32, "use_rslora": true})")
                            << 32 / std::sqrt(8.0);
    QTest::newRow("alpha of some")
        << QByteArray(
               R"({"peft_type": "LORA", "lora_alpha": 1, "alpha_pattern": {"att.key": 4, "blocks.1.ffn.key": 4, "ffn.value": 4}})")
        << 0.5;
}

void TestAdapters::readsFoldersOfHuggingFace()
{
    QFETCH(QByteArray, config);
    QFETCH(double, factor);
    QVERIFY(QDir(m_folder.path()).mkpath("hf"));
    Tensors model = m_base;
    const Tensors tensors = merge(lora, factor, model);
    write("hf/adapter_model.safetensors", renamed(tensors, "base_model.model.", ".weight"));
    write("hf/adapter_config.json", config.toStdString());
    write("merged.safetensors", support::safetensors(model));
    AdapterUse use;
    use.path = path("hf");
    compare({use});
}

void TestAdapters::stacksInOrder()
{
    Tensors model = m_base;
    AdapterUse first, second, third;
    first.path = write("first.pth", pthOf(merge(lora, 1, model), "model."));
    second.path = write("second.pth", pthOf(merge(dora, 2, model)));
    second.scale = 2;
    third.path = write("third.pth", pthOf(merge(blocks(".bone", false), 0.5, model)));
    third.scale = 0.5F;
    write("merged.safetensors", support::safetensors(model));
    auto merged = load("merged.safetensors"),
         model1 = load("base.safetensors", "cpu fp32", {first, second, third});
    // By hand each was rounded to fp32 before the next: every weight may be off by some 2^-24 of itself.
    const std::vector<float> a = logitsOf(merged), b = logitsOf(model1);
    double largest = 0, difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        largest = std::max(largest, std::abs(double(a[i])));
        difference = std::max(difference, std::abs(double(a[i]) - double(b[i])));
    }
    QVERIFY2(difference < 64 * 0x1p-23 * largest, qPrintable(QString::number(difference / largest)));
    auto other = load("base.safetensors", "cpu fp32", {third, second, first});
    QVERIFY(!sameBits(logitsOf(other), b));
}

void TestAdapters::replacesTensors()
{
    Tensors model = m_base, file = merge(lora, 1, model);
    for (TinyTensor &t : model) {
        if (t.name != "ln_out.weight" && t.name != "blocks.1.att.x_k" && t.name != "blocks.1.att.w1" &&
            t.name != "emb.weight")
            continue;
        t.values = made("new " + t.name, t.shape, 1).values;
        file.push_back(t);
    }
    QCOMPARE(file.size(), std::size_t(6 + 4));
    write("merged.safetensors", support::safetensors(model));
    AdapterUse use;
    use.path = write("adapter.pth", pthOf(file));
    compare({use});
}

void TestAdapters::takesInitFileOfPissa()
{
    Tensors model = m_base, all = merge(pissa, 1, model), own, init;
    for (TinyTensor &t : all)
        (t.name.find("init_") == std::string::npos ? own : init).push_back(t);
    write("merged.safetensors", support::safetensors(model));
    AdapterUse use;
    use.path = write("adapter.pth", pthOf(own));
    use.pissaInit = write("init_pissa.pth", pthOf(init, "model."));
    compare({use});
}

void TestAdapters::refusesWhatDoesNotFit_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QByteArray>("part");
    const auto row = [](const char *name, const Tensors &tensors, const char *part) {
        QTest::newRow(name) << QByteArray::fromStdString(pthOf(tensors)) << QByteArray(part);
    };
    const std::string key = "blocks.0.att.key";
    row("another width", {made(key + ".lora_A", {8, 128}, 1), made(key + ".lora_B", {128, 8}, 1)},
        "blocks.0.att.key.lora_A: expected [8, 64], found [8, 128]");
    row("ranks that differ", {made(key + ".lora_A", {8, 64}, 1), made(key + ".lora_B", {64, 4}, 1)},
        "blocks.0.att.key.lora_B: expected [64, 8], found [64, 4]");
    row("another number of layers",
        {made("blocks.7.att.key.lora_A", {8, 64}, 1), made("blocks.7.att.key.lora_B", {64, 8}, 1)},
        "the model has no matrix blocks.7.att.key");
    row("half of a LoRA", {made(key + ".lora_A", {8, 64}, 1)}, "expected lora_A and lora_B");
    row("a LoRA of one dimension", {made(key + ".lora_A", {64}, 1), made(key + ".lora_B", {64, 1}, 1)},
        "expected [rank, 64]");
    row("magnitudes of rows",
        {made(key + ".lora_A", {8, 64}, 1), made(key + ".lora_B", {64, 8}, 1),
         made(key + ".lora_M", {1, 32}, 1)},
        "lora_M: expected [1, 64]");
    row("Bone of another width", {made(key + ".bone", {3, 8, 8}, 1)},
        "blocks.0.att.key.bone: expected blocks");
    row("Bone without numbers", {made(key + ".bone", {0, 8, 8}, 1)}, "expected blocks");
    row("a vector", {made("ln_out.lora_A", {8, 64}, 1), made("ln_out.lora_B", {64, 8}, 1)},
        "expected a matrix to change");
    row("a replacement of another shape",
        {made(key + ".lora_A", {8, 64}, 1), made(key + ".lora_B", {64, 8}, 1), made("ln_out.bias", {65}, 1)},
        "ln_out.bias: expected [64], found [65]");
    row("a replacement of nothing",
        {made(key + ".lora_A", {8, 64}, 1), made(key + ".lora_B", {64, 8}, 1), made("step", {1}, 1)},
        "step: the model has no such tensor");
    Tensors infinite = {made(key + ".lora_A", {8, 64}, 1), made(key + ".lora_B", {64, 8}, 1)};
    infinite[1].values[5] = INFINITY;
    row("infinity", infinite, "blocks.0.att.key.lora_B: expected finite numbers");
    row("no adapter", {made("emb.weight", {256, 64}, 1)}, "expected an adapter");
    row("AdaLoRA", {made(key + ".lora_E", {8, 1}, 1)}, "AdaLoRA");
}

void TestAdapters::refusesWhatDoesNotFit()
{
    QFETCH(QByteArray, file);
    QFETCH(QByteArray, part);
    AdapterUse use;
    use.path = write("adapter.pth", file.toStdString());
    const engine::Error error = support::errorOf([&] { load("base.safetensors", "cpu", {use}); });
    QVERIFY(error.code() == ErrorCode::BadModel || error.code() == ErrorCode::UnsupportedModel);
    QVERIFY2(error.message().find(part.toStdString()) != std::string::npos, error.message().c_str());
}

void TestAdapters::refusedStackLeavesTheFormerOne()
{
    Tensors model = m_base;
    AdapterUse good, bad;
    good.path = write("good.pth", pthOf(merge(lora, 1, model)));
    Tensors huge = merge(lora, 1, model);
    for (TinyTensor &t : huge)
        for (float &x : t.values)
            x *= 1e3F;
    bad.path = write("bad.pth", pthOf(huge));
    auto loaded = load("base.safetensors", "cpu fp16", {good});
    const std::vector<float> before = logitsOf(loaded);
    const engine::adapters::Stack next = {std::make_shared<engine::adapters::AdapterFile>(bad)};
    bool isLost = false;
    const engine::Error error =
        support::errorOf([&] { engine::adapters::change(*loaded.weights, loaded.adapters, next, isLost); });
    QCOMPARE(error.code(), ErrorCode::BadModel); // beyond what fp16 can hold
    QVERIFY2(error.message().find("blocks.0.att.key.weight") != std::string::npos, error.message().c_str());
    QVERIFY(!isLost);
    QVERIFY(sameBits(logitsOf(loaded), before));
}

void TestAdapters::loadsWithAdapters()
{
    Tensors model = m_base;
    AdapterUse use;
    use.path = write("adapter.pth", pthOf(merge(lora, 1, model)));
    write("merged.safetensors", support::safetensors(model));
    auto merged = load("merged.safetensors"), loaded = load("base.safetensors", "cpu fp32", {use});
    QVERIFY(sameBits(logitsOf(loaded), logitsOf(merged)));
    QVERIFY(!sameBits(logitsOf(loaded), baseLogits()));
    QCOMPARE(loaded.adapters.size(), std::size_t(1));
}

QTEST_APPLESS_MAIN(TestAdapters)
#include "tst_adapters.moc"
