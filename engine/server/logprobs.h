#pragma once

#include "engine/events.h"
#include "engine/server/json_text.h"

#include <span>

namespace server
{

/// The log-probabilities of chat: {"content": [{token, logprob, bytes, top_logprobs}], "refusal": null}.
OutJson chatLogprobs(std::span<const engine::GeneratedToken> tokens);

/// Those of completions: {tokens, token_logprobs, top_logprobs, text_offset}; the likeliest tokens of a place
/// and the one that is there, so that these may be one more than were asked for. `offset`: of the first one's
/// text, in characters; grows by theirs.
OutJson completionLogprobs(std::span<const engine::GeneratedToken> tokens, std::size_t &offset);

} // namespace server
