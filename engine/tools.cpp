#include "engine/tools.h"

#include "engine/error.h"
#include "engine/files/printable.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace engine
{
namespace
{

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostTools = 128;
constexpr std::size_t kMostNameBytes = 64;
constexpr std::size_t kMostSchemaBytes = 256U << 10U;
constexpr std::size_t kMostCallBytes = 64U << 10U; ///< that are held back until a call is complete
constexpr std::size_t kLongestLook = 256;
constexpr std::string_view kResult = "Function output:";

[[noreturn]] void refuse(const std::string &message) { throw Error(ErrorCode::BadRequest, message); }

bool isName(std::string_view name)
{
    constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    return !name.empty() && name.size() <= kMostNameBytes &&
           name.find_first_not_of(kAllowed) == std::string_view::npos;
}

/// A JSON object. Throws with `what` in front.
Json objectOf(const std::string &text, const std::string &what)
{
    if (text.size() > kMostSchemaBytes)
        refuse(what + ": expected at most 256 KiB, found " + std::to_string(text.size()) + " bytes");
    const auto limit = [&](int depth, Json::parse_event_t, Json &) {
        if (depth > 128) refuse(what + ": nests more than 128 deep");
        return true;
    };
    Json value = Json(nullptr);
    try {
        value = Json::parse(text, limit);
    } catch (const Json::exception &) {
        refuse(what + ": expected a JSON object, found " + printable(text));
    }
    if (!value.is_object()) refuse(what + ": expected a JSON object, found " + printable(text));
    return value;
}

std::string callText(const ToolCall &call)
{
    const Json arguments = objectOf(call.arguments, "messages: the arguments of a tool call");
    return std::string(kCallBegin) + "\n{\"name\": " + Json(call.name).dump() +
           ", \"arguments\": " + arguments.dump() + "}\n" + std::string(kCallEnd);
}

std::string described(const GenerateSpec &spec)
{
    std::string text = "Tools:\n[";
    for (const ToolSpec &tool : spec.tools) {
        Json one = {{"name", tool.name}, {"description", tool.description}, {"arguments", Json::object()}};
        if (!tool.parameters.empty())
            one["arguments"] = objectOf(tool.parameters, "tools: " + tool.name + ": parameters");
        if (&tool != &spec.tools.front()) text += ",\n";
        text += one.dump(-1, ' ', false, Json::error_handler_t::replace);
    }
    text += "]\nTo call a function, answer with\n" + std::string(kCallBegin) +
            "\n{\"name\": \"...\", \"arguments\": {...}}\n" + std::string(kCallEnd);
    if (spec.toolChoice == ToolChoice::Required) text += "\nReturn only a JSON function call.";
    if (spec.toolChoice == ToolChoice::Named)
        text += "\nReturn only a JSON function call of " + spec.toolName + ".";
    return text;
}

/// True if a line, told apart as generously as a reader would, begins like a result.
bool looksLikeResult(std::string_view line)
{
    std::string letters; // of the line's beginning, without what may stand between them
    for (const char c : line.substr(0, line.find_first_of("\n\r\v\f"))) {
        if (c >= 'A' && c <= 'Z')
            letters += static_cast<char>(c - 'A' + 'a');
        else if (c >= 'a' && c <= 'z')
            letters += c;
        else if (c >= '0' && c <= '9')
            break;
        if (letters.size() >= 14) break;
    }
    return letters == "functionoutput";
}

/// Typed text in which no line reads as the beginning of a result.
std::string quoted(const std::string &text)
{
    constexpr std::string_view kLineEnds[] = {"\n",       "\r",           "\v",          "\f",
                                              "\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"};
    std::string out;
    bool atLineStart = true;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::string_view rest = std::string_view(text).substr(i);
        if (atLineStart && looksLikeResult(rest.substr(0, kLongestLook))) out += "> ";
        out += text[i];
        atLineStart = std::ranges::any_of(kLineEnds, [&](std::string_view end) {
            return std::string_view(text).substr(0, i + 1).ends_with(end);
        });
    }
    return out;
}

std::size_t skipBlanks(std::string_view text, std::size_t at)
{
    return std::min(text.find_first_not_of(" \t\r\n", at), text.size());
}

/// How far `word` has come at `at`: npos if it is not there, text.size() if the text ends first.
std::size_t passes(std::string_view text, std::size_t at, std::string_view word)
{
    const std::string_view rest = text.substr(at);
    if (rest.starts_with(word)) return at + word.size();
    return word.starts_with(rest) ? text.size() : std::string_view::npos;
}

/// Behind the object that begins at `at`; npos while it goes on.
std::size_t endOfObject(std::string_view text, std::size_t at)
{
    int depth = 0;
    bool isString = false;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (isString) {
            at += c == '\\' ? 1 : 0;
            isString = c != '"';
        } else if (c == '"') {
            isString = true;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if ((c == '}' || c == ']') && --depth == 0) {
            return at + 1;
        }
    }
    return std::string_view::npos;
}

} // namespace

void validateTools(const GenerateSpec &spec)
{
    if (spec.tools.size() > kMostTools)
        refuse("tools: expected at most " + std::to_string(kMostTools) + ", found " +
               std::to_string(spec.tools.size()));
    if (!spec.tools.empty() && spec.messages.empty())
        refuse("tools: expected messages with them, found none");
    std::set<std::string> names;
    for (const ToolSpec &tool : spec.tools) {
        if (!isName(tool.name))
            refuse("tools: expected a name of 1 to 64 of A-Z, a-z, 0-9, _ and -, found " +
                   printable(tool.name));
        if (!names.insert(tool.name).second) refuse("tools: there are two of the name '" + tool.name + "'");
        if (!tool.parameters.empty()) objectOf(tool.parameters, "tools: " + tool.name + ": parameters");
    }
    const bool mustCall = spec.toolChoice == ToolChoice::Required || spec.toolChoice == ToolChoice::Named;
    if (mustCall && spec.tools.empty()) refuse("tool_choice: expected tools to choose from, found none");
    if (mustCall && spec.grammar.kind != GrammarSpec::Kind::None)
        refuse("tool_choice: expected no grammar or response format beside a call that is required");
    if (spec.toolChoice == ToolChoice::Named && !names.contains(spec.toolName))
        refuse("tool_choice: there is no tool " + printable(spec.toolName));
    std::set<std::string> calls;
    for (const ChatMessage &message : spec.messages) {
        if (!message.toolCalls.empty() && message.role != Role::Assistant)
            refuse("messages: expected tool calls in turns of the assistant only");
        for (const ToolCall &call : message.toolCalls) {
            if (!isName(call.name))
                refuse("messages: expected the name of a tool in its call, found " + printable(call.name));
            objectOf(call.arguments, "messages: the arguments of a tool call");
            calls.insert(call.id);
        }
        if (message.role == Role::Tool && !message.toolCallId.empty() && !calls.contains(message.toolCallId))
            refuse("messages: no message before asks for the tool result " + printable(message.toolCallId));
    }
}

std::vector<ChatMessage> messagesWithTools(const GenerateSpec &spec)
{
    std::vector<ChatMessage> messages;
    const bool isRaw = spec.chatTemplate == ChatTemplate::Raw;
    for (const ChatMessage &message : spec.messages) {
        ChatMessage out{message.role, message.text, message.thinking};
        if (message.role == Role::Tool) {
            out.role = Role::User;
            out.text = std::string(kResult) + "\n" + quoted(message.text);
        } else if (message.role == Role::Assistant) {
            for (const ToolCall &call : message.toolCalls)
                out.text += (out.text.empty() ? "" : "\n") + callText(call);
        } else if (!isRaw) {
            out.text = quoted(message.text);
        }
        messages.push_back(std::move(out));
    }
    if (spec.tools.empty() || spec.toolChoice == ToolChoice::None) return messages;
    if (messages.front().role != Role::System)
        messages.insert(messages.begin(), ChatMessage{Role::System, {}, {}});
    std::string &system = messages.front().text;
    system += (system.empty() ? "" : "\n") + described(spec);
    return messages;
}

ToolCallReader::ToolCallReader(std::vector<std::string> names)
    : m_names(std::move(names))
{
}

/// What stands at the beginning of m_held, behind blanks. `length`: of the blanks and the call, or of what is
/// text for sure.
ToolCallReader::Found ToolCallReader::look(std::size_t &length, ToolCall &call) const
{
    const std::string_view text = m_held;
    const std::size_t begin = skipBlanks(text, 0);
    length = begin;
    if (begin == text.size()) return Found::Undecided;
    const bool atLineStart = text.substr(0, begin).find('\n') != std::string_view::npos || m_atLineStart;
    // Text that is no call ends at the next line, where another may begin.
    const std::size_t line = text.find('\n', begin);
    const std::size_t asText = line == std::string_view::npos ? text.size() : line;
    length = asText;
    if (!atLineStart) return Found::Text;
    std::size_t at = begin;
    for (const std::string_view word :
         {kCallBegin, std::string_view("{"), std::string_view("\"name\""), std::string_view(":")}) {
        at = passes(text, at, word);
        if (at == std::string_view::npos) return Found::Text;
        at = skipBlanks(text, at);
        if (at == text.size()) return Found::Undecided;
    }
    const std::size_t object = text.find('{', begin);
    const std::size_t end = endOfObject(text, object);
    if (end == std::string_view::npos) return text.size() > kMostCallBytes ? Found::Text : Found::Undecided;
    at = passes(text, skipBlanks(text, end), kCallEnd);
    if (at == std::string_view::npos) return Found::Text;
    if (!text.substr(0, at).ends_with(kCallEnd) || at < end + kCallEnd.size()) return Found::Undecided;
    const Json value = Json::parse(text.substr(object, end - object), nullptr, false);
    const bool isCall =
        value.is_object() && value.size() == 2 && value.contains("name") && value["name"].is_string() &&
        value.contains("arguments") && value["arguments"].is_object() &&
        std::ranges::find(m_names, value["name"].get_ref<const std::string &>()) != m_names.end();
    if (!isCall) return Found::Text;
    call = {value["name"], value["arguments"].dump(-1, ' ', false, Json::error_handler_t::replace), {}};
    length = at;
    return Found::Call;
}

/// Tells the first `length` bytes held, as text.
void ToolCallReader::flush(std::size_t length, std::vector<Part> &parts)
{
    const std::size_t begin = m_behindCall ? skipBlanks(m_held, 0) : 0;
    std::string text = m_held.substr(std::min(begin, length), length - std::min(begin, length));
    m_atLineStart = false;
    m_behindCall = m_behindCall && text.empty();
    m_held.erase(0, length);
    if (text.empty()) return;
    if (!parts.empty() && !parts.back().call)
        parts.back().text += text;
    else
        parts.push_back({std::move(text), std::nullopt});
}

void ToolCallReader::push(std::string_view text, std::vector<Part> &parts)
{
    m_held += text;
    while (!m_held.empty()) {
        std::size_t length = 0;
        ToolCall call;
        const Found found = look(length, call);
        if (found == Found::Undecided) return;
        if (found == Found::Text) {
            flush(length, parts);
            continue;
        }
        m_held.erase(0, length);
        m_atLineStart = false;
        m_behindCall = true;
        parts.push_back({{}, std::move(call)});
    }
}

void ToolCallReader::finish(std::vector<Part> &parts)
{
    const bool isBlank = skipBlanks(m_held, 0) == m_held.size();
    if (isBlank && m_behindCall) m_held.clear();
    flush(m_held.size(), parts);
}

} // namespace engine
