#pragma once

#include "engine/options.h"
#include "engine/tools.h"

#include <optional>
#include <string>
#include <vector>

namespace server
{

/// Tells the text of an answer from the calls of tools in it.
class AnswerParts final
{
public:
    struct Piece {
        std::string text;
        int call = -1; ///< index into calls(); -1: text
    };

    explicit AnswerParts(const engine::GenerateSpec &spec);

    /// What is certain now.
    std::vector<Piece> push(const std::string &text);
    std::vector<Piece> finish();

    const std::string &text() const { return m_text; }
    const std::vector<engine::ToolCall> &calls() const { return m_calls; }

private:
    std::vector<Piece> take(const std::vector<engine::ToolCallReader::Part> &parts);

    std::optional<engine::ToolCallReader> m_reader; ///< absent where there are no tools
    std::string m_text;
    std::vector<engine::ToolCall> m_calls;
};

} // namespace server
