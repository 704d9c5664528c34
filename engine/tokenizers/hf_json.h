#pragma once

#include "engine/files/mapped_file.h"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>
#include <vector>

namespace engine
{

/// tokenizer.json as it is read: the two long lists apart, so that no tree of them is built.
struct HuggingFaceJson {
    std::vector<std::pair<std::string, int>> vocabulary;     ///< model.vocab
    std::vector<std::pair<std::string, std::string>> merges; ///< model.merges, of either notation
    nlohmann::json rest;                                     ///< all else
};

/// Throws Error(BadTokenizer): not JSON, too large, too deep, or lists of another kind.
HuggingFaceJson readHuggingFaceJson(const MappedFile &file);

/// A small JSON file as a tree. Throws Error(BadTokenizer).
nlohmann::json readSmallJson(const MappedFile &file);

} // namespace engine
