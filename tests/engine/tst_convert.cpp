#include "engine/convert.h"
#include "engine/engine.h"
#include "engine/files/stored_vocabulary.h"
#include "engine/model_loader.h"
#include "support/event_recorder.h"
#include "support/gguf_writer.h"
#include "support/tensor_compare.h"
#include "support/thrown_error.h"
#include "support/tiny_rwkv7.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QtTest>

using namespace engine;
using namespace support;

namespace
{

ConvertSpec specOf(const std::string &input, const std::string &output, const std::string &type = {},
                   bool overwrite = false)
{
    ConvertSpec spec;
    spec.input = input;
    spec.output = output;
    spec.type = type;
    spec.overwrite = overwrite;
    return spec;
}

} // namespace

class TestConvert : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void goesThroughEveryFormatAndBack_data();
    void goesThroughEveryFormatAndBack();
    void goesBackFromSix();
    void roundsToTheTypeAskedFor_data();
    void roundsToTheTypeAskedFor();
    void quantisesMatricesOnly();
    void keepsBlocksAsStored();
    void putsTheVocabularyIntoGguf();
    void marksTheEndOfWorldVocabularies();
    void keepsTheConfig();
    void refusesNumbersBeyondHalf();
    void refuses_data();
    void refuses();
    void replacesOnlyIfToldTo();
    void leavesNothingBehindWhenStopped();
    void writesSoundChecksums();
    void tellsItsProgress();

private:
    std::string path(const QString &name) const { return m_folder->filePath(name).toStdString(); }
    std::string model(const QString &name, const std::string &type = "F32") const
    {
        writeBytes(path(name), safetensors(TinyRwkv7(1, {}).tensors, type));
        return path(name);
    }
    Converted convert(const std::string &from, const QString &to, const std::string &type = {}) const
    {
        return convertModel(specOf(from, path(to), type), {}, {}, {});
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestConvert::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

void TestConvert::goesThroughEveryFormatAndBack_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("way"); // endings
    const QStringList ways = {QStringLiteral("pth"), QStringLiteral("gguf"),
                              QStringLiteral("safetensors pth gguf")};
    for (const QString &way : ways)
        QTest::addRow("fp32 %s", qPrintable(way)) << "F32" << way;
    QTest::newRow("bf16 pth") << "BF16"
                              << "pth";
    QTest::newRow("fp16 pth") << "F16"
                              << "pth";
    QTest::newRow("fp64 pth") << "F64"
                              << "pth";
}

void TestConvert::goesThroughEveryFormatAndBack()
{
    QFETCH(QString, type);
    QFETCH(QString, way);
    const std::string original = model(QStringLiteral("original.safetensors"), type.toStdString());
    std::string last = original;
    const QStringList endings = (way + QStringLiteral(" safetensors")).split(QLatin1Char(' '));
    for (const QString &ending : endings) {
        const QString next = QStringLiteral("step%1.").arg(qsizetype(last.size())) + ending;
        const Converted converted = convert(last, next);
        QCOMPARE(converted.bytes, std::uint64_t(QFileInfo(m_folder->filePath(next)).size()));
        last = path(next);
    }
    const QString difference = firstDifference(*TensorFile::open(original), *TensorFile::open(last));
    QVERIFY2(difference.isEmpty(), qPrintable(difference));
}

void TestConvert::goesBackFromSix()
{
    const std::int64_t C = 4;
    std::vector<TinyTensor> tensors;
    const auto add = [&](const std::string &name, std::vector<std::int64_t> shape) {
        std::size_t count = 1;
        for (const std::int64_t size : shape)
            count *= std::size_t(size);
        TinyTensor tensor{name, std::move(shape), std::vector<float>(count)};
        for (std::size_t i = 0; i < count; ++i)
            tensor.values[i] = float(tinyBits(name, i) % 1000);
        tensors.push_back(std::move(tensor));
    };
    add("emb.weight", {256, C});
    const std::string a = "blocks.0.att.", f = "blocks.0.ffn.";
    for (const char *name : {"ln0.weight", "ln0.bias", "ln1.weight", "ln1.bias", "ln2.weight", "ln2.bias"})
        add("blocks.0." + std::string(name), {C});
    for (const char *name : {"x", "w", "k", "v", "r", "g"})
        add(a + "time_maa_" + name, {1, 1, C});
    add(a + "time_maa_w1", {C, 10});
    add(a + "time_maa_w2", {5, 2, C});
    add(a + "time_decay", {1, 1, C});
    add(a + "time_decay_w1", {C, 3});
    add(a + "time_decay_w2", {3, C});
    add(a + "time_faaaa", {2, 2});
    for (const char *name : {"receptance", "key", "value", "gate", "output"})
        add(a + name + ".weight", {C, C});
    add(a + "ln_x.weight", {C});
    add(a + "ln_x.bias", {C});
    add(f + "time_maa_k", {1, 1, C});
    add(f + "time_maa_r", {1, 1, C});
    add(f + "key.weight", {8, C});
    add(f + "receptance.weight", {C, C});
    add(f + "value.weight", {C, 8});
    add("ln_out.weight", {C});
    add("head.weight", {256, C});
    writeBytes(path(QStringLiteral("six.safetensors")), safetensors(tensors));
    convert(path(QStringLiteral("six.safetensors")), QStringLiteral("six.gguf"));
    const auto want = TensorFile::open(path(QStringLiteral("six.safetensors")));
    const auto got = TensorFile::open(path(QStringLiteral("six.gguf")));
    QCOMPARE(got->metadata().at("gguf.rwkv6.time_mix_extra_dim"), std::string("2"));
    const QString difference = firstDifference(*want, *got);
    QVERIFY2(difference.isEmpty(), qPrintable(difference));
}

void TestConvert::roundsToTheTypeAskedFor_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("ending");
    QTest::addColumn<double>("tolerance"); // half an ulp, of the number or of 1
    for (const char *ending : {"pth", "safetensors", "gguf"}) {
        QTest::addRow("fp16 %s", ending) << "fp16" << ending << 1.0 / 2048;
        QTest::addRow("bf16 %s", ending) << "bf16" << ending << 1.0 / 256;
        QTest::addRow("fp32 %s", ending) << "fp32" << ending << 1e-30;
        QTest::addRow("f16 %s", ending) << "f16" << ending << 1.0 / 2048; // llama.cpp's names
        QTest::addRow("f32 %s", ending) << "f32" << ending << 1e-30;
    }
}

void TestConvert::roundsToTheTypeAskedFor()
{
    QFETCH(QString, type);
    QFETCH(QString, ending);
    QFETCH(double, tolerance);
    const std::string original = model(QStringLiteral("original.safetensors"));
    const QString out = QStringLiteral("out.") + ending;
    convert(original, out, type.toStdString());
    const auto got = TensorFile::open(path(out));
    QCOMPARE(QString::fromUtf8(nameOf(got->find("blocks.0.att.key.weight")->type)),
             QString(type).replace(QRegularExpression("^f(?=\\d)"), "fp"));
    const QString difference = firstDifference(*TensorFile::open(original), *got, tolerance);
    QVERIFY2(difference.isEmpty(), qPrintable(difference));
}

void TestConvert::quantisesMatricesOnly()
{
    const std::string original = model(QStringLiteral("original.safetensors"));
    convert(original, QStringLiteral("q4.gguf"), "q4_0");
    const auto got = TensorFile::open(path(QStringLiteral("q4.gguf")));
    const auto type = [&](const char *name) { return std::string(nameOf(got->find(name)->type)); };
    QCOMPARE(type("blocks.1.ffn.key.weight"), std::string("q4_0"));
    QCOMPARE(type("emb.weight"), std::string("q8_0"));
    QCOMPARE(type("head.weight"), std::string("q8_0"));
    for (const char *name : {"blocks.1.att.w1", "blocks.1.att.w0", "blocks.1.att.x_r", "blocks.1.att.r_k",
                             "blocks.1.ln1.weight"})
        QCOMPARE(type(name), std::string("fp32"));
    QCOMPARE(got->metadata().at("gguf.general.file_type"), std::string("2"));
}

void TestConvert::keepsBlocksAsStored()
{
    const std::string original = model(QStringLiteral("original.safetensors"));
    convert(original, QStringLiteral("q8.gguf"), "q8_0");
    convert(path(QStringLiteral("q8.gguf")), QStringLiteral("again.gguf"));
    convert(path(QStringLiteral("q8.gguf")), QStringLiteral("plain.pth"));
    const auto want = TensorFile::open(path(QStringLiteral("q8.gguf")));
    QString difference = firstDifference(*want, *TensorFile::open(path(QStringLiteral("again.gguf"))));
    QVERIFY2(difference.isEmpty(), qPrintable(difference));
    const auto plain = TensorFile::open(path(QStringLiteral("plain.pth")));
    QVERIFY(plain->find("blocks.0.att.key.weight")->type == StoredType::F32);
    difference = firstDifference(*want, *plain, 1e-30);
    QVERIFY2(difference.isEmpty(), qPrintable(difference));
}

void TestConvert::putsTheVocabularyIntoGguf()
{
    convert(model(QStringLiteral("original.safetensors")), QStringLiteral("out.gguf"));
    const auto opened = TensorFile::open(path(QStringLiteral("out.gguf")));
    const StoredVocabulary *vocabulary = opened->vocabulary();
    QVERIFY(vocabulary);
    QCOMPARE(vocabulary->model, std::string("rwkv"));
    QCOMPARE(vocabulary->tokens.size(), std::size_t(256));
    QCOMPARE(vocabulary->tokens[0], std::string("\\x00"));
    QCOMPARE(vocabulary->tokens['\n'], std::string("\\n"));
    QCOMPARE(vocabulary->tokens['\\'], std::string("\\\\"));
    QCOMPARE(vocabulary->tokens['a'], std::string("a"));
    QCOMPARE(vocabulary->tokens[0xE4], std::string("\\xe4"));
    QCOMPARE(vocabulary->types[0], 1);
    QCOMPARE(vocabulary->types['a'], 1);
    QCOMPARE(vocabulary->eos, std::int64_t(0));
    LoadSpec spec;
    spec.model = path(QStringLiteral("out.gguf"));
    spec.slots = 1;
    EngineOptions options;
    options.threads = 1;
    const LoadedModel loaded = loadModel(spec, options, {}, {});
    QCOMPARE(loaded.tokenizer->encode("a\xff"), (std::vector<int>{'a', 255}));
}

void TestConvert::marksTheEndOfWorldVocabularies()
{
    std::string words;
    for (int byte = 0; byte < 256; ++byte) {
        constexpr const char *kDigits = "0123456789abcdef";
        words += std::to_string(byte + 1) + " b'\\x" + kDigits[byte / 16] + kDigits[byte % 16] + "' 1\n";
    }
    writeBytes(path(QStringLiteral("words.txt")), words + "260 '\\n\\n' 2\n");
    std::vector<TinyTensor> tensors = TinyRwkv7(1, {}).tensors;
    for (TinyTensor *tensor : {&tensors.front(), &tensors.back()}) {
        tensor->shape[0] = 300;
        tensor->values.resize(300 * 64);
    }
    writeBytes(path(QStringLiteral("world.safetensors")), safetensors(tensors));
    ConvertSpec spec = specOf(path(QStringLiteral("world.safetensors")), path(QStringLiteral("out.gguf")));
    spec.vocabulary = path(QStringLiteral("words.txt"));
    convertModel(spec, {}, {}, {});
    const auto opened = TensorFile::open(path(QStringLiteral("out.gguf")));
    const StoredVocabulary *vocabulary = opened->vocabulary();
    QCOMPARE(vocabulary->tokens.size(), std::size_t(300));
    QCOMPARE(vocabulary->tokens[0], std::string("<s>"));
    QCOMPARE(vocabulary->types[0], 3);
    QCOMPARE(vocabulary->tokens[1], std::string("\\x00"));
    QCOMPARE(vocabulary->tokens[260], std::string("\\n\\n"));
    QCOMPARE(vocabulary->tokens[299], std::string("[PAD299]"));
    QCOMPARE(vocabulary->types[299], 5);
    LoadSpec load;
    load.model = path(QStringLiteral("out.gguf"));
    load.slots = 1;
    EngineOptions options;
    options.threads = 1;
    QCOMPARE(loadModel(load, options, {}, {}).tokenizer->encode("\n\na"), (std::vector<int>{260, 'a' + 1}));
}

void TestConvert::keepsTheConfig()
{
    QVERIFY(QDir(m_folder->path()).mkdir(QStringLiteral("hf")));
    model(QStringLiteral("hf/model.safetensors"));
    writeBytes(path(QStringLiteral("hf/config.json")), R"({"norm_eps": 1e-06, "model_type": "rwkv7"})");
    convert(path(QStringLiteral("hf")), QStringLiteral("out.safetensors"));
    const auto opened = TensorFile::open(path(QStringLiteral("out.safetensors")));
    QCOMPARE(opened->metadata().at("config.norm_eps"), std::string("1e-06"));
    QCOMPARE(opened->metadata().at("config.model_type"), std::string("\"rwkv7\""));
}

void TestConvert::refusesNumbersBeyondHalf()
{
    std::vector<TinyTensor> tensors = TinyRwkv7(1, {}).tensors;
    tensors[0].values[3] = 70000;
    writeBytes(path(QStringLiteral("large.safetensors")), safetensors(tensors));
    const Error error = errorOf(
        [&] { convert(path(QStringLiteral("large.safetensors")), QStringLiteral("out.pth"), "fp16"); });
    QVERIFY(error.code() == ErrorCode::BadModel);
    QVERIFY2(error.message().find("emb.weight") != std::string::npos, error.message().c_str());
    QVERIFY(!QFile::exists(m_folder->filePath(QStringLiteral("out.pth"))));
    convert(path(QStringLiteral("large.safetensors")), QStringLiteral("out.pth"), "bf16");
}

void TestConvert::refuses_data()
{
    QTest::addColumn<QString>("input");
    QTest::addColumn<QString>("output");
    QTest::addColumn<QString>("type");
    QTest::addColumn<int>("code");
    const QString good = QStringLiteral("original.safetensors");
    const auto row = [](const char *name, const QString &input, const char *output, const char *type,
                        ErrorCode code) { QTest::newRow(name) << input << output << type << int(code); };
    row("another ending", good, "out.bin", "", ErrorCode::BadRequest);
    row("no ending", good, "out", "", ErrorCode::BadRequest);
    row("another type", good, "out.pth", "int8", ErrorCode::BadRequest);
    row("blocks in a .pth", good, "out.pth", "q8_0", ErrorCode::BadRequest);
    row("no such model", QStringLiteral("none.pth"), "out.pth", "", ErrorCode::FileNotFound);
    row("no such folder", good, "none/out.pth", "", ErrorCode::CannotWrite);
    row("no vocabulary", QStringLiteral("rows300.safetensors"), "out.gguf", "", ErrorCode::TokenizerMissing);
    row("no family of GGUF's", QStringLiteral("four.safetensors"), "out.gguf", "",
        ErrorCode::UnsupportedModel);
}

void TestConvert::refuses()
{
    QFETCH(QString, input);
    QFETCH(QString, output);
    QFETCH(QString, type);
    QFETCH(int, code);
    std::vector<TinyTensor> tensors = TinyRwkv7(1, {}).tensors;
    writeBytes(path(QStringLiteral("original.safetensors")), safetensors(tensors));
    writeBytes(path(QStringLiteral("four.safetensors")),
               safetensors(std::vector(tensors.begin(), tensors.begin() + 1)));
    tensors.front().shape[0] = 300;
    tensors.front().values.resize(300 * 64);
    writeBytes(path(QStringLiteral("rows300.safetensors")), safetensors(tensors));
    EngineOptions options;
    options.dataFolder = path(QStringLiteral("nothing here"));
    const Error error = errorOf(
        [&] { convertModel(specOf(path(input), path(output), type.toStdString()), options, {}, {}); });
    QVERIFY2(int(error.code()) == code, error.message().c_str());
    QVERIFY(!QFile::exists(m_folder->filePath(output)));
}

void TestConvert::replacesOnlyIfToldTo()
{
    const std::string original = model(QStringLiteral("original.safetensors"));
    writeBytes(path(QStringLiteral("out.pth")), "precious");
    const auto content = [&] {
        QFile file(m_folder->filePath(QStringLiteral("out.pth")));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    QVERIFY(errorOf([&] { convert(original, QStringLiteral("out.pth")); }).code() == ErrorCode::CannotWrite);
    QCOMPARE(content(), QByteArray("precious"));
    ConvertSpec spec = specOf(original, path(QStringLiteral("out.pth")), {}, true);
    convertModel(spec, {}, {}, {});
    QVERIFY(content().startsWith("PK"));
    spec = specOf(original, original, "bf16", true); // onto itself
    convertModel(spec, {}, {}, {});
    QVERIFY(TensorFile::open(original)->tensors()[0].type == StoredType::BF16);
}

void TestConvert::leavesNothingBehindWhenStopped()
{
    const std::string original = model(QStringLiteral("original.safetensors"));
    std::stop_source stop;
    bool isStopped = false;
    int calls = 0;
    try {
        convertModel(
            specOf(original, path(QStringLiteral("out.pth"))), {},
            [&](std::uint64_t, std::uint64_t) {
                if (++calls == 5) stop.request_stop();
            },
            stop.get_token());
    } catch (const LoadCancelled &) {
        isStopped = true;
    }
    QVERIFY(isStopped);
    QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files | QDir::Hidden),
             QStringList{QStringLiteral("original.safetensors")});
}

void TestConvert::writesSoundChecksums()
{
    convert(model(QStringLiteral("original.safetensors")), QStringLiteral("out.pth"));
    QFile file(m_folder->filePath(QStringLiteral("out.pth")));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray bytes = file.readAll();
    const qsizetype entry = bytes.lastIndexOf("archive/version"); // in the directory
    QVERIFY(entry > 46);
    const std::string crc = bytes.mid(entry - 46 + 16, 4).toStdString();
    QCOMPARE(crc, little(0x55679ed1, 4)); // of "3\n", by zlib
    const auto opened = TensorFile::open(path(QStringLiteral("out.pth")));
    for (const TensorEntry &tensor : opened->tensors()) {
        const qint64 offset = tensor.data - opened->tensors()[0].data;
        QVERIFY2(offset % 64 == 0, tensor.name.c_str());
    }
}

void TestConvert::tellsItsProgress()
{
    const std::string original = model(QStringLiteral("original.safetensors"));
    EventRecorder recorder;
    const auto engine = makeEngine({}, recorder.sink());
    const JobId job = engine->convert(specOf(original, path(QStringLiteral("out.pth"))));
    QVERIFY(recorder.waitForEnd(job));
    const auto done = recorder.one<event::ConvertDone>(job);
    QCOMPARE(done.path, path(QStringLiteral("out.pth")));
    QCOMPARE(done.bytes, std::uint64_t(QFileInfo(m_folder->filePath(QStringLiteral("out.pth"))).size()));
    QCOMPARE(done.tensors, int(TensorFile::open(original)->tensors().size()));
    QVERIFY(recorder.has<event::ConvertProgress>(job));
    const JobId again = engine->convert(specOf(original, path(QStringLiteral("out.pth"))));
    QVERIFY(recorder.waitForEnd(again));
    QVERIFY(recorder.one<event::Failed>(again).error.code() == ErrorCode::CannotWrite);
}

QTEST_APPLESS_MAIN(TestConvert)
#include "tst_convert.moc"
