#include "engine/server/named_file.h"

#include "engine/server/api_error.h"

#include <algorithm>
#include <filesystem>
#include <optional>

namespace server
{
namespace
{

namespace fs = std::filesystem;

constexpr std::size_t kMostNameBytes = 1024;

ApiError notThere(const char *param)
{
    return badRequest(param, std::string(param) + ": there is no such file beneath the folder for it");
}

fs::path rootOf(const std::string &folder, const char *param)
{
    std::error_code error;
    const fs::path root = folder.empty() ? fs::path() : fs::canonical(folder, error);
    if (folder.empty() || error)
        throw badRequest(param, std::string(param) +
                                    ": no folder is configured for it; see rookery-cli serve --help");
    return root;
}

fs::path checkedName(const std::string &name, const char *param)
{
    const fs::path path(name);
    if (name.empty() || name.size() > kMostNameBytes || name.find('\0') != std::string::npos ||
        path.is_absolute())
        throw notThere(param);
    for (const fs::path &part : path)
        if (part == "..") throw notThere(param);
    return path;
}

bool isBeneath(const fs::path &root, const fs::path &path)
{
    auto mine = path.begin();
    for (const fs::path &part : root) {
        if (mine == path.end() || *mine != part) return false;
        ++mine;
    }
    return mine != path.end();
}

/// The canonical path of root / name, if it lies beneath the root and is of the right kind.
std::optional<fs::path> lookUp(const fs::path &root, const fs::path &name, bool folderToo)
{
    std::error_code error;
    const fs::path path = fs::canonical(root / name, error); // follows every link
    if (error || !isBeneath(root, path)) return std::nullopt;
    const fs::file_status status = fs::status(path, error);
    if (error || !(fs::is_regular_file(status) || (folderToo && fs::is_directory(status))))
        return std::nullopt;
    return path;
}

/// Whether no link in a folder leads out of the root, to a folder, or nowhere: a model may be read from all
/// that lies beside its first file.
bool keepsWithin(const fs::path &root, const fs::path &folder)
{
    constexpr int kMostEntries = 10'000;
    std::error_code error;
    int entries = 0;
    for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        if (++entries > kMostEntries) return false;
        if (it->is_symlink(error) && !lookUp(root, it->path().lexically_relative(root), false)) return false;
    }
    return !error;
}

/// lookUp() of a model: with all that may be read for it.
std::optional<fs::path> lookUpWhole(const fs::path &root, const fs::path &name, bool folderToo)
{
    const auto found = lookUp(root, name, folderToo);
    if (!found || !folderToo) return found;
    std::error_code error;
    const bool isFolder = fs::is_directory(*found, error);
    if (!isFolder && found->extension() != ".json") return found; // one file
    return keepsWithin(root, isFolder ? *found : found->parent_path()) ? found : std::nullopt;
}

/// "models/x.pth" -> "x.pth" for a folder called "models".
fs::path withoutFolder(const fs::path &root, const fs::path &name)
{
    if (name.empty() || *name.begin() != root.filename()) return {};
    fs::path rest;
    for (auto it = std::next(name.begin()); it != name.end(); ++it)
        rest /= *it;
    return rest;
}

/// Whether a state may be written under this name.
bool isPlain(const std::string &name)
{
    constexpr std::string_view kEnd = ".state";
    if (name.size() <= kEnd.size() || !name.ends_with(kEnd) || name.front() == '.') return false;
    return std::none_of(name.begin(), name.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '\\';
    });
}

} // namespace

std::string findBeneath(const std::string &folder, const std::string &name, const char *param, bool folderToo)
{
    const fs::path root = rootOf(folder, param), path = checkedName(name, param);
    if (const auto found = lookUpWhole(root, path, folderToo)) return found->string();
    const fs::path rest = withoutFolder(root, path);
    if (const auto found = rest.empty() ? std::nullopt : lookUpWhole(root, rest, folderToo))
        return found->string();
    throw notThere(param);
}

std::string placeBeneath(const std::string &folder, const std::string &name, const char *param,
                         bool overwrite)
{
    const fs::path root = rootOf(folder, param);
    fs::path path = checkedName(name, param);
    if (!isPlain(path.filename().string()))
        throw badRequest(param, std::string(param) +
                                    ": expected a name that ends in .state, begins with no dot and holds no "
                                    "control characters or backslashes");
    if (const fs::path rest = withoutFolder(root, path); !rest.empty()) path = rest;
    std::error_code error;
    const fs::path parent = fs::canonical((root / path).parent_path(), error);
    if (error || (parent != root && !isBeneath(root, parent)) || !path.has_filename() ||
        path.filename() == ".")
        throw notThere(param);
    const fs::path target = parent / path.filename();
    const fs::file_status status = fs::symlink_status(target, error);
    if (fs::exists(status) && !fs::is_regular_file(status)) throw notThere(param);
    if (fs::exists(status) && !overwrite)
        throw ApiError(400, "invalid_request_error", "file_exists",
                       std::string(param) + ": there is such a file; \"overwrite\": true replaces it", param);
    return target.string();
}

std::string withoutPaths(std::string message, const std::string &folder)
{
    std::error_code error;
    const fs::path root = folder.empty() ? fs::path() : fs::canonical(folder, error);
    if (root.empty() || error) return message;
    const std::string prefix = root.string() + '/';
    for (auto at = message.find(prefix); at != std::string::npos; at = message.find(prefix, at))
        message.erase(at, prefix.size());
    return message;
}

std::string withoutAbsolutePaths(const std::string &message)
{
    std::string result;
    for (std::size_t at = 0; at < message.size(); ++at) {
        const bool begins =
            at == 0 || std::string_view(" '\"(=:,").find(message[at - 1]) != std::string::npos;
        const bool isPath = message[at] == '/' && begins && at + 1 < message.size() && message[at + 1] != ' ';
        if (isPath) {
            std::size_t end = message.find_first_of("'\"\n", at); // a folder's name may hold blanks
            end = std::min({end, message.find(": ", at), message.find(" /", at), message.size()});
            at = message.rfind('/', end - 1); // whatever stands before the last name
            continue;
        }
        result += message[at];
    }
    return result;
}

} // namespace server
