#include "engine/convert.h"

#include "engine/atomic_file.h"
#include "engine/error.h"
#include "engine/files/block_types.h"
#include "engine/files/writers.h"
#include "engine/model_info.h"
#include "engine/vocabulary.h"

#include <algorithm>
#include <filesystem>

namespace engine
{
namespace
{

namespace fs = std::filesystem;

struct Target {
    const char *ending;
    void (*write)(const OutModel &, const ByteSink &);
    bool isGguf;
};

constexpr Target kTargets[] = {
    {".safetensors", writeSafetensors, false},
    {".pth", writePth, false},
    {".gguf", writeGguf, true},
};

struct TypeName {
    const char *name;
    StoredType type;
};

constexpr TypeName kTypes[] = {
    {"fp32", StoredType::F32},  {"fp16", StoredType::F16},  {"bf16", StoredType::BF16},
    {"q8_0", StoredType::Q8_0}, {"q4_0", StoredType::Q4_0},
};

/// What a World model's GGUF says about conversations.
constexpr const char *kWorldTemplate = "{%- for message in messages -%}"
                                       "{%- if message['role'] == 'system' -%}{{- 'System: ' -}}"
                                       "{%- elif message['role'] == 'user' -%}{{- 'User: ' -}}"
                                       "{%- else -%}{{- 'Assistant: ' -}}{%- endif -%}"
                                       "{{- message['content'] | trim + '\\n\\n' -}}"
                                       "{%- endfor -%}"
                                       "{%- if add_generation_prompt -%}{{- 'Assistant:' -}}{%- endif -%}";

const Target &targetOf(const std::string &output)
{
    const std::string ending = fs::path(output).extension().string();
    const auto *found = std::ranges::find(kTargets, std::string_view(ending), &Target::ending);
    if (found == std::end(kTargets))
        throw Error(ErrorCode::BadRequest, "'" + output +
                                               "': expected a name that ends with .safetensors, .pth or "
                                               ".gguf, which tells the format.");
    return *found;
}

std::optional<StoredType> typeOf(const std::string &name, const Target &target)
{
    if (name.empty()) return std::nullopt;
    const auto *found = std::ranges::find(kTypes, std::string_view(name), &TypeName::name);
    if (found == std::end(kTypes) || (isBlockType(found->type) && !target.isGguf))
        throw Error(ErrorCode::BadRequest, std::string("type: expected fp32, fp16") +
                                               (target.isGguf ? ", bf16, q8_0 or q4_0" : " or bf16") +
                                               " for a " + target.ending + " file, found '" + name + "'.");
    return found->type;
}

bool isFraction(StoredType type)
{
    return type == StoredType::F64 || type == StoredType::F32 || type == StoredType::F16 ||
           type == StoredType::BF16 || isBlockType(type);
}

/// BlinkDL's tensors as they are; where the source has blocks and no type is given, float32 holds them
/// exactly.
std::vector<OutTensor> plainTensors(const TensorFile &source, std::optional<StoredType> type)
{
    std::vector<OutTensor> tensors;
    for (const TensorEntry &entry : source.tensors()) {
        StoredType to = isBlockType(entry.type) ? StoredType::F32 : entry.type;
        if (type && isFraction(entry.type)) to = *type;
        tensors.push_back(outTensor(entry, entry.name, to));
    }
    return tensors;
}

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

StoredVocabulary vocabularyFor(const TensorFile &source, const ConvertSpec &spec,
                               const EngineOptions &options)
{
    constexpr std::int32_t kNormal = 1, kControl = 3, kUnused = 5;
    if (const StoredVocabulary *own = source.vocabulary(); own && spec.vocabulary.empty()) return *own;
    const TensorEntry *embedding = source.find("emb.weight");
    const int rows =
        embedding ? static_cast<int>(std::min<std::int64_t>(embedding->shape.at(0), 1 << 20)) : 0;
    const VocabularyChoice choice = findVocabulary(spec.vocabulary, source.path(), rows, options);
    if (fs::path(choice.path).extension() == ".json")
        throw Error(ErrorCode::UnsupportedModel, "GGUF is written with World vocabularies only, found '" +
                                                     choice.path + "'; choose .safetensors or .pth.");
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

/// Before any work: the output must not be there, and there must be room for it.
void checkTarget(const ConvertSpec &spec, std::uint64_t bytes)
{
    std::error_code error;
    const fs::path target = fs::absolute(spec.output, error);
    if (!spec.overwrite && fs::exists(target, error))
        throw Error(ErrorCode::CannotWrite, "'" + spec.output + "' exists already; it was not replaced.");
    const fs::space_info space = fs::space(target.parent_path(), error);
    if (!error && space.available < bytes)
        throw Error(ErrorCode::CannotWrite, "'" + spec.output + "' needs " + std::to_string(bytes) +
                                                " bytes, its file system has " +
                                                std::to_string(space.available) + " left.");
}

} // namespace

Converted convertModel(const ConvertSpec &spec, const EngineOptions &options,
                       const std::function<void(std::uint64_t done, std::uint64_t total)> &progress,
                       std::stop_token stop)
{
    const Target &target = targetOf(spec.output);
    const std::optional<StoredType> type = typeOf(spec.type, target);
    checkTarget(spec, 0);
    const std::unique_ptr<TensorFile> source = TensorFile::open(resolveModelPath(spec.input, options));
    OutModel model{
        *source, target.isGguf ? ggufTensors(*source, type) : plainTensors(*source, type), {}, {}, {}};
    for (const auto &[key, value] : source->metadata())
        if (key.starts_with("config.")) model.metadata[key] = value;
    if (target.isGguf) model.vocabulary = vocabularyFor(*source, spec, options);
    model.onRead = [&stop] {
        if (stop.stop_requested()) throw LoadCancelled{};
    };
    std::uint64_t total = 0;
    for (const OutTensor &tensor : model.tensors)
        total += tensor.bytes;
    checkTarget(spec, total);

    Converted converted{0, static_cast<int>(model.tensors.size())};
    replaceFile(spec.output, [&](const ByteSink &sink) {
        target.write(model, [&](std::span<const std::byte> bytes) {
            sink(bytes);
            converted.bytes += bytes.size();
            if (progress) progress(std::min(converted.bytes, total), total);
        });
        source->verifyUnchanged();
    });
    return converted;
}

} // namespace engine
