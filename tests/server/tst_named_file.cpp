#include "engine/server/api_error.h"
#include "engine/server/named_file.h"
#include "engine/server/strategy_names.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace server;

class TestNamedFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void findsFilesBeneath_data();
    void findsFilesBeneath();
    void findsFoldersWhereTheyWillDo();
    void placesFilesBeneath_data();
    void placesFilesBeneath();
    void replacesFilesOnlyWhereAsked();
    void needsAFolder();
    void takesPathsOutOfMessages();
    void takesAbsolutePathsOutOfMessages();
    void knowsRwkvInfersStrategies_data();
    void knowsRwkvInfersStrategies();

private:
    std::string states() const { return m_folder.filePath("states").toStdString(); }

    QTemporaryDir m_folder;
};

namespace
{

void write(const QString &path)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("x");
}

} // namespace

void TestNamedFile::initTestCase()
{
    QVERIFY(m_folder.isValid());
    QDir root(m_folder.path());
    QVERIFY(root.mkpath("states/inner"));
    QVERIFY(root.mkpath("states2"));
    for (const char *name :
         {"states/a.pth", "states/inner/b.pth", "states2/c.pth", "states/there.state", "secret"})
        write(root.filePath(name));
    QVERIFY(QFile::link(root.filePath("secret"), root.filePath("states/out")));
    QVERIFY(QFile::link(root.filePath("states/a.pth"), root.filePath("states/in")));
    QVERIFY(QFile::link(root.path(), root.filePath("states/up")));
    QVERIFY(QFile::link(root.filePath("secret"), root.filePath("states/out.state")));
    QCOMPARE(::mkfifo(root.filePath("states/fifo.state").toUtf8().constData(), 0600), 0);
    QCOMPARE(::mkfifo(root.filePath("states/fifo").toUtf8().constData(), 0600), 0);
}

void TestNamedFile::findsFilesBeneath_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("path"); // beneath the folder; empty: refused
    const auto row = [](QByteArray name, const char *path) {
        QTest::addRow("%s", name.left(30).constData()) << name << QByteArray(path);
    };
    row("a.pth", "a.pth");
    row("states/a.pth", "a.pth"); // the folder's own name may stand before it
    row("./inner/b.pth", "inner/b.pth");
    row("in", "a.pth");
    for (const char *name : {"", ".", "..", "out", "up/secret", "../secret", "../states2/c.pth",
                             "inner/../../secret", "inner", "fifo", "nothing", "a.pth/x"})
        row(name, "");
    row(m_folder.filePath("states/a.pth").toUtf8(), "");
    row(QByteArray(1025, 'x'), "");
    QTest::newRow("NUL") << QByteArray("a.pth\0x", 7) << QByteArray();
}

void TestNamedFile::findsFilesBeneath()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, path);
    static std::string refusal;
    try {
        const std::string found = findBeneath(states(), name.toStdString(), "state_filename");
        QCOMPARE(QString::fromStdString(found), QDir(m_folder.path()).canonicalPath() + "/states/" + path);
    } catch (const ApiError &error) {
        QVERIFY2(path.isEmpty(), error.message.c_str());
        QCOMPARE(error.status, 400);
        if (refusal.empty()) refusal = error.message;
        QCOMPARE(error.message, refusal); // the same for all of them
    }
}

void TestNamedFile::findsFoldersWhereTheyWillDo()
{
    QVERIFY(QString::fromStdString(findBeneath(states(), "inner", "model_filename", true))
                .endsWith("/states/inner"));
    QDir root(m_folder.path());
    QVERIFY(root.mkpath("states/model/deep"));
    write(root.filePath("states/model/model.safetensors.index.json"));
    QVERIFY(QFile::link(root.filePath("states/a.pth"), root.filePath("states/model/deep/part")));
    findBeneath(states(), "model", "model_filename", true);
    findBeneath(states(), "model/model.safetensors.index.json", "model_filename", true);
    QVERIFY(QFile::link(root.filePath("secret"), root.filePath("states/model/deep/model.safetensors")));
    for (const char *name : {"model", "states/model", "model/model.safetensors.index.json"})
        QVERIFY_EXCEPTION_THROWN(findBeneath(states(), name, "model_filename", true), ApiError);
    QVERIFY_EXCEPTION_THROWN(findBeneath(states(), "up", "model_filename", true), ApiError);
    QVERIFY_EXCEPTION_THROWN(findBeneath(states(), ".", "model_filename", true), ApiError);
}

void TestNamedFile::placesFilesBeneath_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("path");
    QTest::newRow("new") << QByteArray("n.state") << QByteArray("n.state");
    QTest::newRow("inner") << QByteArray("inner/n.state") << QByteArray("inner/n.state");
    QTest::newRow("with the folder") << QByteArray("states/n.state") << QByteArray("n.state");
    for (const char *name : {"", "..", ".", "../n.state", "up/n.state", "none/n.state", "inner", "fifo.state",
                             "out.state", "inner/", "there.state", "a.pth", "n", "n.pth", ".state",
                             ".n.state", "sub\\n.state", "a\nb.state", "inner/.n.state"})
        QTest::addRow("not %s", name) << QByteArray(name) << QByteArray();
}

void TestNamedFile::placesFilesBeneath()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, path);
    try {
        const std::string place = placeBeneath(states(), name.toStdString(), "filename", false);
        QCOMPARE(QString::fromStdString(place), QDir(m_folder.path()).canonicalPath() + "/states/" + path);
    } catch (const ApiError &error) {
        QVERIFY2(path.isEmpty(), error.message.c_str());
        return;
    }
    QVERIFY2(!path.isEmpty(), "expected a refusal");
}

void TestNamedFile::replacesFilesOnlyWhereAsked()
{
    const auto place = [this](const char *name) { return placeBeneath(states(), name, "filename", true); };
    QVERIFY(QString::fromStdString(place("there.state")).endsWith("/states/there.state"));
    for (const char *name : {"a.pth", "out.state", "fifo.state"})
        QVERIFY_EXCEPTION_THROWN(place(name), ApiError);
    try {
        placeBeneath(states(), "there.state", "filename", false);
        QFAIL("expected a refusal");
    } catch (const ApiError &error) {
        QCOMPARE(error.code, std::string("file_exists"));
        QCOMPARE(error.param, std::string("filename"));
    }
}

void TestNamedFile::needsAFolder()
{
    QVERIFY_EXCEPTION_THROWN(findBeneath("", "a.pth", "x"), ApiError);
    QVERIFY_EXCEPTION_THROWN(findBeneath(states() + "-no", "a.pth", "x"), ApiError);
}

void TestNamedFile::takesPathsOutOfMessages()
{
    const std::string path = findBeneath(states(), "a.pth", "x");
    QCOMPARE(withoutPaths(path + ": damaged, see " + path, states()),
             std::string("a.pth: damaged, see a.pth"));
    QCOMPARE(withoutPaths("plain", ""), std::string("plain"));
}

void TestNamedFile::takesAbsolutePathsOutOfMessages()
{
    QCOMPARE(withoutAbsolutePaths("cannot open '/opt/a b/share/x.pth': no file"),
             std::string("cannot open 'x.pth': no file"));
    QCOMPARE(withoutAbsolutePaths("/opt/data/vocab.txt: damaged, beside /opt/other/y.txt"),
             std::string("vocab.txt: damaged, beside y.txt"));
    QCOMPARE(withoutAbsolutePaths("/opt/Jo Doe/vocab.txt: damaged"), std::string("vocab.txt: damaged"));
    for (const char *plain : {"", "tokens/s", "alpha / rank", "a/b.pth", "/", "sum is 1 / 2"})
        QCOMPARE(withoutAbsolutePaths(plain), std::string(plain));
}

void TestNamedFile::knowsRwkvInfersStrategies_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("base");
    QTest::addColumn<QByteArray>("strategy");
    const auto row = [](const char *name, const char *base, const char *strategy) {
        QTest::addRow("%s on %s", name, base) << QByteArray(name) << QByteArray(base) << QByteArray(strategy);
    };
    row("", "cpu bf16", "cpu bf16");
    row("None", "cpu", "cpu");
    row("fp16", "cpu", "cpu fp16");
    row("fp16i8", "cuda:1 fp16", "cuda:1 int8");
    row("nf4", "cpu", "cpu int4");
    row("attn_int8_ffn_int4", "cpu bf16", "cpu int8 ffn=int4");
    row("cpu fp32", "cpu bf16", "cpu fp32");
}

void TestNamedFile::knowsRwkvInfersStrategies()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, base);
    QTEST(QByteArray::fromStdString(strategyOf(name.toStdString(), base.toStdString())), "strategy");
}

QTEST_APPLESS_MAIN(TestNamedFile)
#include "tst_named_file.moc"
