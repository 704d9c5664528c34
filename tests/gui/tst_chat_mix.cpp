// Chats that answer with a mix: what the engine is asked, gates that move meanwhile, what is kept.
#include "gui/history_store.h"

#include "chat_world.h"

#include <QSignalSpy>
#include <QTemporaryDir>

#include <cmath>

using namespace gui;
namespace ev = engine::event;

namespace
{

Mix twoVoices()
{
    Mix mix;
    mix.name = QStringLiteral("Pirate and poet");
    for (const auto *name : {"pirate", "poet"}) {
        MixVoice voice;
        voice.name = QLatin1String(name);
        voice.path = QStringLiteral("/pack/%1.pth").arg(voice.name);
        voice.gate = 0.5;
        mix.voices.push_back(voice);
    }
    MixVoice base;
    base.name = QStringLiteral("Base");
    base.gate = 0.25;
    mix.voices.push_back(base);
    return mix;
}

} // namespace

class TestChatMix : public QObject, private ChatWorld
{
    Q_OBJECT

private Q_SLOTS:
    void init() { begin(); }
    void cleanup() { end(); }

    void asksForTheVoices();
    void waitsUntilTheStatesAreOpen();
    void saysWhichStateFails();
    void movesGatesOneAtATime();
    void leavesOtherVoicesForTheNextAnswer();
    void keepsWhoSaidWhat();
    void keepsTheLaneOfAStoppedAnswer();
    void regeneratesWithTheMix();
    void replaysALane();
    void opensStatesAgainForAnotherModel();
    void newChatsGoOnWithTheMix();
    void aStateTakesTheMixesPlace();
    void findsMixAndTraceAfterARestart();

private:
    void ask(const char *text = "Who are you?")
    {
        loadModel();
        m_chats->setMix(twoVoices());
        m_chats->send(QString::fromUtf8(text));
        QVERIFY(waitFor([this] { return m_chats->isGenerating(); }));
    }
    template <typename Condition>
    static bool waitFor(Condition condition)
    {
        return QTest::qWaitFor(condition);
    }
    const engine::GenerateSpec &request() const { return m_engine->requests.back(); }
};

void TestChatMix::asksForTheVoices()
{
    ask();
    QCOMPARE(m_engine->openedStates, (std::vector<std::string>{"/pack/pirate.pth", "/pack/poet.pth"}));
    const engine::MixSpec &mix = request().mix;
    QCOMPARE(mix.voices.size(), std::size_t(3));
    QVERIFY(mix.voices[0].state != 0 && mix.voices[1].state != 0);
    QVERIFY(mix.voices[0].state != mix.voices[1].state);
    QCOMPARE(mix.voices[2].state, engine::StateId(0));
    QCOMPARE(mix.voices[0].gate, 0.5F);
    QCOMPARE(mix.voices[2].gate, 0.25F);
    QCOMPARE(mix.voices[1].name, std::string("poet"));
    QCOMPARE(request().from, engine::StateId(0));
    complete("Ahoy.");
    Mix silent = twoVoices();
    silent.isOn = false;
    m_chats->setMix(silent);
    m_chats->send(QStringLiteral("And now?"));
    QVERIFY(request().mix.voices.empty());
    QCOMPARE(m_engine->openedStates.size(), std::size_t(2)); // each file once
}

void TestChatMix::waitsUntilTheStatesAreOpen()
{
    loadModel();
    m_engine->holdAnswers = true;
    m_chats->setMix(twoVoices());
    m_chats->send(QStringLiteral("Hello"));
    QVERIFY(m_chats->isWaiting());
    QCOMPARE(m_engine->requests.size(), std::size_t(0));
    const engine::JobId poet = m_engine->last("openState");
    m_engine->send(ev::StateOpened{poet, 12, 0, {}, {}});
    QTest::qWait(40);
    QVERIFY(m_chats->isWaiting()); // the other one is still being opened
    m_engine->send(ev::StateOpened{poet - 1, 11, 0, {}, {}});
    QVERIFY(waitFor([this] { return m_chats->isGenerating(); }));
    QCOMPARE(request().mix.voices[0].state, engine::StateId(11));
    QCOMPARE(request().mix.voices[1].state, engine::StateId(12));
}

void TestChatMix::saysWhichStateFails()
{
    loadModel();
    m_engine->failures.emplace("openState",
                               engine::Error(engine::ErrorCode::BadState, "pirate.pth: 24 layers"));
    QSignalSpy failed(m_chats.get(), &ChatController::failed);
    m_chats->setMix(twoVoices());
    m_chats->send(QStringLiteral("Hello"));
    QVERIFY(waitFor([&] { return !failed.isEmpty(); }));
    QVERIFY(!m_chats->isWaiting() && !m_chats->isGenerating());
    QCOMPARE(failed[0][0].value<engine::Error>().code(), engine::ErrorCode::BadState);
}

void TestChatMix::movesGatesOneAtATime()
{
    ask();
    m_engine->start(job());
    m_engine->stream(job(), "Ahoy");
    m_engine->holdAnswers = true;
    Mix mix = twoVoices();
    for (const double gate : {0.6, 0.7, 0.8, 0.9}) {
        mix.voices[0].gate = gate;
        m_chats->setMix(mix);
    }
    QCOMPARE(m_engine->gates.size(), std::size_t(1));
    QCOMPARE(m_engine->gates[0].request, job());
    QCOMPARE(m_engine->gates[0].gates[0], 0.6F);
    m_engine->send(ev::GatesSet{m_engine->last("setGates"), job(), 1, {}});
    QVERIFY(waitFor([this] { return m_engine->gates.size() == 2; }));
    QCOMPARE(m_engine->gates[1].gates[0], 0.9F); // of those that came meanwhile only the newest
    m_engine->send(ev::GatesSet{m_engine->last("setGates"), job(), 2, {}});
    QTest::qWait(40);
    QCOMPARE(m_engine->gates.size(), std::size_t(2));
    mix.voices[1].isMuted = true;
    m_chats->setMix(mix);
    QCOMPARE(m_engine->gates[2].gates[1], 0.0F);
}

void TestChatMix::leavesOtherVoicesForTheNextAnswer()
{
    ask();
    m_engine->start(job());
    Mix mix = twoVoices();
    mix.voices.removeLast();
    mix.voices[0].gate = 2;
    m_chats->setMix(mix);
    QVERIFY(m_engine->gates.empty());
    QCOMPARE(m_chats->runningMix().voices.size(), 3);
}

void TestChatMix::keepsWhoSaidWhat()
{
    ask();
    m_engine->start(job());
    QSignalSpy heard(m_chats.get(), &ChatController::voicesHeard);
    ev::TokenChunk chunk{job(), "Ahoy", false, {}};
    engine::GeneratedToken token;
    token.bytes = "Ahoy";
    token.voices = {
        {0.5F, std::log(0.5F), 0.2F}, {0.5F, std::log(0.25F), 1.5F}, {0.25F, std::log(0.5F), 0.1F}};
    chunk.tokens = {token};
    m_engine->send(chunk);
    QVERIFY(waitFor([&] { return !heard.isEmpty(); }));
    const MixTrace &trace = last().meta.mix.trace;
    QCOMPARE(trace.tokens(), 1);
    QCOMPARE(trace.share(0, 0), 0.5F); // 0.25 of 0.25 + 0.125 + 0.125
    QCOMPARE(trace.kl(0, 1), 1.5F);
    const std::vector<engine::GatePoint> lane = {{0, {0.5F, 0.5F, 0.25F}, engine::GateCurve::Hold},
                                                 {9, {1, 0, 0}, engine::GateCurve::Hold}};
    m_engine->send(ev::Finished{job(), engine::FinishReason::EndOfText, {}, {}, 0, {}, lane});
    QVERIFY(waitFor([this] { return !m_chats->isGenerating(); }));
    QVERIFY(last().meta.mix.lane == lane);
    QVERIFY(last().meta.mix.mix == twoVoices());
}

void TestChatMix::keepsTheLaneOfAStoppedAnswer()
{
    ask();
    m_engine->start(job());
    m_engine->stream(job(), "Ahoy, mate", false, 5);
    QVERIFY(waitFor([this] { return last().meta.mix.trace.tokens() == 2; }));
    m_chats->stop();
    QCOMPARE(last().meta.mix.lane.size(), std::size_t(1));
    QCOMPARE(last().meta.mix.lane[0].gates[2], 0.25F);
}

void TestChatMix::regeneratesWithTheMix()
{
    ask();
    complete("Ahoy.");
    m_chats->regenerate(1);
    QCOMPARE(request().mix.voices.size(), std::size_t(3));
    QVERIFY(request().mix.lane.empty());
    QVERIFY(!request().sampling.hasSeed);
    complete("Arr.");
    m_chats->fork(1);
    QVERIFY(m_chats->mix() == twoVoices());
}

void TestChatMix::replaysALane()
{
    ask();
    m_engine->start(job(), 12, 0, 4711);
    m_engine->stream(job(), "Ahoy");
    m_engine->finish(job());
    QVERIFY(waitFor([this] { return !m_chats->isGenerating(); }));
    Mix other = twoVoices();
    other.rule = engine::BlendRule::Probabilities;
    other.policy = {engine::GatePolicy::Kind::Entropy, 2};
    m_chats->setMix(other);
    const std::vector<engine::GatePoint> lane = {{0, {1, 0, 0}, engine::GateCurve::Linear},
                                                 {8, {0, 1, 0}, engine::GateCurve::Hold}};
    m_chats->rerun(1, lane);
    QCOMPARE(request().sampling.seed, std::uint64_t(4711));
    QVERIFY(request().sampling.hasSeed);
    QVERIFY(request().mix.lane == lane);
    QCOMPARE(request().mix.rule, engine::BlendRule::Logits); // by the mix of the answer
    QCOMPARE(request().mix.policy.kind, engine::GatePolicy::Kind::Off);
    complete("Roses");
    QCOMPARE(m_chats->transcript()->siblingCount(1), 2);
    m_chats->undo();
    QCOMPARE(last().text, QStringLiteral("Ahoy"));
}

void TestChatMix::opensStatesAgainForAnotherModel()
{
    ask();
    complete("Ahoy.");
    const engine::StateId before = request().mix.voices[0].state;
    loadModel();
    QVERIFY(waitFor([&] { return m_engine->released.size() == 2; }));
    m_chats->send(QStringLiteral("Again"));
    QVERIFY(waitFor([this] { return m_engine->requests.size() == 2; }));
    QVERIFY(request().mix.voices[0].state != before);
    QCOMPARE(m_engine->openedStates.size(), std::size_t(4));
}

void TestChatMix::newChatsGoOnWithTheMix()
{
    ask();
    complete("Ahoy.");
    const ChatId first = m_chats->current();
    m_chats->newChat();
    QVERIFY(m_chats->mix() == twoVoices());
    m_chats->setMix({});
    m_chats->send(QStringLiteral("Plain"));
    QVERIFY(request().mix.voices.empty());
    m_chats->select(first);
    QVERIFY(m_chats->mix() == twoVoices()); // each chat has its own
}

void TestChatMix::aStateTakesTheMixesPlace()
{
    loadModel();
    m_chats->setMix(twoVoices());
    QSignalSpy changed(m_chats.get(), &ChatController::mixChanged);
    m_chats->chooseState(QStringLiteral("/pack/butler.pth"));
    QCOMPARE(changed.size(), 1);
    QVERIFY(!m_chats->mix().isHeard());
    QCOMPARE(m_chats->mix().voices.size(), 3);
}

void TestChatMix::findsMixAndTraceAfterARestart()
{
    QTemporaryDir folder;
    m_chats->openFolder(folder.path());
    QSignalSpy opened(m_chats.get(), &ChatController::historyOpened);
    QVERIFY(opened.wait());
    ask();
    m_engine->start(job());
    m_engine->stream(job(), "Ahoy, rose");
    m_engine->finish(job());
    QVERIFY(waitFor([this] { return !m_chats->isGenerating(); }));
    const MessageMix kept = last().meta.mix;
    const ChatId id = m_chats->current();
    end();
    begin();
    QSignalSpy again(m_chats.get(), &ChatController::historyOpened);
    m_chats->openFolder(folder.path());
    QVERIFY(again.wait());
    QSignalSpy read(m_chats.get(), &ChatController::chatRead);
    m_chats->select(id);
    QVERIFY(read.wait());
    QVERIFY(m_chats->mix() == twoVoices());
    QVERIFY(last().meta.mix.mix == kept.mix);
    QVERIFY(last().meta.mix.lane == kept.lane);
    QCOMPARE(last().meta.mix.trace.ends, kept.trace.ends);
}

QTEST_MAIN(TestChatMix)
#include "tst_chat_mix.moc"
