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
}

void TestPlacement::readsStrategies()
{
    QFETCH(QString, strategy);
    QFETCH(QString, canonical);
    const Placement placement(engine::parseStrategy(strategy.toStdString()), 12, kernels::Format::BF16);
    QCOMPARE(QString::fromStdString(placement.text()), canonical);
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
    row("cuda fp16", ErrorCode::DeviceUnusable, "cuda", 0);
    row("cuda:1 fp16", ErrorCode::DeviceUnusable, "cuda:1", 0);
    row("hip fp16", ErrorCode::DeviceUnusable, "hip", 0);
    row("mps fp16", ErrorCode::DeviceUnusable, "mps", 0);
    row("cpu fp32 *3 -> cuda fp16", ErrorCode::DeviceUnusable, "cuda", 15);
    row("gpu fp16", ErrorCode::BadStrategy, "gpu", 0);
    row("CPU", ErrorCode::BadStrategy, "CPU", 0);
    row("cpu:0", ErrorCode::BadStrategy, "cpu:0", 0);
    row("cpu fp16i8", ErrorCode::BadStrategy, "fp16i8", 4);
    row("cpu fp64", ErrorCode::BadStrategy, "fp64", 4);
    row("cpu fp32 *x", ErrorCode::BadStrategy, "*x", 9);
    row("cpu fp32 *", ErrorCode::BadStrategy, "*", 9);
    row("cpu fp32 *-1", ErrorCode::BadStrategy, "*-1", 9);
    row("cpu fp32 *99999999999", ErrorCode::BadStrategy, "*99999999999", 9);
    row("cpu fp32 *3+", ErrorCode::BadStrategy, "*3+", 9);
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
    QCOMPARE(placement.head().format, kernels::Format::F16);
    QCOMPARE(placement.device(), std::string("cpu"));
}

QTEST_APPLESS_MAIN(TestPlacement)
#include "tst_placement.moc"
