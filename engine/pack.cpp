#include "engine/pack.h"

#include "engine/error.h"
#include "engine/files/printable.h"
#include "engine/model_loader.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <filesystem>
#include <fstream>

namespace engine
{
namespace
{

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::uintmax_t kLargestPack = 1U << 20;

std::string textOf(const Json &json, const char *key)
{
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// The part that `path` names, if it is no file. Throws Error(FileNotFound) where a word is neither.
std::optional<ExtraInfo> partNamed(const std::string &path, ExtraInfo::Kind kind,
                                   const EngineOptions &options)
{
    std::error_code error;
    if (path.empty() || path.find_first_of("/.") != std::string::npos || fs::exists(path, error))
        return std::nullopt;
    const bool isState = kind == ExtraInfo::Kind::State;
    std::string names, found = "neither";
    for (ExtraInfo &part : demoPack(options)) {
        if (part.kind == kind && part.name == path) return std::move(part);
        if (part.kind == kind) names += (names.empty() ? "" : ", ") + part.name;
        if (part.kind != kind && part.name == path)
            found = isState ? "an adapter of that name" : "a state of that name";
    }
    if (names.empty()) return std::nullopt;
    throw Error(ErrorCode::FileNotFound,
                printable(path) + ": expected a file, or " + (isState ? "a state" : "an adapter") +
                    " of the demonstration pack (" + names + "), found " + found + ".",
                path);
}

} // namespace

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
        info.fileBytes = fs::file_size(info.path, error);
        const auto alpha = part.find("alpha");
        if (alpha != part.end() && alpha->is_number()) info.alpha = alpha->get<float>();
        if (!std::isfinite(info.alpha) || info.alpha < 0) info.alpha = 0;
        if (fs::is_regular_file(info.path, error)) infos.push_back(std::move(info));
    }
    return infos;
}

std::string stateFile(const std::string &name, const EngineOptions &options)
{
    const auto part = partNamed(name, ExtraInfo::Kind::State, options);
    return part ? part->path : name;
}

AdapterUse adapterFile(AdapterUse use, const EngineOptions &options)
{
    if (const auto part = partNamed(use.path, ExtraInfo::Kind::Adapter, options)) {
        use.path = part->path;
        if (use.alpha == 0) use.alpha = part->alpha;
    }
    return use;
}

} // namespace engine
