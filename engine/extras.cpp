#include "engine/extras.h"

#include "engine/adapters/adapter_file.h"
#include "engine/catalog.h"
#include "engine/error.h"
#include "engine/model_info.h"
#include "engine/pack.h"
#include "engine/state_export.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

namespace engine
{
namespace
{

namespace fs = std::filesystem;

constexpr const char *kAdapterConfig = "adapter_config.json";
constexpr const char *kEndings[] = {".pth", ".safetensors", ".st", ".rwkvstate"};

bool isAdapterFolder(const std::string &folder)
{
    std::error_code ignored;
    return fs::is_regular_file(fs::path(folder) / kAdapterConfig, ignored);
}

bool isModel(const std::string &path, const EngineOptions &options)
{
    try {
        return !inspectModel(path, options, false).family.empty();
    } catch (const Error &) {
        return false;
    }
}

/// Nothing for a file that is neither state nor adapter.
std::optional<ExtraInfo::Kind> kindOf(const std::string &path, const EngineOptions &options)
{
    std::error_code ignored;
    if (!fs::is_directory(path, ignored)) {
        try {
            describeState(OpenStateSpec(path));
            if (isModel(path, options)) return std::nullopt;
            return ExtraInfo::Kind::State;
        } catch (const Error &) { // then it may be an adapter
        }
    }
    try {
        AdapterUse use;
        use.path = path;
        const adapters::AdapterFile adapter(use);
        return ExtraInfo::Kind::Adapter;
    } catch (const Error &) {
        return std::nullopt;
    }
}

std::uint64_t bytesIn(const std::string &path)
{
    std::error_code error;
    if (!fs::is_directory(path, error)) {
        const std::uintmax_t bytes = fs::file_size(path, error);
        return error ? 0 : bytes;
    }
    std::uint64_t sum = 0;
    for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
        std::error_code ignored;
        if (it->is_regular_file(ignored)) sum += it->file_size(ignored);
    }
    return sum;
}

bool mayBeExtra(const std::string &path)
{
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) return true;
    std::string end = fs::path(path).extension().string();
    std::ranges::transform(end, end.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; });
    return std::ranges::find(kEndings, end) != std::end(kEndings);
}

} // namespace

int findExtras(const std::vector<std::string> &folders, const EngineOptions &options,
               const std::function<void(const ExtraInfo &)> &found, std::stop_token stop)
{
    std::set<fs::path> known;
    for (const ExtraInfo &info : demoPack(options)) {
        std::error_code ignored;
        known.insert(fs::canonical(info.path, ignored));
        found(info);
    }
    const auto visit = [&](const std::string &path) {
        if (!mayBeExtra(path)) return;
        const auto kind = kindOf(path, options);
        std::error_code ignored;
        if (!kind || !known.insert(fs::canonical(path, ignored)).second) return;
        ExtraInfo info;
        info.kind = *kind;
        info.path = path;
        info.name = nameOfModel(path);
        info.fileBytes = bytesIn(path);
        found(info);
    };
    walkFolders(
        folders,
        {isAdapterFolder, [](const std::string &name) { return name.starts_with("adapter_"); }, visit},
        std::move(stop));
    return static_cast<int>(known.size());
}

} // namespace engine
