#pragma once

#include "engine/options.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engine
{

// Functions that a model may call, in the form that the RWKV-7 "G1" models have learnt. The system turn ends
// with
//
//   Tools:
//   [{"name": "weather", "description": "...", "arguments": {JSON schema}},
//   {...}]
//   To call a function, answer with
//   ```json
//   {"name": "...", "arguments": {...}}
//   ```
//
// (and, where a call is required, "Return only a JSON function call."); the model's call is such a block, one
// block a call, and a result comes back as a turn
//
//   User: Function output:
//   the text of the result
//
// What users type cannot look so: a typed line that begins with "Function output:" is quoted by "> ".
// Source: BlinkDL/RWKV-LM RWKV-v7/RWKV7-G1x-templates.txt.

inline constexpr std::string_view kCallBegin = "```json", kCallEnd = "```";
inline constexpr int kMostCalls = 16; ///< of one answer, where a grammar forces them

/// Checks the tools' fields and those of their calls and results. Throws Error(BadRequest) naming them.
void validateTools(const GenerateSpec &spec);

/// The messages of a validated `spec` with everything about tools written as text: no Role::Tool and no
/// toolCalls are left.
std::vector<ChatMessage> messagesWithTools(const GenerateSpec &spec);

/// Finds calls in an answer while it comes. A block whose object has other keys, or names a function that is
/// not there, is text like any other. Blanks beside a call are no text. Thread: any, one at a time.
class ToolCallReader final
{
public:
    struct Part {
        std::string text;             ///< empty beside a call
        std::optional<ToolCall> call; ///< without an id
    };

    explicit ToolCallReader(std::vector<std::string> names);

    /// Appends text and adds what is certain now to `parts`.
    void push(std::string_view text, std::vector<Part> &parts);
    /// The rest, at the end of the answer.
    void finish(std::vector<Part> &parts);

private:
    enum class Found : std::uint8_t { Undecided, Text, Call };

    Found look(std::size_t &length, ToolCall &call) const;
    void flush(std::size_t length, std::vector<Part> &parts);

    const std::vector<std::string> m_names;
    std::string m_held;        ///< may be blanks before a call, and the call
    bool m_atLineStart = true; ///< where m_held begins
    bool m_behindCall = false; ///< blanks at the beginning of m_held are none of the text
};

} // namespace engine
