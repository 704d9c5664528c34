#include "engine/server/constraints.h"

#include "engine/server/api_error.h"

#include <optional>

namespace server
{
namespace
{

using engine::GrammarSpec;

constexpr std::size_t kMostTools = 128;
constexpr std::size_t kMostOrderedBytes = 128U << 10; ///< keys kept in order cost the square of their number

/// Finds the same value in the body with its keys in order, where that is affordable.
class Ordered final
{
public:
    explicit Ordered(std::string_view body)
    {
        if (body.size() <= kMostOrderedBytes) m_body = OutJson::parse(body);
    }
    std::string dump(const Json &value, const std::string &pointer) const
    {
        const OutJson::json_pointer at(pointer);
        return m_body && m_body->contains(at) ? m_body->at(at).dump() : value.dump();
    }

private:
    std::optional<OutJson> m_body;
};

/// `pointer` is the JSON pointer of the format's object.
void readFormat(const Fields &format, const std::string &pointer, const Ordered &ordered,
                GrammarSpec &grammar)
{
    const std::string type = format.requiredString("type");
    if (type == "text") return;
    if (type == "json_object" && !format.has("schema")) {
        grammar.kind = GrammarSpec::Kind::Json;
        return;
    }
    if (type == "grammar") {
        grammar = {GrammarSpec::Kind::Gbnf, format.requiredString("grammar")};
        return;
    }
    if (type != "json_schema" && type != "json_object")
        throw badRequest(format.path("type"),
                         format.path("type") +
                             ": expected text, json_object, json_schema or grammar, found \"" + type + '"');
    // {"json_schema": {"schema": ...}} in chat, {"schema": ...} in responses
    const Json *inner = format.object("json_schema");
    const Json *schema =
        inner ? Fields(*inner, format.path("json_schema")).find("schema") : format.find("schema");
    const std::string where = inner ? pointer + "/json_schema/schema" : pointer + "/schema";
    if (!schema || !(schema->is_object() || schema->is_boolean()))
        throw badRequest(format.path("json_schema"), format.path("json_schema") + ": expected a schema");
    grammar = {GrammarSpec::Kind::JsonSchema, ordered.dump(*schema, where)};
}

void readTools(const Fields &fields, const Ordered &ordered, engine::GenerateSpec &spec)
{
    const Json *tools = fields.array("tools");
    if (!tools) return;
    if (tools->size() > kMostTools)
        throw badRequest("tools", "tools: expected at most " + std::to_string(kMostTools));
    for (std::size_t i = 0; i < tools->size(); ++i) {
        const std::string index = std::to_string(i);
        const Fields outer((*tools)[i], "tools[" + index + ']');
        if (const std::string type = outer.requiredString("type"); type != "function")
            throw badRequest(outer.path("type"),
                             outer.path("type") + ": expected function, found \"" + type + '"');
        const Json *nested = outer.object("function"); // responses have its fields beside the type
        const Fields function = nested ? Fields(*nested, outer.path("function")) : outer;
        engine::ToolSpec tool;
        tool.name = function.requiredString("name");
        tool.description = function.string("description").value_or("");
        if (const Json *parameters = function.object("parameters"))
            tool.parameters = ordered.dump(
                *parameters, "/tools/" + index + (nested ? "/function/parameters" : "/parameters"));
        spec.tools.push_back(std::move(tool));
    }
}

void readToolChoice(const Fields &fields, engine::GenerateSpec &spec)
{
    using engine::ToolChoice;
    spec.parallelToolCalls = fields.boolean("parallel_tool_calls").value_or(true);
    const Json *choice = fields.find("tool_choice");
    if (!choice) return;
    if (choice->is_object()) {
        const Fields outer(*choice, "tool_choice");
        const Json *nested = outer.object("function");
        spec.toolName = (nested ? Fields(*nested, "tool_choice.function") : outer).requiredString("name");
        spec.toolChoice = ToolChoice::Named;
    } else {
        const std::string word = *fields.string("tool_choice");
        if (word != "none" && word != "auto" && word != "required")
            throw badRequest("tool_choice",
                             "tool_choice: expected none, auto, required or a function, found \"" + word +
                                 '"');
        spec.toolChoice = word == "none"   ? ToolChoice::None
                          : word == "auto" ? ToolChoice::Auto
                                           : ToolChoice::Required;
    }
    const bool needsTools = spec.toolChoice == ToolChoice::Required || spec.toolChoice == ToolChoice::Named;
    if (needsTools && spec.tools.empty())
        throw badRequest("tool_choice", "tool_choice: expected tools to choose from, found none");
}

} // namespace

void readConstraints(const Fields &fields, std::string_view body, engine::GenerateSpec &spec)
{
    const Ordered ordered(body);
    if (const Json *format = fields.object("response_format"))
        readFormat(Fields(*format, "response_format"), "/response_format", ordered, spec.grammar);
    if (const Json *text = fields.object("text"))
        if (const Json *format = Fields(*text, "text").object("format"))
            readFormat(Fields(*format, "text.format"), "/text/format", ordered, spec.grammar);
    if (const auto grammar = fields.string("grammar"); grammar && !grammar->empty()) {
        if (spec.grammar.kind != GrammarSpec::Kind::None)
            throw badRequest("grammar", "grammar: expected either this or response_format");
        spec.grammar = {GrammarSpec::Kind::Gbnf, *grammar};
    }
    readTools(fields, ordered, spec);
    readToolChoice(fields, spec);
}

} // namespace server
