// What becomes of a vocabulary when a model is converted.
#include "engine/convert_vocabulary.h"

#include "engine/error.h"
#include "engine/files/mapped_file.h"
#include "engine/files/printable.h"
#include "engine/files/tensor_file.h"
#include "engine/tokenizers/readers.h"
#include "engine/vocabulary.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace engine
{
namespace
{

namespace fs = std::filesystem;

/// What a World model's GGUF says about conversations.
constexpr const char *kWorldTemplate = "{%- for message in messages -%}"
                                       "{%- if message['role'] == 'system' -%}{{- 'System: ' -}}"
                                       "{%- elif message['role'] == 'user' -%}{{- 'User: ' -}}"
                                       "{%- else -%}{{- 'Assistant: ' -}}{%- endif -%}"
                                       "{{- message['content'] | trim + '\\n\\n' -}}"
                                       "{%- endfor -%}"
                                       "{%- if add_generation_prompt -%}{{- 'Assistant:' -}}{%- endif -%}";

/// Bytes as GGUF wants them in a vocabulary of kind "rwkv": as Python writes them in a bytes literal.
std::string escaped(std::string_view bytes)
{
    constexpr const char *kDigits = "0123456789abcdef";
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\t')
            text += "\\t";
        else if (c == '\n')
            text += "\\n";
        else if (c == '\r')
            text += "\\r";
        else if (c == '\\')
            text += "\\\\";
        else if (byte < 0x20 || byte > 0x7e)
            text += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
        else
            text += c;
    }
    return text;
}

/// Rows of the embedding; 0 without one.
int rowsOf(const TensorFile &source)
{
    const TensorEntry *embedding = source.find("emb.weight");
    if (!embedding || embedding->shape.empty()) return 0;
    return static_cast<int>(std::min<std::int64_t>(embedding->shape[0], 1 << 20));
}

/// A vocabulary as World's files have it: lines of id, Python literal and number of bytes.
std::string worldLines(const Tokenizer &tokenizer)
{
    std::string lines;
    for (int id = 1; id < tokenizer.size(); ++id) {
        if (!tokenizer.isUsed(id)) continue;
        const std::string_view bytes = tokenizer.bytes(id);
        std::string literal;
        for (const char c : escaped(bytes))
            literal += c == '\'' ? std::string("\\'") : std::string(1, c);
        lines += std::to_string(id) + " b'" + literal + "' " + std::to_string(bytes.size()) + '\n';
    }
    return lines;
}

std::string contentOf(const fs::path &path)
{
    std::ifstream in(path, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), {}};
    if (!in) throw Error(ErrorCode::FileUnreadable, "cannot read the vocabulary '" + path.string() + "'");
    return bytes;
}

} // namespace

StoredVocabulary vocabularyFor(const TensorFile &source, const ConvertSpec &spec,
                               const EngineOptions &options)
{
    constexpr std::int32_t kNormal = 1, kControl = 3, kUnused = 5;
    if (const StoredVocabulary *own = source.vocabulary(); own && spec.vocabulary.empty()) return *own;
    const int rows = rowsOf(source);
    const VocabularyChoice choice = findVocabulary(spec.vocabulary, source.path(), rows, options);
    if (fs::path(choice.path).extension() == ".json")
        return storeHuggingFaceVocabulary(*MappedFile::open(choice.path), rows);
    const std::unique_ptr<Tokenizer> tokenizer = openVocabulary(choice, rows);
    if (!tokenizer) throw Error(ErrorCode::TokenizerMissing, "GGUF needs a vocabulary: choose a file.");
    StoredVocabulary vocabulary;
    vocabulary.model = "rwkv";
    vocabulary.bos = vocabulary.eos = 0;
    constexpr int kBlankLine = 261; ///< "\n\n" in the World vocabulary, where a turn ends
    if (tokenizer->size() > kBlankLine && tokenizer->bytes(kBlankLine) == "\n\n") vocabulary.eot = kBlankLine;
    vocabulary.chatTemplate = kWorldTemplate;
    for (int id = 0; id < rows; ++id) {
        const bool isUsed = id > 0 && id < tokenizer->size() && tokenizer->isUsed(id);
        vocabulary.tokens.push_back(id == 0  ? "<s>"
                                    : isUsed ? escaped(tokenizer->bytes(id))
                                             : "[PAD" + std::to_string(id) + "]");
        vocabulary.types.push_back(id == 0 ? kControl : isUsed ? kNormal : kUnused);
    }
    if (choice.path == VocabularyChoice::kBytes) { // there, 0 is a byte like any other
        vocabulary.tokens[0] = "\\x00";
        vocabulary.types[0] = kNormal;
    }
    return vocabulary;
}

std::optional<BesideFile> vocabularyBeside(const TensorFile &source, const ConvertSpec &spec,
                                           const EngineOptions &options)
{
    const int rows = rowsOf(source);
    const StoredVocabulary *stored = source.vocabulary();
    const VocabularyChoice choice = findVocabulary(spec.vocabulary, source.path(), rows, options, stored);
    if (choice.path.empty()) return std::nullopt; // the model has none
    if (findVocabulary({}, spec.output, rows, options).path == choice.path) return std::nullopt;

    const std::unique_ptr<Tokenizer> tokenizer = openVocabulary(choice, rows, stored); // is sound
    const fs::path output(spec.output);
    const bool isJson = fs::path(choice.path).extension() == ".json";
    const bool isStored = choice.path == VocabularyChoice::kStored;
    if (isStored && stored->model != "rwkv")
        throw Error(ErrorCode::UnsupportedModel,
                    "'" + source.path() + "' holds a vocabulary of kind '" + printable(stored->model) +
                        "', which a " + output.extension().string() +
                        " file cannot: choose the tokenizer.json of the model as vocabulary.");
    if (!tokenizer || (!isStored && !fs::is_regular_file(choice.path))) return std::nullopt; // built in
    BesideFile beside;
    beside.path = (isJson ? output.parent_path() / "tokenizer.json"
                          : output.parent_path() / (output.stem().string() + ".vocab.txt"))
                      .string();
    beside.bytes = isStored ? worldLines(*tokenizer) : contentOf(choice.path);
    if (fs::exists(beside.path)) {
        if (contentOf(beside.path) == beside.bytes) return std::nullopt;
        if (!spec.overwrite)
            throw Error(ErrorCode::CannotWrite,
                        "'" + beside.path + "' exists already; the vocabulary of the model belongs there.");
    }
    return beside;
}

} // namespace engine
