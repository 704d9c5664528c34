#include "engine/error.h"
#include "engine/sampler.h"

#include <QtTest>

#include <cmath>
#include <functional>
#include <limits>

using engine::Sampler;
using engine::SamplingParams;

namespace
{

using Change = std::function<void(SamplingParams &)>;

} // namespace
Q_DECLARE_METATYPE(Change)

class TestSampler : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void acceptsDefaultsAndBorders()
    {
        engine::validate({}, 100);
        SamplingParams p;
        p.temperature = 10;
        p.topP = p.minP = p.typicalP = p.penaltyDecay = 0;
        p.presencePenalty = -10;
        p.frequencyPenalty = 10;
        p.repetitionPenalty = 0.01F;
        p.logitBias = {{0, -100.0F}, {99, 100.0F}};
        p.bannedTokens = {0, 99};
        engine::validate(p, 100);
    }

    void refusesWhatIsOutOfRange_data();
    void refusesWhatIsOutOfRange();
    void saysWhatWasExpectedAndFound();
    void passesParametersOn();
    void countsGeneratedTokensWithDecay();
    void countsNothingWithoutPenalties();
    void takesAFreshSeedEachTime();
};

void TestSampler::refusesWhatIsOutOfRange_data()
{
    QTest::addColumn<QString>("field");
    QTest::addColumn<Change>("change");
    const auto row = [](const char *name, const char *field, Change change) {
        QTest::newRow(name) << QString(field) << change;
    };
    const auto number = [&](const char *field, float SamplingParams::*member, float low, float high) {
        for (const float bad :
             {std::nextafter(low, -1e9F), std::nextafter(high, 1e9F), std::numeric_limits<float>::quiet_NaN(),
              std::numeric_limits<float>::infinity()})
            row(qPrintable(QString("%1 %2").arg(field).arg(double(bad))), field,
                [=](SamplingParams &p) { p.*member = bad; });
    };
    number("temperature", &SamplingParams::temperature, 0, 10);
    number("top_p", &SamplingParams::topP, 0, 1);
    number("min_p", &SamplingParams::minP, 0, 1);
    number("typical_p", &SamplingParams::typicalP, 0, 1);
    number("presence_penalty", &SamplingParams::presencePenalty, -10, 10);
    number("frequency_penalty", &SamplingParams::frequencyPenalty, -10, 10);
    number("repetition_penalty", &SamplingParams::repetitionPenalty, 0.01F, 10);
    number("penalty_decay", &SamplingParams::penaltyDecay, 0, 1);
    row("top_k", "top_k", [](SamplingParams &p) { p.topK = -1; });
    row("bias of a token below", "logit_bias", [](SamplingParams &p) { p.logitBias = {{-1, 0.0F}}; });
    row("bias of a token above", "logit_bias", [](SamplingParams &p) { p.logitBias = {{100, 0.0F}}; });
    row("bias too large", "logit_bias", [](SamplingParams &p) { p.logitBias = {{1, 101.0F}}; });
    row("bias NaN", "logit_bias", [](SamplingParams &p) { p.logitBias = {{1, std::nanf("")}}; });
    row("ban below", "banned_tokens", [](SamplingParams &p) { p.bannedTokens = {-1}; });
    row("ban above", "banned_tokens", [](SamplingParams &p) { p.bannedTokens = {100}; });
}

void TestSampler::refusesWhatIsOutOfRange()
{
    QFETCH(QString, field);
    QFETCH(Change, change);
    SamplingParams params;
    change(params);
    try {
        engine::validate(params, 100);
        QFAIL("accepted");
    } catch (const engine::Error &e) {
        QCOMPARE(e.code(), engine::ErrorCode::BadRequest);
        QVERIFY2(QString::fromStdString(e.message()).startsWith(field + ": expected "), e.what());
    }
}

void TestSampler::saysWhatWasExpectedAndFound()
{
    SamplingParams params;
    params.topP = 1.5F;
    try {
        engine::validate(params, 100);
        QFAIL("accepted");
    } catch (const engine::Error &e) {
        QCOMPARE(e.message(), std::string("top_p: expected 0 to 1, found 1.5"));
    }
}

void TestSampler::passesParametersOn()
{
    SamplingParams p;
    p.temperature = 0.5F;
    p.topP = 0.25F;
    p.topK = 7;
    p.minP = 0.125F;
    p.typicalP = 0.75F;
    p.logitBias = {{3, 1.5F}, {4, -2.0F}};
    p.bannedTokens = {8};
    p.seed = 42;
    p.hasSeed = true;
    const Sampler sampler(p, 5, {9, 10});
    const kernels::SampleRow &row = sampler.row();
    QCOMPARE(row.temperature, 0.5F);
    QCOMPARE(row.topP, 0.25F);
    QCOMPARE(row.topK, 7);
    QCOMPARE(row.minP, 0.125F);
    QCOMPARE(row.typicalP, 0.75F);
    QCOMPARE(row.seed, std::uint64_t(42));
    QCOMPARE(sampler.seed(), std::uint64_t(42));
    QCOMPARE(row.topLogprobs, 5);
    QCOMPARE(row.biases, 2);
    QCOMPARE(row.biasIds[1], 4);
    QCOMPARE(row.biasValues[1], -2.0F);
    QCOMPARE(std::vector<int>(row.bannedIds, row.bannedIds + row.banned), (std::vector<int>{9, 10, 8}));
    QCOMPARE(Sampler({}, -1, {}).row().topLogprobs, 0);
}

void TestSampler::countsGeneratedTokensWithDecay()
{
    SamplingParams p;
    p.presencePenalty = 0.4F;
    p.penaltyDecay = 0.5F;
    Sampler sampler(p, -1, {});
    QCOMPARE(sampler.row().seen, 0);
    for (const int token : {7, 3, 7})
        sampler.accept(token);
    // 7: 1 -> 0.5 -> 0.25 + 1; 3: 1 -> 0.5
    const kernels::SampleRow &row = sampler.row();
    QCOMPARE(row.seen, 2);
    QCOMPARE(row.seenIds[0], 7);
    QCOMPARE(row.seenCounts[0], 1.25F);
    QCOMPARE(row.seenIds[1], 3);
    QCOMPARE(row.seenCounts[1], 0.5F);
    QCOMPARE(row.drawIndex, std::uint64_t(3));
}

void TestSampler::countsNothingWithoutPenalties()
{
    Sampler sampler({}, -1, {});
    sampler.accept(7);
    QCOMPARE(sampler.row().seen, 0);
    QCOMPARE(sampler.row().drawIndex, std::uint64_t(1));
}

void TestSampler::takesAFreshSeedEachTime()
{
    QVERIFY(Sampler({}, -1, {}).seed() != Sampler({}, -1, {}).seed());
}

QTEST_APPLESS_MAIN(TestSampler)
#include "tst_sampler.moc"
