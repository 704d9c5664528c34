#include "engine/error.h"
#include "support/family_golden.h"
#include "support/model_run.h"
#include "support/thrown_error.h"
#include "support/tiny_rwkv456.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace support;

namespace
{

constexpr int kPositions = kGoldenPositions, kVocabulary = TinyShape::kVocabulary;

struct Case {
    TinyOldShape shape;
    std::size_t mutants; ///< how many wrong implementations the reference knows
};

/// As CASES and MUTANTS in tests/engine/reference/rwkv456_numpy.py.
const Case kCases[] = {{{"4", 2, 64, 1, 256}, 6},     {{"4", 3, 96, 1, 160}, 6},
                       {{"5.0", 2, 64, 16, 256}, 9},  {{"5.1", 2, 128, 64, 448}, 9},
                       {{"5.2", 2, 128, 64, 448}, 9}, {{"5.2", 3, 96, 32, 320}, 9},
                       {{"6", 2, 128, 64, 448}, 12},  {{"6", 3, 96, 32, 320}, 12}};
constexpr int kSeeds[] = {1, 2};

engine::LoadedModel load(const std::string &path, const std::string &strategy,
                         const std::string &kernels = {}, float headNormEpsilon = 0)
{
    engine::LoadSpec spec;
    spec.model = path;
    spec.strategy = strategy;
    spec.slots = 32;
    spec.headNormEpsilon = headNormEpsilon;
    engine::EngineOptions options;
    options.cpuKernels = kernels;
    return engine::loadModel(spec, options, {}, {});
}

/// Of a layer: receptance, decay of two factors, key, value, gate, output; key, value and receptance of the
/// channel mix.
constexpr int kProducts = 10;

double tolerance(const TinyOldShape &shape, double magnitude)
{
    const double terms =
        shape.layers * (6.0 * shape.width + shape.hidden + kPositions * shape.head) + shape.width;
    return walkTolerance(terms, magnitude);
}

QString nameOf(const Case &c, int seed)
{
    return QStringLiteral("%1-l%2-c%3-n%4-%5")
        .arg(QString::fromStdString(c.shape.family))
        .arg(c.shape.layers)
        .arg(c.shape.width)
        .arg(c.shape.head)
        .arg(seed);
}

} // namespace

class TestFamilyRwkv456 : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void matchesTheReference_data() { addCases(); }
    void matchesTheReference();
    void matchesTheReferenceOnRoundedWeights_data() { addCases(); }
    void matchesTheReferenceOnRoundedWeights();
    void readsTheSameInChunks_data() { addFamilies(); }
    void readsTheSameInChunks();
    void rowsDoNotDependOnTheirCompany_data() { addFamilies(); }
    void rowsDoNotDependOnTheirCompany();
    void givesTheSameInTwoPasses_data() { addFamilies(); }
    void givesTheSameInTwoPasses();
    void keepsToItsWorkspace_data() { addFamilies(); }
    void keepsToItsWorkspace();
    void goesOnFromASavedState_data() { addFamilies(); }
    void goesOnFromASavedState();
    void describesItsState_data() { addFamilies(); }
    void describesItsState();
    void takesTheEpsilonBehindTheHeads();
    void refusesAnImpossibleEpsilon();
    void surviveHugeNumbers_data() { addFamilies(); }
    void surviveHugeNumbers();
    void saysWhatIsWrong_data();
    void saysWhatIsWrong();

private:
    void addCases();
    void addFamilies();
    std::string makeModel(int seed, const TinyOldShape &shape);

    QTemporaryDir m_folder;
};

void TestFamilyRwkv456::initTestCase() { QVERIFY(m_folder.isValid()); }

void TestFamilyRwkv456::addCases()
{
    QTest::addColumn<int>("index");
    QTest::addColumn<int>("seed");
    for (int i = 0; i < int(std::size(kCases)); ++i)
        for (const int seed : kSeeds)
            QTest::newRow(qPrintable(nameOf(kCases[i], seed))) << i << seed;
}

/// One case of each family with each kind of weights, by turns.
void TestFamilyRwkv456::addFamilies()
{
    QTest::addColumn<int>("index");
    QTest::addColumn<QString>("strategy");
    const char *strategies[] = {"cpu fp32", "cpu bf16", "cpu fp16"};
    for (const int i : {1, 2, 3, 4, 6, 7})
        QTest::newRow(qPrintable(nameOf(kCases[i], 1))) << i << QString(strategies[i % 3]);
}

std::string TestFamilyRwkv456::makeModel(int seed, const TinyOldShape &shape)
{
    const std::string path = m_folder.filePath("model.safetensors").toStdString();
    writeBytes(path, safetensors(TinyRwkv456(seed, shape).tensors));
    return path;
}

/// And has teeth: our logits are far from what a wrong implementation gives.
void TestFamilyRwkv456::matchesTheReference()
{
    QFETCH(int, index);
    QFETCH(int, seed);
    const Case &c = kCases[index];
    const Golden want = readGolden("rwkv456/" + nameOf(c, seed), c.mutants);
    QVERIFY(!want.truth.empty());
    engine::LoadedModel m = load(makeModel(seed, c.shape), "cpu fp32");
    QCOMPARE(m.info.family, "rwkv" + c.shape.family);
    const std::vector<float> all = runTokens(m, tinyTokens(seed), kPositions);
    const double error = distance(everyNth(all, kFew), want.truth);
    const double allowed = tolerance(c.shape, largest(want.truth));
    qInfo("max abs error %.2g of %.2g allowed", error, allowed);
    QVERIFY2(error <= allowed, qPrintable(QString("%1 > %2").arg(error).arg(allowed)));
    for (std::size_t i = 0; i < c.mutants; ++i)
        QVERIFY2(distance(everyNth(all, kMany), want.sparse[i]) > 10 * allowed,
                 qPrintable(QString("mutant %1").arg(i)));
}

/// 16-bit strategies round weights only: activations stay float32, or two bf16 numbers where tiles multiply.
void TestFamilyRwkv456::matchesTheReferenceOnRoundedWeights()
{
    QFETCH(int, index);
    QFETCH(int, seed);
    const Case &c = kCases[index];
    const Golden want = readGolden("rwkv456/" + nameOf(c, seed), c.mutants);
    QVERIFY(!want.truth.empty());
    const std::string path = makeModel(seed, c.shape);
    const double rounding = tolerance(c.shape, largest(want.truth));
    for (const RoundedRun &run : kRoundedRuns) {
        engine::LoadedModel m = load(path, run.strategy, run.kernels);
        const std::vector<float> got = everyNth(runTokens(m, tinyTokens(seed), kPositions), kMany);
        const double tiles = usesTiles(m.device(), run)
                                 ? tileTolerance(kProducts * c.shape.layers + 1, largest(want.truth))
                                 : 0;
        const double error = distance(got, want.sparse[c.mutants + run.golden]), allowed = rounding + tiles;
        QVERIFY2(
            error <= allowed,
            qPrintable(QString("%1 %2: %3 > %4").arg(run.strategy, run.kernels).arg(error).arg(allowed)));
        QVERIFY2(distance(got, everyNth(want.truth, kMany / kFew)) > 10 * allowed,
                 "the weights were not rounded");
    }
}

void TestFamilyRwkv456::readsTheSameInChunks()
{
    QFETCH(int, index);
    QFETCH(QString, strategy);
    engine::LoadedModel m = load(makeModel(3, kCases[index].shape), strategy.toStdString());
    const std::vector<int> tokens = tinyTokens(3, 40);
    const std::vector<float> whole = runTokens(m, tokens, int(tokens.size()));
    for (const int chunk : {1, 2, 3, 7, 33})
        QVERIFY2(sameBits(runTokens(m, tokens, chunk), whole),
                 qPrintable(QString("chunks of %1").arg(chunk)));
}

void TestFamilyRwkv456::rowsDoNotDependOnTheirCompany()
{
    QFETCH(int, index);
    QFETCH(QString, strategy);
    engine::LoadedModel m = load(makeModel(4, kCases[index].shape), strategy.toStdString());
    const std::vector<int> tokens = tinyTokens(4, 10);
    const std::vector<float> alone = runTokens(m, tokens, 1);
    constexpr int kCompany = 15, kOurs = 9;
    std::vector<engine::StatePool::Slot> slots;
    for (int i = 0; i <= kCompany; ++i)
        slots.push_back(m.states->acquire().value());
    std::vector<float> inCompany;
    for (std::size_t t = 0; t < tokens.size(); ++t) {
        std::vector<Rows> rows; // the others read other tokens, some of them several at once
        std::size_t before = 0;
        for (int i = 0; i <= kCompany; ++i) {
            const std::size_t count = i == kOurs ? 1 : 1 + (t + std::size_t(i)) % 3;
            if (i < kOurs) before += count;
            std::vector<int> ids(count, (int(t) * 7 + i * 5) % kVocabulary);
            if (i == kOurs) ids[0] = tokens[t];
            rows.push_back({slots[std::size_t(i)], ids});
        }
        const std::vector<float> all = runStep(m, rows);
        const auto ours = all.begin() + std::ptrdiff_t(before * kVocabulary);
        inCompany.insert(inCompany.end(), ours, ours + kVocabulary);
    }
    QVERIFY(sameBits(inCompany, alone));
}

/// Layers on two devices: each pass has its own states and its own workspace, and only the leading bytes of
/// the workspace go over.
void TestFamilyRwkv456::givesTheSameInTwoPasses()
{
    QFETCH(int, index);
    QFETCH(QString, strategy);
    engine::LoadedModel m = load(makeModel(5, kCases[index].shape), strategy.toStdString());
    const std::vector<int> tokens = tinyTokens(5, 12);
    const std::vector<float> whole = runTokens(m, tokens, 5);
    for (int border = 1; border <= m.model->dims().layers; ++border)
        QVERIFY2(sameBits(runInTwoPasses(m, tokens, 5, border), whole),
                 qPrintable(QString("cut before item %1").arg(border)));
}

/// What lies behind the planned bytes stays as it was.
void TestFamilyRwkv456::keepsToItsWorkspace()
{
    QFETCH(int, index);
    QFETCH(QString, strategy);
    engine::LoadedModel m = load(makeModel(6, kCases[index].shape), strategy.toStdString());
    for (const auto &[rows, wanted] : {std::pair{1, 1}, {7, 3}, {33, 33}}) {
        const std::size_t bytes = m.model->workspaceBytes(rows, wanted);
        QCOMPARE(bytes % 64, 0U);
        QVERIFY(m.model->carriedBytes(rows) <= bytes);
        std::vector<std::int32_t> logitRows;
        for (int i = 0; i < wanted; ++i)
            logitRows.push_back(i);
        const auto slot = m.states->acquire().value();
        QVERIFY(keepsWithinWorkspace(m, {{slot, tinyTokens(6, rows)}}, logitRows));
        m.states->release(slot);
    }
}

void TestFamilyRwkv456::goesOnFromASavedState()
{
    QFETCH(int, index);
    QFETCH(QString, strategy);
    engine::LoadedModel m = load(makeModel(7, kCases[index].shape), strategy.toStdString());
    const std::vector<int> tokens = tinyTokens(7);
    const std::vector<float> whole = runTokens(m, tokens, 1);
    const auto first = m.states->acquire().value();
    const std::vector<int> head(tokens.begin(), tokens.begin() + 10), tail(tokens.begin() + 10, tokens.end());
    runStep(m, {{first, head}});
    const std::vector<float> saved = m.states->save(first);
    const auto second = m.states->acquire().value();
    m.states->load(second, saved);
    QVERIFY(sameBits(runStep(m, {{second, tail}}), {whole.begin() + 10 * kVocabulary, whole.end()}));
}

void TestFamilyRwkv456::describesItsState()
{
    QFETCH(int, index);
    const TinyOldShape &shape = kCases[index].shape;
    const engine::LoadedModel m = load(makeModel(8, shape), "cpu");
    const engine::StateSpec spec = m.model->state();
    const auto C = std::size_t(shape.width), layers = std::size_t(shape.layers);
    // rwkv-math-and-formats §10: two shifts and three sums, or two shifts, a matrix for every head and
    // the offsets of tuned states.
    const std::size_t perLayer = shape.family == "4" ? 5 * C : 3 * C + C * std::size_t(shape.head);
    QCOMPARE(spec.floatsPerSlot, layers * perLayer);
    QCOMPARE(spec.layerOffset.size(), layers + 1);
    for (std::size_t i = 0; i <= layers; ++i)
        QCOMPARE(spec.layerOffset[i], i * perLayer);
    QCOMPARE(spec.layout.substr(0, 5), "rwkv" + shape.family.substr(0, 1));
    std::size_t at = 0;
    for (const engine::StateSpec::Part &part : spec.parts) {
        QCOMPARE(part.offset, at);
        std::size_t floats = 1;
        for (const std::int64_t d : part.shape)
            floats *= std::size_t(d);
        at += floats;
    }
    QCOMPARE(at, spec.floatsPerSlot);
    QCOMPARE(spec.parts[0].name, std::string("blocks.0.att.shift_state"));
    QCOMPARE(spec.parts[1].name, std::string("blocks.0.ffn.shift_state"));
    if (shape.family != "4")
        QCOMPARE(spec.parts[2].shape,
                 (std::vector<std::int64_t>{shape.width / shape.head, shape.head, shape.head}));
}

/// The golden with the mutant "group_norm_eps" is what an epsilon of 1e-5 gives.
void TestFamilyRwkv456::takesTheEpsilonBehindTheHeads()
{
    constexpr std::size_t kGroupNormEps = 7; // in MUTANTS of the reference
    const Case &c = kCases[4];
    const Golden want = readGolden("rwkv456/" + nameOf(c, 1), c.mutants);
    QVERIFY(!want.truth.empty());
    engine::LoadedModel m = load(makeModel(1, c.shape), "cpu fp32", {}, 1e-5F);
    const std::vector<float> got = everyNth(runTokens(m, tinyTokens(1), kPositions), kMany);
    QVERIFY(distance(got, want.sparse[kGroupNormEps]) <= tolerance(c.shape, largest(want.truth)));
}

void TestFamilyRwkv456::refusesAnImpossibleEpsilon()
{
    const std::string path = makeModel(1, kCases[4].shape);
    for (const float epsilon : {-1e-5F, 2.0F, NAN})
        QCOMPARE(errorOf([&] { load(path, "cpu", {}, epsilon); }).code(), engine::ErrorCode::BadRequest);
}

/// Residual streams of RWKV-4 to 6 grow beyond what fp16 holds; activations here are float32.
void TestFamilyRwkv456::surviveHugeNumbers()
{
    QFETCH(int, index);
    std::vector<TinyTensor> tensors = TinyRwkv456(9, kCases[index].shape).tensors;
    for (TinyTensor &tensor : tensors)
        if (tensor.name.ends_with("ffn.value.weight") || tensor.name.ends_with("att.output.weight"))
            for (float &value : tensor.values)
                value *= 2e4F;
    const std::string path = m_folder.filePath("huge.safetensors").toStdString();
    writeBytes(path, safetensors(tensors));
    engine::LoadedModel m = load(path, "cpu fp16");
    const std::vector<float> logits = runTokens(m, tinyTokens(9), kPositions);
    QVERIFY(std::all_of(logits.begin(), logits.end(), [](float x) { return std::isfinite(x); }));
}

void TestFamilyRwkv456::saysWhatIsWrong_data()
{
    QTest::addColumn<QString>("family");
    QTest::addColumn<QString>("tensor");
    QTest::addColumn<QList<qlonglong>>("shape"); // empty: the tensor is missing
    QTest::addColumn<QString>("message");
    using Shape = QList<qlonglong>;
    QTest::newRow("4 missing") << "4"
                               << "blocks.1.att.time_first" << Shape{}
                               << "blocks.1.att.time_first: expected [64], but the file has no such tensor.";
    QTest::newRow("4 width") << "4"
                             << "blocks.0.att.key.weight" << Shape{60, 64}
                             << "blocks.0.att.key.weight: expected [64, 64], found [60, 64].";
    QTest::newRow("5.0 heads")
        << "5.0"
        << "blocks.0.att.time_decay" << Shape{3}
        << "blocks.0.att.time_decay: expected a number of heads that divides 64, found 3.";
    QTest::newRow("5.1 bonus")
        << "5.1"
        << "blocks.1.att.time_faaaa" << Shape{}
        << "blocks.1.att.time_faaaa: expected [4, 16], but the file has no such tensor.";
    QTest::newRow("5.2 gate")
        << "5.2"
        << "blocks.0.att.gate.weight" << Shape{}
        << "blocks.0.att.gate.weight: expected [64, 64], but the file has no such tensor.";
    QTest::newRow("5.2 decay") << "5.2"
                               << "blocks.1.att.time_decay" << Shape{4, 15}
                               << "blocks.1.att.time_decay: expected [4, 16], found [4, 15].";
    QTest::newRow("6 factor") << "6"
                              << "blocks.1.att.time_maa_w2" << Shape{4, 12, 64}
                              << "blocks.1.att.time_maa_w2: expected [5, 12, 64], found [4, 12, 64].";
    QTest::newRow("6 ranks") << "6"
                             << "blocks.0.att.time_maa_w1" << Shape{64, 61}
                             << "blocks.0.att.time_maa_w1: expected [64, 60], found [64, 61].";
    QTest::newRow("6 no ranks") << "6"
                                << "blocks.0.att.time_maa_w1" << Shape{64, 4}
                                << "blocks.0.att.time_maa_w1: expected factors for 5 mixes, found [64, 4].";
    QTest::newRow("6 turned") << "6"
                              << "blocks.0.att.time_decay_w1" << Shape{20, 64}
                              << "expected [64, rank] as in BlinkDL's files, found [20, 64]";
    QTest::newRow("6 head") << "6"
                            << "blocks.0.att.time_faaaa" << Shape{0, 16}
                            << "blocks.0.att.time_faaaa: expected 2 dimensions, found [0, 16].";
}

void TestFamilyRwkv456::saysWhatIsWrong()
{
    QFETCH(QString, family);
    QFETCH(QString, tensor);
    QFETCH(QList<qlonglong>, shape);
    QFETCH(QString, message);
    const int head = family == "4" ? 1 : 16;
    std::vector<TinyTensor> tensors = TinyRwkv456(8, {family.toStdString(), 2, 64, head, 256}).tensors;
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
    writeBytes(path, safetensors(tensors));
    const engine::Error error = errorOf([&] { load(path, "cpu"); });
    QVERIFY2(QString::fromStdString(error.message()).contains(message), error.message().c_str());
    // What cannot be loaded is inspected all the same.
    QCOMPARE(engine::inspectModel(path, {}, false).problem, error.message());
}

QTEST_APPLESS_MAIN(TestFamilyRwkv456)
#include "tst_family_rwkv456.moc"
