#pragma once

#include "engine/server/json_text.h"
#include "engine/server/router.h"

#include <span>

namespace server
{

/// The OpenAPI 3.1 description of a table of routes. Bodies are described by the schemas of
/// openapi_schemas.cpp. Throws engine::Error(Internal) if a route names a schema that is not there.
OutJson describeApi(std::span<const Route> table);

/// Schemas of the bodies, by name: JSON.
const char *openApiSchemas();

} // namespace server
