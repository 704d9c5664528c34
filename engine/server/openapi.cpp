#include "engine/server/openapi.h"

#include "engine/engine.h"
#include "engine/error.h"

#include <string>

namespace server
{
namespace
{

OutJson reference(const std::string &name) { return {{"$ref", "#/components/schemas/" + name}}; }

OutJson jsonContent(OutJson schema) { return {{"application/json", {{"schema", std::move(schema)}}}}; }

/// "get /v1/models/{id}" -> "get_v1_models_id".
std::string operationId(const std::string &method, const std::string &path)
{
    std::string id = method;
    for (const char c : path)
        if (c != '{' && c != '}') id += c == '/' || c == '.' ? '_' : c;
    return id;
}

OutJson describe(const Route &route, const std::string &method, const OutJson &schemas)
{
    OutJson operation{{"operationId", operationId(method, route.path)}, {"summary", route.summary}};
    if (std::string(route.path).find("{id}") != std::string::npos)
        operation["parameters"] = OutJson::array(
            {{{"name", "id"}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}}});
    if (route.body) {
        if (!schemas.contains(route.body))
            throw engine::Error(engine::ErrorCode::Internal,
                                std::string(route.path) + ": there is no schema " + route.body);
        operation["requestBody"] = {{"required", !route.bodyMayLack},
                                    {"content", jsonContent(reference(route.body))}};
    }
    operation["responses"] = {
        {"200", {{"description", "The answer"}}},
        {"default", {{"description", "What is wrong"}, {"content", jsonContent(reference("Error"))}}}};
    if (route.isOpen) operation["security"] = OutJson::array();
    return operation;
}

} // namespace

OutJson describeApi(std::span<const Route> table)
{
    OutJson schemas = OutJson::parse(openApiSchemas());
    OutJson paths = OutJson::object();
    for (const Route &route : table) {
        std::string method = route.method;
        for (char &c : method)
            c = static_cast<char>(c - 'A' + 'a');
        paths[route.path][method] = describe(route, method, schemas);
    }
    return {{"openapi", "3.1.0"},
            {"info", {{"title", "Rookery's local endpoint"}, {"version", engine::version()}}},
            {"paths", std::move(paths)},
            {"components",
             {{"schemas", std::move(schemas)},
              {"securitySchemes", {{"key", {{"type", "http"}, {"scheme", "bearer"}}}}}}},
            {"security", OutJson::array({{{"key", OutJson::array()}}})}};
}

} // namespace server
