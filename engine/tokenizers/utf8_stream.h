#pragma once

#include <string>
#include <string_view>

namespace engine
{

/// Cuts a byte stream into whole UTF-8 characters: push bytes, take text. An incomplete character is held
/// back (at most 3 bytes); bytes that can never become a character turn into U+FFFD.
class Utf8Stream
{
public:
    /// Appends bytes and returns all text that is complete now.
    std::string push(std::string_view bytes);
    /// What is left at the end: U+FFFD for an unfinished character, else nothing.
    std::string finish();

private:
    std::string m_pending;
};

} // namespace engine
