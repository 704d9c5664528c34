#pragma once

#include "engine/server/service.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace server
{

/// How likely the tokens of a prompt are, for `echo` with `logprobs`: its logits are asked for a part at a
/// time, at most 64 MiB of them, each part behind the state that the one before led to. Thread: the server's.
class PromptScores final : public std::enable_shared_from_this<PromptScores>
{
public:
    /// As many as the prompts of one request may have: each score keeps some kilobytes.
    static constexpr std::size_t kMostTokens = 16384;

    struct Asked {
        std::string text;        ///< or
        std::vector<int> tokens; ///< instead
        HeldStatePtr from;       ///< what it is read behind; nullptr: nothing
        int top = 0;             ///< likeliest tokens to tell of each place
        std::size_t before = 0;  ///< tokens of the same request that were scored already
    };
    /// One a token. The first one's log-probability is NaN: nothing tells what was expected there.
    using Done = std::function<void(std::vector<engine::GeneratedToken>)>;

    PromptScores(Service &service, ExchangePtr exchange, Asked asked, Done done);
    ~PromptScores();
    PromptScores(const PromptScores &) = delete;
    PromptScores &operator=(const PromptScores &) = delete;

    /// Failures answer the exchange; the client leaving ends it. Throws ApiError 429, 503.
    void run();

private:
    template <class T, class Then>
    void wait(engine::JobId job, Then then);
    void readNext();
    void addScores(const engine::event::LogitsReady &ready);
    void score(std::size_t place, const float *logits, std::size_t count);
    void name();
    void named(int token, const std::string &bytes);

    Service &m_service;
    const ExchangePtr m_exchange;
    Asked m_asked;
    const Done m_done;
    engine::JobId m_job = 0;
    std::size_t m_at = 0, m_part = 0;
    std::vector<engine::GeneratedToken> m_scores;
    std::map<int, std::string> m_names;
    std::size_t m_named = 0;
};

} // namespace server
