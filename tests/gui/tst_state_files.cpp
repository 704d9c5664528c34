// State files renamed, deleted and brought back, in a folder with a trash of its own.
#include "gui/state_files.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using gui::StateFiles;

class TestStateFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void renamesAndTakesItBack();
    void neverReplacesAFile();
    void refusesWhatIsNoName_data();
    void refusesWhatIsNoName();
    void deletesIntoTheTrashAndBack();
    void saysWhatCannotBeDeleted();

private:
    QString path(const char *name) const { return m_folder->filePath(QLatin1String(name)); }
    void write(const char *name, const QByteArray &bytes)
    {
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
    }
    QByteArray read(const char *name)
    {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("none");
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestStateFiles::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    qputenv("XDG_DATA_HOME", m_folder->filePath(QStringLiteral("data")).toUtf8());
    QVERIFY(QDir().mkpath(m_folder->filePath(QStringLiteral("data"))));
    write("bard.pth", "verse");
}

void TestStateFiles::renamesAndTakesItBack()
{
    StateFiles files;
    QSignalSpy renamed(&files, &StateFiles::renamed), undone(&files, &StateFiles::undone);
    files.rename(path("bard.pth"), QStringLiteral("poet.v2"));
    QTRY_COMPARE(renamed.size(), 1);
    QCOMPARE(renamed[0][1].toString(), path("poet.v2.pth"));
    QCOMPARE(read("poet.v2.pth"), QByteArray("verse"));
    QVERIFY(!QFile::exists(path("bard.pth")));
    files.undo();
    QTRY_COMPARE(undone.size(), 1);
    QCOMPARE(read("bard.pth"), QByteArray("verse"));
    QVERIFY(!files.canUndo());
}

void TestStateFiles::neverReplacesAFile()
{
    write("poet.pth", "other");
    StateFiles files;
    QSignalSpy failed(&files, &StateFiles::failed);
    files.rename(path("bard.pth"), QStringLiteral("poet"));
    QTRY_COMPARE(failed.size(), 1);
    QVERIFY(failed[0][1].toString().contains(path("poet.pth")));
    QCOMPARE(read("poet.pth"), QByteArray("other"));
    QCOMPARE(read("bard.pth"), QByteArray("verse"));
}

void TestStateFiles::refusesWhatIsNoName_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("empty") << QString();
    QTest::newRow("blank") << QStringLiteral("  ");
    QTest::newRow("folder") << QStringLiteral("../poet");
    QTest::newRow("hidden") << QStringLiteral(".poet");
}

void TestStateFiles::refusesWhatIsNoName()
{
    QFETCH(QString, name);
    StateFiles files;
    QSignalSpy failed(&files, &StateFiles::failed);
    files.rename(path("bard.pth"), name);
    QCOMPARE(failed.size(), 1);
    QVERIFY(QFile::exists(path("bard.pth")));
}

void TestStateFiles::deletesIntoTheTrashAndBack()
{
    StateFiles files;
    QSignalSpy deleted(&files, &StateFiles::deleted), undone(&files, &StateFiles::undone);
    QSignalSpy failed(&files, &StateFiles::failed);
    files.moveToTrash(path("bard.pth"));
    QTRY_VERIFY(deleted.size() + failed.size() == 1);
    QVERIFY2(failed.isEmpty(), qPrintable(failed.value(0).value(1).toString()));
    QVERIFY(!QFile::exists(path("bard.pth")));
    files.undo();
    QTRY_COMPARE(undone.size(), 1);
    QCOMPARE(read("bard.pth"), QByteArray("verse"));
}

void TestStateFiles::saysWhatCannotBeDeleted()
{
    StateFiles files;
    QSignalSpy failed(&files, &StateFiles::failed);
    files.moveToTrash(path("gone.pth"));
    QTRY_COMPARE(failed.size(), 1);
    QVERIFY(failed[0][0].toString().contains(QLatin1String("gone.pth")));
    QVERIFY(!failed[0][1].toString().isEmpty());
    QVERIFY(!files.canUndo());
}

QTEST_MAIN(TestStateFiles)
#include "tst_state_files.moc"
