// What a strategy costs: the measure itself, and the bounds that the formats keep on the demonstration model.
#include "engine/error.h"
#include "engine/model_loader.h"
#include "engine/quality.h"
#include "support/thrown_error.h"
#include "support/tiny_rwkv7.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <filesystem>

using engine::ErrorCode;

class TestQuality : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void keepsItsBounds_data();
    void keepsItsBounds();
    void theReferenceIsItself();
    void formFeedsBeginNewTexts();
    void stops();
    void refusesWhatItCannotRead();

private:
    engine::event::QualityMeasured measure(const std::string &strategy, std::stop_token stop = {});
    void write(const QByteArray &text);

    QTemporaryDir m_folder;
    engine::QualitySpec m_spec;
};

void TestQuality::init()
{
    m_spec = {};
    m_spec.model = "demo";
    m_spec.maxTokens = 3000; // resources/demo/README.md has the figures of the whole file
    m_spec.textFile = std::string(ROOKERY_SOURCE_DIR) + "/resources/demo/held_out.txt";
    if (!std::filesystem::exists(std::filesystem::path(engine::dataFolder({})) / "demo"))
        QSKIP("the demonstration model is not in the data folder");
}

engine::event::QualityMeasured TestQuality::measure(const std::string &strategy, std::stop_token stop)
{
    m_spec.strategy = strategy;
    return engine::measureQuality(m_spec, {}, {}, std::move(stop));
}

void TestQuality::write(const QByteArray &text)
{
    m_spec.textFile = m_folder.filePath("text").toStdString();
    support::writeBytes(m_spec.textFile, text.toStdString());
}

void TestQuality::keepsItsBounds_data()
{
    QTest::addColumn<double>("percent"); // of perplexity more
    QTest::newRow("cpu int8") << 0.5;
    QTest::newRow("cpu fp8") << 0.5;
    QTest::newRow("cpu fp6") << 1.0;
    QTest::newRow("cpu fp5") << 3.0;
    QTest::newRow("cpu nf4") << 3.0;
    QTest::newRow("cpu int4") << 3.0;
}

void TestQuality::keepsItsBounds()
{
    QFETCH(double, percent);
    const auto m = measure(QTest::currentDataTag());
    const double change = 100 * (m.perplexity / m.referencePerplexity - 1);
    qInfo("%+.3f %%, KL %.6f, agreement %.4f", change, m.meanKl, m.topAgreement);
    QVERIFY(change <= percent);
    QVERIFY(m.meanKl > 0 && m.topAgreement > 0.9);
    QVERIFY(m.weightBytes < m.referenceBytes);
    // evaluate.py: 1.83 over 600 held-out dialogues.
    QVERIFY(m.referencePerplexity > 1.6 && m.referencePerplexity < 2.1);
}

/// bf16 weights are the same numbers in fp32.
void TestQuality::theReferenceIsItself()
{
    const auto m = measure("cpu fp32");
    QCOMPARE(m.strategy, std::string("cpu fp32"));
    QCOMPARE(m.reference, std::string("cpu bf16"));
    QVERIFY(std::abs(m.perplexity / m.referencePerplexity - 1) < 1e-5);
    QVERIFY(m.meanKl < 1e-8);
    QVERIFY(m.topAgreement > 0.999);
}

/// The same text twice is as predictable as once, only if the state is forgotten in between.
void TestQuality::formFeedsBeginNewTexts()
{
    const QByteArray text = "User: What is 8 plus 9?\n\nAssistant: 8 + 9 = 17.";
    write(text);
    const auto once = measure("cpu fp32");
    write(text + '\f' + text);
    const auto twice = measure("cpu fp32");
    QCOMPARE(twice.tokens, 2 * once.tokens);
    QVERIFY(std::abs(twice.perplexity - once.perplexity) < 1e-9);
    write(text + text);
    QVERIFY(std::abs(measure("cpu fp32").perplexity - once.perplexity) > 1e-3);
}

void TestQuality::stops()
{
    std::stop_source stop;
    m_spec.strategy = "cpu int8";
    bool cancelled = false;
    std::uint64_t last = 0;
    try {
        engine::measureQuality(
            m_spec, {},
            [&](std::uint64_t done, std::uint64_t total) {
                QVERIFY(done > last && done <= total);
                last = done;
                stop.request_stop();
            },
            stop.get_token());
    } catch (const engine::LoadCancelled &) {
        cancelled = true;
    }
    QVERIFY(cancelled && last > 0);
}

void TestQuality::refusesWhatItCannotRead()
{
    write("x");
    QCOMPARE(support::errorOf([&] { measure("cpu int8"); }).code(), ErrorCode::BadRequest);
    m_spec.textFile = m_folder.filePath("nothing").toStdString();
    QCOMPARE(support::errorOf([&] { measure("cpu int8"); }).code(), ErrorCode::FileNotFound);
}

QTEST_APPLESS_MAIN(TestQuality)
#include "tst_quality.moc"
