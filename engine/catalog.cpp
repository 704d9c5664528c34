#include "engine/catalog.h"

#include "engine/error.h"
#include "engine/files/model_folder.h"
#include "engine/model_info.h"
#include "engine/model_loader.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <set>

namespace engine
{
namespace
{

namespace fs = std::filesystem;

/// True for a file that may hold a model. ".bin" says little: of these, only rwkv.cpp's are meant.
bool isModelFile(const fs::path &path)
{
    std::string end = path.extension().string();
    std::transform(end.begin(), end.end(), end.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; });
    if (end != ".bin") return end == ".pth" || end == ".safetensors" || end == ".gguf" || end == ".st";
    std::ifstream file(path, std::ios::binary);
    std::array<char, 4> magic = {};
    return file.read(magic.data(), magic.size()) && std::string_view(magic.data(), magic.size()) == "fmgg";
}

/// What the catalog shows; also of files that no reader can open.
ModelInfo inspectAny(const fs::path &path, const EngineOptions &options)
{
    try {
        return inspectModel(path.string(), options, false);
    } catch (const Error &error) {
        ModelInfo info;
        std::error_code ignored;
        info.path = path.string();
        info.name = nameOfModel(path.string());
        const std::uintmax_t bytes = fs::file_size(path, ignored);
        info.fileBytes = ignored ? 0 : bytes;
        info.problem = error.message();
        info.problemCode = error.code();
        return info;
    }
}

class Walk
{
public:
    Walk(const FolderWalk &walk, std::stop_token stop)
        : m_walk(walk)
        , m_stop(std::move(stop))
    {
    }

    void folder(const fs::path &path, int depth)
    {
        std::error_code error;
        const fs::path real = fs::canonical(path, error);
        if (error || depth > kDeepestFolder || !m_seen.insert(real).second) return;
        std::vector<fs::path> entries;
        for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
            if (m_stop.stop_requested()) return;
            entries.push_back(it->path());
        }
        std::sort(entries.begin(), entries.end());
        const bool isOne = m_walk.isOne(path.string());
        if (isOne) m_walk.visit(path.string());
        for (const fs::path &entry : entries) {
            if (m_stop.stop_requested()) return;
            const fs::file_status status = fs::status(entry, error);
            if (fs::is_directory(status)) folder(entry, depth + 1);
            const bool isPart = isOne && m_walk.isPart(entry.filename().string());
            if (fs::is_regular_file(status) && !isPart) m_walk.visit(entry.string());
        }
    }

private:
    const FolderWalk &m_walk;
    std::stop_token m_stop;
    std::set<fs::path> m_seen;
};

} // namespace

void walkFolders(const std::vector<std::string> &folders, const FolderWalk &walk, std::stop_token stop)
{
    Walk run(walk, std::move(stop));
    for (const std::string &folder : folders)
        run.folder(folder, 0);
}

int scanFolders(const std::vector<std::string> &folders, const EngineOptions &options,
                const std::function<void(const ModelInfo &)> &found, std::stop_token stop)
{
    int files = 0;
    const auto visit = [&](const std::string &path) {
        std::error_code ignored;
        if (!fs::is_directory(path, ignored) && !isModelFile(path)) return;
        ++files;
        found(inspectAny(path, options));
    };
    walkFolders(folders, {isModelFolder, isPartOfFolder, visit}, std::move(stop));
    return files;
}

} // namespace engine
