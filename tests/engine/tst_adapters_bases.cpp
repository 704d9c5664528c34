// Adapters over bases of other kinds: hybrids, under BlinkDL's and under the names of transformers, and GGUF.
#include "engine/convert.h"
#include "engine/error.h"
#include "support/family_golden.h"
#include "support/hand_merge.h"
#include "support/hybrid_model.h"
#include "support/model_run.h"

#include <QTemporaryDir>
#include <QTest>

using namespace support;
using engine::AdapterUse;

namespace
{

Matrix matrixNamed(const Tensors &tensors, const std::string &name)
{
    return matrixOf(*std::ranges::find(tensors, name + ".weight", &TinyTensor::name));
}

void put(Tensors &tensors, const std::string &name, const Matrix &w)
{
    TinyTensor &tensor = *std::ranges::find(tensors, name + ".weight", &TinyTensor::name);
    std::size_t at = 0;
    for (const auto &row : w)
        for (const double x : row)
            tensor.values[at++] = float(x);
}

} // namespace

class TestAdaptersBases : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_folder.isValid()); }
    void hybridsAreChanged_data();
    void hybridsAreChanged();
    void namesOfTransformersAreKnown();
    void ggufIsChanged_data();
    void ggufIsChanged();

private:
    std::string write(const char *name, const std::string &bytes) const
    {
        const std::string path = m_folder.filePath(QString::fromLatin1(name)).toStdString();
        writeBytes(path, bytes);
        return path;
    }
    engine::LoadedModel load(const std::string &model, const std::string &adapter = {}) const
    {
        engine::LoadSpec spec;
        spec.model = model;
        spec.strategy = "cpu fp32 emb=fp32"; // blocks would be rounded to fp16
        spec.slots = 4;
        if (!adapter.empty()) spec.adapters.emplace_back().path = adapter;
        return engine::loadModel(spec, {}, {}, {});
    }
    /// Adapter over base = merged by hand, bit for bit; taken away = base.
    void compare(const std::string &base, const std::string &adapter, const std::string &merged) const
    {
        const std::vector<int> tokens = tinyTokens(3, 12);
        engine::LoadedModel changed = load(base, adapter), hand = load(merged), plain = load(base);
        const std::vector<float> want = runTokens(hand, tokens, 100), before = runTokens(plain, tokens, 100);
        QVERIFY(sameBits(runTokens(changed, tokens, 100), want));
        QVERIFY(distance(want, before) > 0.05);
        bool isLost = false;
        engine::adapters::change(*changed.weights, changed.adapters, {}, isLost);
        QVERIFY(!isLost);
        QVERIFY(sameBits(runTokens(changed, tokens, 100), before));
    }

    QTemporaryDir m_folder;
};

void TestAdaptersBases::hybridsAreChanged_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QStringList>("matrices");
    QTest::newRow("attention and recurrence")
        << "hxa079-1" << QStringList{"blocks.1.att.q_proj", "blocks.1.att.v_proj", "blocks.0.att.receptance"};
    QTest::newRow("channel mix and head")
        << "hxa079-2" << QStringList{"blocks.2.ffn.down", "blocks.1.ffn.gate", "head"};
    QTest::newRow("QRWKV-6") << "qrwkv6-1"
                             << QStringList{"blocks.0.att.key", "blocks.1.att.gate", "blocks.1.ffn.up"};
    QTest::newRow("ARWKV-7") << "arwkv7-1" << QStringList{"blocks.0.att.value", "blocks.1.att.output"};
}

void TestAdaptersBases::hybridsAreChanged()
{
    QFETCH(QString, model);
    QFETCH(QStringList, matrices);
    const int seed = model.right(1).toInt();
    const nlohmann::json golden = hybridGolden(model);
    const Tensors base = hybridTensors(golden, seed);
    Tensors merged = base, adapter;
    for (const QString &matrix : matrices) {
        const std::string name = matrix.toStdString();
        Matrix w = matrixNamed(base, name);
        lora(name, w, adapter, 1);
        put(merged, name, w);
    }
    compare(write("base.safetensors", withMetadata(base, golden["config"])),
            write("lora.safetensors", safetensors(adapter)),
            write("merged.safetensors", withMetadata(merged, golden["config"])));
}

/// Hugging Face PEFT over a hybrid: q_proj is attention's in one layer and the receptance in another.
void TestAdaptersBases::namesOfTransformersAreKnown()
{
    const std::pair<std::string, std::string> matrices[] = {
        {"blocks.1.att.q_proj", "layers.1.self_attn.q_proj"},
        {"blocks.0.att.receptance", "layers.0.self_attn.q_proj"},
        {"blocks.2.att.output", "layers.2.self_attn.o_proj"},
        {"blocks.3.ffn.gate", "layers.3.mlp.gate_proj"},
        {"head", "lm_head"}};
    const nlohmann::json golden = hybridGolden(QStringLiteral("hxa079-1"));
    const Tensors base = hybridTensors(golden, 1);
    Tensors merged = base, adapter;
    for (const auto &[ours, theirs] : matrices) {
        Matrix w = matrixNamed(base, ours);
        lora(ours, w, adapter, 1);
        put(merged, ours, w);
        for (std::size_t i = adapter.size() - 2; i < adapter.size(); ++i) {
            std::string &name = adapter[i].name;
            name = "base_model.model." + std::string(theirs == "lm_head" ? "" : "model.") + theirs +
                   name.substr(ours.size()) + ".weight";
        }
    }
    compare(write("base.safetensors", withMetadata(base, golden["config"])),
            write("lora.safetensors", safetensors(adapter)),
            write("merged.safetensors", withMetadata(merged, golden["config"])));
}

void TestAdaptersBases::ggufIsChanged_data()
{
    QTest::addColumn<QString>("type");
    for (const char *type : {"fp32", "bf16", "q8_0", "q4_0"})
        QTest::newRow(type) << QString::fromLatin1(type);
}

/// The base is what the file's blocks hold: merging by hand starts from those numbers.
void TestAdaptersBases::ggufIsChanged()
{
    QFETCH(QString, type);
    constexpr TinyShape kShape{2, 64, 32, 256};
    const auto path = [&](const char *name) {
        return m_folder.filePath(QString::fromLatin1(name)).toStdString();
    };
    engine::ConvertSpec convert;
    convert.input = write("source.safetensors", safetensors(TinyRwkv7(1, kShape).tensors));
    convert.output = path("base.gguf");
    convert.type = type.toStdString();
    convert.overwrite = true;
    engine::convertModel(convert, {}, {}, {});
    convert.input = convert.output; // its numbers, exactly
    convert.output = path("decoded.safetensors");
    convert.type = "fp32";
    engine::convertModel(convert, {}, {}, {});

    Tensors adapter, merged;
    const auto decoded = engine::TensorFile::open(path("decoded.safetensors"));
    for (const engine::TensorEntry &entry : decoded->tensors()) {
        TinyTensor tensor{entry.name, entry.shape, std::vector<float>(std::size_t(entry.elements()))};
        decoded->read(entry, 0, std::as_writable_bytes(std::span(tensor.values)));
        merged.push_back(std::move(tensor));
    }
    for (const char *name : {"blocks.0.att.key", "blocks.1.ffn.value", "blocks.1.att.output"}) {
        Matrix w = matrixNamed(merged, name);
        lora(name, w, adapter, 1);
        put(merged, name, w);
    }
    compare(path("base.gguf"), write("lora.safetensors", safetensors(adapter)),
            write("merged.safetensors", safetensors(merged)));
}

QTEST_APPLESS_MAIN(TestAdaptersBases)
#include "tst_adapters_bases.moc"
