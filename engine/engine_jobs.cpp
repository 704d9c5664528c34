// The facade's quick jobs: files looked at, text to tokens.
#include "engine/catalog.h"
#include "engine/convert.h"
#include "engine/engine_impl.h"
#include "engine/event_progress.h"
#include "engine/extras.h"
#include "engine/vocabulary.h"

#include <utility>

namespace engine
{
JobId EngineImpl::inspect(std::string path)
{
    return post(m_light, [this, path = std::move(path)](JobId job, const std::stop_token &) {
        end(job, event::ModelInspected{job, inspectModel(path, m_options, true)});
    });
}

JobId EngineImpl::forecast(LoadSpec spec)
{
    return post(m_light, [this, spec = std::move(spec)](JobId job, const std::stop_token &) {
        Forecast forecast = forecastLoad(spec, m_options);
        end(job, event::ForecastReady{job, std::move(forecast.memory), std::move(forecast.fixes),
                                      std::move(forecast.memoryByDevice)});
    });
}

std::shared_ptr<const Tokenizer> EngineImpl::tokenizerFor(const std::string &vocabulary) const
{
    if (!vocabulary.empty()) return openTokenizer(vocabulary);
    const auto facts = m_runner.facts();
    if (!facts) return openVocabulary(worldVocabulary(m_options), kWorldRows);
    if (!facts->tokenizer) throw Error(ErrorCode::TokenizerMissing, "the loaded model has no vocabulary");
    return facts->tokenizer;
}

JobId EngineImpl::tokenize(std::string text, std::string vocabulary)
{
    return post(m_light, [this, text = std::move(text),
                          vocabulary = std::move(vocabulary)](JobId job, const std::stop_token &) {
        end(job, event::Tokenized{job, tokenizerFor(vocabulary)->encodeMarked(text)});
    });
}

JobId EngineImpl::detokenize(std::vector<int> tokens, std::string vocabulary)
{
    return post(m_light, [this, tokens = std::move(tokens),
                          vocabulary = std::move(vocabulary)](JobId job, const std::stop_token &) {
        const auto tokenizer = tokenizerFor(vocabulary);
        for (const int token : tokens) {
            if (token < 0 || token >= tokenizer->size())
                throw Error(ErrorCode::BadRequest, "tokens: expected ids from 0 to " +
                                                       std::to_string(tokenizer->size() - 1) + ", found " +
                                                       std::to_string(token));
        }
        end(job, event::Detokenized{job, tokenizer->decode(tokens)});
    });
}

JobId EngineImpl::scan(std::vector<std::string> folders)
{
    return post(m_light, [this, folders = std::move(folders)](JobId job, const std::stop_token &stop) {
        const int files = scanFolders(
            folders, m_options,
            [&](const ModelInfo &info) {
                tell(job, event::ModelFound{job, info});
            },
            stop);
        if (stop.stop_requested()) throw LoadCancelled{};
        end(job, event::ScanFinished{job, files});
    });
}

JobId EngineImpl::scanExtras(std::vector<std::string> folders)
{
    return post(m_light, [this, folders = std::move(folders)](JobId job, const std::stop_token &stop) {
        const int files = findExtras(
            folders, m_options,
            [&](const ExtraInfo &info) {
                tell(job, event::ExtraFound{job, info});
            },
            stop);
        if (stop.stop_requested()) throw LoadCancelled{};
        end(job, event::ScanFinished{job, files});
    });
}

JobId EngineImpl::convert(ConvertSpec spec)
{
    return post(m_heavy, [this, spec = std::move(spec)](JobId job, const std::stop_token &stop) {
        Throttle throttle;
        const Converted converted = convertModel(
            spec, m_options,
            [&](std::uint64_t done, std::uint64_t total) {
                if (throttle.passes()) tell(job, event::ConvertProgress{job, done, total});
            },
            stop);
        end(job, event::ConvertDone{job, spec.output, converted.bytes, converted.tensors});
    });
}

} // namespace engine
