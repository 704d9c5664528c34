#include "engine/catalog.h"

#include "engine/error.h"
#include "engine/model_loader.h"

#include <algorithm>
#include <filesystem>
#include <set>

namespace engine
{
namespace
{

namespace fs = std::filesystem;

bool isModelName(const fs::path &path)
{
    std::string end = path.extension().string();
    std::transform(end.begin(), end.end(), end.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; });
    return end == ".pth" || end == ".safetensors";
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
        info.name = path.stem().string();
        const std::uintmax_t bytes = fs::file_size(path, ignored);
        info.fileBytes = ignored ? 0 : bytes;
        info.problem = error.message();
        info.problemCode = error.code();
        return info;
    }
}

class Scan
{
public:
    Scan(const EngineOptions &options, const std::function<void(const ModelInfo &)> &found,
         std::stop_token stop)
        : m_options(options)
        , m_found(found)
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
        for (const fs::path &entry : entries) {
            if (m_stop.stop_requested()) return;
            const fs::file_status status = fs::status(entry, error);
            if (fs::is_directory(status)) folder(entry, depth + 1);
            if (!fs::is_regular_file(status) || !isModelName(entry)) continue;
            ++m_files;
            m_found(inspectAny(entry, m_options));
        }
    }

    int files() const { return m_files; }

private:
    const EngineOptions &m_options;
    const std::function<void(const ModelInfo &)> &m_found;
    std::stop_token m_stop;
    std::set<fs::path> m_seen;
    int m_files = 0;
};

} // namespace

int scanFolders(const std::vector<std::string> &folders, const EngineOptions &options,
                const std::function<void(const ModelInfo &)> &found, std::stop_token stop)
{
    Scan scan(options, found, std::move(stop));
    for (const std::string &folder : folders)
        scan.folder(folder, 0);
    return scan.files();
}

} // namespace engine
