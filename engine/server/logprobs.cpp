#include "engine/server/logprobs.h"

#include <algorithm>
#include <cmath>

namespace server
{
namespace
{

/// JSON has no infinity; OpenAI's clients know this number for it.
double finite(float logprob) { return std::isfinite(logprob) ? double(logprob) : -9999.0; }

OutJson entry(const std::string &bytes, float logprob)
{
    OutJson values = OutJson::array();
    for (const char c : bytes)
        values.push_back(int(static_cast<unsigned char>(c)));
    return {{"token", tokenText(bytes)}, {"logprob", finite(logprob)}, {"bytes", std::move(values)}};
}

/// Characters that begin in these bytes.
std::size_t characters(const std::string &bytes)
{
    return std::size_t(std::count_if(bytes.begin(), bytes.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

} // namespace

OutJson chatLogprobs(std::span<const engine::GeneratedToken> tokens)
{
    OutJson content = OutJson::array();
    for (const auto &token : tokens) {
        OutJson item = entry(token.bytes, token.logprob);
        OutJson &top = item["top_logprobs"] = OutJson::array();
        for (const auto &other : token.top)
            top.push_back(entry(other.bytes, other.logprob));
        content.push_back(std::move(item));
    }
    return {{"content", std::move(content)}, {"refusal", nullptr}};
}

OutJson completionLogprobs(std::span<const engine::GeneratedToken> tokens, std::size_t &offset)
{
    OutJson texts = OutJson::array(), logprobs = OutJson::array(), tops = OutJson::array(),
            offsets = OutJson::array();
    for (const auto &token : tokens) {
        texts.push_back(tokenText(token.bytes));
        const bool isKnown = !std::isnan(token.logprob); // nothing is known of a prompt's first token
        logprobs.push_back(isKnown ? OutJson(finite(token.logprob)) : OutJson());
        OutJson top = OutJson::object();
        for (const auto &other : token.top)
            if (other.token != token.token) top[tokenText(other.bytes)] = finite(other.logprob);
        top[tokenText(token.bytes)] = finite(token.logprob);
        tops.push_back(isKnown ? std::move(top) : OutJson());
        offsets.push_back(offset);
        offset += characters(token.bytes);
    }
    return {{"tokens", std::move(texts)},
            {"token_logprobs", std::move(logprobs)},
            {"top_logprobs", std::move(tops)},
            {"text_offset", std::move(offsets)}};
}

} // namespace server
