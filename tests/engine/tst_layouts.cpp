// Models under the names of Hugging Face and web-rwkv, and folders of them.
#include "support/gguf_writer.h"
#include "support/safetensors_writer.h"
#include "support/tensor_compare.h"
#include "support/thrown_error.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

using namespace engine;
using namespace support;

using Shape = std::vector<std::int64_t>;
using Floats = std::vector<float>;

namespace
{

/// A float32 tensor with the numbers 0, 1, 2, ...
SafeTensor counted(const std::string &name, const Shape &shape)
{
    std::string text;
    std::size_t count = 1;
    for (const std::int64_t size : shape) {
        text += (text.empty() ? "" : ", ") + std::to_string(size);
        count *= std::size_t(size);
    }
    Floats values(count);
    for (std::size_t i = 0; i < count; ++i)
        values[i] = float(i);
    return {name, "F32", text, floats(values)};
}

struct Mapped {
    const char *from;
    const char *to;
};

} // namespace

class TestLayouts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void renames_data();
    void renames();
    void turnsFactorsOfFla();
    void splitsTheOldMixesOfFla();
    void reordersTheFactorsOfFlaSix();
    void reordersTheFactorsOfQrwkv();
    void keepsAttentionLayersOfHybrids();
    void sharesATiedEmbedding();
    void readsWebRwkv();
    void leavesOriginalsAlone();
    void leavesOthersAlone();
    void joinsTheFilesOfAFolder();
    void opensAFolderByAnyOfItsFiles();
    void flattensTheConfig();
    void refusesFolders_data();
    void refusesFolders();
    void noticesChangedParts();

private:
    void write(const QString &name, const std::string &bytes) const;
    std::string path(const QString &name = {}) const { return m_folder->filePath(name).toStdString(); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestLayouts::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

void TestLayouts::write(const QString &name, const std::string &bytes) const
{
    QFile file(m_folder->filePath(name));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes.data(), qsizetype(bytes.size())), qsizetype(bytes.size()));
}

void TestLayouts::renames_data()
{
    QTest::addColumn<QString>("from");
    QTest::addColumn<QString>("to");
    const auto row = [](const char *from, const char *to) { QTest::newRow(from) << from << to; };
    // transformers, RWKV-4 and 5
    row("rwkv.embeddings.weight", "emb.weight");
    row("rwkv.blocks.0.pre_ln.weight", "blocks.0.ln0.weight");
    row("rwkv.blocks.3.attention.time_mix_receptance", "blocks.3.att.time_mix_r");
    row("rwkv.blocks.3.attention.time_mix_gate", "blocks.3.att.time_mix_g");
    row("rwkv.blocks.3.attention.time_decay", "blocks.3.att.time_decay");
    row("rwkv.blocks.3.attention.key.weight", "blocks.3.att.key.weight");
    row("rwkv.blocks.3.feed_forward.time_mix_key", "blocks.3.ffn.time_mix_k");
    row("rwkv.blocks.3.feed_forward.value.weight", "blocks.3.ffn.value.weight");
    row("rwkv.ln_out.bias", "ln_out.bias");
    // RWKV-6 and native RWKV-7
    row("rwkv.blocks.1.attention.time_maa_w1", "blocks.1.att.time_maa_w1");
    row("rwkv7.emb.weight", "emb.weight");
    row("rwkv7.blocks.1.att.w1", "blocks.1.att.w1");
    // flash-linear-attention
    row("model.norm.bias", "ln_out.bias");
    row("model.layers.0.pre_norm.bias", "blocks.0.ln0.bias");
    row("model.layers.1.attn_norm.bias", "blocks.1.ln1.bias");
    row("model.layers.1.ffn_norm.bias", "blocks.1.ln2.bias");
    row("model.layers.1.attn.g_norm.weight", "blocks.1.att.ln_x.weight");
    row("model.layers.1.attn.w_lora.lora.2.bias", "blocks.1.att.w0");
    row("model.layers.1.attn.x_r", "blocks.1.att.x_r");
    row("model.layers.1.ffn.x_k", "blocks.1.ffn.x_k");
    row("model.layers.1.ffn.key.linear.weight", "blocks.1.ffn.key.weight");
    row("model.layers.1.attn.bonus", "blocks.1.att.time_faaaa");
    // hybrids
    row("model.embed_tokens.weight", "emb.weight");
    row("model.layers.1.input_layernorm.weight", "blocks.1.ln1.weight");
    row("model.layers.1.self_attn.receptance.bias", "blocks.1.att.receptance.bias");
    row("model.layers.1.self_attn.r_norm.weight", "blocks.1.att.ln_r.weight");
    row("model.layers.1.self_attn.q_norm.weight", "blocks.1.att.ln_r.weight");
    row("model.layers.1.mlp.gate_proj.weight", "blocks.1.ffn.gate.weight");
    row("model.layers.1.attention.r_k", "blocks.1.att.r_k");
    row("lm_head.weight", "head.weight");
}

void TestLayouts::renames()
{
    QFETCH(QString, from);
    QFETCH(QString, to);
    const std::string file =
        safetensors({counted("model.layers.9.self_attn.w0", {2}), counted(from.toStdString(), {2, 3})});
    const auto opened = openTensors(file);
    const TensorEntry *entry = opened->find(to.toStdString());
    QVERIFY2(entry, opened->tensors().back().name.c_str());
    QCOMPARE(floatsOfTensor(*opened, *entry), (Floats{0, 1, 2, 3, 4, 5}));
}

void TestLayouts::turnsFactorsOfFla()
{
    const std::string file = safetensors({counted("model.layers.1.attn.r_proj.weight", {2, 2}),
                                          counted("model.layers.1.attn.k_proj.weight", {2, 2}),
                                          counted("model.layers.1.attn.v_lora.lora.0.weight", {2, 3}),
                                          counted("model.layers.1.attn.g_lora.lora.2.weight", {2, 3})});
    const auto opened = openTensors(file);
    QVERIFY(opened->find("blocks.1.att.receptance.weight") && opened->find("blocks.1.att.key.weight"));
    QCOMPARE(opened->find("blocks.1.att.v1")->shape, (Shape{3, 2}));
    QCOMPARE(floatsOfTensor(*opened, "blocks.1.att.v1"), (Floats{0, 3, 1, 4, 2, 5}));
    QCOMPARE(floatsOfTensor(*opened, "blocks.1.att.g2"), (Floats{0, 3, 1, 4, 2, 5}));
}

void TestLayouts::splitsTheOldMixesOfFla()
{
    const std::string file = safetensors({counted("model.layers.0.attn.x_x", {6, 1, 1, 2})});
    const auto opened = openTensors(file);
    QCOMPARE(opened->tensors().size(), std::size_t(6));
    QCOMPARE(floatsOfTensor(*opened, "blocks.0.att.x_w"), (Floats{2, 3}));
    QCOMPARE(opened->find("blocks.0.att.x_w")->shape, (Shape{1, 1, 2}));
}

void TestLayouts::reordersTheFactorsOfFlaSix()
{
    // Rank 1 and two channels; fla's blocks r, w, k, v, g become w, k, v, r, g.
    const std::string file = safetensors({counted("model.layers.0.attn.x_proj.0.linear.weight", {5, 2}),
                                          counted("model.layers.0.attn.x_proj.2.weight", {2, 5}),
                                          counted("model.layers.0.attn.x_bias", {5, 2})});
    const auto opened = openTensors(file);
    QCOMPARE(opened->find("blocks.0.att.time_maa_w1")->shape, (Shape{2, 5}));
    QCOMPARE(floatsOfTensor(*opened, "blocks.0.att.time_maa_w1"), (Floats{2, 4, 6, 0, 8, 3, 5, 7, 1, 9}));
    QCOMPARE(opened->find("blocks.0.att.time_maa_w2")->shape, (Shape{5, 1, 2}));
    QCOMPARE(floatsOfTensor(*opened, "blocks.0.att.time_maa_w2"), (Floats{1, 6, 2, 7, 3, 8, 0, 5, 4, 9}));
    QCOMPARE(floatsOfTensor(*opened, "blocks.0.att.time_maa_r"), (Floats{0, 1}));
    QCOMPARE(floatsOfTensor(*opened, "blocks.0.att.time_maa_w"), (Floats{2, 3}));
}

void TestLayouts::reordersTheFactorsOfQrwkv()
{
    // r, k, v, w, g become w, k, v, r, g.
    const std::string file = safetensors({counted("model.layers.0.self_attn.time_maa_w1", {2, 5}),
                                          counted("model.layers.0.self_attn.time_maa_w2", {5, 1, 2}),
                                          counted("model.layers.0.self_attn.time_maa_x", {2}),
                                          counted("model.layers.0.self_attn.q_proj.weight", {2, 2})});
    const auto opened = openTensors(file);
    QCOMPARE(floatsOfTensor(*opened, "blocks.0.att.time_maa_w1"), (Floats{3, 1, 2, 0, 4, 8, 6, 7, 5, 9}));
    QCOMPARE(floatsOfTensor(*opened, "blocks.0.att.time_maa_w2"), (Floats{6, 7, 2, 3, 4, 5, 0, 1, 8, 9}));
    QVERIFY(opened->find("blocks.0.att.receptance.weight"));
}

void TestLayouts::keepsAttentionLayersOfHybrids()
{
    const std::string file = safetensors({counted("model.layers.0.self_attn.w0", {2}),
                                          counted("model.layers.1.self_attn.q_proj.weight", {2, 2}),
                                          counted("model.layers.1.self_attn.o_proj.weight", {2, 2})});
    const auto opened = openTensors(file);
    QVERIFY(opened->find("blocks.1.att.q_proj.weight"));
    QVERIFY(opened->find("blocks.1.att.o_proj.weight"));
}

void TestLayouts::sharesATiedEmbedding()
{
    write("model.safetensors", safetensors({counted("model.embed_tokens.weight", {2, 2}),
                                            counted("model.layers.0.self_attn.w0", {2})}));
    write("config.json", R"({"tie_word_embeddings": true})");
    const auto tied = TensorFile::open(path());
    QVERIFY(tied->find("head.weight"));
    write("config.json", R"({"tie_word_embeddings": false})");
    QVERIFY(!TensorFile::open(path())->find("head.weight"));
}

void TestLayouts::readsWebRwkv()
{
    const std::string seven =
        safetensors({counted("emb.weight", {4, 3}), counted("blocks.0.att.r_k", {1, 3}),
                     counted("blocks.0.att.w1", {2, 3}), counted("blocks.0.att.w2", {3, 2})});
    const auto openedSeven = openTensors(seven);
    QCOMPARE(floatsOfTensor(*openedSeven, "blocks.0.att.w1"), (Floats{0, 3, 1, 4, 2, 5}));
    QCOMPARE(openedSeven->find("blocks.0.att.w2")->shape, (Shape{2, 3}));
    const std::string six = safetensors(
        {counted("emb.weight", {4, 3}), counted("blocks.0.att.time_mix_w1", {10, 3}),
         counted("blocks.0.att.time_mix_w2", {5, 3, 2}), counted("blocks.0.att.time_mix_r", {1, 1, 3}),
         counted("blocks.0.att.time_first", {1, 3}), counted("blocks.0.att.time_decay_w1", {2, 3})});
    const auto openedSix = openTensors(six);
    QCOMPARE(openedSix->find("blocks.0.att.time_maa_w1")->shape, (Shape{3, 10}));
    QCOMPARE(openedSix->find("blocks.0.att.time_maa_w2")->shape, (Shape{5, 2, 3}));
    QCOMPARE(floatsOfTensor(*openedSix, "blocks.0.att.time_maa_w2")[1], 2.0F);
    QVERIFY(openedSix->find("blocks.0.att.time_maa_r") && openedSix->find("blocks.0.att.time_faaaa"));
    QCOMPARE(openedSix->find("blocks.0.att.time_decay_w1")->shape, (Shape{3, 2}));
}

void TestLayouts::leavesOriginalsAlone()
{
    const std::string file = safetensors({counted("emb.weight", {4, 3}), counted("blocks.0.att.r_k", {1, 3}),
                                          counted("blocks.0.att.w1", {3, 2})});
    QCOMPARE(floatsOfTensor(*openTensors(file), "blocks.0.att.w1"), (Floats{0, 1, 2, 3, 4, 5}));
}

void TestLayouts::leavesOthersAlone()
{
    const std::string file = safetensors({counted("model.layers.0.self_attn.q_proj.weight", {2, 2}),
                                          counted("model.embed_tokens.weight", {2, 2})});
    QVERIFY(openTensors(file)->find("model.layers.0.self_attn.q_proj.weight"));
}

void TestLayouts::joinsTheFilesOfAFolder()
{
    write("model-00001-of-00002.safetensors", safetensors({counted("rwkv7.emb.weight", {2, 2})}));
    write("model-00002-of-00002.safetensors", safetensors({counted("rwkv7.blocks.0.att.r_k", {1, 2})}));
    write("model.safetensors.index.json",
          R"({"weight_map": {"rwkv7.emb.weight": "model-00001-of-00002.safetensors",
                             "rwkv7.blocks.0.att.r_k": "model-00002-of-00002.safetensors"}})");
    const auto opened = TensorFile::open(path());
    QCOMPARE(opened->tensors().size(), std::size_t(2));
    QCOMPARE(floatsOfTensor(*opened, "blocks.0.att.r_k"), (Floats{0, 1}));
    QCOMPARE(floatsOfTensor(*opened, "emb.weight"), (Floats{0, 1, 2, 3}));
    QCOMPARE(opened->path(), path());
    opened->verifyUnchanged();
}

void TestLayouts::opensAFolderByAnyOfItsFiles()
{
    write("model.safetensors", safetensors({counted("rwkv7.emb.weight", {2, 2})}));
    write("config.json", R"({"head_dim": 64})");
    for (const char *name : {"", "config.json", "model.safetensors"}) {
        const auto opened = TensorFile::open(path(QString::fromUtf8(name)));
        QCOMPARE(opened->metadata().at("config.head_dim"), std::string("64"));
        QVERIFY(opened->find("emb.weight"));
    }
    QVERIFY(TensorFile::open(path() + "/")->path() == path());
}

void TestLayouts::flattensTheConfig()
{
    write("model.safetensors", safetensors({counted("rwkv7.emb.weight", {2, 2})}));
    write("config.json",
          R"({"model_type": "rwkv7", "attn": {"layers": [1, 2], "deep": {"x": 0.5}}, "a": null})");
    const auto opened = TensorFile::open(path());
    QCOMPARE(opened->metadata().at("config.model_type"), std::string("\"rwkv7\""));
    QCOMPARE(opened->metadata().at("config.attn.layers"), std::string("[1,2]"));
    QCOMPARE(opened->metadata().at("config.attn.deep.x"), std::string("0.5"));
    QCOMPARE(opened->metadata().at("config.a"), std::string("null"));
}

void TestLayouts::refusesFolders_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("part");
    const QString index = QStringLiteral("model.safetensors.index.json");
    const auto row = [](const char *name, const QString &file, const char *text, ErrorCode code,
                        const char *part) { QTest::newRow(name) << file << text << int(code) << part; };
    row("missing part", index, R"({"weight_map": {"a": "model-00002-of-00002.safetensors"}})",
        ErrorCode::FileNotFound, "model-00002-of-00002.safetensors");
    row("path out of the folder", index, R"({"weight_map": {"a": "../secret.safetensors"}})",
        ErrorCode::BadFile, "the name of a file in this folder");
    row("absolute path", index, R"({"weight_map": {"a": "/etc/passwd"}})", ErrorCode::BadFile,
        "the name of a file in this folder");
    row("dots", index, R"({"weight_map": {"a": ".."}})", ErrorCode::BadFile, "the name of a file");
    row("number for a name", index, R"({"weight_map": {"a": 1}})", ErrorCode::BadFile, "found \"1\"");
    row("no weight_map", index, "{}", ErrorCode::BadFile, "weight_map");
    row("empty weight_map", index, R"({"weight_map": {}})", ErrorCode::BadFile, "names no file");
    row("index is a list", index, "[]", ErrorCode::BadFile, "JSON object");
    row("index is no JSON", index, "{", ErrorCode::BadFile, "JSON object");
    row("only a config", QStringLiteral("config.json"), "{}", ErrorCode::FileNotFound, "model.safetensors");
    row("empty folder", QStringLiteral("README.md"), "", ErrorCode::FileNotFound, "model.safetensors");
}

void TestLayouts::refusesFolders()
{
    QFETCH(QString, file);
    QFETCH(QString, text);
    QFETCH(int, code);
    QFETCH(QString, part);
    write(file, text.toStdString());
    const Error error = errorOf([&] { TensorFile::open(path()); });
    QCOMPARE(int(error.code()), code);
    QVERIFY2(error.message().find(part.toStdString()) != std::string::npos, error.message().c_str());
}

void TestLayouts::noticesChangedParts()
{
    write("model.safetensors", safetensors({counted("rwkv7.emb.weight", {2, 2})}));
    write("config.json", "{}");
    const auto opened = TensorFile::open(path());
    write("model.safetensors", "cut");
    QVERIFY(errorOf([&] { opened->verifyUnchanged(); }).code() == ErrorCode::BadFile);
    std::array<std::byte, 16> bytes{};
    QVERIFY(errorOf([&] { opened->read(opened->tensors()[0], 0, bytes); }).code() == ErrorCode::BadFile);
}

QTEST_APPLESS_MAIN(TestLayouts)
#include "tst_layouts.moc"
