#include "engine/files/pickle.h"
#include "support/pickle_writer.h"
#include "support/thrown_error.h"

#include <QtTest>

using namespace engine;
using namespace support::pickle;
using support::errorOf;
using support::little;

namespace
{

/// The value as Python would print it.
std::string show(const Pickle &pickle, PickleValue::Index index)
{
    const PickleValue &value = pickle[index];
    std::string inside;
    for (const PickleValue::Index child : value.children)
        inside += (inside.empty() ? "" : ", ") + show(pickle, child);
    switch (value.kind) {
    case PickleValue::Kind::None:
        return "None";
    case PickleValue::Kind::Bool:
        return value.integer ? "True" : "False";
    case PickleValue::Kind::Int:
        return std::to_string(value.integer);
    case PickleValue::Kind::Float:
        return QByteArray::number(value.number, 'g', 17).toStdString();
    case PickleValue::Kind::Text:
        return "'" + std::string(value.text) + "'";
    case PickleValue::Kind::Tuple:
        return "(" + inside + ")";
    case PickleValue::Kind::List:
        return "[" + inside + "]";
    case PickleValue::Kind::Dict:
        return "{" + inside + "}";
    case PickleValue::Kind::Global:
        return "global";
    case PickleValue::Kind::Storage:
        return "storage " + std::string(value.text) + " " + nameOf(value.type) + " " +
               std::to_string(value.integer);
    case PickleValue::Kind::Tensor:
        return "tensor " + std::to_string(value.integer) + " " + inside;
    }
    return "?";
}

std::string run(const std::string &bytes)
{
    const auto file = MappedFile::borrow({}, "test.pth");
    const Pickle pickle(*file, bytes);
    return show(pickle, pickle.rootIndex());
}

} // namespace

class TestPickle : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reads_data();
    void reads();
    void refuses_data();
    void refuses();
    void namesTheForeignObject();
    void bearsDeepNesting();
};

// Bytes with protocol numbers come from CPython 3.11's pickle.dumps.
void TestPickle::reads_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("shown");
    const auto row = [](const char *name, const std::string &bytes, const char *shown) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes) << QByteArray(shown);
    };
    using namespace std::string_literals;
    row("None", kProto + kNone + kStop, "None");
    row("numbers",
        kProto + tuple({"K\xFF", "M\xFF\xFF", "J\xFE\xFF\xFF\xFF", "\x8A\x00"s, "\x8A\x01\x80"s}) + kStop,
        "(255, 65535, -2, 0, -128)");
    row("largest number", kProto + integer(INT64_MAX) + kStop, "9223372036854775807");
    row("smallest number", kProto + integer(INT64_MIN) + kStop, "-9223372036854775808");
    row("long number of four-byte length", kProto + "\x8B\x03\x00\x00\x00\x01\x00\x01"s + kStop, "65537");
    row("fraction", kProto + "G\x3F\xF8\x00\x00\x00\x00\x00\x00"s + kStop, "1.5");
    row("small tuples", kProto + ")N\x85NN\x86\x87" + kStop, "((), (None), (None, None))");
    row("marked tuple", kProto + "(NNNNt" + kStop, "(None, None, None, None)");
    row("lists", kProto + "](K\1K\2eK\3a" + kStop, "[1, 2, 3]");
    row("dictionaries", kProto + "}" + text("a") + "K\1s(" + text("b") + "K\2u" + kStop, "{'a', 1, 'b', 2}");
    row("old strings", kProto + "(U\2hiT\3\0\0\0abct"s + kStop, "('hi', 'abc')");
    row("memo", kProto + "(" + text("x") + "q\5h\5r\6\0\0\0j\6\0\0\0t"s + kStop, "('x', 'x', 'x')");
    row("protocol 2", "\x80\x02}q\0(X\1\0\0\0aq\1K\1X\1\0\0\0bq\2]q\3(K\2G@\x0c\0\0\0\0\0\0\x88Neu."s,
        "{'a', 1, 'b', [2, 3.5, True, None]}");
    row("protocol 4",
        "\x80\x04\x95\x20\0\0\0\0\0\0\0}\x94(\x8c\1a\x94K\1\x8c\1b\x94]\x94(K\2G@\x0c\0\0\0\0\0\0\x88Neu."s,
        "{'a', 1, 'b', [2, 3.5, True, None]}");
    row("names from the stack", kProto + text("collections") + text("OrderedDict") + "\x93)R" + kStop, "{}");
    row("ordered dictionary", kProto + call(global("collections", "OrderedDict"), {}) + kStop, "{}");
    row("ordered dictionary from pairs",
        kProto + call(global("collections", "OrderedDict"), {list({tuple({text("a"), "K\1"})})}) + kStop,
        "{'a', 1}");
    row("attributes are dropped", kProto + "}" + dict({text("_metadata"), "}"}) + "b" + kStop, "{}");
    row("size", kProto + call(global("torch", "Size"), {integers({2, 3})}) + kStop, "(2, 3)");
    row("storage", kProto + storage("BFloat16", "7", 12, "cuda:0") + kStop, "storage 7 bf16 12");
    row("tensor", kProto + tensor(storage("Float", "0", 6), 1, {2, 2}, {2, 1}) + kStop,
        "tensor 1 storage 0 fp32 6, (2, 2), (2, 1)");
    row("parameter",
        kProto +
            call(global("torch._utils", "_rebuild_parameter"),
                 {tensor(storage("Half", "0", 1), 0, {}, {}), kTrue,
                  call(global("collections", "OrderedDict"), {})}) +
            kStop,
        "tensor 0 storage 0 fp16 1, (), ()");
}

void TestPickle::reads()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, shown);
    QCOMPARE(QByteArray::fromStdString(run(bytes.toStdString())), shown);
}

void TestPickle::refuses_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const auto row = [](const char *name, const std::string &bytes) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes);
    };
    using namespace std::string_literals;
    row("nothing", "");
    row("only a protocol", kProto);
    row("no end", kProto + kNone);
    row("end without a value", kProto + kStop);
    row("two values", kProto + kNone + kNone + kStop);
    row("open mark", kProto + "(" + kNone + kStop);
    row("bytes behind the end", kProto + kNone + kStop + "x");
    row("protocol 1", "\x80\x01N.");
    row("protocol 5", "\x80\x05N.");
    row("text of 2^32 - 1 bytes", kProto + "X\xFF\xFF\xFF\xFF" + kStop);
    row("text of 2^63 bytes", kProto + "\x8D" + little(1ULL << 63, 8) + kStop);
    row("number of 2^32 - 1 bytes", kProto + "\x8B\xFF\xFF\xFF\xFF" + kStop);
    row("number of 9 bytes", kProto + "\x8A\x09" + std::string(9, '\1') + kStop);
    row("frame of 2^63 bytes", kProto + "\x95" + little(1ULL << 63, 8) + "N" + kStop);
    row("memo place 2^32 - 1", kProto + "Nr\xFF\xFF\xFF\xFF" + kStop);
    row("unset memo place", kProto + "h\x05" + kStop);
    row("memo place in a gap", kProto + "Nq\x05h\x03\x86" + kStop);
    row("nothing to remember", kProto + "q\0N"s + kStop);
    row("tuple without a mark", kProto + "Nt" + kStop);
    row("tuple of too few", kProto + "N\x87" + kStop);
    row("below the mark", kProto + "N(\x85" + kStop);
    row("below the mark, which is taken later", kProto + "N(\x85t\x86" + kStop);
    row("append to nothing", kProto + "Na" + kStop);
    row("append below the mark", kProto + "](Na" + kStop);
    row("append to a tuple", kProto + ")Na" + kStop);
    row("append to a dictionary", kProto + "}Na" + kStop);
    row("item into a list", kProto + "]NNs" + kStop);
    row("odd number of items", kProto + "}(NNNu" + kStop);
    row("attributes of a list", kProto + "]}b" + kStop);
    row("call of a text", kProto + text("posix.system") + ")R" + kStop);
    row("call of a storage type", kProto + global("torch", "FloatStorage") + ")R" + kStop);
    row("call without a tuple", kProto + global("collections", "OrderedDict") + "]R" + kStop);
    row("name cut", kProto + "ccollections\nOrderedDict");
    row("name from numbers", kProto + "K\1K\2\x93" + kStop);
    row("dictionary from a number", kProto + call(global("collections", "OrderedDict"), {"K\1"}) + kStop);
    row("dictionary from singles", kProto + call(global("collections", "OrderedDict"), {"](K\1e"}) + kStop);
    row("parameter of nothing", kProto + call(global("torch._utils", "_rebuild_parameter"), {}) + kStop);
    row("parameter of a text",
        kProto + call(global("torch._utils", "_rebuild_parameter"), {text("x")}) + kStop);
    row("size of a number", kProto + call(global("torch", "Size"), {"K\1"}) + kStop);
    row("storage of four fields",
        kProto + tuple({text("storage"), global("torch", "FloatStorage"), text("0"), text("cpu")}) + "Q" +
            kStop);
    row("storage of another kind",
        kProto + tuple({text("module"), global("torch", "FloatStorage"), text("0"), text("cpu"), "K\1"}) +
            "Q" + kStop);
    row("storage of a tensor type",
        kProto + tuple({text("storage"), global("torch", "Size"), text("0"), text("cpu"), "K\1"}) + "Q" +
            kStop);
    row("storage from a text", kProto + text("x") + "Q" + kStop);
    row("tensor without strides",
        kProto + call(global("torch._utils", "_rebuild_tensor_v2"), {storage("Float", "0", 1), "K\0"s, ")"}) +
            kStop);
    row("tensor of a text", kProto + tensor(text("x"), 0, {}, {}) + kStop);
    row("more sizes than strides", kProto + tensor(storage("Float", "0", 1), 0, {1, 1}, {1}) + kStop);
    row("size that is a text",
        kProto +
            call(global("torch._utils", "_rebuild_tensor_v2"),
                 {storage("Float", "0", 1), "K\0"s, tuple({text("1")}), integers({1}), kFalse, "}"}) +
            kStop);
    for (const char code : {'0',    '1',    '2',    'F',    'I',    'L',    'S',    'V',    'P',    'd',
                            'l',    'g',    'i',    'o',    'p',    '\x81', '\x82', '\x83', '\x84', '\x8E',
                            '\x8F', '\x90', '\x91', '\x92', '\x96', '\x97', '\x98', '\xFF', '\0'})
        row(qPrintable(QStringLiteral("instruction 0x%1").arg(static_cast<unsigned char>(code), 2, 16)),
            kProto + "(NNN" + code + kStop);
}

void TestPickle::refuses()
{
    QFETCH(QByteArray, bytes);
    const Error error = errorOf([&] { run(bytes.toStdString()); });
    QCOMPARE(error.code(), ErrorCode::BadFile);
    const QByteArray message = QByteArray::fromStdString(error.message());
    QVERIFY2(message.startsWith("\"test.pth\": data.pkl, byte "), message.constData());
}

void TestPickle::namesTheForeignObject()
{
    const std::string attacks[] = {
        kProto + call(global("posix", "system"), {text("touch CANARY")}) + kStop,
        kProto + text("posix") + text("system") + "\x93" + tuple({text("touch CANARY")}) + "R" + kStop,
        kProto + tuple({tensor(storage("Float", "0", 1), 0, {1}, {1}), call(global("posix", "system"), {})}) +
            kStop,
        kProto + "}" + global("posix", "system") + "b" + kStop, // as an attribute
    };
    for (const std::string &attack : attacks) {
        const Error error = errorOf([&] { run(attack); });
        QCOMPARE(error.code(), ErrorCode::BadFile);
        QVERIFY(QByteArray::fromStdString(error.message()).contains("\"posix.system\""));
    }
}

void TestPickle::bearsDeepNesting()
{
    std::string lists = kProto;
    for (int i = 0; i < 200'000; ++i)
        lists += "]";
    for (int i = 0; i < 199'999; ++i)
        lists += "a";
    const auto file = MappedFile::borrow({}, "test.pth");
    const std::string bytes = lists + kStop;
    const Pickle pickle(*file, bytes);
    PickleValue::Index index = pickle.rootIndex();
    int depth = 1;
    for (; !pickle[index].children.empty(); ++depth)
        index = pickle[index].children[0];
    QCOMPARE(depth, 200'000);

    const std::string cycle = kProto + "]q" + '\0' + "h" + '\0' + "a" + kStop;
    const Pickle own(*file, cycle);
    QCOMPARE(own.root().children[0], own.rootIndex());
}

QTEST_APPLESS_MAIN(TestPickle)
#include "tst_pickle.moc"
