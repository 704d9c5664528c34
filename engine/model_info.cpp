#include "engine/model_info.h"

#include "engine/error.h"
#include "engine/files/block_types.h"
#include "engine/hash64.h"
#include "engine/state_import.h"
#include "engine/vocabulary.h"
#include "engine/weight_store.h"

#include <algorithm>
#include <array>
#include <filesystem>

namespace engine
{
namespace
{

namespace fs = std::filesystem;

constexpr const char *kDemoFile = "demo/rookery-demo.safetensors";

bool isDemo(const std::string &path, const EngineOptions &options)
{
    const std::string data = dataFolder(options);
    std::error_code ignored;
    return !data.empty() && fs::equivalent(fs::path(data) / kDemoFile, path, ignored);
}

bool isFloat(StoredType type)
{
    return type == StoredType::F64 || type == StoredType::F32 || type == StoredType::F16 ||
           type == StoredType::BF16 || isBlockType(type);
}

/// True also for what is no matrix of a layer, or not in blocks.
bool keepsCodesInInt4(const TensorEntry &entry)
{
    return !entry.name.starts_with("blocks.") || !isBlockType(entry.type) || entry.type == StoredType::Q4_0 ||
           entry.type == StoredType::Q4_1 || entry.type == StoredType::Q4_K;
}

} // namespace

std::string nameOfModel(const std::string &path)
{
    const fs::path given(path);
    std::error_code ignored;
    return (fs::is_directory(given, ignored) ? given.filename() : given.stem()).string();
}

std::string resolveModelPath(const std::string &model, const EngineOptions &options)
{
    if (model != "demo") return model;
    const std::string data = dataFolder(options);
    if (data.empty())
        throw Error(ErrorCode::FileNotFound,
                    "The demonstration model was not found: there is no data folder beside "
                    "the program; name it with ROOKERY_DATA.");
    return (fs::path(data) / kDemoFile).string();
}

StoredType mainType(const TensorFile &file)
{
    std::array<std::int64_t, kStoredTypes> numbers{};
    for (const TensorEntry &entry : file.tensors())
        numbers[static_cast<std::size_t>(entry.type)] += entry.elements();
    return static_cast<StoredType>(std::max_element(numbers.begin(), numbers.end()) - numbers.begin());
}

kernels::Format mainFormat(const TensorFile &file)
{
    switch (const StoredType type = mainType(file)) {
    case StoredType::F16:
        return kernels::Format::F16;
    case StoredType::BF16:
        return kernels::Format::BF16;
    default:
        if (!isBlockType(type)) return kernels::Format::F32;
        return std::ranges::all_of(file.tensors(), keepsCodesInInt4) ? kernels::Format::Int4
                                                                     : kernels::Format::Int8;
    }
}

std::string fingerprintOf(const TensorFile &file)
{
    constexpr std::size_t kPieces = 16, kPieceBytes = 256;
    std::vector<std::byte> piece(kPieces * kPieceBytes);
    Hash64 hash;
    const auto addPiece = [&](const TensorEntry &entry, std::size_t offset, std::size_t bytes) {
        file.read(entry, offset, std::span(piece).first(bytes));
        hash.add(piece.data(), bytes);
    };
    for (const TensorEntry &entry : file.tensors()) {
        hash.add(entry.name);
        hash.add(nameOf(entry.type));
        hash.add(entry.shapeText());
        if (entry.bytes <= piece.size()) {
            addPiece(entry, 0, entry.bytes);
            continue;
        }
        for (std::size_t i = 0; i < kPieces; ++i) // an even offset, as elements have
            addPiece(entry, (entry.bytes - kPieceBytes) / (kPieces - 1) / 8 * 8 * i, kPieceBytes);
        addPiece(entry, entry.bytes - kPieceBytes, kPieceBytes);
    }
    return hash.text();
}

ModelInfo describeModel(const TensorFile &file, const Family *family, const EngineOptions &options)
{
    ModelInfo info;
    info.path = file.path();
    info.isDemo = isDemo(file.path(), options);
    info.name = info.isDemo ? "Rookery demo" : nameOfModel(file.path());
    info.container = file.container();
    info.family = family ? family->name : "";
    info.fileBytes = file.fileBytes();
    if (!file.tensors().empty()) {
        info.dtype = nameOf(mainType(file));
        info.format = kernels::nameOf(mainFormat(file));
    }
    for (const TensorEntry &entry : file.tensors())
        if (isFloat(entry.type)) info.parameters += static_cast<std::uint64_t>(entry.elements());
    if (!family) return info;
    const ModelDims dims = family->dims(file);
    info.layers = dims.layers;
    info.width = dims.width;
    info.heads = dims.heads;
    info.headSize = dims.headSize;
    info.hidden = dims.hidden;
    info.vocabulary = dims.vocabulary;
    info.stateBytes = family->state(dims).floatsPerSlot * sizeof(float);
    info.hasState = holdsState(file);
    info.tokenBytes = family->state(dims).floatsPerToken * sizeof(float);
    if (dims.hasAttention()) info.contextTokens = dims.contextTokens;
    return info;
}

ModelInfo inspectModel(const std::string &path, const EngineOptions &options, bool withTensors)
{
    const std::unique_ptr<TensorFile> file = TensorFile::open(resolveModelPath(path, options));
    ModelInfo info = describeModel(*file, nullptr, options);
    try {
        const Family &family = requireFamily(*file);
        info.family = family.name;
        info = describeModel(*file, &family, options);
        WeightStore check(*file, Placement(parseStrategy("cpu"), info.layers, mainFormat(*file)), {});
        family.create(check);
        if (info.hasState) requireStateFits(*file, family.state(family.dims(*file)));
        const VocabularyChoice vocabulary =
            findVocabulary({}, file->path(), info.vocabulary, options, file->vocabulary());
        info.vocabularyFile = vocabulary.path;
        info.problem = vocabulary.problem;
        if (!info.problem.empty()) info.problemCode = ErrorCode::TokenizerMissing;
    } catch (const Error &error) {
        info.problem = error.message();
        info.problemCode = error.code();
    }
    if (withTensors)
        for (const TensorEntry &entry : file->tensors())
            info.tensors.push_back({entry.name, nameOf(entry.type), entry.shape, entry.bytes});
    return info;
}

} // namespace engine
