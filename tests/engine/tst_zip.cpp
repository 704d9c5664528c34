#include "engine/files/zip.h"
#include "support/thrown_error.h"
#include "support/zip_writer.h"

#include <QtTest>

using namespace engine;
using namespace support;

class TestZip : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsEntries_data();
    void findsEntries();
    void refuses_data();
    void refuses();
};

namespace
{

std::string contentOf(const std::string &file, const std::string &name)
{
    const auto mapped = MappedFile::borrow(std::as_bytes(std::span(file)), "test.zip");
    const Zip zip(*mapped);
    const Zip::Entry *entry = zip.find(name);
    return entry ? file.substr(entry->dataBegin, entry->bytes) : "absent";
}

const std::vector<ZipEntry> kPlain = {{.name = "m/one", .content = "first"},
                                      {.name = "m/data/0", .content = "second", .padding = 50}};

} // namespace

void TestZip::findsEntries_data()
{
    QTest::addColumn<QByteArray>("file");
    const auto row = [](const char *name, const std::string &file) {
        QTest::newRow(name) << QByteArray::fromStdString(file);
    };
    row("plain", zipFile(kPlain));
    row("with a comment", zipFile(kPlain, {.comment = "hello"}));
    row("with a false end in the comment", zipFile(kPlain, {.comment = "PK\5\6 no"}));
    row("64-bit directory", zipFile(kPlain, {.is64 = true}));
    std::vector<ZipEntry> wide = kPlain;
    wide[0].is64 = wide[1].is64 = true;
    row("64-bit entries", zipFile(wide));
    row("64-bit everything", zipFile(wide, {.is64 = true}));
    std::vector<ZipEntry> sizes = kPlain;
    sizes[0].localBytes = 5;
    sizes[0].flags = 0;
    sizes[1].localBytes = 0xFFFFFFFF;
    row("sizes in local headers", zipFile(sizes));
}

void TestZip::findsEntries()
{
    QFETCH(QByteArray, file);
    QCOMPARE(contentOf(file.toStdString(), "one"), std::string("first"));
    QCOMPARE(contentOf(file.toStdString(), "data/0"), std::string("second"));
    QCOMPARE(contentOf(file.toStdString(), "m/one"), std::string("absent"));
}

void TestZip::refuses_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QByteArray>("part"); // of the message
    const auto row = [](const char *name, const std::string &file, const char *part) {
        QTest::newRow(name) << QByteArray::fromStdString(file) << QByteArray(part);
    };
    const auto second = [](ZipEntry entry) { return std::vector<ZipEntry>{kPlain[0], std::move(entry)}; };
    row("no end", zipFile(kPlain).substr(0, 100), "not complete");
    row("one byte short", zipFile(kPlain).substr(0, zipFile(kPlain).size() - 1), "not complete");
    row("bytes behind the end", zipFile(kPlain) + "x", "not complete");
    row("compressed", zipFile(second({.name = "m/two", .content = "x", .method = 8})),
        "\"m/two\" is compressed");
    row("encrypted", zipFile(second({.name = "m/two", .content = "x", .flags = 1})),
        "\"m/two\" is encrypted");
    row("strongly encrypted", zipFile(second({.name = "m/two", .content = "x", .flags = 1 << 6})),
        "encrypted");
    row("hidden directory", zipFile(second({.name = "m/two", .content = "x", .flags = 1 << 13})),
        "encrypted");
    row("given twice", zipFile(second({.name = "m/one", .content = "x"})), "\"one\" is given twice");
    row("no folder", zipFile(second({.name = "two", .content = "x"})), "expected all entries in one folder");
    row("root of the file system", zipFile(second({.name = "/m/two", .content = "x"})), "in one folder");
    row("another folder", zipFile(second({.name = "n/two", .content = "x"})), "expected it in folder \"m/\"");
    row("folder that begins alike", zipFile(second({.name = "mm/two", .content = "x"})),
        "expected it in folder");
    row("another name in the entry", zipFile(second({.name = "m/two", .content = "x", .localName = "m/owt"})),
        "do not agree");
    row("longer name in the entry", zipFile(second({.name = "m/two", .content = "x", .localName = "m/twoo"})),
        "do not agree");
    row("another size in the entry", zipFile(second({.name = "m/two", .content = "x", .localBytes = 2})),
        "its own header says 2");
    row("too long", zipFile(second({.name = "m/two", .content = "x", .bytes = 1000})), "does not fit");
    row("into the directory", zipFile(second({.name = "m/two", .content = "x", .bytes = 5})),
        "overlaps the zip");
    row("4 GiB", zipFile(second({.name = "m/two", .content = "x", .bytes = 0xFFFFFFFE})), "does not fit");
    row("2^63 bytes", zipFile(second({.name = "m/two", .content = "x", .bytes = 1ULL << 63, .is64 = true})),
        "does not fit");
    row("behind the end", zipFile(second({.name = "m/two", .content = "x", .headerBegin = 100000})),
        "outside");
    row("behind the end, 64 bits",
        zipFile(second({.name = "m/two", .content = "x", .headerBegin = ~8ULL, .is64 = true})), "outside");
    row("into another", zipFile(second({.name = "m/one", .content = "x", .headerBegin = 0})),
        "overlaps another");
    row("no 64-bit field", zipFile(second({.name = "m/two", .content = "x", .bytes = 0xFFFFFFFF})),
        "ZIP64 sizes are missing");
    row("more entries than there are", zipFile(kPlain, {.entries = 3}), "cannot hold 3 entries");
    row("fewer entries than there are", zipFile(kPlain, {.entries = 1}), "more than its entries");
    row("65534 entries", zipFile(kPlain, {.entries = 65534}), "cannot hold 65534 entries");
    row("2^63 entries", zipFile(kPlain, {.entries = 1ULL << 63, .is64 = true}), "cannot hold");
    row("directory too large", zipFile(kPlain, {.directoryBytes = 100000}), "outside the file");
    row("directory too large, 64 bits", zipFile(kPlain, {.directoryBytes = ~0ULL, .is64 = true}), "damaged");
    row("directory behind the end", zipFile(kPlain, {.directoryBegin = 100000}), "outside the file");
    row("directory behind the end, 64 bits", zipFile(kPlain, {.directoryBegin = ~1ULL, .is64 = true}),
        "damaged");
    row("directory elsewhere", zipFile(kPlain, {.directoryBegin = 3}), "the zip directory is damaged");
    row("an end alone", zipFile({}, {.entries = 0xFFFF}), "the ZIP64 directory is damaged");
}

void TestZip::refuses()
{
    QFETCH(QByteArray, file);
    QFETCH(QByteArray, part);
    const Error error = errorOf([&] { contentOf(file.toStdString(), "one"); });
    const QByteArray message = QByteArray::fromStdString(error.message());
    QCOMPARE(error.code(), ErrorCode::BadFile);
    QVERIFY2(message.contains(part), message.constData());
}

QTEST_APPLESS_MAIN(TestZip)
#include "tst_zip.moc"
