#include "engine/error.h"
#include "engine/placement.h"
#include "support/thrown_error.h"

#include <QTest>

using engine::ErrorCode;
using engine::Placement;

class TestPlacement : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsStrategies_data();
    void readsStrategies();
    void refusesWithTokenAndPosition_data();
    void refusesWithTokenAndPosition();
    void readsBackWhatItPrints();
    void keepsHeadAndFactorsHigh();
    void knowsSegmentsAndDevices();
};

void TestPlacement::readsStrategies_data()
{
    QTest::addColumn<QString>("strategy");
    QTest::addColumn<QString>("canonical"); // of 12 layers and the head, from a bf16 file
    QTest::newRow("device only: the file's type") << "cpu"
                                                  << "cpu bf16";
    QTest::newRow("fp32") << "cpu fp32"
                          << "cpu fp32";
    QTest::newRow("fp16") << "cpu fp16"
                          << "cpu fp16";
    QTest::newRow("spaces") << "  cpu \t bf16  "
                            << "cpu bf16";
    QTest::newRow("split") << "cpu fp32 *3 -> cpu bf16"
                           << "cpu fp32 *3 -> cpu bf16";
    QTest::newRow("no spaces at the arrow") << "cpu fp32 *3->cpu bf16"
                                            << "cpu fp32 *3 -> cpu bf16";
    QTest::newRow("count without type") << "cpu *3 -> cpu fp32"
                                        << "cpu bf16 *3 -> cpu fp32";
    QTest::newRow("equal neighbours merge") << "cpu fp32 *3 -> cpu fp32 *2 -> cpu bf16"
                                            << "cpu fp32 *5 -> cpu bf16";
    QTest::newRow("open segments share")
        << "cpu fp32 -> cpu fp16 -> cpu bf16"
        << "cpu fp32 *4 -> cpu fp16 *4 -> cpu bf16"; // 13 items: 4, 4 and 4 + 1
    QTest::newRow("too many are cut") << "cpu fp32 *99 -> cpu bf16"
                                      << "cpu fp32";
    QTest::newRow("the head alone") << "cpu fp32 *12 -> cpu bf16 *1"
                                    << "cpu fp32 *12 -> cpu bf16";
    QTest::newRow("too few: the last takes the rest") << "cpu fp32 *2 -> cpu bf16 *3"
                                                      << "cpu fp32 *2 -> cpu bf16";
    QTest::newRow("none") << "cpu fp32 *0 -> cpu bf16"
                          << "cpu bf16";
    // rwkv-math-and-formats 19.2; items are counted by hand.
    QTest::newRow("open segments before a counted one")
        << "cpu fp32 -> cpu fp16 -> cpu bf16 *2"
        << "cpu fp32 *5 -> cpu fp16 *6 -> cpu bf16"; // 11 left: 5, then 6 / 1
    QTest::newRow("the last takes what is left though it counts") << "cuda:0 fp16 *4 -> cuda:1 fp16 *4"
                                                                  << "cuda:0 fp16 *4 -> cuda:1 fp16";
    QTest::newRow("enough before the last") << "cuda fp16 *13 -> cpu fp32 *7"
                                            << "cuda:0 fp16";
    QTest::newRow("cut to fit") << "cuda fp16 *7 -> cpu fp32 *99 -> cuda:1 bf16"
                                << "cuda:0 fp16 *7 -> cpu fp32";
    QTest::newRow("streaming") << "cuda fp16 *6+"
                               << "cuda:0 fp16 *6+";
    QTest::newRow("streaming takes what is left, open segments nothing")
        << "cpu fp32 *3 -> cuda fp16 *6+ -> hip:1 fp16"
        << "cpu fp32 *3 -> cuda:0 fp16 *6+";
    QTest::newRow("streaming, then counted") << "cuda fp16 *0+ -> cpu fp32 *1"
                                             << "cuda:0 fp16 *0+ -> cpu fp32 *1";
    QTest::newRow("the last streaming one streams") << "cuda fp16 *2+ -> cuda:1 fp16 *3+"
                                                    << "cuda:0 fp16 *2 -> cuda:1 fp16 *3+";
    QTest::newRow("nothing left to stream") << "cuda fp16 *13+"
                                            << "cuda:0 fp16";
    QTest::newRow("i8") << "cuda fp16i8 *12 -> cpu fp32"
                        << "cuda:0 i8 *12 -> cpu fp32";
    QTest::newRow("i8 of any type, and by its own name")
        << "cpu fp32i8 *3 -> cpu bf16i8 *3 -> cpu i8 head=fp16i8"
        << "cpu i8 head=i8";
    QTest::newRow("i4 and i3 mean nothing") << "cpu fp16i4 *6 -> cpu fp32i3"
                                            << "cpu fp16 *6 -> cpu fp32";
    QTest::newRow("our formats")
        << "cpu int8 *1 -> cpu fp8 *1 -> cpu fp6 *1 -> cpu fp5 *1 -> cpu nf4 *1 -> cpu int4"
        << "cpu int8 *1 -> cpu fp8 *1 -> cpu fp6 *1 -> cpu fp5 *1 -> cpu nf4 *1 -> cpu int4";
    QTest::newRow("roles") << "cpu nf4 ffn=int8 head=fp8 *3 lora=fp32 -> hip:0 int8 emb=fp16"
                           << "cpu nf4 *3 -> hip:0 int8 head=fp8 emb=fp16 lora=fp32 ffn=int8";
}

void TestPlacement::readsStrategies()
{
    QFETCH(QString, strategy);
    QFETCH(QString, canonical);
    const Placement placement(engine::parseStrategy(strategy.toStdString()), 12, kernels::Format::BF16);
    QCOMPARE(QString::fromStdString(placement.text()), canonical);
    const Placement again(engine::parseStrategy(placement.text()), 12, kernels::Format::F32);
    QCOMPARE(again.text(), placement.text());
    for (int item = 0; item <= 12; ++item)
        QVERIFY(again.layer(item) == placement.layer(item));
}

void TestPlacement::refusesWithTokenAndPosition_data()
{
    QTest::addColumn<QString>("strategy");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("token");
    QTest::addColumn<int>("position");
    const auto row = [](const char *strategy, ErrorCode code, const char *token, int position) {
        QTest::newRow(strategy) << strategy << int(code) << token << position;
    };
    row("", ErrorCode::BadStrategy, "end of the text", 0);
    row("gpu fp16", ErrorCode::BadStrategy, "gpu", 0);
    row("CPU", ErrorCode::BadStrategy, "CPU", 0);
    row("cpu:x", ErrorCode::BadStrategy, "cpu:x", 0);
    row("cuda:", ErrorCode::BadStrategy, "cuda:", 0);
    row("mps:0", ErrorCode::BadStrategy, "mps:0", 0);
    row("cpu fp16i5", ErrorCode::BadStrategy, "fp16i5", 4);
    row("cpu int8i8", ErrorCode::BadStrategy, "int8i8", 4);
    row("cpu fp32 *3 -> cuda foo", ErrorCode::BadStrategy, "foo", 20);
    row("cpu fp32 *3 *4", ErrorCode::BadStrategy, "*4", 12);
    row("cpu fp32 *+", ErrorCode::BadStrategy, "*+", 9);
    row("cpu int8 tail=fp16", ErrorCode::BadStrategy, "tail=fp16", 9);
    row("cpu int8 head=fp17", ErrorCode::BadStrategy, "head=fp17", 9);
    row("cpu int8 head=", ErrorCode::BadStrategy, "head=", 9);
    row("cpu int8 emb=int8", ErrorCode::BadStrategy, "emb=int8", 9);
    row("cpu head=fp16 -> cpu head=fp16", ErrorCode::BadStrategy, "head=fp16", 21);
    row("cpu fp64", ErrorCode::BadStrategy, "fp64", 4);
    row("cpu fp32 *x", ErrorCode::BadStrategy, "*x", 9);
    row("cpu fp32 *", ErrorCode::BadStrategy, "*", 9);
    row("cpu fp32 *-1", ErrorCode::BadStrategy, "*-1", 9);
    row("cpu fp32 *99999999999", ErrorCode::BadStrategy, "*99999999999", 9);
    row("cpu fp32 ->", ErrorCode::BadStrategy, "end of the text", 11);
    row("-> cpu", ErrorCode::BadStrategy, "->", 0);
    row("cpu fp32 fp16", ErrorCode::BadStrategy, "fp16", 9);
    row("cpu fp32 cpu", ErrorCode::BadStrategy, "cpu", 9);
}

void TestPlacement::refusesWithTokenAndPosition()
{
    QFETCH(QString, strategy);
    QFETCH(int, code);
    QFETCH(QString, token);
    QFETCH(int, position);
    const engine::Error error = support::errorOf([&] { engine::parseStrategy(strategy.toStdString()); });
    QCOMPARE(int(error.code()), code);
    QVERIFY2(QString::fromStdString(error.message()).contains("'" + token + "'"), error.message().c_str());
    QCOMPARE(QString::fromStdString(error.detail()), QString::number(position));
}

void TestPlacement::readsBackWhatItPrints()
{
    const std::string text = "cpu fp32 *3 -> cpu bf16 *4 -> cpu fp16";
    const Placement placement(engine::parseStrategy(text), 12, kernels::Format::F32);
    QCOMPARE(placement.text(), text);
    QCOMPARE(placement.layer(2).format, kernels::Format::F32);
    QCOMPARE(placement.layer(3).format, kernels::Format::BF16);
    QCOMPARE(placement.layer(6).format, kernels::Format::BF16);
    QCOMPARE(placement.layer(7).format, kernels::Format::F16);
    QCOMPARE(placement.layer(12).format, kernels::Format::F16);
}

void TestPlacement::keepsHeadAndFactorsHigh()
{
    using kernels::Format;
    const auto formats = [](const char *strategy, Format file) {
        const Placement p(engine::parseStrategy(strategy), 2, file);
        return std::vector{p.matrixFormat(0, false), p.matrixFormat(0, true), p.factorFormat(0),
                           p.headFormat()};
    };
    const auto are = [](Format att, Format ffn, Format lora, Format head) {
        return std::vector{att, ffn, lora, head};
    };
    QCOMPARE(formats("cpu int8", Format::BF16), are(Format::Int8, Format::Int8, Format::BF16, Format::BF16));
    QCOMPARE(formats("cpu nf4", Format::F32), are(Format::Nf4, Format::Nf4, Format::F32, Format::F32));
    QCOMPARE(formats("cpu int8", Format::Int8), are(Format::Int8, Format::Int8, Format::F16, Format::F16));
    QCOMPARE(formats("cpu fp16", Format::F32), are(Format::F16, Format::F16, Format::F16, Format::F16));
    QCOMPARE(formats("cpu fp16 ffn=nf4 lora=fp8 head=int4", Format::F32),
             are(Format::F16, Format::Nf4, Format::Fp8, Format::Int4));
    QCOMPARE(formats("cpu int8 *2 -> cpu fp16", Format::BF16),
             are(Format::Int8, Format::Int8, Format::BF16, Format::F16));
}

void TestPlacement::knowsSegmentsAndDevices()
{
    const Placement p(engine::parseStrategy("cpu fp32 *3 -> cpu bf16 *2 -> cuda:1 fp16 *4 -> cpu fp32"), 12,
                      kernels::Format::F32);
    const auto segments = p.segments();
    QCOMPARE(segments.size(), std::size_t(3));
    QCOMPARE(segments[0].endItem, 5);
    QCOMPARE(segments[1].device, std::string("cuda:1"));
    QCOMPARE(segments[1].firstItem, 5);
    QCOMPARE(segments[2].firstItem, 9);
    QCOMPARE(segments[2].endItem, 13);
    QCOMPARE(p.devices(), (std::vector<std::string>{"cpu", "cuda:1"}));
    QCOMPARE(p.position("cuda:1"), std::size_t(30));
}

QTEST_APPLESS_MAIN(TestPlacement)
#include "tst_placement.moc"
