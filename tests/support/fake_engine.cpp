#include "support/fake_engine.h"

#include <algorithm>
#include <stdexcept>

namespace support
{

namespace ev = engine::event;

FakeEngine::FakeEngine(EventSink sink)
    : m_sink(std::move(sink))
{
    forecastMemory.device = "cpu";
    forecastMemory.weights = 3055ULL << 20;
    forecastMemory.states = 104ULL << 20;
    forecastMemory.workspace = 96ULL << 20;
    forecastMemory.cache = 256ULL << 20;
    forecastMemory.total = 16ULL << 30;
    forecastMemory.free = 9ULL << 30;
}

engine::JobId FakeEngine::last(const std::string &name) const
{
    const auto found =
        std::find_if(commands.rbegin(), commands.rend(), [&](const Command &c) { return c.name == name; });
    return found == commands.rend() ? 0 : found->job;
}

int FakeEngine::count(const std::string &name) const
{
    return int(
        std::count_if(commands.begin(), commands.end(), [&](const Command &c) { return c.name == name; }));
}

void FakeEngine::send(const engine::Event &event) { m_sink(event); }

engine::JobId FakeEngine::open(const std::string &name)
{
    const engine::JobId job = m_nextJob++;
    commands.push_back({name, job});
    m_open.insert(job);
    return job;
}

void FakeEngine::close(engine::JobId job)
{
    if (m_open.erase(job) == 0)
        throw std::logic_error("FakeEngine: job " + std::to_string(job) + " is not open");
}

bool FakeEngine::failsAtOnce(const std::string &name, engine::JobId job)
{
    const auto found = failures.find(name);
    if (found == failures.end()) return false;
    close(job);
    send(ev::Failed{job, found->second});
    return true;
}

void FakeEngine::answer(const engine::Event &event)
{
    if (holdAnswers) return;
    close(engine::jobOf(event));
    send(event);
}

const engine::ModelInfo *FakeEngine::find(const std::string &path) const
{
    const auto found =
        std::find_if(models.begin(), models.end(), [&](const auto &m) { return m.path == path; });
    return found == models.end() ? nullptr : &*found;
}

// --- loading
// -----------------------------------------------------------------------------------------------------

engine::JobId FakeEngine::load(engine::LoadSpec spec)
{
    const engine::JobId job = open("load");
    loads.push_back(std::move(spec));
    if (!failsAtOnce("load", job)) now.loading = true;
    return job;
}

void FakeEngine::loadProgress(engine::LoadPhase phase, std::uint64_t done, std::uint64_t total)
{
    send(ev::LoadProgress{last("load"), phase, done, total});
}

void FakeEngine::finishLoad(double seconds)
{
    const engine::JobId job = last("load");
    close(job);
    const engine::LoadSpec &spec = loads.back();
    const engine::ModelInfo *known = find(spec.model);
    ev::ModelLoaded loaded{job,    known ? *known : sampleDemo(), spec.strategy, forecastMemory, spec.slots,
                           seconds};
    if (loaded.slots == 0) loaded.slots = 64;
    if (loaded.strategy == "cpu") loaded.strategy = "cpu bf16";
    loaded.memory.cache = 0;
    now.loading = false;
    now.loaded = true;
    now.model = loaded.info.name;
    now.strategy = loaded.strategy;
    now.slots = loaded.slots;
    now.memory = loaded.memory;
    send(loaded);
}

engine::JobId FakeEngine::unload()
{
    const engine::JobId job = open("unload");
    close(job);
    if (!now.loaded) {
        send(ev::Failed{job, engine::Error(engine::ErrorCode::NoModel, "no model is loaded")});
        return job;
    }
    const engine::Snapshot before = now;
    now = {};
    now.processBytes = before.processBytes;
    send(ev::ModelUnloaded{job});
    return job;
}

// --- generating
// --------------------------------------------------------------------------------------------------

engine::JobId FakeEngine::generate(engine::GenerateSpec spec)
{
    const engine::JobId job = open("generate");
    requests.push_back(std::move(spec));
    failsAtOnce("generate", job);
    return job;
}

void FakeEngine::start(engine::JobId job, int promptTokens, int cachedTokens, std::uint64_t seed)
{
    m_usage[job].promptTokens = promptTokens;
    m_usage[job].cachedTokens = cachedTokens;
    m_usage[job].promptSeconds = 0.05;
    now.generating += 1;
    send(ev::Started{job, seed, promptTokens, cachedTokens});
}

void FakeEngine::stream(engine::JobId job, const std::string &text, bool thinking, int charactersPerChunk)
{
    const auto isContinuation = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
    std::size_t at = 0;
    while (at < text.size()) {
        std::size_t end = at;
        for (int n = 0; n < charactersPerChunk && end < text.size(); ++n) {
            ++end;
            while (end < text.size() && isContinuation(text[end]))
                ++end;
        }
        ev::TokenChunk chunk{job, text.substr(at, end - at), thinking, {}};
        engine::GeneratedToken token;
        token.token = 1000 + int(at % 1000);
        token.bytes = chunk.text;
        if (job == last("generate") && !requests.empty())
            for (const engine::Voice &voice : requests.back().mix.voices) {
                const std::size_t k = token.voices.size();
                const bool moved = !gates.empty() && gates.back().request == job;
                // Voices take turns, so that pictures have something to colour.
                const bool leads = m_usage[job].generatedTokens / 3 % requests.back().mix.voices.size() == k;
                token.voices.push_back(
                    {moved ? gates.back().gates[k] : voice.gate, leads ? -0.2F : -1.8F, leads ? 0.1F : 0.9F});
            }
        chunk.tokens.push_back(token);
        m_usage[job].generatedTokens += 1;
        m_usage[job].generateSeconds += 0.01;
        now.generatedTokens += 1;
        send(chunk);
        at = end;
    }
}

void FakeEngine::finish(engine::JobId job, engine::FinishReason reason)
{
    close(job);
    const bool keeps = !requests.empty() && requests.back().keepState;
    now.generating = std::max(0, now.generating - 1);
    send(ev::Finished{job, reason, {}, m_usage[job], keeps ? m_nextState++ : 0});
}

void FakeEngine::fail(engine::JobId job, engine::ErrorCode code, const std::string &message)
{
    close(job);
    if (job == last("load")) now.loading = false;
    send(ev::Failed{job, engine::Error(code, message)});
}

void FakeEngine::cancel(engine::JobId job)
{
    cancelled.push_back(job);
    if (m_open.erase(job) == 0) return;
    if (job == last("load")) now.loading = false;
    if (m_usage.count(job)) now.generating = std::max(0, now.generating - 1);
    send(ev::Cancelled{job, m_usage[job], 0});
}

// --- everything else
// ---------------------------------------------------------------------------------------------

engine::JobId FakeEngine::inspect(std::string path)
{
    const engine::JobId job = open("inspect");
    if (failsAtOnce("inspect", job)) return job;
    const engine::ModelInfo *known = find(path);
    if (known)
        answer(ev::ModelInspected{job, *known});
    else
        answer(ev::Failed{job, engine::Error(engine::ErrorCode::FileNotFound, path + ": no such file")});
    return job;
}

engine::JobId FakeEngine::forecast(engine::LoadSpec spec)
{
    const engine::JobId job = open("forecast");
    forecasts.push_back(std::move(spec));
    if (!failsAtOnce("forecast", job)) answer(ev::ForecastReady{job, forecastMemory, forecastFixes});
    return job;
}

engine::JobId FakeEngine::scan(std::vector<std::string> folders)
{
    const engine::JobId job = open("scan");
    scans.push_back(std::move(folders));
    if (failsAtOnce("scan", job) || holdAnswers) return job;
    for (const engine::ModelInfo &info : models) {
        engine::ModelInfo found = info;
        found.tensors.clear();
        send(ev::ModelFound{job, found});
    }
    answer(ev::ScanFinished{job, int(models.size())});
    return job;
}

engine::JobId FakeEngine::scanExtras(std::vector<std::string>)
{
    const engine::JobId job = open("scanExtras");
    if (failsAtOnce("scanExtras", job) || holdAnswers) return job;
    for (const engine::ExtraInfo &info : extras)
        send(ev::ExtraFound{job, info});
    answer(ev::ScanFinished{job, int(extras.size())});
    return job;
}

engine::JobId FakeEngine::saveState(engine::SaveStateSpec spec)
{
    const engine::JobId job = open("saveState");
    saves.push_back(std::move(spec));
    if (!failsAtOnce("saveState", job)) answer(ev::StateSaved{job, saves.back().path, 13U << 20, 214});
    return job;
}

engine::JobId FakeEngine::openState(engine::OpenStateSpec spec)
{
    const engine::JobId job = open("openState");
    openedStates.push_back(spec.path);
    if (!failsAtOnce("openState", job)) answer(ev::StateOpened{job, m_nextState++, 214, {}, spec.path});
    return job;
}

engine::JobId FakeEngine::inspectState(engine::OpenStateSpec spec)
{
    const engine::JobId job = open("inspectState");
    const auto known = states.find(spec.path);
    if (failsAtOnce("inspectState", job)) return job;
    engine::StateInfo info = known == states.end() ? engine::StateInfo{} : known->second;
    info.path = spec.path;
    answer(ev::StateInspected{job, info});
    return job;
}

engine::JobId FakeEngine::exportState(engine::ExportStateSpec spec)
{
    const engine::JobId job = open("exportState");
    if (!failsAtOnce("exportState", job)) answer(ev::StateExported{job, spec.target, 1U << 20, {}});
    return job;
}

void FakeEngine::releaseState(engine::StateId state) { released.push_back(state); }

engine::JobId FakeEngine::setAdapters(std::vector<engine::AdapterUse> uses)
{
    const engine::JobId job = open("setAdapters");
    adapterSets.push_back(uses);
    if (failsAtOnce("setAdapters", job)) return job;
    now.adapters = uses;
    answer(ev::AdaptersSet{job, std::move(uses), {}, 0.1});
    return job;
}

engine::JobId FakeEngine::inspectAdapter(engine::AdapterUse use)
{
    const engine::JobId job = open("inspectAdapter");
    const auto known = adapters.find(use.path);
    if (failsAtOnce("inspectAdapter", job)) return job;
    engine::AdapterInfo info = known == adapters.end() ? engine::AdapterInfo{} : known->second;
    info.path = use.path;
    answer(ev::AdapterInspected{job, info});
    return job;
}

engine::JobId FakeEngine::tokenize(std::string text, std::string)
{
    const engine::JobId job = open("tokenize");
    std::vector<int> tokens; // a token for every four bytes begun
    for (std::size_t i = 0; i < text.size(); i += 4)
        tokens.push_back(int(i));
    if (!failsAtOnce("tokenize", job)) answer(ev::Tokenized{job, tokens});
    return job;
}

engine::JobId FakeEngine::detokenize(std::vector<int> tokens, std::string)
{
    const engine::JobId job = open("detokenize");
    if (!failsAtOnce("detokenize", job)) answer(ev::Detokenized{job, std::string(tokens.size(), 'x')});
    return job;
}

engine::JobId FakeEngine::logits(engine::LogitsSpec spec)
{
    const engine::JobId job = open("logits");
    const std::size_t rows = spec.everyPosition ? spec.tokens.size() : 1;
    if (!failsAtOnce("logits", job))
        answer(ev::LogitsReady{job, 256, std::vector<float>(rows * 256, float(spec.tokens.size()))});
    return job;
}

engine::JobId FakeEngine::embed(engine::EmbedSpec)
{
    const engine::JobId job = open("embed");
    if (!failsAtOnce("embed", job)) answer(ev::EmbeddingReady{job, {0.6F, 0.8F}, 3});
    return job;
}

engine::JobId FakeEngine::bench(engine::BenchSpec)
{
    const engine::JobId job = open("bench");
    failsAtOnce("bench", job);
    return job;
}

engine::JobId FakeEngine::convert(engine::ConvertSpec spec)
{
    const engine::JobId job = open("convert");
    conversions.push_back(spec);
    if (!failsAtOnce("convert", job)) answer(ev::ConvertDone{job, std::move(spec.output), 1 << 20, 32});
    return job;
}

engine::JobId FakeEngine::quality(engine::QualitySpec)
{
    const engine::JobId job = open("quality");
    failsAtOnce("quality", job);
    return job;
}

// --- mixes and state mathematics
// ------------------------------------------------------------------------------------

engine::JobId FakeEngine::setGates(engine::JobId request, std::vector<float> values)
{
    const engine::JobId job = open("setGates");
    gates.push_back({request, values});
    if (failsAtOnce("setGates", job)) return job;
    if (isOpen(request))
        answer(ev::GatesSet{job, request, m_usage[request].generatedTokens, std::move(values)});
    else
        answer(ev::Failed{job, engine::Error(engine::ErrorCode::BadRequest, "the request has ended")});
    return job;
}

engine::JobId FakeEngine::captureState(engine::JobId request)
{
    const engine::JobId job = open("captureState");
    if (failsAtOnce("captureState", job)) return job;
    ev::StateCaptured captured{job, request, {}, m_usage[request].generatedTokens};
    const std::size_t voices = requests.empty() ? 0 : requests.back().mix.voices.size();
    for (std::size_t i = 0; i < std::max<std::size_t>(1, voices); ++i)
        captured.states.push_back(m_nextState++);
    answer(captured);
    return job;
}

engine::JobId FakeEngine::combineStates(engine::CombineStatesSpec spec)
{
    const engine::JobId job = open("combineStates");
    combinations.push_back(spec);
    if (failsAtOnce("combineStates", job)) return job;
    const std::uint64_t bytes = spec.target.empty() ? 0 : 1U << 20;
    answer(ev::StateCombined{job, spec.keep ? m_nextState++ : 0, std::move(spec.target), bytes, {}});
    return job;
}

engine::JobId FakeEngine::measureStates(engine::MeasureStatesSpec spec)
{
    const engine::JobId job = open("measureStates");
    measurements.push_back(std::move(spec));
    if (failsAtOnce("measureStates", job)) return job;
    ev::StatesMeasured measured = figures;
    measured.job = job;
    answer(measured);
    return job;
}

engine::JobId FakeEngine::measureDevices()
{
    const engine::JobId job = open("measureDevices");
    if (failsAtOnce("measureDevices", job)) return job;
    answer(ev::DevicesMeasured{job, cards});
    return job;
}

// --- samples
// -----------------------------------------------------------------------------------------------------

namespace
{

void addTensors(engine::ModelInfo &info)
{
    const auto add = [&info](std::string name, std::vector<std::int64_t> shape) {
        std::uint64_t count = 1;
        for (const std::int64_t d : shape)
            count *= std::uint64_t(d);
        info.tensors.push_back({std::move(name), info.dtype, std::move(shape), 2 * count});
    };
    const std::int64_t c = info.width;
    add("emb.weight", {info.vocabulary, c});
    for (int layer = 0; layer < info.layers; ++layer) {
        const std::string block = "blocks." + std::to_string(layer) + ".";
        for (const char *name :
             {"att.receptance.weight", "att.key.weight", "att.value.weight", "att.output.weight"})
            add(block + name, {c, c});
        add(block + "att.w1", {c, 96});
        add(block + "att.w2", {96, c});
        add(block + "ffn.key.weight", {info.hidden, c});
        add(block + "ffn.value.weight", {c, info.hidden});
    }
    add("head.weight", {info.vocabulary, c});
}

} // namespace

engine::ModelInfo sampleModel(const std::string &path)
{
    engine::ModelInfo info;
    info.path = path;
    const std::size_t slash = path.rfind('/');
    info.name = path.substr(slash == std::string::npos ? 0 : slash + 1);
    info.name = info.name.substr(0, info.name.rfind('.'));
    info.container = "pth";
    info.family = "rwkv7";
    info.dtype = "bf16";
    info.format = "bf16";
    info.fileBytes = 3055062528;
    info.parameters = 1527404544;
    info.layers = 24;
    info.width = 2048;
    info.heads = 32;
    info.headSize = 64;
    info.hidden = 8192;
    info.vocabulary = 65536;
    info.stateBytes = 24UL * 2048 * (256 + 8);
    info.vocabularyFile = "/usr/share/rookery/vocab/rwkv_vocab_v20230424.txt";
    addTensors(info);
    return info;
}

engine::ModelInfo sampleDemo()
{
    engine::ModelInfo info;
    info.path = "demo";
    info.name = "Rookery demonstration model";
    info.container = "safetensors";
    info.family = "rwkv7";
    info.dtype = "fp16";
    info.format = "fp16";
    info.fileBytes = 7340032;
    info.parameters = 3670016;
    info.layers = 6;
    info.width = 192;
    info.heads = 3;
    info.headSize = 64;
    info.hidden = 768;
    info.vocabulary = 1024;
    info.stateBytes = 6UL * 192 * (256 + 8);
    info.vocabularyFile = "/usr/share/rookery/demo/rwkv_vocab_demo.txt";
    addTensors(info);
    return info;
}

} // namespace support
