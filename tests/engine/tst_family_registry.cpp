#include "engine/error.h"
#include "engine/model_loader.h"
#include "support/thrown_error.h"
#include "support/tiny_rwkv456.h"

#include <QTemporaryDir>
#include <QTest>

using namespace support;

class TestFamilyRegistry : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_folder.isValid()); }
    void namesTheVersion_data();
    void namesTheVersion();
    void refusesVariantsByName_data();
    void refusesVariantsByName();
    void saysWhatItExpectedAndFound_data();
    void saysWhatItExpectedAndFound();

private:
    std::string write(const std::vector<TinyTensor> &tensors)
    {
        const std::string path = m_folder.filePath("model.safetensors").toStdString();
        writeBytes(path, safetensors(tensors));
        return path;
    }

    QTemporaryDir m_folder;
};

void TestFamilyRegistry::namesTheVersion_data()
{
    QTest::addColumn<QString>("family");
    for (const char *family : {"4", "5.0", "5.1", "5.2", "6", "7", "7a"})
        QTest::newRow(family) << family;
}

void TestFamilyRegistry::namesTheVersion()
{
    QFETCH(QString, family);
    const std::string name = family.toStdString();
    const std::vector<TinyTensor> tensors = name == "7"    ? TinyRwkv7(1, {2, 64, 16, 128}).tensors
                                            : name == "7a" ? TinyRwkv7(1, {2, 64, 16, 128, 12}).tensors
                                                           : TinyRwkv456(1, {name, 2, 64, 16, 128}).tensors;
    const engine::ModelInfo info = engine::inspectModel(write(tensors), {}, false);
    QVERIFY2(info.family == "rwkv" + name, (info.family + info.problem).c_str());
    QCOMPARE(info.layers, 2);
    QCOMPARE(info.width, 64);
    QCOMPARE(info.hidden, 128);
    QCOMPARE(info.vocabulary, TinyShape::kVocabulary);
    if (name != "4") QCOMPARE(info.headSize, 16);
}

void TestFamilyRegistry::refusesVariantsByName_data()
{
    QTest::addColumn<QString>("family"); // the model that the names are added to
    QTest::addColumn<QStringList>("names");
    QTest::addColumn<QString>("message");
    const auto row = [](const char *what, const char *family, QStringList names, const char *message) {
        QTest::newRow(what) << family << names << message;
    };
    row("6a", "6", {"blocks.0.att.gate_w1", "blocks.0.att.gate_w2"}, "an RWKV-6a model");
    row("6b", "6", {"blocks.0.att.time_maa_rkvw_w1"}, "an RWKV-6b model");
    row("MishGLU", "6", {"blocks.0.ffn.aa.weight", "blocks.0.ffn.bb.weight"}, "a MishGLU channel mix");
    row("ffnPre", "4", {"blocks.0.ffnPre.key.weight"}, "an RWKV research model");
    row("tiny attention", "4", {"blocks.1.tiny_ln.weight"}, "an RWKV research model");
    row("7b", "7", {"blocks.0.ffn.s_emb.weight", "blocks.0.qkv.k_emb.weight"}, "an RWKV-7b model");
    row("8 hybrid", "7", {"blocks.0.qkv.kk.weight"}, "an RWKV-8 hybrid model");
    row("8", "7", {"blocks.0.ffn.enn.weight"}, "an RWKV-8 model");
    row("ROSA", "7", {"rosa1.emb"}, "an RWKV-8 ROSA research model");
    row("states", "", {"blocks.0.att.time_state"}, "a file of initial states");
    row("fla, cut", "", {"model.layers.0.attn.r_proj.weight"},
        "found names such as 'blocks.0.att.receptance.weight'");
    row("transformer", "", {"model.layers.0.self_attn.q_proj.weight"}, "a transformer");
}

void TestFamilyRegistry::refusesVariantsByName()
{
    QFETCH(QString, family);
    QFETCH(QStringList, names);
    QFETCH(QString, message);
    std::vector<TinyTensor> tensors;
    if (family == "7") tensors = TinyRwkv7(1, {1, 64, 16, 64}).tensors;
    if (family == "4" || family == "6")
        tensors = TinyRwkv456(1, {family.toStdString(), 1, 64, 16, 64}).tensors;
    for (const QString &name : names)
        tensors.push_back({name.toStdString(), {2, 2}, {1, 2, 3, 4}});
    const std::string path = write(tensors);
    engine::LoadSpec spec;
    spec.model = path;
    const engine::Error error = errorOf([&] { engine::loadModel(spec, {}, {}, {}); });
    QCOMPARE(error.code(), engine::ErrorCode::UnsupportedModel);
    QVERIFY2(QString::fromStdString(error.message()).contains(message), error.message().c_str());
    const engine::ModelInfo info = engine::inspectModel(path, {}, false);
    QCOMPARE(info.problem, error.message());
    QCOMPARE(info.family, std::string());
}

void TestFamilyRegistry::saysWhatItExpectedAndFound_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("another network") << "conv1.weight";
    QTest::newRow("half an RWKV-4") << "blocks.0.att.time_decay";
    QTest::newRow("half an RWKV-6") << "blocks.0.att.time_maa_k";
}

void TestFamilyRegistry::saysWhatItExpectedAndFound()
{
    QFETCH(QString, name);
    engine::LoadSpec spec;
    spec.model = write({{name.toStdString(), {2, 2}, {1, 2, 3, 4}}});
    const engine::Error error = errorOf([&] { engine::loadModel(spec, {}, {}, {}); });
    QCOMPARE(error.code(), engine::ErrorCode::UnsupportedModel);
    const QString text = QString::fromStdString(error.message());
    QVERIFY2(text.startsWith("Expected the tensors of an RWKV model ('emb.weight' and "
                             "'blocks.0.att.time_first' in RWKV-4, 'blocks.0.att.ln_x.weight' in 5, "
                             "'blocks.0.att.time_maa_x' in 6, 'blocks.0.att.r_k' in 7), found"),
             qPrintable(text));
    QVERIFY2(text.contains("found names such as '" + name + "'."), qPrintable(text));
}

QTEST_APPLESS_MAIN(TestFamilyRegistry)
#include "tst_family_registry.moc"
