#include "engine/error.h"
#include "engine/tokenizers/tokenizer.h"
#include "support/shared_data.h"
#include "support/thrown_error.h"
#include "support/vocabulary_writer.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <random>

using namespace engine;

namespace
{

/// The 256 bytes and the given lines.
QByteArray vocabulary(const QByteArray &lines = {})
{
    return QByteArray::fromStdString(support::vocabulary()) + lines;
}

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TestTokenizer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_folder.isValid()); }
    void parsesLiterals_data();
    void parsesLiterals();
    void refuses_data();
    void refuses();
    void namesTheLine();
    void takesTheLongestMatch();
    void encodesAnyBytes();
    void endOfTextIsUsedAndEmpty();
    void acceptsAFileWithoutALastLineEnd();
    void worldVectors_data();
    void worldVectors();
    void worldTokensRoundTrip();
    void worldTakesTheLongestMatchEverywhere();
    void lineEndsDoNotMatter();

private:
    std::unique_ptr<Tokenizer> openText(const QByteArray &text)
    {
        QFile file(m_folder.filePath(QStringLiteral("vocab.txt")));
        if (file.open(QIODevice::WriteOnly)) file.write(text);
        file.close();
        return openTokenizer(file.fileName().toStdString());
    }
    std::unique_ptr<Tokenizer> openWorld()
    {
        const QString path = support::sharedData(QStringLiteral("tokenizers/rwkv_vocab_v20230424.txt"));
        return path.isEmpty() ? nullptr : openTokenizer(path.toStdString());
    }

    QTemporaryDir m_folder;
};

void TestTokenizer::parsesLiterals_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("bytes");
    const auto row = [](const char *name, const char *line, const QByteArray &bytes) {
        QTest::newRow(name) << QByteArray(line) << bytes;
    };
    row("single quotes", "300 'ab' 2", "ab");
    row("double quotes", "300 \"it's\" 4", "it's");
    row("spaces inside", "300 '  a b' 5", "  a b");
    row("line end", R"(300 '\n\n' 2)", "\n\n");
    row("tab and return", R"(300 '\t\r' 2)", "\t\r");
    row("backslash and quotes", R"(300 '\\\'\"' 3)", "\\'\"");
    row("x in text is a code point", R"(300 '\x80!' 3)", "\xC2\x80!");
    row("x in bytes is a byte", R"(300 b'\x80\xff' 2)", "\x80\xFF");
    row("zero byte in bytes", R"(300 b'\x00\x00' 2)", QByteArray(2, '\0'));
    row("u below 0x800", R"(300 '\u00e9' 2)", "\xC3\xA9");
    row("u", R"(300 '\u4f60' 3)", "\xE4\xBD\xA0");
    row("U", R"(300 '\U0001f426' 4)", "\xF0\x9F\x90\xA6");
    row("raw UTF-8", "300 '\xE4\xBD\xA0' 3", "\xE4\xBD\xA0");
    row("code is data", "300 '__import__(\"os\")' 16", "__import__(\"os\")");
}

void TestTokenizer::parsesLiterals()
{
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, bytes);
    for (const char *end : {"\n", "\r\n"}) {
        const auto tokenizer = openText(vocabulary(line + end));
        QCOMPARE(tokenizer->size(), 301);
        const std::string_view got = tokenizer->bytes(300);
        QCOMPARE(QByteArray(got.data(), qsizetype(got.size())), bytes);
    }
}

void TestTokenizer::refuses_data()
{
    QTest::addColumn<QByteArray>("line");
    const auto row = [](const char *name, const QByteArray &line) { QTest::newRow(name) << line; };
    row("empty line", "");
    row("one field", "300");
    row("two fields", "300 'a'");
    row("no quotes", "300 ab 2");
    row("a lone quote", "300 ' 1");
    row("different quotes", "300 'ab\" 2");
    row("quote inside", "300 'a'b' 3");
    row("text behind", "300 'ab' 2 x");
    row("code", "300 __import__('os').system('touch CANARY') 2");
    row("concatenation", "300 'a' 'b' 2");
    row("prefix r", "300 r'ab' 2");
    row("octal", R"(300 '\101b' 2)");
    row("unknown escape", R"(300 '\qb' 2)");
    row("escape at the end", R"(300 'ab\' 2)");
    row("short x", R"(300 '\x8' 1)");
    row("signed x", R"(300 '\x-8' 1)");
    row("short u", R"(300 '\u12' 1)");
    row("surrogate", R"(300 '\ud800' 3)");
    row("above Unicode", R"(300 '\U00110000' 4)");
    row("u in bytes", R"(300 b'\u4f60' 3)");
    row("raw UTF-8 in bytes", "300 b'\xE4\xBD\xA0' 3");
    row("raw bytes that are no UTF-8", "300 '\xFF\xFE' 2");
    row("length too small", "300 'ab' 1");
    row("length too large", "300 'ab' 3");
    row("length negative", "300 'ab' -2");
    row("length 2^64 + 2", "300 'ab' 18446744073709551618");
    row("id zero", "0 'ab' 2");
    row("id negative", "-3 'ab' 2");
    row("id too large", "1048577 'ab' 2");
    row("id 2^32 + 300", "4294967596 'ab' 2");
    row("id with a sign", "+300 'ab' 2");
    row("id given before", "17 'ab' 2");
    row("token given before", "300 'A' 1");
    row("empty token", "300 '' 0");
    row("very long token", "300 '" + QByteArray(1025, 'a') + "' 1025");
    row("zero bytes", QByteArray(100, '\0'));
}

void TestTokenizer::refuses()
{
    QFETCH(QByteArray, line);
    const auto error = support::errorOf([&] { openText(vocabulary(line + '\n')); });
    QCOMPARE(error.code(), ErrorCode::BadTokenizer);
}

void TestTokenizer::namesTheLine()
{
    const auto bad = support::errorOf([&] { openText(vocabulary("300 'ab' 3\n")); });
    QCOMPARE(QByteArray::fromStdString(bad.message()),
             QByteArray("\"vocab.txt\": line 257: expected a token of 3 bytes, found 2"));
    QByteArray lacking = vocabulary();
    lacking.replace("66 b'\\x41' 1\n", "");
    const auto missing = support::errorOf([&] { openText(lacking); });
    QCOMPARE(missing.code(), ErrorCode::BadTokenizer);
    QVERIFY(QByteArray::fromStdString(missing.message()).contains("the one for \"A\" is missing"));
    QCOMPARE(support::errorOf([&] { openText({}); }).code(), ErrorCode::BadTokenizer);
    QCOMPARE(support::errorOf([] { openTokenizer("/nowhere/vocab.txt"); }).code(), ErrorCode::FileNotFound);
}

void TestTokenizer::takesTheLongestMatch()
{
    const auto tokenizer = openText(vocabulary("300 'ab' 2\n301 'abcd' 4\n302 'bc' 2\n"));
    const auto id = [](char c) { return static_cast<unsigned char>(c) + 1; };
    QCOMPARE(tokenizer->encode("abcd"), (std::vector<int>{301}));
    QCOMPARE(tokenizer->encode("abc"), (std::vector<int>{300, id('c')})); // greedy: not a, bc
    QCOMPARE(tokenizer->encode("abcabcd"), (std::vector<int>{300, id('c'), 301}));
    QCOMPARE(tokenizer->encode("xbcd"), (std::vector<int>{id('x'), 302, id('d')}));
    QVERIFY(tokenizer->encode("").empty());
}

void TestTokenizer::encodesAnyBytes()
{
    const auto tokenizer = openText(vocabulary("300 'ab' 2\n301 '\\u4f60' 3\n"));
    std::mt19937 random(1);
    for (int round = 0; round < 300; ++round) {
        std::string text(random() % 100, '\0');
        for (char &c : text)
            c = static_cast<char>(random() % 4 == 0 ? "ab\xE4\xBD\xA0"[random() % 5] : random());
        QCOMPARE(tokenizer->decode(tokenizer->encode(text)), text);
    }
}

void TestTokenizer::endOfTextIsUsedAndEmpty()
{
    const auto tokenizer = openText(vocabulary("300 'ab' 2\n"));
    QCOMPARE(tokenizer->endOfText(), 0);
    QVERIFY(tokenizer->isUsed(0));
    QVERIFY(tokenizer->bytes(0).empty());
    QVERIFY(tokenizer->isUsed(300));
    for (const int id : {-1, 257, 299, 301, 1 << 30}) {
        QVERIFY(!tokenizer->isUsed(id));
        QVERIFY(tokenizer->bytes(id).empty());
    }
}

void TestTokenizer::acceptsAFileWithoutALastLineEnd()
{
    QCOMPARE(openText(vocabulary("300 'ab' 2"))->size(), 301);
}

// From BlinkDL/ChatRWKV's tokenizer on the official vocabulary.
void TestTokenizer::worldVectors_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<std::vector<int>>("tokens");
    const auto row = [](const char *text, std::vector<int> tokens) {
        QTest::newRow(text) << QByteArray(text) << std::move(tokens);
    };
    row("User: hi\n\nAssistant:", {24281, 59, 4571, 261, 5585, 41693, 59});
    row(" <think>\n</think>", {295, 35762, 63, 11, 754, 35762, 63});
    row("\xE3\x80\x82\n\n", {28329, 11});
    row("\n", {11});
    row(" ", {33});
    row(":", {59});
    row("\n\n", {261});
    row("\r\n", {263});
    row("\n\n\n", {3328});
    row(" \n\n", {3336});
    row("></", {5439});
    row("```", {6884});
    row("System", {40812});
    row("\xFF", {256});
}

void TestTokenizer::worldVectors()
{
    QFETCH(QByteArray, text);
    QFETCH(std::vector<int>, tokens);
    const auto tokenizer = openWorld();
    if (!tokenizer) QSKIP("the World vocabulary is not here");
    QCOMPARE(tokenizer->encode(text.toStdString()), tokens);
    QCOMPARE(QByteArray::fromStdString(tokenizer->decode(tokens)), text);
}

void TestTokenizer::worldTokensRoundTrip()
{
    const auto tokenizer = openWorld();
    if (!tokenizer) QSKIP("the World vocabulary is not here");
    QCOMPARE(tokenizer->size(), 65530);
    std::size_t longest = 0;
    for (int id = 1; id < tokenizer->size(); ++id) {
        const std::string_view bytes = tokenizer->bytes(id);
        longest = std::max(longest, bytes.size());
        if (tokenizer->encode(bytes) != std::vector<int>{id}) QFAIL(qPrintable(QString::number(id)));
    }
    QCOMPARE(longest, std::size_t(128));
}

void TestTokenizer::worldTakesTheLongestMatchEverywhere()
{
    const auto tokenizer = openWorld();
    if (!tokenizer) QSKIP("the World vocabulary is not here");
    std::map<std::string, int, std::less<>> idOf;
    for (int id = 1; id < tokenizer->size(); ++id)
        idOf.emplace(tokenizer->bytes(id), id);
    std::mt19937 random(2);
    std::string text;
    for (int i = 0; i < 3000; ++i) { // tokens end in the middle, so that borders move
        const std::string_view bytes = tokenizer->bytes(1 + int(random() % 65529));
        text += bytes.substr(0, 1 + random() % bytes.size());
    }
    std::vector<int> expected;
    for (std::string_view rest = text; !rest.empty();) {
        std::size_t length = std::min<std::size_t>(rest.size(), 128);
        while (idOf.find(rest.substr(0, length)) == idOf.end())
            --length;
        expected.push_back(idOf.find(rest.substr(0, length))->second);
        rest.remove_prefix(length);
    }
    QCOMPARE(tokenizer->encode(text), expected);
    QCOMPARE(tokenizer->decode(expected), text);
}

void TestTokenizer::lineEndsDoNotMatter()
{
    const QString path = support::sharedData(QStringLiteral("tokenizers/rwkv_vocab_v20230424.txt"));
    if (path.isEmpty()) QSKIP("the World vocabulary is not here");
    const auto official = openTokenizer(path.toStdString());
    QByteArray content = contentOf(path);
    QCOMPARE(content.size(), 1093733);
    content.replace("\n", "\r\n");
    QCOMPARE(content.size(), 1159262);
    const auto copy = openText(content);
    QCOMPARE(copy->size(), official->size());
    for (int id = 0; id < official->size(); ++id)
        if (copy->bytes(id) != official->bytes(id)) QFAIL(qPrintable(QString::number(id)));
}

QTEST_APPLESS_MAIN(TestTokenizer)
#include "tst_tokenizer.moc"
