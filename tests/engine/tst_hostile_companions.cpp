// What comes beside a model: broken adapters, states, packs and vocabularies, each with its verdict.
#include "engine/adapters/kind.h"
#include "engine/adapters/mole.h"
#include "engine/pack.h"
#include "engine/state_file.h"
#include "engine/state_import.h"
#include "engine/tokenizers/tokenizer.h"
#include "support/gguf_writer.h"
#include "support/hostile_verdict.h"
#include "support/pickle_writer.h"
#include "support/safetensors_writer.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <cmath>
#include <functional>

using namespace engine;
using namespace support;
namespace pkl = support::pickle;

Q_DECLARE_METATYPE(std::function<std::string()>)

namespace
{

using Bytes = std::function<std::string()>;
using Tensors = std::vector<SafeTensor>;

enum class Kind { Adapter, State, Pack, Tokenizer, Gguf };

SafeTensor tensor(const std::string &leaf, const std::string &shape, std::size_t elements,
                  const std::string &bytes = std::string(4, '\0'))
{
    return {"blocks.0." + leaf, "F32", shape, repeated(bytes, elements)};
}

/// As it is merged into a matrix of 8 x 8.
void useAdapter(const std::string &path)
{
    AdapterUse use;
    use.path = path;
    const adapters::AdapterFile adapter(use);
    for (const adapters::Group &group : adapter.groups()) {
        const adapters::Kind *kind = adapters::findKind(group);
        if (!kind) throw Error(ErrorCode::BadModel, "only a part");
        const adapters::RowEdits edits = kind->make(adapter, group, {group.matrix, 8, 8});
        std::vector<double> row(8, 1.0);
        for (const auto &edit : edits)
            edit->edit(7, row);
    }
    adapters::sizeOf(adapter);
}

/// Of a model with a layer, four channels and two heads of two.
StateOwner owner()
{
    StateOwner model{"owl", "0123", {}, 8};
    model.spec.layout = "rwkv7 1 x 4";
    model.spec.parts = {{"blocks.0.att.shift_state", {4}, 0},
                        {"blocks.0.ffn.shift_state", {4}, 4},
                        {"blocks.0.att.time_state", {2, 2, 2}, 8}};
    model.spec.floatsPerSlot = 16;
    model.spec.layerOffset = {0, 16};
    return model;
}

void useState(const std::string &path)
{
    const StateOwner model = owner();
    const auto file = openStateFile(path);
    if (isSavedState(*file)) {
        readState(*file, model);
        return;
    }
    const ImportedState state(*file);
    const std::string misfit = state.misfit(model.spec, model.model);
    if (!misfit.empty()) throw Error(ErrorCode::BadState, misfit);
    state.slot(model.spec, model.model, StateOrientation::Auto);
}

/// `parts`, the inside of the list, beside one sound file.
std::string pack(const std::string &parts) { return R"({"parts":[)" + parts + "]}"; }

std::string ggufWith(const std::vector<std::string> &pairs)
{
    std::vector<std::string> all = {ggufString("general.architecture", "rwkv7"),
                                    ggufNumber("rwkv7.wkv.head_size", 2)};
    all.insert(all.end(), pairs.begin(), pairs.end());
    return gguf(all, {{"token_embd.weight", {2, 2}, 0, std::string(16, '\0')}});
}

std::string jsonTokenizer(const std::string &model, const std::string &rest = {})
{
    return R"({"model":)" + model +
           R"(,"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false,"use_regex":true})" + rest + "}";
}

} // namespace

class TestHostileCompanions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void givesTheVerdict_data();
    void givesTheVerdict();
    void packsListNothingElse_data();
    void packsListNothingElse();

private:
    void addAdapters();
    void addStates();
    void addTokenizers();
    void addGgufVocabularies();
    static void add(const char *name, Kind kind, ErrorCode verdict, const Bytes &bytes)
    {
        QTest::newRow(name) << int(kind) << verdict << bytes;
    }

    QTemporaryDir m_folder;
};

void TestHostileCompanions::initTestCase()
{
    QVERIFY(m_folder.isValid());
    QVERIFY(QDir::setCurrent(m_folder.path())); // where an executed file would leave its CANARY
}

void TestHostileCompanions::givesTheVerdict_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<ErrorCode>("verdict");
    QTest::addColumn<Bytes>("bytes");
    addAdapters();
    addStates();
    addTokenizers();
    addGgufVocabularies();
}

void TestHostileCompanions::addAdapters()
{
    const auto row = [](const char *name, ErrorCode verdict, const Tensors &tensors,
                        const std::string &metadata = {}) {
        add(name, Kind::Adapter, verdict, [=] { return safetensors(tensors, metadata); });
    };
    constexpr ErrorCode kModel = ErrorCode::BadModel, kOther = ErrorCode::UnsupportedModel;
    const SafeTensor a = tensor("att.key.lora_A", "2, 8", 16), b = tensor("att.key.lora_B", "8, 2", 16);
    const SafeTensor info = tensor("ffn.moe_info", "2", 2, floats({1}));
    row("adapter: good", ErrorCode::None, {a, b});
    row("adapter: no tensors", kOther, {});
    row("adapter: a model", kOther, {tensor("att.key.weight", "8, 8", 64)});
    row("adapter: only A", kModel, {a});
    row("adapter: only B", kModel, {b});
    row("adapter: alpha alone", kModel, {tensor("att.key.alpha", "", 1)});
    row("adapter: rank 0", kModel,
        {tensor("att.key.lora_A", "0, 8", 0), tensor("att.key.lora_B", "8, 0", 0)});
    row("adapter: ranks differ", kModel, {a, tensor("att.key.lora_B", "8, 4", 32)});
    row("adapter: turned", kModel,
        {tensor("att.key.lora_A", "8, 2", 16), tensor("att.key.lora_B", "2, 8", 16)});
    row("adapter: factors without shape", kModel, {tensor("att.key.lora_A", "", 1), b});
    row("adapter: factors of three dimensions", kModel, {tensor("att.key.lora_A", "1, 2, 8", 16), b});
    row("adapter: factors of whole numbers", kModel,
        {{"blocks.0.att.key.lora_A", "I64", "2, 8", std::string(128, '\0')}, b});
    row("adapter: magnitudes of another width", kModel, {a, b, tensor("att.key.lora_M", "1, 9", 9)});
    row("adapter: magnitudes of another height", kModel,
        {a, b, tensor("att.key.lora_magnitude_vector", "7", 7)});
    row("adapter: AdaLoRA", kOther, {a, b, tensor("att.key.lora_E", "2", 2)});
    row("adapter: twice by two prefixes", ErrorCode::BadFile,
        {a, b, {"model." + a.name, a.dtype, a.shape, a.bytes}});
    row("adapter: Bone of no blocks", kModel, {tensor("att.key.bone", "0, 2, 2", 0)});
    row("adapter: Bone of blocks of 0", kModel, {tensor("att.key.bone", "4, 0, 0", 0)});
    row("adapter: Bone of flat blocks", kModel, {tensor("att.key.bone", "4, 2, 1", 8)});
    row("adapter: Bone that does not divide", kModel, {tensor("att.key.bone", "3, 3, 3", 27)});
    row("adapter: Bone without shape", kModel, {tensor("att.key.bone", "", 1)});
    row("adapter: shards higher than the matrix", kModel, {tensor("att.key.disha", "9, 8", 72)});
    row("adapter: shards of no width", kModel, {tensor("att.key.miss_block", "2, 0", 0)});
    row("adapter: experts without numbers", ErrorCode::None,
        {tensor("ffn.expert_0.key.lora_A_expert_0", "2, 8", 16)});
    row("adapter: experts of rank 0", kModel, {info, tensor("ffn.expert_0.key.lora_A_expert_0", "0, 8", 0)});
    row("adapter: 2^31 experts", kModel, {tensor("ffn.moe_info", "2", 2, floats({2147483648.0F})), a, b});
    row("adapter: NaN experts", kModel, {tensor("ffn.moe_info", "2", 2, floats({NAN})), a, b});
    row("adapter: three numbers of experts", kModel, {tensor("ffn.moe_info", "3", 3, floats({1})), a, b});
    row("adapter: expert -1", kOther, {tensor("ffn.expert_-1.key.lora_A_expert_0", "2, 8", 16)});
    row("adapter: expert 4000000000", kOther,
        {tensor("ffn.expert_4000000000.key.lora_A_expert_0", "2, 8", 16)});
    row("adapter: experts in attention", kOther, {tensor("att.expert_0.key.lora_A_expert_0", "2, 8", 16)});
    row("adapter: layer 99999999999", kOther,
        {{"blocks.99999999999.ffn.moe_info", "F32", "2", std::string(8, '\0')}});
    row("adapter: alpha of words", ErrorCode::None, {a, b}, R"("lora_alpha":"much")");
    row("adapter: endless alpha", ErrorCode::None, {a, b}, R"("lora_alpha":"1e999")");
    add("adapter: code in a pickle", Kind::Adapter, ErrorCode::BadFile, [] {
        return pkl::pth(pkl::call(pkl::global("os", "system"), {pkl::text("touch CANARY")}), {"abcd"});
    });
    add("adapter: a list", Kind::Adapter, ErrorCode::UnsupportedModel,
        [] { return pkl::pth(pkl::list({pkl::integer(1)}), {"abcd"}); });
    add("adapter: empty", Kind::Adapter, ErrorCode::UnknownFormat, [] { return std::string(); });
}

void TestHostileCompanions::addStates()
{
    const auto row = [](const char *name, ErrorCode verdict, const Tensors &tensors,
                        const std::string &metadata = {}) {
        add(name, Kind::State, verdict, [=] { return safetensors(tensors, metadata); });
    };
    constexpr ErrorCode kBad = ErrorCode::BadState;
    const auto saved = [](const std::string &rest) { return R"("format":"rookery state")" + rest; };
    const SafeTensor good = tensor("att.time_state", "2, 2, 2", 8);
    row("state: good", ErrorCode::None, {good});
    row("state: no tensors", kBad, {});
    row("state: an adapter", kBad, {tensor("att.key.lora_A", "2, 8", 16)});
    row("state: too many layers", kBad, {good, {"blocks.1.att.time_state", "F32", "2, 2, 2", good.bytes}});
    row("state: layer 2^40, which is no layer", ErrorCode::None,
        {good, {"blocks.1099511627776.att.time_state", "F32", "2, 2, 2", good.bytes}});
    row("state: more heads", kBad, {tensor("att.time_state", "3, 2, 2", 12)});
    row("state: no heads", kBad, {tensor("att.time_state", "0, 2, 2", 0)});
    row("state: no square", kBad, {tensor("att.time_state", "2, 4, 1", 8)});
    row("state: flat", kBad, {tensor("att.time_state", "8", 8)});
    row("state: without shape", kBad, {tensor("att.time_state", "", 1)});
    row("state: NaN", kBad, {tensor("att.time_state", "2, 2, 2", 8, floats({NAN}))});
    row("state: infinite", kBad, {tensor("att.time_state", "2, 2, 2", 8, floats({INFINITY}))});
    row("state: offsets, which the model has not", ErrorCode::None,
        {good, tensor("att.time_offset", "5", 5)});
    row("state: ours without version", kBad, {good}, saved(""));
    row("state: ours of version 2", kBad, {good}, saved(R"(,"version":"2")"));
    row("state: ours of version 10^30", kBad, {good},
        saved(R"(,"version":"1000000000000000000000000000000")"));
    row("state: ours of another model", kBad, {good},
        saved(R"(,"version":"1","layout":"rwkv7 1 x 4","model":"x","fingerprint":"9")"));
    row("state: ours, nothing in it", kBad, {},
        saved(R"(,"version":"1","layout":"rwkv7 1 x 4","model":"owl","fingerprint":"0123","checksum":"0")"));
    row("state: ours, another checksum", kBad,
        {tensor("att.shift_state", "4", 4), tensor("ffn.shift_state", "4", 4), good},
        saved(R"(,"version":"1","layout":"rwkv7 1 x 4","model":"owl","fingerprint":"0123","checksum":"0")"));
    add("state: code in a pickle", Kind::State, kBad, [] {
        return pkl::pth(pkl::call(pkl::global("os", "system"), {pkl::text("touch CANARY")}), {"abcd"});
    });
    add("state: a list of nothing", Kind::State, kBad, [] { return pkl::pth("]", {"abcd"}); });
    add("state: a list of one", Kind::State, kBad, [] {
        return pkl::pth("](" + pkl::tensor(pkl::storage("Float", "0", 1), 0, {1}, {1}) + "e", {"abcd"});
    });
    add("state: empty", Kind::State, kBad, [] { return std::string(); });
    add("state: zeros", Kind::State, kBad, [] { return std::string(4096, '\0'); });
}

void TestHostileCompanions::addTokenizers()
{
    const auto row = [](const char *name, const Bytes &bytes) {
        add(name, Kind::Tokenizer, ErrorCode::BadTokenizer, bytes);
    };
    const auto model = [&](const char *name, const std::string &json) {
        row(name, [=] { return jsonTokenizer(json); });
    };
    row("tokenizer: cut", [] { return std::string("{\"model\":{"); });
    row("tokenizer: no model", [] { return std::string("{}"); });
    model("tokenizer: model is a number", "3");
    model("tokenizer: another type", R"({"type":"WordPiece","vocab":{"a":0},"merges":[]})");
    model("tokenizer: no vocabulary", R"({"type":"BPE","vocab":{},"merges":[]})");
    model("tokenizer: vocabulary is a list", R"({"type":"BPE","vocab":["a"],"merges":[]})");
    model("tokenizer: negative id", R"({"type":"BPE","vocab":{"a":-1},"merges":[]})");
    model("tokenizer: id 2^63", R"({"type":"BPE","vocab":{"a":9223372036854775808},"merges":[]})");
    model("tokenizer: id 600000", R"({"type":"BPE","vocab":{"a":600000},"merges":[]})");
    model("tokenizer: an id twice", R"({"type":"BPE","vocab":{"a":0,"b":0},"merges":[]})");
    model("tokenizer: an empty token", R"({"type":"BPE","vocab":{"":0},"merges":[]})");
    model("tokenizer: bytes are missing", R"({"type":"BPE","vocab":{"a":0},"merges":[]})");
    model("tokenizer: merges of strangers", R"({"type":"BPE","vocab":{"a":0},"merges":["b c"]})");
    model("tokenizer: merges of three", R"({"type":"BPE","vocab":{"a":0},"merges":[["a","a","a"]]})");
    model("tokenizer: merges are a text", R"({"type":"BPE","vocab":{"a":0},"merges":"a a"})");
    model("tokenizer: prefixes",
          R"({"type":"BPE","vocab":{"a":0},"merges":[],"continuing_subword_prefix":"#"})");
    row("tokenizer: no pre_tokenizer",
        [] { return std::string(R"({"model":{"vocab":{"a":0},"merges":[]}})"); });
    row("tokenizer: added id 2^40", [] {
        return jsonTokenizer(R"({"vocab":{"a":0},"merges":[]})",
                             R"(,"added_tokens":[{"id":1099511627776,"content":"x"}])");
    });
    row("tokenizer: added without text", [] {
        return jsonTokenizer(R"({"vocab":{"a":0},"merges":[]})",
                             R"(,"added_tokens":[{"id":1,"content":""}])");
    });
    row("tokenizer: a pattern without end", [] {
        return std::string(R"({"model":{"vocab":{"a":0},"merges":[]},"pre_tokenizer":{"type":"Sequence",
            "pretokenizers":[{"type":"Split","pattern":{"Regex":"(a"},"behavior":"Isolated"},
            {"type":"ByteLevel","add_prefix_space":false,"use_regex":false}]}})");
    });
    row("tokenizer: lists in lists", [] { return "{\"x\":" + std::string(100000, '['); });
    row("tokenizer: objects in objects", [] { return repeated("{\"model\":", 100000); });
    row("tokenizer: a token of 8 MiB",
        [] { return jsonTokenizer(R"({"vocab":{")" + std::string(8 * kMiB, 'a') + R"(":0},"merges":[]})"); });
}

void TestHostileCompanions::addGgufVocabularies()
{
    const auto row = [](const char *name, ErrorCode verdict, const std::vector<std::string> &pairs) {
        add(name, Kind::Gguf, verdict, [=] { return ggufWith(pairs); });
    };
    constexpr ErrorCode kBad = ErrorCode::BadTokenizer;
    const std::string model = "tokenizer.ggml.model", tokens = "tokenizer.ggml.tokens";
    const auto gpt2 = [&](const std::string &pair) {
        return std::vector<std::string>{ggufString(model, "gpt2"), ggufTexts(tokens, {"a", "b"}), pair};
    };
    row("gguf vocabulary: no kind", kBad, {ggufTexts(tokens, {"a"})});
    row("gguf vocabulary: another kind", kBad, {ggufString(model, "llama"), ggufTexts(tokens, {"a"})});
    row("gguf vocabulary: no tokens", kBad, {ggufString(model, "rwkv")});
    row("gguf vocabulary: rwkv, bytes are missing", kBad,
        {ggufString(model, "rwkv"), ggufTexts(tokens, {"<s>", "a"})});
    row("gguf vocabulary: rwkv, a cut escape", kBad,
        {ggufString(model, "rwkv"), ggufTexts(tokens, {"<s>", "\\x"})});
    row("gguf vocabulary: gpt2, bytes are missing", kBad, gpt2(ggufString("tokenizer.ggml.pre", "qwen2")));
    row("gguf vocabulary: gpt2, another split", kBad, gpt2(ggufString("tokenizer.ggml.pre", "owl")));
    row("gguf vocabulary: gpt2, merges of one", kBad, gpt2(ggufTexts("tokenizer.ggml.merges", {"ab"})));
    row("gguf vocabulary: gpt2, merges of strangers", kBad,
        gpt2(ggufTexts("tokenizer.ggml.merges", {"a c"})));
    row("gguf vocabulary: gpt2, a merge to nothing", kBad, gpt2(ggufTexts("tokenizer.ggml.merges", {"a b"})));
    row("gguf vocabulary: gpt2, an empty token", kBad,
        {ggufString(model, "gpt2"), ggufTexts(tokens, {"a", ""})});
    row("gguf vocabulary: a token of 5000 bytes", kBad,
        {ggufString(model, "gpt2"), ggufTexts(tokens, {"a", std::string(5000, 't')})});
    row("gguf vocabulary: end of text 2^32 - 1", kBad, gpt2(ggufNumber("tokenizer.ggml.eos_token_id", ~0U)));
}

void TestHostileCompanions::givesTheVerdict()
{
    QFETCH(int, kind);
    QFETCH(ErrorCode, verdict);
    QFETCH(Bytes, bytes);
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
        switch (Kind(kind)) {
        case Kind::Adapter:
            return useAdapter(path);
        case Kind::State:
            return useState(path);
        case Kind::Tokenizer:
            return void(openTokenizer(path));
        default:
            const auto file = TensorFile::open(path);
            if (!file->vocabulary()) throw Error(ErrorCode::BadTokenizer, "none");
            makeTokenizer(*file->vocabulary());
        }
    });
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
}

void TestHostileCompanions::packsListNothingElse_data()
{
    QTest::addColumn<Bytes>("bytes");
    QTest::addColumn<int>("parts");
    const auto row = [](const char *name, int parts, const Bytes &bytes) {
        QTest::newRow(name) << bytes << parts;
    };
    const auto file = [&](const char *name, int parts, const std::string &quoted) {
        row(name, parts, [=] { return pack(R"({"name":"x","kind":"state","file":)" + quoted + "}"); });
    };
    file("good", 1, R"("a.pth")");
    file("the folder", 0, R"(".")");
    file("no name", 0, R"("")");
    file("out of the folder", 0, R"("../secret")");
    file("out of the folder and back", 0, R"("../demo/a.pth")");
    file("out of a folder below", 0, R"("x/../../secret")");
    file("from the root", 0, R"("/etc/hostname")");
    file("a zero in the name", 0, R"("a.pth\u0000")");
    file("a number", 0, "7");
    file("a list", 0, R"(["a.pth"])");
    file("a name of 1 MB", 0, "\"" + std::string(1000000, 'a') + "\"");
    row("cut", 0, [] { return std::string(R"({"parts":[{"file":"a.pth"})"); });
    row("a list as a whole", 0, [] { return std::string(R"([{"file":"a.pth"}])"); });
    row("no UTF-8", 0, [] { return pack("{\"file\":\"a.pth\",\"name\":\"\xff\"}"); });
    row("endless alpha", 0, [] { return pack(R"({"file":"a.pth","alpha":1e999})"); }); // no JSON
    row("alpha below 0", 1, [] { return pack(R"({"file":"a.pth","alpha":-3})"); });
    row("alpha beyond float", 1, [] { return pack(R"({"file":"a.pth","alpha":1e300})"); });
    row("too large", 0, [] { return pack(R"({"file":"a.pth"})") + std::string(2 * kMiB, ' '); });
    row("lists in lists", 0, [] { return pack(std::string(500000, '[')); });
    row("100000 parts of nothing", 0, [] { return pack(repeated("{},", 100000) + "{}"); });
}

void TestHostileCompanions::packsListNothingElse()
{
    QFETCH(Bytes, bytes);
    QFETCH(int, parts);
    QVERIFY(QDir(m_folder.path()).mkpath(QStringLiteral("demo")));
    const auto write = [&](const char *name, const std::string &content) {
        QFile file(m_folder.filePath(QLatin1String(name)));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(content.data(), qsizetype(content.size())), qsizetype(content.size()));
    };
    const std::string content = bytes();
    write("secret", "of others");
    write("demo/a.pth", "state");
    write("demo/pack.json", content);
    EngineOptions options;
    options.dataFolder = m_folder.path().toStdString();
    const QString problem = problemOfOpening(ErrorCode::None, content.size(), [&] {
        const std::vector<ExtraInfo> found = demoPack(options);
        if (int(found.size()) != parts)
            throw Error(ErrorCode::Internal, "found " + std::to_string(found.size()));
        for (const ExtraInfo &part : found)
            if (!std::isfinite(part.alpha) || part.alpha < 0) throw Error(ErrorCode::Internal, "alpha");
    });
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
}

QTEST_APPLESS_MAIN(TestHostileCompanions)
#include "tst_hostile_companions.moc"
