// GGUF files of hybrids without attention, and of what GGUF has no form for.
#include "engine/convert.h"
#include "engine/files/stored_vocabulary.h"
#include "engine/tokenizers/tokenizer.h"
#include "support/hybrid_model.h"
#include "support/model_run.h"
#include "support/tensor_compare.h"
#include "support/thrown_error.h"
#include "support/tiny_rwkv456.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using namespace engine;
using namespace support;
using nlohmann::json;

namespace
{

const QString kTokenizers = QStringLiteral(ROOKERY_SOURCE_DIR "/tests/data/tokenizers/");

TinyTensor &named(std::vector<TinyTensor> &tensors, const std::string &name)
{
    return *std::ranges::find(tensors, name, &TinyTensor::name);
}

/// Two heads of 32 that share one of keys and values; with biases, as QRWKV-6 is published.
void shareHeads(std::vector<TinyTensor> &tensors)
{
    for (const char *layer : {"blocks.0.att.", "blocks.1.att."}) {
        for (const char *name : {"key", "value"}) {
            TinyTensor &tensor = named(tensors, std::string(layer) + name + ".weight");
            tensor.shape[0] /= 2;
            tensor.values.resize(tensor.values.size() / 2);
        }
        tensors.push_back(tinyTensor(1, std::string(layer) + "receptance.bias", {64}, 0, 0.5));
        tensors.push_back(tinyTensor(1, std::string(layer) + "key.bias", {32}, 0, 0.5));
        tensors.push_back(tinyTensor(1, std::string(layer) + "value.bias", {32}, 0, 0.5));
    }
}

} // namespace

class TestConvertHybrids : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void goThroughGgufAndBack_data();
    void goThroughGgufAndBack();
    void roundMatricesOnly();
    void takeTheVocabularyOfAJson();
    void refuseOtherWaysToSplit();
    void refuseTooFewRows();
    void refuseOtherFamiliesByName_data();
    void refuseOtherFamiliesByName();

private:
    std::string path(const char *name) const { return m_folder->filePath(QLatin1String(name)).toStdString(); }
    Converted convert(const char *from, const char *to, const std::string &type = {}) const
    {
        ConvertSpec spec;
        spec.input = path(from);
        spec.output = path(to);
        spec.type = type;
        return convertModel(spec, {}, {}, {});
    }
    std::vector<float> logitsOf(const char *name) const
    {
        LoadSpec spec;
        spec.model = path(name);
        spec.strategy = "cpu fp32";
        spec.slots = 1;
        EngineOptions options;
        options.threads = 1;
        LoadedModel model = loadModel(spec, options, {}, {});
        return runTokens(model, {1, 200, 3, 77, 5}, 2);
    }
    std::vector<TinyTensor> tensorsOf(const QString &name) const
    {
        return hybridTensors(hybridGolden(name), 1);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestConvertHybrids::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

void TestConvertHybrids::goThroughGgufAndBack_data()
{
    QTest::addColumn<QString>("golden");
    QTest::addColumn<bool>("sharesHeads");
    QTest::addColumn<QString>("architecture");
    QTest::newRow("ARWKV-7") << "arwkv7-1" << false << "arwkv7";
    QTest::newRow("ARWKV-7 without gate") << "arwkv7-no-gate-1" << false << "arwkv7";
    QTest::newRow("ARWKV-7 with a norm of heads") << "arwkv7-ln-x-1" << false << "arwkv7";
    QTest::newRow("QRWKV-6") << "qrwkv6-plain-1" << false << "rwkv6qwen2";
    QTest::newRow("QRWKV-6, shared heads, biases") << "qrwkv6-plain-1" << true << "rwkv6qwen2";
}

/// With the epsilon of config.json, which is far from the usual one here.
void TestConvertHybrids::goThroughGgufAndBack()
{
    QFETCH(QString, golden);
    QFETCH(bool, sharesHeads);
    QFETCH(QString, architecture);
    auto tensors = tensorsOf(golden);
    for (TinyTensor &tensor : tensors) // as BlinkDL's files have vectors
        for (const char *end : {".w0", ".a0", ".v0", ".k_k", ".k_a"})
            if (tensor.name.ends_with(end)) tensor.shape = {1, 1, tensor.shape[0]};
    if (sharesHeads) shareHeads(tensors);
    json config = hybridGolden(golden)["config"];
    config["config.rms_norm_eps"] = "0.25";
    writeBytes(path("original.safetensors"), withMetadata(tensors, config));
    convert("original.safetensors", "out.gguf");
    convert("out.gguf", "back.safetensors");
    const auto gguf = TensorFile::open(path("out.gguf"));
    QCOMPARE(gguf->metadata().at("gguf.general.architecture"), architecture.toStdString());
    const std::string arch = "gguf." + architecture.toStdString();
    QCOMPARE(gguf->metadata().at(arch + ".token_shift_count"), std::string("1"));
    QCOMPARE(gguf->metadata().at(arch + ".attention.layer_norm_rms_epsilon"), std::string("0.25"));
    if (architecture == QLatin1String("rwkv6qwen2"))
        QCOMPARE(gguf->metadata().at(arch + ".attention.head_count_kv"),
                 std::string(sharesHeads ? "1" : "2"));
    const auto want = TensorFile::open(path("original.safetensors"));
    const std::vector<float> logits = logitsOf("original.safetensors");
    for (const char *name : {"out.gguf", "back.safetensors"}) {
        const QString difference = firstDifference(*want, *TensorFile::open(path(name)));
        QVERIFY2(difference.isEmpty(), qPrintable(difference));
        QVERIFY2(logitsOf(name) == logits, name);
    }
    config["config.rms_norm_eps"] = "1e-06"; // so the epsilon is one that can be seen
    writeBytes(path("other.safetensors"), withMetadata(tensors, config));
    QVERIFY(logitsOf("other.safetensors") != logits);
}

void TestConvertHybrids::roundMatricesOnly()
{
    writeBytes(path("original.safetensors"),
               withMetadata(tensorsOf("qrwkv6-plain-1"), {{"config.head_dim", "32"}}));
    convert("original.safetensors", "q8.gguf", "q8_0");
    const auto got = TensorFile::open(path("q8.gguf"));
    const auto type = [&](const char *name) { return std::string(nameOf(got->find(name)->type)); };
    QCOMPARE(type("blocks.1.ffn.gate.weight"), std::string("q8_0"));
    QCOMPARE(type("blocks.1.att.gate.weight"), std::string("q8_0"));
    QCOMPARE(type("blocks.1.ffn.down.weight"), std::string("fp16")); // rows of 56 are no whole blocks
    for (const char *name : {"blocks.0.att.time_maa_w1", "blocks.0.att.time_decay_w2", "blocks.0.ln2.weight"})
        QCOMPARE(type(name), std::string("fp32"));
    QCOMPARE(got->metadata().at("gguf.general.file_type"), std::string("7"));
}

/// The ids are those of Hugging Face's tokenizers.
void TestConvertHybrids::takeTheVocabularyOfAJson()
{
    auto tensors = tensorsOf("arwkv7-1");
    for (const char *name : {"emb.weight", "head.weight"}) {
        TinyTensor &tensor = named(tensors, name);
        tensor.values.resize(std::size_t(400 * tensor.shape[1]));
        tensor.shape[0] = 400;
    }
    writeBytes(path("model.safetensors"), safetensors(tensors));
    QVERIFY(QFile::copy(kTokenizers + QStringLiteral("qwen-like.json"),
                        m_folder->filePath(QStringLiteral("tokenizer.json"))));
    writeBytes(path("tokenizer_config.json"),
               R"({"bos_token": null, "eos_token": "<|im_end|>", "chat_template": "{{ x }}"})");
    convert("model.safetensors", "out.gguf");
    QVERIFY(QFile::remove(m_folder->filePath(QStringLiteral("tokenizer.json"))));
    const auto file = TensorFile::open(path("out.gguf"));
    const StoredVocabulary &stored = *file->vocabulary();
    QCOMPARE(stored.model, std::string("gpt2"));
    QCOMPARE(stored.pre, std::string("qwen2"));
    QCOMPARE(stored.tokens.size(), std::size_t(400));
    QCOMPARE(stored.tokens[220], std::string("\u0120")); // a blank, written as Ġ
    QCOMPARE(stored.types[220], 1);
    QCOMPARE(stored.tokens[361], std::string("<|im_start|>"));
    QCOMPARE(stored.types[361], 3);
    QCOMPARE(stored.tokens[363], std::string("<think>"));
    QCOMPARE(stored.types[363], 4);
    QCOMPARE(stored.tokens[399], std::string("[PAD399]"));
    QCOMPARE(stored.types[399], 5);
    QCOMPARE(stored.eos, std::int64_t(362));
    QCOMPARE(stored.bos, std::int64_t(-1));
    QCOMPARE(stored.chatTemplate, std::string("{{ x }}"));

    const auto tokenizer = makeTokenizer(stored);
    QFile file2(kTokenizers + QStringLiteral("bpe-ids.json"));
    QVERIFY(file2.open(QIODevice::ReadOnly));
    const json cases = json::parse(file2.readAll().toStdString());
    QVERIFY(cases.size() > 10);
    for (const json &one : cases)
        QCOMPARE(tokenizer->encodeMarked(one["text"].get<std::string>()),
                 one["qwen"].get<std::vector<int>>());
}

void TestConvertHybrids::refuseOtherWaysToSplit()
{
    writeBytes(path("model.safetensors"), safetensors(tensorsOf("arwkv7-1")));
    QFile file(kTokenizers + QStringLiteral("qwen-like.json"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    json tree = json::parse(file.readAll().toStdString());
    tree["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"] = "[a-z]+";
    writeBytes(path("tokenizer.json"), tree.dump());
    auto tensors = tensorsOf("arwkv7-1");
    for (const char *name : {"emb.weight", "head.weight"}) {
        TinyTensor &tensor = named(tensors, name);
        tensor.values.resize(std::size_t(400 * tensor.shape[1]));
        tensor.shape[0] = 400;
    }
    writeBytes(path("model.safetensors"), safetensors(tensors));
    const Error error = errorOf([&] { convert("model.safetensors", "out.gguf"); });
    QVERIFY(error.code() == ErrorCode::UnsupportedModel);
    QVERIFY2(error.message().find("[a-z]+") != std::string::npos, error.message().c_str());
    QVERIFY(!QFile::exists(m_folder->filePath(QStringLiteral("out.gguf"))));
}

void TestConvertHybrids::refuseTooFewRows()
{
    writeBytes(path("model.safetensors"), safetensors(tensorsOf("arwkv7-1")));
    QVERIFY(QFile::copy(kTokenizers + QStringLiteral("qwen-like.json"),
                        m_folder->filePath(QStringLiteral("tokenizer.json"))));
    const Error error = errorOf([&] { convert("model.safetensors", "out.gguf"); });
    QVERIFY(error.code() == ErrorCode::BadTokenizer);
    QVERIFY2(error.message().find("365") != std::string::npos, error.message().c_str());
}

void TestConvertHybrids::refuseOtherFamiliesByName_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("says");
    QTest::newRow("RWKV-4") << "4"
                            << "rwkv4";
    QTest::newRow("RWKV-5.2") << "5.2"
                              << "rwkv5.2";
    for (const char *name : {"cxa073", "cxa075", "cxa076", "cxa076r", "hxa079", "hxa07a"})
        QTest::newRow(name) << QString::fromLatin1(name) + QStringLiteral("-1") << "rwkv-hybrid";
    QTest::newRow("heads wider than the model") << "qrwkv6-1"
                                                << "expects 48 rows";
    QTest::newRow("a bias") << "arwkv7-1+blocks.1.att.key.bias"
                            << "blocks.1.att.key.bias";
    QTest::newRow("another tensor") << "arwkv7-1+blocks.1.att.owl"
                                    << "blocks.1.att.owl";
}

void TestConvertHybrids::refuseOtherFamiliesByName()
{
    QFETCH(QString, what);
    QFETCH(QString, says);
    const QStringList parts = what.split(QLatin1Char('+'));
    if (what.size() < 4) {
        writeBytes(path("model.safetensors"),
                   safetensors(TinyRwkv456(1, {.family = what.toStdString()}).tensors));
    } else {
        const json golden = hybridGolden(parts[0]);
        auto tensors = hybridTensors(golden, 1);
        if (parts.size() > 1) tensors.push_back(tinyTensor(1, parts[1].toStdString(), {48}, 0, 1));
        writeBytes(path("model.safetensors"), withMetadata(tensors, golden["config"]));
    }
    const Error error = errorOf([&] { convert("model.safetensors", "out.gguf"); });
    QVERIFY2(error.code() == ErrorCode::UnsupportedModel, error.message().c_str());
    QVERIFY2(error.message().find(says.toStdString()) != std::string::npos, error.message().c_str());
    QVERIFY(!QFile::exists(m_folder->filePath(QStringLiteral("out.gguf"))));
}

QTEST_APPLESS_MAIN(TestConvertHybrids)
#include "tst_convert_hybrids.moc"
