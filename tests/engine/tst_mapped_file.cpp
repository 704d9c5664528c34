#include "engine/files/mapped_file.h"
#include "support/thrown_error.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <array>
#include <fcntl.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace engine;

class TestMappedFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_folder.isValid()); }
    void readsWhatIsThere();
    void acceptsAnEmptyFile();
    void acceptsAnyName_data();
    void acceptsAnyName();
    void refusesWhatIsNoFile_data();
    void refusesWhatIsNoFile();
    void refusesWhatMayNotBeRead();
    void refusesReadingBehindTheEnd();
    void survivesAFileThatIsCut();
    void noticesChanges_data();
    void noticesChanges();
    void removalIsNoChange();
    void borrowsBytes();

private:
    std::string make(const QByteArray &name, const QByteArray &content)
    {
        const std::string path = m_folder.path().toStdString() + "/" + name.toStdString();
        const int fd = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
        if (fd < 0 || ::write(fd, content.data(), std::size_t(content.size())) != content.size()) return {};
        ::close(fd);
        return path;
    }

    QTemporaryDir m_folder;
};

void TestMappedFile::readsWhatIsThere()
{
    const auto file = MappedFile::open(make("a", "0123456789"));
    QCOMPARE(file->size(), std::uint64_t(10));
    QCOMPARE(char(file->bytes()[9]), '9');
    std::array<std::byte, 3> part = {};
    file->copyOut(7, part);
    QCOMPARE(char(part[0]), '7');
    QCOMPARE(char(part[2]), '9');
    file->verifyUnchanged();
}

void TestMappedFile::acceptsAnEmptyFile()
{
    const auto file = MappedFile::open(make("empty", ""));
    QCOMPARE(file->size(), std::uint64_t(0));
    file->copyOut(0, {});
    file->verifyUnchanged();
}

void TestMappedFile::acceptsAnyName_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::newRow("not UTF-8") << QByteArray("a\xFF\xFEz");
    QTest::newRow("line end") << QByteArray("a\nb");
    QTest::newRow("percent") << QByteArray("%s%n%1");
    QTest::newRow("leading minus") << QByteArray("-rf");
    QTest::newRow("255 bytes") << QByteArray(255, 'x');
    QTest::newRow("emoji") << QByteArray("\xF0\x9F\x90\xA6.pth");
}

void TestMappedFile::acceptsAnyName()
{
    QFETCH(QByteArray, name);
    const std::string path = make(name, "x");
    QVERIFY(!path.empty());
    QCOMPARE(MappedFile::open(path)->size(), std::uint64_t(1));
    QCOMPARE(::unlink(path.c_str()), 0); // Qt cannot remove names that are no text
}

void TestMappedFile::refusesWhatIsNoFile_data()
{
    QTest::addColumn<QByteArray>("path");
    const QByteArray folder = m_folder.path().toUtf8();
    QVERIFY(::mkfifo((folder + "/pipe").constData(), 0600) == 0);
    QVERIFY(::symlink("/nowhere", (folder + "/dangling").constData()) == 0);
    QVERIFY(::symlink("loop", (folder + "/loop").constData()) == 0);
    QTest::newRow("nothing") << folder + "/nothing";
    QTest::newRow("empty path") << QByteArray();
    QTest::newRow("folder") << folder;
    QTest::newRow("pipe") << folder + "/pipe";
    QTest::newRow("endless device") << QByteArray("/dev/zero");
    QTest::newRow("dangling link") << folder + "/dangling";
    QTest::newRow("looping link") << folder + "/loop";
    QTest::newRow("name too long") << folder + "/" + QByteArray(300, 'x');
    QTest::newRow("a file as a folder") << QByteArray("/dev/null/x");
    QTest::newRow("zero byte") << folder + QByteArray("/a\0b", 4);
}

void TestMappedFile::refusesWhatIsNoFile()
{
    QFETCH(QByteArray, path);
    const Error error = support::errorOf([&] { MappedFile::open(path.toStdString()); });
    QCOMPARE(error.code(), ErrorCode::FileNotFound);
    QVERIFY(!error.message().empty());
}

void TestMappedFile::refusesWhatMayNotBeRead()
{
    const std::string path = make("secret", "x");
    QCOMPARE(::chmod(path.c_str(), 0), 0);
    const bool isRoot = ::geteuid() == 0; // who may read everything: act as nobody for a moment
    if (isRoot) ::setfsuid(65534);
    const Error error = support::errorOf([&] { MappedFile::open(path); });
    if (isRoot) ::setfsuid(0);
    QCOMPARE(error.code(), ErrorCode::FileUnreadable);
}

void TestMappedFile::refusesReadingBehindTheEnd()
{
    const auto file = MappedFile::open(make("short", "0123456789"));
    std::array<std::byte, 4> part = {};
    for (const std::uint64_t offset : {std::uint64_t(7), std::uint64_t(11), ~std::uint64_t(0)}) {
        const Error error = support::errorOf([&] { file->copyOut(offset, part); });
        QCOMPARE(error.code(), ErrorCode::BadFile);
    }
}

void TestMappedFile::survivesAFileThatIsCut()
{
    const std::string path = make("cut", QByteArray(100000, 'x'));
    const auto file = MappedFile::open(path);
    QCOMPARE(::truncate(path.c_str(), 10), 0);
    std::vector<std::byte> all(100000); // a copy from the mapping would end the process here
    const Error error = support::errorOf([&] { file->copyOut(0, all); });
    QCOMPARE(error.code(), ErrorCode::BadFile);
    QCOMPARE(support::errorOf([&] { file->verifyUnchanged(); }).code(), ErrorCode::BadFile);
}

void TestMappedFile::noticesChanges_data()
{
    QTest::addColumn<int>("change");
    QTest::newRow("grown") << 0;
    QTest::newRow("cut") << 1;
    QTest::newRow("written at another time") << 2;
    QTest::newRow("replaced") << 3;
    QTest::newRow("removed, then cut under another name") << 4;
}

void TestMappedFile::noticesChanges()
{
    QFETCH(int, change);
    const std::string path = make("changing", "0123456789");
    const auto file = MappedFile::open(path);
    file->verifyUnchanged();
    const timespec times[2] = {{1, 2}, {3, 4}};
    switch (change) {
    case 0:
        QCOMPARE(::truncate(path.c_str(), 11), 0);
        break;
    case 1:
        QCOMPARE(::truncate(path.c_str(), 9), 0);
        break;
    case 2:
        QCOMPARE(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
        break;
    case 3:
        QCOMPARE(::rename(make("other", "0123456789").c_str(), path.c_str()), 0);
        break;
    default:
        QCOMPARE(::rename(path.c_str(), (path + "2").c_str()), 0);
        QCOMPARE(::truncate((path + "2").c_str(), 9), 0);
        break;
    }
    QCOMPARE(support::errorOf([&] { file->verifyUnchanged(); }).code(), ErrorCode::BadFile);
}

void TestMappedFile::removalIsNoChange()
{
    const std::string path = make("removed", "0123456789");
    const auto file = MappedFile::open(path);
    QCOMPARE(::unlink(path.c_str()), 0);
    file->verifyUnchanged();
    std::array<std::byte, 10> all = {};
    file->copyOut(0, all);
    QCOMPARE(char(all[9]), '9');
}

void TestMappedFile::borrowsBytes()
{
    const std::string bytes = "0123456789";
    const auto file = MappedFile::borrow(std::as_bytes(std::span(bytes)), "folder/name");
    QVERIFY(file->contains(file->bytes().data() + 3));
    QVERIFY(!file->contains(reinterpret_cast<const std::byte *>(&file)));
    std::array<std::byte, 2> part = {};
    file->copyOut(8, part);
    QCOMPARE(char(part[1]), '9');
    QCOMPARE(support::errorOf([&] { file->copyOut(9, part); }).code(), ErrorCode::BadFile);
    const Error error = support::errorOf([&] { file->refuse("why\n"); });
    QCOMPARE(QByteArray::fromStdString(error.message()), QByteArray("\"name\": why\n"));
}

QTEST_APPLESS_MAIN(TestMappedFile)
#include "tst_mapped_file.moc"
