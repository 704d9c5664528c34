#include "support/file_bytes.h"
#include "support/pickle_writer.h"
#include "support/tensor_compare.h"
#include "support/thrown_error.h"

#include <QtTest>

using namespace engine;
using namespace support;
namespace pkl = support::pickle;

namespace
{

std::string tensorAt(const std::string &key, std::int64_t elements, const std::string &type = "Byte",
                     const std::string &view = pkl::kNone)
{
    return pkl::tensor(pkl::legacyStorage(type, key, elements, view), 0, {elements}, {1});
}

std::string two()
{
    return pkl::dict({pkl::text("a"), tensorAt("k1", 4), pkl::text("b"), tensorAt("k2", 2)});
}

} // namespace

class TestLegacyPth : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsStoragesInTheirOrder();
    void readsElementsOfSeveralBytes();
    void sharesStorages();
    void refuses_data();
    void refuses();
};

void TestLegacyPth::readsStoragesInTheirOrder()
{
    const std::string file = pkl::legacyPth(two(), {"k2", "k1"}, {"yz", "abcd"});
    const auto opened = openTensors(file);
    QCOMPARE(QByteArray(opened->container()), QByteArray("pth"));
    QCOMPARE(dataOf(*opened->find("a")), std::string("abcd"));
    QCOMPARE(dataOf(*opened->find("b")), std::string("yz"));
}

void TestLegacyPth::readsElementsOfSeveralBytes()
{
    const std::string file =
        pkl::legacyPth(pkl::dict({pkl::text("a"), tensorAt("k", 2, "Half")}), {"k"}, {"abcd"}, 2);
    const auto opened = openTensors(file);
    QVERIFY(opened->find("a")->type == StoredType::F16);
    QCOMPARE(dataOf(*opened->find("a")), std::string("abcd"));
}

void TestLegacyPth::sharesStorages()
{
    const std::string file = pkl::legacyPth(
        pkl::dict({pkl::text("a"), tensorAt("k", 4), pkl::text("b"), tensorAt("k", 4)}), {"k"}, {"abcd"});
    const auto opened = openTensors(file);
    QCOMPARE(dataOf(*opened->find("a")), dataOf(*opened->find("b")));
}

void TestLegacyPth::refuses_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("part");
    const auto row = [](const char *name, const std::string &file, const char *part) {
        QTest::newRow(name) << QByteArray::fromStdString(file) << part;
    };
    const std::string good = pkl::legacyPth(two(), {"k2", "k1"}, {"yz", "abcd"});
    row("a storage is not listed", pkl::legacyPth(two(), {"k1"}, {"abcd"}), "missing");
    row("a storage that nobody has", pkl::legacyPth(two(), {"k3"}, {"abcd"}), "no tensor has");
    row("a storage twice", pkl::legacyPth(two(), {"k1", "k1"}, {"abcd", "abcd"}), "given twice");
    row("cut data", good.substr(0, good.size() - 1), "bytes left");
    row("cut length", good.substr(0, good.size() - 6), "expected 8 bytes");
    row("a storage of 2^63", good.substr(0, good.size() - 12) + little(1ULL << 63, 8), "bytes left");
    row("a storage too short", pkl::legacyPth(two(), {"k2", "k1"}, {"yz", "abc"}), "expected 4 elements");
    row("two types",
        pkl::legacyPth(
            pkl::dict({pkl::text("a"), tensorAt("k", 2), pkl::text("b"), tensorAt("k", 2, "Half")}), {"k"},
            {"abcd"}),
        "two types");
    row("a view of a storage",
        pkl::legacyPth(pkl::dict({pkl::text("a"),
                                  tensorAt("k", 2, "Byte",
                                           pkl::tuple({pkl::text("v"), pkl::integer(0), pkl::integer(2)}))}),
                       {"k"}, {"ab"}),
        "a storage of five fields");
    row("code", pkl::legacyPth(pkl::call(pkl::global("os", "system"), {pkl::text("x")}), {}, {}),
        "os.system");
    row("another protocol", good.substr(0, 18) + "\xe8" + good.substr(19), "protocol 1001");
    row("nothing behind the magic number", good.substr(0, 21), "more bytes");
}

void TestLegacyPth::refuses()
{
    QFETCH(QByteArray, file);
    QFETCH(QString, part);
    const std::string bytes = file.toStdString();
    const Error error = errorOf([&] { openTensors(bytes); });
    QVERIFY(error.code() == ErrorCode::BadFile || error.code() == ErrorCode::UnsupportedModel);
    QVERIFY2(error.message().find(part.toStdString()) != std::string::npos, error.message().c_str());
}

QTEST_APPLESS_MAIN(TestLegacyPth)
#include "tst_legacy_pth.moc"
