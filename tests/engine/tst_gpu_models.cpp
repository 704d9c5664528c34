// Models on an emulated card through the facade: every family, and what happens when memory or the card
// fails.
#include "engine/engine.h"
#include "engine/error.h"
#include "kernels/device.h"
#include "support/event_recorder.h"
#include "support/family_golden.h"
#include "support/hybrid_model.h"
#include "support/model_run.h"
#include "support/thrown_error.h"
#include "support/tiny_rwkv456.h"
#include "support/tiny_rwkv7.h"

#include <QTemporaryDir>
#include <QTest>

using namespace support;
using engine::ErrorCode;
namespace ev = engine::event;

namespace
{

/// An engine of its own, and what became of its commands.
struct World {
    EventRecorder events;
    std::unique_ptr<engine::Engine> engine = engine::makeEngine({}, events.sink());

    engine::JobId load(const std::string &path, const std::string &strategy)
    {
        engine::LoadSpec spec;
        spec.model = path;
        spec.strategy = strategy;
        spec.slots = 2;
        const auto job = engine->load(spec);
        events.waitForEnd(job);
        return job;
    }
    /// Greedy, from token ids: the tiny models have no vocabulary that fits.
    engine::JobId generate(int maxTokens)
    {
        engine::GenerateSpec spec;
        spec.tokens = {1, 2, 3, 4, 5};
        spec.ignoreEnd = true;
        spec.maxTokens = maxTokens;
        spec.sampling.temperature = 0;
        const auto job = engine->generate(spec);
        events.waitForEnd(job);
        return job;
    }
    engine::Error errorOf(engine::JobId job) { return events.one<ev::Failed>(job).error; }
};

} // namespace

class TestGpuModels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup() { qunsetenv("ROOKERY_EMULATOR"); }
    void computesWhatTheProcessorDoes_data();
    void computesWhatTheProcessorDoes();
    void keepsPagesOfHybrids();
    void answersThroughTheFacade();
    void refusesWhatMemoryCannotHold();
    void survivesMemoryThatRunsOutWhileGenerating();
    void survivesACardThatIsLostWhileLoading();
    void survivesACardThatIsLostWhileGenerating();
    void namesWrongSettings();

private:
    std::string m_path; ///< of a small RWKV-7
    QTemporaryDir m_folder;
};

void TestGpuModels::initTestCase()
{
    QVERIFY(m_folder.isValid());
    m_path = m_folder.filePath("seven.safetensors").toStdString();
    writeBytes(m_path, safetensors(TinyRwkv7(1, {2, 64, 32, 128}).tensors));
}

void TestGpuModels::computesWhatTheProcessorDoes_data()
{
    QTest::addColumn<QString>("family");
    QTest::addColumn<QString>("format");
    for (const char *family : {"4", "5.0", "5.2", "6"})
        QTest::addRow("%s fp16", family) << family << "fp16";
    for (const char *format : {"int8", "fp8", "fp6", "fp5", "nf4", "int4"})
        QTest::addRow("6 %s", format) << "6" << format;
}

/// Both decode the same weights and compute in float32, in another order.
void TestGpuModels::computesWhatTheProcessorDoes()
{
    QFETCH(QString, family);
    QFETCH(QString, format);
    const TinyOldShape shape{family.toStdString(), 2, 64, 32, 128};
    const std::string path = m_folder.filePath("old.safetensors").toStdString();
    writeBytes(path, safetensors(TinyRwkv456(2, shape).tensors));
    std::vector<float> logits[2];
    for (int i = 0; i < 2; ++i) {
        engine::LoadSpec spec;
        spec.model = path;
        spec.strategy = (i == 0 ? "cpu " : "emulator ") + format.toStdString();
        spec.slots = 2;
        engine::LoadedModel m = engine::loadModel(spec, {}, {}, {});
        logits[i] = runTokens(m, tinyTokens(2, 12), 5);
    }
    const double terms = shape.layers * (5.0 * shape.width + shape.hidden + 12.0 * shape.head) + shape.width;
    const double allowed = 2 * walkTolerance(terms, largest(logits[0]));
    qInfo("max abs error %.2g of %.2g allowed", distance(logits[0], logits[1]), allowed);
    QVERIFY(distance(logits[0], logits[1]) <= allowed);
}

/// Attention over the border of a page, and around the end of the ring.
void TestGpuModels::keepsPagesOfHybrids()
{
    const nlohmann::json golden = hybridGolden(QStringLiteral("hxa079-1"));
    const std::string path = m_folder.filePath("hybrid.safetensors").toStdString();
    writeBytes(path, withMetadata(hybridTensors(golden, 1), golden["config"]));
    const std::vector<int> tokens = tinyTokens(2, 90);
    const auto load = [&](const std::string &strategy) {
        engine::LoadSpec spec;
        spec.model = path;
        spec.strategy = strategy;
        spec.slots = 2;
        spec.contextTokens = 80;
        return engine::loadModel(spec, {}, {}, {});
    };
    engine::LoadedModel processor = load("cpu fp32"), card = load("emulator fp32");
    const std::vector<float> want = runTokens(processor, tokens, 90), whole = runTokens(card, tokens, 90);
    const engine::ModelDims &dims = card.model->dims();
    const double terms =
        dims.layers * (5.0 * dims.width + dims.hidden + 12.0 * dims.headSize + 80) + dims.width;
    const double allowed = 2 * walkTolerance(terms, largest(want));
    QVERIFY2(distance(want, whole) <= allowed,
             qPrintable(QStringLiteral("off by %1, allowed %2").arg(distance(want, whole)).arg(allowed)));
    QVERIFY(sameBits(runTokens(card, tokens, 33), whole));

    const std::vector<int> before(tokens.begin(), tokens.begin() + 70),
        behind(tokens.begin() + 70, tokens.end());
    const auto slot = card.states->acquire().value(), other = card.states->acquire().value();
    runStep(card, {{slot, before}});
    card.states->load(other, card.states->save(slot));
    QCOMPARE(card.states->usedPages(), 4);
    const std::vector<float> rest = runStep(card, {{other, behind}});
    QVERIFY(sameBits(rest, {whole.end() - std::ptrdiff_t(rest.size()), whole.end()}));
}

void TestGpuModels::answersThroughTheFacade()
{
    World card, processor;
    QVERIFY(card.events.has<ev::ModelLoaded>(card.load(m_path, "emulator fp32")));
    QVERIFY(processor.events.has<ev::ModelLoaded>(processor.load(m_path, "cpu fp32")));
    const auto job = card.generate(12), same = processor.generate(12);
    QVERIFY2(card.events.has<ev::Finished>(job), card.errorOf(job).message().c_str());
    QCOMPARE(card.events.tokens(job).size(), std::size_t{12});
    QCOMPARE(card.events.tokens(job),
             processor.events.tokens(same)); // greedy, and no near ties in this model
}

void TestGpuModels::refusesWhatMemoryCannotHold()
{
    qputenv("ROOKERY_EMULATOR", "memory=300K");
    World world;
    const engine::Error error = world.errorOf(world.load(m_path, "emulator fp32"));
    QCOMPARE(error.code(), ErrorCode::OutOfMemory);
    QVERIFY2(error.message().find("emulator:0") != std::string::npos, error.message().c_str());
    qunsetenv("ROOKERY_EMULATOR");
    QVERIFY(world.events.has<ev::ModelLoaded>(world.load(m_path, "emulator fp32")));
}

/// The sampler's working memory is the first thing that is taken after a load.
void TestGpuModels::survivesMemoryThatRunsOutWhileGenerating()
{
    std::size_t used = 0;
    {
        World world;
        QVERIFY(world.events.has<ev::ModelLoaded>(world.load(m_path, "emulator fp32")));
        const kernels::MemoryFigures figures = kernels::openDevice("emulator:0")->memory();
        used = figures.totalBytes - figures.freeBytes;
    }
    QVERIFY(used > 0);
    qputenv("ROOKERY_EMULATOR", "memory=" + QByteArray::number(qulonglong(used + 64)));
    World world;
    const auto load = world.load(m_path, "emulator fp32");
    if (!world.events.has<ev::ModelLoaded>(load)) // the plan may count more than is taken
        QSKIP("the plan wants more than the load takes");
    const auto job = world.generate(4);
    QCOMPARE(world.errorOf(job).code(), ErrorCode::OutOfMemory);
    QVERIFY(world.errorOf(job).message().find("emulator:0") != std::string::npos);
    qunsetenv("ROOKERY_EMULATOR");
    QVERIFY(world.events.has<ev::ModelLoaded>(world.load(m_path, "emulator fp32")));
    QVERIFY(world.events.has<ev::Finished>(world.generate(4)));
}

void TestGpuModels::survivesACardThatIsLostWhileLoading()
{
    qputenv("ROOKERY_EMULATOR", "lost=3");
    World world;
    const engine::Error error = world.errorOf(world.load(m_path, "emulator fp32"));
    QCOMPARE(error.code(), ErrorCode::DeviceLost);
    QVERIFY2(error.message().find("emulator:0") != std::string::npos, error.message().c_str());
    QCOMPARE(error.detail(), std::string("the card does not answer any more"));
    qunsetenv("ROOKERY_EMULATOR");
    QVERIFY(world.events.has<ev::ModelLoaded>(world.load(m_path, "emulator fp32")));
}

void TestGpuModels::survivesACardThatIsLostWhileGenerating()
{
    qputenv("ROOKERY_EMULATOR", "lost=400");
    World world;
    QVERIFY(world.events.has<ev::ModelLoaded>(world.load(m_path, "emulator fp32")));
    const auto job = world.generate(100);
    QCOMPARE(world.errorOf(job).code(), ErrorCode::DeviceLost);
    QVERIFY(!world.events.tokens(job).empty()); // what was there before is not taken back
    QCOMPARE(world.errorOf(job).detail(), std::string("the card does not answer any more"));
    qunsetenv("ROOKERY_EMULATOR");
    QVERIFY(world.events.has<ev::ModelLoaded>(world.load(m_path, "emulator fp32")));
    QVERIFY(world.events.has<ev::Finished>(world.generate(4)));
}

void TestGpuModels::namesWrongSettings()
{
    qputenv("ROOKERY_EMULATOR", "memory=lots");
    World world;
    const engine::Error error = world.errorOf(world.load(m_path, "emulator fp32"));
    QCOMPARE(error.code(), ErrorCode::DeviceUnusable);
    QVERIFY2(error.message().find("ROOKERY_EMULATOR: expected") != std::string::npos,
             error.message().c_str());
}

QTEST_APPLESS_MAIN(TestGpuModels)
#include "tst_gpu_models.moc"
