#include "support/kernel_device.h"

#include <QTest>

#include <cmath>

using namespace kernels;
using namespace test;

namespace
{

using Follow = MixLogits::Follow;
using Rows = std::vector<std::vector<float>>;

struct Mixed {
    std::vector<float> blend;
    std::vector<MixLogits::Voice> voices;
};

struct How {
    std::vector<float> gates;
    bool probabilities = false;
    Follow follow = Follow::Nothing;
    float strength = 0;
};

/// Blends each of `mixes` out of the same voices.
std::vector<Mixed> mixAll(Device &device, const Rows &voices, const std::vector<How> &mixes)
{
    const auto V = static_cast<std::int64_t>(voices.front().size());
    std::vector<float> all;
    std::vector<std::int32_t> rows;
    for (const auto &row : voices) { // voice k is row K - 1 - k
        all.insert(all.begin(), row.begin(), row.end());
        rows.insert(rows.begin(), static_cast<std::int32_t>(rows.size()));
    }
    const auto count = static_cast<std::int64_t>(mixes.size());
    const Floats logits(device, all), blend(device, std::vector<float>(mixes.size() * voices.front().size()));
    const DeviceArray<MixLogits::Voice> told(
        device, std::vector<MixLogits::Voice>(mixes.size() * MixLogits::kMostVoices));
    std::vector<MixLogits::Mix> list;
    for (const How &how : mixes)
        list.push_back({rows.data(), how.gates.data(), static_cast<std::int32_t>(how.gates.size()),
                        how.probabilities, how.follow, how.strength});
    MixLogits op;
    op.logits = logits.view(static_cast<std::int64_t>(voices.size()), V);
    op.mix = list.data();
    op.mixes = static_cast<std::int32_t>(count);
    op.blend = blend.view(count, V);
    op.voice = told.data();
    device.mixLogits(op);
    std::vector<Mixed> results;
    const std::vector<float> blends = blend.host();
    const auto figures = told.host();
    for (std::int64_t m = 0; m < count; ++m) {
        const auto *first = figures.data() + m * MixLogits::kMostVoices;
        results.push_back({{blends.begin() + m * V, blends.begin() + (m + 1) * V},
                           {first, first + mixes[static_cast<std::size_t>(m)].gates.size()}});
    }
    return results;
}

Mixed mix(Device &device, const Rows &voices, const How &how)
{
    return mixAll(device, voices, {how}).front();
}

std::vector<double> logSoftmax(const std::vector<double> &x)
{
    double top = x[0], total = 0;
    for (const double v : x)
        top = std::max(top, v);
    for (const double v : x)
        total += std::exp(v - top);
    std::vector<double> y;
    for (const double v : x)
        y.push_back(v - top - std::log(total));
    return y;
}

std::vector<double> doubles(const std::vector<float> &x) { return {x.begin(), x.end()}; }

double klOf(const std::vector<double> &logP, const std::vector<double> &logQ)
{
    double sum = 0;
    for (std::size_t i = 0; i < logP.size(); ++i)
        sum += std::exp(logP[i]) * (logP[i] - logQ[i]);
    return sum;
}

/// The contract in double precision.
struct Oracle {
    std::vector<double> blend, gates, kl, logSum;

    Oracle(const Rows &voices, const How &how)
        : gates(how.gates.begin(), how.gates.end())
    {
        if (how.follow != Follow::Nothing) follow(voices, how);
        blend = blendOf(voices, how.probabilities);
        for (const auto &row : voices) {
            kl.push_back(klOf(logSoftmax(doubles(row)), logSoftmax(blend)));
            logSum.push_back(static_cast<double>(row[0]) - logSoftmax(doubles(row))[0]);
        }
    }
    std::vector<double> blendOf(const Rows &voices, bool probabilities) const
    {
        std::vector<double> sum(voices.front().size());
        double total = 0;
        for (std::size_t k = 0; k < voices.size(); ++k) {
            const std::vector<double> logP = logSoftmax(doubles(voices[k]));
            total += gates[k];
            for (std::size_t i = 0; i < sum.size(); ++i)
                sum[i] += gates[k] * (probabilities ? std::exp(logP[i]) : static_cast<double>(voices[k][i]));
        }
        for (double &x : sum)
            x = probabilities ? std::log(x / total) : x / total;
        return sum;
    }
    void follow(const Rows &voices, const How &how)
    {
        const std::vector<double> plain = logSoftmax(blendOf(voices, how.probabilities));
        double before = 0, after = 0;
        std::vector<double> moved = gates;
        for (std::size_t k = 0; k < gates.size(); ++k) {
            if (gates[k] <= 0) continue;
            const std::vector<double> logP = logSoftmax(doubles(voices[k]));
            double entropy = 0, top = -1e300;
            for (const double l : logP) {
                entropy -= std::exp(l) * l;
                top = std::max(top, l);
            }
            const double x = how.follow == Follow::Confidence ? -top
                             : how.follow == Follow::Entropy  ? entropy
                                                              : klOf(logP, plain);
            moved[k] = gates[k] * std::exp(-static_cast<double>(how.strength) * x);
            before += gates[k];
            after += moved[k];
        }
        for (std::size_t k = 0; k < gates.size(); ++k)
            if (gates[k] > 0) gates[k] = moved[k] / after * before;
    }
};

Rows someVoices(int count, int V, unsigned seed = 7)
{
    Rows rows;
    for (int k = 0; k < count; ++k)
        rows.push_back(Random(seed + static_cast<unsigned>(k)).normals(static_cast<std::size_t>(V), 4));
    return rows;
}

/// Logits here are below 24 in magnitude: float32 sums of 16 of them err by less than 16 * 24 * 2^-24; a log
/// of a float32 probability by a few ulp of 20.
constexpr double kTolerance = 6e-5;

void compare(const Mixed &found, const Oracle &wanted)
{
    for (std::size_t i = 0; i < wanted.blend.size(); ++i) {
        const double off = std::abs(static_cast<double>(found.blend[i]) - wanted.blend[i]);
        QVERIFY2(
            off < kTolerance * std::max(1.0, std::abs(wanted.blend[i]) / 8),
            qPrintable(QStringLiteral("id %1: %2 for %3").arg(i).arg(found.blend[i]).arg(wanted.blend[i])));
    }
    for (std::size_t k = 0; k < wanted.gates.size(); ++k) {
        QVERIFY(std::abs(static_cast<double>(found.voices[k].gate) - wanted.gates[k]) < 1e-4);
        QVERIFY(std::abs(static_cast<double>(found.voices[k].logSum) - wanted.logSum[k]) < 1e-5);
        const double off = std::abs(static_cast<double>(found.voices[k].kl) - wanted.kl[k]);
        QVERIFY2(off < 2e-4 * std::max(1.0, wanted.kl[k]), qPrintable(QString::number(off)));
    }
}

} // namespace

class TestMixLogits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void agreesWithTheOracle_data();
    void agreesWithTheOracle();
    void copiesTheOnlyVoiceBitByBit_data() { addCodePaths(); }
    void copiesTheOnlyVoiceBitByBit();
    void isTheSameInCompany_data() { addCodePaths(); }
    void isTheSameInCompany();
    void forgivesImpossibleTokens_data() { addCodePaths(); }
    void forgivesImpossibleTokens();
    void tellsNumbersThatAreNone();
};

void TestMixLogits::agreesWithTheOracle_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<int>("width");
    QTest::addColumn<QList<float>>("gates");
    QTest::addColumn<bool>("probabilities");
    QTest::addColumn<int>("follow");
    QTest::addColumn<float>("strength");
    const QList<float> plain{0.7F, 0.3F, 0.5F}, steered{1.5F, -0.5F, 0.25F};
    QList<float> sixteen;
    for (int i = 0; i < 16; ++i)
        sixteen.append(0.1F * float(i));
    for (const char *path : {"plain", "avx2", "avx512"}) {
        const QString name = QString::fromLatin1(path);
        for (const int V : {1, 17, 300, 4097, 9000}) {
            QTest::addRow("%s logits %d", path, V) << name << V << plain << false << 0 << 0.0F;
            QTest::addRow("%s probabilities %d", path, V) << name << V << plain << true << 0 << 0.0F;
        }
        QTest::addRow("%s steered", path) << name << 300 << steered << false << 0 << 0.0F;
        QTest::addRow("%s negative sum", path)
            << name << 300 << QList<float>{-1.5F, 0.5F} << false << 0 << 0.0F;
        QTest::addRow("%s sixteen", path) << name << 300 << sixteen << false << 0 << 0.0F;
        for (int follow = 1; follow <= 3; ++follow)
            for (const float strength : {0.5F, -1.0F}) {
                QTest::addRow("%s follow %d by %g", path, follow, double(strength))
                    << name << 300 << plain << (follow == 2) << follow << strength;
                QTest::addRow("%s follow %d by %g, steered", path, follow, double(strength))
                    << name << 300 << steered << false << follow << strength;
            }
    }
}

void TestMixLogits::agreesWithTheOracle()
{
    QFETCH(QString, path);
    QFETCH(int, width);
    QFETCH(QList<float>, gates);
    QFETCH(bool, probabilities);
    QFETCH(int, follow);
    QFETCH(float, strength);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    const Rows voices = someVoices(int(gates.size()), width);
    const How how{{gates.begin(), gates.end()}, probabilities, static_cast<Follow>(follow), strength};
    compare(mix(*device, voices, how), Oracle(voices, how));
}

void TestMixLogits::copiesTheOnlyVoiceBitByBit()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    const Rows voices = someVoices(3, 5000);
    for (const bool probabilities : {false, true}) {
        const Mixed first = mix(*device, voices, {{1, 0, 0}, probabilities});
        QCOMPARE(first.blend, voices[0]);
        QCOMPARE(first.voices[0].kl, 0.0F);
        QVERIFY(first.voices[1].kl > 0.1F);
        QCOMPARE(mix(*device, voices, {{0, 0, 0.37F}, probabilities, Follow::Entropy, 2}).blend, voices[2]);
    }
}

void TestMixLogits::isTheSameInCompany()
{
    QFETCH(QString, path);
    const auto device = openPath(path, 3), single = openPath(path, 1);
    if (!device) QSKIP("this machine lacks the instructions");
    const Rows voices = someVoices(4, 9001);
    const How how{{0.2F, 0.9F, -0.3F, 0.4F}, false, Follow::Agreement, 1};
    const Mixed alone = mix(*single, voices, how);
    const auto many = mixAll(*device, voices, {{{1, 1, 1, 1}, true}, how, {{0, 1, 0, 0}, false}, how});
    for (const std::size_t i : {std::size_t(1), std::size_t(3)}) {
        QCOMPARE(many[i].blend, alone.blend);
        for (std::size_t k = 0; k < 4; ++k) {
            QCOMPARE(many[i].voices[k].gate, alone.voices[k].gate);
            QCOMPARE(many[i].voices[k].kl, alone.voices[k].kl);
        }
    }
}

void TestMixLogits::forgivesImpossibleTokens()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    Rows voices = someVoices(2, 100);
    voices[0][3] = voices[1][3] = -HUGE_VALF; // nobody says it
    const Mixed mixed = mix(*device, voices, {{0.5F, 0.5F}, true});
    QCOMPARE(mixed.blend[3], -HUGE_VALF);
    Rows without = voices;
    for (auto &row : without)
        row.erase(row.begin() + 3);
    const Oracle wanted(without, {{0.5F, 0.5F}, true});
    for (std::size_t k = 0; k < 2; ++k)
        QVERIFY(std::abs(static_cast<double>(mixed.voices[k].kl) - wanted.kl[k]) < 1e-4);
}

void TestMixLogits::tellsNumbersThatAreNone()
{
    const auto device = openPath(QStringLiteral("plain"));
    Rows voices = someVoices(2, 100);
    voices[1][5] = NAN;
    QVERIFY(std::isnan(mix(*device, voices, {{0.5F, 0.5F}}).blend[5]));
    QCOMPARE(mix(*device, voices, {{1, 0}}).blend, voices[0]); // a voice without a gate spoils nothing
    const Mixed followed = mix(*device, voices, {{1, 1}, false, Follow::Entropy, 1});
    QCOMPARE(followed.voices[0].gate, 1.0F); // no policy can be made of NaN
}

QTEST_APPLESS_MAIN(TestMixLogits)
#include "tst_mix_logits.moc"
