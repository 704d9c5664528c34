#include "engine/error.h"
#include "engine/files/tensor_file.h"
#include "support/safetensors_writer.h"
#include "support/thrown_error.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <array>
#include <unistd.h>

using namespace engine;
using namespace support;

class TestSafetensors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsTensors();
    void readsEveryType_data();
    void readsEveryType();
    void readsMetadata();
    void acceptsOddButRight_data();
    void acceptsOddButRight();
    void namesWhatIsWrong_data();
    void namesWhatIsWrong();
    void survivesAFileThatIsCut();
    void shapesForMessages();
};

void TestSafetensors::readsTensors()
{
    const std::string bytes = safetensors({{"second", "F32", "2, 1, 3", std::string(24, 'a')},
                                           {"first", "BF16", "4", "01234567"},
                                           {"scalar", "I64", "", "abcdefgh"},
                                           {"empty", "F16", "3, 0", ""}});
    const auto file = openTensors(bytes);
    QCOMPARE(QByteArray(file->container()), QByteArray("safetensors"));
    QCOMPARE(file->fileBytes(), std::uint64_t(bytes.size()));
    QCOMPARE(file->tensors().size(), std::size_t(4));
    QCOMPARE(file->tensors()[0].name, std::string("second")); // file order
    const TensorEntry *first = file->find("first");
    QVERIFY(first);
    QCOMPARE(dataOf(*first), std::string("01234567"));
    QCOMPARE(first->type, StoredType::BF16);
    QCOMPARE(first->shape, (std::vector<std::int64_t>{4}));
    QCOMPARE(file->find("scalar")->elements(), 1);
    QCOMPARE(dataOf(*file->find("scalar")), std::string("abcdefgh"));
    QCOMPARE(file->find("empty")->elements(), 0);
    QVERIFY(!file->find("third"));
    std::array<std::byte, 3> part = {};
    file->read(*first, 5, part);
    QCOMPARE(char(part[0]), '5');
    QCOMPARE(errorOf([&] { file->read(*first, 6, part); }).code(), ErrorCode::Internal);
}

void TestSafetensors::readsEveryType_data()
{
    QTest::addColumn<QString>("dtype");
    QTest::addColumn<int>("bytes");
    QTest::addColumn<QString>("shown");
    const auto row = [](const char *dtype, int bytes, const char *shown) {
        QTest::newRow(dtype) << QString::fromLatin1(dtype) << bytes << QString::fromLatin1(shown);
    };
    row("F64", 8, "fp64");
    row("F32", 4, "fp32");
    row("F16", 2, "fp16");
    row("BF16", 2, "bf16");
    row("I64", 8, "int64");
    row("I32", 4, "int32");
    row("I16", 2, "int16");
    row("I8", 1, "int8");
    row("U8", 1, "uint8");
    row("BOOL", 1, "bool");
}

void TestSafetensors::readsEveryType()
{
    QFETCH(QString, dtype);
    QFETCH(int, bytes);
    QFETCH(QString, shown);
    const std::string content =
        safetensors({{"t", dtype.toStdString(), "3", std::string(std::size_t(3 * bytes), 'x')}});
    const auto file = openTensors(content);
    QCOMPARE(QString::fromLatin1(nameOf(file->tensors()[0].type)), shown);
    QCOMPARE(bytesOf(file->tensors()[0].type), std::size_t(bytes));
    const std::string tooLong =
        safetensors({{"t", dtype.toStdString(), "3", std::string(std::size_t(3 * bytes + 1), 'x')}});
    QCOMPARE(errorOf([&] { openTensors(tooLong); }).code(), ErrorCode::BadFile);
}

void TestSafetensors::readsMetadata()
{
    const std::string bytes = safetensors({{"t", "U8", "1", "x"}}, R"("format":"pt","note":"\u4f60\n")");
    const auto file = openTensors(bytes);
    const std::map<std::string, std::string> expected = {{"format", "pt"}, {"note", "\xE4\xBD\xA0\n"}};
    QCOMPARE(file->metadata(), expected);
    QCOMPARE(file->tensors().size(), std::size_t(1));
}

void TestSafetensors::acceptsOddButRight_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const auto row = [](const char *name, const std::string &bytes) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes);
    };
    row("spaces behind the header",
        safetensorsOf(R"({"t":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}        )", "x"));
    row("other order of fields",
        safetensorsOf(R"({"t":{"data_offsets":[0,1],"shape":[1],"dtype":"U8"}})", "x"));
    row("other order of tensors", safetensorsOf(R"({"s":{"dtype":"U8","shape":[1],"data_offsets":[1,2]},)"
                                                R"("t":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
                                                "xy"));
    row("a quote in a name",
        safetensorsOf(R"({"t\"\\":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", "x"));
    row("odd place in memory",
        safetensorsOf(R"({"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} )", "abcd"));
    row("no tensors", safetensorsOf("{}", ""));
}

void TestSafetensors::acceptsOddButRight()
{
    QFETCH(QByteArray, bytes);
    const std::string content = bytes.toStdString();
    QCOMPARE(errorOf([&] { openTensors(content); }).message(), std::string());
}

void TestSafetensors::namesWhatIsWrong_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<QByteArray>("part"); // of the message
    const auto row = [](const char *name, const char *header, const char *part) {
        QTest::newRow(name) << QByteArray(header) << QByteArray(part);
    };
    row("shape against bytes", R"({"att.w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,8]}})",
        "\"att.w\": [2, 3] fp32 does not take the 8 bytes");
    row("behind the end", R"({"att.w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}})",
        "\"att.w\": data_offsets 0 to 16 do not lie within the 8 bytes");
    row("unknown type", R"({"att.w":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}})",
        "\"att.w\": expected one of the types F64 F32 F16 BF16 I64 I32 I16 I8 U8 BOOL, found \"F8_E4M3\"");
    row("twice",
        R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})",
        "the tensor \"a\" is given twice");
    row("overlap",
        R"({"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]},"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})",
        "\"b\": its data overlaps another");
    row("gap",
        R"({"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})",
        "\"b\": its data leaves a gap");
    row("rest", R"({"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}})", "5 bytes at the end of the file");
    row("no JSON", R"({"a":{"dtype":"U8",})", "not JSON at its byte 20");
}

void TestSafetensors::namesWhatIsWrong()
{
    QFETCH(QByteArray, header);
    QFETCH(QByteArray, part);
    const std::string bytes = safetensorsOf(header.toStdString(), "01234567");
    const Error error = errorOf([&] { openTensors(bytes, "x.st"); });
    QCOMPARE(error.code(), ErrorCode::BadFile);
    const QByteArray message = QByteArray::fromStdString(error.message());
    QVERIFY2(message.startsWith("\"x.st\": ") && message.contains(part), message.constData());
}

void TestSafetensors::survivesAFileThatIsCut()
{
    QTemporaryDir folder;
    const std::string path = folder.filePath(QStringLiteral("model")).toStdString();
    QFile out(QString::fromStdString(path));
    QVERIFY(out.open(QIODevice::WriteOnly));
    out.write(QByteArray::fromStdString(safetensors({{"t", "U8", "100000", std::string(100000, 'x')}})));
    out.close();
    const auto file = TensorFile::open(path);
    std::vector<std::byte> all(100000);
    file->read(file->tensors()[0], 0, all);
    QCOMPARE(char(all.back()), 'x');
    file->verifyUnchanged();
    QCOMPARE(::truncate(path.c_str(), 200), 0);
    QCOMPARE(errorOf([&] { file->read(file->tensors()[0], 0, all); }).code(), ErrorCode::BadFile);
    QCOMPARE(errorOf([&] { file->verifyUnchanged(); }).code(), ErrorCode::BadFile);
}

void TestSafetensors::shapesForMessages()
{
    const TensorEntry tensor = {.name = "t", .shape = {1, 1, 768}};
    QCOMPARE(tensor.shapeText(), std::string("[1, 1, 768]"));
    QCOMPARE(tensor.squeezed(), (std::vector<std::int64_t>{768}));
    QCOMPARE(tensor.elements(), 768);
    QCOMPARE(TensorEntry().shapeText(), std::string("[]"));
    QCOMPARE(TensorEntry().elements(), 1);
}

QTEST_APPLESS_MAIN(TestSafetensors)
#include "tst_safetensors.moc"
