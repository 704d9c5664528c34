#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace engine::jinja
{

struct Token {
    enum class Kind : std::uint8_t {
        Text,
        BeginOutput,
        EndOutput,
        BeginBlock,
        EndBlock,
        Name,
        Number,
        String,
        Sign,
        End
    };
    Kind kind = Kind::End;
    std::string text; ///< of a string: without quotes and escapes
    int line = 1;
};

/// Cuts a template; the last token is End. Comments are gone and white space is trimmed as the marks say.
/// Throws Error(BadTokenizer) naming the line.
std::vector<Token> cut(std::string_view source);

/// Throws Error(BadTokenizer) with "chat template, line <line>: <what>".
[[noreturn]] void refuse(int line, const std::string &what);

} // namespace engine::jinja
