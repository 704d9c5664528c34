#include "engine/error.h"
#include "engine/model_loader.h"
#include "engine/weight_store.h"
#include "support/faulty_device.h"
#include "support/model_run.h"
#include "support/thrown_error.h"
#include "support/tiny_rwkv7.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <chrono>
#include <cmath>
#include <fstream>
#include <thread>

using engine::ErrorCode;
using engine::LoadPhase;
using support::TinyShape;
using support::TinyTensor;

namespace
{

/// A World vocabulary with the 256 bytes and `words` further words.
std::string vocabulary(int words)
{
    std::string text;
    for (int i = 0; i < 256; ++i) {
        const char *digits = "0123456789abcdef";
        text += std::to_string(i + 1) + " b'\\x" + digits[i / 16] + digits[i % 16] + "' 1\n";
    }
    for (int i = 0; i < words; ++i) {
        const std::string word = "word" + std::to_string(i);
        text += std::to_string(257 + i) + " '" + word + "' " + std::to_string(word.size()) + "\n";
    }
    return text;
}

/// A tiny model with this many rows in embedding and head.
std::vector<TinyTensor> modelWithRows(int seed, std::size_t rows)
{
    std::vector<TinyTensor> tensors = support::TinyRwkv7(seed, {}).tensors;
    for (TinyTensor &tensor : tensors)
        if (tensor.name == "emb.weight" || tensor.name == "head.weight") {
            tensor.values.resize(rows * std::size_t(tensor.shape[1]), 0.25F);
            tensor.shape[0] = std::int64_t(rows);
        }
    return tensors;
}

} // namespace

class TestModelLoader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void returnsAModelReadyToRun();
    void reportsPhasesInOrder();
    void survivesEveryFailedAllocation();
    void canBeCancelledInEveryPhase();
    void cancelsFastWithinALargeTensor();
    void refusesNaN();
    void refusesAModelThatComputesNaN();
    void refusesStrategies();
    void findsTheVocabulary();
    void refusesUnfitVocabularies();
    void namesTheMissingVocabulary();
    void fingerprintTellsModelsApart();
    void findsTheDataFolder();
    void findsTheDemonstrationModel();
    void replacesALoadedModel();
    void makesRandomModels();
    void refusesUnknownShapes();
    void inspectsModels();

private:
    std::string file(const char *name) const { return m_folder->filePath(name).toStdString(); }
    std::string write(const char *name, const std::vector<TinyTensor> &tensors,
                      const char *type = "F32") const;
    engine::LoadedModel load(const std::string &path, const std::string &vocabulary = {}) const;
    engine::Error errorOfLoad(const std::string &path, const std::string &vocabulary = {}) const;

    std::unique_ptr<QTemporaryDir> m_folder;
    engine::EngineOptions m_options;
};

void TestModelLoader::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
    m_options = {};
    m_options.threads = 1;
    m_options.dataFolder = file("data");
}

std::string TestModelLoader::write(const char *name, const std::vector<TinyTensor> &tensors,
                                   const char *type) const
{
    support::writeBytes(file(name), support::safetensors(tensors, type));
    return file(name);
}

engine::LoadedModel TestModelLoader::load(const std::string &path, const std::string &vocabularyPath) const
{
    engine::LoadSpec spec;
    spec.model = path;
    spec.vocabulary = vocabularyPath;
    spec.slots = 2;
    return engine::loadModel(spec, m_options, {}, {});
}

engine::Error TestModelLoader::errorOfLoad(const std::string &path, const std::string &vocabularyPath) const
{
    return support::errorOf([&] { load(path, vocabularyPath); });
}

void TestModelLoader::returnsAModelReadyToRun()
{
    const std::string path =
        write("goose.safetensors", support::TinyRwkv7(1, {3, 128, 64, 512}).tensors, "BF16");
    engine::LoadedModel m = load(path);
    QCOMPARE(m.strategy, std::string("cpu bf16")); // the file's type
    QCOMPARE(m.info.path, path);
    QCOMPARE(m.info.name, std::string("goose"));
    QCOMPARE(m.info.container, std::string("safetensors"));
    QCOMPARE(m.info.family, std::string("rwkv7"));
    QCOMPARE(m.info.dtype, std::string("bf16"));
    QCOMPARE(m.info.layers, 3);
    QCOMPARE(m.info.width, 128);
    QCOMPARE(m.info.heads, 2);
    QCOMPARE(m.info.headSize, 64);
    QCOMPARE(m.info.hidden, 512);
    QCOMPARE(m.info.vocabulary, 256);
    QCOMPARE(m.info.stateBytes, std::size_t(3 * (3 * 128 + 2 * 64 * 64) * 4));
    QCOMPARE(m.info.vocabularyFile, std::string("built in: bytes"));
    QVERIFY(m.info.problem.empty());
    QCOMPARE(m.slots, 2);
    QCOMPARE(m.states->freeSlots(), 2);
    QCOMPARE(m.states->save(m.states->acquire().value()),
             std::vector<float>(m.states->floatsPerSlot(), 0.0F));
    QCOMPARE(m.tokenizer->encode("a\xFF"), (std::vector<int>{'a', 255}));
    QCOMPARE(m.fingerprint.size(), std::size_t(16));
    std::uint64_t parameters = 0;
    for (const TinyTensor &tensor : support::TinyRwkv7(1, {3, 128, 64, 512}).tensors)
        parameters += tensor.values.size();
    QCOMPARE(m.info.parameters, parameters);
}

void TestModelLoader::reportsPhasesInOrder()
{
    engine::LoadSpec spec;
    spec.model = write("goose.safetensors", support::TinyRwkv7(1, {}).tensors);
    std::vector<LoadPhase> phases;
    std::uint64_t done = 0, total = 0;
    engine::loadModel(spec, m_options,
                      [&](const engine::LoadProgressReport &report) {
                          if (phases.empty() || phases.back() != report.phase) phases.push_back(report.phase);
                          if (report.phase != LoadPhase::ReadingWeights) return;
                          QVERIFY(report.done >= done);
                          done = report.done;
                          total = report.total;
                      },
                      {});
    QCOMPARE(phases,
             (std::vector<LoadPhase>{LoadPhase::Opening, LoadPhase::Tokenizer, LoadPhase::ReadingWeights,
                                     LoadPhase::Allocating, LoadPhase::WarmingUp}));
    QVERIFY(total > 0);
    QCOMPARE(done, total);
}

/// The n-th allocation fails, for n = 0, 1, 2, ... until the load succeeds; nothing is left behind.
void TestModelLoader::survivesEveryFailedAllocation()
{
    engine::LoadSpec spec;
    spec.model = write("goose.safetensors", support::TinyRwkv7(1, {}).tensors);
    spec.slots = 2;
    std::shared_ptr<int> alive = std::make_shared<int>(-1);
    for (int n = 0;; ++n) {
        QVERIFY(n < 500);
        const engine::Error error = support::errorOf([&] {
            engine::loadModelOn(
                [&](const std::string &) {
                    auto device = support::openFaultyCpu();
                    device->failAllocation(n);
                    device->onDestruction([alive](int live) { *alive = live; });
                    return device;
                },
                spec, m_options, {}, {});
        });
        QCOMPARE(*alive, 0);
        if (error.code() == ErrorCode::None) {
            QVERIFY(n > 60); // every tensor, states, workspace, logits, warm-up
            return;
        }
        QCOMPARE(error.code(), ErrorCode::OutOfMemory);
        QVERIFY2(error.message().find(" needed, ") != std::string::npos, error.message().c_str());
    }
}

void TestModelLoader::canBeCancelledInEveryPhase()
{
    engine::LoadSpec spec;
    spec.model = write("goose.safetensors", support::TinyRwkv7(1, {}).tensors);
    for (const LoadPhase phase : {LoadPhase::Opening, LoadPhase::Tokenizer, LoadPhase::ReadingWeights,
                                  LoadPhase::Allocating, LoadPhase::WarmingUp}) {
        std::stop_source stop;
        int alive = -1;
        bool cancelled = false;
        try {
            engine::loadModelOn(
                [&](const std::string &) {
                    auto device = support::openFaultyCpu();
                    device->onDestruction([&alive](int live) { alive = live; });
                    return device;
                },
                spec, m_options,
                [&](const engine::LoadProgressReport &report) {
                    if (report.phase == phase) stop.request_stop();
                },
                stop.get_token());
        } catch (const engine::LoadCancelled &) {
            cancelled = true;
        }
        QVERIFY2(cancelled, qPrintable(QString::number(int(phase))));
        QCOMPARE(alive, 0);
    }
}

/// An embedding of 300 MB (a hole in the file): the stop comes while it is read.
void TestModelLoader::cancelsFastWithinALargeTensor()
{
    using Clock = std::chrono::steady_clock;
    constexpr std::int64_t kRows = 1'200'000;
    std::vector<TinyTensor> tensors = support::TinyRwkv7(1, {}).tensors;
    std::erase_if(tensors,
                  [](const TinyTensor &t) { return t.name == "emb.weight" || t.name == "head.weight"; });
    std::string bytes = support::safetensors(tensors);
    // Two tensors more behind the others, by hand.
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), 8);
    auto header = nlohmann::ordered_json::parse(bytes.substr(8, length));
    const std::string data = bytes.substr(8 + length);
    const std::uint64_t each = std::uint64_t(kRows) * 64 * 4;
    for (const char *name : {"emb.weight", "head.weight"}) {
        const std::uint64_t begin = data.size() + (name[0] == 'h' ? each : 0);
        header[name] = {{"dtype", "F32"}, {"shape", {kRows, 64}}, {"data_offsets", {begin, begin + each}}};
    }
    const std::string text = header.dump();
    length = text.size();
    const std::string path = file("large.safetensors");
    support::writeBytes(path, std::string(reinterpret_cast<const char *>(&length), 8) + text + data);
    QVERIFY(QFile::resize(QString::fromStdString(path), qint64(8 + length + data.size() + 2 * each)));
    support::writeBytes(file("large.vocab.txt"), vocabulary(3));

    engine::LoadSpec spec;
    spec.model = path;
    spec.slots = 1;
    std::stop_source stop;
    Clock::time_point asked, ended;
    std::uint64_t done = 0;
    bool cancelled = false;
    try {
        engine::loadModel(
            spec, m_options,
            [&](const engine::LoadProgressReport &report) {
                done = report.done;
                if (report.phase != LoadPhase::ReadingWeights || report.done < each / 4 ||
                    stop.stop_requested())
                    return;
                asked = Clock::now();
                stop.request_stop();
            },
            stop.get_token());
    } catch (const engine::LoadCancelled &) {
        ended = Clock::now();
        cancelled = true;
    }
    QVERIFY(cancelled);
    QVERIFY2(done < each, "the stop came too late to tell");
    const double ms = std::chrono::duration<double, std::milli>(ended - asked).count();
    QVERIFY2(ms < 200, qPrintable(QString::number(ms)));
}

void TestModelLoader::refusesNaN()
{
    std::vector<TinyTensor> tensors = support::TinyRwkv7(1, {}).tensors;
    for (TinyTensor &tensor : tensors)
        if (tensor.name == "blocks.1.ffn.value.weight") tensor.values[777] = NAN;
    const engine::Error error = errorOfLoad(write("nan.safetensors", tensors));
    QCOMPARE(error.code(), ErrorCode::BadModel);
    QCOMPARE(QString::fromStdString(error.message()),
             "blocks.1.ffn.value.weight: expected finite numbers, found NaN or infinity.");
}

/// Finite weights, but the hidden layer squares 1e30.
void TestModelLoader::refusesAModelThatComputesNaN()
{
    std::vector<TinyTensor> tensors = support::TinyRwkv7(1, {}).tensors;
    for (TinyTensor &tensor : tensors)
        if (tensor.name == "blocks.0.ffn.key.weight")
            std::fill(tensor.values.begin(), tensor.values.end(), 1e30F);
    const engine::Error error = errorOfLoad(write("huge.safetensors", tensors));
    QCOMPARE(error.code(), ErrorCode::BadModel);
    QVERIFY2(error.message().find("The model computes NaN or infinity for its first token") == 0,
             error.message().c_str());
}

void TestModelLoader::refusesStrategies()
{
    engine::LoadSpec spec;
    spec.model = write("goose.safetensors", support::TinyRwkv7(1, {}).tensors);
    spec.strategy = "cuda fp16";
    QCOMPARE(support::errorOf([&] { engine::loadModel(spec, m_options, {}, {}); }).code(),
             ErrorCode::DeviceUnusable);
    spec.strategy = "cpu fp17";
    QCOMPARE(support::errorOf([&] { engine::loadModel(spec, m_options, {}, {}); }).code(),
             ErrorCode::BadStrategy);
    spec.strategy = "cpu";
    m_options.cpuKernels = "abacus";
    const engine::Error error = support::errorOf([&] { engine::loadModel(spec, m_options, {}, {}); });
    QCOMPARE(error.code(), ErrorCode::BadRequest);
    QVERIFY2(error.message().find("abacus") != std::string::npos, error.message().c_str());
}

/// Chosen by the user, then beside the model (its own, then the largest that fits), then shipped.
void TestModelLoader::findsTheVocabulary()
{
    const std::string path = write("goose.safetensors", modelWithRows(1, 300));
    QVERIFY(QDir(m_folder->path()).mkpath("data/vocab"));
    const auto usedFile = [&](const std::string &chosen = {}) {
        return load(path, chosen).info.vocabularyFile;
    };

    support::writeBytes(file("data/vocab/rwkv_vocab_v20230424.txt"), vocabulary(3));
    QCOMPARE(usedFile(), file("data/vocab/rwkv_vocab_v20230424.txt"));
    support::writeBytes(file("rwkv_vocab_small.txt"), vocabulary(10));
    QCOMPARE(usedFile(), file("rwkv_vocab_small.txt"));
    support::writeBytes(file("rwkv_vocab_fits.txt"), vocabulary(43));
    support::writeBytes(file("rwkv_vocab_large.txt"), vocabulary(44)); // 301 ids with the end of text
    QCOMPARE(usedFile(), file("rwkv_vocab_fits.txt"));
    support::writeBytes(file("goose.vocab.txt"), vocabulary(5));
    QCOMPARE(usedFile(), file("goose.vocab.txt"));
    support::writeBytes(file("mine.txt"), vocabulary(6));
    QCOMPARE(usedFile(file("mine.txt")), file("mine.txt"));
    QCOMPARE(load(path, file("mine.txt")).tokenizer->size(), 263);
}

void TestModelLoader::refusesUnfitVocabularies()
{
    const std::string path = write("goose.safetensors", modelWithRows(1, 300));
    support::writeBytes(file("large.txt"), vocabulary(44));
    engine::Error error = errorOfLoad(path, file("large.txt"));
    QCOMPARE(error.code(), ErrorCode::BadTokenizer);
    QVERIFY2(error.message().find("expected at most 300 ids, as the model has rows, found 301") !=
                 std::string::npos,
             error.message().c_str());
    QCOMPARE(errorOfLoad(path, file("missing.txt")).code(), ErrorCode::FileNotFound);
    support::writeBytes(file("goose.vocab.txt"), "not a vocabulary");
    QCOMPARE(errorOfLoad(path).code(), ErrorCode::BadTokenizer);
}

void TestModelLoader::namesTheMissingVocabulary()
{
    engine::Error error = errorOfLoad(write("goose.safetensors", modelWithRows(1, 65536)));
    QCOMPARE(error.code(), ErrorCode::TokenizerMissing);
    const QString message = QString::fromStdString(error.message());
    QVERIFY2(message.contains("'rwkv_vocab_v20230424.txt' was not found: put it beside the model or into '" +
                              m_folder->filePath("data/vocab") + "', or choose a file (--vocab FILE)."),
             qPrintable(message));
    error = errorOfLoad(write("odd.safetensors", modelWithRows(1, 300)));
    QCOMPARE(error.code(), ErrorCode::TokenizerMissing);
    QVERIFY2(error.message().find("put it beside the model as 'odd.vocab.txt'") != std::string::npos,
             error.message().c_str());
}

void TestModelLoader::fingerprintTellsModelsApart()
{
    const std::string one = load(write("one.safetensors", support::TinyRwkv7(1, {}).tensors)).fingerprint;
    const std::string copy = load(write("copy.safetensors", support::TinyRwkv7(1, {}).tensors)).fingerprint;
    const std::string other = load(write("two.safetensors", support::TinyRwkv7(2, {}).tensors)).fingerprint;
    const std::string rounded =
        load(write("bf16.safetensors", support::TinyRwkv7(1, {}).tensors, "BF16")).fingerprint;
    QCOMPARE(copy, one);
    QVERIFY(other != one);
    QVERIFY(rounded != one);
}

void TestModelLoader::findsTheDataFolder()
{
    QCOMPARE(engine::dataFolder(m_options), m_options.dataFolder);
    qputenv("ROOKERY_DATA", "/somewhere");
    QCOMPARE(engine::dataFolder({}), std::string("/somewhere"));
    QCOMPARE(engine::dataFolder(m_options), m_options.dataFolder);
    qunsetenv("ROOKERY_DATA");
    const std::string beside = engine::dataFolder({});
    QVERIFY(beside.empty() || QDir(QString::fromStdString(beside)).exists());
}

void TestModelLoader::findsTheDemonstrationModel()
{
    const engine::Error missing = errorOfLoad("demo");
    QCOMPARE(missing.code(), ErrorCode::FileNotFound);
    QVERIFY2(missing.message().find("rookery-demo.safetensors") != std::string::npos,
             missing.message().c_str());
    QVERIFY(QDir(m_folder->path()).mkpath("data/demo"));
    write("data/demo/rookery-demo.safetensors", modelWithRows(1, 300));
    support::writeBytes(file("data/demo/rwkv_vocab_demo.txt"), vocabulary(20));
    const engine::LoadedModel m = load("demo");
    QCOMPARE(m.info.name, std::string("Rookery demo"));
    QCOMPARE(m.info.vocabularyFile, file("data/demo/rwkv_vocab_demo.txt"));
    QCOMPARE(engine::inspectModel("demo", m_options, false).name, std::string("Rookery demo"));
}

void TestModelLoader::replacesALoadedModel()
{
    const std::string path = write("goose.safetensors", support::TinyRwkv7(1, {}).tensors);
    engine::LoadedModel m = load(path);
    m = load(path);
    m = engine::LoadedModel();
    QVERIFY(!m.model);
    m = load(path);
    QCOMPARE(support::runTokens(m, {1, 2, 3}, 3), support::runTokens(m, {1, 2, 3}, 1));
}

void TestModelLoader::makesRandomModels()
{
    engine::LoadedModel m =
        engine::randomModelOn(engine::standardOpener(m_options), "0.1B", "cpu bf16", m_options, {});
    QCOMPARE(m.info.parameters, std::uint64_t(191'084'544 - 768 - 2 * 768 * 32)); // block 0 without value mix
    QCOMPARE(m.info.layers, 12);
    QCOMPARE(m.strategy, std::string("cpu bf16"));
    QVERIFY(!m.tokenizer);
    const std::vector<float> logits = support::runTokens(m, {5, 60000, 5, 5}, 4);
    const float *last = logits.data() + 3 * 65536;
    const auto [low, high] = std::minmax_element(last, last + 65536);
    QVERIFY(std::isfinite(*low) && std::isfinite(*high));
    QVERIFY(*high - *low > 1 && *high - *low < 100); // neither dead nor wild
}

void TestModelLoader::refusesUnknownShapes()
{
    const engine::Error error = support::errorOf(
        [&] { engine::randomModelOn(engine::standardOpener(m_options), "9B", "cpu", m_options, {}); });
    QCOMPARE(error.code(), ErrorCode::BadRequest);
    QVERIFY2(error.message().find("'9B': expected one of 0.1B, 0.4B, 1.5B, 2.9B, 7.2B") != std::string::npos,
             error.message().c_str());
}

void TestModelLoader::inspectsModels()
{
    const std::vector<TinyTensor> tensors = support::TinyRwkv7(1, {}).tensors;
    const engine::ModelInfo info =
        engine::inspectModel(write("goose.safetensors", tensors, "F16"), m_options, true);
    QVERIFY2(info.problem.empty(), info.problem.c_str());
    QCOMPARE(info.tensors.size(), tensors.size());
    QCOMPARE(info.tensors[0].name, std::string("emb.weight"));
    QCOMPARE(info.tensors[0].dtype, std::string("fp16"));
    QCOMPARE(info.tensors[0].shape, (std::vector<std::int64_t>{256, 64}));
    QCOMPARE(info.tensors[0].bytes, std::uint64_t(256 * 64 * 2));
    QCOMPARE(info.family, std::string("rwkv7"));

    support::writeBytes(file("text.pth"), "hello");
    QCOMPARE(support::errorOf([&] { engine::inspectModel(file("text.pth"), m_options, false); }).code(),
             ErrorCode::UnknownFormat);
    const engine::ModelInfo noVocabulary =
        engine::inspectModel(write("large.safetensors", modelWithRows(1, 65536)), m_options, false);
    QVERIFY(noVocabulary.problem.find("rwkv_vocab_v20230424.txt") != std::string::npos);
    QCOMPARE(noVocabulary.layers, 2);
}

QTEST_APPLESS_MAIN(TestModelLoader)
#include "tst_model_loader.moc"
