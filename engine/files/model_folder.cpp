// A folder as Hugging Face's transformers save it: config.json, and weights in model.safetensors or
// pytorch_model.bin, or in several files that an index names.
// Source: huggingface/transformers, modeling_utils.py (save_pretrained, get_checkpoint_shard_files).

#include "engine/files/model_folder.h"

#include "engine/error.h"
#include "engine/files/mapped_file.h"
#include "engine/files/printable.h"
#include "engine/files/readers.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <set>

namespace engine
{
namespace
{

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::uint64_t kLargestConfig = 1 << 20;
constexpr std::uint64_t kLargestIndex = 4 << 20; ///< the largest public models: some 200 kB
constexpr std::size_t kMostParts = 1000;
constexpr std::size_t kDeepestConfig = 8;
constexpr std::size_t kMostKeys = 10'000;
constexpr std::size_t kLongestValue = 64 << 10;

constexpr const char *kConfig = "config.json";
constexpr const char *kIndices[] = {"model.safetensors.index.json", "pytorch_model.bin.index.json"};
constexpr const char *kWholes[] = {"model.safetensors", "pytorch_model.bin"};

bool isFile(const fs::path &path)
{
    std::error_code ignored;
    return fs::is_regular_file(path, ignored);
}

/// A JSON object; throws Error(BadFile) for anything else.
Json readObject(const fs::path &path, std::uint64_t largest)
{
    const auto file = MappedFile::open(path.string());
    if (file->size() > largest)
        file->refuse("expected at most " + std::to_string(largest) + " bytes, found " +
                     std::to_string(file->size()));
    std::string text(file->size(), '\0');
    file->copyOut(0, std::as_writable_bytes(std::span(text)));
    Json object = Json::parse(text, nullptr, false);
    if (!object.is_object()) file->refuse("expected a JSON object");
    return object;
}

/// Scalars of `object` under their keys; lists as JSON text.
void flatten(const Json &object, const std::string &prefix, std::size_t depth,
             std::map<std::string, std::string> &to)
{
    for (const auto &[key, value] : object.items()) {
        if (to.size() >= kMostKeys) return;
        if (value.is_object()) {
            if (depth < kDeepestConfig) flatten(value, prefix + key + ".", depth + 1, to);
            continue;
        }
        std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
        if (text.size() <= kLongestValue) to[prefix + key] = std::move(text);
    }
}

/// The tensors of several files as one.
class JoinedFile final : public TensorFile
{
public:
    JoinedFile(const fs::path &folder, std::vector<std::unique_ptr<TensorFile>> parts,
               std::map<std::string, std::string> metadata)
        : m_parts(std::move(parts))
    {
        m_path = folder.string();
        m_container = m_parts.front()->container();
        m_metadata = std::move(metadata);
        for (const auto &part : m_parts) {
            m_fileBytes += part->fileBytes();
            for (const TensorEntry &entry : part->tensors()) {
                m_tensors.push_back(entry);
                m_owners.push_back({part.get(), &entry});
            }
        }
        if (const auto twice = indexNames())
            throw Error(ErrorCode::BadFile,
                        printable(m_path) + ": the tensor " + printable(*twice) + " is in two files", m_path);
    }

    void read(const TensorEntry &tensor, std::size_t offset, std::span<std::byte> to) const override
    {
        const TensorEntry *own = find(tensor.name);
        if (!own) throw Error(ErrorCode::Internal, tensor.name + ": not a tensor of this folder");
        const Owner &owner = m_owners[static_cast<std::size_t>(own - m_tensors.data())];
        owner.file->read(*owner.entry, offset, to);
    }
    void verifyUnchanged() const override
    {
        for (const auto &part : m_parts)
            part->verifyUnchanged();
    }

private:
    struct Owner {
        const TensorFile *file;
        const TensorEntry *entry;
    };

    std::vector<std::unique_ptr<TensorFile>> m_parts;
    std::vector<Owner> m_owners; ///< of m_tensors
};

/// The files that an index names, each a plain name of a file beside it.
std::vector<std::string> partsOf(const fs::path &index)
{
    const Json object = readObject(index, kLargestIndex);
    const auto fail = [&](const std::string &what) {
        throw Error(ErrorCode::BadFile, printable(index.filename().string()) + ": " + what, index.string());
    };
    const auto map = object.find("weight_map");
    if (map == object.end() || !map->is_object()) fail("expected a table weight_map");
    std::set<std::string> names;
    for (const auto &[tensor, file] : map->items()) {
        const std::string name = file.is_string() ? file.get<std::string>() : std::string();
        if (name.empty() || name.find('/') != std::string::npos || name.find('\0') != std::string::npos ||
            name == "." || name == "..")
            fail(printable(tensor) + ": expected the name of a file in this folder, found " +
                 printable(file.dump(-1, ' ', true, Json::error_handler_t::replace)));
        names.insert(name);
        if (names.size() > kMostParts) fail("expected at most " + std::to_string(kMostParts) + " files");
    }
    if (names.empty()) fail("its weight_map names no file");
    return {names.begin(), names.end()};
}

/// What to open, by the index or by the usual names.
std::vector<std::string> findParts(const fs::path &folder)
{
    for (const char *index : kIndices)
        if (isFile(folder / index)) return partsOf(folder / index);
    for (const char *whole : kWholes)
        if (isFile(folder / whole)) return {whole};
    throw Error(ErrorCode::FileNotFound,
                printable(folder.string()) + ": expected model.safetensors, pytorch_model.bin or their index "
                                             "in this folder",
                folder.string());
}

} // namespace

bool isPartOfFolder(const std::string &fileName)
{
    const bool isWhole = std::ranges::find(kWholes, fileName) != std::end(kWholes);
    return isWhole || fileName == kConfig || std::ranges::find(kIndices, fileName) != std::end(kIndices) ||
           (fileName.starts_with("model-") && fileName.ends_with(".safetensors")) ||
           (fileName.starts_with("pytorch_model-") && fileName.ends_with(".bin"));
}

bool isModelFolder(const std::string &path)
{
    const fs::path folder(path);
    const auto has = [&](const char *name) { return isFile(folder / name); };
    return std::ranges::any_of(kIndices, has) || (has(kConfig) && std::ranges::any_of(kWholes, has));
}

std::string modelFolderOf(const std::string &path)
{
    std::error_code ignored;
    if (path.find('\0') != std::string::npos) return {};
    fs::path given(path);
    if (fs::is_directory(given, ignored)) {
        if (!given.has_filename() && given.has_relative_path()) given = given.parent_path(); // "folder/"
        return given.string();
    }
    if (!isPartOfFolder(given.filename().string())) return {};
    const fs::path folder = given.has_parent_path() ? given.parent_path() : fs::path(".");
    const bool isPlain = isFile(given) && !isModelFolder(folder.string());
    return isPlain && given.extension() != ".json" ? std::string() : folder.string();
}

std::unique_ptr<TensorFile> openModelFolder(const std::string &folder)
{
    const fs::path root(folder);
    std::map<std::string, std::string> metadata;
    std::vector<std::unique_ptr<TensorFile>> parts;
    const std::vector<std::string> names = findParts(root);
    if (isFile(root / kConfig)) flatten(readObject(root / kConfig, kLargestConfig), "config.", 1, metadata);
    for (const std::string &name : names) {
        if (!isFile(root / name))
            throw Error(ErrorCode::FileNotFound,
                        printable(folder) + ": the part " + printable(name) +
                            " of this model is missing; the download is not complete",
                        folder);
        parts.push_back(openAsStored(MappedFile::open((root / name).string())));
    }
    return std::make_unique<JoinedFile>(root, std::move(parts), std::move(metadata));
}

} // namespace engine
