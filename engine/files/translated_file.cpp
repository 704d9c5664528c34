#include "engine/files/translated_file.h"

#include "engine/error.h"
#include "engine/files/block_types.h"
#include "engine/files/printable.h"

#include <algorithm>
#include <cstring>
#include <filesystem>

namespace engine
{
namespace
{

/// Vectors that BlinkDL stores as [1, 1, C].
constexpr std::string_view kRows[] = {
    ".x_r",        ".x_w",        ".x_k",        ".x_v",        ".x_a",        ".x_g",        ".w0",
    ".a0",         ".v0",         ".k_k",        ".k_a",        ".time_maa_x", ".time_maa_w", ".time_maa_k",
    ".time_maa_v", ".time_maa_r", ".time_maa_g", ".time_mix_k", ".time_mix_v", ".time_mix_r", ".time_mix_g",
};

bool isRow(std::string_view name)
{
    return std::ranges::any_of(kRows, [&](std::string_view end) { return name.ends_with(end); });
}

std::vector<float> decoded(StoredType type, const std::vector<std::byte> &bytes)
{
    const BlockShape block = blockOf(type);
    std::vector<float> numbers(bytes.size() / block.bytes * block.elements);
    decodeToFloat(type, bytes, numbers);
    return numbers;
}

std::vector<std::byte> bytesOf(const std::vector<float> &numbers)
{
    const auto bytes = std::as_bytes(std::span(numbers));
    return {bytes.begin(), bytes.end()};
}

} // namespace

TranslatedFile::TranslatedFile(std::unique_ptr<TensorFile> source)
    : m_source(std::move(source))
{
    m_path = m_source->path();
    m_container = m_source->container();
    m_fileBytes = m_source->fileBytes();
    m_metadata = m_source->metadata();
}

TensorEntry &TranslatedFile::append(const TensorEntry &from, std::string name, Origin origin)
{
    TensorEntry &entry = m_tensors.emplace_back(from);
    entry.name = std::move(name);
    origin.entry = &from;
    m_origins.push_back(std::move(origin));
    return entry;
}

void TranslatedFile::add(const TensorEntry &from, std::string name, std::vector<std::int64_t> shape)
{
    TensorEntry &entry = append(from, std::move(name), {});
    if (!shape.empty()) entry.shape = std::move(shape);
    if (entry.elements() != from.elements() || storedBytes(entry.type, entry.shape) != entry.bytes)
        refuse(printable(from.name) + ": expected as many numbers as " + entry.shapeText() + ", found " +
               from.shapeText());
}

void TranslatedFile::addPart(const TensorEntry &from, std::string name, std::int64_t index)
{
    if (from.shape.size() < 2 || index < 0 || index >= from.shape[0] || isBlockType(from.type))
        refuse(printable(from.name) + ": expected several vectors of plain numbers, found " +
               from.shapeText() + " " + nameOf(from.type));
    const std::size_t bytes = from.bytes / static_cast<std::size_t>(from.shape[0]);
    const std::size_t firstByte = static_cast<std::size_t>(index) * bytes;
    TensorEntry &entry = append(from, std::move(name), {.firstByte = firstByte, .make = {}});
    entry.shape.erase(entry.shape.begin());
    entry.bytes = bytes;
    if (entry.data) entry.data += firstByte;
}

void TranslatedFile::addHalf(const TensorEntry &from, std::string name, int index)
{
    if (from.shape.size() != 2 || from.shape[0] < 2 || from.shape[0] % 2 != 0)
        refuse(printable(from.name) + ": expected two matrices, one below the other, found " +
               from.shapeText());
    const std::size_t bytes = from.bytes / 2, firstByte = index == 0 ? 0 : bytes;
    TensorEntry &entry = append(from, std::move(name), {.firstByte = firstByte, .make = {}});
    entry.shape[0] /= 2;
    entry.bytes = bytes;
    if (entry.data) entry.data += firstByte;
}

void TranslatedFile::addTransposed(const TensorEntry &from, std::string name)
{
    std::vector<std::int64_t> shape = from.shape;
    if (shape.size() < 2) refuse(printable(from.name) + ": expected a matrix, found " + from.shapeText());
    const auto rows = static_cast<std::size_t>(shape[shape.size() - 2]);
    const auto cols = static_cast<std::size_t>(shape.back());
    std::swap(shape[shape.size() - 2], shape.back());
    const StoredType type = from.type;
    const bool isBlocks = isBlockType(type);
    addMade(from, std::move(name), isBlocks ? StoredType::F32 : type, std::move(shape),
            [=](std::vector<std::byte> bytes) {
                if (isBlocks) bytes = bytesOf(decoded(type, bytes));
                return transposedBytes(bytes, rows, cols, isBlocks ? 4 : engine::bytesOf(type));
            });
}

void TranslatedFile::addScaled(const TensorEntry &from, std::string name, int exponent)
{
    append(from, std::move(name), {.exponent = exponent, .make = {}}).data = nullptr;
}

void TranslatedFile::addMade(const TensorEntry &from, std::string name, StoredType type,
                             std::vector<std::int64_t> shape, Make make)
{
    TensorEntry &entry = append(from, std::move(name), {.make = std::move(make)});
    const auto bytes = storedBytes(type, shape);
    entry.type = type;
    entry.shape = std::move(shape);
    entry.data = nullptr;
    if (!bytes || entry.elements() != from.elements())
        refuse(printable(from.name) + ": " + from.shapeText() + " cannot become " + entry.shapeText());
    entry.bytes = *bytes;
}

void TranslatedFile::finish()
{
    for (TensorEntry &entry : m_tensors) {
        const std::vector<std::int64_t> squeezed = entry.squeezed();
        if (isRow(entry.name) && squeezed.size() == 1) entry.shape = {1, 1, squeezed[0]};
    }
    if (const auto twice = indexNames()) refuse("the tensor " + printable(*twice) + " is given twice");
}

void TranslatedFile::refuse(const std::string &what, ErrorCode code) const
{
    throw Error(code, printable(std::filesystem::path(m_path).filename().string()) + ": " + what, m_path);
}

void TranslatedFile::read(const TensorEntry &tensor, std::size_t offset, std::span<std::byte> to) const
{
    const TensorEntry *own = find(tensor.name);
    if (!own || offset > own->bytes || to.size() > own->bytes - offset)
        throw Error(ErrorCode::Internal, tensor.name + ": read behind the end of the tensor");
    const Origin &origin = m_origins[static_cast<std::size_t>(own - m_tensors.data())];
    if (origin.make)
        readMade(*own, origin, offset, to);
    else if (origin.exponent != 0)
        readScaled(*own, origin, offset, to);
    else
        m_source->read(*origin.entry, origin.firstByte + offset, to);
}

void TranslatedFile::readScaled(const TensorEntry &tensor, const Origin &origin, std::size_t offset,
                                std::span<std::byte> to) const
{
    if (to.empty()) return;
    const std::size_t block = blockOf(tensor.type).bytes;
    const std::size_t begin = offset / block * block;
    const std::size_t end = (offset + to.size() + block - 1) / block * block;
    std::vector<std::byte> blocks(end - begin);
    m_source->read(*origin.entry, begin, blocks);
    scaleStored(tensor.type, blocks, origin.exponent);
    std::memcpy(to.data(), blocks.data() + (offset - begin), to.size());
}

void TranslatedFile::readMade(const TensorEntry &tensor, const Origin &origin, std::size_t offset,
                              std::span<std::byte> to) const
{
    const std::lock_guard lock(m_mutex);
    if (m_madeOf != &origin) {
        m_madeOf = nullptr;
        std::vector<std::byte> bytes(origin.entry->bytes);
        m_source->read(*origin.entry, 0, bytes);
        m_made = origin.make(std::move(bytes));
        if (m_made.size() != tensor.bytes)
            throw Error(ErrorCode::Internal, tensor.name + ": expected " + std::to_string(tensor.bytes) +
                                                 " bytes, made " + std::to_string(m_made.size()));
        m_madeOf = &origin;
    }
    if (!to.empty()) std::memcpy(to.data(), m_made.data() + offset, to.size());
}

std::vector<std::byte> transposedBytes(const std::vector<std::byte> &from, std::size_t rows, std::size_t cols,
                                       std::size_t width)
{
    std::vector<std::byte> to(from.size());
    const std::size_t matrix = rows * cols * width;
    for (std::size_t first = 0; first + matrix <= from.size() && matrix > 0; first += matrix)
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t c = 0; c < cols; ++c)
                std::memcpy(&to[first + (c * rows + r) * width], &from[first + (r * cols + c) * width],
                            width);
    return to;
}

TranslatedFile::Make changingEach(StoredType type, float (*change)(float))
{
    return [type, change](const std::vector<std::byte> &bytes) {
        std::vector<float> numbers = decoded(type, bytes);
        std::ranges::transform(numbers, numbers.begin(), change);
        return bytesOf(numbers);
    };
}

} // namespace engine
