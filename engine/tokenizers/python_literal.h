#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace engine
{

/// The bytes that a Python literal '...', "..." or b'...' stands for: \xNN, \uNNNN and \UNNNNNNNN are code
/// points in text and \xNN a byte in b'...'; further escapes: \n \t \r \\ \' \". Nothing if it is not such a
/// literal.
std::optional<std::string> parsePythonLiteral(std::string_view literal);

} // namespace engine
