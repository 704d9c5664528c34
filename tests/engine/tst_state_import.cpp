// States of other programs, in files written here: every layout, both orders of a matrix, and what does not
// fit.
#include "engine/small_pth.h"
#include "engine/state_export.h"
#include "engine/state_file.h"
#include "engine/state_import.h"
#include "kernels/formats/bf16.h"
#include "kernels/formats/f16.h"
#include "support/pickle_writer.h"
#include "support/safetensors_writer.h"
#include "support/thrown_error.h"
#include "support/tiny_rwkv7.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using engine::ErrorCode;
using engine::ImportedState;
using engine::StateOrientation;
using support::pickle::dict;
using support::pickle::list;
using support::pickle::pth;
using support::pickle::text;

namespace
{

constexpr int kLayers = 2, kHeads = 2, kSize = 3, kWidth = kHeads * kSize;
constexpr std::size_t kMatrix = kHeads * kSize * kSize;

/// Small numbers that fp16 and bf16 hold exactly: layer, head, row, column can be told from them.
float valueAt(int layer, int head, int row, int column)
{
    return float(layer * 32 + head * 16 + row * 4 + column);
}

engine::StateSpec specOf(bool keysFirst = false)
{
    engine::StateSpec spec;
    spec.layout = "rwkv7: test";
    spec.keysFirst = keysFirst;
    const auto add = [&](int layer, const char *name, std::vector<std::int64_t> shape, std::size_t floats) {
        spec.parts.push_back(
            {"blocks." + std::to_string(layer) + name, std::move(shape), spec.floatsPerSlot});
        spec.floatsPerSlot += floats;
    };
    for (int i = 0; i < kLayers; ++i) {
        add(i, ".att.shift_state", {kWidth}, kWidth);
        add(i, ".ffn.shift_state", {kWidth}, kWidth);
        add(i, ".att.time_state", {kHeads, kSize, kSize}, kMatrix);
    }
    return spec;
}

std::vector<float> matrixOf(int layer)
{
    std::vector<float> values;
    for (int h = 0; h < kHeads; ++h)
        for (int i = 0; i < kSize; ++i)
            for (int j = 0; j < kSize; ++j)
                values.push_back(valueAt(layer, h, i, j));
    return values;
}

/// A slot with those matrices, `turned` or not, and shift vectors of these numbers.
std::vector<float> slotOf(bool turned, float attShift = 0, float ffnShift = 0)
{
    std::vector<float> slot;
    for (int layer = 0; layer < kLayers; ++layer) {
        slot.insert(slot.end(), kWidth, attShift);
        slot.insert(slot.end(), kWidth, ffnShift);
        for (int h = 0; h < kHeads; ++h)
            for (int i = 0; i < kSize; ++i)
                for (int j = 0; j < kSize; ++j)
                    slot.push_back(turned ? valueAt(layer, h, j, i) : valueAt(layer, h, i, j));
    }
    return slot;
}

std::string bytesOf(const std::vector<float> &values, const std::string &type = "F32")
{
    std::string out;
    for (const float value : values) {
        if (type == "F32") {
            std::uint32_t bits;
            std::memcpy(&bits, &value, 4);
            out += support::little(bits, 4);
        } else {
            out += support::little(
                type == "F16" ? kernels::F16Format::encode(value) : kernels::Bf16Format::encode(value), 2);
        }
    }
    return out;
}

/// A tensor of a .pth: its piece of the pickle, and its bytes.
struct Pth {
    std::vector<std::string> pieces, storages;
    std::string tensor(std::vector<std::int64_t> shape, const std::vector<float> &values,
                       const std::string &type = "Float")
    {
        std::vector<std::int64_t> strides(shape.size(), 1);
        for (std::size_t i = shape.size(); i-- > 1;)
            strides[i - 1] = strides[i] * shape[i];
        storages.push_back(bytesOf(values, type == "Float" ? "F32" : type == "Half" ? "F16" : "BF16"));
        return support::pickle::tensor(
            support::pickle::storage(type, std::to_string(storages.size() - 1), std::int64_t(values.size())),
            0, shape, strides);
    }
};

std::string timeState(int layer) { return "blocks." + std::to_string(layer) + ".att.time_state"; }

std::string tunedPth(const std::string &type, const std::vector<std::string> &more = {})
{
    Pth file;
    for (int i = 0; i < kLayers; ++i) {
        file.pieces.push_back(text(timeState(i)));
        file.pieces.push_back(file.tensor({kHeads, kSize, kSize}, matrixOf(i), type));
    }
    for (const std::string &name : more) {
        file.pieces.push_back(text(name));
        file.pieces.push_back(file.tensor({kWidth}, std::vector<float>(kWidth, 7), type));
    }
    return pth(dict(file.pieces), file.storages);
}

std::string tunedSafetensors(const std::string &type)
{
    std::vector<support::SafeTensor> tensors;
    for (int i = 0; i < kLayers; ++i)
        tensors.push_back({timeState(i), type, "2, 3, 3", bytesOf(matrixOf(i), type)});
    return support::safetensors(tensors);
}

std::string chatRwkvList()
{
    Pth file;
    for (int i = 0; i < kLayers; ++i) {
        file.pieces.push_back(file.tensor({kWidth}, std::vector<float>(kWidth, 5), "Half"));
        file.pieces.push_back(file.tensor({kHeads, kSize, kSize}, matrixOf(i)));
        file.pieces.push_back(file.tensor({kWidth}, std::vector<float>(kWidth, 6), "Half"));
    }
    return pth(list(file.pieces), file.storages);
}

std::string lightningList()
{
    Pth file;
    std::vector<float> shifts, matrices;
    for (int i = 0; i < kLayers; ++i) {
        shifts.insert(shifts.end(), kWidth, 5);
        shifts.insert(shifts.end(), kWidth, 6);
        const std::vector<float> matrix = matrixOf(i);
        matrices.insert(matrices.end(), matrix.begin(), matrix.end());
    }
    file.pieces = {file.tensor({kLayers, 2, 1, kWidth}, shifts, "Half"),
                   file.tensor({kLayers, 1, kHeads, kSize, kSize}, matrices, "Half")};
    return pth(list(file.pieces), file.storages);
}

} // namespace

class TestStateImport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsEveryLayout_data();
    void readsEveryLayout();
    void startsFromTunedShifts();
    void refusesWhatDoesNotFit_data();
    void refusesWhatDoesNotFit();
    void refusesOffsetsThatWereTrained();
    void exportsWhatOthersRead_data();
    void exportsWhatOthersRead();
    void exportOfListsNeedsTheOrder();
    void exportedFilesAreAsPyTorchWritesThem();
};

void TestStateImport::readsEveryLayout_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("layout");
    QTest::addColumn<int>("order");      // StateOrientation that the user gives
    QTest::addColumn<bool>("keysFirst"); // of the model
    QTest::addColumn<bool>("turned");
    QTest::addColumn<float>("attShift");
    QTest::addColumn<float>("ffnShift");
    const auto row = [](const char *name, const std::string &file, const char *layout, StateOrientation order,
                        bool keysFirst, bool turned, float att = 0, float ffn = 0) {
        QTest::newRow(name) << QByteArray::fromStdString(file) << layout << int(order) << keysFirst << turned
                            << att << ffn;
    };
    const auto automatic = StateOrientation::Auto;
    const std::string tuned = tunedPth("Float");
    row("tuned .pth, RWKV-7", tuned, "BlinkDL", automatic, false, false);
    row("tuned .pth, RWKV-6", tuned, "BlinkDL", automatic, true, true);
    row("tuned .pth in bf16", tunedPth("BFloat16"), "BlinkDL", automatic, false, false);
    row("tuned .pth of fla, said", tuned, "BlinkDL", StateOrientation::KeyValue, false, true);
    row("tuned .pth of fla, RWKV-6", tuned, "BlinkDL", StateOrientation::KeyValue, true, false);
    row("tuned safetensors in bf16", tunedSafetensors("BF16"), "BlinkDL", automatic, false, false);
    row("web-rwkv, RWKV-7", tunedSafetensors("F16"), "web-rwkv", automatic, false, true);
    row("web-rwkv, RWKV-6", tunedSafetensors("F16"), "web-rwkv", automatic, true, false);
    row("web-rwkv, said otherwise", tunedSafetensors("F16"), "web-rwkv", StateOrientation::ValueKey, false,
        false);
    row("ChatRWKV, RWKV-7", chatRwkvList(), "ChatRWKV list", automatic, false, false, 5, 6);
    row("ChatRWKV, RWKV-6", chatRwkvList(), "ChatRWKV list", automatic, true, false, 5, 6);
    row("rwkv_lightning", lightningList(), "rwkv_lightning", automatic, false, false, 5, 6);
}

void TestStateImport::readsEveryLayout()
{
    QFETCH(QByteArray, file);
    QFETCH(QString, layout);
    QFETCH(int, order);
    QFETCH(bool, keysFirst);
    QFETCH(bool, turned);
    QFETCH(float, attShift);
    QFETCH(float, ffnShift);
    const std::string bytes = file.toStdString();
    const auto opened = support::openTensors(bytes);
    const ImportedState state(*opened);
    QCOMPARE(QString::fromStdString(state.info().layout), layout);
    QCOMPARE(state.info().layers, kLayers);
    QCOMPARE(state.info().heads, kHeads);
    QCOMPARE(state.info().headSize, kSize);
    QCOMPARE(state.misfit(specOf(keysFirst), "goose"), std::string());
    QCOMPARE(state.slot(specOf(keysFirst), "goose", StateOrientation(order)),
             slotOf(turned, attShift, ffnShift));
}

void TestStateImport::startsFromTunedShifts()
{
    const std::string bytes = tunedPth("Float", {"blocks.0.att.ts_state", "blocks.1.att.ts_state",
                                                 "blocks.0.ffn.ts_state", "blocks.1.ffn.ts_state"});
    const auto opened = support::openTensors(bytes);
    QCOMPARE(ImportedState(*opened).slot(specOf(), "goose", StateOrientation::Auto), slotOf(false, 7, 7));
}

void TestStateImport::refusesWhatDoesNotFit_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("part");
    const auto row = [](const char *name, const std::string &file, const char *part) {
        QTest::newRow(name) << QByteArray::fromStdString(file) << part;
    };
    const auto one = [](const std::string &name, std::vector<std::int64_t> shape, float value = 1) {
        Pth file;
        std::size_t count = 1;
        for (const auto d : shape)
            count *= std::size_t(d);
        const std::string piece = file.tensor(std::move(shape), std::vector<float>(count, value));
        return pth(dict({text(name), piece}), file.storages);
    };
    row("too few layers", one(timeState(0), {2, 3, 3}),
        "it holds 1 layer of [2, 3, 3], the model 'goose' has 2 layers of [2, 3, 3]");
    row("another head size", one(timeState(0), {2, 4, 4}),
        "it holds 1 layer of [2, 4, 4], the model 'goose' has");
    row("no square", one(timeState(0), {2, 3, 4}), "expected [heads, size, size], found [2, 3, 4]");
    row("no state", one("emb.weight", {2, 3}), "expected tensors like blocks.0.att.time_state");
    row("NaN", one(timeState(0), {2, 3, 3}, NAN), "");
    Pth four;
    for (int i = 0; i < 10; ++i)
        four.pieces.push_back(four.tensor({kWidth}, std::vector<float>(kWidth, 1)));
    row("RWKV-4", pth(list(four.pieces), four.storages), "which the model 'goose' does not have");
    Pth layers;
    for (const char *name : {"blocks.0.att.time_state", "blocks.5.att.time_state"}) {
        layers.pieces.push_back(text(name));
        layers.pieces.push_back(layers.tensor({kHeads, kSize, kSize}, matrixOf(0)));
    }
    row("other layers", pth(dict(layers.pieces), layers.storages), "blocks.5.att.time_state");
}

void TestStateImport::refusesWhatDoesNotFit()
{
    QFETCH(QByteArray, file);
    QFETCH(QString, part);
    const std::string bytes = file.toStdString();
    const engine::Error error = support::errorOf([&] {
        const auto opened = support::openTensors(bytes);
        ImportedState(*opened).slot(specOf(), "goose", StateOrientation::Auto);
    });
    QCOMPARE(error.code(), ErrorCode::BadState);
    QVERIFY2(error.message().find(part.toStdString()) != std::string::npos, error.message().c_str());
}

void TestStateImport::refusesOffsetsThatWereTrained()
{
    const std::string bytes = tunedPth("Float", {"blocks.0.att.time_offset"});
    const auto opened = support::openTensors(bytes);
    const ImportedState state(*opened);
    QVERIFY(state.info().hasOffsets);
    QCOMPARE(state.misfit(specOf(), "goose"),
             std::string("it was tuned with blocks.0.att.time_offset, which cannot be used with 'goose'"));
}

void TestStateImport::exportsWhatOthersRead_data()
{
    QTest::addColumn<bool>("keysFirst"); // of the model that saved it
    QTest::addColumn<bool>("asBf16");
    for (const bool keysFirst : {false, true})
        for (const bool asBf16 : {false, true})
            QTest::addRow("%s, %s", keysFirst ? "RWKV-6" : "RWKV-7", asBf16 ? "bf16" : "fp32")
                << keysFirst << asBf16;
}

void TestStateImport::exportsWhatOthersRead()
{
    QFETCH(bool, keysFirst);
    QFETCH(bool, asBf16);
    QTemporaryDir folder;
    const std::string saved = folder.filePath("a.state").toStdString(),
                      out = folder.filePath("a.pth").toStdString();
    engine::SavedState state;
    state.state = slotOf(false, 3, 0);
    engine::writeStateFile(saved, state, {"goose", "0", specOf(keysFirst), 10});
    const engine::ExportedState exported = engine::exportStateFile({saved, out, asBf16});
    QCOMPARE(exported.warnings.size(), std::size_t(2)); // shifts, tokens
    QVERIFY(exported.warnings[0].find("shift") != std::string::npos);
    const auto file = engine::TensorFile::open(out);
    QCOMPARE(file->tensors().size(), std::size_t(kLayers));
    QCOMPARE(file->tensors()[0].type, asBf16 ? engine::StoredType::BF16 : engine::StoredType::F32);
    // Files of this kind are [head][value][key]: a model that keeps keys first turns them when it opens one.
    QCOMPARE(ImportedState(*file).slot(specOf(false), "goose", StateOrientation::Auto), slotOf(keysFirst));
    QCOMPARE(ImportedState(*file).slot(specOf(true), "goose", StateOrientation::Auto), slotOf(!keysFirst));
}

void TestStateImport::exportOfListsNeedsTheOrder()
{
    QTemporaryDir folder;
    const std::string in = folder.filePath("list.pth").toStdString(),
                      out = folder.filePath("a.pth").toStdString();
    support::writeBytes(in, chatRwkvList());
    const auto error = support::errorOf([&] { engine::exportStateFile({in, out, false}); });
    QCOMPARE(error.code(), ErrorCode::BadRequest);
    engine::exportStateFile({{in, StateOrientation::KeyValue}, out, false});
    const auto file = engine::TensorFile::open(out);
    QCOMPARE(ImportedState(*file).slot(specOf(), "goose", StateOrientation::Auto), slotOf(true));
}

/// Checked against Python's zipfile and PyTorch once; this keeps the bytes that those looked at.
void TestStateImport::exportedFilesAreAsPyTorchWritesThem()
{
    const std::string bytes = engine::smallPth({{"a", {2}, {1, 2}}}, false);
    const std::size_t data = bytes.find(bytesOf({1, 2}));
    QVERIFY(data != std::string::npos);
    QCOMPARE(data % 64, std::size_t(0));
    // CRC-32 of the eight bytes of 1.0F and 2.0F, by Python's zlib.crc32.
    QVERIFY(bytes.find(support::little(0x2e3fa576, 4)) != std::string::npos);
    QVERIFY(bytes.find("archive/data/0") != std::string::npos);
}

QTEST_APPLESS_MAIN(TestStateImport)
#include "tst_state_import.moc"
