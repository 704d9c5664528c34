// The .bin files of rwkv.cpp ("ggmf"): a header of six numbers, then every tensor with its own. Names,
// shapes and values as they stand there; ggmf_layout.cpp makes BlinkDL's of them.
// Source: RWKV/rwkv.cpp, docs/FILE_FORMAT.md and rwkv_file_format.inc.

#include "engine/files/block_types.h"
#include "engine/files/byte_cursor.h"
#include "engine/files/printable.h"
#include "engine/files/readers.h"

#include <algorithm>

namespace engine
{
namespace
{

constexpr std::int32_t kPlainVersion = 100; ///< fp32 and fp16 only
constexpr std::int32_t kBlockVersion = 101;
constexpr std::int32_t kLongestName = 512;

/// rwkv.cpp's own enumeration, which is not ggml's.
struct TypeId {
    std::int32_t id;
    StoredType type;
};
constexpr TypeId kTypes[] = {
    {0, StoredType::F32},   {1, StoredType::F16},   {2, StoredType::Q4_0},  {3, StoredType::Q4_1},
    {7, StoredType::Q5_0},  {8, StoredType::Q5_1},  {9, StoredType::Q8_0},  {11, StoredType::Q2_K},
    {12, StoredType::Q3_K}, {13, StoredType::Q4_K}, {14, StoredType::Q5_K}, {15, StoredType::Q6_K},
};

class GgmfFile final : public MappedTensorFile
{
public:
    explicit GgmfFile(std::unique_ptr<const MappedFile> file);

private:
    void takeTensor(ByteCursor &cursor);
    std::int32_t takeSize(ByteCursor &cursor, const std::string &what);

    std::int32_t m_version = 0;
};

GgmfFile::GgmfFile(std::unique_ptr<const MappedFile> file)
    : MappedTensorFile(std::move(file), "ggmf")
{
    ByteCursor cursor(*m_file, 4);
    m_version = cursor.int32();
    if (m_version != kPlainVersion && m_version != kBlockVersion)
        m_file->refuse("expected version 100 or 101 of rwkv.cpp's format, found " + std::to_string(m_version),
                       ErrorCode::UnsupportedModel);
    m_metadata["ggmf.version"] = std::to_string(m_version);
    for (const char *key : {"ggmf.n_vocab", "ggmf.n_embed", "ggmf.n_layer"})
        m_metadata[key] = std::to_string(takeSize(cursor, key));
    cursor.int32(); // the type of most tensors; every tensor has its own
    while (cursor.left() > 0)
        takeTensor(cursor);
    if (m_tensors.empty()) m_file->refuse("there is no tensor in this file", ErrorCode::UnsupportedModel);
    if (const auto twice = indexNames())
        m_file->refuse("the tensor " + printable(*twice) + " is given twice");
}

std::int32_t GgmfFile::takeSize(ByteCursor &cursor, const std::string &what)
{
    const std::int32_t size = cursor.int32();
    if (size < 0) m_file->refuse(what + ": expected a size, found " + std::to_string(size));
    return size;
}

void GgmfFile::takeTensor(ByteCursor &cursor)
{
    const std::string place = "the tensor at byte " + std::to_string(cursor.position());
    if (m_tensors.size() >= kMostTensors)
        m_file->refuse("expected at most " + std::to_string(kMostTensors) + " tensors");
    const std::int32_t dimensions = takeSize(cursor, place), nameBytes = takeSize(cursor, place);
    const std::int32_t typeId = cursor.int32();
    if (static_cast<std::size_t>(dimensions) > kMostDimensions || nameBytes > kLongestName)
        m_file->refuse(place + ": expected at most " + std::to_string(kMostDimensions) +
                       " dimensions and a name of at most " + std::to_string(kLongestName) +
                       " bytes, found " + std::to_string(dimensions) + " and " + std::to_string(nameBytes));
    TensorEntry tensor;
    for (std::int32_t i = 0; i < dimensions; ++i)
        tensor.shape.push_back(takeSize(cursor, place));
    std::ranges::reverse(tensor.shape); // the file names the fastest first
    tensor.name = cursor.take(static_cast<std::uint64_t>(nameBytes));
    const std::string shown = "tensor " + printable(tensor.name);
    if (!isUtf8(tensor.name)) m_file->refuse(shown + ": expected a name in UTF-8");

    const auto *known = std::ranges::find(kTypes, typeId, &TypeId::id);
    if (known == std::end(kTypes))
        m_file->refuse(shown + ": its numbers are of type " + std::to_string(typeId) +
                           ", which rwkv.cpp gave up or this version cannot read",
                       ErrorCode::UnsupportedModel);
    tensor.type = known->type;
    if (isBlockType(tensor.type) && m_version != kBlockVersion)
        m_file->refuse(
            shown + ": " + nameOf(tensor.type) +
                " of a file of version 100, whose blocks are of another kind; convert the model anew",
            ErrorCode::UnsupportedModel);
    const auto bytes = storedBytes(tensor.type, tensor.shape);
    if (!bytes || *bytes > cursor.left())
        m_file->refuse(shown + ": " + tensor.shapeText() + " " + nameOf(tensor.type) +
                       " does not fit into the " + std::to_string(cursor.left()) + " bytes left");
    tensor.bytes = *bytes;
    tensor.data = m_file->bytes().data() + cursor.position();
    cursor.skip(tensor.bytes);
    m_tensors.push_back(std::move(tensor));
}

} // namespace

std::unique_ptr<TensorFile> openGgmf(std::unique_ptr<const MappedFile> file)
{
    return std::make_unique<GgmfFile>(std::move(file));
}

} // namespace engine
