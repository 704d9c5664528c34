#include "engine/files/stored_vocabulary.h"
#include "engine/model_info.h"
#include "support/gguf_writer.h"
#include "support/shared_data.h"
#include "support/tensor_compare.h"
#include "support/thrown_error.h"

#include <QtTest>

#include <map>

using namespace engine;
using namespace support;

namespace
{

const std::vector<std::string> kSeven = {ggufString("general.architecture", "rwkv7"),
                                         ggufNumber("rwkv7.wkv.head_size", 2)};

/// Numbers from `first` on.
std::string counted(std::size_t count, float first = 0)
{
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i)
        values[i] = first + float(i);
    return floats(values);
}

std::vector<std::int64_t> shapeOf(const TensorFile &file, const char *name)
{
    const TensorEntry *entry = file.find(name);
    return entry ? entry->shape : std::vector<std::int64_t>{-1};
}

using Shape = std::vector<std::int64_t>;
using Floats = std::vector<float>;

} // namespace

class TestGguf : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void turnsFactorsOfSeven();
    void splitsTheMixes();
    void leavesOutWhatFirstLayersCopy();
    void undoesTheRescalingOfSix();
    void tellsTheFormatThatItIsKeptIn_data();
    void tellsTheFormatThatItIsKeptIn();
    void undoesTheRescalingOfBlocks();
    void mapsHybrids();
    void sharesTheEmbeddingWithTheHead();
    void tellsKeysAndVocabulary();
    void readsVersionTwo();
    void keepsTheAlignment();
    void refusesOtherArchitectures();
    void isTheOriginalModel();
};

void TestGguf::turnsFactorsOfSeven()
{
    const std::string file =
        gguf(kSeven, {{"token_embd.weight", {4, 3}, 0, counted(12)},
                      {"blk.1.time_mix_w1.weight", {4, 2}, 0, counted(8)}, // torch [2, 4]
                      {"blk.1.time_mix_w0.weight", {4}, 0, counted(4)},
                      {"blk.1.time_mix_r_k.weight", {4}, 0, counted(4)},
                      {"blk.1.channel_mix_lerp_k.weight", {4}, 0, counted(4)},
                      {"blk.1.attn_norm_2.bias", {4}, 0, counted(4)}});
    const auto opened = openTensors(file);
    QCOMPARE(QByteArray(opened->container()), QByteArray("gguf"));
    QCOMPARE(shapeOf(*opened, "emb.weight"), (Shape{3, 4}));
    QCOMPARE(shapeOf(*opened, "blocks.1.att.w1"), (Shape{4, 2}));
    QCOMPARE(floatsOfTensor(*opened, "blocks.1.att.w1"), (Floats{0, 4, 1, 5, 2, 6, 3, 7}));
    QCOMPARE(shapeOf(*opened, "blocks.1.att.w0"), (Shape{1, 1, 4}));
    QCOMPARE(shapeOf(*opened, "blocks.1.att.r_k"), (Shape{2, 2}));
    QCOMPARE(shapeOf(*opened, "blocks.1.ffn.x_k"), (Shape{1, 1, 4}));
    QCOMPARE(shapeOf(*opened, "blocks.1.ln2.bias"), (Shape{4}));
}

void TestGguf::splitsTheMixes()
{
    const std::string seven =
        gguf(kSeven, {{"blk.0.time_mix_lerp_fused.weight", {2, 1, 1, 6}, 0, counted(12)}});
    const auto opened = openTensors(seven);
    QCOMPARE(floatsOfTensor(*opened, "blocks.0.att.x_r"), (Floats{0, 1}));
    QCOMPARE(floatsOfTensor(*opened, "blocks.0.att.x_w"), (Floats{2, 3}));
    QCOMPARE(floatsOfTensor(*opened, "blocks.0.att.x_g"), (Floats{10, 11}));
    const std::string six = gguf({ggufString("general.architecture", "rwkv6")},
                                 {{"blk.0.time_mix_lerp_fused.weight", {2, 1, 1, 5}, 0, counted(10)}});
    const auto openedSix = openTensors(six);
    QCOMPARE(floatsOfTensor(*openedSix, "blocks.0.att.time_maa_w"), (Floats{0, 1}));
    QCOMPARE(floatsOfTensor(*openedSix, "blocks.0.att.time_maa_r"), (Floats{6, 7}));
    QCOMPARE(floatsOfTensor(*openedSix, "blocks.0.att.time_maa_g"), (Floats{8, 9}));
    QCOMPARE(shapeOf(*openedSix, "blocks.0.att.time_maa_g"), (Shape{1, 1, 2}));
}

void TestGguf::leavesOutWhatFirstLayersCopy()
{
    const std::string file = gguf(kSeven, {{"blk.0.time_mix_v0.weight", {2}, 0, counted(2)},
                                           {"blk.0.time_mix_v1.weight", {2, 1}, 0, counted(2)},
                                           {"blk.1.time_mix_v0.weight", {2}, 0, counted(2)}});
    const auto opened = openTensors(file);
    QCOMPARE(opened->tensors().size(), std::size_t(1));
    QVERIFY(opened->find("blocks.1.att.v0"));
}

void TestGguf::undoesTheRescalingOfSix()
{
    const std::string file =
        gguf({ggufString("general.architecture", "rwkv6"), ggufNumber("rwkv6.rescale_every_n_layers", 2)},
             {{"blk.1.time_mix_output.weight", {2, 1}, 0, counted(2, 1)},
              {"blk.2.time_mix_output.weight", {2, 1}, 0, counted(2, 1)},
              {"blk.4.channel_mix_value.weight", {2, 1}, 0, counted(2, 1)},
              {"blk.4.channel_mix_key.weight", {2, 1}, 0, counted(2, 1)}});
    const auto opened = openTensors(file);
    QCOMPARE(floatsOfTensor(*opened, "blocks.1.att.output.weight"), (Floats{1, 2}));
    QCOMPARE(floatsOfTensor(*opened, "blocks.2.att.output.weight"), (Floats{2, 4}));
    QCOMPARE(floatsOfTensor(*opened, "blocks.4.ffn.value.weight"), (Floats{4, 8}));
    QCOMPARE(floatsOfTensor(*opened, "blocks.4.ffn.key.weight"), (Floats{1, 2}));
}

void TestGguf::tellsTheFormatThatItIsKeptIn_data()
{
    QTest::addColumn<unsigned>("type"); // of ggml
    QTest::addColumn<unsigned>("other");
    QTest::addColumn<QByteArray>("format");
    const auto row = [](const char *name, unsigned type, unsigned other, const char *format) {
        QTest::newRow(name) << type << other << QByteArray(format);
    };
    row("f16", 1, 1, "fp16");
    row("q8_0", 8, 8, "int8");
    row("q4_0", 2, 2, "int4");
    row("q4_k", 12, 12, "int4");
    row("q4_k and f16", 12, 1, "int4");
    row("q4_k and q6_k", 12, 14, "int8");
    row("q6_k", 14, 14, "int8");
}

/// Of a strategy without a format: what all layers keep their numbers in.
void TestGguf::tellsTheFormatThatItIsKeptIn()
{
    QFETCH(unsigned, type);
    QFETCH(unsigned, other);
    QFETCH(QByteArray, format);
    const std::map<unsigned, std::size_t> bytes = {{1, 512}, {2, 144}, {8, 272}, {12, 144}, {14, 210}};
    const auto tensor = [&](const char *name, std::uint64_t rows, unsigned kind) {
        return GgufTensor{name, {256, rows}, kind, std::string(rows * bytes.at(kind), '\0')};
    };
    const auto opened =
        openTensors(gguf({ggufString("general.architecture", "rwkv7")},
                         {tensor("token_embd.weight", 1, 14), tensor("blk.1.channel_mix_key.weight", 3, type),
                          tensor("blk.1.channel_mix_value.weight", 1, other)}));
    QCOMPARE(kernels::nameOf(engine::mainFormat(*opened)), format.constData());
}

void TestGguf::undoesTheRescalingOfBlocks()
{
    std::string block = little(0x3c00, 2); // the scale 1
    for (int i = 0; i < 32; ++i)
        block += char(i - 16);
    const std::string file =
        gguf({ggufString("general.architecture", "rwkv6"), ggufNumber("rwkv6.rescale_every_n_layers", 1)},
             {{"blk.3.time_mix_output.weight", {32, 1}, 8, block}});
    const auto opened = openTensors(file);
    const TensorEntry *entry = opened->find("blocks.3.att.output.weight");
    QVERIFY(entry);
    QVERIFY(entry->type == StoredType::Q8_0);
    const Floats values = floatsOfTensor(*opened, *entry);
    for (int i = 0; i < 32; ++i)
        QCOMPARE(values[std::size_t(i)], 8.0F * float(i - 16));
    std::array<std::byte, 3> part{}; // bytes in the middle of a block
    opened->read(*entry, 1, part);
    QCOMPARE(int(part[0]), 0x48); // fp16 of 8 is 0x4800
    QCOMPARE(int(part[1]), 0xF0);
}

void TestGguf::mapsHybrids()
{
    const std::string file =
        gguf({ggufString("general.architecture", "arwkv7"), ggufNumber("arwkv7.wkv.head_size", 2)},
             {{"blk.0.time_mix_lerp_fused.weight", {2, 1, 1, 5}, 0, counted(10)},
              {"blk.0.attn_norm.weight", {2}, 0, counted(2)},
              {"blk.0.ffn_norm.weight", {2}, 0, counted(2)},
              {"blk.0.ffn_gate.weight", {2, 3}, 0, counted(6)},
              {"blk.0.time_mix_key.bias", {2}, 0, counted(2)}});
    const auto opened = openTensors(file);
    for (const char *name : {"blocks.0.att.x_a", "blocks.0.ln1.weight", "blocks.0.ln2.weight",
                             "blocks.0.ffn.gate.weight", "blocks.0.att.key.bias"})
        QVERIFY2(opened->find(name), name);
    QVERIFY(!opened->find("blocks.0.att.x_g"));
}

void TestGguf::sharesTheEmbeddingWithTheHead()
{
    const std::string file = gguf(kSeven, {{"token_embd.weight", {2, 2}, 0, counted(4)}});
    const auto opened = openTensors(file);
    QCOMPARE(floatsOfTensor(*opened, "head.weight"), (Floats{0, 1, 2, 3}));
}

void TestGguf::tellsKeysAndVocabulary()
{
    auto pairs = kSeven;
    pairs.push_back(ggufPair("a.float", 6, floats({0.5F})));
    pairs.push_back(ggufPair("a.negative", 5, little(std::uint32_t(-7), 4)));
    pairs.push_back(ggufPair("a.yes", 7, "\1"));
    pairs.push_back(ggufPair("a.list", 9, little(4, 4) + little(2, 8) + little(1, 4) + little(2, 4)));
    pairs.push_back(ggufString("tokenizer.ggml.model", "rwkv"));
    pairs.push_back(ggufTexts("tokenizer.ggml.tokens", {"<s>", "a", "\\x00"}));
    pairs.push_back(ggufPair("tokenizer.ggml.token_type", 9,
                             little(5, 4) + little(3, 8) + little(3, 4) + little(1, 4) + little(1, 4)));
    pairs.push_back(ggufNumber("tokenizer.ggml.eos_token_id", 0));
    pairs.push_back(ggufString("tokenizer.chat_template", "{{ x }}"));
    const std::string file = gguf(pairs, {{"token_embd.weight", {2, 2}, 0, counted(4)}});
    const auto opened = openTensors(file);
    QCOMPARE(opened->metadata().at("gguf.a.float"), std::string("0.5"));
    QCOMPARE(opened->metadata().at("gguf.a.negative"), std::string("-7"));
    QCOMPARE(opened->metadata().at("gguf.a.yes"), std::string("true"));
    QVERIFY(!opened->metadata().contains("gguf.a.list"));
    const StoredVocabulary *vocabulary = opened->vocabulary();
    QVERIFY(vocabulary);
    QCOMPARE(vocabulary->model, std::string("rwkv"));
    QCOMPARE(vocabulary->tokens, (std::vector<std::string>{"<s>", "a", "\\x00"}));
    QCOMPARE(vocabulary->types, (std::vector<std::int32_t>{3, 1, 1}));
    QCOMPARE(vocabulary->eos, std::int64_t(0));
    QCOMPARE(vocabulary->bos, std::int64_t(-1));
    QCOMPARE(vocabulary->chatTemplate, std::string("{{ x }}"));
}

void TestGguf::readsVersionTwo()
{
    const std::string file = gguf(kSeven, {{"token_embd.weight", {2, 2}, 0, counted(4)}}, {.version = 2});
    QCOMPARE(openTensors(file)->tensors().size(), std::size_t(2));
}

void TestGguf::keepsTheAlignment()
{
    auto pairs = kSeven;
    pairs.push_back(ggufNumber("general.alignment", 8));
    const std::string file = gguf(
        pairs, {{"token_embd.weight", {2, 1}, 0, counted(2)}, {"output.weight", {2, 1}, 0, counted(2, 5)}},
        {.alignment = 8});
    const auto opened = openTensors(file);
    QCOMPARE(floatsOfTensor(*opened, "head.weight"), (Floats{5, 6}));
}

void TestGguf::refusesOtherArchitectures()
{
    const std::string file =
        gguf({ggufString("general.architecture", "llama")}, {{"token_embd.weight", {2, 2}, 0, counted(4)}});
    const Error error = errorOf([&] { openTensors(file); });
    QVERIFY(error.code() == ErrorCode::UnsupportedModel);
    QVERIFY2(error.message().find("llama") != std::string::npos, error.message().c_str());
}

void TestGguf::isTheOriginalModel()
{
    const QString original = sharedData(QStringLiteral("tiny/tiny-rwkv-7v0-834K-FP32.pth"));
    const QString converted = sharedData(QStringLiteral("tiny/tiny-rwkv-7v0-834K-f32.gguf"));
    if (original.isEmpty() || converted.isEmpty()) QSKIP("no shared data");
    const QString difference = firstDifference(*TensorFile::open(original.toStdString()),
                                               *TensorFile::open(converted.toStdString()));
    QVERIFY2(difference.isEmpty(), qPrintable(difference));
}

QTEST_APPLESS_MAIN(TestGguf)
#include "tst_gguf.moc"
