#include "engine/quality.h"

#include "engine/error.h"
#include "engine/model_info.h"
#include "engine/model_loader.h"
#include "engine/weight_store.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace engine
{
namespace
{

constexpr std::uintmax_t kMostTextBytes = std::uintmax_t{256} << 20;
constexpr std::size_t kLogitBytes = std::size_t{32} << 20; ///< of one step and one model

/// The texts of a file: form feeds are between them.
std::vector<std::string> readTexts(const std::string &path)
{
    std::error_code error;
    const std::uintmax_t bytes = std::filesystem::file_size(path, error);
    if (error) throw Error(ErrorCode::FileNotFound, path + ": " + error.message() + ".");
    if (bytes > kMostTextBytes)
        throw Error(ErrorCode::BadRequest, path + ": expected a text of at most " +
                                               bytesText(kMostTextBytes) + ", found " + bytesText(bytes) +
                                               ".");
    std::ifstream file(path, std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(file), {}};
    if (!file && !file.eof()) throw Error(ErrorCode::FileUnreadable, path + ": cannot be read.");
    std::vector<std::string> texts;
    for (std::size_t begin = 0; begin <= all.size();) {
        const std::size_t end = std::min(all.find('\f', begin), all.size());
        if (end > begin) texts.push_back(all.substr(begin, end - begin));
        begin = end + 1;
    }
    return texts;
}

/// One model and what it needs to read one sequence.
class Reader
{
public:
    Reader(LoadedModel &loaded, int rows)
        : m_loaded(loaded)
        , m_states(stateShares(loaded.parts, loaded.model->state()), loaded.model->state(), 1)
        , m_segments(loaded.parts, *loaded.model, m_states, {rows, 1, rows})
        , m_slot(m_states.acquire().value())
    {
        m_segments.streamFrom(*loaded.weights);
    }

    void restart() { m_states.clear(m_slot); }

    /// The logits behind each of the tokens, [tokens, V].
    const std::vector<float> &read(std::span<const int> tokens)
    {
        const std::vector<std::int32_t> rows(tokens.begin(), tokens.end());
        std::vector<std::int32_t> wanted;
        for (std::int32_t i = 0; i < static_cast<std::int32_t>(rows.size()); ++i)
            wanted.push_back(i);
        const std::int32_t start[] = {0, static_cast<std::int32_t>(rows.size())}, slots[] = {m_slot};
        m_segments.forward({rows, start, slots, wanted, 0, {}});
        m_logits.resize(rows.size() * static_cast<std::size_t>(m_loaded.model->dims().vocabulary));
        m_loaded.device().download(m_logits.data(), m_segments.logitRow(0), m_logits.size() * sizeof(float));
        if (const kernels::Device *failed = m_segments.failed())
            throw Error(ErrorCode::DeviceLost, failed->info().id + " failed while it was measured.");
        return m_logits;
    }

private:
    LoadedModel &m_loaded;
    StatePool m_states;
    Segments m_segments;
    StatePool::Slot m_slot;
    std::vector<float> m_logits;
};

/// log(sum(exp(x))) in double precision.
double logSum(std::span<const float> x)
{
    const auto top = static_cast<double>(*std::max_element(x.begin(), x.end()));
    double sum = 0;
    for (const float value : x)
        sum += std::exp(static_cast<double>(value) - top);
    return top + std::log(sum);
}

/// Sums over all predicted tokens.
struct Sums {
    std::uint64_t tokens = 0, agreeing = 0;
    double loss = 0, referenceLoss = 0, divergence = 0;

    /// Logits of both models where `next` follows.
    void add(std::span<const float> p, std::span<const float> q, int next)
    {
        const double logP = logSum(p), logQ = logSum(q);
        const auto at = static_cast<std::size_t>(next);
        referenceLoss += logP - static_cast<double>(p[at]);
        loss += logQ - static_cast<double>(q[at]);
        for (std::size_t i = 0; i < p.size(); ++i) {
            const double log = static_cast<double>(p[i]) - logP;
            divergence += std::exp(log) * (log - (static_cast<double>(q[i]) - logQ));
        }
        agreeing += std::max_element(p.begin(), p.end()) - p.begin() ==
                    std::max_element(q.begin(), q.end()) - q.begin();
        ++tokens;
    }
};

LoadedModel loadFor(const QualitySpec &spec, const std::string &strategy, const EngineOptions &options,
                    const std::stop_token &stop)
{
    LoadSpec load;
    load.model = spec.model;
    load.strategy = strategy;
    load.vocabulary = spec.vocabulary;
    load.slots = 1; // what is measured runs on states of its own
    return loadModel(load, options, {}, stop);
}

/// The strategy that keeps every number of the file: its own type, or fp32 where that has no 16 bits.
std::string referenceFor(const QualitySpec &spec, const EngineOptions &options)
{
    if (!spec.reference.empty()) return spec.reference;
    const auto file = TensorFile::open(resolveModelPath(spec.model, options));
    return kernels::isHigh(mainFormat(*file)) ? "cpu" : "cpu fp32";
}

} // namespace

event::QualityMeasured measureQuality(const QualitySpec &spec, const EngineOptions &options,
                                      const std::function<void(std::uint64_t, std::uint64_t)> &progress,
                                      std::stop_token stop)
{
    const std::vector<std::string> given = readTexts(spec.textFile); // before the models, which take longer
    std::vector<std::vector<int>> texts;
    LoadedModel high = loadFor(spec, referenceFor(spec, options), options, stop);
    LoadedModel low = loadFor(spec, spec.strategy, options, stop);
    std::uint64_t total = 0;
    for (const std::string &text : given) {
        std::vector<int> tokens = low.tokenizer->encode(text);
        if (spec.maxTokens > 0 && total + tokens.size() > static_cast<std::uint64_t>(spec.maxTokens))
            tokens.resize(static_cast<std::size_t>(static_cast<std::uint64_t>(spec.maxTokens) - total));
        total += tokens.size();
        if (tokens.size() > 1) texts.push_back(std::move(tokens));
    }
    if (texts.empty())
        throw Error(ErrorCode::BadRequest, spec.textFile + ": expected a text of at least two tokens.");

    const auto vocabulary = static_cast<std::size_t>(low.model->dims().vocabulary);
    const int rows = static_cast<int>(
        std::clamp<std::size_t>(kLogitBytes / (vocabulary * sizeof(float)), 1, StepLimits::kMaxRows));
    Reader highReader(high, rows), lowReader(low, rows);
    Sums sums;
    std::uint64_t done = 0;
    for (const std::vector<int> &tokens : texts) {
        highReader.restart();
        lowReader.restart();
        for (std::size_t first = 0; first + 1 < tokens.size(); first += static_cast<std::size_t>(rows)) {
            if (stop.stop_requested()) throw LoadCancelled{};
            const std::size_t count = std::min(static_cast<std::size_t>(rows), tokens.size() - 1 - first);
            const std::span<const int> part = std::span(tokens).subspan(first, count);
            const std::vector<float> &p = highReader.read(part), &q = lowReader.read(part);
            for (std::size_t i = 0; i < count; ++i)
                sums.add(std::span(p).subspan(i * vocabulary, vocabulary),
                         std::span(q).subspan(i * vocabulary, vocabulary), tokens[first + i + 1]);
            if (progress) progress(done + first + count, total);
        }
        done += tokens.size();
    }

    const auto count = static_cast<double>(sums.tokens);
    event::QualityMeasured measured{};
    measured.strategy = low.strategy;
    measured.reference = high.strategy;
    measured.tokens = sums.tokens;
    measured.perplexity = std::exp(sums.loss / count);
    measured.referencePerplexity = std::exp(sums.referenceLoss / count);
    measured.meanKl = sums.divergence / count;
    measured.topAgreement = static_cast<double>(sums.agreeing) / count;
    measured.weightBytes = low.weights->ownBytes();
    measured.referenceBytes = high.weights->ownBytes();
    return measured;
}

} // namespace engine
