// Sums, norms and distances of states, against double precision; files and held states; what is refused.
#include "engine/small_pth.h"
#include "engine/state_import.h"
#include "support/event_recorder.h"

#include "engine/engine.h"
#include "engine/model_loader.h"

#include <QTemporaryDir>
#include <QtTest>

#include <cmath>
#include <filesystem>
#include <fstream>

namespace ev = engine::event;
using engine::CombineStatesSpec;
using engine::ErrorCode;
using engine::JobId;
using engine::OpenStateSpec;
using engine::StateTerm;

namespace
{

constexpr int kLayers = 3, kHeads = 2, kSize = 4;

/// Number `i` of layer `layer` of state `seed`; different everywhere.
float numberAt(int seed, int layer, int i)
{
    return static_cast<float>(std::sin(seed * 7.1 + layer * 3.3 + i * 0.7));
}

std::string blockName(int layer, const char *part) { return "blocks." + std::to_string(layer) + '.' + part; }

struct World {
    support::EventRecorder events;
    QTemporaryDir folder;
    std::unique_ptr<engine::Engine> engine = engine::makeEngine({}, events.sink());

    std::string path(const std::string &name) const { return folder.path().toStdString() + '/' + name; }
    void write(const std::string &name, const std::vector<engine::SmallTensor> &tensors)
    {
        std::ofstream(path(name), std::ios::binary) << engine::smallPth(tensors, false);
    }
    /// A tuned state of made-up numbers.
    std::string tuned(const std::string &name, int seed, int layers = kLayers, int size = kSize)
    {
        std::vector<engine::SmallTensor> tensors;
        for (int layer = layers; layer-- > 0;) { // not in order
            std::vector<float> values;
            for (int i = 0; i < kHeads * size * size; ++i)
                values.push_back(numberAt(seed, layer, i));
            tensors.push_back({blockName(layer, "att.time_state"), {kHeads, size, size}, values});
        }
        write(name, tensors);
        return path(name);
    }
    template <typename E, typename Spec>
    E ask(JobId (engine::Engine::*command)(Spec), Spec spec)
    {
        const JobId job = (engine.get()->*command)(std::move(spec));
        events.waitForEnd(job);
        return events.one<E>(job);
    }
    ev::StateCombined combine(CombineStatesSpec spec)
    {
        return ask<ev::StateCombined>(&engine::Engine::combineStates, std::move(spec));
    }
    engine::Error combineError(CombineStatesSpec spec)
    {
        return ask<ev::Failed>(&engine::Engine::combineStates, std::move(spec)).error;
    }
    ev::StatesMeasured measure(const std::vector<std::string> &paths)
    {
        engine::MeasureStatesSpec spec;
        for (const std::string &p : paths)
            spec.states.emplace_back(OpenStateSpec(p));
        return ask<ev::StatesMeasured>(&engine::Engine::measureStates, std::move(spec));
    }
};

StateTerm term(const std::string &path, float weight, std::vector<float> layers = {})
{
    return {engine::StateSource(OpenStateSpec(path)), weight, std::move(layers)};
}

CombineStatesSpec sum(std::vector<StateTerm> terms, const std::string &target)
{
    CombineStatesSpec spec;
    spec.terms = std::move(terms);
    spec.target = target;
    spec.keep = false;
    return spec;
}

std::vector<float> matrix(const std::string &path, int layer, const char *part = "att.time_state")
{
    const auto file = engine::TensorFile::open(path);
    const engine::ImportedState state(*file);
    for (const auto &piece : state.pieces())
        if (piece.part == blockName(layer, part)) return state.values(piece);
    return {};
}

} // namespace

class TestStateMath : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void addsWithWeightsAndLayerCurves();
    void aWholeWeightCopiesBitByBit();
    void keepsShiftsAndOffsets();
    void measuresNormsAndDistances();
    void refuses_data();
    void refuses();
    void leavesTheOldFileWhereItFails();
    void holdsASumForTheLoadedModel();
    void addsHeldStates();
};

void TestStateMath::addsWithWeightsAndLayerCurves()
{
    World w;
    const std::string a = w.tuned("a.pth", 1), b = w.tuned("b.pth", 2);
    const std::vector<float> curve{1, 0.5F, -2};
    const auto combined = w.combine(sum({term(a, 0.75F), term(b, 0.5F, curve)}, w.path("sum.pth")));
    QCOMPARE(combined.path, w.path("sum.pth"));
    QCOMPARE(combined.bytes, std::uint64_t(std::filesystem::file_size(w.path("sum.pth"))));
    QCOMPARE(combined.state, engine::StateId(0));
    double norm = 0;
    for (int layer = 0; layer < kLayers; ++layer) {
        const std::vector<float> found = matrix(w.path("sum.pth"), layer);
        QCOMPARE(found.size(), std::size_t(kHeads * kSize * kSize));
        for (int i = 0; i < kHeads * kSize * kSize; ++i) {
            const double wanted = 0.75 * double(numberAt(1, layer, i)) +
                                  0.5 * double(curve[std::size_t(layer)]) * double(numberAt(2, layer, i));
            QVERIFY(std::abs(double(found[std::size_t(i)]) - wanted) < 1e-6);
            norm += wanted * wanted;
        }
    }
    QVERIFY(std::abs(combined.figures.norm - std::sqrt(norm)) < 1e-5);
}

void TestStateMath::aWholeWeightCopiesBitByBit()
{
    World w;
    const std::string a = w.tuned("a.pth", 1), b = w.tuned("b.pth", 2);
    w.combine(sum({term(a, 1), term(b, 0)}, w.path("same.pth")));
    for (int layer = 0; layer < kLayers; ++layer)
        QCOMPARE(matrix(w.path("same.pth"), layer), matrix(a, layer));
}

void TestStateMath::keepsShiftsAndOffsets()
{
    World w;
    for (const int seed : {1, 2}) {
        std::vector<engine::SmallTensor> tensors;
        const float x = static_cast<float>(seed);
        tensors.push_back({blockName(0, "att.time_state"), {1, 2, 2}, {x, 0, 0, x}});
        tensors.push_back({blockName(0, "att.ts_state"), {2}, {x, 2 * x}});
        tensors.push_back({blockName(0, "ffn.ts_state"), {2}, {3 * x, 4 * x}});
        tensors.push_back({blockName(0, "att.time_offset"), {2}, {5 * x, 6 * x}});
        w.write(std::to_string(seed) + ".pth", tensors);
    }
    w.combine(sum({term(w.path("1.pth"), 2), term(w.path("2.pth"), -0.5F)}, w.path("sum.pth")));
    QCOMPARE(matrix(w.path("sum.pth"), 0), (std::vector<float>{1, 0, 0, 1}));
    QCOMPARE(matrix(w.path("sum.pth"), 0, "att.shift_state"), (std::vector<float>{1, 2}));
    QCOMPARE(matrix(w.path("sum.pth"), 0, "ffn.shift_state"), (std::vector<float>{3, 4}));
    QCOMPARE(matrix(w.path("sum.pth"), 0, "att.time_offset"), (std::vector<float>{5, 6}));
}

void TestStateMath::measuresNormsAndDistances()
{
    World w;
    const std::string a = w.tuned("a.pth", 1), b = w.tuned("b.pth", 2);
    w.combine(sum({term(a, -2)}, w.path("opposite.pth")));
    const auto measured = w.measure({a, b, w.path("opposite.pth")});
    QCOMPARE(measured.layers, kLayers);
    QCOMPARE(measured.heads, kHeads);
    QCOMPARE(measured.states.size(), std::size_t(3));
    QCOMPARE(measured.states[1].name, std::string("b.pth"));
    double gap = 0, dot = 0, aa = 0, bb = 0;
    for (int layer = 0; layer < kLayers; ++layer) {
        for (int head = 0; head < kHeads; ++head) {
            double norm = 0;
            for (int i = head * kSize * kSize; i < (head + 1) * kSize * kSize; ++i) {
                const double x = double(numberAt(1, layer, i)), y = double(numberAt(2, layer, i));
                norm += x * x;
                gap += (x - y) * (x - y);
                dot += x * y;
                bb += y * y;
            }
            aa += norm;
            QVERIFY(std::abs(measured.states[0].norms[std::size_t(layer * kHeads + head)] - std::sqrt(norm)) <
                    1e-9);
        }
    }
    QVERIFY(std::abs(measured.states[0].norm - std::sqrt(aa)) < 1e-9);
    QVERIFY(std::abs(measured.distances[1] - std::sqrt(gap)) < 1e-9);
    QCOMPARE(measured.distances[3], measured.distances[1]);
    QCOMPARE(measured.distances[4], 0.0);
    QVERIFY(std::abs(measured.cosines[1] - dot / std::sqrt(aa * bb)) < 1e-9);
    QVERIFY(std::abs(measured.cosines[2] + 1) < 1e-9);
    QVERIFY(std::abs(measured.distances[2] - 3 * std::sqrt(aa)) < 1e-5);
}

void TestStateMath::refuses_data()
{
    QTest::addColumn<int>("what");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("message");
    const auto row = [](const char *name, int what, ErrorCode code, const char *message) {
        QTest::newRow(name) << what << int(code) << QString::fromLatin1(message);
    };
    row("layers", 0, ErrorCode::BadState,
        "expected the shape of a.pth (3 layers of [2, 4, 4]), found other.pth (2");
    row("sizes", 1, ErrorCode::BadState, "found other.pth (3 layers of [2, 8, 8])");
    row("no terms", 2, ErrorCode::BadRequest, "states: expected 1 to 16, found 0");
    row("NaN", 3, ErrorCode::BadRequest, "weight of a.pth: expected -1000 to 1000, found nan");
    row("curve", 4, ErrorCode::BadRequest, "layer weights of a.pth: expected 3, one a layer, found 2");
    row("missing", 5, ErrorCode::FileNotFound, "nothing.pth");
    row("no model", 6, ErrorCode::NoModel, "no model is loaded");
    row("held", 7, ErrorCode::BadRequest, "no state 99 is held");
    row("RWKV-4", 8, ErrorCode::BadState, "which cannot be added");
    row("overflow", 9, ErrorCode::BadRequest, "a sum that fits into float32");
    row("too many", 10, ErrorCode::BadRequest, "found 17");
    row("infinite curve", 11, ErrorCode::BadRequest, "expected -1000 to 1000, found inf");
}

void TestStateMath::refuses()
{
    QFETCH(int, what);
    QFETCH(int, code);
    QFETCH(QString, message);
    World w;
    const std::string a = w.tuned("a.pth", 1);
    CombineStatesSpec spec = sum({term(a, 1)}, w.path("out.pth"));
    switch (what) {
    case 0:
        spec.terms.push_back(term(w.tuned("other.pth", 2, 2), 1));
        break;
    case 1:
        spec.terms.push_back(term(w.tuned("other.pth", 2, kLayers, 8), 1));
        break;
    case 2:
        spec.terms.clear();
        break;
    case 3:
        spec.terms[0].weight = NAN;
        break;
    case 4:
        spec.terms[0].layerWeights = {1, 2};
        break;
    case 5:
        spec.terms.push_back(term(w.path("nothing.pth"), 1));
        break;
    case 6:
        spec.keep = true;
        break;
    case 7:
        spec.terms[0].source = engine::StateSource(99);
        break;
    case 8: // five vectors a layer, as ChatRWKV lists them
        w.write("four.pth", {{"0", {2}, {1, 1}},
                             {"1", {2}, {1, 1}},
                             {"2", {2}, {1, 1}},
                             {"3", {2}, {1, 1}},
                             {"4", {2}, {1, 1}}});
        spec.terms = {term(w.path("four.pth"), 1)};
        break;
    case 9:
        w.write("huge.pth", {{blockName(0, "att.time_state"), {1, 1, 1}, {1e38F}}});
        spec.terms = {term(w.path("huge.pth"), 1000)};
        break;
    case 10:
        spec.terms.assign(17, term(a, 1));
        break;
    case 11:
        spec.terms[0].layerWeights = {1, HUGE_VALF, 1};
        break;
    default:
        break;
    }
    const engine::Error error = w.combineError(spec);
    QCOMPARE(int(error.code()), code);
    QVERIFY2(QString::fromStdString(error.message()).contains(message), error.message().c_str());
    QVERIFY(!std::filesystem::exists(w.path("out.pth")));
}

void TestStateMath::leavesTheOldFileWhereItFails()
{
    World w;
    const std::string a = w.tuned("a.pth", 1), other = w.tuned("other.pth", 2, 2);
    const auto before = matrix(other, 0);
    QCOMPARE(w.combineError(sum({term(a, 1), term(other, 1)}, other)).code(), ErrorCode::BadState);
    QCOMPARE(matrix(other, 0), before);
    QCOMPARE(w.combineError(sum({term(a, 1)}, w.path("no/such/folder/x.pth"))).code(),
             ErrorCode::CannotWrite);
    w.combine(sum({term(a, 2)}, a)); // onto itself: read before it is replaced
    QCOMPARE(matrix(a, 0)[3], 2 * numberAt(1, 0, 3));
}

namespace
{

engine::GenerateSpec question(engine::StateId from, const char *text = "Who are you?")
{
    engine::GenerateSpec spec;
    spec.messages = {{engine::Role::User, text, {}}};
    spec.maxTokens = 60;
    spec.sampling.temperature = 0;
    spec.from = from;
    return spec;
}

bool loadDemo(World &w)
{
    const std::filesystem::path folder = engine::dataFolder({});
    if (!std::filesystem::exists(folder / "demo" / "states" / "pirate.pth")) return false;
    engine::LoadSpec load;
    load.model = "demo";
    return w.events.waitForEnd(w.engine->load(load));
}

} // namespace

void TestStateMath::holdsASumForTheLoadedModel()
{
    World w;
    if (!loadDemo(w)) QSKIP("the demonstration model is not in the data folder");
    const auto text = [&](engine::StateId from) {
        const JobId job = w.engine->generate(question(from));
        w.events.waitForEnd(job);
        return w.events.text(job);
    };
    const auto pirate = w.ask<ev::StateOpened>(&engine::Engine::openState, OpenStateSpec("pirate")).state;
    CombineStatesSpec spec = sum({term("pirate", 1), term("butler", 0)}, w.path("baked.pth"));
    spec.keep = true;
    const auto combined = w.combine(spec);
    QVERIFY(combined.state != 0);
    QVERIFY(text(pirate).find("Arr") != std::string::npos);
    QCOMPARE(text(combined.state), text(pirate));
    const auto baked = w.ask<ev::StateOpened>(&engine::Engine::openState, OpenStateSpec(w.path("baked.pth")));
    QCOMPARE(text(baked.state), text(pirate));
    spec.terms = {term("pirate", 0)};
    QCOMPARE(text(w.combine(spec).state), text(0)); // nothing of it is the base
}

void TestStateMath::addsHeldStates()
{
    World w;
    if (!loadDemo(w)) QSKIP("the demonstration model is not in the data folder");
    auto spec = question(0);
    spec.keepState = true;
    const JobId job = w.engine->generate(spec);
    w.events.waitForEnd(job);
    const auto kept = w.events.one<ev::Finished>(job).state;
    CombineStatesSpec half;
    half.terms = {{engine::StateSource(kept), 0.5F, {}}, {engine::StateSource(kept), 0.5F, {}}};
    const auto same = w.combine(half);
    QVERIFY(same.state != 0);
    engine::MeasureStatesSpec measure;
    measure.states = {engine::StateSource(kept), engine::StateSource(same.state)};
    const auto measured = w.ask<ev::StatesMeasured>(&engine::Engine::measureStates, measure);
    QCOMPARE(measured.distances[1], 0.0);
    QVERIFY(measured.states[0].norm > 1);
    // A conversation has shifts and a tuned state has none.
    half.terms[1].source = engine::StateSource(OpenStateSpec("pirate"));
    const engine::Error error = w.combineError(half);
    QCOMPARE(error.code(), ErrorCode::BadState);
    QVERIFY2(QString::fromStdString(error.message()).contains(QStringLiteral("with token shifts")),
             error.message().c_str());
}

QTEST_GUILESS_MAIN(TestStateMath)
#include "tst_state_math.moc"
