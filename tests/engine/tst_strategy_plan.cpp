#include "engine/engine.h"
#include "engine/error.h"

#include <QTest>

using engine::LayerPlace;
using engine::StrategyPlan;

class TestStrategyPlan : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void spellsOutWhatAStrategySays();
    void takesTheFilesFormatWhereNothingIsSaid();
    void comesBackAsItWas_data();
    void comesBackAsItWas();
    void mergesWhatIsPainted();
    void refusesTwoStreamedParts();
    void namesTheWordThatIsWrong();

private:
    static engine::ModelInfo model(const char *format = "bf16")
    {
        engine::ModelInfo info;
        info.layers = 6;
        info.format = format;
        return info;
    }
};

void TestStrategyPlan::spellsOutWhatAStrategySays()
{
    const StrategyPlan plan = engine::planStrategy("cuda fp16i8 *2 -> cpu fp32 head=int8 ffn=nf4", model());
    QCOMPARE(plan.items.size(), 7U); // and the head
    for (int i = 0; i < 7; ++i)
        QVERIFY(
            (plan.items[std::size_t(i)] == (i < 2 ? LayerPlace{"cuda:0", "i8"} : LayerPlace{"cpu", "fp32"})));
    QCOMPARE(plan.head, std::string("int8"));
    QCOMPARE(plan.channelMix, std::string("nf4"));
    QVERIFY(plan.embedding.empty() && plan.factors.empty());
}

void TestStrategyPlan::takesTheFilesFormatWhereNothingIsSaid()
{
    QCOMPARE(engine::planStrategy("cpu", model("int8")).items[3].format, std::string("int8"));
    QCOMPARE(engine::planStrategy("cpu", model("")).items[3].format, std::string("fp32"));
}

void TestStrategyPlan::comesBackAsItWas_data()
{
    QTest::addColumn<QByteArray>("strategy");
    for (const char *text :
         {"cpu int8", "cpu fp32 *3 -> cpu bf16", "cpu int8 *6 -> cpu fp32", "cuda:0 fp16 *2+",
          "cpu bf16 *2 -> cuda:1 int4 *1+ -> cpu fp32 *1", "cpu nf4 head=int8 emb=bf16 lora=fp16 ffn=fp8"})
        QTest::addRow("%s", text) << QByteArray(text);
}

void TestStrategyPlan::comesBackAsItWas()
{
    QFETCH(QByteArray, strategy);
    const StrategyPlan plan = engine::planStrategy(strategy.toStdString(), model());
    const std::string text = engine::strategyText(plan);
    QCOMPARE(text, strategy.toStdString());
    QVERIFY(engine::planStrategy(text, model()) == plan);
}

void TestStrategyPlan::mergesWhatIsPainted()
{
    StrategyPlan plan = engine::planStrategy("cpu", model());
    for (const std::size_t layer : {1U, 2U})
        plan.items[layer].format = "int8";
    QCOMPARE(engine::strategyText(plan), std::string("cpu bf16 *1 -> cpu int8 *2 -> cpu bf16"));
    plan.items[1].format = plan.items[2].format = "bf16";
    QCOMPARE(engine::strategyText(plan), std::string("cpu bf16"));
}

void TestStrategyPlan::refusesTwoStreamedParts()
{
    StrategyPlan plan = engine::planStrategy("cuda fp16", model());
    plan.items[1].streamed = plan.items[4].streamed = true;
    try {
        engine::strategyText(plan);
        QFAIL("it was written");
    } catch (const engine::Error &error) {
        QCOMPARE(error.code(), engine::ErrorCode::BadStrategy);
    }
}

void TestStrategyPlan::namesTheWordThatIsWrong()
{
    try {
        engine::planStrategy("cpu fp99", model());
        QFAIL("it was understood");
    } catch (const engine::Error &error) {
        QCOMPARE(error.detail(), std::string("4"));
    }
}

QTEST_APPLESS_MAIN(TestStrategyPlan)
#include "tst_strategy_plan.moc"
