// Thousands of random commands from several threads: every job ends once, and its events are in order.
#include "support/fake_world.h"

#include <QtTest>

#include <random>
#include <set>
#include <thread>

namespace ev = engine::event;
using engine::GenerateSpec;
using engine::JobId;
using support::FakeWorld;

namespace
{

constexpr int kCommandsPerThread = 1000;

GenerateSpec randomGeneration(std::mt19937 &random)
{
    GenerateSpec spec;
    spec.prompt =
        std::string(1 + random() % (random() % 10 ? 40 : 2000), static_cast<char>('a' + random() % 3));
    spec.maxTokens = static_cast<int>(random() % 30);
    spec.topLogprobs = static_cast<int>(random() % 4) - 1;
    spec.sampling.temperature = random() % 2 ? 0 : 1;
    spec.sampling.frequencyPenalty = random() % 2 ? 0 : 0.5F;
    spec.keepState = random() % 8 == 0;
    spec.stopStrings = {"ab", "q"};
    spec.from = random() % 20 ? 0 : random() % 50;
    if (random() % 30 == 0) spec.sampling.topP = 7; // refused
    if (random() % 6 == 0) {
        spec.from = 0;
        const auto voices = 1 + random() % 9; // 9 are refused
        for (unsigned i = 0; i < voices; ++i)
            spec.mix.voices.push_back(
                {random() % 20 ? 0 : random() % 50, {}, 0.5F * static_cast<float>(random() % 4)});
        spec.mix.policy.kind = static_cast<engine::GatePolicy::Kind>(random() % 4);
    }
    return spec;
}

/// One client: submits, cancels, loads and unloads at random. Returns its jobs.
std::vector<JobId> client(engine::Engine &engine, unsigned seed, const std::string &folder)
{
    std::mt19937 random(seed);
    std::vector<JobId> jobs;
    const auto load = [&] {
        engine::LoadSpec spec;
        spec.model = std::array{"one", "two", "broken"}[random() % 3];
        return engine.load(spec);
    };
    for (int i = 0; i < kCommandsPerThread; ++i) {
        const auto dice = random() % 100;
        if (dice < 60) {
            jobs.push_back(engine.generate(randomGeneration(random)));
        } else if (dice < 85) {
            if (!jobs.empty())
                engine.cancel(jobs[jobs.size() - 1 - random() % std::min<std::size_t>(jobs.size(), 20)]);
        } else if (dice < 87) {
            jobs.push_back(load());
        } else if (dice < 88) {
            jobs.push_back(engine.unload());
        } else if (dice < 91) {
            jobs.push_back(
                engine.logits({{1, 2, 3, 4, 5}, static_cast<int>(random() % 3), random() % 2 == 0}));
        } else if (dice < 94) {
            engine::SaveStateSpec save;
            save.path = folder + "/" + std::to_string(random() % 3) + ".state";
            save.request.prompt = "some words";
            save.state = random() % 2 ? 0 : random() % 50;
            jobs.push_back(engine.saveState(save));
        } else if (dice < 96) {
            jobs.push_back(engine.openState(folder + "/" + std::to_string(random() % 3) + ".state"));
        } else if (dice < 97) {
            jobs.push_back(engine.tokenize("Hello"));
        } else if (dice < 99) {
            const JobId request =
                jobs.empty() ? 1 : jobs[jobs.size() - 1 - random() % std::min<std::size_t>(jobs.size(), 20)];
            jobs.push_back(engine.setGates(request, std::vector<float>(1 + random() % 4, 0.3F)));
            jobs.push_back(engine.captureState(request));
        } else {
            engine.releaseState(random() % 50);
            engine.snapshot();
        }
    }
    return jobs;
}

/// What is wrong with the order of a job's events; empty if nothing.
std::string disorder(const std::vector<engine::Event> &events)
{
    std::set<JobId> started, ended;
    for (const engine::Event &event : events) {
        const JobId job = engine::jobOf(event);
        if (ended.count(job) > 0) return "an event after the end of job " + std::to_string(job);
        if (std::holds_alternative<ev::Started>(event) && !started.insert(job).second)
            return "started twice: job " + std::to_string(job);
        const bool needsStart = std::holds_alternative<ev::TokenChunk>(event) ||
                                std::holds_alternative<ev::PromptProgress>(event) ||
                                std::holds_alternative<ev::Finished>(event);
        if (needsStart && started.count(job) == 0) return "not started: job " + std::to_string(job);
        if (support::isTerminal(event)) ended.insert(job);
    }
    return {};
}

} // namespace

class TestEngineRandom : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyJobEndsOnce_data();
    void everyJobEndsOnce();
};

void TestEngineRandom::everyJobEndsOnce_data()
{
    QTest::addColumn<int>("seed");
    QTest::addColumn<bool>("waits");
    for (int seed = 0; seed < 4; ++seed)
        QTest::addRow("seed %d%s", seed, seed % 2 ? ", destroyed while busy" : "") << seed << (seed % 2 == 0);
}

void TestEngineRandom::everyJobEndsOnce()
{
    QFETCH(int, seed);
    QFETCH(bool, waits);
    engine::setLogSink({}); // failures on purpose
    QTemporaryDir folder;
    engine::EngineOptions options;
    options.cacheBytes = 100000; // always overrun
    options.maxQueued = 200;
    auto world = std::make_unique<FakeWorld>(support::FakeSpec(), options);
    QVERIFY(world->load("one"));
    std::vector<JobId> jobs[2];
    {
        std::vector<std::jthread> clients;
        for (unsigned c = 0; c < 2; ++c)
            clients.emplace_back([&, c] {
                jobs[c] =
                    client(*world->engine, static_cast<unsigned>(seed) * 2 + c, folder.path().toStdString());
            });
    }
    if (waits)
        for (const auto &list : jobs)
            for (const JobId job : list)
                QVERIFY(world->events.waitForEnd(job));
    world->engine.reset();

    std::map<JobId, int> ends = world->events.ends();
    std::set<JobId> ids;
    for (const auto &list : jobs) {
        for (const JobId job : list) {
            QVERIFY(ids.insert(job).second);
            QCOMPARE(ends[job], 1);
        }
    }
    QCOMPARE(ends.size(), ids.size() + 1); // and the first load
    const std::string wrong = disorder(world->events.events());
    QVERIFY2(wrong.empty(), wrong.c_str());
}

QTEST_GUILESS_MAIN(TestEngineRandom)
#include "tst_engine_random.moc"
