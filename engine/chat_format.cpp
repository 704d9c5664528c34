#include "engine/chat_format.h"

#include "engine/error.h"
#include "engine/files/printable.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace engine
{
namespace
{

using namespace std::string_view_literals;

constexpr std::string_view kOpenThinking = "<think>";
constexpr std::string_view kCloseThinking = "</think>";
constexpr std::string_view kRoles[] = {"User", "System", "Assistant"};

/// Everything that some program shows as a new line. The first that fits counts.
constexpr std::string_view kLineEnds[] = {
    "\r\n",
    "\n",
    "\r",
    "\v",
    "\f",
    "\xC2\x85" /* next line */,
    "\xE2\x80\xA8" /* line separator */,
    "\xE2\x80\xA9" /* paragraph separator */,
};

/// Characters that leave a line blank to the eye: spaces and zero-width characters.
bool isBlank(std::string_view character)
{
    constexpr std::string_view kBlank[] = {
        " ",
        "\t",
        "\xC2\xA0",
        "\xE1\x9A\x80",
        "\xE2\x80\x80",
        "\xE2\x80\x81",
        "\xE2\x80\x82",
        "\xE2\x80\x83",
        "\xE2\x80\x84",
        "\xE2\x80\x85",
        "\xE2\x80\x86",
        "\xE2\x80\x87",
        "\xE2\x80\x88",
        "\xE2\x80\x89",
        "\xE2\x80\x8A",
        "\xE2\x80\x8B",
        "\xE2\x80\x8C",
        "\xE2\x80\x8D",
        "\xE2\x80\x8E",
        "\xE2\x80\x8F",
        "\xE2\x80\xAF",
        "\xE2\x81\x9F",
        "\xE2\x81\xA0",
        "\xE3\x80\x80",
        "\xEF\xBB\xBF",
    };
    return std::ranges::find(kBlank, character) != std::end(kBlank);
}

/// `line` without the blank characters at its start.
std::string_view withoutIndent(std::string_view line)
{
    while (!line.empty()) {
        const std::size_t length = std::max<std::size_t>(utf8Length(line), 1);
        if (!isBlank(line.substr(0, length))) break;
        line.remove_prefix(length);
    }
    return line;
}

std::vector<std::string_view> linesOf(std::string_view text)
{
    std::vector<std::string_view> lines;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < text.size();) {
        const auto fits = [rest = text.substr(i)](std::string_view end) { return rest.starts_with(end); };
        const auto *end = std::ranges::find_if(kLineEnds, fits);
        if (end == std::end(kLineEnds)) {
            ++i;
            continue;
        }
        lines.push_back(text.substr(begin, i - begin));
        i += end->size();
        begin = i;
    }
    lines.push_back(text.substr(begin));
    return lines;
}

std::string stripped(std::string_view text)
{
    constexpr std::string_view kSpace = " \t\n";
    const std::size_t begin = std::min(text.find_first_not_of(kSpace), text.size());
    return std::string(text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin));
}

/// For users and systems: no blank line is left, and a blank line is what separates turns.
std::string cleaned(std::string_view text)
{
    std::string out;
    for (const std::string_view line : linesOf(text)) {
        if (withoutIndent(line).empty()) continue;
        if (!out.empty()) out += '\n';
        out += line;
    }
    return stripped(out);
}

/// True for "User:", " user :", "Assistant：" (full-width colon) and the like.
bool looksLikeTurn(std::string_view line)
{
    const auto equal = [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
    };
    line = withoutIndent(line);
    for (const std::string_view role : kRoles) {
        if (!std::ranges::equal(line.substr(0, role.size()), role, equal)) continue;
        const std::string_view rest = withoutIndent(line.substr(role.size()));
        if (rest.starts_with(':') || rest.starts_with("\xEF\xBC\x9A")) return true;
    }
    return false;
}

std::string withoutThinking(std::string_view text)
{
    std::string out;
    while (true) {
        const std::size_t open = text.find(kOpenThinking);
        const std::size_t close = text.find(kCloseThinking, std::min(open, text.size()));
        if (open == std::string_view::npos || close == std::string_view::npos) break;
        out += text.substr(0, open);
        text.remove_prefix(close + kCloseThinking.size());
    }
    // An answer that was stopped while it was thinking.
    if (out.empty() && withoutIndent(text).starts_with(kOpenThinking)) return out;
    return out.append(text);
}

/// For assistants: blank lines stay, unless what follows would read as a turn.
std::string cleanedAnswer(std::string_view text)
{
    std::string out;
    std::size_t blankLines = 0;
    const std::string answer = stripped(withoutThinking(text));
    for (const std::string_view line : linesOf(answer)) {
        if (withoutIndent(line).empty()) {
            ++blankLines;
            continue;
        }
        if (!out.empty()) out.append(looksLikeTurn(line) ? 1 : blankLines + 1, '\n');
        blankLines = 0;
        out += line;
    }
    return stripped(out);
}

bool isReasoningModel(std::string_view name)
{
    const auto isWord = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
    while (!name.empty()) {
        const auto end = static_cast<std::size_t>(std::ranges::find_if_not(name, isWord) - name.begin());
        const std::string_view word = name.substr(0, end);
        const bool isG1 = (word.starts_with("g1") || word.starts_with("G1")) && word.size() <= 3;
        if (isG1 && (word.size() == 2 || std::isalpha(static_cast<unsigned char>(word[2])))) return true;
        name.remove_prefix(std::min(end + 1, name.size()));
    }
    return false;
}

void appendTurn(std::string &prompt, Role role, const std::string &text)
{
    if (!prompt.empty()) prompt += "\n\n";
    prompt += role == Role::User ? "User:" : role == Role::System ? "System:" : "Assistant:";
    if (!text.empty()) prompt += ' ' + text;
}

/// Ends the prompt within a tag, where texts seen in training have a token border; the model closes the tag.
void appendThinking(ChatPrompt &prompt, Thinking thinking)
{
    prompt.text += thinking == Thinking::Off ? " <think>\n</think" : " <think";
    prompt.startsInThinking = thinking != Thinking::Off;
    prompt.swallow += '>';
}

ChatPrompt renderRaw(const std::vector<ChatMessage> &messages)
{
    ChatPrompt prompt;
    prompt.trimStart = false;
    for (const ChatMessage &message : messages)
        prompt.text += message.text;
    return prompt;
}

} // namespace

ChatPrompt renderChat(const std::vector<ChatMessage> &messages, ChatTemplate chatTemplate, Thinking thinking,
                      const std::string &modelName)
{
    if (messages.empty()) throw Error(ErrorCode::BadRequest, "messages: expected at least one, found none");
    if (chatTemplate == ChatTemplate::Raw) return renderRaw(messages);
    const bool isReasoning = chatTemplate == ChatTemplate::Reasoning ||
                             (chatTemplate == ChatTemplate::Auto && isReasoningModel(modelName));

    ChatPrompt prompt;
    prompt.stopStrings = {"\n\nUser:", "\n\nSystem:", "\n\nAssistant:"};
    for (const ChatMessage &message : messages) {
        const bool isAnswer = message.role == Role::Assistant;
        const bool isLast = &message == &messages.back();
        std::string text = isAnswer ? cleanedAnswer(message.text) : cleaned(message.text);
        if (isAnswer && isLast && text.empty()) break; // nothing to continue: a new answer
        if (isReasoning && isLast && message.role == Role::User && thinking == Thinking::Short)
            text += " (think a bit)";
        appendTurn(prompt.text, message.role, text);
        if (isAnswer && isLast) {
            prompt.trimStart = false;
            return prompt;
        }
    }
    appendTurn(prompt.text, Role::Assistant, {});
    if (isReasoning) appendThinking(prompt, thinking);
    return prompt;
}

} // namespace engine
