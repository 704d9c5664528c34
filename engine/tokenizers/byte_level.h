#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace engine
{

/// The byte-level alphabet of GPT-2: every byte is written as one printable character, so that a vocabulary
/// of bytes can be stored as text ("Ġthe" for " the"). Source: openai/gpt-2, encoder.py, bytes_to_unicode.

/// The bytes that `text` stands for; nothing if it has a character outside of the alphabet.
std::optional<std::string> bytesOfByteLevel(std::string_view text);

/// The character of one byte, as UTF-8.
std::string byteLevelOf(unsigned char byte);

} // namespace engine
