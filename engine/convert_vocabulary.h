#pragma once

#include "engine/files/stored_vocabulary.h"
#include "engine/options.h"

#include <optional>
#include <string>

namespace engine
{

class TensorFile;

/// The vocabulary that goes into a GGUF file: that of the source if it has one and none is chosen, else the
/// model's World vocabulary or tokenizer.json. Throws Error(TokenizerMissing, UnsupportedModel).
StoredVocabulary vocabularyFor(const TensorFile &source, const ConvertSpec &spec,
                               const EngineOptions &options);

/// A file that has to lie beside a converted model.
struct BesideFile {
    std::string path, bytes;
};

/// The vocabulary of a model in a format that cannot hold it, unless the output finds the same one by itself:
/// "<stem>.vocab.txt" for one of World's kind, also from within a GGUF file, or "tokenizer.json". Throws
/// Error: CannotWrite if another file has that name and may not be replaced, UnsupportedModel for a
/// vocabulary that only GGUF files hold, TokenizerMissing and BadTokenizer for a chosen one that is not there
/// or is damaged.
std::optional<BesideFile> vocabularyBeside(const TensorFile &source, const ConvertSpec &spec,
                                           const EngineOptions &options);

} // namespace engine
