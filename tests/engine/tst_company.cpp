// Seeded text is bit-identical alone and among 31 others: tokens and log-probabilities of the demonstration
// model, alone on an engine with one row and no cache, then in groups of 32 on one with both. With
// ROOKERY_THOROUGH=1 in the environment 1,024 texts in each of three precisions, otherwise 64 in one.
#include "engine/engine.h"
#include "engine/model_loader.h"
#include "support/event_recorder.h"

#include <QtTest>

#include <bit>
#include <filesystem>
#include <map>
#include <memory>
#include <random>

namespace ev = engine::event;
using engine::GenerateSpec;
using engine::JobId;
using engine::StateId;

namespace
{

constexpr int kGroup = 32;

bool isThorough() { return qEnvironmentVariableIntValue("ROOKERY_THOROUGH") > 0; }

/// All that a generation told of its tokens, as bits.
struct Told {
    std::vector<std::uint32_t> bits;
    std::string text;
    bool isFinished = false;

    bool operator==(const Told &) const = default;
};

/// An engine with the demonstration model, and what its generations told.
class World final
{
public:
    World(const std::string &strategy, int slots, std::size_t cacheBytes)
    {
        engine::EngineOptions options;
        options.cacheBytes = cacheBytes;
        m_engine = engine::makeEngine(options, [this](const engine::Event &event) { receive(event); });
        engine::LoadSpec spec;
        spec.model = "demo";
        spec.strategy = strategy;
        spec.slots = slots;
        m_isLoaded = events.waitForEnd(m_engine->load(spec));
        for (const char *name : {"pirate", "butler"}) {
            const JobId job = m_engine->openState({std::string(name)});
            events.waitForEnd(job);
            m_states.push_back(events.one<ev::StateOpened>(job).state);
        }
    }

    bool isLoaded() const { return m_isLoaded && m_states[0] != 0 && m_states[1] != 0; }

    /// `voices`: the gates of pirate, butler and the base, or none.
    JobId start(GenerateSpec spec, const std::vector<float> &voices)
    {
        for (std::size_t i = 0; i < voices.size(); ++i)
            spec.mix.voices.push_back({i < 2 ? m_states[i] : 0, {}, voices[i]});
        return m_engine->generate(std::move(spec));
    }
    Told wait(JobId job)
    {
        events.waitForEnd(job);
        const std::lock_guard lock(m_mutex);
        return m_told[job];
    }

private:
    void receive(const engine::Event &event)
    {
        if (const auto *chunk = std::get_if<ev::TokenChunk>(&event)) {
            const std::lock_guard lock(m_mutex);
            Told &told = m_told[chunk->job];
            told.text += chunk->text;
            for (const auto &token : chunk->tokens) {
                told.bits.push_back(static_cast<std::uint32_t>(token.token));
                told.bits.push_back(std::bit_cast<std::uint32_t>(token.logprob));
                for (const auto &other : token.top)
                    told.bits.push_back(std::bit_cast<std::uint32_t>(other.logprob));
            }
            return; // the recorder keeps only what is waited for
        }
        if (const auto *end = std::get_if<ev::Finished>(&event)) {
            const std::lock_guard lock(m_mutex);
            m_told[end->job].isFinished = true;
        }
        events.record(event);
    }

    support::EventRecorder events;
    std::mutex m_mutex;
    std::map<JobId, Told> m_told; // guarded by m_mutex
    bool m_isLoaded = false;
    std::vector<StateId> m_states;
    std::unique_ptr<engine::Engine> m_engine; ///< last: goes first
};

/// A request unlike the others: its prompt, length, sampling and seed; one in eight is a mix of voices.
struct Case {
    GenerateSpec spec;
    std::vector<float> voices;
};

Case caseOf(std::uint32_t number)
{
    static const std::array<std::string, 5> kPrompts = {
        "The goose", "User: Who are you?\n\nAssistant:", "A raven is",
        "User: Tell me about the lake and the birds.\n\nAssistant:", "One, two,"};
    std::mt19937 random(number);
    Case made;
    GenerateSpec &spec = made.spec;
    if (random() % 4 == 0) // a long text before, of any length: parts of it are in the cache for some
        for (unsigned i = random() % 80; i > 0; --i)
            spec.prompt += "The rook has read this before. ";
    spec.prompt += kPrompts[random() % kPrompts.size()];
    spec.maxTokens = 4 + static_cast<int>(random() % 28);
    spec.topLogprobs = static_cast<int>(random() % 3);
    spec.ignoreEnd = random() % 2 == 0;
    spec.sampling.temperature = 0.5F + 0.1F * static_cast<float>(random() % 10);
    spec.sampling.topP = 0.6F + 0.1F * static_cast<float>(random() % 5);
    spec.sampling.topK = random() % 3 == 0 ? 20 : 0;
    spec.sampling.frequencyPenalty = random() % 3 == 0 ? 0.4F : 0;
    spec.sampling.hasSeed = true;
    spec.sampling.seed = random();
    if (random() % 16 == 0) spec.grammar = {engine::GrammarSpec::Kind::Gbnf, "root ::= [a-z ]{1,40}"};
    if (random() % 8 == 0) made.voices = {0.7F, 0.5F, -0.2F};
    return made;
}

} // namespace

class TestCompany : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void changesNoBit_data();
    void changesNoBit();
};

void TestCompany::changesNoBit_data()
{
    QTest::addColumn<QString>("strategy");
    QTest::addColumn<int>("first");
    QTest::addColumn<int>("count");
    if (!isThorough()) {
        QTest::newRow("fp32") << "cpu fp32" << 0 << 64;
        return;
    }
    for (const char *format : {"fp32", "bf16", "int8"}) // in parts, as a function may take five minutes
        for (int first = 0; first < 1024; first += 64)
            QTest::addRow("%s from %d", format, first) << QStringLiteral("cpu ") + format << first << 64;
}

void TestCompany::changesNoBit()
{
    QFETCH(QString, strategy);
    if (!std::filesystem::exists(std::filesystem::path(engine::dataFolder({})) / "demo" / "states"))
        QSKIP("the demonstration pack is not in the data folder");
    QFETCH(int, first);
    QFETCH(int, count);
    World alone(strategy.toStdString(), 3, 0);
    World among(strategy.toStdString(), kGroup + 8, 64U << 20U);
    QVERIFY(alone.isLoaded() && among.isLoaded());

    int same = 0;
    for (int group = first; group < first + count; group += kGroup) {
        std::vector<JobId> jobs;
        for (int i = 0; i < kGroup; ++i) {
            const Case each = caseOf(std::uint32_t(group + i));
            jobs.push_back(among.start(each.spec, each.voices));
        }
        for (int i = 0; i < kGroup; ++i) {
            const Case each = caseOf(std::uint32_t(group + i));
            const Told wanted = alone.wait(alone.start(each.spec, each.voices));
            QVERIFY2(wanted.isFinished && !wanted.bits.empty(), wanted.text.c_str());
            const bool isSame = among.wait(jobs[std::size_t(i)]) == wanted;
            if (!isSame) qWarning("text %d differs in company", group + i);
            same += isSame;
        }
    }
    qInfo("%d of %d the same", same, count);
    QCOMPARE(same, count);
}

QTEST_GUILESS_MAIN(TestCompany)
#include "tst_company.moc"
