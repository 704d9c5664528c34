// safetensors: 8 bytes little-endian header length, JSON header, then the tensors without gaps.
// Source: huggingface/safetensors, README "Format" and safetensors/src/tensor.rs (whose checks are all made
// here).

#include "engine/files/printable.h"
#include "engine/files/readers.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <numeric>
#include <unordered_set>

namespace engine
{
namespace
{

constexpr std::uint64_t kLongestHeader = 100'000'000;
constexpr std::size_t kLongestToken = 1 << 20;
constexpr std::string_view kBetweenTokens = " \t\r\n,:[]{}";

struct DtypeName {
    std::string_view name;
    StoredType type;
};

constexpr DtypeName kDtypes[] = {
    {"F64", StoredType::F64},   {"F32", StoredType::F32}, {"F16", StoredType::F16},
    {"BF16", StoredType::BF16}, {"I64", StoredType::I64}, {"I32", StoredType::I32},
    {"I16", StoredType::I16},   {"I8", StoredType::I8},   {"U8", StoredType::U8},
    {"BOOL", StoredType::Bool},
};

/// A tensor as the header tells it, unchecked.
struct Entry {
    TensorEntry tensor;
    std::vector<std::int64_t> offsets;
    bool hasType = false, hasShape = false, hasOffsets = false;
};

/// Receives the header's JSON piece by piece; holds no more of it than it keeps. Everything that is not
/// {"name": {"dtype": string, "shape": [n...], "data_offsets": [n, n]}, "__metadata__": {string: string}} is
/// refused.
class HeaderReader final : public nlohmann::json::json_sax_t
{
public:
    std::vector<Entry> entries;
    std::map<std::string, std::string> metadata;
    std::string problem; ///< why a callback returned false

    bool null() override { return unexpected("null"); }
    bool boolean(bool) override { return unexpected("true or false"); }
    bool number_float(double, const std::string &) override { return unexpected("a fraction"); }
    bool binary(nlohmann::json::binary_t &) override { return unexpected("binary data"); }
    bool number_integer(std::int64_t) override { return unexpected("a negative number"); }
    bool number_unsigned(std::uint64_t value) override;
    bool string(std::string &value) override;
    bool start_object(std::size_t) override;
    bool key(std::string &value) override;
    bool end_object() override;
    bool start_array(std::size_t) override;
    bool end_array() override;
    bool parse_error(std::size_t position, const std::string &, const nlohmann::json::exception &) override
    {
        return fail("the header is not JSON at its byte " + std::to_string(position));
    }

private:
    enum class Place { Outside, Root, Metadata, Tensor, Shape, Offsets };

    bool fail(std::string what)
    {
        problem = std::move(what);
        return false;
    }
    bool unexpected(const std::string &found);
    bool setType(const std::string &name);
    bool once(bool &seen)
    {
        if (seen) return fail(printable(m_key) + ": " + printable(m_field) + " is given twice");
        seen = true;
        return true;
    }

    Place m_place = Place::Outside;
    std::string m_key, m_field;
    bool m_hasMetadata = false;
};

bool HeaderReader::unexpected(const std::string &found)
{
    std::string where = m_key.empty() ? "the header" : printable(m_key), wanted = "a table of tensors";
    if (m_place == Place::Root)
        wanted = m_key == "__metadata__" ? "texts" : "a table with dtype, shape and data_offsets";
    if (m_place == Place::Metadata) wanted = "a text";
    if (m_place == Place::Tensor) wanted = m_field == "dtype" ? "a text" : "a list of whole numbers";
    if (m_place == Place::Shape || m_place == Place::Offsets) wanted = "whole numbers from 0";
    if (m_place > Place::Root && !m_field.empty()) where += ", " + printable(m_field);
    return fail(where + ": expected " + wanted + ", found " + found);
}

bool HeaderReader::number_unsigned(std::uint64_t value)
{
    if (m_place != Place::Shape && m_place != Place::Offsets) return unexpected("a number");
    if (value > (1ULL << 62))
        return fail(printable(m_key) + ": the number " + std::to_string(value) + " is too large");
    auto &list = m_place == Place::Shape ? entries.back().tensor.shape : entries.back().offsets;
    if (list.size() >= kMostDimensions)
        return fail(printable(m_key) + ": expected at most " + std::to_string(kMostDimensions) +
                    " numbers in " + printable(m_field));
    list.push_back(static_cast<std::int64_t>(value));
    return true;
}

bool HeaderReader::setType(const std::string &name)
{
    const auto *found = std::ranges::find(kDtypes, std::string_view(name), &DtypeName::name);
    if (found == std::end(kDtypes))
        return fail(printable(m_key) +
                    ": expected one of the types F64 F32 F16 BF16 I64 I32 I16 I8 U8 BOOL, found " +
                    printable(name));
    entries.back().tensor.type = found->type;
    return once(entries.back().hasType);
}

bool HeaderReader::string(std::string &value)
{
    if (m_place == Place::Metadata) {
        if (!metadata.emplace(m_field, value).second)
            return fail("metadata " + printable(m_field) + " is given twice");
        return true;
    }
    if (m_place == Place::Tensor && m_field == "dtype") return setType(value);
    return unexpected("the text " + printable(value));
}

bool HeaderReader::start_object(std::size_t)
{
    if (m_place == Place::Outside) {
        m_place = Place::Root;
        return true;
    }
    if (m_place != Place::Root) return unexpected("a nested table");
    if (m_key == "__metadata__") {
        if (m_hasMetadata) return fail("__metadata__ is given twice");
        m_hasMetadata = true;
        m_place = Place::Metadata;
        return true;
    }
    if (entries.size() >= kMostTensors)
        return fail("expected at most " + std::to_string(kMostTensors) + " tensors");
    entries.emplace_back().tensor.name = m_key;
    m_place = Place::Tensor;
    return true;
}

bool HeaderReader::key(std::string &value)
{
    (m_place == Place::Root ? m_key : m_field) = value;
    return true;
}

bool HeaderReader::end_object()
{
    if (m_place == Place::Tensor) {
        const Entry &entry = entries.back();
        if (!entry.hasType || !entry.hasShape || !entry.hasOffsets)
            return fail(printable(m_key) + ": expected dtype, shape and data_offsets");
    }
    m_place = m_place == Place::Root ? Place::Outside : Place::Root;
    return true;
}

bool HeaderReader::start_array(std::size_t)
{
    if (m_place != Place::Tensor) return unexpected("a list");
    if (m_field == "shape") {
        m_place = Place::Shape;
        return once(entries.back().hasShape);
    }
    if (m_field == "data_offsets") {
        m_place = Place::Offsets;
        return once(entries.back().hasOffsets);
    }
    return unexpected("a list in " + printable(m_field));
}

bool HeaderReader::end_array()
{
    m_place = Place::Tensor;
    return true;
}

class SafetensorsFile final : public MappedTensorFile
{
public:
    explicit SafetensorsFile(std::unique_ptr<const MappedFile> file);

private:
    std::vector<char> readHeader();
    void checkTokens(const std::vector<char> &header) const;
    void place(Entry &entry);
    void checkCoverage() const;

    std::uint64_t m_dataBegin = 0;
};

SafetensorsFile::SafetensorsFile(std::unique_ptr<const MappedFile> file)
    : MappedTensorFile(std::move(file), "safetensors")
{
    const std::vector<char> header = readHeader();
    checkTokens(header);
    HeaderReader reader;
    if (!nlohmann::json::sax_parse(header.begin(), header.end(), &reader)) m_file->refuse(reader.problem);

    m_metadata = std::move(reader.metadata);
    m_tensors.reserve(reader.entries.size());
    for (Entry &entry : reader.entries)
        place(entry);
    if (const auto twice = indexNames())
        m_file->refuse("the tensor " + printable(*twice) + " is given twice");
    checkCoverage();
}

std::vector<char> SafetensorsFile::readHeader()
{
    std::array<std::byte, 8> field = {};
    m_file->copyOut(0, field);
    std::uint64_t length = 0;
    for (std::size_t i = field.size(); i-- > 0;)
        length = length << 8 | static_cast<std::uint64_t>(field[i]);
    if (length > m_fileBytes - field.size())
        m_file->refuse("expected a header of " + std::to_string(length) + " bytes, the file has " +
                       std::to_string(m_fileBytes));
    if (length > kLongestHeader)
        m_file->refuse("expected a header of at most " + std::to_string(kLongestHeader) + " bytes, found " +
                       std::to_string(length));
    std::vector<char> header(length);
    m_file->copyOut(field.size(), std::as_writable_bytes(std::span(header)));
    m_dataBegin = field.size() + length;
    return header;
}

/// The parser keeps one text or number at a time in memory: bound them before it does.
void SafetensorsFile::checkTokens(const std::vector<char> &header) const
{
    bool isText = false;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < header.size(); ++i) {
        if (isText && header[i] == '\\') {
            ++i;
        } else if (header[i] == '"') {
            isText = !isText;
            begin = i;
        } else if (!isText && kBetweenTokens.find(header[i]) != std::string_view::npos) {
            begin = i;
        }
        if (i - begin > kLongestToken)
            m_file->refuse("a text or number in the header is longer than " + std::to_string(kLongestToken) +
                           " bytes");
    }
    if (isText) m_file->refuse("a text in the header has no end");
}

void SafetensorsFile::place(Entry &entry)
{
    TensorEntry &tensor = entry.tensor;
    const std::string name = printable(tensor.name);
    const std::uint64_t available = m_fileBytes - m_dataBegin;
    if (entry.offsets.size() != 2) m_file->refuse(name + ": expected two data_offsets");
    const auto begin = static_cast<std::uint64_t>(entry.offsets[0]);
    const auto end = static_cast<std::uint64_t>(entry.offsets[1]);
    if (begin > end || end > available)
        m_file->refuse(name + ": data_offsets " + std::to_string(begin) + " to " + std::to_string(end) +
                       " do not lie within the " + std::to_string(available) + " bytes of data");
    const auto elements = elementsOf(tensor.shape);
    std::uint64_t bytes = 0;
    if (!elements || __builtin_mul_overflow(*elements, bytesOf(tensor.type), &bytes) || bytes != end - begin)
        m_file->refuse(name + ": " + tensor.shapeText() + " " + nameOf(tensor.type) + " does not take the " +
                       std::to_string(end - begin) + " bytes that data_offsets give it");
    tensor.data = m_file->bytes().data() + m_dataBegin + begin;
    tensor.bytes = bytes;
    m_tensors.push_back(std::move(tensor));
}

/// As the format demands: the tensors follow each other without gap or overlap up to the end of the file.
void SafetensorsFile::checkCoverage() const
{
    std::vector<const TensorEntry *> ordered;
    for (const TensorEntry &tensor : m_tensors)
        ordered.push_back(&tensor);
    std::ranges::sort(ordered, {}, [](const TensorEntry *t) { return std::pair(t->data, t->bytes); });
    const std::byte *expected = m_file->bytes().data() + m_dataBegin;
    for (const TensorEntry *tensor : ordered) {
        if (tensor->data != expected)
            m_file->refuse(printable(tensor->name) + ": its data " +
                           (tensor->data < expected ? "overlaps another tensor's"
                                                    : "leaves a gap behind the one before"));
        expected += tensor->bytes;
    }
    const auto left = m_fileBytes - static_cast<std::uint64_t>(expected - m_file->bytes().data());
    if (left != 0) m_file->refuse(std::to_string(left) + " bytes at the end of the file belong to no tensor");
}

} // namespace

std::unique_ptr<TensorFile> openSafetensors(std::unique_ptr<const MappedFile> file)
{
    return std::make_unique<SafetensorsFile>(std::move(file));
}

} // namespace engine
