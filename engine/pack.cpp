#include "engine/pack.h"

#include "engine/model_loader.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

namespace engine
{

std::string stateFile(const std::string &name, const EngineOptions &options)
{
    std::error_code error;
    const bool isPlain = !name.empty() && name.find('/') == std::string::npos;
    if (!isPlain || std::filesystem::exists(name, error)) return name;
    const std::filesystem::path folder = std::filesystem::path(dataFolder(options)) / "demo";
    std::ifstream file(folder / "pack.json");
    const auto pack = nlohmann::json::parse(file, nullptr, false);
    const auto parts = pack.is_object() ? pack.value("parts", nlohmann::json::array()) : nlohmann::json();
    for (const auto &part : parts)
        if (part.is_object() && part.value("name", nlohmann::json()) == name &&
            part.value("kind", nlohmann::json()) == "state" &&
            part.value("file", nlohmann::json()).is_string())
            return (folder / part["file"].get<std::string>()).string();
    return name;
}

} // namespace engine
