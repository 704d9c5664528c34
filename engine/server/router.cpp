#include "engine/server/router.h"

#include <string_view>

namespace server
{
namespace
{

constexpr std::string_view kArgument = "{id}";

/// Whether `path` is of the form; `raw` is then what stands for "{id}".
bool matches(std::string_view form, std::string_view path, std::string_view &raw)
{
    const auto at = form.find(kArgument);
    if (at == std::string_view::npos) return form == path;
    const std::string_view before = form.substr(0, at), after = form.substr(at + kArgument.size());
    if (path.size() <= before.size() + after.size()) return false;
    if (!path.starts_with(before) || !path.ends_with(after)) return false;
    raw = path.substr(before.size(), path.size() - before.size() - after.size());
    return raw.find('/') == std::string_view::npos;
}

} // namespace

const Route &findRoute(std::span<const Route> table, const std::string &method, const std::string &path,
                       std::string &argument)
{
    std::string allow;
    for (const Route &route : table) {
        std::string_view raw;
        if (!matches(route.path, path, raw)) continue;
        if (method == route.method || (method == "HEAD" && std::string_view(route.method) == "GET")) {
            if (!percentDecode(raw, argument))
                throw badRequest({}, "the path is not percent-encoded rightly");
            return route;
        }
        allow += (allow.empty() ? "" : ", ") + std::string(route.method);
    }
    if (allow.empty())
        throw ApiError(404, "invalid_request_error", "not_found",
                       "there is nothing at this path; GET /openapi.json says what there is");
    ApiError error(405, "invalid_request_error", "method_not_allowed", "this path takes " + allow);
    error.allow = allow;
    throw error;
}

bool isOpenPath(std::span<const Route> table, const std::string &path)
{
    for (const Route &route : table) {
        std::string_view raw;
        if (route.isOpen && matches(route.path, path, raw)) return true;
    }
    return false;
}

} // namespace server
