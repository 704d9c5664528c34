// What comes with a model that is converted, and what is no model.
#include "engine/convert.h"
#include "engine/model_loader.h"
#include "engine/pack.h"
#include "engine/tokenizers/tokenizer.h"
#include "support/gguf_writer.h"
#include "support/thrown_error.h"
#include "support/tiny_rwkv7.h"
#include "support/vocabulary_writer.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

using namespace engine;
using namespace support;

namespace
{

constexpr int kRows = 300;

/// The bytes, and tokens of the World kind that need every escape; ids have gaps.
std::string own() { return vocabulary() + "257 '\\n\\'\"' 3\n258 b'\\xff\\\\' 2\n263 'owl' 3\n"; }

} // namespace

class TestConvertInputs : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void takesTheVocabularyAlong_data();
    void takesTheVocabularyAlong();
    void needsNoCopyOfASharedVocabulary();
    void leavesAnotherVocabularyAlone();
    void saysWhatIsNoModel_data();
    void saysWhatIsNoModel();

private:
    std::string path(const QString &name) const { return m_folder->filePath(name).toStdString(); }
    std::string model() const
    {
        std::vector<TinyTensor> tensors = TinyRwkv7(1, {}).tensors;
        for (TinyTensor &tensor : tensors) {
            if (tensor.name != "emb.weight" && tensor.name != "head.weight") continue;
            tensor.shape[0] = kRows;
            tensor.values.resize(std::size_t(kRows * tensor.shape[1]));
        }
        writeBytes(path("own.safetensors"), safetensors(tensors));
        return path("own.safetensors");
    }
    void convert(const std::string &from, const QString &to, bool overwrite = false) const
    {
        ConvertSpec spec;
        spec.input = from;
        spec.output = path(to);
        spec.overwrite = overwrite;
        EngineOptions options;
        options.dataFolder = path("nothing here");
        convertModel(spec, options, {}, {});
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestConvertInputs::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
    QVERIFY(QDir(m_folder->path()).mkdir("away"));
}

void TestConvertInputs::takesTheVocabularyAlong_data()
{
    QTest::addColumn<QStringList>("way");
    QTest::newRow("pth") << QStringList{"away/x.pth"};
    QTest::newRow("safetensors") << QStringList{"away/x.safetensors"};
    QTest::newRow("gguf") << QStringList{"away/x.gguf"};
    QTest::newRow("out of gguf") << QStringList{"away/x.gguf", "y.pth"};
    QTest::newRow("beside, under another name") << QStringList{"other.pth"};
}

/// The converted model reads and writes text as the one before did.
void TestConvertInputs::takesTheVocabularyAlong()
{
    QFETCH(QStringList, way);
    std::string from = model();
    writeBytes(path("own.vocab.txt"), own());
    for (const QString &to : way) {
        convert(from, to);
        from = path(to);
    }
    LoadSpec spec;
    spec.model = from;
    spec.slots = 1;
    EngineOptions options;
    options.threads = 1;
    options.dataFolder = path("nothing here");
    const LoadedModel loaded = loadModel(spec, options, {}, {});
    QVERIFY(loaded.tokenizer);
    QCOMPARE(loaded.tokenizer->encode("owl\n'\"\xff\\"), (std::vector<int>{263, 257, 258}));
    QCOMPARE(loaded.tokenizer->decode({258, 263, 257}), std::string("\xff\\owl\n'\""));
}

void TestConvertInputs::needsNoCopyOfASharedVocabulary()
{
    writeBytes(path("rwkv_vocab_test.txt"), vocabulary());
    convert(model(), "out.pth"); // finds what the model found
    QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files),
             (QStringList{"out.pth", "own.safetensors", "rwkv_vocab_test.txt"}));
}

void TestConvertInputs::leavesAnotherVocabularyAlone()
{
    const std::string from = model();
    writeBytes(path("own.vocab.txt"), own());
    writeBytes(path("away/x.vocab.txt"), vocabulary());
    const Error error = errorOf([&] { convert(from, "away/x.pth"); });
    QCOMPARE(error.code(), ErrorCode::CannotWrite);
    QVERIFY2(error.message().find("x.vocab.txt") != std::string::npos, error.message().c_str());
    QVERIFY(!QFile::exists(m_folder->filePath("away/x.pth")));
    convert(from, "away/x.pth", true);
    QFile written(m_folder->filePath("away/x.vocab.txt"));
    QVERIFY(written.open(QIODevice::ReadOnly));
    QCOMPARE(written.readAll(), QByteArray::fromStdString(own()));
}

void TestConvertInputs::saysWhatIsNoModel_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QStringList>("shape");
    QTest::addColumn<QString>("found");
    QTest::newRow("tuned state") << "blocks.%1.att.time_state" << QStringList{"2", "4", "4"}
                                 << "found a state (BlinkDL).";
    QTest::newRow("adapter") << "blocks.%1.att.key.lora_A" << QStringList{"2", "8"} << "found an adapter (";
    QTest::newRow("something") << "layer%1.weights" << QStringList{"2", "8"}
                               << "Expected the tensors of an RWKV model";
}

void TestConvertInputs::saysWhatIsNoModel()
{
    QFETCH(QString, name);
    QFETCH(QStringList, shape);
    QFETCH(QString, found);
    std::vector<TinyTensor> tensors;
    std::vector<std::int64_t> sizes;
    for (const QString &size : shape)
        sizes.push_back(size.toInt());
    for (int layer = 0; layer < 2; ++layer) {
        tensors.push_back(tinyTensor(1, name.arg(layer).toStdString(), sizes, 0, 1));
        if (name.contains("lora_A"))
            tensors.push_back(tinyTensor(
                1, QString(name).arg(layer).replace("lora_A", "lora_B").toStdString(), {8, 2}, 0, 1));
    }
    writeBytes(path("in.safetensors"), safetensors(tensors));
    const Error error = errorOf([&] { convert(path("in.safetensors"), "out.pth"); });
    QCOMPARE(error.code(), ErrorCode::UnsupportedModel);
    QVERIFY2(error.message().find(found.toStdString()) != std::string::npos, error.message().c_str());
    QVERIFY(!QFile::exists(m_folder->filePath("out.pth")));
}

QTEST_APPLESS_MAIN(TestConvertInputs)
#include "tst_convert_inputs.moc"
