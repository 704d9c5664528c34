#include "engine/extras.h"
#include "support/safetensors_writer.h"
#include "support/tiny_rwkv7.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using Tensors = std::vector<support::SafeTensor>;

class TestExtras : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void tellsStatesAndAdaptersFromModels();
    void takesAnAdapterFolderAsOne();
    void readsTheDemonstrationPack();
    void listsAPackFileOnce();
    void enduresABrokenPack_data();
    void enduresABrokenPack();

private:
    void add(const QString &name, const Tensors &tensors) { addText(name, support::safetensors(tensors)); }
    void addText(const QString &name, const std::string &text);
    /// "state path" or "adapter path", below the folder.
    QStringList find(const QString &data = {});

    static support::SafeTensor tensor(const std::string &name, const std::string &shape, int elements)
    {
        return {name, "F32", shape, std::string(std::size_t(elements) * 4, '\0')};
    }
    static Tensors state() { return {tensor("blocks.0.att.time_state", "1, 2, 2", 4)}; }
    static Tensors adapter()
    {
        return {tensor("blocks.0.att.key.lora_A", "1, 4", 4), tensor("blocks.0.att.key.lora_B", "4, 1", 4)};
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::vector<engine::ExtraInfo> m_found;
};

void TestExtras::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

void TestExtras::addText(const QString &name, const std::string &text)
{
    const QString path = m_folder->filePath(name);
    QVERIFY(QDir(m_folder->path()).mkpath(QFileInfo(path).path()));
    support::writeBytes(path.toStdString(), text);
}

QStringList TestExtras::find(const QString &data)
{
    m_found.clear();
    engine::EngineOptions options;
    options.dataFolder = (data.isEmpty() ? m_folder->filePath("nothing") : data).toStdString();
    const int count =
        engine::findExtras({m_folder->path().toStdString()}, options,
                           [this](const engine::ExtraInfo &info) { m_found.push_back(info); }, {});
    QStringList names;
    for (const engine::ExtraInfo &info : m_found)
        names << (info.kind == engine::ExtraInfo::Kind::State ? "state " : "adapter ") +
                     QDir(m_folder->path()).relativeFilePath(QString::fromStdString(info.path));
    return count == int(m_found.size()) ? names : QStringList{"another count"};
}

void TestExtras::tellsStatesAndAdaptersFromModels()
{
    add("below/pirate.safetensors", state());
    add("owl.safetensors", adapter());
    auto model = support::TinyRwkv7(1, {}).tensors;
    addText("model.safetensors", support::safetensors(model));
    model.push_back({"blocks.0.att.time_state", {1, 2, 2}, std::vector<float>(4)}); // tuned, in a model
    addText("tuned.safetensors", support::safetensors(model));
    addText("notes.txt", "no tensors");
    addText("broken.pth", "no tensors");
    QCOMPARE(find(), QStringList({"state below/pirate.safetensors", "adapter owl.safetensors"}));
    QCOMPARE(m_found[0].name, std::string("pirate"));
    QCOMPARE(m_found[1].fileBytes, std::uint64_t(support::safetensors(adapter()).size()));
    QVERIFY(!m_found[0].isDemo);
}

void TestExtras::takesAnAdapterFolderAsOne()
{
    add("peft/adapter_model.safetensors", adapter());
    addText("peft/adapter_config.json", R"({"peft_type": "LORA", "lora_alpha": 2})");
    QCOMPARE(find(), QStringList({"adapter peft"}));
    QCOMPARE(m_found[0].name, std::string("peft"));
}

void TestExtras::readsTheDemonstrationPack()
{
    add("share/demo/states/a.safetensors", state());
    add("share/demo/adapters/b.safetensors", adapter());
    addText("share/demo/pack.json", R"({"parts": [
        {"name": "pirate", "kind": "state", "file": "states/a.safetensors", "about": "Talks like one"},
        {"name": "gone", "kind": "state", "file": "states/gone.safetensors"},
        {"name": "owl", "kind": "lora", "file": "adapters/b.safetensors", "alpha": 16}]})");
    const QString data = m_folder->filePath("share");
    QCOMPARE(find(data).mid(0, 2), QStringList({"state share/demo/states/a.safetensors",
                                                "adapter share/demo/adapters/b.safetensors"}));
    QCOMPARE(m_found[0].about, std::string("Talks like one"));
    QVERIFY(m_found[0].isDemo);
    QCOMPARE(m_found[1].name, std::string("owl"));
    QCOMPARE(m_found[1].alpha, 16.0F);
}

/// It lies in a searched folder, too.
void TestExtras::listsAPackFileOnce()
{
    add("share/demo/a.safetensors", state());
    addText("share/demo/pack.json",
            R"({"parts": [{"name": "x", "kind": "state", "file": "a.safetensors"}]})");
    QCOMPARE(find(m_folder->filePath("share")).size(), 1);
}

void TestExtras::enduresABrokenPack_data()
{
    QTest::addColumn<QByteArray>("pack");
    for (const char *pack : {"", "[1]", "{\"parts\": 3}", "{\"parts\": [3, {\"file\": 7}]}",
                             "{\"parts\": [{}]}", "{\"parts\": [{\"file\": \"../../../../etc\"}]}"})
        QTest::addRow("%s", pack) << QByteArray(pack);
}

void TestExtras::enduresABrokenPack()
{
    QFETCH(QByteArray, pack);
    addText("share/demo/pack.json", pack.toStdString());
    QCOMPARE(find(m_folder->filePath("share")), QStringList());
}

QTEST_APPLESS_MAIN(TestExtras)
#include "tst_extras.moc"
