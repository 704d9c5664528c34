// tokenizer.json and its company, made into a byte-level BPE vocabulary. The post_processor is left out: chat
// templates write the begin of a text themselves, and RWKV models were trained without one.
#include "engine/files/printable.h"
#include "engine/tokenizers/bpe.h"
#include "engine/tokenizers/byte_level.h"
#include "engine/tokenizers/hf_json.h"
#include "engine/tokenizers/readers.h"

#include <filesystem>
#include <unordered_map>

namespace engine
{
namespace
{

using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::uint64_t kLongestTemplate = 1U << 20;

class Builder
{
public:
    explicit Builder(const MappedFile &file)
        : m_file(file)
        , m_json(readHuggingFaceJson(file))
    {
    }

    BpeVocabulary build();

private:
    [[noreturn]] void refuse(const std::string &what) const { m_file.refuse(what, ErrorCode::BadTokenizer); }
    const json &member(const json &object, const char *name) const
    {
        static const json kNull;
        if (!object.is_object()) return kNull;
        const auto found = object.find(name);
        return found == object.end() ? kNull : *found;
    }
    std::string textOf(const json &value) const { return value.is_string() ? value.get<std::string>() : ""; }
    bool isTrue(const json &object, const char *name) const
    {
        const json &value = member(object, name);
        return value.is_boolean() && value.get<bool>();
    }

    void checkModel(const json &model);
    void takeTokens();
    void takeMerges();
    void takeAdded();
    void takeNormalizer(const json &normalizer);
    bool takePreTokenizer(const json &pre);
    void takeSplit(const json &split);
    void takeConfig();
    int idOf(const std::string &text) const;

    const MappedFile &m_file;
    HuggingFaceJson m_json;
    BpeVocabulary m_out;
};

BpeVocabulary Builder::build()
{
    checkModel(member(m_json.rest, "model"));
    takeTokens();
    takeMerges();
    takeAdded();
    takeNormalizer(member(m_json.rest, "normalizer"));
    if (!takePreTokenizer(member(m_json.rest, "pre_tokenizer")))
        refuse("pre_tokenizer: expected ByteLevel, found none");
    takeConfig();
    return std::move(m_out);
}

void Builder::checkModel(const json &model)
{
    const std::string type = textOf(member(model, "type"));
    if (!model.is_object() || (type != "BPE" && !type.empty()))
        refuse("model.type: expected BPE, found " + printable(type));
    for (const char *name : {"continuing_subword_prefix", "end_of_word_suffix"})
        if (!textOf(member(model, name)).empty())
            refuse(std::string("model.") + name + ": expected none, found " +
                   printable(textOf(member(model, name))));
    if (isTrue(model, "byte_fallback"))
        refuse("model.byte_fallback: expected a byte-level vocabulary, found one of characters");
    m_out.keepsWholePieces = isTrue(model, "ignore_merges");
    if (m_json.vocabulary.empty()) refuse("model.vocab: expected tokens, found none");
}

void Builder::takeTokens()
{
    for (const auto &[text, id] : m_json.vocabulary) {
        const auto index = static_cast<std::size_t>(id);
        if (index >= m_out.tokens.size()) m_out.tokens.resize(index + 1);
        std::string &token = m_out.tokens[index];
        if (text.empty() || text.size() > BpeVocabulary::kLongestToken)
            refuse("model.vocab: expected tokens of 1 to " + std::to_string(BpeVocabulary::kLongestToken) +
                   " bytes, found " + std::to_string(text.size()));
        if (!token.empty()) refuse("model.vocab: the id " + std::to_string(id) + " is given twice");
        token = bytesOfByteLevel(text).value_or(text);
    }
}

void Builder::takeMerges()
{
    std::unordered_map<std::string_view, int> ids;
    ids.reserve(m_json.vocabulary.size());
    for (const auto &[text, id] : m_json.vocabulary)
        if (!ids.emplace(text, id).second) refuse("model.vocab: " + printable(text) + " is given twice");
    std::string joined;
    m_out.merges.reserve(m_json.merges.size());
    for (const auto &[left, right] : m_json.merges) {
        const auto find = [&](const std::string &text) {
            const auto found = ids.find(text);
            if (found == ids.end())
                refuse("model.merges: expected tokens of the vocabulary, found " + printable(text));
            return found->second;
        };
        joined = left;
        joined += right;
        m_out.merges.push_back({find(left), find(right), find(joined)});
    }
    m_json.vocabulary = {};
    m_json.merges = {};
}

void Builder::takeAdded()
{
    const json &list = member(m_json.rest, "added_tokens");
    if (!list.is_array()) return;
    for (const json &entry : list) {
        BpeVocabulary::Added added;
        added.text = textOf(member(entry, "content"));
        const json &id = member(entry, "id");
        if (!id.is_number_unsigned() || id.get<std::uint64_t>() >= BpeVocabulary::kMostIds)
            refuse("added_tokens: expected an id below " + std::to_string(BpeVocabulary::kMostIds) + " for " +
                   printable(added.text));
        if (added.text.empty() || added.text.size() > BpeVocabulary::kLongestToken)
            refuse("added_tokens: expected a text of 1 to " + std::to_string(BpeVocabulary::kLongestToken) +
                   " bytes, found " + std::to_string(added.text.size()));
        if (isTrue(entry, "single_word"))
            refuse("added_tokens: single_word is not supported, " + printable(added.text) + " has it");
        added.id = id.get<int>();
        added.isControl = isTrue(entry, "special");
        added.isNormalized = isTrue(entry, "normalized");
        added.stripsLeft = isTrue(entry, "lstrip");
        added.stripsRight = isTrue(entry, "rstrip");
        const auto index = static_cast<std::size_t>(added.id);
        if (index >= m_out.tokens.size()) m_out.tokens.resize(index + 1);
        m_out.tokens[index] = added.text;
        m_out.added.push_back(std::move(added));
    }
}

void Builder::takeNormalizer(const json &normalizer)
{
    using Form = TextSplitter::Form;
    static const std::pair<const char *, Form> kForms[] = {
        {"NFC", Form::Nfc}, {"NFD", Form::Nfd}, {"NFKC", Form::Nfkc}, {"NFKD", Form::Nfkd}};
    if (normalizer.is_null()) return;
    const std::string type = textOf(member(normalizer, "type"));
    const json &list = member(normalizer, "normalizers");
    if (type == "Sequence" && list.is_array() && list.size() <= 1) {
        if (!list.empty()) takeNormalizer(list.front());
        return;
    }
    for (const auto &[name, form] : kForms)
        if (type == name) {
            m_out.form = form;
            return;
        }
    refuse("normalizer: expected NFC, NFD, NFKC, NFKD or none, found " + printable(type));
}

/// True if it ends in the byte-level alphabet.
bool Builder::takePreTokenizer(const json &pre)
{
    constexpr std::size_t kMostRules = 16;
    const std::string type = textOf(member(pre, "type"));
    if (type == "Sequence") {
        bool isByteLevel = false;
        const json &list = member(pre, "pretokenizers");
        if (!list.is_array() || list.size() > kMostRules)
            refuse("pre_tokenizer: expected a list of at most " + std::to_string(kMostRules));
        for (const json &part : list) {
            if (isByteLevel) refuse("pre_tokenizer: expected nothing behind ByteLevel");
            if (textOf(member(part, "type")) == "Sequence")
                refuse("pre_tokenizer: expected no list within a list");
            isByteLevel = takePreTokenizer(part);
        }
        return isByteLevel;
    }
    if (type == "Split") {
        takeSplit(pre);
        return false;
    }
    if (type != "ByteLevel") refuse("pre_tokenizer: expected ByteLevel or Split, found " + printable(type));
    if (isTrue(pre, "add_prefix_space")) refuse("pre_tokenizer: add_prefix_space is not supported");
    const json &usesRegex = member(pre, "use_regex");
    if (!usesRegex.is_boolean() || usesRegex.get<bool>()) m_out.rules.push_back({TextSplitter::kGpt2, false});
    return true;
}

void Builder::takeSplit(const json &split)
{
    const json &pattern = member(split, "pattern");
    const std::string expression = textOf(member(pattern, "Regex"));
    if (expression.empty()) refuse("pre_tokenizer: Split: expected a pattern of the kind Regex");
    const std::string behavior = textOf(member(split, "behavior"));
    const bool invert = isTrue(split, "invert");
    if (behavior == "Removed" && invert)
        m_out.rules.push_back({expression, true});
    else if (behavior == "Isolated")
        m_out.rules.push_back({expression, false}); // pieces are the same if inverted
    else
        refuse("pre_tokenizer: Split: expected the behavior Isolated, found " + printable(behavior));
}

int Builder::idOf(const std::string &text) const
{
    for (const BpeVocabulary::Added &added : m_out.added)
        if (added.text == text) return added.id;
    return -1;
}

/// The end of text and the chat template, from the files beside tokenizer.json.
void Builder::takeConfig()
{
    const fs::path folder = fs::path(m_file.path()).parent_path();
    const auto open = [&](const char *name) -> std::unique_ptr<const MappedFile> {
        std::error_code ignored;
        const fs::path path = folder / name;
        return fs::is_regular_file(path, ignored) ? MappedFile::open(path.string()) : nullptr;
    };
    const auto tokenText = [&](const json &token) {
        return textOf(token.is_object() ? member(token, "content") : token);
    };
    if (const auto config = open("tokenizer_config.json")) {
        const json tree = readSmallJson(*config);
        m_out.chat.beginText = tokenText(member(tree, "bos_token"));
        m_out.chat.endText = tokenText(member(tree, "eos_token"));
        const json &chat = member(tree, "chat_template");
        m_out.chat.text = textOf(chat);
        if (chat.is_array()) // several, with names
            for (const json &entry : chat)
                if (textOf(member(entry, "name")) == "default")
                    m_out.chat.text = textOf(member(entry, "template"));
    }
    if (const auto jinja = open("chat_template.jinja")) {
        if (jinja->size() > kLongestTemplate)
            jinja->refuse("expected at most " + std::to_string(kLongestTemplate) + " bytes",
                          ErrorCode::BadTokenizer);
        m_out.chat.text.resize(jinja->size());
        jinja->copyOut(0, std::as_writable_bytes(std::span(m_out.chat.text)));
    }
    m_out.endOfText = idOf(m_out.chat.endText);
    for (const char *name : {"<|endoftext|>", "</s>", "<|end_of_text|>"})
        if (m_out.endOfText < 0) m_out.endOfText = idOf(name);
}

} // namespace

BpeVocabulary readHuggingFaceVocabulary(const MappedFile &file) { return Builder(file).build(); }

std::unique_ptr<Tokenizer> openHuggingFaceTokenizer(const MappedFile &file)
{
    BpeVocabulary vocabulary = readHuggingFaceVocabulary(file);
    try {
        return makeBpeTokenizer(std::move(vocabulary));
    } catch (const Error &error) {
        file.refuse(error.message(), error.code());
    }
}

} // namespace engine
