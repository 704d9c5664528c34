#include "engine/server/answer_parts.h"

#include "engine/server/answer.h"

namespace server
{

AnswerParts::AnswerParts(const engine::GenerateSpec &spec)
{
    if (spec.tools.empty() || spec.toolChoice == engine::ToolChoice::None) return;
    std::vector<std::string> names;
    for (const engine::ToolSpec &tool : spec.tools)
        names.push_back(tool.name);
    m_reader.emplace(std::move(names));
}

std::vector<AnswerParts::Piece> AnswerParts::push(const std::string &text)
{
    std::vector<engine::ToolCallReader::Part> parts;
    if (m_reader)
        m_reader->push(text, parts);
    else if (!text.empty())
        parts.push_back({text, std::nullopt});
    return take(parts);
}

std::vector<AnswerParts::Piece> AnswerParts::finish()
{
    std::vector<engine::ToolCallReader::Part> parts;
    if (m_reader) m_reader->finish(parts);
    return take(parts);
}

std::vector<AnswerParts::Piece> AnswerParts::take(const std::vector<engine::ToolCallReader::Part> &parts)
{
    std::vector<Piece> pieces;
    for (const auto &part : parts) {
        if (part.call) {
            m_calls.push_back(*part.call);
            m_calls.back().id = makeId("call_");
            pieces.push_back({{}, int(m_calls.size()) - 1});
        } else if (!part.text.empty()) {
            m_text += part.text;
            pieces.push_back({part.text, -1});
        }
    }
    return pieces;
}

} // namespace server
