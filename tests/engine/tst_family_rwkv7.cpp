#include "engine/error.h"
#include "kernels/device.h"
#include "support/family_golden.h"
#include "support/model_run.h"
#include "support/thrown_error.h"
#include "support/tiny_rwkv7.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace support;

namespace
{

constexpr int kPositions = kGoldenPositions, kVocabulary = TinyShape::kVocabulary;
constexpr const char *kMutants[] = {"a_lora_ignored",
                                    "v_first_dropped",
                                    "k_a_one",
                                    "decay_constant",
                                    "r_k_zero",
                                    "group_norm_eps",
                                    "shift_of_wrong_token",
                                    "state_transposed",
                                    "deep_matrix_transposed",
                                    "deep_of_mixed_input",
                                    "deep_without_embedding"};

/// The last three are of RWKV-7a only.
std::size_t mutantsOf(const TinyShape &shape) { return std::size(kMutants) - (shape.deepRank > 0 ? 0 : 3); }

engine::LoadedModel load(const std::string &path, const std::string &strategy,
                         const std::string &kernels = {})
{
    engine::LoadSpec spec;
    engine::EngineOptions options;
    options.cpuKernels = kernels;
    spec.model = path;
    spec.strategy = strategy;
    spec.slots = 64;
    return engine::loadModel(spec, options, {}, {});
}

/// Of a layer: r, w, k, v, a and g, some of two factors, the output; key and value of the channel mix.
constexpr int kProducts = 12;

double tolerance(const TinyShape &shape, double magnitude)
{
    const double terms =
        shape.layers * (5.0 * shape.width + shape.hidden + kPositions * shape.head) + shape.width;
    return walkTolerance(terms, magnitude);
}

} // namespace

class TestFamilyRwkv7 : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void matchesTheReference_data() { addCases(); }
    void matchesTheReference();
    void wouldNoticeEveryMutant_data() { addCases(); }
    void wouldNoticeEveryMutant();
    void matchesTheReferenceOnRoundedWeights_data();
    void matchesTheReferenceOnRoundedWeights();
    void readsTheSameInChunks_data() { addStrategies(); }
    void readsTheSameInChunks();
    void rowsDoNotDependOnTheirCompany_data() { addStrategies(); }
    void rowsDoNotDependOnTheirCompany();
    void givesTheSameInTwoPasses_data();
    void givesTheSameInTwoPasses();
    void goesOnFromASavedState();
    void givesLogitsOfWantedRowsOnly();
    void stopsBetweenLayers();
    void needsNoValueMixInTheFirstLayer();
    void saysWhatIsWrong_data();
    void saysWhatIsWrong();

private:
    void addCases();
    void addStrategies();
    std::string makeModel(const TinyShape &shape, int seed);

    QTemporaryDir m_folder;
};

void TestFamilyRwkv7::initTestCase() { QVERIFY(m_folder.isValid()); }

void TestFamilyRwkv7::addCases()
{
    QTest::addColumn<QString>("golden");
    QTest::addColumn<QList<int>>("shape");
    QTest::addColumn<int>("seed");
    const std::pair<const char *, QList<int>> shapes[] = {{"l2-c64", {2, 64, 64, 256}},
                                                          {"l3-c128", {3, 128, 64, 512}},
                                                          {"l2-c192", {2, 192, 64, 576}},
                                                          {"l2-c96-n32", {2, 96, 32, 384}},
                                                          {"l2-c64-deep", {2, 64, 32, 256, 12}}};
    for (const auto &[name, shape] : shapes)
        for (const int seed : {1, 2}) {
            const QString golden = QString("%1-%2").arg(name).arg(seed);
            QTest::newRow(qPrintable(golden)) << golden << shape << seed;
        }
}

void TestFamilyRwkv7::addStrategies()
{
    QTest::addColumn<QString>("strategy");
    QTest::addColumn<QString>("path");
    for (const char *strategy : {"cpu fp32", "cpu bf16", "cpu fp16"})
        for (const char *path : {"plain", "avx2", "avx512", "amx", "amx-emulated"}) {
            const bool usesTiles = std::string_view(path).starts_with("amx");
            if (usesTiles && std::string_view(strategy) != "cpu bf16") continue; // the products of avx512
            if (kernels::openDevice("cpu", {1, path}, nullptr))
                QTest::addRow("%s, %s", strategy, path) << strategy << path;
        }
}

std::string TestFamilyRwkv7::makeModel(const TinyShape &shape, int seed)
{
    const std::string path = m_folder.filePath("model.safetensors").toStdString();
    support::writeBytes(path, support::safetensors(support::TinyRwkv7(seed, shape).tensors));
    return path;
}

void TestFamilyRwkv7::matchesTheReference()
{
    QFETCH(QString, golden);
    QFETCH(QList<int>, shape);
    QFETCH(int, seed);
    const TinyShape tiny{shape[0], shape[1], shape[2], shape[3], shape.value(4)};
    const Golden want = readGolden("rwkv7/" + golden, mutantsOf(tiny));
    QVERIFY(!want.truth.empty());
    engine::LoadedModel m = load(makeModel(tiny, seed), "cpu fp32");
    const std::vector<float> got =
        everyNth(support::runTokens(m, support::tinyTokens(seed), kPositions), kFew);
    const double allowed = tolerance(tiny, largest(want.truth));
    qInfo("max abs error %.2g of %.2g allowed", distance(got, want.truth), allowed);
    QVERIFY2(distance(got, want.truth) <= allowed,
             qPrintable(QString("%1 > %2").arg(distance(got, want.truth)).arg(allowed)));
}

/// The comparison above has teeth: our logits are far from what a wrong implementation gives.
void TestFamilyRwkv7::wouldNoticeEveryMutant()
{
    QFETCH(QString, golden);
    QFETCH(QList<int>, shape);
    QFETCH(int, seed);
    const TinyShape tiny{shape[0], shape[1], shape[2], shape[3], shape.value(4)};
    const Golden want = readGolden("rwkv7/" + golden, mutantsOf(tiny));
    QVERIFY(!want.truth.empty());
    engine::LoadedModel m = load(makeModel(tiny, seed), "cpu fp32");
    const std::vector<float> got =
        everyNth(support::runTokens(m, support::tinyTokens(seed), kPositions), kMany);
    const double allowed = tolerance(tiny, largest(want.truth));
    for (std::size_t i = 0; i < mutantsOf(tiny); ++i)
        QVERIFY2(distance(got, want.sparse[i]) > 10 * allowed, kMutants[i]);
}

void TestFamilyRwkv7::matchesTheReferenceOnRoundedWeights_data() { addCases(); }

/// 16-bit strategies round weights only: activations stay float32, or two bf16 numbers where tiles multiply.
void TestFamilyRwkv7::matchesTheReferenceOnRoundedWeights()
{
    QFETCH(QString, golden);
    QFETCH(QList<int>, shape);
    QFETCH(int, seed);
    const TinyShape tiny{shape[0], shape[1], shape[2], shape[3], shape.value(4)};
    const Golden want = readGolden("rwkv7/" + golden, mutantsOf(tiny));
    QVERIFY(!want.truth.empty());
    const std::string path = makeModel(tiny, seed);
    const double rounding = tolerance(tiny, largest(want.truth));
    for (const RoundedRun &run : kRoundedRuns) {
        engine::LoadedModel m = load(path, run.strategy, run.kernels);
        const std::vector<float> got =
            everyNth(support::runTokens(m, support::tinyTokens(seed), kPositions), kMany);
        const double tiles =
            usesTiles(m.device(), run) ? tileTolerance(kProducts * tiny.layers + 1, largest(want.truth)) : 0;
        const double error = distance(got, want.sparse[mutantsOf(tiny) + run.golden]),
                     allowed = rounding + tiles;
        QVERIFY2(
            error <= allowed,
            qPrintable(QString("%1 %2: %3 > %4").arg(run.strategy, run.kernels).arg(error).arg(allowed)));
        QVERIFY2(distance(got, everyNth(want.truth, kMany / kFew)) > 10 * allowed,
                 "the weights were not rounded");
    }
}

void TestFamilyRwkv7::readsTheSameInChunks()
{
    QFETCH(QString, strategy);
    QFETCH(QString, path);
    engine::LoadedModel m = load(makeModel({2, 128, 64, 512}, 3), strategy.toStdString(), path.toStdString());
    const std::vector<int> tokens = support::tinyTokens(3, 40);
    const std::vector<float> whole = support::runTokens(m, tokens, int(tokens.size()));
    for (const int chunk : {1, 2, 3, 7, 33})
        QVERIFY2(sameBits(support::runTokens(m, tokens, chunk), whole),
                 qPrintable(QString("chunks of %1").arg(chunk)));
}

void TestFamilyRwkv7::rowsDoNotDependOnTheirCompany()
{
    QFETCH(QString, strategy);
    QFETCH(QString, path);
    engine::LoadedModel m = load(makeModel({2, 128, 64, 512}, 4), strategy.toStdString(), path.toStdString());
    const std::vector<int> tokens = support::tinyTokens(4, 12);
    const std::vector<float> alone = support::runTokens(m, tokens, 1);

    constexpr int kCompany = 31, kOurs = 17;
    std::vector<engine::StatePool::Slot> slots;
    for (int i = 0; i <= kCompany; ++i)
        slots.push_back(m.states->acquire().value());
    std::vector<float> inCompany;
    for (std::size_t t = 0; t < tokens.size(); ++t) {
        std::vector<support::Rows> rows; // the others read other tokens, some of them several at once
        std::size_t before = 0;
        for (int i = 0; i <= kCompany; ++i) {
            const std::size_t count = i == kOurs ? 1 : 1 + (t + std::size_t(i)) % 3;
            if (i < kOurs) before += count;
            std::vector<int> ids(count, (int(t) * 7 + i * 5) % kVocabulary);
            if (i == kOurs) ids[0] = tokens[t];
            rows.push_back({slots[std::size_t(i)], ids});
        }
        const std::vector<float> all = support::runStep(m, rows);
        const auto ours = all.begin() + std::ptrdiff_t(before * kVocabulary);
        inCompany.insert(inCompany.end(), ours, ours + kVocabulary);
    }
    QVERIFY(sameBits(inCompany, alone));
}

void TestFamilyRwkv7::givesTheSameInTwoPasses_data()
{
    QTest::addColumn<int>("deepRank");
    QTest::newRow("7") << 0;
    QTest::newRow("7a") << 12;
}

/// Layers on two devices: only the leading bytes of the workspace go over.
void TestFamilyRwkv7::givesTheSameInTwoPasses()
{
    QFETCH(int, deepRank);
    engine::LoadedModel m = load(makeModel({3, 64, 32, 256, deepRank}, 9), "cpu fp32");
    QCOMPARE(m.info.family, std::string(deepRank > 0 ? "rwkv7a" : "rwkv7"));
    const std::vector<int> tokens = tinyTokens(9, 11);
    const std::vector<float> whole = runTokens(m, tokens, 1);
    QVERIFY(sameBits(runTokens(m, tokens, 11), whole));
    for (int border = 1; border <= 3; ++border)
        QVERIFY2(sameBits(runInTwoPasses(m, tokens, 4, border), whole),
                 qPrintable(QString("cut before item %1").arg(border)));
    const auto slot = m.states->acquire().value();
    QVERIFY(keepsWithinWorkspace(m, {{slot, tokens}}, {0, 5}));
}

void TestFamilyRwkv7::goesOnFromASavedState()
{
    engine::LoadedModel m = load(makeModel({2, 96, 32, 384}, 5), "cpu bf16");
    const std::vector<int> tokens = support::tinyTokens(5);
    const std::vector<float> whole = support::runTokens(m, tokens, 1);
    const auto first = m.states->acquire().value();
    const std::vector<int> head(tokens.begin(), tokens.begin() + 10), tail(tokens.begin() + 10, tokens.end());
    support::runStep(m, {{first, head}});
    const std::vector<float> saved = m.states->save(first);
    const auto second = m.states->acquire().value();
    m.states->load(second, saved);
    const std::vector<float> rest = support::runStep(m, {{second, tail}});
    QVERIFY(sameBits(rest, {whole.begin() + 10 * kVocabulary, whole.end()}));
}

void TestFamilyRwkv7::givesLogitsOfWantedRowsOnly()
{
    engine::LoadedModel m = load(makeModel({2, 64, 64, 256}, 6), "cpu fp32");
    const std::vector<int> tokens = support::tinyTokens(6, 5);
    const std::vector<float> all = support::runTokens(m, tokens, 5);
    const std::vector<float> some = support::runStep(m, {{m.states->acquire().value(), tokens}}, {4, 1});
    QCOMPARE(some.size(), std::size_t(2 * kVocabulary));
    QVERIFY(sameBits({some.begin(), some.begin() + kVocabulary}, {all.end() - kVocabulary, all.end()}));
    QVERIFY(sameBits({some.begin() + kVocabulary, some.end()},
                     {all.begin() + kVocabulary, all.begin() + 2 * kVocabulary}));
    QVERIFY(support::runStep(m, {{m.states->acquire().value(), tokens}}, {}).empty());
}

void TestFamilyRwkv7::stopsBetweenLayers()
{
    engine::LoadedModel m = load(makeModel({2, 64, 64, 256}, 6), "cpu fp32");
    const auto slot = m.states->acquire().value();
    std::stop_source stop;
    stop.request_stop();
    support::runStep(m, {{slot, {1, 2, 3}}}, {2}, stop.get_token());
    QCOMPARE(m.states->save(slot), std::vector<float>(m.states->floatsPerSlot(), 0.0F));
}

/// BlinkDL's newer files hold them although nothing reads them; whatever they hold changes nothing.
void TestFamilyRwkv7::needsNoValueMixInTheFirstLayer()
{
    const TinyShape shape;
    std::vector<support::TinyTensor> tensors = support::TinyRwkv7(7, shape).tensors;
    for (const char *name : {"blocks.0.att.v0", "blocks.0.att.v1", "blocks.0.att.v2"})
        tensors.push_back({name, {1, 1, 3}, {5, NAN, 7}});
    const std::string path = m_folder.filePath("extra.safetensors").toStdString();
    support::writeBytes(path, support::safetensors(tensors));
    engine::LoadedModel with = load(path, "cpu");
    engine::LoadedModel without = load(makeModel(shape, 7), "cpu");
    const std::vector<int> tokens = support::tinyTokens(7);
    QVERIFY(sameBits(support::runTokens(with, tokens, 24), support::runTokens(without, tokens, 24)));
}

void TestFamilyRwkv7::saysWhatIsWrong_data()
{
    QTest::addColumn<QString>("tensor");
    QTest::addColumn<QList<qlonglong>>("shape"); // empty: the tensor is missing
    QTest::addColumn<QString>("message");
    QTest::newRow("rank") << "blocks.1.att.w2" << QList<qlonglong>{15, 64}
                          << "blocks.1.att.w2: expected [16, 64], found [15, 64].";
    QTest::newRow("vector") << "blocks.1.ln2.bias" << QList<qlonglong>{63}
                            << "blocks.1.ln2.bias: expected [64], found [63].";
    QTest::newRow("missing") << "blocks.1.att.k_a" << QList<qlonglong>{}
                             << "blocks.1.att.k_a: expected [64], but the file has no such tensor.";
    QTest::newRow("no head") << "head.weight" << QList<qlonglong>{}
                             << "head.weight: expected [256, 64], but the file has no such tensor.";
    QTest::newRow("head") << "head.weight" << QList<qlonglong>{63, 64}
                          << "head.weight: expected [256, 64], found [63, 64].";
    QTest::newRow("heads") << "blocks.0.att.r_k" << QList<qlonglong>{2, 64} << "product of 64, found [2, 64]";
    QTest::newRow("flat") << "emb.weight" << QList<qlonglong>{16384}
                          << "emb.weight: expected 2 dimensions, found [16384].";
    QTest::newRow("turned factor") << "blocks.0.att.w1" << QList<qlonglong>{16, 64}
                                   << "the low-rank factors are transposed";
}

void TestFamilyRwkv7::saysWhatIsWrong()
{
    QFETCH(QString, tensor);
    QFETCH(QList<qlonglong>, shape);
    QFETCH(QString, message);
    std::vector<support::TinyTensor> tensors = support::TinyRwkv7(8, {}).tensors;
    const auto found = std::find_if(tensors.begin(), tensors.end(),
                                    [&](const auto &t) { return t.name == tensor.toStdString(); });
    QVERIFY(found != tensors.end());
    if (shape.isEmpty()) {
        tensors.erase(found);
    } else {
        found->shape.assign(shape.begin(), shape.end());
        qlonglong count = 1;
        for (const qlonglong d : shape)
            count *= d;
        found->values.assign(std::size_t(count), 0.5F);
    }
    const std::string path = m_folder.filePath("wrong.safetensors").toStdString();
    support::writeBytes(path, support::safetensors(tensors));
    const engine::Error error = support::errorOf([&] { load(path, "cpu"); });
    QCOMPARE(error.code(),
             tensor.endsWith("w1") ? engine::ErrorCode::UnsupportedModel : engine::ErrorCode::BadModel);
    QVERIFY2(QString::fromStdString(error.message()).contains(message), error.message().c_str());
    // What cannot be loaded is inspected all the same.
    QCOMPARE(engine::inspectModel(path, {}, false).problem, error.message());
}

QTEST_APPLESS_MAIN(TestFamilyRwkv7)
#include "tst_family_rwkv7.moc"
