#include "engine/server/openapi.h"

#include "engine/engine.h"
#include "engine/error.h"
#include "engine/server/handlers.h"

#include <map>
#include <set>
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

/// The names of a schema's properties, and of those that it is made of.
void addProperties(const OutJson &schemas, const OutJson &schema, std::set<std::string> &names)
{
    if (schema.contains("properties"))
        for (const auto &property : schema["properties"].items())
            names.insert(property.key());
    if (schema.contains("$ref")) {
        const std::string path = schema["$ref"];
        addProperties(schemas, schemas.at(path.substr(path.rfind('/') + 1)), names);
    }
    if (schema.contains("allOf"))
        for (const OutJson &part : schema["allOf"])
            addProperties(schemas, part, names);
}

std::map<std::string, std::set<std::string>, std::less<>> propertiesOfAll()
{
    const OutJson schemas = OutJson::parse(openApiSchemas());
    std::map<std::string, std::set<std::string>, std::less<>> all;
    for (const auto &schema : schemas.items())
        addProperties(schemas, schema.value(), all[schema.key()]);
    return all;
}

} // namespace

Json readBody(const Exchange &exchange, const char *schema)
{
    static const auto kKnown = propertiesOfAll();
    Json body = parseBody(exchange.request().body);
    const std::set<std::string> &known = kKnown.find(schema)->second;
    for (const auto &field : body.items())
        if (!field.value().is_null() && !known.contains(field.key()))
            throw ApiError(400, "invalid_request_error", "unknown_parameter",
                           "Unrecognized request argument supplied: " + field.key(), field.key());
    return body;
}

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
