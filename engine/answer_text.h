#pragma once

#include "engine/stop_rules.h"
#include "engine/tokenizers/tokenizer.h"
#include "engine/tokenizers/utf8_stream.h"

#include <string>
#include <string_view>
#include <vector>

namespace engine
{

/// What is known about an answer before it begins; see ChatPrompt.
struct AnswerForm {
    std::vector<std::string> stopStrings;
    bool startsInThinking = false; ///< it begins inside a thinking block
    std::string endOfThinking = "</think>";
    std::string beginOfThinking; ///< not empty: an answer that begins with it begins with thinking
    bool trimStart = false;      ///< leading spaces and line ends are not part of the text
    std::string swallow;         ///< not part of the text if it begins with it; at most one byte
};

/// Turns the bytes of an answer's tokens into text: whole characters, stop strings, thinking told from
/// answer.
class AnswerText final
{
public:
    struct Part {
        std::string text;
        bool thinking = false;
    };

    explicit AnswerText(AnswerForm form);

    /// Appends one token's bytes and adds what is certain now to `parts`; neighbours of one kind are merged.
    /// `mayStop` false: no stop string begins with a character that begins in `bytes`.
    void push(std::string_view bytes, std::vector<Part> &parts, bool mayStop = true);
    /// The rest, at the end of a generation that no stop string ended.
    void finish(std::vector<Part> &parts);
    const std::optional<std::string> &stop() const { return m_stops.matched(); }
    bool isThinking() const { return m_thinking; }

private:
    bool beginIsUndecided(std::string_view &text);
    void split(std::string_view text, std::vector<Part> &parts);
    void add(std::string_view text, std::vector<Part> &parts);

    Utf8Stream m_characters;
    StopRules m_stops;
    bool m_mayStop = true; ///< of the character at hand
    bool m_thinking;
    bool m_trim;
    std::string m_swallow;
    std::string m_beginOfThinking; ///< empty once that is decided
    const std::string m_endOfThinking;
    std::string m_held; ///< may be the beginning of m_beginOfThinking or m_endOfThinking
};

} // namespace engine
