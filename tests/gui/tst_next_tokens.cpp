// What a mix would say next: the blend by hand, lanes that are kept in a mix, and the table in the window.
#include "gui/chat_controller.h"
#include "gui/main_window.h"
#include "gui/mixer/mix_desk.h"
#include "gui/mixer/mix_preview.h"
#include "gui/mixer/mix_store.h"
#include "gui/mixer/next_tokens.h"
#include "gui/pages/chat_page.h"
#include "gui/widgets/next_token_table.h"
#include "support/extras_world.h"
#include "support/gui_fixture.h"
#include "support/next_tokens_world.h"

#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableWidget>
#include <QTest>
#include <QToolButton>

#include <cmath>

using namespace gui;

namespace
{

Mix mixOf(std::initializer_list<double> gates, engine::BlendRule rule = engine::BlendRule::Logits)
{
    Mix mix;
    mix.rule = rule;
    for (const double gate : gates) {
        MixVoice voice;
        voice.name = QStringLiteral("voice %1").arg(mix.voices.size());
        voice.path = QStringLiteral("/states/%1.pth").arg(mix.voices.size());
        voice.gate = gate;
        mix.voices.push_back(voice);
    }
    return mix;
}

// Two voices over three tokens, with probabilities that a hand can work out: (8 4 4)/16 and (1 1 6)/8.
const std::vector<std::vector<float>> kLogits = {{std::log(8.0F), std::log(4.0F), std::log(4.0F)},
                                                 {0, 0, std::log(6.0F)}};

bool isNear(double a, double b) { return std::abs(a - b) < 1e-6; } // logits are float32

} // namespace

class TestNextTokens : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void blendsProbabilities();
    void blendsLogits();
    void followsThePolicy();
    void followsTheLaneBeforeTheFaders();
    void hasNothingToSay();
    void lanesAreSavedWithTheMix();
    void lanesThatMakeNoSenseAreLeftOut();
    void anotherDeskDropsTheLane();
    void answersFollowTheLaneUntilAHandMoves();
    void showsTokensBeforeAnythingIsSaid();
    void readsOnlyWhileItIsWanted();
    void holdsNothingOfWhatItDropped();

private:
    void openWindow();
    template <typename Widget>
    Widget *find(const char *name) const
    {
        for (auto *widget : m_window->findChildren<Widget *>(QLatin1String(name)))
            if (widget->isVisible()) return widget;
        return nullptr;
    }

    std::unique_ptr<support::GuiFixture> m_fixture;
    std::unique_ptr<MainWindow> m_window;
    MixDesk *m_desk = nullptr;
};

void TestNextTokens::blendsProbabilities()
{
    const auto next = likeliestNext(kLogits, mixOf({0.5, 1.5}, engine::BlendRule::Probabilities), 2);
    QCOMPARE(next.size(), 2);
    QCOMPARE(next[0].id, 2); // (0.5 * 1/4 + 1.5 * 3/4) / 2
    QVERIFY(isNear(next[0].mix, 0.625));
    QVERIFY(isNear(next[0].voices[0], 0.25) && isNear(next[0].voices[1], 0.75));
    QCOMPARE(next[1].id, 0); // (0.5 * 1/2 + 1.5 * 1/8) / 2
    QVERIFY(isNear(next[1].mix, 0.21875));
}

void TestNextTokens::blendsLogits()
{
    // The square roots of the products: 2 sqrt 2, 2, 2 sqrt 6.
    const double sum = std::sqrt(8.0) + 2 + std::sqrt(24.0);
    const auto next = likeliestNext(kLogits, mixOf({1, 1}), 8);
    QCOMPARE(next.size(), 3);
    QCOMPARE(next[0].id, 2);
    QVERIFY(isNear(next[0].mix, std::sqrt(24.0) / sum));
    QVERIFY(isNear(next[1].mix, std::sqrt(8.0) / sum));
    // Away from the second voice: 8^2 / 1, 4^2 / 1, 4^2 / 6.
    const auto steered = likeliestNext(kLogits, mixOf({2, -1}), 1);
    QCOMPARE(steered[0].id, 0);
    QVERIFY(isNear(steered[0].mix, 64 / (64 + 16 + 16.0 / 6)));
}

void TestNextTokens::followsThePolicy()
{
    Mix mix = mixOf({1, 1}, engine::BlendRule::Probabilities);
    mix.policy = {engine::GatePolicy::Kind::Confidence, 1};
    // The likeliest have 1/2 and 3/4: gates 0.8 and 1.2.
    QVERIFY(isNear(likeliestNext(kLogits, mix, 1)[0].mix, (0.8 * 0.25 + 1.2 * 0.75) / 2));
    mix.policy = {engine::GatePolicy::Kind::Entropy, 1};
    const double h1 = 1.5 * std::log(2.0), h2 = 0.25 * std::log(8.0) - 0.75 * std::log(0.75);
    const double f1 = std::exp(-h1), f2 = std::exp(-h2);
    QVERIFY(isNear(likeliestNext(kLogits, mix, 1)[0].mix, (f1 * 0.25 + f2 * 0.75) / (f1 + f2)));
    mix.policy = {engine::GatePolicy::Kind::Agreement, 2};
    const double b[] = {0.3125, 0.1875, 0.5}, p1[] = {0.5, 0.25, 0.25}, p2[] = {0.125, 0.125, 0.75};
    double k1 = 0, k2 = 0;
    for (int i = 0; i < 3; ++i) {
        k1 += p1[i] * std::log(p1[i] / b[i]);
        k2 += p2[i] * std::log(p2[i] / b[i]);
    }
    const double g1 = std::exp(-2 * k1), g2 = std::exp(-2 * k2);
    QVERIFY(isNear(likeliestNext(kLogits, mix, 1)[0].mix, (g1 * 0.25 + g2 * 0.75) / (g1 + g2)));
}

void TestNextTokens::followsTheLaneBeforeTheFaders()
{
    Mix mix = mixOf({1, 1}, engine::BlendRule::Probabilities);
    mix.lane = {{0, {0, 1}}, {5, {1, 0}}};
    QVERIFY(isNear(likeliestNext(kLogits, mix, 1)[0].mix, 0.75));
}

void TestNextTokens::hasNothingToSay()
{
    QVERIFY(likeliestNext({}, mixOf({1, 1}), 8).isEmpty());
    QVERIFY(likeliestNext({kLogits[0]}, mixOf({1, 1}), 8).isEmpty()); // a voice is missing
    QVERIFY(likeliestNext({kLogits[0], {1, 2}}, mixOf({1, 1}), 8).isEmpty());
    QVERIFY(likeliestNext(kLogits, mixOf({1, -1}), 8).isEmpty()); // the sum is 0
}

void TestNextTokens::lanesAreSavedWithTheMix()
{
    QTemporaryDir folder;
    Mix mix = mixOf({1, 0.5});
    mix.lane = {{0, {1, 0.5F}, engine::GateCurve::Linear}, {12, {0.25F, 1.5F}}};
    {
        MixStore store;
        store.setFile(folder.filePath(QStringLiteral("mixes.json")));
        QVERIFY(store.save(QStringLiteral("with a lane"), mix));
    }
    MixStore again;
    again.setFile(folder.filePath(QStringLiteral("mixes.json")));
    QVERIFY(again.find(QStringLiteral("with a lane")));
    QCOMPARE(again.find(QStringLiteral("with a lane"))->lane, mix.lane);
}

void TestNextTokens::lanesThatMakeNoSenseAreLeftOut()
{
    Mix mix = mixOf({1, 0.5});
    for (const std::vector<engine::GatePoint> &lane :
         {std::vector<engine::GatePoint>{{0, {1, -1}}}, std::vector<engine::GatePoint>{{0, {0, 0}}}}) {
        mix.lane = lane;
        QVERIFY(!mix.isLaneSound());
        const Mix read = Mix::fromJson(mix.toJson());
        QVERIFY(read.lane.empty() && read.voices == mix.voices);
    }
    mix.lane = {{0, {1}}}; // of one voice
    QVERIFY(Mix::fromJson(mix.toJson()).lane.empty());
    mix.lane = {{0, {2, -0.5F}}};
    QVERIFY(mix.isLaneSound());
    mix.rule = engine::BlendRule::Probabilities; // nothing can be subtracted
    QVERIFY(!mix.isLaneSound());
}

void TestNextTokens::anotherDeskDropsTheLane()
{
    MixerModel model;
    Mix mix = mixOf({1, 0.5});
    model.show(mix);
    const std::vector<engine::GatePoint> lane = {{0, {1, 0.5F}}, {7, {0, 1}}};
    model.setLane(lane);
    QCOMPARE(model.mix().lane, lane);
    model.setGate(0, 0.3);
    QCOMPARE(model.mix().lane, lane); // a fader may move
    QSignalSpy resisted(&model, &MixerModel::resisted);
    model.add(QStringLiteral("third"), QStringLiteral("/states/third.pth"));
    QVERIFY(model.mix().lane.empty());
    QCOMPARE(resisted.size(), 1);
    model.undo();
    QCOMPARE(model.mix().lane, lane);
    model.setLane({{0, {1}}});
    QCOMPARE(model.mix().lane, lane);
    QCOMPARE(resisted.size(), 2);
}

void TestNextTokens::openWindow()
{
    m_window.reset(); // before what it stands on
    m_fixture = std::make_unique<support::GuiFixture>();
    support::fillExtras(*m_fixture->engine);
    support::fillNextTokens(*m_fixture->engine);
    m_fixture->library->rescan();
    m_window = std::make_unique<MainWindow>(m_fixture->services());
    m_window->resize(1280, 860);
    m_window->show();
    m_desk = &static_cast<ChatPage *>(m_window->page(MainWindow::Chat))->mixDesk();
    m_window->showPage(MainWindow::Mixer);
    engine::LoadSpec demo;
    demo.model = "demo";
    m_fixture->session.load(demo);
    m_fixture->engine->finishLoad();
    QTRY_VERIFY(m_desk->needs().slots > 0);
    QTRY_VERIFY(m_desk->exampleMix());
    m_desk->model().choose(*m_desk->exampleMix());
}

/// The button under the lanes puts what was played into the mix; the next answer is asked for with it.
void TestNextTokens::answersFollowTheLaneUntilAHandMoves()
{
    openWindow();
    support::FakeEngine &engine = *m_fixture->engine;
    m_desk->chats().send(QStringLiteral("Hello"));
    QTRY_VERIFY(m_desk->chats().isGenerating());
    const engine::JobId first = engine.last("generate");
    engine.start(first);
    engine.stream(first, "Ahoy, and a good morning");
    QCoreApplication::processEvents();
    m_desk->model().setGate(0, 0.9);
    QTRY_VERIFY(engine.count("setGates") > 0);
    engine.stream(first, " to you, sailor.");
    engine.finish(first);
    QTRY_VERIFY(!m_desk->chats().isGenerating());
    auto *keep = find<QToolButton>("lanes.keep");
    QVERIFY(keep && keep->isEnabled());
    keep->click();
    const std::vector<engine::GatePoint> lane = m_desk->model().mix().lane;
    QVERIFY(lane.size() >= 2);
    QVERIFY(!keep->isEnabled()); // it is there already
    QVERIFY(find<QToolButton>("mixer.lane"));

    const int before = engine.count("setGates");
    m_desk->chats().send(QStringLiteral("And now?"));
    QTRY_VERIFY(m_desk->chats().isGenerating());
    QCOMPARE(engine.requests.back().mix.lane, lane);
    m_desk->model().setName(QStringLiteral("renamed"));
    QCOMPARE(engine.count("setGates"), before); // no hand has moved a gate
    m_desk->model().setGate(1, 0.11);
    QTRY_COMPARE(engine.count("setGates"), before + 1);

    find<QToolButton>("mixer.lane")->click();
    QVERIFY(m_desk->model().mix().lane.empty());
}

void TestNextTokens::showsTokensBeforeAnythingIsSaid()
{
    openWindow();
    support::FakeEngine &engine = *m_fixture->engine;
    auto *line = find<QLineEdit>("mixer.line");
    line->setText(QStringLiteral("Tell me about the sea."));
    QTRY_VERIFY(find<QTableWidget>("mixer.next.table"));
    QCOMPARE(engine.requests.size(), std::size_t(0)); // nothing was generated
    QCOMPARE(engine.reads.size(), std::size_t(1));
    QCOMPARE(engine.reads[0].messages.back().text, std::string("Tell me about the sea."));
    QCOMPARE(engine.reads[0].mix.voices.size(), std::size_t(2));
    auto *table = find<QTableWidget>("mixer.next.table");
    QCOMPARE(table->columnCount(), 4);
    QTRY_COMPARE(table->item(0, 0)->text(), visibleToken(QStringLiteral(" Ahoy")));
    QTRY_COMPARE(engine.released.size(), std::size_t(2)); // nothing is held behind it

    m_desk->model().setGate(0, 0.0); // the other voice alone, and nothing is read again
    QTRY_COMPARE(table->item(0, 0)->text(), visibleToken(QStringLiteral(" The")));
    QCOMPARE(table->item(0, 1)->text(), table->item(0, 3)->text());
    QCOMPARE(engine.reads.size(), std::size_t(1));
    line->setText(QStringLiteral("And at night?"));
    QTRY_COMPARE(engine.reads.size(), std::size_t(2));
}

void TestNextTokens::readsOnlyWhileItIsWanted()
{
    openWindow();
    support::FakeEngine &engine = *m_fixture->engine;
    find<QToolButton>("mixer.next.show")->setChecked(false);
    find<QLineEdit>("mixer.line")->setText(QStringLiteral("Hello"));
    QTest::qWait(500); // more than the pause in typing
    QVERIFY(engine.reads.empty());
    engine.failures.insert({"read", engine::Error(engine::ErrorCode::QueueFull, "too many wait")});
    find<QToolButton>("mixer.next.show")->setChecked(true);
    QTRY_COMPARE(find<QLabel>("mixer.next.note")->text(), QStringLiteral("too many wait"));
}

/// Cancelled too late: the states are there already.
void TestNextTokens::holdsNothingOfWhatItDropped()
{
    openWindow();
    support::FakeEngine &engine = *m_fixture->engine;
    find<QToolButton>("mixer.next.show")->setChecked(false);
    gui::MixPreview preview(m_fixture->bridge, *m_desk);
    connect(&preview, &gui::MixPreview::changed, &preview, [&preview] {
        if (preview.isReading()) preview.setWanted(false); // before the engine's answer arrives
    });
    preview.setLine(QStringLiteral("Hello"));
    preview.setWanted(true);
    QTRY_COMPARE(engine.reads.size(), std::size_t(1));
    QTRY_COMPARE(engine.released.size(), engine.reads[0].mix.voices.size());
}

QTEST_MAIN(TestNextTokens)
#include "tst_next_tokens.moc"
