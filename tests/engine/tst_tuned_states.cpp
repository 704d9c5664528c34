// Tuned states with offsets (time_state, time_offset), in a file of their own and inside a model file.
#include "engine/error.h"
#include "engine/files/tensor_file.h"
#include "engine/state_file.h"
#include "engine/state_import.h"
#include "support/family_golden.h"
#include "support/model_run.h"
#include "support/thrown_error.h"
#include "support/tiny_rwkv456.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>

using namespace support;
using nlohmann::json;

namespace
{

/// As CASES in tests/engine/reference/tuned_numpy.py.
const TinyOldShape kCases[] = {
    {"5.0", 2, 64, 16, 256}, {"5.2", 2, 128, 64, 448}, {"6", 3, 96, 32, 320}, {"7", 2, 64, 32, 256}};
constexpr int kSeeds[] = {1, 2};
constexpr int kPositions = 12;

json goldenOf(const TinyOldShape &shape, int seed)
{
    QFile file(QStringLiteral(ROOKERY_SOURCE_DIR "/tests/data/tuned/%1-%2.json")
                   .arg(QString::fromStdString(shape.family))
                   .arg(seed));
    if (!file.open(QIODevice::ReadOnly)) return {};
    return json::parse(file.readAll().toStdString());
}

std::vector<TinyTensor> modelOf(const TinyOldShape &shape, int seed)
{
    if (shape.family != "7") return TinyRwkv456(seed, shape).tensors;
    return TinyRwkv7(seed, {shape.layers, shape.width, shape.head, shape.hidden}).tensors;
}

std::vector<TinyTensor> stateOf(const json &golden, int seed)
{
    std::vector<TinyTensor> tensors;
    for (const json &t : golden["tensors"])
        tensors.push_back(tinyTensor(seed, t[0], t[1].get<std::vector<std::int64_t>>(), t[2], t[3]));
    return tensors;
}

std::vector<TinyTensor> joined(std::vector<TinyTensor> a, const std::vector<TinyTensor> &b)
{
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

std::vector<float> truthOf(const json &golden)
{
    std::vector<float> truth;
    for (const json &row : golden["logits"])
        for (const json &x : row)
            truth.push_back(x.get<float>());
    return truth;
}

} // namespace

class TestTunedStates : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_folder.isValid()); }
    void aModelStartsFromTheStateInItsFile_data() { addCases(); }
    void aModelStartsFromTheStateInItsFile();
    void aStateFileGivesTheSame_data() { addCases(); }
    void aStateFileGivesTheSame();
    void savedStatesKeepTheirOffsets_data() { addCases(); }
    void savedStatesKeepTheirOffsets();
    void statesWithoutOffsetsAreWrittenWithoutThem();
    void inspectTellsOfTheState();
    void refusesAStateOfAnotherShape();
    void sequencesWithOffsetsKeepThemApart();

private:
    void addCases()
    {
        QTest::addColumn<int>("index");
        QTest::addColumn<int>("seed");
        for (int i = 0; i < int(std::size(kCases)); ++i)
            for (const int seed : kSeeds)
                QTest::addRow("%s-%d", kCases[i].family.c_str(), seed) << i << seed;
    }
    std::string write(const char *name, const std::vector<TinyTensor> &tensors)
    {
        const std::string path = m_folder.filePath(QString::fromLatin1(name)).toStdString();
        writeBytes(path, safetensors(tensors));
        return path;
    }
    engine::LoadedModel load(const std::vector<TinyTensor> &tensors)
    {
        engine::LoadSpec spec;
        spec.model = write("model.safetensors", tensors);
        spec.strategy = "cpu fp32";
        spec.slots = 4;
        return engine::loadModel(spec, {}, {}, {});
    }
    std::vector<float> slotOf(const engine::LoadedModel &m, const std::vector<TinyTensor> &state)
    {
        const auto file = engine::TensorFile::open(write("state.safetensors", state));
        return engine::ImportedState(*file).slot(m.model->state(), "test", engine::StateOrientation::Auto);
    }

    QTemporaryDir m_folder;
};

void TestTunedStates::aModelStartsFromTheStateInItsFile()
{
    QFETCH(int, index);
    QFETCH(int, seed);
    const TinyOldShape &shape = kCases[index];
    const json golden = goldenOf(shape, seed);
    engine::LoadedModel m = load(joined(modelOf(shape, seed), stateOf(golden, seed)));
    QVERIFY(m.info.hasState);
    const std::vector<int> tokens = tinyTokens(seed, kPositions);
    const std::vector<float> whole = runTokens(m, tokens, 100), truth = truthOf(golden);
    const double terms = shape.layers * (6.0 * shape.width + shape.hidden + kPositions * shape.head);
    const double allowed = walkTolerance(terms, largest(truth));
    QVERIFY(allowed < 1e-3 * golden["nearestMutant"].get<double>()); // wrong formulas are far outside
    const double off = distance(everyNth(whole, kFew), truth);
    QVERIFY2(off <= allowed, qPrintable(QStringLiteral("off by %1, allowed %2").arg(off).arg(allowed)));
    for (const int chunk : {1, 5})
        QVERIFY(sameBits(runTokens(m, tokens, chunk), whole));
}

void TestTunedStates::aStateFileGivesTheSame()
{
    QFETCH(int, index);
    QFETCH(int, seed);
    const TinyOldShape &shape = kCases[index];
    const std::vector<TinyTensor> state = stateOf(goldenOf(shape, seed), seed);
    const std::vector<int> tokens = tinyTokens(seed, kPositions);
    engine::LoadedModel inside = load(joined(modelOf(shape, seed), state));
    const std::vector<float> want = runTokens(inside, tokens, 100);
    engine::LoadedModel m = load(modelOf(shape, seed));
    QVERIFY(!m.info.hasState);
    const auto slot = m.states->acquire().value();
    m.states->load(slot, slotOf(m, state));
    QVERIFY(sameBits(runStep(m, {{slot, tokens}}), want));
}

void TestTunedStates::savedStatesKeepTheirOffsets()
{
    QFETCH(int, index);
    QFETCH(int, seed);
    const TinyOldShape &shape = kCases[index];
    engine::LoadedModel m = load(modelOf(shape, seed));
    const std::vector<float> slot = slotOf(m, stateOf(goldenOf(shape, seed), seed));
    const std::string path = m_folder.filePath("saved.safetensors").toStdString();
    const engine::StateOwner owner{"test", "f", m.model->state(), TinyShape::kVocabulary};
    engine::writeStateFile(path, {slot, {}, {}, {}, {}, true}, owner);
    QVERIFY(sameBits(engine::readStateFile(path, owner).state, slot));
    QVERIFY(engine::TensorFile::open(path)->find("blocks.0.att.time_offset"));
}

/// Such files are what earlier versions wrote.
void TestTunedStates::statesWithoutOffsetsAreWrittenWithoutThem()
{
    engine::LoadedModel m = load(modelOf(kCases[3], 1));
    std::vector<float> slot(m.model->state().floatsPerSlot, 0.0F);
    slot.front() = 1;
    const std::string path = m_folder.filePath("saved.safetensors").toStdString();
    const engine::StateOwner owner{"test", "f", m.model->state(), TinyShape::kVocabulary};
    engine::writeStateFile(path, {slot, {}, {}, {}, {}, true}, owner);
    QVERIFY(!engine::TensorFile::open(path)->find("blocks.0.att.time_offset"));
    QVERIFY(sameBits(engine::readStateFile(path, owner).state, slot));
}

void TestTunedStates::inspectTellsOfTheState()
{
    const std::string with =
        write("with.safetensors", joined(modelOf(kCases[2], 1), stateOf(goldenOf(kCases[2], 1), 1)));
    QVERIFY(engine::inspectModel(with, {}, false).hasState);
    const std::string without = write("without.safetensors", modelOf(kCases[2], 1));
    QVERIFY(!engine::inspectModel(without, {}, false).hasState);
}

void TestTunedStates::refusesAStateOfAnotherShape()
{
    const auto message = [&](const std::vector<TinyTensor> &state) {
        return support::errorOf([&] { load(joined(modelOf(kCases[3], 1), state)); });
    };
    std::vector<TinyTensor> state = stateOf(goldenOf(kCases[3], 1), 1);
    std::vector<TinyTensor> half(state.begin(), state.begin() + 2);
    QCOMPARE(message(half).code(), engine::ErrorCode::BadModel);
    QVERIFY(message(half).message().find("1 layer of [2, 32, 32]") != std::string::npos);
    state[1] = tinyTensor(1, state[1].name, {63}, 0, 1);
    QVERIFY(message(state).message().find("blocks.0.att.time_offset: expected [64], found [63]") !=
            std::string::npos);
    const std::string path = write("bad.safetensors", joined(modelOf(kCases[3], 1), half));
    QCOMPARE(engine::inspectModel(path, {}, false).problemCode, engine::ErrorCode::BadModel);
}

/// Two sequences of one step, one with offsets.
void TestTunedStates::sequencesWithOffsetsKeepThemApart()
{
    const TinyOldShape &shape = kCases[3];
    engine::LoadedModel m = load(modelOf(shape, 1));
    const std::vector<int> tokens = tinyTokens(1, kPositions);
    const auto tuned = m.states->acquire().value(), plain = m.states->acquire().value();
    const std::vector<float> start = slotOf(m, stateOf(goldenOf(shape, 1), 1));
    m.states->load(tuned, start);
    const std::vector<float> alone = runStep(m, {{tuned, tokens}});
    m.states->load(tuned, start);
    const std::vector<float> both = runStep(m, {{plain, tokens}, {tuned, tokens}});
    const auto border = both.begin() + std::ptrdiff_t(both.size() / 2);
    QVERIFY(sameBits({border, both.end()}, alone));
    QVERIFY(sameBits({both.begin(), border}, runTokens(m, tokens, 100)));
}

QTEST_APPLESS_MAIN(TestTunedStates)
#include "tst_tuned_states.moc"
