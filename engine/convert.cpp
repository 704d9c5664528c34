#include "engine/convert.h"

#include "engine/adapters/adapter_file.h"
#include "engine/atomic_file.h"
#include "engine/convert_vocabulary.h"
#include "engine/error.h"
#include "engine/files/block_types.h"
#include "engine/files/writers.h"
#include "engine/model_info.h"
#include "engine/models/model.h"
#include "engine/state_file.h"
#include "engine/state_import.h"

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
    {"q8_0", StoredType::Q8_0}, {"q4_0", StoredType::Q4_0}, {"f32", StoredType::F32}, // as llama.cpp says
    {"f16", StoredType::F16},
};

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

/// What a file that is no model is; empty for what nobody knows.
std::string kindOf(const TensorFile &source, const std::string &path)
{
    if (isSavedState(source)) return "a saved state";
    try {
        const ImportedState state(source);
        return "a state (" + state.info().layout + ")";
    } catch (const Error &) { // no state either
    }
    try {
        AdapterUse use;
        use.path = path;
        const adapters::AdapterFile adapter(use);
        return "an adapter (" + adapter.layout() + ")";
    } catch (const Error &) { // something else
    }
    return {};
}

/// Throws Error(UnsupportedModel) saying what the file holds, unless that is a model.
const Family &requireModel(const TensorFile &source, const std::string &path)
{
    if (const Family *family = findFamily(source)) return *family;
    const std::string kind = kindOf(source, path);
    if (kind.empty()) return requireFamily(source);
    throw Error(ErrorCode::UnsupportedModel, "'" + path + "': expected a model, found " + kind + ".");
}

/// What a family asks of config.json, also where a GGUF file says it in its own words.
std::map<std::string, std::string> configOf(const TensorFile &source)
{
    constexpr std::pair<const char *, const char *> kSame[] = {
        {"gguf.rwkv6qwen2.wkv.head_size", "config.head_dim"},
        {"gguf.rwkv6qwen2.attention.layer_norm_rms_epsilon", "config.rms_norm_eps"},
        {"gguf.arwkv7.attention.layer_norm_rms_epsilon", "config.rms_norm_eps"}};
    std::map<std::string, std::string> config;
    for (const auto &[key, value] : source.metadata())
        if (key.starts_with("config.")) config[key] = value;
    for (const auto &[gguf, key] : kSame)
        if (const auto found = source.metadata().find(gguf); found != source.metadata().end())
            config.emplace(key, found->second);
    return config;
}

/// Everything of a GGUF file but its vocabulary.
void makeGguf(OutModel &model, const Family &family, std::optional<StoredType> type)
{
    GgufModel gguf = ggufModel(model.source, type, family.name);
    model.tensors = std::move(gguf.tensors);
    model.architecture = std::move(gguf.architecture);
    model.headSize = family.dims(model.source).headSize;
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
    const std::string input = resolveModelPath(spec.input, options);
    const std::unique_ptr<TensorFile> source = TensorFile::open(input);
    const Family &family = requireModel(*source, input);
    const std::optional<BesideFile> beside =
        target.isGguf ? std::nullopt : vocabularyBeside(*source, spec, options);
    OutModel model{*source, {}, configOf(*source), {}, {}, 0, {}};
    if (target.isGguf) {
        makeGguf(model, family, type);
        model.vocabulary = vocabularyFor(*source, spec, options);
    } else {
        model.tensors = plainTensors(*source, type);
    }
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
    if (beside)
        replaceFile(beside->path,
                    [&](const ByteSink &sink) { sink(std::as_bytes(std::span(beside->bytes))); });
    return converted;
}

} // namespace engine
