#pragma once

#include "engine/model_loader.h"
#include "engine/tokenizers/tokenizer.h"

#include <memory>
#include <string>

namespace engine
{

/// Which vocabulary a model uses.
struct VocabularyChoice {
    static constexpr const char *kBytes = "built in: bytes";
    static constexpr const char *kAbcMusic = "built in: ABC music";
    static constexpr const char *kStored = "in the model file";
    static constexpr const char *kNone = "none"; ///< token ids only

    std::string path;    ///< a file, or one of the above; empty: none was found
    std::string problem; ///< why none was found and where to put one
};

/// Looks for the vocabulary of a model with `rows` tokens, in this order: `chosen` if not empty;
/// `<stem>.vocab.txt` beside the model; `stored` in it, if it fits; the `rwkv_vocab*.txt` beside the model
/// that has the most ids that still fit; `tokenizer.json` beside it, or `20B_tokenizer.json` if that fits;
/// the World vocabulary or 20B_tokenizer.json in `vocab` of the data folder, if they fit. Models with 256
/// rows and no file read bytes, those with at most 128 rows ABC music. `modelPath` may be a folder. Never
/// throws. Source: josStorer/RWKV-Runner (which vocabulary belongs to which number of rows).
VocabularyChoice findVocabulary(const std::string &chosen, const std::string &modelPath, int rows,
                                const EngineOptions &options, const StoredVocabulary *stored = nullptr);

/// The World vocabulary of the data folder, for text without a model. Never throws.
VocabularyChoice worldVocabulary(const EngineOptions &options);
constexpr int kWorldRows = 65536; ///< of every World model

/// Opens a choice. Throws Error(TokenizerMissing) with the problem if there is none, Error(BadTokenizer) if
/// it is damaged or has more ids than `rows`. nullptr for kNone. `stored` is needed for kStored.
std::unique_ptr<Tokenizer> openVocabulary(const VocabularyChoice &choice, int rows,
                                          const StoredVocabulary *stored = nullptr);

} // namespace engine
