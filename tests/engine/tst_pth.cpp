#include "engine/error.h"
#include "engine/files/tensor_file.h"
#include "support/pickle_writer.h"
#include "support/shared_data.h"
#include "support/thrown_error.h"

#include <QFile>
#include <QtTest>

#include <cstring>

using namespace engine;
using namespace support::pickle;
using support::dataOf;
using support::errorOf;
using support::openTensors;
using support::zipFile;

namespace
{

const std::string kTwelve = "0123456789AB"; // a storage of twelve bytes

std::string names(const TensorFile &file)
{
    std::string out;
    for (const TensorEntry &tensor : file.tensors())
        out += (out.empty() ? "" : " ") + tensor.name;
    return out;
}

std::string bytes(std::int64_t offset, const std::vector<std::int64_t> &sizes,
                  const std::vector<std::int64_t> &strides)
{
    return pth(dict({text("t"), tensor(storage("Byte", "0", 12), offset, sizes, strides)}), {kTwelve});
}

std::string one() { return tensor(storage("Byte", "0", 12), 0, {12}, {1}); }

} // namespace

class TestPth : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsViews_data();
    void readsViews();
    void refusesViews_data();
    void refusesViews();
    void mapsWithoutCopying();
    void readsThroughTheFile();
    void namesByKeys_data();
    void namesByKeys();
    void refusesPolitely_data();
    void refusesPolitely();
    void readsRealFiles_data();
    void readsRealFiles();
    void readsTheRealValues();
};

void TestPth::readsViews_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QByteArray>("data");
    const auto row = [](const char *name, const std::string &file, const char *data) {
        QTest::newRow(name) << QByteArray::fromStdString(file) << QByteArray(data);
    };
    row("all", bytes(0, {12}, {1}), "0123456789AB");
    row("part", bytes(3, {2, 3}, {3, 1}), "345678");
    row("scalar", bytes(11, {}, {}), "B");
    row("empty", bytes(12, {0, 5}, {5, 1}), "");
    row("transposed", bytes(0, {4, 3}, {1, 4}),
        "048159"
        "26A37B");
    row("transposed part", bytes(1, {2, 2}, {1, 4}), "1526");
    row("every other", bytes(1, {5}, {2}), "13579");
    row("three dimensions, turned", bytes(0, {2, 3, 2}, {1, 2, 6}),
        "06284A"
        "17395B");
    row("the same again and again", bytes(5, {3}, {0}), "555");
    row("strides of single sizes do not count", bytes(4, {1, 3, 1}, {99, 1, 77}), "456");
}

void TestPth::readsViews()
{
    QFETCH(QByteArray, file);
    QFETCH(QByteArray, data);
    const std::string content = file.toStdString();
    const auto opened = openTensors(content);
    QCOMPARE(QByteArray(opened->container()), QByteArray("pth"));
    const TensorEntry &entry = opened->tensors().at(0);
    QCOMPARE(dataOf(entry), data.toStdString());
    std::vector<std::byte> copy(entry.bytes);
    opened->read(entry, 0, copy);
    QVERIFY(copy.empty() || std::memcmp(copy.data(), data.constData(), copy.size()) == 0);
}

void TestPth::refusesViews_data()
{
    QTest::addColumn<QByteArray>("file");
    const auto row = [](const char *name, const std::string &file) {
        QTest::newRow(name) << QByteArray::fromStdString(file);
    };
    const std::int64_t large = std::int64_t(1) << 62;
    row("one too many", bytes(0, {13}, {1}));
    row("one too far", bytes(1, {12}, {1}));
    row("offset at the end", bytes(12, {1}, {1}));
    row("offset behind the end", bytes(13, {0}, {1}));
    row("offset negative", bytes(-1, {1}, {1}));
    row("offset 2^63 - 1", bytes(INT64_MAX, {1}, {1}));
    row("stride too large", bytes(0, {2, 2}, {11, 1}));
    row("stride negative", bytes(11, {2}, {-1}));
    row("strides that wrap", bytes(0, {3, 3}, {large, large}));
    row("stride INT64_MIN", bytes(0, {2}, {INT64_MIN}));
    row("size negative", bytes(0, {-1}, {1}));
    row("sizes that multiply to a small number", bytes(0, {large, 4, 4}, {0, 0, 0}));
    row("sizes of 2^62", bytes(0, {large}, {0}));
    row("alias: more elements than bytes", bytes(0, {13}, {0}));
    row("nine dimensions", bytes(0, {1, 1, 1, 1, 1, 1, 1, 1, 1}, {1, 1, 1, 1, 1, 1, 1, 1, 1}));
    const auto wrap = [&](const std::string &store, const std::vector<std::string> &storages = {kTwelve}) {
        return pth(dict({text("t"), tensor(store, 0, {1}, {1})}), storages);
    };
    row("storage longer than its bytes", wrap(storage("Float", "0", 4)));
    row("storage negative", wrap(storage("Float", "0", -1)));
    row("storage of 2^62", wrap(storage("Double", "0", large)));
    row("storage missing", wrap(storage("Float", "1", 1)));
    row("storage elsewhere", wrap(storage("Float", "../data.pkl", 1)));
    row("name twice", pth(dict({text("t"), one(), text("t"), one()}), {kTwelve}));
    row("name not UTF-8", pth(dict({text("\xFF"), one()}), {kTwelve}));
    row("name of 513 bytes", pth(dict({text(std::string(513, 'n')), one()}), {kTwelve}));
    std::string deep = one();
    for (int i = 0; i < 17; ++i)
        deep = dict({text("d"), deep});
    row("seventeen dictionaries deep", pth(deep, {kTwelve}));
    std::vector<std::string> views;
    for (int i = 0; i < 1000; ++i) { // each copy is small, all together are not
        views.push_back(text(std::to_string(i)));
        views.push_back("h\x01");
    }
    const std::string store(100'000, 'x');
    row("many copies of one storage",
        pth(dict({text("first"), tensor(storage("Byte", "0", 100'000), 0, {2, 50'000}, {1, 2}) + "q\x01"}) +
                "(" + joined(views) + "u",
            {store}));
}

void TestPth::refusesViews()
{
    QFETCH(QByteArray, file);
    const std::string content = file.toStdString();
    QCOMPARE(errorOf([&] { openTensors(content); }).code(), ErrorCode::BadFile);
}

void TestPth::mapsWithoutCopying()
{
    const std::string shared = "}(" + text("a") + tensor(storage("Byte", "0", 12), 0, {4}, {1}) + text("b") +
                               tensor(storage("Byte", "0", 12), 2, {10}, {1}) + "u";
    const std::string content = pth(shared, {kTwelve});
    const auto file = openTensors(content);
    const auto begin = reinterpret_cast<const std::byte *>(content.data());
    const TensorEntry *a = file->find("a");
    const TensorEntry *b = file->find("b");
    QVERIFY(a->data > begin && a->data < begin + content.size());
    QCOMPARE(b->data - a->data, std::ptrdiff_t(2)); // one storage, two tensors
}

void TestPth::readsThroughTheFile()
{
    const std::string content = bytes(3, {2, 3}, {3, 1});
    const auto file = openTensors(content);
    std::byte two[2] = {};
    file->read(file->tensors()[0], 4, two);
    QCOMPARE(char(two[0]), '7');
    QCOMPARE(errorOf([&] { file->read(file->tensors()[0], 5, two); }).code(), ErrorCode::Internal);
}

void TestPth::namesByKeys_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QByteArray>("names");
    const auto row = [](const char *name, const std::string &value, const char *names) {
        QTest::newRow(name) << QByteArray::fromStdString(value) << QByteArray(names);
    };
    row("plain", dict({text("b"), one(), text("a"), one()}), "b a");
    row("other values are left out", dict({text("step"), "K\5", text("a"), one(), text("note"), text("x")}),
        "a");
    row("nested", dict({text("a"), one(), text("n"), dict({text("b"), one()}), text("c"), one()}), "a n.b c");
    row("lists", dict({text("s"), list({one(), kNone, one()}), text("p"), tuple({one()})}), "s.0 s.2 p.0");
    row("number keys", dict({"K\7", one(), kNone, one()}), "7");
    row("wrapped in state_dict", dict({text("state_dict"), dict({text("a"), one()}), text("epoch"), "K\1"}),
        "a");
    row("wrapped twice", dict({text("model"), dict({text("module"), dict({text("a"), one()})})}), "a");
    row("a tensor beside: no wrapper", dict({text("model"), dict({text("a"), one()}), text("b"), one()}),
        "model.a b");
    row("wrapped, with an optimizer",
        dict({text("optimizer"), dict({text("x"), one()}), text("model"), dict({text("a"), one()})}), "a");
    row("ordered, with attributes",
        call(global("collections", "OrderedDict"), {}) + "(" + text("a") + one() + "u" +
            dict({text("_metadata"), dict({text("version"), "K\1"})}) + "b",
        "a");
    row("a cycle", "}q\x01(" + text("a") + one() + text("self") + "h\x01u", "a");
    row("shared twice", "}(" + text("x") + dict({text("a"), one()}) + "q\x01" + text("y") + "h\x01u", "x.a");
}

void TestPth::namesByKeys()
{
    QFETCH(QByteArray, value);
    QFETCH(QByteArray, names);
    const std::string content = pth(value.toStdString(), {kTwelve});
    QCOMPARE(QByteArray::fromStdString(::names(*openTensors(content))), names);
}

void TestPth::refusesPolitely_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QByteArray>("part");
    const auto row = [](const char *name, const std::string &file, const char *part) {
        QTest::newRow(name) << QByteArray::fromStdString(file) << QByteArray(part);
    };
    row("converted by ChatRWKV",
        pth(dict({text("_strategy"), text("cuda fp16i8"), text("a"), one()}), {kTwelve}),
        "converted by ChatRWKV");
    row("no tensor", pth(dict({text("a"), "K\1"}), {}), "no tensor");
    row("a tensor alone", pth(one(), {kTwelve}), "expected a dictionary of tensors");
    row("big-endian",
        zipFile({{.name = "m/data.pkl", .content = "x"}, {.name = "m/byteorder", .content = "big"}}),
        "little-endian");
    row("another zip file", zipFile({{.name = "word/document.xml", .content = "x"}}), "without \"data.pkl\"");
    row("pickle", kProto + call(global("posix", "system"), {text("x")}) + kStop, "a bare Python pickle");
    row("pointer", "version https://git-lfs and so on", "was not downloaded");
    row("web page", "<!DOCTYPE html><html>404</html>", "a web page");
}

void TestPth::refusesPolitely()
{
    QFETCH(QByteArray, file);
    QFETCH(QByteArray, part);
    const std::string content = file.toStdString();
    const Error error = errorOf([&] { openTensors(content); });
    const QByteArray message = QByteArray::fromStdString(error.message());
    QCOMPARE(error.code(), ErrorCode::UnsupportedModel);
    QVERIFY2(message.contains(part), message.constData());
}

void TestPth::readsRealFiles_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<int>("tensors");
    QTest::addColumn<double>("sum"); // of all absolute values; computed with Python's zipfile and array
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("shape");
    const auto row = [](const char *file, int tensors, double sum, const char *name, const char *shape) {
        QTest::newRow(file) << QStringLiteral("tiny/") + QLatin1String(file) << tensors << sum
                            << QString(QLatin1String(name)) << QString(QLatin1String(shape));
    };
    row("251105_reverse_L2.pth", 99, 4939.676368085426, "e.weight", "[12, 32]");
    row("tiny-rwkv-4v0-660K-FP32.pth", 78, 462.5576509355569, "emb.weight", "[256, 128]");
    row("tiny-rwkv-5v2-730K-FP32.pth", 270, 65394.70939656647, "emb.weight", "[256, 64]");
    row("tiny-rwkv-6v0-3m-Q5_1deq.pth", 342, 140110.27921532057, "emb.weight", "[256, 128]");
    row("tiny-rwkv-7v0-834K-FP32.pth", 399, 31888.963186319976, "emb.weight", "[256, 64]");
}

void TestPth::readsRealFiles()
{
    QFETCH(QString, file);
    QFETCH(int, tensors);
    QFETCH(double, sum);
    QFETCH(QString, name);
    QFETCH(QString, shape);
    const QString path = support::sharedData(file);
    if (path.isEmpty()) QSKIP("the file is not here");
    const auto opened = TensorFile::open(path.toStdString());
    QCOMPARE(int(opened->tensors().size()), tensors);
    QVERIFY(opened->find(name.toStdString()));
    QCOMPARE(QString::fromStdString(opened->find(name.toStdString())->shapeText()), shape);
    double got = 0;
    std::uint64_t count = 0;
    for (const TensorEntry &tensor : opened->tensors()) {
        QCOMPARE(tensor.type, StoredType::F32);
        std::vector<float> values(tensor.bytes / 4);
        opened->read(tensor, 0, std::as_writable_bytes(std::span(values)));
        for (const float value : values)
            got += std::abs(double(value));
        count += values.size();
    }
    opened->verifyUnchanged();
    // Sums of `count` non-negative doubles in two orders.
    QVERIFY(std::abs(got - sum) <= 2.0 * double(count) * std::numeric_limits<double>::epsilon() * sum);
}

// emb.weight[0][0..3] as Python's struct reads them from data/0.
void TestPth::readsTheRealValues()
{
    const QString path = support::sharedData(QStringLiteral("tiny/tiny-rwkv-7v0-834K-FP32.pth"));
    if (path.isEmpty()) QSKIP("the file is not here");
    const auto opened = TensorFile::open(path.toStdString());
    std::uint32_t bits[4] = {};
    opened->read(*opened->find("emb.weight"), 0, std::as_writable_bytes(std::span(bits)));
    const std::uint32_t expected[4] = {0x3B8A0000, 0x3AEA0000, 0x3B8A0000, 0x3B990000};
    for (int i = 0; i < 4; ++i)
        QCOMPARE(bits[i], expected[i]);
}

QTEST_APPLESS_MAIN(TestPth)
#include "tst_pth.moc"
