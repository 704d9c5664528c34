#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace engine
{

/// A vocabulary that lies in a model file (GGUF: tokenizer.ggml.*), as it stands there: unchecked but for
/// limits on its size.
struct StoredVocabulary {
    std::string model;               ///< "rwkv", "gpt2", "llama", ...
    std::string pre;                 ///< how text is split beforehand: "qwen2", ...; may be empty
    std::vector<std::string> tokens; ///< by id; "rwkv": escaped bytes, "gpt2": mapped bytes
    std::vector<std::int32_t> types; ///< by id: 1 normal, 3 control, 5 unused, 6 byte; may be empty
    std::vector<std::string> merges; ///< "a b", in order of rank; may be empty
    std::vector<float> scores;       ///< by id; may be empty
    std::int64_t bos = -1, eos = -1, eot = -1, pad = -1; ///< ids; -1: not given
    std::string chatTemplate;                            ///< may be empty
};

} // namespace engine
