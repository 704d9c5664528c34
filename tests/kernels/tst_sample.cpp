#include "support/kernel_device.h"

#include <QTest>

#include <algorithm>
#include <map>
#include <set>

using namespace kernels;
using namespace test;

namespace
{

struct Drawn {
    std::vector<std::int32_t> token, topIds;
    std::vector<float> logprob, topLogprobs;
};

/// Samples rows of `logits` [rows, V].
Drawn sample(Device &device, const std::vector<float> &logits, const std::vector<SampleRow> &rows,
             int vocabulary = 0)
{
    const auto count = static_cast<std::int64_t>(rows.size());
    const auto V = static_cast<std::int64_t>(logits.size()) / count;
    const Floats dLogits(device, logits), logprob(device, std::vector<float>(rows.size()));
    const Ints token(device, std::vector<std::int32_t>(rows.size()));
    const Ints topIds(device, std::vector<std::int32_t>(rows.size() * Sample::kMaxTop));
    const Floats topLogprobs(device, std::vector<float>(rows.size() * Sample::kMaxTop));
    Sample op;
    op.logits = dLogits.view(count, V);
    op.row = rows.data();
    op.rows = static_cast<std::int32_t>(count);
    op.vocabulary = vocabulary > 0 ? vocabulary : static_cast<std::int32_t>(V);
    op.token = token.data();
    op.logprob = logprob.data();
    op.topIds = topIds.data();
    op.topLogprobs = topLogprobs.data();
    device.sample(op);
    return {token.host(), topIds.host(), logprob.host(), topLogprobs.host()};
}

/// Tokens of `draws` draws from one row of logits.
std::vector<std::int32_t> drawMany(Device &device, const std::vector<float> &logits, SampleRow row, int draws)
{
    std::vector<float> all;
    std::vector<SampleRow> rows;
    for (int i = 0; i < draws; ++i) {
        all.insert(all.end(), logits.begin(), logits.end());
        row.drawIndex = static_cast<std::uint64_t>(i);
        rows.push_back(row);
    }
    return sample(device, all, rows).token;
}

/// Probabilities that the contract promises, in double precision, by sorting everything.
std::vector<double> wantedProbabilities(std::vector<double> logits, const SampleRow &row)
{
    const std::size_t V = logits.size();
    const double top = *std::max_element(logits.begin(), logits.end());
    std::vector<double> p(V);
    double total = 0;
    for (std::size_t i = 0; i < V; ++i)
        total += p[i] = std::exp(logits[i] - top);
    for (double &x : p)
        x /= total;
    std::vector<std::size_t> order(V);
    for (std::size_t i = 0; i < V; ++i)
        order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] > p[b]; });
    std::size_t keep = V;
    if (row.topP < 1) {
        double sum = 0;
        for (keep = 0; keep < V;) {
            sum += p[order[keep++]];
            if (sum >= static_cast<double>(row.topP)) break;
        }
    }
    if (row.topK > 0) keep = std::min(keep, static_cast<std::size_t>(row.topK));
    while (row.minP > 0 && keep > 1 && p[order[keep - 1]] < static_cast<double>(row.minP) * p[order[0]])
        --keep;
    order.resize(keep);
    if (row.typicalP < 1) {
        double mass = 0, entropy = 0, sum = 0;
        for (const std::size_t i : order)
            mass += p[i];
        for (const std::size_t i : order)
            entropy -= p[i] / mass * std::log(p[i] / mass);
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return std::abs(-std::log(p[a] / mass) - entropy) < std::abs(-std::log(p[b] / mass) - entropy);
        });
        std::size_t typical = 0;
        while (typical < order.size()) {
            sum += p[order[typical++]] / mass;
            if (sum >= static_cast<double>(row.typicalP)) break;
        }
        order.resize(typical);
    }
    std::vector<double> result(V, 0);
    double left = 0;
    for (const std::size_t i : order)
        left += result[i] = std::pow(p[i], 1 / static_cast<double>(row.temperature));
    for (double &x : result)
        x /= left;
    return result;
}

std::vector<double> doubles(const std::vector<float> &x) { return {x.begin(), x.end()}; }

/// Empty if the draws agree with the probabilities: nothing impossible, and chi-squared within five
/// deviations.
QString disagreement(const std::vector<std::int32_t> &tokens, const std::vector<double> &p)
{
    std::map<std::int32_t, int> counts;
    for (const std::int32_t token : tokens)
        ++counts[token];
    double chi = 0;
    int freedom = -1;
    double restWanted = 0, restFound = 0; // rare ids together
    for (std::size_t i = 0; i < p.size(); ++i) {
        const double want = p[i] * static_cast<double>(tokens.size()),
                     found = counts[static_cast<std::int32_t>(i)];
        if (p[i] == 0 && found > 0) return QStringLiteral("drew %1, which is cut").arg(i);
        if (want < 5) {
            restWanted += want;
            restFound += found;
        } else {
            chi += (found - want) * (found - want) / want;
            ++freedom;
        }
    }
    if (restWanted >= 5) {
        chi += (restFound - restWanted) * (restFound - restWanted) / restWanted;
        ++freedom;
    }
    if (chi > freedom + 5 * std::sqrt(2.0 * freedom) + 5)
        return QStringLiteral("chi-squared %1 with %2 degrees of freedom").arg(chi).arg(freedom);
    return {};
}

SampleRow plainRow(std::uint64_t seed = 42)
{
    SampleRow row;
    row.seed = seed;
    return row;
}

} // namespace

class TestSample : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void followsTheProbabilities_data();
    void followsTheProbabilities();
    void cutsExactlyOverALargeVocabulary_data() { addCodePaths(); }
    void cutsExactlyOverALargeVocabulary();
    void greedyTakesTheFirstOfEquals_data() { addCodePaths(); }
    void greedyTakesTheFirstOfEquals();
    void equalProbabilitiesRankById_data() { addCodePaths(); }
    void equalProbabilitiesRankById();
    void penalisesBiasesAndBans_data() { addCodePaths(); }
    void penalisesBiasesAndBans();
    void reportsLogProbabilitiesOfTheModel_data() { addCodePaths(); }
    void reportsLogProbabilitiesOfTheModel();
    void refusesNaNAndWhereAllIsBanned_data() { addCodePaths(); }
    void refusesNaNAndWhereAllIsBanned();
    void takesInfinityForCertain_data() { addCodePaths(); }
    void takesInfinityForCertain();
    void isTheSameInAnyCompany_data() { addCodePaths(); }
    void isTheSameInAnyCompany();
    void staysInsideTheVocabulary_data() { addCodePaths(); }
    void staysInsideTheVocabulary();
    void drawsOnlyWhatIsAllowed_data() { addCodePaths(); }
    void drawsOnlyWhatIsAllowed();
};

void TestSample::followsTheProbabilities_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<float>("temperature");
    QTest::addColumn<float>("topP");
    QTest::addColumn<int>("topK");
    QTest::addColumn<float>("minP");
    QTest::addColumn<float>("typicalP");
    for (const char *path : kPaths) {
        const QString p = QString::fromLatin1(path);
        if (isEmulator(p) && p != QLatin1String(kFormatsEmulator)) continue;
        QTest::addRow("%s, no cut", path) << p << 1.0F << 1.0F << 0 << 0.0F << 1.0F;
        QTest::addRow("%s, hot", path) << p << 1.7F << 1.0F << 0 << 0.0F << 1.0F;
        QTest::addRow("%s, cold", path) << p << 0.4F << 1.0F << 0 << 0.0F << 1.0F;
        QTest::addRow("%s, top_p", path) << p << 1.0F << 0.71F << 0 << 0.0F << 1.0F;
        QTest::addRow("%s, top_p 0", path) << p << 1.0F << 0.0F << 0 << 0.0F << 1.0F;
        QTest::addRow("%s, top_p hot", path) << p << 2.0F << 0.71F << 0 << 0.0F << 1.0F;
        QTest::addRow("%s, top_k", path) << p << 1.0F << 1.0F << 7 << 0.0F << 1.0F;
        QTest::addRow("%s, top_k of all", path) << p << 1.0F << 1.0F << 1000 << 0.0F << 1.0F;
        QTest::addRow("%s, min_p", path) << p << 1.0F << 1.0F << 0 << 0.21F << 1.0F;
        QTest::addRow("%s, min_p 1", path) << p << 1.0F << 1.0F << 0 << 1.0F << 1.0F;
        QTest::addRow("%s, typical_p", path) << p << 1.0F << 1.0F << 0 << 0.0F << 0.63F;
        QTest::addRow("%s, everything", path) << p << 1.3F << 0.83F << 12 << 0.05F << 0.77F;
    }
}

void TestSample::followsTheProbabilities()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    QFETCH(float, temperature);
    QFETCH(float, topP);
    QFETCH(int, topK);
    QFETCH(float, minP);
    QFETCH(float, typicalP);
    SampleRow row = plainRow();
    row.temperature = temperature;
    row.topP = topP;
    row.topK = topK;
    row.minP = minP;
    row.typicalP = typicalP;
    const int draws = isEmulator(path) ? 30 : 3000;
    for (const int V : {1, 5, 37, 700}) {
        if (isEmulator(path) && V != 37) continue;
        const std::vector<float> logits =
            Random(static_cast<std::uint64_t>(V)).normals(static_cast<std::size_t>(V), 2);
        const QString wrong =
            disagreement(drawMany(*device, logits, row, draws), wantedProbabilities(doubles(logits), row));
        QVERIFY2(wrong.isEmpty(), qPrintable(QStringLiteral("V=%1: ").arg(V) + wrong));
    }
}

void TestSample::cutsExactlyOverALargeVocabulary()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    // Nearly flat, so that what is kept has thousands of ids: a draw outside shows a cut in the wrong place,
    // and many different ids inside show that nothing more was cut.
    const int V = 20000;
    const std::vector<float> logits = Random(3).normals(V, 0.3);
    SampleRow row = plainRow();
    row.topP = 0.5F;
    const std::vector<double> p = wantedProbabilities(doubles(logits), row);
    const std::size_t draws = isEmulator(path) ? 18 : 60;
    const std::vector<std::int32_t> tokens = drawMany(*device, logits, row, static_cast<int>(draws));
    std::set<std::int32_t> different;
    for (const std::int32_t token : tokens) {
        QVERIFY(p[static_cast<std::size_t>(token)] > 0);
        different.insert(token);
    }
    QVERIFY(different.size() > draws * 5 / 6);
}

void TestSample::greedyTakesTheFirstOfEquals()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    SampleRow row = plainRow();
    row.temperature = 0;
    row.topP = 0.3F; // nothing else applies
    for (const int V : {3, 16, 17, 100}) {
        std::vector<float> logits = Random(4).normals(static_cast<std::size_t>(V));
        for (float &x : logits)
            x = std::min(x, 0.5F);
        logits[static_cast<std::size_t>(V - 1)] = 0.75F;
        QCOMPARE(sample(*device, logits, {row}).token[0], V - 1);
        logits[static_cast<std::size_t>(V / 2)] = 0.75F;
        QCOMPARE(sample(*device, logits, {row}).token[0], V / 2);
        for (float &x : logits)
            x = -1000;
        QCOMPARE(sample(*device, logits, {row}).token[0], 0);
    }
}

void TestSample::equalProbabilitiesRankById()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    const std::vector<float> logits(50, 1.25F);
    SampleRow row = plainRow();
    row.topK = 3;
    const int draws = isEmulator(path) ? 10 : 200;
    for (const std::int32_t token : drawMany(*device, logits, row, draws))
        QVERIFY(token >= 0 && token < 3);
    row.topK = 0;
    row.topP = 0.09F; // five of fifty
    std::set<std::int32_t> different;
    for (const std::int32_t token : drawMany(*device, logits, row, 5 * draws))
        different.insert(token);
    QCOMPARE(*different.rbegin(), 4);
    QCOMPARE(different.size(), std::size_t{5});
}

void TestSample::penalisesBiasesAndBans()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    const std::vector<float> logits = Random(5).normals(30, 1.5);
    const std::int32_t seen[] = {3, 7, 29, 1000}, biased[] = {1, 3, -5}, banned[] = {0, 12, 99};
    const float counts[] = {1, 2.5F, 0.25F, 9}, biases[] = {2.5F, -1, 50};
    SampleRow row = plainRow();
    row.presence = 0.4F;
    row.frequency = 0.3F;
    row.repetition = 1.3F;
    row.seenIds = seen;
    row.seenCounts = counts;
    row.seen = 4;
    row.biasIds = biased;
    row.biasValues = biases;
    row.biases = 3;
    row.bannedIds = banned;
    row.banned = 3;
    std::vector<double> changed = doubles(logits);
    changed[0] = changed[12] = -INFINITY;
    changed[1] += 2.5;
    changed[3] -= 1;
    for (int i = 0; i < 3; ++i) {
        double &x = changed[static_cast<std::size_t>(seen[i])];
        x -= 0.4 + static_cast<double>(counts[i]) * 0.3;
        x = x > 0 ? x / 1.3 : x * 1.3;
    }
    const int draws = isEmulator(path) ? 200 : 20000;
    const QString wrong =
        disagreement(drawMany(*device, logits, row, draws), wantedProbabilities(changed, row));
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
    row.temperature = 0;
    const auto best = std::max_element(changed.begin(), changed.end()) - changed.begin();
    QCOMPARE(sample(*device, logits, {row}).token[0], static_cast<std::int32_t>(best));
}

void TestSample::reportsLogProbabilitiesOfTheModel()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    const int V = 5000;
    std::vector<float> logits = Random(6).normals(V, 2);
    logits[77] = logits[4001] = 12; // a tie at the top
    const std::int32_t banned[] = {77};
    SampleRow row = plainRow();
    row.temperature = 0;
    row.topLogprobs = Sample::kMaxTop;
    row.bannedIds = banned;
    row.banned = 1;
    const Drawn drawn = sample(*device, logits, {row});
    double total = 0;
    for (const float x : logits)
        total += std::exp(static_cast<double>(x));
    std::vector<int> order(V);
    for (int i = 0; i < V; ++i)
        order[static_cast<std::size_t>(i)] = i;
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        return logits[static_cast<std::size_t>(a)] > logits[static_cast<std::size_t>(b)];
    });
    for (std::size_t i = 0; i < Sample::kMaxTop; ++i) {
        QCOMPARE(drawn.topIds[i], order[i]);
        const double want = static_cast<double>(logits[static_cast<std::size_t>(order[i])]) - std::log(total);
        QVERIFY(std::abs(static_cast<double>(drawn.topLogprobs[i]) - want) < 20 * kEps * 20);
    }
    QCOMPARE(drawn.token[0], 4001); // raw log-probabilities, although 77 is banned
    QCOMPARE(drawn.logprob[0], drawn.topLogprobs[1]);
}

void TestSample::refusesNaNAndWhereAllIsBanned()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    for (const float temperature : {0.0F, 1.0F})
        for (const std::size_t at : {0, 15, 16, 39}) {
            SampleRow row = plainRow();
            row.temperature = temperature;
            std::vector<float> logits = Random(7).normals(40);
            logits[at] = NAN;
            QCOMPARE(sample(*device, logits, {row}).token[0], -1);
            const std::int32_t all[] = {0, 1, 2};
            row.bannedIds = all;
            row.banned = 3;
            QCOMPARE(sample(*device, {1, 2, 3}, {row}).token[0], -1);
            QCOMPARE(sample(*device, {-INFINITY, -INFINITY}, {plainRow()}).token[0], -1);
        }
}

void TestSample::takesInfinityForCertain()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    std::vector<float> logits = Random(8).normals(40);
    logits[17] = INFINITY;
    logits[3] = -INFINITY;
    for (const float topP : {0.5F, 1.0F}) {
        SampleRow row = plainRow();
        row.topP = topP;
        const Drawn drawn = sample(*device, logits, {row});
        QCOMPARE(drawn.token[0], 17);
        QCOMPARE(drawn.logprob[0], 0.0F);
    }
}

void TestSample::isTheSameInAnyCompany()
{
    QFETCH(QString, path);
    const auto device = openPath(path), single = openPath(path, 1);
    if (!device) QSKIP("this machine lacks the instructions");
    const int V = 999, rows = isEmulator(path) ? 9 : 31;
    Random random(9);
    const std::vector<float> logits = random.normals(V * rows, 3);
    std::vector<SampleRow> how;
    for (int i = 0; i < rows; ++i) {
        SampleRow row = plainRow(static_cast<std::uint64_t>(random.below(1000)));
        row.drawIndex = static_cast<std::uint64_t>(random.below(1000));
        row.temperature = static_cast<float>(random.uniform() * 2);
        row.topP = i % 3 == 0 ? 1.0F : 0.8F;
        row.topK = i % 4 == 0 ? 0 : 20;
        how.push_back(row);
    }
    const Drawn together = sample(*device, logits, how);
    for (int i = 0; i < rows; ++i) {
        const auto at = static_cast<std::size_t>(i);
        const Drawn alone =
            sample(*single, {logits.begin() + i * V, logits.begin() + (i + 1) * V}, {how[at]});
        QCOMPARE(alone.token[0], together.token[at]);
        QCOMPARE(alone.logprob[0], together.logprob[at]);
    }
}

void TestSample::staysInsideTheVocabulary()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    std::vector<float> logits(100, 0);
    for (std::size_t i = 50; i < 100; ++i)
        logits[i] = 20;
    for (const float temperature : {0.0F, 1.0F}) {
        SampleRow row = plainRow();
        row.temperature = temperature;
        row.topLogprobs = 3;
        const Drawn drawn = sample(*device, logits, {row}, 50);
        QVERIFY(drawn.token[0] >= 0 && drawn.token[0] < 50);
        QCOMPARE(drawn.topIds[0], 0);
    }
    sample(*device, {1}, {plainRow()}, 1);
}

/// A mask over words that end in the middle of one, greedy and drawn, together with the other changes.
void TestSample::drawsOnlyWhatIsAllowed()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    constexpr int V = 150, kVocabulary = 140;
    std::vector<float> logits = Random(10).normals(V, 2);
    const std::vector<std::int32_t> allowed{0, 5, 63, 64, 100, 127, 128, 139};
    std::uint64_t mask[3] = {};
    std::vector<double> changed(kVocabulary, -INFINITY);
    for (const std::int32_t id : allowed) {
        mask[id / 64] |= std::uint64_t(1) << (id % 64);
        changed[static_cast<std::size_t>(id)] = static_cast<double>(logits[static_cast<std::size_t>(id)]);
    }
    const std::int32_t biased[] = {64, 65}, banned[] = {5};
    const float biases[] = {1.5F, 1000}; // no bias allows what the mask forbids
    SampleRow row = plainRow();
    row.allowed = mask;
    row.biasIds = biased;
    row.biasValues = biases;
    row.biases = 2;
    row.bannedIds = banned;
    row.banned = 1;
    changed[64] += 1.5;
    changed[5] = -INFINITY;
    std::vector<SampleRow> rows(isEmulator(path) ? 200 : 5000, row);
    std::vector<float> all;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i].drawIndex = i;
        all.insert(all.end(), logits.begin(), logits.end());
    }
    const QString wrong =
        disagreement(sample(*device, all, rows, kVocabulary).token, wantedProbabilities(changed, row));
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong));

    row.temperature = 0;
    const auto best = std::max_element(changed.begin(), changed.end()) - changed.begin();
    SampleRow free = row; // its neighbour is bound to nothing
    free.allowed = nullptr;
    all.resize(2 * V);
    const Drawn drawn = sample(*device, all, {row, free}, kVocabulary);
    QCOMPARE(drawn.token[0], static_cast<std::int32_t>(best));
    QCOMPARE(drawn.token[1], 65);
    const std::uint64_t nothing[3] = {};
    row.allowed = nothing;
    QCOMPARE(sample(*device, logits, {row}, kVocabulary).token[0], -1);
}

QTEST_APPLESS_MAIN(TestSample)
#include "tst_sample.moc"
