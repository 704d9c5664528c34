#include "engine/model_loader.h"

#include <cstdlib>
#include <filesystem>

namespace engine
{
namespace
{

std::string existing(const std::filesystem::path &folder)
{
    std::error_code ignored;
    return std::filesystem::is_directory(folder, ignored) ? folder.lexically_normal().string()
                                                          : std::string();
}

} // namespace

std::string dataFolder(const EngineOptions &options)
{
    if (!options.dataFolder.empty()) return options.dataFolder;
    if (const char *folder = std::getenv("ROOKERY_DATA"); folder && *folder) return folder;
    std::error_code error;
    const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
    if (error) return {};
    return existing(program.parent_path() / ".." / "share" / "rookery");
}

} // namespace engine
