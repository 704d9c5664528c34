#pragma once

#include "engine/server/exchange.h"

#include <span>
#include <string>

namespace server
{

struct Service;

/// Answers a request, now or later. May throw ApiError.
using Handler = void (*)(Service &service, const ExchangePtr &exchange);

/// One line of the table of what the endpoint serves.
struct Route {
    const char *method;
    const char *path; ///< may end in "/{id}", or hold it in the middle: "/v1/states/{id}/fork"
    Handler handler;
    const char *summary;
    const char *body = nullptr; ///< name of the schema of the body (openapi.cpp); nullptr: takes none
    bool isOpen = false;        ///< asks for no key
    bool bodyMayLack = false;
};

/// Every route of the endpoint; routes.cpp.
std::span<const Route> routes();

/// The route of a request; `argument` becomes the decoded value of "{id}". HEAD takes the routes of GET.
/// Throws ApiError 404, or 405 with the methods that there are.
const Route &findRoute(std::span<const Route> table, const std::string &method, const std::string &path,
                       std::string &argument);

/// Whether any method of this path asks for no key.
bool isOpenPath(std::span<const Route> table, const std::string &path);

} // namespace server
