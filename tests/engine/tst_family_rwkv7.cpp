#include "support/model_run.h"
#include "support/shared_data.h"

#include <QFile>
#include <QTest>

#include <cmath>

namespace
{

engine::LoadedModel load(const QString &path, const std::string &strategy)
{
    engine::LoadSpec spec;
    spec.model = path.toStdString();
    spec.strategy = strategy;
    spec.slots = 64;
    return engine::loadModel(spec, {}, {}, {});
}

} // namespace

class TestFamilyRwkv7 : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void matchesThePublishedLogits();
};

/// rwkv.cpp's tiny model and its expected logits: an implementation by other people.
void TestFamilyRwkv7::matchesThePublishedLogits()
{
    const QString model = support::sharedData("tiny/tiny-rwkv-7v0-834K-FP32.pth");
    const QString expected = support::sharedData("tiny/expected-logits-7v0-834K.bin");
    if (model.isEmpty() || expected.isEmpty()) QSKIP("shared/data/tiny is not here");
    QFile file(expected);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray bytes = file.readAll();
    std::vector<float> want(256);
    QCOMPARE(bytes.size(), qsizetype(want.size() * sizeof(float)));
    std::memcpy(want.data(), bytes.constData(), want.size() * sizeof(float));

    engine::LoadedModel m = load(model, "cpu fp32");
    const std::vector<float> all = support::runTokens(m, {34, 105, 110}, 3);
    const std::vector<float> got(all.end() - 256, all.end());
    double worst = 0, errors = 0, magnitudes = 0;
    for (std::size_t i = 0; i < want.size(); ++i) {
        const double error = double(got[i]) - want[i];
        worst = std::max(worst, std::abs(error));
        errors += error * error;
        magnitudes += double(want[i]) * want[i];
    }
    qInfo("max abs error %.3g, relative rms %.3g", worst, std::sqrt(errors / magnitudes));
    QVERIFY2(worst <= 3e-6, qPrintable(QString::number(worst)));
    QVERIFY(std::sqrt(errors / magnitudes) <= 1e-6);
}

QTEST_APPLESS_MAIN(TestFamilyRwkv7)
#include "tst_family_rwkv7.moc"
