#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace engine
{

struct StoredVocabulary;

/// How a vocabulary says that a conversation becomes a prompt.
struct ChatTemplateSource {
    std::string text;               ///< a Jinja template, as Hugging Face's tokenizer_config.json has it
    std::string beginText, endText; ///< what it calls bos_token and eos_token
};

/// Text to token ids and back. Immutable, safe from any thread.
class Tokenizer
{
public:
    virtual ~Tokenizer() = default;

    /// A token that steers the model and is no part of any text, such as "<|im_end|>".
    struct ControlToken {
        int id = 0;
        std::string text;
    };

    /// Any bytes; never fails. Never produces a control token. Ids are > 0 for World vocabularies (0 is the
    /// end of text).
    virtual std::vector<int> encode(std::string_view text) const = 0;
    /// As encode, but the texts of control tokens become those tokens: for raw prompts and for what a chat
    /// template writes.
    virtual std::vector<int> encodeMarked(std::string_view text) const { return encode(text); }
    virtual std::vector<ControlToken> controlTokens() const { return {}; }
    /// nullptr: the vocabulary brings none.
    virtual const ChatTemplateSource *chatTemplate() const { return nullptr; }
    /// The bytes of one token; empty for control tokens (the end of text is one) and for unused ids.
    virtual std::string_view bytes(int token) const = 0;
    /// Largest id + 1.
    virtual int size() const = 0;
    /// True if `token` means something: unused rows of a model's head must never be drawn.
    virtual bool isUsed(int token) const = 0;
    virtual int endOfText() const = 0; ///< -1: the vocabulary does not say

    /// Concatenated bytes, may be invalid UTF-8.
    std::string decode(const std::vector<int> &tokens) const;
};

/// Reads a vocabulary file, told apart by its first bytes: World (`id literal length` lines) or Hugging
/// Face's tokenizer.json (byte-level BPE), to which tokenizer_config.json and chat_template.jinja beside it
/// are read. Throws Error: FileNotFound, FileUnreadable, BadTokenizer (message names the place and what was
/// expected).
std::unique_ptr<Tokenizer> openTokenizer(const std::string &path);

/// The vocabulary that a model file brings itself. Throws Error(BadTokenizer), also for kinds that are not
/// supported.
std::unique_ptr<Tokenizer> makeTokenizer(const StoredVocabulary &stored);

} // namespace engine
