// Sound files that were cut somewhere or had bits turned.

#include "engine/tokenizers/tokenizer.h"
#include "support/hostile_input.h"
#include "support/pickle_writer.h"
#include "support/safetensors_writer.h"
#include "support/shared_data.h"
#include "support/vocabulary_writer.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <numeric>

using namespace engine;
using namespace support;
namespace pkl = support::pickle;

namespace
{

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kIsSanitized = true;
#else
constexpr bool kIsSanitized = false;
#endif

} // namespace

class TestHostileDamage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void everyPrefix_data();
    void everyPrefix();
    void everyPrefixOfAVocabulary();
    void turnedBits_data();
    void turnedBits();
    void turnedBitsOfAVocabulary();
    void demonstrationModel();

private:
    QTemporaryDir m_folder;
    std::string m_pth, m_safetensors;
};

void TestHostileDamage::initTestCase()
{
    QVERIFY(m_folder.isValid());
    m_pth = pkl::pth(
        pkl::dict({pkl::text("a.weight"), pkl::tensor(pkl::storage("Float", "0", 6), 0, {2, 3}, {3, 1}),
                   pkl::text("a.turned"), pkl::tensor(pkl::storage("Half", "1", 6), 0, {3, 2}, {1, 3}),
                   pkl::text("step"), pkl::integer(3)}),
        {std::string(24, 'f'), std::string(12, 'h')});
    m_safetensors = safetensors(
        {{"a.weight", "F32", "2, 3", std::string(24, 'f')}, {"a.bias", "BF16", "4", std::string(8, 'b')}},
        R"("format":"pt")");
    QVERIFY(opensSoundly(std::as_bytes(std::span(m_pth))));
    QVERIFY(opensSoundly(std::as_bytes(std::span(m_safetensors))));
}

void TestHostileDamage::everyPrefix_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::newRow("pth") << QByteArray::fromStdString(m_pth);
    QTest::newRow("safetensors") << QByteArray::fromStdString(m_safetensors);
}

void TestHostileDamage::everyPrefix()
{
    QFETCH(QByteArray, file);
    std::vector<std::size_t> lengths(std::size_t(file.size()) + 1);
    std::iota(lengths.begin(), lengths.end(), 0U);
    const Tally tally = openPrefixes(file.toStdString(), lengths, true);
    QCOMPARE(tally.loaded, 1); // the whole file
    QCOMPARE(tally.refused, int(file.size()));
}

void TestHostileDamage::everyPrefixOfAVocabulary()
{
    const std::string whole = vocabulary();
    const std::string path = m_folder.filePath(QStringLiteral("vocab")).toStdString();
    QFile file(QString::fromStdString(path));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(whole.data(), qsizetype(whole.size()));
    file.close();
    for (std::size_t length = whole.size(); length-- > 0;) {
        QVERIFY(QFile::resize(QString::fromStdString(path), qint64(length)));
        const bool isWhole = length == whole.size() - 1; // only the last line end is missing
        const Error error = errorOf([&] { openTokenizer(path); });
        if (error.code() != (isWhole ? ErrorCode::None : ErrorCode::BadTokenizer))
            QFAIL(qPrintable(QString::number(length)));
    }
}

void TestHostileDamage::turnedBits_data()
{
    everyPrefix_data();
    const QString path = sharedData(QStringLiteral("tiny/251105_reverse_L2.pth"));
    QFile real(path);
    if (!path.isEmpty() && real.open(QIODevice::ReadOnly)) QTest::newRow("a real pth") << real.readAll();
}

void TestHostileDamage::turnedBits()
{
    QFETCH(QByteArray, file);
    const int rounds = file.size() < 10'000 ? 10'000 : 1000;
    const Tally tally = openWithTurnedBits(file.toStdString(), rounds, 12'000, 1);
    QCOMPARE(tally.loaded + tally.refused, rounds);
    QVERIFY(tally.refused > rounds / 10); // the structure was hit
    QVERIFY(tally.loaded > rounds / 100); // and sometimes only the weights
}

void TestHostileDamage::turnedBitsOfAVocabulary()
{
    const QString path = m_folder.filePath(QStringLiteral("vocab"));
    std::mt19937 random(1);
    for (int round = 0; round < 500; ++round) {
        std::string turned = vocabulary();
        for (unsigned i = 0; i <= random() % 4; ++i)
            turned[random() % turned.size()] ^= static_cast<char>(1 << random() % 8);
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(turned.data(), qsizetype(turned.size()));
        file.close();
        const ErrorCode code = errorOf([&] { openTokenizer(path.toStdString()); }).code();
        QVERIFY(code == ErrorCode::None || code == ErrorCode::BadTokenizer);
    }
}

/// The header and the last bytes are cut byte by byte, the weights between them at 500 places: there the
/// reader sees nothing but the length, which the header disagrees with. With ROOKERY_EVERY_PREFIX set all 7
/// million places are tried (0.2 ms each; set QTEST_FUNCTION_TIMEOUT as well).
void TestHostileDamage::demonstrationModel()
{
    QFile model(QStringLiteral(ROOKERY_SOURCE_DIR "/resources/demo/rookery-demo.safetensors"));
    if (!model.open(QIODevice::ReadOnly)) QSKIP("the demonstration model is not here");
    const std::string file = model.readAll().toStdString();
    QVERIFY(opensSoundly(std::as_bytes(std::span(file))));
    const std::size_t head = 8 + *reinterpret_cast<const std::uint32_t *>(file.data());
    QVERIFY(head < file.size());
    const bool isEvery = qEnvironmentVariableIsSet("ROOKERY_EVERY_PREFIX");
    std::vector<std::size_t> lengths;
    for (std::size_t length = 0; length < file.size();) {
        lengths.push_back(length);
        const bool isDense = isEvery || length < head || length + 200 > file.size();
        length += isDense ? 1 : std::min(file.size() / 500, file.size() - 199 - length);
    }
    const Tally prefixes = openPrefixes(file, lengths, false);
    QCOMPARE(prefixes.loaded, 0);
    const Tally flips = openWithTurnedBits(file, kIsSanitized ? 1000 : 10'000, head, 2);
    QVERIFY(flips.refused > 0 && flips.loaded > 0);
}

QTEST_APPLESS_MAIN(TestHostileDamage)
#include "tst_hostile_damage.moc"
