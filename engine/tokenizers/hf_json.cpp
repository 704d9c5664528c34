#include "engine/tokenizers/hf_json.h"

#include "engine/files/printable.h"
#include "engine/tokenizers/bpe.h"

#include <optional>

namespace engine
{
namespace
{

using nlohmann::json;

constexpr std::uint64_t kLargestFile = 32U << 20; ///< Qwen: 11 MB
constexpr std::uint64_t kLargestSmallFile = 1U << 20;
constexpr std::size_t kMostMerges = 1U << 19;
constexpr std::size_t kMostNodes = 1U << 17;
constexpr std::size_t kDeepest = 24;

/// Receives the file piece by piece.
class Reader final : public nlohmann::json_sax<json>
{
public:
    HuggingFaceJson result;
    std::string problem; ///< why a callback returned false

    bool null() override { return add(nullptr); }
    bool boolean(bool value) override { return add(value); }
    bool number_integer(std::int64_t value) override { return add(value); }
    bool number_float(double value, const std::string &) override { return add(value); }
    bool binary(json::binary_t &) override { return fail("found binary data"); }
    bool number_unsigned(std::uint64_t value) override;
    bool string(std::string &value) override;
    bool key(std::string &value) override
    {
        m_levels.back().key = std::move(value);
        return true;
    }
    bool start_object(std::size_t) override { return start(json::object()); }
    bool start_array(std::size_t) override { return start(json::array()); }
    bool end_object() override { return end(); }
    bool end_array() override { return end(); }
    bool parse_error(std::size_t position, const std::string &, const json::exception &) override
    {
        return fail("expected JSON, found something else at byte " + std::to_string(position));
    }

private:
    enum class Place { Tree, Vocabulary, Merges, Pair };
    struct Level {
        Place place = Place::Tree;
        json *node = nullptr; ///< of a tree
        std::string key;      ///< of the value that follows
    };

    bool fail(std::string what)
    {
        problem = std::move(what);
        return false;
    }
    bool start(json container);
    bool end();
    bool add(json value) { return put(std::move(value)) != nullptr; }
    json *put(json value);

    std::vector<Level> m_levels;
    std::vector<std::string> m_pair;
    std::size_t m_nodes = 0;
};

/// Adds a value to the innermost container of the tree; nullptr if there must be none.
json *Reader::put(json value)
{
    if (m_levels.empty()) return &(result.rest = std::move(value));
    Level &level = m_levels.back();
    if (level.place == Place::Vocabulary)
        fail("model.vocab: expected the id of " + printable(level.key) + ", found " +
             std::string(value.type_name()));
    else if (level.place != Place::Tree)
        fail("model.merges: expected two tokens, found " + std::string(value.type_name()));
    else if (++m_nodes > kMostNodes)
        fail("expected at most " + std::to_string(kMostNodes) + " values besides the vocabulary");
    if (!problem.empty()) return nullptr;
    if (level.node->is_array()) {
        level.node->push_back(std::move(value));
        return &level.node->back();
    }
    json &slot = (*level.node)[level.key];
    slot = std::move(value);
    return &slot;
}

bool Reader::start(json container)
{
    if (m_levels.size() >= kDeepest) return fail("expected at most " + std::to_string(kDeepest) + " levels");
    Place place = Place::Tree;
    if (m_levels.size() == 2 && m_levels[0].key == "model" && m_levels[1].node->is_object()) {
        if (m_levels[1].key == "vocab" && container.is_object()) place = Place::Vocabulary;
        if (m_levels[1].key == "merges" && container.is_array()) place = Place::Merges;
    } else if (!m_levels.empty() && m_levels.back().place == Place::Merges && container.is_array()) {
        place = Place::Pair;
    }
    json *node = place == Place::Tree ? put(std::move(container)) : nullptr;
    if (place == Place::Tree && !node) return false;
    m_levels.push_back({place, node, {}});
    m_pair.clear();
    return true;
}

bool Reader::end()
{
    const Place place = m_levels.back().place;
    m_levels.pop_back();
    if (place != Place::Pair) return true;
    if (m_pair.size() != 2)
        return fail("model.merges: expected two tokens, found " + std::to_string(m_pair.size()));
    if (result.merges.size() >= kMostMerges)
        return fail("model.merges: expected at most " + std::to_string(kMostMerges));
    result.merges.emplace_back(std::move(m_pair[0]), std::move(m_pair[1]));
    return true;
}

bool Reader::number_unsigned(std::uint64_t value)
{
    if (m_levels.empty() || m_levels.back().place != Place::Vocabulary) return add(value);
    if (value >= BpeVocabulary::kMostIds)
        return fail("model.vocab: expected ids below " + std::to_string(BpeVocabulary::kMostIds) +
                    ", found " + std::to_string(value));
    if (result.vocabulary.size() >= BpeVocabulary::kMostIds)
        return fail("model.vocab: expected at most " + std::to_string(BpeVocabulary::kMostIds) + " tokens");
    result.vocabulary.emplace_back(std::move(m_levels.back().key), static_cast<int>(value));
    return true;
}

bool Reader::string(std::string &value)
{
    const Place place = m_levels.empty() ? Place::Tree : m_levels.back().place;
    if (place == Place::Pair && m_pair.size() < 2) {
        m_pair.push_back(std::move(value));
        return true;
    }
    if (place != Place::Merges) return add(std::move(value));
    const std::size_t space = value.find(' ');
    if (space == std::string::npos || value.find(' ', space + 1) != std::string::npos)
        return fail("model.merges: expected two tokens with a space between, found " + printable(value));
    if (result.merges.size() >= kMostMerges)
        return fail("model.merges: expected at most " + std::to_string(kMostMerges));
    result.merges.emplace_back(value.substr(0, space), value.substr(space + 1));
    return true;
}

std::string contentOf(const MappedFile &file, std::uint64_t largest)
{
    if (file.size() > largest)
        file.refuse("expected at most " + std::to_string(largest) + " bytes, found " +
                        std::to_string(file.size()),
                    ErrorCode::BadTokenizer);
    std::string content(file.size(), '\0');
    file.copyOut(0, std::as_writable_bytes(std::span(content)));
    return content;
}

} // namespace

HuggingFaceJson readHuggingFaceJson(const MappedFile &file)
{
    const std::string content = contentOf(file, kLargestFile);
    Reader reader;
    if (!json::sax_parse(content, &reader)) file.refuse(reader.problem, ErrorCode::BadTokenizer);
    return std::move(reader.result);
}

json readSmallJson(const MappedFile &file)
{
    json tree = json::parse(contentOf(file, kLargestSmallFile), nullptr, false);
    if (tree.is_discarded()) file.refuse("expected JSON", ErrorCode::BadTokenizer);
    return tree;
}

} // namespace engine
