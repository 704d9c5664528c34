#include "engine/server/responses_input.h"

#include "engine/server/api_error.h"
#include "engine/server/messages.h"

#include <utility>

namespace server
{
namespace
{

using engine::ChatMessage;
using engine::Role;

ChatMessage messageItem(const Json &item, const std::string &path)
{
    return readMessages(Json::array({item}), path).front();
}

void addItem(const Json &item, const std::string &path, std::vector<ChatMessage> &messages)
{
    const Fields fields(item, path);
    const std::string type = fields.string("type").value_or("message");
    if (type == "reasoning") return;
    if (type == "message") return messages.push_back(messageItem(item, path));
    if (type == "function_call") {
        if (messages.empty() || messages.back().role != Role::Assistant) {
            messages.emplace_back();
            messages.back().role = Role::Assistant;
        }
        messages.back().toolCalls.push_back({fields.requiredString("name"),
                                             fields.string("arguments").value_or("{}"),
                                             fields.string("call_id").value_or("")});
        return;
    }
    if (type == "function_call_output") {
        ChatMessage message;
        message.role = Role::Tool;
        message.toolCallId = fields.string("call_id").value_or("");
        if (const Json *output = fields.find("output"))
            message.text = readContent(*output, fields.path("output"));
        return messages.push_back(std::move(message));
    }
    throw badRequest(fields.path("type"),
                     fields.path("type") +
                         ": expected message, function_call, function_call_output or reasoning, "
                         "found \"" +
                         type + '"');
}

} // namespace

std::vector<ChatMessage> readResponsesInput(const Fields &fields)
{
    std::vector<ChatMessage> messages;
    if (const auto instructions = fields.string("instructions"); instructions && !instructions->empty()) {
        messages.emplace_back();
        messages.back().role = Role::System;
        messages.back().text = *instructions;
    }
    const Json *input = fields.find("input");
    if (!input) throw badRequest("input", "input: expected a text or a list of items, found none");
    if (input->is_string()) {
        messages.emplace_back();
        messages.back().text = input->get<std::string>();
        return messages;
    }
    if (!input->is_array()) throwType("input", "a text or a list of items", *input);
    if (input->empty()) throw badRequest("input", "input: expected at least one item");
    for (std::size_t i = 0; i < input->size(); ++i)
        addItem((*input)[i], "input[" + std::to_string(i) + ']', messages);
    return messages;
}

} // namespace server
