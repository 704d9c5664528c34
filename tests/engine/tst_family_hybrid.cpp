#include "engine/error.h"
#include "support/family_golden.h"
#include "support/hybrid_model.h"
#include "support/model_run.h"
#include "support/thrown_error.h"
#include "support/tiny_rwkv7.h"

#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>

using namespace support;
using nlohmann::json;

namespace
{

/// As CASES in tests/engine/reference/hybrid_numpy.py.
const char *const kCases[] = {"arwkv7", "arwkv7-no-gate", "arwkv7-ln-x", "cxa073",      "cxa075",
                              "cxa076", "cxa076r",        "hxa079",      "hxa079-full", "hxa07a",
                              "qrwkv6", "qrwkv6-plain"}; // the last two: qrwkv6_numpy.py
constexpr int kSeeds[] = {1, 2};

/// Blocks of `size` numbers in BlinkDL's order w, k, v, r, g, in that of QRWKV-6's publisher: r, k, v, w, g.
void reorder(std::vector<float> &values, std::size_t size)
{
    constexpr std::size_t kFrom[] = {3, 1, 2, 0, 4};
    const std::vector<float> before = values;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::size_t run = i / (5 * size), block = i / size % 5;
        values[i] = before[(run * 5 + kFrom[block]) * size + i % size];
    }
}

/// The same tensor as the publisher of QRWKV-6 names and orders it.
TinyTensor published(TinyTensor t)
{
    if (t.name.ends_with("time_maa_w1")) reorder(t.values, std::size_t(t.shape[1]) / 5);
    if (t.name.ends_with("time_maa_w2")) reorder(t.values, std::size_t(t.shape[1] * t.shape[2]));
    const std::pair<std::string, std::string> names[] = {{"blocks.", "model.layers."},
                                                         {"ln1.", "input_layernorm."},
                                                         {"ln2.", "post_attention_layernorm."},
                                                         {"ffn.gate.", "mlp.gate_proj."},
                                                         {"ffn.gate_up.", "mlp.gate_up_proj."},
                                                         {"ffn.up.", "mlp.up_proj."},
                                                         {"ffn.down.", "mlp.down_proj."},
                                                         {"att.receptance.", "self_attn.q_proj."},
                                                         {"att.key.", "self_attn.k_proj."},
                                                         {"att.value.", "self_attn.v_proj."},
                                                         {"att.output.", "self_attn.o_proj."},
                                                         {"att.", "self_attn."},
                                                         {"emb.", "model.embed_tokens."},
                                                         {"ln_out.", "model.norm."},
                                                         {"head.", "lm_head."}};
    for (const auto &[from, to] : names)
        if (const std::size_t at = t.name.find(from); at != std::string::npos && (at == 0 || from[0] != 'h'))
            t.name.replace(at, from.size(), to);
    return t;
}

} // namespace

class TestFamilyHybrid : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_folder.isValid()); }
    void matchesTheReference_data() { addCases(); }
    void matchesTheReference();
    void readsTheSameInChunks_data() { addCases(); }
    void readsTheSameInChunks();
    void givesTheSameInTwoPasses_data() { addCases(); }
    void givesTheSameInTwoPasses();
    void rowsDoNotDependOnTheirCompany_data() { addCases(); }
    void rowsDoNotDependOnTheirCompany();
    void goesOnFromASavedState_data() { addCases(); }
    void goesOnFromASavedState();
    void keepsToItsWorkspace_data() { addCases(); }
    void keepsToItsWorkspace();
    void readsThePublishersLayout();
    void needsTheSizeOfAHead();
    void readsGateAndUpFromOneMatrix_data();
    void readsGateAndUpFromOneMatrix();
    void saysWhatIsWrong_data();
    void saysWhatIsWrong();

private:
    void addCases()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("seed");
        for (const char *name : kCases)
            for (const int seed : kSeeds)
                QTest::addRow("%s-%d", name, seed)
                    << QStringLiteral("%1-%2").arg(QLatin1String(name)).arg(seed) << seed;
    }
    std::string write(const std::string &bytes)
    {
        const std::string path = m_folder.filePath(QStringLiteral("model.safetensors")).toStdString();
        writeBytes(path, bytes);
        return path;
    }
    engine::LoadedModel load(const json &golden, int seed)
    {
        engine::LoadSpec spec;
        spec.model = write(hybridFile(golden, seed, golden["config"]));
        spec.strategy = "cpu fp32";
        spec.slots = 4;
        return engine::loadModel(spec, {}, {}, {});
    }

    QTemporaryDir m_folder;
};

void TestFamilyHybrid::matchesTheReference()
{
    QFETCH(QString, name);
    QFETCH(int, seed);
    const json golden = hybridGolden(name);
    engine::LoadedModel model = load(golden, seed);
    QCOMPARE(model.info.family, golden.value("family", "rwkv-hybrid"));
    std::vector<float> truth;
    for (const json &row : golden["logits"])
        for (const json &x : row)
            truth.push_back(x.get<float>());
    const auto tokens = golden["tokens"].get<std::vector<int>>();
    const std::vector<float> logits = everyNth(runTokens(model, tokens, 100), kFew);
    // What rounding does to weights of like size, at four deviations; see rounding() in the reference.
    const double allowed = 4 * golden["rounding"].get<double>();
    QVERIFY(allowed < 1e-2 * golden["nearestMutant"].get<double>()); // wrong formulas are far outside
    const double off = distance(logits, truth);
    QVERIFY2(off <= allowed, qPrintable(QStringLiteral("off by %1, allowed %2").arg(off).arg(allowed)));
}

void TestFamilyHybrid::readsTheSameInChunks()
{
    QFETCH(QString, name);
    QFETCH(int, seed);
    const json golden = hybridGolden(name);
    engine::LoadedModel model = load(golden, seed);
    const auto tokens = golden["tokens"].get<std::vector<int>>();
    const std::vector<float> whole = runTokens(model, tokens, 100);
    for (const int chunk : {1, 3, 7})
        QVERIFY(sameBits(runTokens(model, tokens, chunk), whole));
}

void TestFamilyHybrid::givesTheSameInTwoPasses()
{
    QFETCH(QString, name);
    QFETCH(int, seed);
    const json golden = hybridGolden(name);
    engine::LoadedModel model = load(golden, seed);
    const auto tokens = golden["tokens"].get<std::vector<int>>();
    const std::vector<float> whole = runTokens(model, tokens, 100);
    for (int border = 1; border <= model.model->dims().layers; ++border)
        QVERIFY(sameBits(runInTwoPasses(model, tokens, 5, border), whole));
}

void TestFamilyHybrid::rowsDoNotDependOnTheirCompany()
{
    QFETCH(QString, name);
    QFETCH(int, seed);
    const json golden = hybridGolden(name);
    engine::LoadedModel model = load(golden, seed);
    const std::vector<int> a = tinyTokens(7, 9), b = tinyTokens(8, 5);
    const std::vector<float> aloneA = runTokens(model, a, 100), aloneB = runTokens(model, b, 100);
    const auto slotA = model.states->acquire().value(), slotB = model.states->acquire().value();
    const std::vector<float> both = runStep(model, {{slotB, b}, {slotA, a}});
    const auto border = both.begin() + std::ptrdiff_t(aloneB.size());
    QVERIFY(sameBits({both.begin(), border}, aloneB));
    QVERIFY(sameBits({border, both.end()}, aloneA));
}

void TestFamilyHybrid::goesOnFromASavedState()
{
    QFETCH(QString, name);
    QFETCH(int, seed);
    const json golden = hybridGolden(name);
    engine::LoadedModel model = load(golden, seed);
    const std::vector<int> tokens = tinyTokens(3, 14), before(tokens.begin(), tokens.begin() + 9),
                           behind(tokens.begin() + 9, tokens.end());
    const std::vector<float> whole = runTokens(model, tokens, 100);
    const auto slot = model.states->acquire().value();
    runStep(model, {{slot, before}});
    const std::vector<float> saved = model.states->save(slot);
    const auto other = model.states->acquire().value();
    model.states->load(other, saved);
    const std::vector<float> rest = runStep(model, {{other, behind}});
    QVERIFY(sameBits(rest, {whole.end() - std::ptrdiff_t(rest.size()), whole.end()}));
}

void TestFamilyHybrid::keepsToItsWorkspace()
{
    QFETCH(QString, name);
    QFETCH(int, seed);
    engine::LoadedModel model = load(hybridGolden(name), seed);
    const auto slot = model.states->acquire().value();
    QVERIFY(keepsWithinWorkspace(model, {{slot, tinyTokens(1, 7)}}, {0, 3, 6}));
}

/// QRWKV-6 under the names and in the order of RWKV6Qwen2ForCausalLM.
void TestFamilyHybrid::readsThePublishersLayout()
{
    const json golden = hybridGolden(QStringLiteral("qrwkv6-1"));
    const auto tokens = golden["tokens"].get<std::vector<int>>();
    engine::LoadedModel own = load(golden, 1);
    const std::vector<float> want = runTokens(own, tokens, 100);
    std::vector<TinyTensor> tensors = hybridTensors(golden, 1);
    std::ranges::transform(tensors, tensors.begin(), published);
    engine::LoadSpec spec;
    spec.model = write(withMetadata(tensors, golden["config"]));
    spec.strategy = "cpu fp32";
    spec.slots = 4;
    engine::LoadedModel other = engine::loadModel(spec, {}, {}, {});
    QCOMPARE(other.info.family, std::string("qrwkv6"));
    QVERIFY(sameBits(runTokens(other, tokens, 100), want));
}

/// Shapes do not tell it; the head of 16 is 1 / 3 of the width.
void TestFamilyHybrid::needsTheSizeOfAHead()
{
    json golden = hybridGolden(QStringLiteral("qrwkv6-1"));
    const auto message = [&](const json &config) {
        golden["config"] = config;
        return errorOf([&] { load(golden, 1); }).message();
    };
    QVERIFY(message(json::object()).find("expected the size of a head") != std::string::npos);
    QVERIFY(message({{"config.head_dim", "1e9"}}).find("expected the size of a head") != std::string::npos);
    QVERIFY(message({{"config.head_dim", "48"}}).find("receptance.weight: expected heads of 48") !=
            std::string::npos);
    QCOMPARE(message({{"config.num_attention_heads", "3"}}), std::string());
}

void TestFamilyHybrid::readsGateAndUpFromOneMatrix_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("isPublished"); // under the names of transformers
    QTest::newRow("cxa076") << "cxa076-1" << false;
    QTest::newRow("hxa079") << "hxa079-1" << false;
    QTest::newRow("QRWKV-6") << "qrwkv6-1" << false;
    QTest::newRow("QRWKV-6, published") << "qrwkv6-1" << true;
}

void TestFamilyHybrid::readsGateAndUpFromOneMatrix()
{
    QFETCH(QString, name);
    QFETCH(bool, isPublished);
    const json golden = hybridGolden(name);
    const auto tokens = golden["tokens"].get<std::vector<int>>();
    engine::LoadedModel apart = load(golden, 1);
    const std::vector<float> want = runTokens(apart, tokens, 100);
    std::vector<TinyTensor> tensors = hybridTensors(golden, 1);
    for (TinyTensor &t : tensors) {
        if (!t.name.ends_with("ffn.gate.weight")) continue;
        const std::string up = t.name.substr(0, t.name.size() - 11) + "up.weight";
        const auto other = std::ranges::find(tensors, up, &TinyTensor::name);
        t.values.insert(t.values.end(), other->values.begin(), other->values.end());
        t.shape[0] *= 2;
        t.name.replace(t.name.size() - 11, 4, "gate_up");
    }
    std::erase_if(tensors, [](const TinyTensor &t) { return t.name.ends_with("ffn.up.weight"); });
    if (isPublished) std::ranges::transform(tensors, tensors.begin(), published);
    const auto loadFused = [&] {
        engine::LoadSpec spec;
        spec.model = write(withMetadata(tensors, golden["config"]));
        spec.strategy = "cpu fp32";
        spec.slots = 4;
        return engine::loadModel(spec, {}, {}, {});
    };
    engine::LoadedModel fused = loadFused();
    QVERIFY(sameBits(runTokens(fused, tokens, 100), want));
    for (TinyTensor &t : tensors)
        if (t.name.find("gate_up") != std::string::npos) t = tinyTensor(1, t.name, {111, t.shape[1]}, 0, 1);
    QVERIFY(errorOf(loadFused).message().find("one below the other") != std::string::npos);
}

void TestFamilyHybrid::saysWhatIsWrong_data()
{
    QTest::addColumn<QString>("drop");
    QTest::addColumn<QByteArray>("config");
    QTest::addColumn<QByteArray>("part");
    const auto row = [](const char *drop, const char *config, const char *part) {
        QTest::newRow(part) << QString::fromLatin1(drop) << QByteArray(config) << QByteArray(part);
    };
    row("blocks.1.ffn.up.weight", "{}", "blocks.1.ffn.up.weight");
    row("blocks.0.att.r_k", "{}", "blocks.0.att.r_k");
    row("blocks.2.att.v1", "{}", "blocks.2.att.v1");
    row("ln_out.weight", "{}", "ln_out.weight");
    row("blocks.1.att.k_proj.weight", "{}", "blocks.1.att.k_proj.weight");
    row("", R"({"config.rwkv_architecture": "\"hxa07c\""})", "hxa07c");
    row("", R"({"config.rwkv_architecture": "\"hxa099\"", "config.rope_theta": "-1"})", "hxa099");
}

void TestFamilyHybrid::saysWhatIsWrong()
{
    QFETCH(QString, drop);
    QFETCH(QByteArray, config);
    QFETCH(QByteArray, part);
    json golden = hybridGolden(QStringLiteral("hxa079-1"));
    for (auto it = golden["tensors"].begin(); it != golden["tensors"].end();)
        it = (*it)[0] == drop.toStdString() ? golden["tensors"].erase(it) : std::next(it);
    golden["config"].update(json::parse(config.toStdString()));
    const engine::Error error = support::errorOf([&] { load(golden, 1); });
    QVERIFY(error.code() == engine::ErrorCode::BadModel ||
            error.code() == engine::ErrorCode::UnsupportedModel);
    QVERIFY2(QByteArray::fromStdString(error.message()).contains(part), error.message().c_str());
}

QTEST_APPLESS_MAIN(TestFamilyHybrid)
#include "tst_family_hybrid.moc"
