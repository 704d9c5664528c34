#pragma once

#include "engine/files/mapped_file.h"
#include "engine/tokenizers/text_splitter.h"
#include "engine/tokenizers/tokenizer.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace engine
{

/// A byte-level BPE vocabulary, whichever file it came from.
struct BpeVocabulary {
    struct Merge {
        int left = 0, right = 0, result = 0; ///< ids
    };
    /// A token found in the text before anything is merged.
    struct Added {
        int id = 0;
        std::string text;
        bool isControl = false;                       ///< "special": never part of plain text
        bool isNormalized = false;                    ///< looked for behind the normalisation
        bool stripsLeft = false, stripsRight = false; ///< takes the white space beside it
    };

    std::vector<std::string> tokens; ///< bytes by id; empty: unused
    std::vector<Merge> merges;       ///< the first is done first
    std::vector<Added> added;
    TextSplitter::Form form = TextSplitter::Form::None;
    std::vector<TextSplitter::Rule> rules;
    bool keepsWholePieces = false; ///< a piece that is a token is not taken apart ("ignore_merges")
    int endOfText = -1;
    ChatTemplateSource chat;

    static constexpr int kMostIds = 1 << 19;
    static constexpr std::size_t kLongestToken = 4096;
};

/// A tokenizer.json and the files beside it; see openHuggingFaceTokenizer(). Throws Error(BadTokenizer).
BpeVocabulary readHuggingFaceVocabulary(const MappedFile &file);

/// Throws Error(BadTokenizer): a byte without a token, a pattern that is no regular expression.
std::unique_ptr<Tokenizer> makeBpeTokenizer(BpeVocabulary vocabulary);

} // namespace engine
