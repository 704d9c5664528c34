#include "engine/catalog.h"
#include "support/tiny_rwkv7.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

class TestCatalog : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void findsModelsInFoldersBelow();
    void showsBrokenFilesWithTheirProblem();
    void readsEveryFolderOnce();
    void showsAFolderAsOneModel();
    void findsOtherFormats();
    void stopsAtADepth();
    void skipsWhatCannotBeRead();
    void canBeStopped();

private:
    std::string path(const QString &name) const { return m_folder->filePath(name).toStdString(); }
    void addModel(const QString &name);
    /// Paths below the folder, in the order found.
    QStringList scan(const std::vector<std::string> &folders, std::stop_token stop = {});

    std::unique_ptr<QTemporaryDir> m_folder;
    std::vector<engine::ModelInfo> m_found;
    int m_count = 0;
};

void TestCatalog::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

void TestCatalog::addModel(const QString &name)
{
    QVERIFY(QDir(m_folder->path()).mkpath(QFileInfo(m_folder->filePath(name)).path()));
    support::writeBytes(path(name), support::safetensors(support::TinyRwkv7(1, {}).tensors));
}

QStringList TestCatalog::scan(const std::vector<std::string> &folders, std::stop_token stop)
{
    m_found.clear();
    m_count = engine::scanFolders(
        folders, {}, [this](const engine::ModelInfo &info) { m_found.push_back(info); }, stop);
    QStringList names;
    for (const engine::ModelInfo &info : m_found)
        names << QDir(m_folder->path()).relativeFilePath(QString::fromStdString(info.path));
    return names;
}

void TestCatalog::findsModelsInFoldersBelow()
{
    addModel("b.safetensors");
    addModel("a/deep/Goose.SafeTensors");
    addModel("a/misnamed.pth"); // opened by its first bytes, not by its name
    addModel("a/other.bin");
    QCOMPARE(scan({m_folder->path().toStdString()}),
             (QStringList{"a/deep/Goose.SafeTensors", "a/misnamed.pth", "b.safetensors"}));
    QCOMPARE(m_count, 3);
    for (const engine::ModelInfo &info : m_found) {
        QVERIFY2(info.problem.empty(), info.problem.c_str());
        QCOMPARE(info.container, std::string("safetensors"));
        QCOMPARE(info.layers, 2);
        QVERIFY(info.tensors.empty());
    }
}

void TestCatalog::showsBrokenFilesWithTheirProblem()
{
    support::writeBytes(path("text.pth"), "hello");
    support::writeBytes(path("empty.safetensors"), "");
    std::string cut = support::safetensors(support::TinyRwkv7(1, {}).tensors);
    cut.resize(cut.size() / 2);
    support::writeBytes(path("cut.safetensors"), cut);
    support::writeBytes(path("v6.safetensors"),
                        support::safetensors({{"blocks.0.att.time_maa_rkvw_w1", {1}, {0}}}));
    QCOMPARE(scan({m_folder->path().toStdString()}),
             (QStringList{"cut.safetensors", "empty.safetensors", "text.pth", "v6.safetensors"}));
    for (const engine::ModelInfo &info : m_found)
        QVERIFY2(!info.problem.empty(), info.path.c_str());
    QCOMPARE(m_found[0].name, std::string("cut"));
    QCOMPARE(m_found[0].fileBytes, std::uint64_t(cut.size()));
    QVERIFY2(m_found[3].problem.find("RWKV-6") != std::string::npos, m_found[3].problem.c_str());
}

void TestCatalog::showsAFolderAsOneModel()
{
    addModel("RWKV-7.1B/model.safetensors");
    support::writeBytes(path("RWKV-7.1B/config.json"), "{}");
    addModel("RWKV-7.1B/other.pth");
    addModel("parts/model-00001-of-00002.safetensors");
    support::writeBytes(path("parts/model.safetensors.index.json"),
                        R"({"weight_map": {"a": "model-00001-of-00002.safetensors",
                                           "b": "model-00002-of-00002.safetensors"}})");
    QCOMPARE(scan({m_folder->path().toStdString()}),
             (QStringList{"RWKV-7.1B", "RWKV-7.1B/other.pth", "parts"}));
    QCOMPARE(m_found[0].name, std::string("RWKV-7.1B"));
    QCOMPARE(m_found[0].layers, 2);
    QVERIFY2(m_found[0].problem.empty(), m_found[0].problem.c_str());
    QVERIFY(m_found[2].problem.find("00002-of-00002") != std::string::npos);
}

void TestCatalog::findsOtherFormats()
{
    addModel("a.gguf"); // opened by its first bytes
    addModel("b.ST");
    support::writeBytes(path("c.bin"), "fmgg and so on");
    support::writeBytes(path("d.bin"), "other");
    QCOMPARE(scan({m_folder->path().toStdString()}), (QStringList{"a.gguf", "b.ST", "c.bin"}));
}

void TestCatalog::readsEveryFolderOnce()
{
    addModel("a/model.safetensors");
    QVERIFY(QFile::link("..", m_folder->filePath("a/up")));          // a loop
    QVERIFY(QFile::link("a", m_folder->filePath("b")));              // a second way
    QVERIFY(QFile::link("nowhere", m_folder->filePath("gone.pth"))); // a broken link
    QCOMPARE(scan({m_folder->path().toStdString(), path("a"), path("a/../a")}),
             QStringList{"a/model.safetensors"});
}

void TestCatalog::stopsAtADepth()
{
    QString folder = "1";
    for (int depth = 2; depth <= engine::kDeepestFolder; ++depth)
        folder += "/" + QString::number(depth);
    addModel(folder + "/deepest.safetensors");
    addModel(folder + "/toofar/beyond.safetensors");
    QCOMPARE(scan({m_folder->path().toStdString()}), QStringList{folder + "/deepest.safetensors"});
}

void TestCatalog::skipsWhatCannotBeRead()
{
    addModel("closed/model.safetensors");
    addModel("open.safetensors");
    QVERIFY(QDir(m_folder->path()).mkpath("folder.safetensors")); // a folder that looks like a model
    QVERIFY(QFile::setPermissions(m_folder->filePath("closed"), {}));
    const QStringList names =
        scan({path("missing"), path("open.safetensors"), m_folder->path().toStdString()});
    QFile::setPermissions(m_folder->filePath("closed"),
                          QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ExeOwner);
    if (::geteuid() == 0) // root reads everything
        QCOMPARE(names, (QStringList{"closed/model.safetensors", "open.safetensors"}));
    else
        QCOMPARE(names, QStringList{"open.safetensors"});
}

void TestCatalog::canBeStopped()
{
    for (const char *name : {"a.safetensors", "b.safetensors", "c.safetensors"})
        addModel(name);
    std::stop_source stop;
    int found = 0;
    const int count = engine::scanFolders(
        {m_folder->path().toStdString()}, {},
        [&](const engine::ModelInfo &) {
            if (++found == 2) stop.request_stop();
        },
        stop.get_token());
    QCOMPARE(found, 2);
    QCOMPARE(count, 2);
}

QTEST_APPLESS_MAIN(TestCatalog)
#include "tst_catalog.moc"
