// The demonstration model as it is shipped: what it says, and what happens when its file is damaged.
// With ROOKERY_THOROUGH=1 in the environment every prefix of the file is tried and every damaged file is
// loaded completely, which takes many minutes; otherwise a sample that takes seconds.
#include "engine/error.h"
#include "engine/model_loader.h"
#include "engine/weight_store.h"
#include "support/model_run.h"
#include "support/thrown_error.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <random>
#include <set>

using engine::ErrorCode;

namespace
{

const QString kFolder = QStringLiteral(ROOKERY_SOURCE_DIR "/resources/demo/");

QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

bool isThorough() { return qEnvironmentVariableIntValue("ROOKERY_THOROUGH") > 0; }

std::vector<int> ints(const QJsonValue &array)
{
    std::vector<int> values;
    for (const QJsonValue &value : array.toArray())
        values.push_back(value.toInt());
    return values;
}

int likeliest(const float *logits, int count)
{
    return int(std::max_element(logits, logits + count) - logits);
}

/// A failure that a user can be told about: no bug of ours, and it says something.
bool isClean(const engine::Error &error)
{
    return error.code() != ErrorCode::Internal && error.code() != ErrorCode::DeviceLost &&
           !error.message().empty();
}

} // namespace

class TestDemoFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void fitsIntoTheRepository();
    void saysWhatTheReferenceSays_data();
    void saysWhatTheReferenceSays();
    void refusesEveryPrefix();
    void survivesFlippedBits();

private:
    /// Loads as far as `deep` says: names and shapes, or all of it with a first step.
    engine::Error errorOfFile(const std::string &path, bool deep) const;

    QByteArray m_bytes;
    engine::EngineOptions m_options;
};

void TestDemoFile::initTestCase()
{
    m_bytes = contents(kFolder + "rookery-demo.safetensors");
    if (m_bytes.isEmpty()) QSKIP("resources/demo/rookery-demo.safetensors is not here");
    m_options.threads = 1;
}

engine::Error TestDemoFile::errorOfFile(const std::string &path, bool deep) const
{
    engine::LoadSpec spec;
    spec.model = path;
    spec.vocabulary = (kFolder + "rwkv_vocab_demo.txt").toStdString();
    spec.slots = 1;
    if (!deep) return support::errorOf([&] { engine::forecastLoad(spec, m_options); });
    return support::errorOf([&] { engine::loadModel(spec, m_options, {}, {}); });
}

void TestDemoFile::fitsIntoTheRepository() { QVERIFY(m_bytes.size() <= 8'000'000); }

void TestDemoFile::saysWhatTheReferenceSays_data()
{
    QTest::addColumn<QJsonObject>("golden");
    const QJsonArray cases =
        QJsonDocument::fromJson(contents(kFolder + "golden.json")).object()["cases"].toArray();
    QVERIFY(!cases.isEmpty());
    for (qsizetype i = 0; i < cases.size(); ++i)
        QTest::addRow("prompt %d", int(i)) << cases[i].toObject();
}

/// golden.json was made by resources/demo/reference.py in float64.
void TestDemoFile::saysWhatTheReferenceSays()
{
    QFETCH(QJsonObject, golden);
    engine::LoadSpec spec;
    spec.model = (kFolder + "rookery-demo.safetensors").toStdString();
    spec.slots = 1;
    engine::LoadedModel m = engine::loadModel(spec, m_options, {}, {});
    const std::vector<int> ids = ints(golden["ids"]), greedy = ints(golden["greedy"]);
    QCOMPARE(m.tokenizer->encode(golden["prompt"].toString().toStdString()), ids);
    QCOMPARE(QString::fromStdString(m.tokenizer->decode(greedy)), golden["text"].toString());

    const int vocabulary = m.info.vocabulary;
    const auto slot = m.states->acquire().value();
    std::vector<float> logits = support::runStep(m, {{slot, ids}}, {std::int32_t(ids.size()) - 1});
    double magnitude = 0;
    for (const float x : logits)
        magnitude = std::max(magnitude, std::abs(double(x)));
    // The random walk of tst_family_rwkv7: so many roundings lie on the way to a logit.
    const double terms =
        m.info.layers * (5.0 * m.info.width + m.info.hidden + double(ids.size()) * m.info.headSize) +
        m.info.width;
    const QJsonArray want = golden["logits"].toArray();
    QVERIFY(!want.isEmpty());
    for (qsizetype i = 0; i < want.size(); ++i)
        QVERIFY2(
            std::abs(want[i].toDouble() - logits[std::size_t(i)]) <=
                2 * std::sqrt(terms) * 0x1p-24 * magnitude,
            qPrintable(QString("%1: %2, not %3").arg(i).arg(logits[std::size_t(i)]).arg(want[i].toDouble())));
    for (std::size_t i = 0; i < greedy.size(); ++i) {
        const int token = likeliest(logits.data(), vocabulary);
        QVERIFY2(token == greedy[i], qPrintable(QString("token %1").arg(i)));
        logits = support::runStep(m, {{slot, {token}}});
    }
}

/// A file cut anywhere is refused by its reader.
void TestDemoFile::refusesEveryPrefix()
{
    const auto bytes = std::as_bytes(std::span(m_bytes.constData(), std::size_t(m_bytes.size())));
    std::set<std::size_t> lengths;
    const auto whole = engine::TensorFile::openBytes(bytes, "whole");
    const auto addAround = [&](std::size_t length) {
        for (std::size_t near = length < 3 ? 0 : length - 3; near < std::min(length + 3, bytes.size());
             ++near)
            lengths.insert(near);
    };
    for (const engine::TensorEntry &entry : whole->tensors())
        addAround(std::size_t(entry.data - bytes.data()));
    addAround(bytes.size());
    std::mt19937 random(1);
    for (int i = 0; i < 1000; ++i)
        lengths.insert(random() % bytes.size());
    const std::size_t header = std::size_t(whole->tensors().front().data - bytes.data());
    for (std::size_t length = 0; length < header; length += isThorough() ? 1 : 7)
        lengths.insert(length);
    if (isThorough())
        for (std::size_t length = 0; length < bytes.size(); ++length)
            lengths.insert(length);
    for (const std::size_t length : lengths) {
        const engine::Error error =
            support::errorOf([&] { engine::TensorFile::openBytes(bytes.first(length), "cut.safetensors"); });
        QVERIFY2(error.code() == ErrorCode::BadFile || error.code() == ErrorCode::UnknownFormat,
                 qPrintable(QString::number(length)));
        QVERIFY(!error.message().empty());
    }
}

/// 10,000 files with one flipped bit, half of them in the header, where it does more: a clean error or a
/// clean load.
void TestDemoFile::survivesFlippedBits()
{
    QTemporaryDir folder;
    const QString path = folder.filePath("flipped.safetensors");
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadWrite | QIODevice::Unbuffered));
    QCOMPARE(file.write(m_bytes), m_bytes.size());
    quint64 header = 0;
    std::memcpy(&header, m_bytes.constData(), sizeof header);
    std::mt19937 random(2);
    int loaded = 0;
    constexpr int kFlips = 10'000, kDeepEvery = 40;
    for (int i = 0; i < kFlips; ++i) {
        const qsizetype at = qsizetype(random()) % (i % 2 ? m_bytes.size() : qsizetype(header) + 8);
        const char damaged = char(m_bytes[at] ^ (1 << (random() % 8)));
        QVERIFY(file.seek(at) && file.write(&damaged, 1) == 1);
        const bool deep = isThorough() || i % kDeepEvery <= 1;
        const engine::Error error = errorOfFile(path.toStdString(), deep);
        loaded += error.code() == ErrorCode::None;
        QVERIFY2(error.code() == ErrorCode::None || isClean(error),
                 qPrintable(QString("byte %1: %2").arg(at).arg(QString::fromStdString(error.message()))));
        QVERIFY(file.seek(at) && file.write(m_bytes.constData() + at, 1) == 1);
    }
    QVERIFY2(loaded > kFlips / 4 && loaded < kFlips * 3 / 4, qPrintable(QString::number(loaded)));
    QCOMPARE(errorOfFile(path.toStdString(), true).code(), ErrorCode::None); // all flips were undone
}

QTEST_APPLESS_MAIN(TestDemoFile)
#include "tst_demo_file.moc"
