// adapter_config.json as an enemy would write it: each ends in a sentence or is taken, soon.
#include "engine/adapters/adapter_file.h"
#include "engine/error.h"
#include "support/thrown_error.h"
#include "support/tiny_rwkv7.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <filesystem>

using engine::ErrorCode;

namespace
{

std::string repeated(const std::string &text, int times)
{
    std::string all;
    all.reserve(text.size() * std::size_t(times));
    for (int i = 0; i < times; ++i)
        all += text;
    return all;
}

std::string lora(const std::string &rest) { return R"({"peft_type":"LORA")" + rest + "}"; }

} // namespace

class TestAdapterConfig : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void endsWell_data();
    void endsWell();
    void aFolderInItsPlaceIsRefused();
    void alphaIsTakenAsAFiniteNumberOnly_data();
    void alphaIsTakenAsAFiniteNumberOnly();

private:
    std::string folder() const { return m_folder.path().toStdString(); }
    engine::adapters::AdapterFile open(const std::string &config) const
    {
        support::writeBytes(folder() + "/adapter_config.json", config);
        engine::AdapterUse use;
        use.path = folder();
        return engine::adapters::AdapterFile(use);
    }

    QTemporaryDir m_folder;
};

void TestAdapterConfig::initTestCase()
{
    QVERIFY(m_folder.isValid());
    support::writeBytes(
        folder() + "/adapter_model.safetensors",
        support::safetensors({support::tinyTensor(1, "blocks.0.att.key.lora_A", {4, 64}, 0, 1),
                              support::tinyTensor(1, "blocks.0.att.key.lora_B", {64, 4}, 0, 1)}));
}

void TestAdapterConfig::endsWell_data()
{
    QTest::addColumn<QByteArray>("config");
    QTest::addColumn<int>("code"); // of ErrorCode
    const auto row = [](const char *name, const std::string &config, ErrorCode code) {
        QTest::newRow(name) << QByteArray::fromStdString(config) << int(code);
    };
    constexpr ErrorCode kBad = ErrorCode::BadFile, kOther = ErrorCode::UnsupportedModel,
                        kFine = ErrorCode::None;
    row("empty", "", kBad);
    row("no JSON", "peft", kBad);
    row("a list", "[]", kBad);
    row("a number", "1e9999", kBad);
    row("cut", R"({"peft_type":"LORA")", kBad);
    row("two roots", "{}{}", kBad);
    row("zeros", std::string(4096, '\0'), kBad);
    row("not UTF-8", lora(",\"x\":\"\xff\xfe\""), kBad);
    row("half a surrogate", lora(R"(,"x":"\ud800")"), kBad);
    row("deep lists", lora(",\"x\":" + repeated("[", 200000) + repeated("]", 200000)), kFine);
    row("deep objects", lora(",\"x\":" + repeated("{\"a\":", 100000) + "1" + repeated("}", 100000)), kFine);
    row("deep and cut", repeated("[", 900000), kBad);
    row("too large", lora(",\"x\":\"" + repeated("y", 1 << 20) + "\""), kBad);
    row("no kind", "{}", kOther);
    row("kind is a number", R"({"peft_type":7})", kOther);
    row("other kind", R"({"peft_type":"VERA"})", kOther);
    row("kind with signs", "{\"peft_type\":\"LORA\\u0000\\u001b[31m\"}", kOther);
    row("kind twice", R"({"peft_type":"VERA","peft_type":"LORA"})", kFine);
    row("turned matrices", lora(R"(,"fan_in_fan_out":true)"), kOther);
    row("flag is a text", lora(R"(,"fan_in_fan_out":"true")"), kFine);
    row("PiSSA without factors", lora(R"(,"init_lora_weights":"pissa_niter_4")"), kOther);
    row("init is a list", lora(R"(,"init_lora_weights":["pissa"])"), kFine);
    row("pattern is a list", lora(R"(,"alpha_pattern":[1,2])"), kFine);
    row("pattern of nothing", lora(R"(,"alpha_pattern":{})"), kFine);
    row("pattern with an expression", lora(R"(,"alpha_pattern":{"(a+)+$":8})"), kOther);
    row("pattern of text", lora(R"(,"alpha_pattern":{"key":"8"})"), kBad);
    row("pattern of lists", lora(R"(,"alpha_pattern":{"key":[8]})"), kBad);
    row("pattern below zero", lora(R"(,"alpha_pattern":{"key":-8})"), kBad);
    row("pattern of zero", lora(R"(,"alpha_pattern":{"key":0})"), kBad);
    row("pattern too large", lora(R"(,"alpha_pattern":{"key":1e400})"), kBad);
    std::string many = ",\"alpha_pattern\":{";
    for (int i = 0; i < 40000; ++i)
        many += (i ? ",\"k" : "\"k") + std::to_string(i) + "\":1";
    row("many patterns", lora(many + "}"), kFine);
    row("long name in a pattern", lora(",\"alpha_pattern\":{\"" + repeated("n", 500000) + "\":1}"), kFine);
}

void TestAdapterConfig::endsWell()
{
    QFETCH(QByteArray, config);
    QFETCH(int, code);
    QElapsedTimer timer;
    timer.start();
    const engine::Error error = support::errorOf([&] {
        const auto adapter = open(config.toStdString());
        for (const auto &group : adapter.groups())
            QVERIFY(std::isfinite(adapter.factor(group, 4)));
    });
    QVERIFY2(int(error.code()) == code, error.message().c_str());
    QVERIFY(error.message().size() < 1000);
    QVERIFY(error.message().find('\x1b') == std::string::npos); // goes to a terminal
    QVERIFY(timer.elapsed() < 2000);
}

void TestAdapterConfig::aFolderInItsPlaceIsRefused()
{
    std::filesystem::remove(folder() + "/adapter_config.json");
    std::filesystem::create_directory(folder() + "/adapter_config.json");
    engine::AdapterUse use;
    use.path = folder();
    QCOMPARE(support::errorOf([&] { engine::adapters::AdapterFile file(use); }).code(), ErrorCode::BadFile);
    std::filesystem::remove(folder() + "/adapter_config.json");
}

void TestAdapterConfig::alphaIsTakenAsAFiniteNumberOnly_data()
{
    QTest::addColumn<QByteArray>("alpha");
    QTest::addColumn<double>("factor"); // alpha / rank, or 1 where none is taken
    QTest::newRow("8") << QByteArray("8") << 2.0;
    QTest::newRow("half") << QByteArray("0.5") << 0.125;
    QTest::newRow("below zero") << QByteArray("-8") << 1.0;
    QTest::newRow("zero") << QByteArray("0") << 1.0;
    QTest::newRow("text") << QByteArray("\"8\"") << 1.0;
    QTest::newRow("null") << QByteArray("null") << 1.0;
    QTest::newRow("list") << QByteArray("[8]") << 1.0;
}

void TestAdapterConfig::alphaIsTakenAsAFiniteNumberOnly()
{
    QFETCH(QByteArray, alpha);
    QFETCH(double, factor);
    const auto adapter = open(lora(",\"lora_alpha\":" + alpha.toStdString()));
    QCOMPARE(adapter.factor(adapter.groups().at(0), 4), factor);
}

QTEST_APPLESS_MAIN(TestAdapterConfig)
#include "tst_adapter_config.moc"
