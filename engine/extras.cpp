#include "engine/extras.h"

#include "engine/adapters/adapter_file.h"
#include "engine/catalog.h"
#include "engine/error.h"
#include "engine/model_info.h"
#include "engine/model_loader.h"
#include "engine/state_export.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>

namespace engine
{
namespace
{

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::uintmax_t kLargestPack = 1U << 20;
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

std::string textOf(const Json &json, const char *key)
{
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// What pack.json lists and what is there.
std::vector<ExtraInfo> demoPack(const EngineOptions &options)
{
    const std::string data = dataFolder(options);
    if (data.empty()) return {};
    const fs::path folder = fs::path(data) / "demo";
    std::error_code error;
    const std::uintmax_t bytes = fs::file_size(folder / "pack.json", error);
    if (error || bytes > kLargestPack) return {};
    std::ifstream stream(folder / "pack.json", std::ios::binary);
    const Json pack = Json::parse(stream, nullptr, false);
    const auto parts = pack.is_object() ? pack.find("parts") : pack.end();
    if (!pack.is_object() || parts == pack.end() || !parts->is_array()) return {};
    std::vector<ExtraInfo> infos;
    for (const Json &part : *parts) {
        if (!part.is_object()) continue;
        ExtraInfo info;
        info.path = (folder / textOf(part, "file")).string();
        info.name = textOf(part, "name");
        info.about = textOf(part, "about");
        info.isDemo = true;
        info.kind = textOf(part, "kind") == "state" ? ExtraInfo::Kind::State : ExtraInfo::Kind::Adapter;
        info.fileBytes = bytesIn(info.path);
        const auto alpha = part.find("alpha");
        if (alpha != part.end() && alpha->is_number()) info.alpha = alpha->get<float>();
        if (!std::isfinite(info.alpha) || info.alpha < 0) info.alpha = 0;
        if (fs::is_regular_file(info.path, error)) infos.push_back(std::move(info));
    }
    return infos;
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
