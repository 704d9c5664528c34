#include "engine/cli/json.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace cli
{

using engine::ErrorCode;
using engine::FinishReason;

namespace
{

/// "line 3, column 5" of the byte that was read last, counted from 1.
std::string placeOf(std::string_view text, std::size_t byte)
{
    const std::string_view before = text.substr(0, std::min(text.size(), byte > 0 ? byte - 1 : 0));
    const auto lines = std::count(before.begin(), before.end(), '\n');
    const auto column = before.size() - (before.rfind('\n') + 1); // without a line end that is 0
    return "line " + std::to_string(lines + 1) + ", column " + std::to_string(column + 1);
}

/// "expected ':', found end of input" of the library's "... - unexpected end of input; expected ':'".
std::string problemOf(std::string_view message)
{
    constexpr std::string_view kFound = " - unexpected ", kExpected = "; expected ";
    const auto found = message.find(kFound), expected = message.rfind(kExpected);
    if (found != std::string_view::npos && expected != std::string_view::npos && found < expected)
        return "expected " + std::string(message.substr(expected + kExpected.size())) + ", found " +
               std::string(message.substr(found + kFound.size(), expected - found - kFound.size()));
    const auto dash = message.find(" - "); // what the reader of words and numbers did not like
    return "expected JSON: " +
           std::string(dash == std::string_view::npos ? message : message.substr(dash + 3));
}

} // namespace

const char *codeName(ErrorCode code)
{
    switch (code) {
    case ErrorCode::None:
        return "none";
    case ErrorCode::FileNotFound:
        return "file_not_found";
    case ErrorCode::FileUnreadable:
        return "file_unreadable";
    case ErrorCode::BadFile:
        return "bad_file";
    case ErrorCode::UnknownFormat:
        return "unknown_format";
    case ErrorCode::UnsupportedModel:
        return "unsupported_model";
    case ErrorCode::BadModel:
        return "bad_model";
    case ErrorCode::TokenizerMissing:
        return "tokenizer_missing";
    case ErrorCode::BadTokenizer:
        return "bad_tokenizer";
    case ErrorCode::BadStrategy:
        return "bad_strategy";
    case ErrorCode::DeviceUnusable:
        return "device_unusable";
    case ErrorCode::DeviceLost:
        return "device_lost";
    case ErrorCode::OutOfMemory:
        return "out_of_memory";
    case ErrorCode::NoModel:
        return "no_model";
    case ErrorCode::BadRequest:
        return "bad_request";
    case ErrorCode::QueueFull:
        return "queue_full";
    case ErrorCode::BadState:
        return "bad_state";
    case ErrorCode::CannotWrite:
        return "cannot_write";
    case ErrorCode::Internal:
        return "internal";
    }
    return "internal";
}

const char *reasonName(FinishReason reason)
{
    switch (reason) {
    case FinishReason::Stop:
        return "stop";
    case FinishReason::Length:
        return "length";
    case FinishReason::EndOfText:
        return "end";
    case FinishReason::ContextFull:
        return "context_full";
    }
    return "stop";
}

nlohmann::json parseJson(std::string_view text, const std::string &name)
{
    try {
        return nlohmann::json::parse(text);
    } catch (const nlohmann::json::parse_error &error) {
        throw engine::Error(ErrorCode::BadRequest,
                            name + ": " + placeOf(text, error.byte) + ": " + problemOf(error.what()));
    }
}

nlohmann::ordered_json toJson(const engine::ModelInfo &info, bool withTensors)
{
    nlohmann::ordered_json json{
        {"path", info.path},
        {"name", info.name},
        {"container", info.container},
        {"family", info.family},
        {"dtype", info.dtype},
        {"file_bytes", info.fileBytes},
        {"parameters", info.parameters},
        {"layers", info.layers},
        {"width", info.width},
        {"heads", info.heads},
        {"head_size", info.headSize},
        {"hidden", info.hidden},
        {"vocabulary", info.vocabulary},
        {"state_bytes", info.stateBytes},
        {"has_state", info.hasState},
        {"context_tokens", info.contextTokens},
        {"token_bytes", info.tokenBytes},
        {"vocabulary_file", info.vocabularyFile},
        {"problem", info.problem},
    };
    if (!withTensors) return json;
    auto &tensors = json["tensors"] = nlohmann::ordered_json::array();
    for (const auto &tensor : info.tensors) {
        tensors.push_back({{"name", tensor.name},
                           {"dtype", tensor.dtype},
                           {"shape", tensor.shape},
                           {"bytes", tensor.bytes}});
    }
    return json;
}

nlohmann::ordered_json toJson(const engine::Usage &usage)
{
    return {
        {"prompt_tokens", usage.promptTokens},       {"cached_tokens", usage.cachedTokens},
        {"generated_tokens", usage.generatedTokens}, {"wait_seconds", usage.waitSeconds},
        {"prompt_seconds", usage.promptSeconds},     {"generate_seconds", usage.generateSeconds},
    };
}

} // namespace cli
