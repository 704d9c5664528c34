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
    std::string path;    ///< a file, or kBytes; empty: none was found
    std::string problem; ///< why none was found and where to put one
};

/// Looks for the vocabulary of a model with `rows` tokens, in this order: `chosen` if not empty;
/// `<stem>.vocab.txt` beside the model; the `rwkv_vocab*.txt` beside the model that has the most ids that
/// still fit; World vocabulary in `vocab` of the data folder, if it fits. Models with 256 rows and no file
/// read bytes. Never throws.
VocabularyChoice findVocabulary(const std::string &chosen, const std::string &modelPath, int rows,
                                const EngineOptions &options);

/// The World vocabulary of the data folder, for text without a model. Never throws.
VocabularyChoice worldVocabulary(const EngineOptions &options);
constexpr int kWorldRows = 65536; ///< of every World model

/// Opens a choice. Throws Error(TokenizerMissing) with the problem if there is none, Error(BadTokenizer) if
/// it is damaged or has more ids than `rows`.
std::unique_ptr<Tokenizer> openVocabulary(const VocabularyChoice &choice, int rows);

} // namespace engine
