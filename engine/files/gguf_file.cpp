// GGUF, version 2 and 3: key-value pairs, a list of tensors, and their bytes. Names and shapes as they stand
// there; gguf_layout.cpp makes BlinkDL's of them.
// Source: ggml-org/ggml, docs/gguf.md.

#include "engine/files/block_types.h"
#include "engine/files/byte_cursor.h"
#include "engine/files/gguf_types.h"
#include "engine/files/printable.h"
#include "engine/files/readers.h"
#include "engine/files/stored_vocabulary.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace engine
{
namespace
{

using gguf::Kind;

constexpr std::uint64_t kMostKeys = 65'536;
constexpr std::uint64_t kLongestName = 512;
constexpr std::uint64_t kLongestText = 1 << 20;
constexpr std::uint64_t kMostKept = 48U << 20; ///< bytes of memory for texts and lists
constexpr std::uint64_t kLargestAlignment = 1 << 16;

/// Bytes of a scalar; 0 for text, lists and what is no kind.
std::uint64_t widthOf(std::uint32_t kind)
{
    static constexpr std::uint8_t kWidths[] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
    return kind < std::size(kWidths) ? kWidths[kind] : 0;
}

class GgufFile final : public MappedTensorFile
{
public:
    explicit GgufFile(std::unique_ptr<const MappedFile> file);

    const StoredVocabulary *vocabulary() const override
    {
        return m_vocabulary.tokens.empty() ? nullptr : &m_vocabulary;
    }

private:
    std::string takeText(std::uint64_t longest, const std::string &what);
    void keep(std::uint64_t bytes);
    std::string takeScalar(std::uint32_t kind);
    void takePair();
    void takeList(const std::string &key);
    void takeNumbers(std::uint32_t kind, std::uint64_t count, const std::string &key);
    void takeTexts(std::uint64_t count, const std::string &key);
    void setVocabulary();
    void takeTensor();
    void place();

    ByteCursor m_cursor;
    StoredVocabulary m_vocabulary;
    std::vector<std::uint64_t> m_offsets; ///< of m_tensors
    std::uint64_t m_kept = 0;
};

GgufFile::GgufFile(std::unique_ptr<const MappedFile> file)
    : MappedTensorFile(std::move(file), "gguf")
    , m_cursor(*m_file, 4)
{
    const auto version = m_cursor.number<std::uint32_t>();
    if (version != 2 && version != 3)
        m_file->refuse("expected GGUF version 2 or 3, found " + std::to_string(version),
                       ErrorCode::UnsupportedModel);
    const auto tensors = m_cursor.number<std::uint64_t>();
    const auto pairs = m_cursor.number<std::uint64_t>();
    constexpr std::uint64_t kShortestTensor = 8 + 4 + 4 + 8, kShortestPair = 8 + 4 + 1;
    if (tensors > std::min<std::uint64_t>(kMostTensors, m_cursor.left() / kShortestTensor))
        m_file->refuse("a file of " + std::to_string(m_fileBytes) + " bytes cannot list " +
                       std::to_string(tensors) + " tensors");
    if (pairs > std::min<std::uint64_t>(kMostKeys, m_cursor.left() / kShortestPair))
        m_file->refuse("a file of " + std::to_string(m_fileBytes) + " bytes cannot hold " +
                       std::to_string(pairs) + " keys");
    for (std::uint64_t i = 0; i < pairs; ++i)
        takePair();
    setVocabulary();
    for (std::uint64_t i = 0; i < tensors; ++i)
        takeTensor();
    place();
    if (m_tensors.empty()) m_file->refuse("there is no tensor in this file", ErrorCode::UnsupportedModel);
    if (const auto twice = indexNames())
        m_file->refuse("the tensor " + printable(*twice) + " is given twice");
}

std::string GgufFile::takeText(std::uint64_t longest, const std::string &what)
{
    const auto length = m_cursor.number<std::uint64_t>();
    if (length > longest)
        m_file->refuse(what + ": expected a text of at most " + std::to_string(longest) + " bytes, found " +
                       std::to_string(length));
    return std::string(m_cursor.take(length));
}

void GgufFile::keep(std::uint64_t bytes)
{
    m_kept += bytes;
    if (m_kept > kMostKept)
        m_file->refuse("expected keys of at most " + std::to_string(kMostKept) + " bytes in all");
}

/// The scalar as text: numbers in full, "true" or "false".
std::string GgufFile::takeScalar(std::uint32_t kind)
{
    const std::string_view raw = m_cursor.take(widthOf(kind));
    std::uint64_t bits = 0;
    for (std::size_t i = raw.size(); i-- > 0;)
        bits = bits << 8 | static_cast<unsigned char>(raw[i]);
    std::array<char, 32> digits = {};
    const auto text = [&digits](auto value) {
        return std::string(digits.data(), std::to_chars(digits.data(), digits.data() + 32, value).ptr);
    };
    switch (Kind{kind}) {
    case Kind::Float32:
        return text(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
    case Kind::Float64:
        return text(std::bit_cast<double>(bits));
    case Kind::Bool:
        return bits != 0 ? "true" : "false";
    case Kind::Int8:
        return text(static_cast<int>(static_cast<std::int8_t>(bits)));
    case Kind::Int16:
        return text(static_cast<std::int16_t>(bits));
    case Kind::Int32:
        return text(static_cast<std::int32_t>(bits));
    case Kind::Int64:
        return text(static_cast<std::int64_t>(bits));
    default:
        return text(bits);
    }
}

void GgufFile::takePair()
{
    const std::string key = takeText(kLongestName, "a key");
    const std::string shown = "key " + printable(key);
    const auto kind = m_cursor.number<std::uint32_t>();
    if (kind == static_cast<std::uint32_t>(Kind::List)) {
        takeList(key);
        return;
    }
    const bool isText = kind == static_cast<std::uint32_t>(Kind::Text);
    if (!isText && widthOf(kind) == 0)
        m_file->refuse(shown + ": expected a type from 0 to 12, found " + std::to_string(kind));
    std::string value = isText ? takeText(kLongestText, shown) : takeScalar(kind);
    keep(key.size() + value.size() + 2 * sizeof(std::string));
    if (!m_metadata.emplace("gguf." + key, std::move(value)).second)
        m_file->refuse(shown + " is given twice");
}

void GgufFile::takeList(const std::string &key)
{
    const auto kind = m_cursor.number<std::uint32_t>();
    const auto count = m_cursor.number<std::uint64_t>();
    const bool isText = kind == static_cast<std::uint32_t>(Kind::Text);
    const std::uint64_t width = isText ? 8 : widthOf(kind);
    if (width == 0)
        m_file->refuse("key " + printable(key) + ": expected a list of numbers or texts, found type " +
                       std::to_string(kind));
    if (count > m_cursor.left() / width)
        m_file->refuse("key " + printable(key) + ": a list of " + std::to_string(count) +
                       " does not fit into the file");
    if (isText)
        takeTexts(count, key);
    else
        takeNumbers(kind, count, key);
}

void GgufFile::takeNumbers(std::uint32_t kind, std::uint64_t count, const std::string &key)
{
    const bool isTypes =
        key == "tokenizer.ggml.token_type" && kind == static_cast<std::uint32_t>(Kind::Int32);
    const bool isScores = key == "tokenizer.ggml.scores" && kind == static_cast<std::uint32_t>(Kind::Float32);
    if (!isTypes && !isScores) {
        m_cursor.skip(count * widthOf(kind));
        return;
    }
    keep(count * 4);
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto bits = m_cursor.number<std::uint32_t>();
        if (isTypes)
            m_vocabulary.types.push_back(std::bit_cast<std::int32_t>(bits));
        else
            m_vocabulary.scores.push_back(std::bit_cast<float>(bits));
    }
}

void GgufFile::takeTexts(std::uint64_t count, const std::string &key)
{
    std::vector<std::string> *list = key == "tokenizer.ggml.tokens"   ? &m_vocabulary.tokens
                                     : key == "tokenizer.ggml.merges" ? &m_vocabulary.merges
                                                                      : nullptr;
    if (list && !list->empty()) m_file->refuse("key " + printable(key) + " is given twice");
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto length = m_cursor.number<std::uint64_t>();
        if (!list) {
            m_cursor.skip(length);
            continue;
        }
        if (length > kLongestText)
            m_file->refuse("key " + printable(key) + ": expected texts of at most " +
                           std::to_string(kLongestText) + " bytes, found " + std::to_string(length));
        keep(length + 2 * sizeof(std::string)); // a growing vector holds up to two places for each
        list->emplace_back(m_cursor.take(length));
    }
}

void GgufFile::setVocabulary()
{
    const auto text = [&](const char *key) {
        const auto found = m_metadata.find(std::string("gguf.tokenizer.") + key);
        return found == m_metadata.end() ? std::string() : found->second;
    };
    const auto id = [&](const char *key) {
        const std::string digits = text(key);
        std::int64_t value = -1;
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return value;
    };
    m_vocabulary.model = text("ggml.model");
    m_vocabulary.pre = text("ggml.pre");
    m_vocabulary.chatTemplate = text("chat_template");
    m_vocabulary.bos = id("ggml.bos_token_id");
    m_vocabulary.eos = id("ggml.eos_token_id");
    m_vocabulary.eot = id("ggml.eot_token_id");
    m_vocabulary.pad = id("ggml.padding_token_id");
}

void GgufFile::takeTensor()
{
    TensorEntry tensor;
    tensor.name = takeText(kLongestName, "the name of a tensor");
    const std::string shown = "tensor " + printable(tensor.name);
    if (!isUtf8(tensor.name)) m_file->refuse(shown + ": expected a name in UTF-8");
    const auto dimensions = m_cursor.number<std::uint32_t>();
    if (dimensions > kMostDimensions)
        m_file->refuse(shown + ": expected at most " + std::to_string(kMostDimensions) +
                       " dimensions, found " + std::to_string(dimensions));
    for (std::uint32_t i = 0; i < dimensions; ++i) {
        const auto size = m_cursor.number<std::uint64_t>();
        if (size > (1ULL << 62))
            m_file->refuse(shown + ": the size " + std::to_string(size) + " is too large");
        tensor.shape.push_back(static_cast<std::int64_t>(size));
    }
    std::ranges::reverse(tensor.shape); // the file names the fastest first
    const auto type = m_cursor.number<std::uint32_t>();
    const gguf::TypeId *known = gguf::findType(type);
    if (!known)
        m_file->refuse(shown + ": its numbers are of ggml type " + std::to_string(type) +
                           gguf::nameOfUnsupported(type) + ", which this version cannot read",
                       ErrorCode::UnsupportedModel);
    tensor.type = known->type;
    const auto bytes = storedBytes(tensor.type, tensor.shape);
    if (!bytes)
        m_file->refuse(shown + ": " + tensor.shapeText() + " is no whole number of blocks of " +
                       nameOf(tensor.type));
    tensor.bytes = *bytes;
    m_offsets.push_back(m_cursor.number<std::uint64_t>());
    m_tensors.push_back(std::move(tensor));
}

/// Gives every tensor its bytes, checked against the file and against each other.
void GgufFile::place()
{
    std::uint64_t alignment = 32;
    if (const auto found = m_metadata.find("gguf.general.alignment"); found != m_metadata.end())
        std::from_chars(found->second.data(), found->second.data() + found->second.size(), alignment);
    if (!std::has_single_bit(alignment) || alignment > kLargestAlignment)
        m_file->refuse("general.alignment: expected a power of two up to " +
                       std::to_string(kLargestAlignment) + ", found " + std::to_string(alignment));
    const std::uint64_t begin = (m_cursor.position() + alignment - 1) / alignment * alignment;
    const std::uint64_t available = m_fileBytes - std::min(begin, m_fileBytes);
    std::vector<std::size_t> order(m_tensors.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        TensorEntry &tensor = m_tensors[i];
        const std::uint64_t offset = m_offsets[i];
        if (offset % alignment != 0 || offset > available || tensor.bytes > available - offset)
            m_file->refuse("tensor " + printable(tensor.name) + ": expected " + std::to_string(tensor.bytes) +
                           " bytes at a multiple of " + std::to_string(alignment) + " within the " +
                           std::to_string(available) + " bytes of data, found them at " +
                           std::to_string(offset));
        tensor.data = m_file->bytes().data() + begin + offset;
        order[i] = i;
    }
    std::ranges::sort(order, {},
                      [this](std::size_t i) { return std::pair(m_offsets[i], m_tensors[i].bytes); });
    std::uint64_t free = 0;
    for (const std::size_t i : order) {
        if (m_offsets[i] < free)
            m_file->refuse("tensor " + printable(m_tensors[i].name) + " overlaps another");
        free = m_offsets[i] + m_tensors[i].bytes;
    }
}

} // namespace

std::unique_ptr<TensorFile> openGguf(std::unique_ptr<const MappedFile> file)
{
    return std::make_unique<GgufFile>(std::move(file));
}

} // namespace engine
