#include "engine/tokenizers/tokenizer.h"

#include "engine/error.h"
#include "engine/files/printable.h"
#include "engine/files/stored_vocabulary.h"
#include "engine/tokenizers/readers.h"

#include <algorithm>

namespace engine
{

std::string Tokenizer::decode(const std::vector<int> &tokens) const
{
    std::string out;
    for (const int token : tokens)
        out += bytes(token);
    return out;
}

namespace
{

struct Reader {
    bool (*accepts)(std::string_view start); ///< the first bytes of the file, without white space
    std::unique_ptr<Tokenizer> (*open)(const MappedFile &file);
};

/// The first that accepts; the last takes the rest.
constexpr Reader kReaders[] = {
    {[](std::string_view start) { return start.starts_with('{'); }, openHuggingFaceTokenizer},
    {[](std::string_view) { return true; }, openWorldTokenizer},
};

struct StoredKind {
    const char *model;
    std::unique_ptr<Tokenizer> (*make)(const StoredVocabulary &stored);
};

constexpr StoredKind kStoredKinds[] = {{"rwkv", makeWorldTokenizer}, {"gpt2", makeStoredBpeTokenizer}};

} // namespace

std::unique_ptr<Tokenizer> openTokenizer(const std::string &path)
{
    const auto file = MappedFile::open(path);
    std::string start(std::min<std::size_t>(file->size(), 16), '\0');
    file->copyOut(0, std::as_writable_bytes(std::span(start)));
    const std::size_t text = std::min(start.find_first_not_of(" \t\r\n"), start.size());
    const auto *reader = std::ranges::find_if(
        kReaders, [&](const Reader &r) { return r.accepts(std::string_view(start).substr(text)); });
    return reader->open(*file);
}

std::unique_ptr<Tokenizer> makeTokenizer(const StoredVocabulary &stored)
{
    const auto *kind = std::ranges::find(kStoredKinds, std::string_view(stored.model), &StoredKind::model);
    if (kind == std::end(kStoredKinds))
        throw Error(ErrorCode::BadTokenizer,
                    "The vocabulary in the model file: expected the kind \"rwkv\" or \"gpt2\", found " +
                        printable(stored.model) + ". Choose a vocabulary file.");
    return kind->make(stored);
}

} // namespace engine
