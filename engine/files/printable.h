#pragma once

#include <string>
#include <string_view>

namespace engine
{

/// Text from a file, made fit for a message: quoted, control bytes and invalid UTF-8 as \xNN, cut after 80
/// bytes.
std::string printable(std::string_view text);

/// True if `text` is well-formed UTF-8 (no surrogates, no overlong forms, nothing above U+10FFFF).
bool isUtf8(std::string_view text);

/// Length (1..4) of the well-formed UTF-8 character at the start of `text`; 0 if there is none.
std::size_t utf8Length(std::string_view text);

} // namespace engine
