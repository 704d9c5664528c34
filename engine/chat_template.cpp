// Conversations by the Jinja template of a vocabulary.
#include "engine/chat_format.h"
#include "engine/error.h"
#include "engine/files/printable.h"
#include "engine/jinja/template.h"

#include <algorithm>

namespace engine
{
namespace
{

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kOpenThinking = "<think>", kCloseThinking = "</think>";
constexpr std::string_view kSpace = " \t\r\n";

using ControlTokens = std::vector<Tokenizer::ControlToken>;

/// `text` as UTF-8, with a guard within every control token in it, whole or begun at its end.
std::string guarded(std::string_view text, const ControlTokens &control)
{
    std::string out;
    const std::size_t end = text.find_last_not_of(kSpace) + 1; // templates strip texts
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = utf8Length(text.substr(i, 4));
        out += length > 0 ? text.substr(i, length) : kReplacement;
        const std::string_view rest = text.substr(i);
        const bool isControl = std::ranges::any_of(control, [&](const Tokenizer::ControlToken &token) {
            return rest.starts_with(token.text) ||
                   (i < end && token.text.starts_with(text.substr(i, end - i)));
        });
        if (isControl) out += kGuard;
        i += std::max<std::size_t>(length, 1);
    }
    return out;
}

jinja::Dict variables(const std::vector<ChatMessage> &messages, bool asksForAnswer, Thinking thinking,
                      const Tokenizer &tokenizer)
{
    const ControlTokens control = tokenizer.controlTokens();
    jinja::List list;
    for (const ChatMessage &message : messages) {
        const char *role = message.role == Role::System ? "system"
                           : message.role == Role::User ? "user"
                                                        : "assistant";
        list.emplace_back(jinja::Dict{{"role", role}, {"content", guarded(message.text, control)}});
    }
    const ChatTemplateSource &source = *tokenizer.chatTemplate();
    return {{"messages", std::move(list)},
            {"add_generation_prompt", asksForAnswer},
            {"bos_token", source.beginText},
            {"eos_token", source.endText},
            {"enable_thinking", thinking != Thinking::Off},
            {"tools", jinja::Value::None{}},
            {"documents", jinja::Value::None{}}};
}

/// What the template writes behind an answer.
std::string behindAnswer(const jinja::Template &chat, const std::vector<ChatMessage> &messages,
                         Thinking thinking, const Tokenizer &tokenizer)
{
    constexpr std::string_view kProbe = "kept answer";
    std::vector<ChatMessage> probe;
    for (const ChatMessage &message : messages)
        if (message.role == Role::System && probe.empty()) probe.push_back(message);
    probe.push_back({Role::User, "question", {}});
    probe.push_back({Role::Assistant, std::string(kProbe), {}});
    const std::string text = chat.render(variables(probe, false, thinking, tokenizer));
    const std::size_t at = text.rfind(kProbe);
    return at == std::string::npos ? std::string() : text.substr(at + kProbe.size());
}

/// Ends the answer where the template would: at a control token, or at a line of text.
void addStops(ChatPrompt &prompt, std::string_view behind, const Tokenizer &tokenizer)
{
    const std::size_t text = behind.find_first_not_of(kSpace);
    if (text == std::string_view::npos) return;
    for (const Tokenizer::ControlToken &token : tokenizer.controlTokens())
        if (behind.substr(text).starts_with(token.text)) {
            prompt.stopTokens.push_back(token.id);
            return;
        }
    const std::size_t end = std::min(behind.find('\n', text), behind.size());
    const std::string_view line = behind.substr(text, end - text);
    prompt.stopStrings.emplace_back(line.substr(0, line.find_last_not_of(kSpace) + 1));
}

void addThinking(ChatPrompt &prompt, Thinking thinking, const ChatTemplateSource &source)
{
    std::string_view text = prompt.text;
    text = text.substr(0, text.find_last_not_of(kSpace) + 1);
    prompt.startsInThinking = text.ends_with(kOpenThinking);
    const bool mayThink = thinking != Thinking::Off && source.text.find(kCloseThinking) != std::string::npos;
    if (!prompt.startsInThinking && mayThink) prompt.beginOfThinking = kOpenThinking;
}

} // namespace

ChatPrompt renderChatTemplate(const std::vector<ChatMessage> &messages, Thinking thinking,
                              const Tokenizer &tokenizer)
{
    if (messages.empty()) throw Error(ErrorCode::BadRequest, "messages: expected at least one, found none");
    const jinja::Template chat(tokenizer.chatTemplate()->text);
    const ChatMessage &last = messages.back();
    const bool goesOn =
        last.role == Role::Assistant && last.text.find_first_not_of(kSpace) != std::string::npos;

    ChatPrompt prompt;
    prompt.isMarked = true;
    prompt.text = chat.render(variables(messages, !goesOn, thinking, tokenizer));
    addStops(prompt, behindAnswer(chat, messages, thinking, tokenizer), tokenizer);
    if (!goesOn) {
        addThinking(prompt, thinking, *tokenizer.chatTemplate());
        return prompt;
    }
    const std::string answer = guarded(last.text, tokenizer.controlTokens());
    const std::size_t begin = answer.find_first_not_of(kSpace), end = answer.find_last_not_of(kSpace) + 1;
    const std::size_t at = prompt.text.rfind(answer.substr(begin, end - begin));
    if (at == std::string::npos)
        throw Error(ErrorCode::BadRequest,
                    "messages: the model's chat template changes the last answer, so it cannot be continued");
    prompt.text.resize(at + end - begin);
    prompt.trimStart = false;
    return prompt;
}

std::vector<int> encodeGuarded(std::string_view text, const Tokenizer &tokenizer)
{
    std::vector<int> tokens;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(kGuard), text.size());
        const std::vector<int> part = tokenizer.encodeMarked(text.substr(0, end));
        tokens.insert(tokens.end(), part.begin(), part.end());
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return tokens;
}

} // namespace engine
