#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace engine
{

/// Text to token ids and back. Immutable, safe from any thread.
class Tokenizer
{
public:
    virtual ~Tokenizer() = default;

    /// Any bytes; never fails. Ids are > 0 for World vocabularies (0 is the end of text and is never
    /// produced).
    virtual std::vector<int> encode(std::string_view text) const = 0;
    /// The bytes of one token; empty for the end of text and for unused ids.
    virtual std::string_view bytes(int token) const = 0;
    /// Largest id + 1.
    virtual int size() const = 0;
    /// True if `token` means something: unused rows of a model's head must never be drawn.
    virtual bool isUsed(int token) const = 0;
    virtual int endOfText() const = 0;

    /// Concatenated bytes, may be invalid UTF-8.
    std::string decode(const std::vector<int> &tokens) const;
};

/// Reads a vocabulary file (World format: `id literal length` lines, LF or CRLF).
/// Throws Error: FileNotFound, FileUnreadable, BadTokenizer (message names the line and what was expected).
std::unique_ptr<Tokenizer> openTokenizer(const std::string &path);

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
