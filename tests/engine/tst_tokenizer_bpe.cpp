#include "engine/error.h"
#include "engine/files/stored_vocabulary.h"
#include "engine/tokenizers/byte_level.h"
#include "engine/tokenizers/tokenizer.h"
#include "support/shared_data.h"
#include "support/thrown_error.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <nlohmann/json.hpp>

using namespace engine;
using nlohmann::json;

namespace
{

const QString kQwenLike = QStringLiteral(ROOKERY_SOURCE_DIR "/tests/data/tokenizers/qwen-like.json");
const QString kIds = QStringLiteral(ROOKERY_SOURCE_DIR "/tests/data/tokenizers/bpe-ids.json");

json jsonOf(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return {};
    return json::parse(file.readAll().toStdString());
}

/// The vocabulary of a tokenizer.json as a GGUF file holds it.
StoredVocabulary storedFrom(const json &tree)
{
    StoredVocabulary stored;
    stored.model = "gpt2";
    stored.pre = "qwen2";
    const auto put = [&](const std::string &text, int id, int type) {
        const auto index = static_cast<std::size_t>(id);
        if (index >= stored.tokens.size()) {
            stored.tokens.resize(index + 1);
            stored.types.resize(index + 1, 5);
        }
        stored.tokens[index] = text;
        stored.types[index] = type;
    };
    for (const auto &[text, id] : tree["model"]["vocab"].items())
        put(text, id.get<int>(), 1);
    for (const json &token : tree["added_tokens"])
        put(token["content"], token["id"], token["special"] ? 3 : 4);
    for (const json &merge : tree["model"]["merges"])
        stored.merges.push_back(merge[0].get<std::string>() + " " + merge[1].get<std::string>());
    stored.eos = tree["model"]["vocab"].size();
    return stored;
}

} // namespace

class TestTokenizerBpe : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_folder.isValid()); }
    void encodesAsTheLibraryDoes_data();
    void encodesAsTheLibraryDoes();
    void decodesWhatItEncoded();
    void plainTextHasNoControlTokens();
    void bytesOfControlTokensAreNoText();
    void readsMergesAsText();
    void readsTheFilesBesideIt();
    void storedVocabularyIsTheSame();
    void storedWorldVocabularyIsTheSame();
    void byteLevelAlphabetHasEveryByteOnce();
    void strippingTokensTakeTheSpaces();
    void longPiecesTakeNoLongTime();
    void refuses_data();
    void refuses();
    void neoXHasTheIdsOfThePapers();

private:
    std::unique_ptr<Tokenizer> openJson(const json &tree)
    {
        return openText(QByteArray::fromStdString(tree.dump()));
    }
    std::unique_ptr<Tokenizer> openText(const QByteArray &text)
    {
        write("tokenizer.json", text);
        return openTokenizer(m_folder.filePath(QStringLiteral("tokenizer.json")).toStdString());
    }
    void write(const char *name, const QByteArray &text)
    {
        QFile file(m_folder.filePath(QString::fromLatin1(name)));
        if (file.open(QIODevice::WriteOnly)) file.write(text);
    }

    QTemporaryDir m_folder;
};

void TestTokenizerBpe::encodesAsTheLibraryDoes_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("kind");
    QTest::newRow("qwen") << kQwenLike << QStringLiteral("qwen");
    QTest::newRow("neox") << support::sharedData(QStringLiteral("tokenizers/20B_tokenizer.json"))
                          << QStringLiteral("neox");
}

void TestTokenizerBpe::encodesAsTheLibraryDoes()
{
    QFETCH(QString, path);
    QFETCH(QString, kind);
    if (path.isEmpty()) QSKIP("the 20B vocabulary is not here");
    const auto tokenizer = openTokenizer(path.toStdString());
    const json rows = jsonOf(kIds);
    QVERIFY(rows.size() > 50);
    for (const json &row : rows) {
        const auto text = row["text"].get<std::string>();
        const auto wanted = row[kind.toStdString()].get<std::vector<int>>();
        const std::vector<int> found = tokenizer->encodeMarked(text);
        QVERIFY2(found == wanted, (row["text"].dump(-1, ' ', true) + ": " + json(found).dump()).c_str());
    }
}

void TestTokenizerBpe::decodesWhatItEncoded()
{
    const auto tokenizer = openTokenizer(kQwenLike.toStdString());
    std::string bytes;
    for (int i = 0; i < 256; ++i)
        bytes += static_cast<char>(i);
    for (const std::string &text :
         {std::string(), std::string("The goose <|im_end|> 你好 🙂\n\n"), bytes})
        QCOMPARE(tokenizer->decode(tokenizer->encode(text)), text);
}

void TestTokenizerBpe::plainTextHasNoControlTokens()
{
    const auto tokenizer = openTokenizer(kQwenLike.toStdString());
    const std::string text = "<|im_start|>system\n<|im_end|><|endoftext|>";
    const auto control = tokenizer->controlTokens();
    QCOMPARE(control.size(), std::size_t(3));
    for (const int token : tokenizer->encode(text))
        for (const Tokenizer::ControlToken &c : control)
            QVERIFY(token != c.id);
    QCOMPARE(tokenizer->encodeMarked("<|im_end|>"), std::vector<int>({362}));
    QCOMPARE(tokenizer->encode("<think>"), std::vector<int>({363})); // added, but text
}

void TestTokenizerBpe::bytesOfControlTokensAreNoText()
{
    const auto tokenizer = openTokenizer(kQwenLike.toStdString());
    QCOMPARE(tokenizer->size(), 365);
    QVERIFY(tokenizer->bytes(360).empty());
    QVERIFY(tokenizer->isUsed(360));
    QCOMPARE(tokenizer->bytes(364), std::string_view("</think>"));
    QVERIFY(tokenizer->bytes(-1).empty());
    QVERIFY(tokenizer->bytes(365).empty());
    QVERIFY(!tokenizer->isUsed(365));
    QCOMPARE(tokenizer->endOfText(), 360); // no file says so: the known name
}

void TestTokenizerBpe::readsMergesAsText()
{
    json tree = jsonOf(kQwenLike);
    const std::string text = "the goose follows";
    const auto wanted = openJson(tree)->encode(text);
    for (json &merge : tree["model"]["merges"])
        merge = merge[0].get<std::string>() + " " + merge[1].get<std::string>();
    QCOMPARE(openJson(tree)->encode(text), wanted);
}

void TestTokenizerBpe::readsTheFilesBesideIt()
{
    write("tokenizer_config.json",
          R"({"eos_token": {"content": "<|im_end|>"}, "bos_token": "<b>", "chat_template": "{{ 1 }}"})");
    auto tokenizer = openJson(jsonOf(kQwenLike));
    QCOMPARE(tokenizer->endOfText(), 362);
    QVERIFY(tokenizer->chatTemplate());
    QCOMPARE(tokenizer->chatTemplate()->text, std::string("{{ 1 }}"));
    QCOMPARE(tokenizer->chatTemplate()->beginText, std::string("<b>"));
    QCOMPARE(tokenizer->chatTemplate()->endText, std::string("<|im_end|>"));

    write("tokenizer_config.json",
          R"({"chat_template": [{"name": "tools", "template": "x"}, {"name": "default", "template": "y"}]})");
    QCOMPARE(openJson(jsonOf(kQwenLike))->chatTemplate()->text, std::string("y"));
    write("chat_template.jinja", "{{ 2 }}");
    QCOMPARE(openJson(jsonOf(kQwenLike))->chatTemplate()->text, std::string("{{ 2 }}"));
    QFile::remove(m_folder.filePath(QStringLiteral("chat_template.jinja")));

    write("tokenizer_config.json", "{");
    QCOMPARE(support::errorOf([&] { openJson(jsonOf(kQwenLike)); }).code(), ErrorCode::BadTokenizer);
    QFile::remove(m_folder.filePath(QStringLiteral("tokenizer_config.json")));
    QVERIFY(!openJson(jsonOf(kQwenLike))->chatTemplate());
}

void TestTokenizerBpe::storedVocabularyIsTheSame()
{
    const auto file = openTokenizer(kQwenLike.toStdString());
    StoredVocabulary stored = storedFrom(jsonOf(kQwenLike));
    const auto tokenizer = makeTokenizer(stored);
    QCOMPARE(tokenizer->endOfText(), 360);
    for (const json &row : jsonOf(kIds)) {
        const auto text = row["text"].get<std::string>();
        QVERIFY(tokenizer->encodeMarked(text) == file->encodeMarked(text));
    }
    stored.pre = "unheard-of";
    QCOMPARE(support::errorOf([&] { makeTokenizer(stored); }).code(), ErrorCode::BadTokenizer);
    stored.pre = "qwen2";
    stored.merges.push_back("nothing here");
    QCOMPARE(support::errorOf([&] { makeTokenizer(stored); }).code(), ErrorCode::BadTokenizer);
    stored.model = "llama";
    QCOMPARE(support::errorOf([&] { makeTokenizer(stored); }).code(), ErrorCode::BadTokenizer);
}

void TestTokenizerBpe::storedWorldVocabularyIsTheSame()
{
    StoredVocabulary stored;
    stored.model = "rwkv";
    stored.tokens = {"<s>"};
    stored.types = {3};
    const char *hex = "0123456789abcdef";
    for (unsigned byte = 0; byte < 256; ++byte) {
        stored.tokens.push_back({'\\', 'x', hex[byte >> 4], hex[byte & 15]});
        stored.types.push_back(1);
    }
    for (const char *text : {R"(\n\n)", R"(it's "\'\\)", R"(\t\r \xe4\xbd\xa0)", "[PAD260]"})
        stored.tokens.push_back(text);
    stored.types.insert(stored.types.end(), {1, 1, 1, 5});
    const auto tokenizer = makeTokenizer(stored);
    QCOMPARE(tokenizer->size(), 260);
    QCOMPARE(tokenizer->bytes(257), std::string_view("\n\n"));
    QCOMPARE(tokenizer->bytes(258), std::string_view("it's \"'\\"));
    QCOMPARE(tokenizer->bytes(259), std::string_view("\t\r 你"));
    QCOMPARE(tokenizer->encode("a\n\n"), std::vector<int>({98, 257}));
    QCOMPARE(tokenizer->endOfText(), 0);
    for (const char *bad : {"\\", "\\x", "\\x4", "\\xzz", ""}) {
        stored.tokens[257] = bad;
        QCOMPARE(support::errorOf([&] { makeTokenizer(stored); }).code(), ErrorCode::BadTokenizer);
    }
}

void TestTokenizerBpe::byteLevelAlphabetHasEveryByteOnce()
{
    QCOMPARE(byteLevelOf(' '), std::string("Ġ"));
    QCOMPARE(byteLevelOf('\n'), std::string("Ċ"));
    QCOMPARE(byteLevelOf('a'), std::string("a"));
    std::string all, bytes;
    for (int byte = 0; byte < 256; ++byte) {
        all += byteLevelOf(static_cast<unsigned char>(byte));
        bytes += static_cast<char>(byte);
    }
    QCOMPARE(bytesOfByteLevel(all), std::optional(bytes));
    for (const char *foreign : {" ", "\n", "你", "\xC4", "\xFF", "\xC2\x20", "\xC5\x84"})
        QVERIFY(!bytesOfByteLevel(foreign));
}

void TestTokenizerBpe::strippingTokensTakeTheSpaces()
{
    json tree = jsonOf(kQwenLike);
    for (json &token : tree["added_tokens"])
        token["rstrip"] = token["lstrip"] = token["content"] == "<|im_start|>";
    const auto tokenizer = openJson(tree);
    const std::vector<int> wanted = {64, 361, 65}; // a, the token, b
    QCOMPARE(tokenizer->encodeMarked("a<|im_start|>b"), wanted);
    QCOMPARE(tokenizer->encodeMarked("a \u3000\n<|im_start|>\t b"), wanted);
}

void TestTokenizerBpe::longPiecesTakeNoLongTime()
{
    const auto tokenizer = openTokenizer(kQwenLike.toStdString());
    for (const char *unit : {" ", "a", "!", "\n", "1", "'", "ab", "\xFF", "e\xCC\x81"}) {
        std::string text;
        while (text.size() < 200'000)
            text += unit;
        const QDeadlineTimer soon(5000);
        QVERIFY(!tokenizer->encode(text).empty());
        QVERIFY2(!soon.hasExpired(), unit);
    }
}

void TestTokenizerBpe::refuses_data()
{
    QTest::addColumn<QByteArray>("patch");
    QTest::addColumn<QByteArray>("part");
    const auto row = [](const char *name, const QByteArray &patch, const char *part) {
        QTest::newRow(name) << patch << QByteArray(part);
    };
    row("another model", R"({"model": {"type": "Unigram"}})", "model.type");
    row("bytes as a fallback", R"({"model": {"byte_fallback": true}})", "byte_fallback");
    row("suffixes", R"({"model": {"end_of_word_suffix": "</w>"}})", "end_of_word_suffix");
    row("an id twice", R"({"model": {"vocab": {"zz": 5}}})", "5 is given twice");
    row("a large id", R"({"model": {"vocab": {"zz": 4294967296}}})", "ids below");
    row("a negative id", R"({"model": {"vocab": {"zz": -1}}})", "the id of");
    row("an id that is a text", R"({"model": {"vocab": {"zz": "5"}}})", "the id of");
    row("an id that is a list", R"({"model": {"vocab": {"zz": [5]}}})", "the id of");
    row("an empty token", R"({"model": {"vocab": {"": 359}}})", "1 to");
    row("a merge of one", R"({"model": {"merges": ["a"]}})", "two tokens");
    row("a merge of three", R"({"model": {"merges": ["a b c"]}})", "two tokens");
    row("a merge list of three", R"({"model": {"merges": [["a", "b", "c"]]}})", "two tokens");
    row("a merge of numbers", R"({"model": {"merges": [[1, 2]]}})", "two tokens");
    row("a merge of strangers", R"({"model": {"merges": ["a qqq"]}})", "tokens of the vocabulary");
    row("another pre-tokenizer", R"({"pre_tokenizer": {"type": "Metaspace"}})", "Metaspace");
    row("no pre-tokenizer", R"({"pre_tokenizer": null})", "ByteLevel");
    row("a bad expression",
        R"({"pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": "(a"}, "behavior": "Isolated"}, {"type": "ByteLevel"}]}})",
        "regular expression");
    row("another behavior",
        R"({"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "a"}, "behavior": "Contiguous"}})",
        "Isolated");
    row("another normalizer", R"({"normalizer": {"type": "Lowercase"}})", "Lowercase");
    row("an added token without id", R"({"added_tokens": [{"content": "x"}]})", "an id below");
    row("an added token that is huge", R"({"added_tokens": [{"content": "x", "id": 99999999}]})",
        "an id below");
    row("a missing byte", R"({"model": {"vocab": null}})", "tokens");
}

void TestTokenizerBpe::refuses()
{
    QFETCH(QByteArray, patch);
    QFETCH(QByteArray, part);
    json tree = jsonOf(kQwenLike);
    const json change = json::parse(patch.toStdString());
    if (change.contains("model") && change["model"].contains("vocab") && change["model"]["vocab"].is_object())
        tree["model"]["vocab"].update(change["model"]["vocab"]);
    else
        tree.merge_patch(change);
    const Error error = support::errorOf([&] { openJson(tree); });
    QCOMPARE(error.code(), ErrorCode::BadTokenizer);
    QVERIFY2(QByteArray::fromStdString(error.message()).contains(part), error.message().c_str());
}

void TestTokenizerBpe::neoXHasTheIdsOfThePapers()
{
    const QString path = support::sharedData(QStringLiteral("tokenizers/20B_tokenizer.json"));
    if (path.isEmpty()) QSKIP("the 20B vocabulary is not here");
    const auto tokenizer = openTokenizer(path.toStdString());
    QCOMPARE(tokenizer->size(), 50277);
    QCOMPARE(tokenizer->endOfText(), 0);
    QCOMPARE(tokenizer->encode("\n"), std::vector<int>({187}));
    QCOMPARE(tokenizer->encode("\n\n"), std::vector<int>({535}));
    QCOMPARE(tokenizer->encode("  "), std::vector<int>({50276}));
    QCOMPARE(tokenizer->encode("\xFF"), tokenizer->encode("\xEF\xBF\xBD"));
    QVERIFY(tokenizer->encode("<|endoftext|>").size() > 1);
    QCOMPARE(tokenizer->encodeMarked("<|endoftext|>"), std::vector<int>({0}));
}

QTEST_APPLESS_MAIN(TestTokenizerBpe)
#include "tst_tokenizer_bpe.moc"
