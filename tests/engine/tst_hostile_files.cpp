#include "engine/tokenizers/tokenizer.h"
#include "support/hostile_verdict.h"
#include "support/pickle_writer.h"
#include "support/safetensors_writer.h"
#include "support/vocabulary_writer.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <functional>

using namespace engine;
using namespace support;
namespace pkl = support::pickle;

Q_DECLARE_METATYPE(std::function<std::string()>)

namespace
{

using Bytes = std::function<std::string()>;

std::string good() { return pkl::tensor(pkl::storage("Byte", "0", 4), 0, {4}, {1}); }

/// A .pth whose data.pkl consists of these instructions.
std::string pickled(const std::string &instructions) { return pkl::pth(instructions, {"abcd"}); }

std::string safe(const std::string &header) { return safetensorsOf(header, "01234567"); }

} // namespace

class TestHostileFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void givesTheVerdict_data();
    void givesTheVerdict();

private:
    void addZipAttacks();
    void addPickleAttacks();
    void addPickleBombs();
    void addTensorLies();
    void addSafetensorsLies();
    void addSafetensorsBombs();
    void addVocabularies();
    static void add(const char *name, ErrorCode verdict, const Bytes &bytes, bool isVocabulary = false)
    {
        QTest::newRow(name) << verdict << bytes << isVocabulary;
    }

    QTemporaryDir m_folder;
};

void TestHostileFiles::initTestCase()
{
    QVERIFY(m_folder.isValid());
    QVERIFY(QDir::setCurrent(m_folder.path())); // where an executed file would leave its CANARY
}

void TestHostileFiles::givesTheVerdict_data()
{
    QTest::addColumn<ErrorCode>("verdict");
    QTest::addColumn<Bytes>("bytes");
    QTest::addColumn<bool>("isVocabulary");
    add("empty file", ErrorCode::UnknownFormat, [] { return std::string(); });
    add("one byte", ErrorCode::UnknownFormat, [] { return std::string("P"); });
    add("zeros", ErrorCode::UnknownFormat, [] { return std::string(4096, '\0'); });
    add("ones", ErrorCode::UnknownFormat, [] { return std::string(4096, '\xFF'); });
    add("a script", ErrorCode::UnknownFormat, [] { return std::string("#!/bin/sh\ntouch CANARY\n"); });
    add("a program", ErrorCode::UnknownFormat, [] {
        return "\x7F"
               "ELF" +
               std::string(100, '\2');
    });
    addZipAttacks();
    addPickleAttacks();
    addPickleBombs();
    addTensorLies();
    addSafetensorsLies();
    addSafetensorsBombs();
    addVocabularies();
}

void TestHostileFiles::addZipAttacks()
{
    const auto entries = [](ZipEntry last) {
        return std::vector<ZipEntry>{{.name = "m/data.pkl", .content = "\x80\x02}."}, std::move(last)};
    };
    const auto zip = [entries](const char *name, const ZipEntry &last, const ZipEnd &end = {}) {
        add(name, ErrorCode::BadFile, [=] { return zipFile(entries(last), end); });
    };
    const ZipEntry x = {.name = "m/x", .content = "x"};
    zip("zip: directory entry twice", {.name = "m/data.pkl", .content = "\x80\x02N."});
    zip("zip: encrypted", {.name = "m/x", .content = "x", .flags = 1});
    zip("zip: deflated", {.name = "m/x", .content = "x", .method = 8});
    zip("zip: two roots", {.name = "n/x", .content = "x"});
    zip("zip: out of the folder", {.name = "../x", .content = "x"});
    zip("zip: names differ", {.name = "m/x", .content = "x", .localName = "m/y"});
    zip("zip: sizes differ", {.name = "m/x", .content = "x", .localBytes = 7});
    zip("zip: entry behind the end", {.name = "m/x", .content = "x", .headerBegin = 0xFFFFFFF0});
    zip("zip: entry of 2^64 - 1 bytes", {.name = "m/x", .content = "x", .bytes = ~0ULL, .is64 = true});
    zip("zip: place of 2^64 - 1", {.name = "m/x", .content = "x", .headerBegin = ~0ULL, .is64 = true});
    zip("zip: entry into the directory", {.name = "m/x", .content = "x", .bytes = 40});
    zip("zip: too many entries", x, {.entries = 60000});
    zip("zip: 2^64 - 1 entries", x, {.entries = ~0ULL, .is64 = true});
    zip("zip: directory of 2^64 - 1 bytes", x, {.directoryBytes = ~0ULL, .is64 = true});
    zip("zip: directory at 2^64 - 1", x, {.directoryBegin = ~0ULL, .is64 = true});
    zip("zip: directory wraps around", x,
        {.directoryBytes = 1ULL << 63, .directoryBegin = 1ULL << 63, .is64 = true});
    zip("zip: directory at the start", x, {.directoryBegin = 0});
    add("zip: only the first header", ErrorCode::BadFile, [] { return "PK\3\4" + std::string(60, '\0'); });
    add("zip: a directory of 10 MiB", ErrorCode::BadFile, [] {
        std::vector<ZipEntry> many;
        for (int i = 0; i < 160; ++i)
            many.push_back({.name = "m/" + std::to_string(i) + std::string(65000, 'n')});
        return zipFile(many, {});
    });
    add("zip: 99,000 entries", ErrorCode::UnsupportedModel, [] { // no data.pkl
        std::vector<ZipEntry> many;
        for (int i = 0; i < 99'000; ++i)
            many.push_back({.name = "m/" + std::to_string(i)});
        return zipFile(many, {.is64 = true});
    });
    add("zip: ends within ends", ErrorCode::BadFile, [] { return "PK\3\4" + repeated("PK\5\6", 100'000); });
}

void TestHostileFiles::addPickleAttacks()
{
    const auto run = [](const char *name, const std::string &instructions) {
        add(name, ErrorCode::BadFile, [=] { return pickled(instructions); });
    };
    const auto nested = [](const std::string &value) {
        return pkl::dict({pkl::text("good"), good(), pkl::text("bad"), value});
    };
    const std::string command = pkl::text("touch CANARY");
    const auto call = [&](const char *module, const char *name) {
        return pkl::call(pkl::global(module, name), {command});
    };
    run("code: os.system", call("os", "system"));
    run("code: posix.system beside a tensor", nested(call("posix", "system")));
    run("code: builtins.exec", nested(call("builtins", "exec")));
    run("code: builtins.eval", nested(call("__builtin__", "eval")));
    run("code: subprocess.Popen", nested(call("subprocess", "Popen")));
    run("code: runpy", nested(call("runpy", "run_path")));
    run("code: torch.load", nested(call("torch.serialization", "load")));
    run("code: builtins.getattr", nested(call("builtins", "getattr")));
    run("code: name on the stack",
        nested(pkl::text("os") + pkl::text("system") + "\x93" + pkl::tuple({command}) + "R"));
    run("code: dotted name", nested(pkl::global("torch._utils", "os.system") + pkl::tuple({command}) + "R"));
    run("code: name that begins well", nested(call("collections", "OrderedDict.__init__")));
    run("code: INST", nested("(" + command + "ios\nsystem\n"));
    run("code: OBJ", nested("(" + pkl::global("os", "system") + command + "o"));
    run("code: NEWOBJ", nested(pkl::global("os", "system") + pkl::tuple({command}) + "\x81"));
    run("code: BUILD", nested(pkl::global("collections", "OrderedDict") + pkl::dict({}) + "b"));
    run("code: in attributes",
        nested("}" + pkl::dict({pkl::text("__reduce__"), call("os", "system")}) + "b"));
    run("code: as a dictionary key", pkl::dict({call("os", "system"), good()}));
    run("code: as hooks of a tensor", nested(pkl::call(pkl::global("torch._utils", "_rebuild_tensor_v2"),
                                                       {pkl::storage("Byte", "0", 4), "K\1", ")", ")",
                                                        pkl::kFalse, call("os", "system")})));
    run("code: as a storage", nested(pkl::tuple({call("os", "system")}) + "Q"));
    run("code: extension registry", nested("\x82\x01"));
    run("pickle: memo place 2^32 - 1", nested("Nr\xFF\xFF\xFF\xFF"));
    run("pickle: recall 2^32 - 1", nested("j\xFF\xFF\xFF\xFF"));
    run("pickle: text of 2^63 bytes", nested("\x8D" + little(1ULL << 63, 8)));
    run("pickle: text of 2^64 - 1 bytes", nested("\x8D" + little(~0ULL, 8)));
    run("pickle: number of 2^31 bytes", nested("\x8B" + little(1U << 31, 4)));
    run("pickle: frame of 2^64 - 1 bytes", "\x95" + little(~0ULL, 8) + nested("N"));
    run("pickle: end in the middle", nested("."));
    run("pickle: stack is empty", "0");
    run("pickle: marks only", "((((");
    run("pickle: binary garbage", repeated("\xDE\xAD\xBE\xEF", 50));
    add("pickle: no end", ErrorCode::BadFile, [] {
        return zipFile(
            {{.name = "m/data.pkl", .content = pkl::kProto + pkl::dict({pkl::text("a"), good()})}});
    });
    add("pickle: a cycle is harmless", ErrorCode::None,
        [] { return pickled("}q\x01(" + pkl::text("a") + good() + pkl::text("self") + "h\x01u"); });
    add("pickle: itself in itself in itself", ErrorCode::UnsupportedModel,
        [] { return pickled("}q\x01(" + repeated(pkl::text("x") + "h\x01", 1000) + "u"); });
}

void TestHostileFiles::addPickleBombs()
{
    const auto bomb = [](const char *name, const std::string &piece, std::size_t bytes = 3 * kMiB,
                         const std::string &before = {}) {
        add(name, ErrorCode::BadFile,
            [=] { return pickled(before + repeated(piece, (bytes - before.size()) / piece.size())); });
    };
    bomb("bomb: None", "N");
    bomb("bomb: dictionaries", "}");
    bomb("bomb: lists", "]");
    bomb("bomb: tuples of nothing", "(t");
    bomb("bomb: tuples in tuples", "\x85", 3 * kMiB, "N");
    bomb("bomb: marks", "(");
    bomb("bomb: memo", "\x94", 3 * kMiB, "N");
    add("bomb: far memo places",
        ErrorCode::UnsupportedModel, // one place, 499,999, again and again; no dictionary
        [] { return pickled("N" + repeated(std::string("r\x1F\xA1\x07\0", 5), 1'000'000)); });
    bomb("bomb: recalls", std::string("h\0", 2), 3 * kMiB, std::string("]q\0", 3));
    bomb("bomb: a list in itself", std::string("h\0a", 3), 6 * kMiB, std::string("]q\0", 3));
    bomb("bomb: wide tuples again and again", "(" + repeated(std::string("h\0", 2), 1000) + "t", 3 * kMiB,
         std::string("Nq\0", 3));
    bomb("bomb: texts", "U\1x");
    bomb("bomb: storages", pkl::storage("Byte", "0", 4));
    bomb("bomb: 16 MiB of it", "}", 16 * kMiB);
    add("bomb: one text of 8 MiB", ErrorCode::BadFile,
        [] { return pickled(pkl::text(std::string(7 * kMiB, 'x'))); });
    add("bomb: 500,000 lists deep", ErrorCode::BadFile,
        [] { return pickled(repeated("]", 500'000) + repeated("a", 499'999)); });
    add("bomb: 140,000 dictionaries deep", ErrorCode::BadFile,
        [] { return pickled(repeated("}U\1d", 140'000) + good() + repeated("s", 140'000)); });
    add("bomb: dictionaries of dictionaries, shared", ErrorCode::UnsupportedModel, [] { // 2^40 paths
        std::string value = "}(" + pkl::text("x") + "K\1u";
        for (int i = 1; i <= 12; ++i)
            value = "}(" + pkl::text("a") + value + "q" + char(i) + pkl::text("b") + "h" + char(i) + "u";
        return pickled(value);
    });
    add("bomb: one tensor under 60,000 names", ErrorCode::None, [] {
        std::string out = "}(" + pkl::text("t") + good() + "q" + '\1';
        for (int i = 0; i < 60'000; ++i)
            out += pkl::text(std::to_string(i)) + "h\1";
        return pickled(out + "u");
    });
}

void TestHostileFiles::addTensorLies()
{
    const std::int64_t large = std::int64_t(1) << 62;
    const auto lie = [](const char *name, std::int64_t offset, const std::vector<std::int64_t> &sizes,
                        const std::vector<std::int64_t> &strides, std::int64_t elements = 4) {
        add(name, ErrorCode::BadFile, [=] {
            return pickled(
                pkl::dict({pkl::text("good"), good(), pkl::text("t"),
                           pkl::tensor(pkl::storage("Byte", "0", elements), offset, sizes, strides)}));
        });
    };
    lie("tensor: too long", 0, {5}, {1});
    lie("tensor: offset", 1, {4}, {1});
    lie("tensor: offset negative", -1, {1}, {1});
    lie("tensor: offset 2^63 - 1", INT64_MAX, {1}, {1});
    lie("tensor: size negative", 0, {-4}, {1});
    lie("tensor: sizes negative twice", 0, {-2, -2}, {1, 1});
    lie("tensor: 2^62", 0, {large}, {1});
    lie("tensor: sizes wrap to 4", 0, {large, 4, 1}, {1, 1, 1});
    lie("tensor: stride", 0, {2}, {4});
    lie("tensor: stride negative", 3, {4}, {-1});
    lie("tensor: stride 2^62", 0, {4}, {large});
    lie("tensor: stride wraps to 2", 0, {4}, {6148914691236517206}); // times 3 is 2^64 + 2
    lie("tensor: alias", 0, {1 << 30}, {0});
    lie("tensor: alias of 2^62", 0, {large}, {0});
    lie("tensor: nine dimensions", 0, std::vector<std::int64_t>(9, 1), std::vector<std::int64_t>(9, 1));
    lie("tensor: storage too long", 0, {1}, {1}, 5);
    lie("tensor: storage negative", 0, {0}, {1}, -1);
    lie("tensor: storage 2^62", 0, {1}, {1}, large);
}

void TestHostileFiles::addSafetensorsLies()
{
    const auto lie = [](const char *name, const std::string &header) {
        add(name, ErrorCode::BadFile, [=] { return safe(header); });
    };
    const auto one = [&](const char *name, const char *dtype, const char *shape, const char *offsets) {
        lie(name, std::string(R"({"t":{"dtype":)") + dtype + R"(,"shape":)" + shape + R"(,"data_offsets":)" +
                      offsets + "}}");
    };
    for (const std::uint64_t length : {~0ULL, 1ULL << 63, 100'000'001ULL, 1000ULL})
        add(qPrintable(QStringLiteral("st: header of %1").arg(length)), ErrorCode::BadFile,
            [=] { return little(length, 8) + "{" + std::string(500, ' '); });
    one("st: shape too large", "\"U8\"", "[9]", "[0,8]");
    one("st: shape too small", "\"U8\"", "[7]", "[0,8]");
    one("st: shape negative", "\"U8\"", "[-8]", "[0,8]");
    one("st: shape of fractions", "\"U8\"", "[8.0]", "[0,8]");
    one("st: shape 1e400", "\"U8\"", "[1e400]", "[0,8]");
    one("st: shape 2^64", "\"U8\"", "[18446744073709551616]", "[0,8]");
    one("st: shape 2^63", "\"U8\"", "[9223372036854775808]", "[0,8]");
    one("st: shape wraps to 8", "\"F64\"", "[4611686018427387904,8]", "[0,8]");
    one("st: shape wraps to 1, times 8", "\"F64\"", "[2305843009213693953]", "[0,8]");
    one("st: shape of nine", "\"U8\"", "[8,1,1,1,1,1,1,1,1]", "[0,8]");
    one("st: shape is a text", "\"U8\"", "\"8\"", "[0,8]");
    one("st: shape in a shape", "\"U8\"", "[[8]]", "[0,8]");
    one("st: shape is null", "\"U8\"", "null", "[0,8]");
    one("st: end before begin", "\"U8\"", "[8]", "[8,0]");
    one("st: end behind the file", "\"U8\"", "[9]", "[0,9]");
    one("st: offsets 2^62", "\"U8\"", "[8]", "[4611686018427387904,4611686018427387912]");
    one("st: offsets negative", "\"U8\"", "[8]", "[-8,0]");
    one("st: one offset", "\"U8\"", "[8]", "[8]");
    one("st: three offsets", "\"U8\"", "[8]", "[0,8,8]");
    one("st: gap at the start", "\"U8\"", "[4]", "[4,8]");
    one("st: rest at the end", "\"U8\"", "[4]", "[0,4]");
    one("st: unknown type", "\"F33\"", "[2]", "[0,8]");
    one("st: type is a number", "32", "[2]", "[0,8]");
    one("st: type with a zero byte", "\"U8\\u0000\"", "[8]", "[0,8]");
    lie("st: no type", R"({"t":{"shape":[8],"data_offsets":[0,8]}})");
    lie("st: no shape", R"({"t":{"dtype":"U8","data_offsets":[0,8]}})");
    lie("st: no offsets", R"({"t":{"dtype":"U8","shape":[8]}})");
    lie("st: type twice", R"({"t":{"dtype":"U8","dtype":"U8","shape":[8],"data_offsets":[0,8]}})");
    lie("st: shape twice", R"({"t":{"dtype":"U8","shape":[8],"shape":[8],"data_offsets":[0,8]}})");
    lie("st: further field", R"({"t":{"dtype":"U8","shape":[8],"data_offsets":[0,8],"x":1}})");
    lie("st: tensor is a number", R"({"t":8})");
    lie("st: tensor is a list", R"({"t":[8]})");
    lie("st: metadata is a list", R"({"__metadata__":["x"]})");
    lie("st: metadata is nested", R"({"__metadata__":{"x":{}}})");
    lie("st: metadata is a number", R"({"__metadata__":{"x":1}})");
    lie("st: metadata twice", R"({"__metadata__":{},"__metadata__":{}})");
    lie("st: metadata key twice", R"({"__metadata__":{"x":"1","x":"2"}})");
    lie("st: comment", R"({/* x */"t":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}})");
    lie("st: comma at the end", R"({"t":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},})");
    lie("st: two roots", R"({"t":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}{})");
    lie("st: cut", R"({"t":{"dtype":"U8","shape":[8],"data_offsets":[0,8)");
    lie("st: text without an end", R"({"t)");
    lie("st: name not UTF-8", "{\"\xFF\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]}}");
    lie("st: half a surrogate", R"({"\ud800":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}})");
    lie("st: zero byte in the header", std::string("{\0}", 3));
    lie("st: single quotes", R"({'t':{'dtype':'U8','shape':[8],'data_offsets':[0,8]}})");
}

void TestHostileFiles::addSafetensorsBombs()
{
    const auto bomb = [](const char *name, const std::string &before, const std::string &piece,
                         std::size_t bytes) {
        add(name, ErrorCode::BadFile, [=] { return safe(before + repeated(piece, bytes / piece.size())); });
    };
    bomb("st bomb: lists in lists", "{\"t\":", "[", 6 * kMiB);
    bomb("st bomb: objects in objects", "", "{\"t\":", 6 * kMiB);
    bomb("st bomb: one long name", "{\"", "n", 20 * kMiB);
    bomb("st bomb: one long name of escapes", "{\"", "\\u0041", 6 * kMiB);
    bomb("st bomb: one long number", "{\"t\":{\"shape\":[", "1", 20 * kMiB);
    bomb("st bomb: endless shape", "{\"t\":{\"shape\":[", "1,", 6 * kMiB);
    bomb("st bomb: spaces", "{", " ", 6 * kMiB);
    add("st bomb: 200,000 tensors", ErrorCode::BadFile, [] {
        std::string header = "{\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]}";
        for (int i = 0; i < 200'000; ++i)
            header += ",\"" + std::to_string(i) + R"(":{"dtype":"U8","shape":[0],"data_offsets":[8,8]})";
        return safe(header + "}");
    });
}

void TestHostileFiles::addVocabularies()
{
    const auto vocab = [](const char *name, ErrorCode verdict, const Bytes &bytes) {
        add(name, verdict, bytes, true);
    };
    const auto line = [&](const char *name, const std::string &text) {
        vocab(name, ErrorCode::BadTokenizer, [=] { return vocabulary() + text + "\n"; });
    };
    vocab("vocab: good", ErrorCode::None, [] { return vocabulary(); });
    vocab("vocab: code is data", ErrorCode::None,
          [] { return vocabulary() + "300 '__import__(\"os\").system(\"touch CANARY\")' 39\n"; });
    vocab("vocab: empty", ErrorCode::BadTokenizer, [] { return std::string(); });
    vocab("vocab: a model", ErrorCode::BadTokenizer, [] { return pickled(good()); });
    vocab("vocab: zeros", ErrorCode::BadTokenizer, [] { return std::string(kMiB, '\0'); });
    vocab("vocab: too large", ErrorCode::BadTokenizer, [] { return std::string(33 * kMiB, '\n'); });
    vocab("vocab: one line of 8 MiB", ErrorCode::BadTokenizer, [] { return std::string(8 * kMiB, '1'); });
    vocab("vocab: a literal of 8 MiB", ErrorCode::BadTokenizer,
          [] { return "1 '" + std::string(8 * kMiB, 'a') + "' 8388608\n"; });
    vocab("vocab: 8 MiB of line ends", ErrorCode::BadTokenizer, [] { return std::string(8 * kMiB, '\n'); });
    vocab("vocab: ids far apart", ErrorCode::None, [] { return vocabulary() + "1048576 'far' 3\n"; });
    vocab("vocab: a byte is missing", ErrorCode::BadTokenizer,
          [] { return vocabulary().substr(vocabulary().find('\n') + 1); });
    line("vocab: bare code", "300 __import__('os').system('touch CANARY') 4");
    line("vocab: code behind the literal", "300 'a'.__class__ 1");
    line("vocab: formatted literal", "300 f'{1}' 1");
    line("vocab: length wrong", "300 'ab' 3");
    line("vocab: length 2^64", "300 'ab' 18446744073709551616");
    line("vocab: id 0", "0 'ab' 2");
    line("vocab: id 2^31", "2147483648 'ab' 2");
    line("vocab: id twice", "5 'ab' 2");
    line("vocab: token twice", "300 'a' 1");
    line("vocab: cut escape", R"(300 '\x' 1)");
    line("vocab: cut literal", "300 ' 1");
}

void TestHostileFiles::givesTheVerdict()
{
    QFETCH(ErrorCode, verdict);
    QFETCH(Bytes, bytes);
    QFETCH(bool, isVocabulary);
    const std::string path = m_folder.filePath(QStringLiteral("file")).toStdString();
    std::size_t fileBytes = 0;
    {
        const std::string content = bytes();
        QFile file(QString::fromStdString(path));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(content.data(), qsizetype(content.size())), qsizetype(content.size()));
        fileBytes = content.size();
    }
    const QString problem = problemOfOpening(verdict, fileBytes, [&] {
        if (isVocabulary)
            openTokenizer(path);
        else
            checkSound(*TensorFile::open(path));
    });
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
}

QTEST_APPLESS_MAIN(TestHostileFiles)
#include "tst_hostile_files.moc"
