#include "gui/mixer/mixer_model.h"

#include <QAbstractItemModelTester>
#include <QJsonDocument>
#include <QSignalSpy>
#include <QTest>

#include <random>

using namespace gui;

namespace
{

Mix mixOf(std::initializer_list<double> gates)
{
    Mix mix;
    for (const double gate : gates) {
        MixVoice voice;
        voice.name = QStringLiteral("voice %1").arg(mix.voices.size());
        voice.path = QStringLiteral("/states/%1.pth").arg(mix.voices.size());
        voice.gate = gate;
        mix.voices.push_back(voice);
    }
    return mix;
}

} // namespace

class TestMixerModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isAModel();
    void gatesFollowMuteAndSolo_data();
    void gatesFollowMuteAndSolo();
    void lastVoiceResists();
    void steeringKeepsItsSum();
    void silencingTheLastVoiceIsRefused();
    void onlyLogitsSteerAway();
    void neverBecomesUnsound();
    void normalisesToOne();
    void baseStaysLast();
    void removingSpeaksOn();
    void aGestureIsOneStep();
    void undoneChangesCanBeMadeAgain();
    void keepsItselfInJson();
    void readsOnlySoundMixes_data();
    void readsOnlySoundMixes();
    void lanesHoldAndLead();
    void rwkvInferRequestIsItsOwn();
};

void TestMixerModel::isAModel()
{
    MixerModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.show(mixOf({1, 0.5}));
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.index(1).data(MixerModel::GateRole).toDouble(), 0.5);
    QVERIFY(model.setData(model.index(1), 0.25, MixerModel::GateRole));
    QVERIFY(!model.setData(model.index(1), QStringLiteral("loud"), Qt::EditRole));
    QVERIFY(model.add(QStringLiteral("Base"), {}));
    model.setMeters({{0.5F, 0.1F, 1, true}, {0.5F, 0.1F, 1, true}, {0, 2, 0, true}});
    QCOMPARE(model.index(2).data(MixerModel::KlRole).toFloat(), 2.0F);
    model.remove(0);
    model.move(0, 1);
    model.undo();
    QCOMPARE(model.rowCount(), 3);
}

void TestMixerModel::gatesFollowMuteAndSolo_data()
{
    QTest::addColumn<QVector<int>>("muted");
    QTest::addColumn<QVector<int>>("solo");
    QTest::addColumn<QVector<float>>("gates");
    QTest::newRow("as set") << QVector<int>{} << QVector<int>{} << QVector<float>{1, 0.5F, 0.25F};
    QTest::newRow("muted") << QVector<int>{1} << QVector<int>{} << QVector<float>{1, 0, 0.25F};
    QTest::newRow("solo") << QVector<int>{} << QVector<int>{2} << QVector<float>{0, 0, 0.25F};
    QTest::newRow("two solo") << QVector<int>{} << QVector<int>{0, 1} << QVector<float>{1, 0.5F, 0};
    QTest::newRow("solo and muted") << QVector<int>{0} << QVector<int>{0, 1} << QVector<float>{0, 0.5F, 0};
}

void TestMixerModel::gatesFollowMuteAndSolo()
{
    QFETCH(QVector<int>, muted);
    QFETCH(QVector<int>, solo);
    QFETCH(QVector<float>, gates);
    Mix mix = mixOf({1, 0.5, 0.25});
    for (const int row : muted)
        mix.voices[row].isMuted = true;
    for (const int row : solo)
        mix.voices[row].isSolo = true;
    const std::vector<float> found = mix.gates();
    QCOMPARE(QVector<float>(found.begin(), found.end()), gates);
}

void TestMixerModel::lastVoiceResists()
{
    MixerModel model;
    model.show(mixOf({1, 0}));
    QSignalSpy resisted(&model, &MixerModel::resisted);
    model.setGate(0, 0);
    QCOMPARE(model.voice(0).gate, 0.01);
    QCOMPARE(resisted.size(), 1);
    QVERIFY(!resisted[0][0].toString().isEmpty());
    model.setGate(1, 1);
    model.setGate(0, 0);
    QCOMPARE(model.voice(0).gate, 0.0);
    QCOMPARE(resisted.size(), 1);
}

/// The editor keeps the sum at 0.2 or more beside a negative gate.
void TestMixerModel::steeringKeepsItsSum()
{
    MixerModel model;
    model.show(mixOf({1, 0.5}));
    model.setGate(1, -1);
    QCOMPARE(model.voice(1).gate, -0.8);
    QCOMPARE(model.mix().sum(), 0.2);
    model.setGate(0, 0.5);
    QCOMPARE(model.voice(0).gate, 1.0);
    model.setGate(0, 2);
    model.setGate(1, -1);
    QCOMPARE(model.mix().sum(), 1.0);
}

void TestMixerModel::silencingTheLastVoiceIsRefused()
{
    MixerModel model;
    model.show(mixOf({1, 0}));
    QSignalSpy resisted(&model, &MixerModel::resisted);
    QSignalSpy edited(&model, &MixerModel::edited);
    model.setMuted(0, true);
    model.setSolo(1, true);
    QCOMPARE(resisted.size(), 2);
    QCOMPARE(edited.size(), 0);
    QVERIFY(!model.voice(0).isMuted && !model.voice(1).isSolo);
}

void TestMixerModel::onlyLogitsSteerAway()
{
    MixerModel model;
    model.show(mixOf({1, -0.5}));
    model.setRule(engine::BlendRule::Probabilities);
    QCOMPARE(model.voice(1).gate, 0.0);
    QCOMPARE(model.leastGate(), 0.0);
    QSignalSpy resisted(&model, &MixerModel::resisted);
    model.setGate(1, -0.3);
    QCOMPARE(model.voice(1).gate, 0.0);
    QCOMPARE(resisted.size(), 1);
}

/// Whatever is pressed, what the engine would be told stays what it takes (engine/options.h).
void TestMixerModel::neverBecomesUnsound()
{
    MixerModel model;
    model.show(mixOf({1, 0.5, 0.25, 0}));
    std::mt19937 random(7);
    const auto pick = [&random](int below) { return int(random() % unsigned(below)); };
    for (int step = 0; step < 4000; ++step) {
        const int row = pick(model.rowCount());
        switch (pick(7)) {
        case 0:
        case 1:
        case 2:
            model.setGate(row, pick(301) / 100.0 - 1);
            break;
        case 3:
            model.setMuted(row, pick(2) == 0);
            break;
        case 4:
            model.setSolo(row, pick(2) == 0);
            break;
        case 5:
            model.setRule(engine::BlendRule(pick(2)));
            break;
        default:
            model.normalise();
        }
        double sum = 0;
        for (const float gate : model.mix().gates()) {
            sum += double(gate);
            QVERIFY(gate >= -1 && gate <= 2);
            QVERIFY(gate >= 0 || model.mix().rule == engine::BlendRule::Logits);
        }
        QVERIFY2(sum > 0.009, qPrintable(QStringLiteral("step %1: %2").arg(step).arg(sum)));
    }
}

void TestMixerModel::normalisesToOne()
{
    MixerModel model;
    model.show(mixOf({1, 1, 1}));
    model.normalise();
    QCOMPARE(model.mix().sum(), 1.0);
    QCOMPARE(model.voice(1).gate, 0.33);
    model.show(mixOf({0.5, 0.25}));
    model.setMuted(1, true);
    model.normalise();
    QCOMPARE(model.voice(0).gate, 1.0);
    QCOMPARE(model.voice(1).gate, 0.25); // it is silent
}

void TestMixerModel::baseStaysLast()
{
    MixerModel model;
    model.show(mixOf({1}));
    QVERIFY(model.add(QStringLiteral("Base"), {}));
    QVERIFY(model.add(QStringLiteral("poet"), QStringLiteral("/poet.pth")));
    QVERIFY(!model.add(QStringLiteral("poet"), QStringLiteral("/poet.pth")));
    QVERIFY(!model.add(QStringLiteral("Base"), {}));
    QCOMPARE(model.rowCount(), 3);
    QVERIFY(model.voice(2).isBase());
    model.move(1, 1);
    QVERIFY(model.voice(2).isBase());
    model.move(1, -1);
    QCOMPARE(model.voice(0).name, QStringLiteral("poet"));
    while (model.rowCount() < engine::MixSpec::kMostVoices)
        QVERIFY(model.add(QString::number(model.rowCount()), QString::number(model.rowCount())));
    QVERIFY(!model.add(QStringLiteral("one more"), QStringLiteral("/more.pth")));
}

void TestMixerModel::removingSpeaksOn()
{
    MixerModel model;
    model.show(mixOf({1, 0}));
    model.remove(0);
    QCOMPARE(model.rowCount(), 1);
    QCOMPARE(model.voice(0).gate, 1.0);
    model.remove(0);
    QVERIFY(model.mix().isEmpty());
    QVERIFY(!model.mix().isHeard());
}

void TestMixerModel::aGestureIsOneStep()
{
    MixerModel model;
    model.show(mixOf({1, 0.5}));
    QVERIFY(!model.canUndo());
    model.beginGesture();
    for (const double gate : {0.9, 0.7, 0.4})
        model.setGate(0, gate);
    model.endGesture();
    model.setMuted(1, true);
    model.undo();
    QCOMPARE(model.voice(0).gate, 0.4);
    QVERIFY(!model.voice(1).isMuted);
    model.undo();
    QCOMPARE(model.voice(0).gate, 1.0);
    QVERIFY(!model.canUndo());
}

void TestMixerModel::undoneChangesCanBeMadeAgain()
{
    MixerModel model;
    model.show(mixOf({1, 0.5}));
    QSignalSpy edited(&model, &MixerModel::edited);
    model.remove(1);
    model.undo();
    QCOMPARE(model.rowCount(), 2);
    model.redo();
    QCOMPARE(model.rowCount(), 1);
    model.undo();
    model.setGate(0, 2);
    QVERIFY(!model.canRedo());
    QCOMPARE(edited.size(), 5);
}

void TestMixerModel::keepsItselfInJson()
{
    Mix mix = mixOf({0.6, -0.25});
    mix.name = QStringLiteral("海賊と詩人");
    mix.voices[1].isMuted = true;
    mix.voices[0].isSolo = true;
    mix.policy = {engine::GatePolicy::Kind::Entropy, 1.5F};
    MixVoice base;
    base.name = QStringLiteral("Base");
    base.gate = 0.33;
    mix.voices.push_back(base);
    const Mix read = Mix::fromJson(mix.toJson());
    QVERIFY(read == mix);
    mix.isOn = false;
    QVERIFY(Mix::fromJson(mix.toJson()) == mix);
}

void TestMixerModel::readsOnlySoundMixes_data()
{
    QTest::addColumn<QString>("json");
    QTest::addColumn<int>("voices");
    QTest::newRow("nothing") << "{}" << 0;
    QTest::newRow("no list") << R"({"voices": 7})" << 0;
    QTest::newRow("silent") << R"({"voices": [{"name":"a","state":"/a","gate":0}]})" << 0;
    QTest::newRow("too loud") << R"({"voices": [{"name":"a","state":"/a","gate":1e30}]})" << 1;
    QTest::newRow("twice") << R"({"voices": [{"name":"a","state":"/a"},{"name":"b","state":"/a"}]})" << 1;
    QTest::newRow("negative probabilities")
        << R"({"rule":1,"voices": [{"state":"/a"},{"state":"/b","gate":-0.5}]})" << 0;
    QTest::newRow("base in front") << R"({"voices": [{"name":"Base"},{"name":"a","state":"/a"}]})" << 2;
}

void TestMixerModel::readsOnlySoundMixes()
{
    QFETCH(QString, json);
    QFETCH(int, voices);
    const Mix mix = Mix::fromJson(QJsonDocument::fromJson(json.toUtf8()).object());
    QCOMPARE(mix.voices.size(), voices);
    if (voices == 0) return;
    QVERIFY(mix.isSound());
    QVERIFY(mix.voices.first().gate <= 2);
    if (voices == 2) QVERIFY(mix.voices.last().isBase());
}

/// By the words of engine/options.h: Hold keeps a point's gates, Linear goes straight to the next one's, and
/// behind the last point they stay.
void TestMixerModel::lanesHoldAndLead()
{
    using engine::GateCurve;
    const std::vector<engine::GatePoint> lane = {
        {0, {1, 0}, GateCurve::Hold}, {4, {1, 0}, GateCurve::Linear}, {8, {0, 2}, GateCurve::Linear}};
    const auto first = [&lane](int token) { return laneGates(lane, token)[0]; };
    const auto second = [&lane](int token) { return laneGates(lane, token)[1]; };
    QCOMPARE(first(3), 1.0F);
    QCOMPARE(first(5), 0.75F);
    QCOMPARE(second(5), 0.5F);
    QCOMPARE(second(6), 1.0F);
    QCOMPARE(second(8), 2.0F);
    QCOMPARE(first(1000), 0.0F);
    QVERIFY(laneFromJson(laneToJson(lane), 2) == lane);
    QVERIFY(laneFromJson(laneToJson(lane), 3).empty()); // another number of voices
}

/// The curl example of RWKV-Infer's own README has these fields, weights as strings and the base last.
void TestMixerModel::rwkvInferRequestIsItsOwn()
{
    Mix mix = mixOf({0.3, 0.4});
    mix.name = QStringLiteral("MRSS Test");
    MixVoice base;
    base.name = QStringLiteral("Base");
    base.gate = 0.03;
    mix.voices.push_back(base);
    const QJsonObject body = QJsonDocument::fromJson(rwkvInferRequest(mix).toUtf8()).object();
    QCOMPARE(body.value(QStringLiteral("state_viewname")).toString(), QStringLiteral("MRSS Test"));
    const QJsonArray files = {QStringLiteral("states/0.pth"), QStringLiteral("states/1.pth")};
    const QJsonArray weights = {QStringLiteral("0.3"), QStringLiteral("0.4"), QStringLiteral("0.03")};
    QCOMPARE(body.value(QStringLiteral("state_filenames")).toArray(), files);
    QCOMPARE(body.value(QStringLiteral("state_gatingweight")).toArray(), weights);
    QCOMPARE(body.value(QStringLiteral("contain_originalstate")).toString(), QStringLiteral("True"));
}

QTEST_APPLESS_MAIN(TestMixerModel)
#include "tst_mixer_model.moc"
