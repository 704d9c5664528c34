#include "engine/server/messages.h"

#include "engine/server/api_error.h"
#include "engine/server/fields.h"

namespace server
{
namespace
{

engine::Role readRole(const Fields &fields)
{
    const std::string role = fields.requiredString("role");
    if (role == "system" || role == "developer") return engine::Role::System;
    if (role == "user") return engine::Role::User;
    if (role == "assistant") return engine::Role::Assistant;
    if (role == "tool") return engine::Role::Tool;
    throw badRequest(fields.path("role"),
                     fields.path("role") + ": expected developer, system, user, assistant or tool, found \"" +
                         role + '"');
}

/// The tool_calls of an assistant's turn.
std::vector<engine::ToolCall> readCalls(const Fields &fields)
{
    std::vector<engine::ToolCall> calls;
    const Json *list = fields.array("tool_calls");
    for (std::size_t i = 0; list && i < list->size(); ++i) {
        const Fields call((*list)[i], fields.path("tool_calls") + '[' + std::to_string(i) + ']');
        const Json *function = call.object("function");
        if (!function)
            throw badRequest(call.path("function"), call.path("function") + ": expected a function");
        const Fields inner(*function, call.path("function"));
        calls.push_back({inner.requiredString("name"), inner.string("arguments").value_or("{}"),
                         call.string("id").value_or("")});
    }
    return calls;
}

engine::ChatMessage readMessage(const Json &item, const std::string &path)
{
    const Fields fields(item, path);
    engine::ChatMessage message;
    message.role = readRole(fields);
    if (const Json *content = fields.find("content"))
        message.text = readContent(*content, fields.path("content"));
    else if (message.role != engine::Role::Assistant)
        throw badRequest(fields.path("content"), fields.path("content") + ": expected a text, found none");
    if (const auto thinking = fields.string("reasoning_content")) message.thinking = *thinking;
    if (message.role == engine::Role::Assistant) message.toolCalls = readCalls(fields);
    if (message.role == engine::Role::Tool) message.toolCallId = fields.string("tool_call_id").value_or("");
    return message;
}

} // namespace

std::string readContent(const Json &content, const std::string &path)
{
    if (content.is_string()) return content.get<std::string>();
    if (!content.is_array()) throwType(path, "a string or a list of parts", content);
    std::string text;
    for (std::size_t i = 0; i < content.size(); ++i) {
        const Fields part(content[i], path + '[' + std::to_string(i) + ']');
        const std::string type = part.requiredString("type");
        const char *field = type == "refusal" ? "refusal" : "text";
        if (type != "text" && type != "input_text" && type != "output_text" && type != "refusal")
            throw badRequest(part.path("type"),
                             part.path("type") + ": expected text, as no other parts can be read, found \"" +
                                 type + '"');
        text += part.string(field).value_or("");
    }
    return text;
}

std::vector<engine::ChatMessage> readMessages(const Json &list, const std::string &path)
{
    if (!list.is_array()) throwType(path, "a list of messages", list);
    if (list.empty()) throw badRequest(path, path + ": expected at least one message");
    std::vector<engine::ChatMessage> messages;
    for (std::size_t i = 0; i < list.size(); ++i)
        messages.push_back(readMessage(list[i], path + '[' + std::to_string(i) + ']'));
    return messages;
}

} // namespace server
