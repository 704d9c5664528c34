#include "engine/files/tensor_file.h"

#include "engine/files/layouts.h"
#include "engine/files/model_folder.h"
#include "engine/files/printable.h"
#include "engine/files/readers.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <new>
#include <numeric>

namespace engine
{
namespace
{

using namespace std::string_view_literals;

struct Reader {
    std::size_t position; ///< where `magic` stands
    std::string_view magic;
    std::unique_ptr<TensorFile> (*open)(std::unique_ptr<const MappedFile>);
};

constexpr Reader kReaders[] = {
    {8, "{", openSafetensors}, {0, "PK\3\4", openPth}, {0, kLegacyPthMagic, openLegacyPth},
    {0, "GGUF", openGguf},     {0, "fmgg", openGgmf},
};

/// Files that users take for a model; each gets a sentence of its own.
struct OtherKind {
    std::string_view magic;
    const char *what;
};

constexpr OtherKind kOtherKinds[] = {
    {"\x80\x02"sv, "a bare Python pickle, not a file of tensors"},
    {"\x80\x04"sv, "a bare Python pickle, not a file of tensors"},
    {"version https://git-lfs", "only a pointer to the real file, which was not downloaded (Git LFS)"},
    {"<!DOCTYPE", "a web page, not a model: the download went wrong"},
    {"<!doctype", "a web page, not a model: the download went wrong"},
    {"<html", "a web page, not a model: the download went wrong"},
};

constexpr std::size_t kSniffed = 32;

/// Opens with `open` and puts the tensors into BlinkDL's layout.
template <typename Open>
std::unique_ptr<TensorFile> openTranslated(const std::string &path, Open open)
{
    try {
        return inBlinkDlLayout(open());
    } catch (const std::bad_alloc &) {
        throw Error(ErrorCode::OutOfMemory,
                    printable(path) + ": not enough memory to read its list of tensors", path);
    }
}

} // namespace

std::size_t bytesOf(StoredType type)
{
    switch (type) {
    case StoredType::F64:
    case StoredType::I64:
        return 8;
    case StoredType::F32:
    case StoredType::I32:
        return 4;
    case StoredType::F16:
    case StoredType::BF16:
    case StoredType::I16:
        return 2;
    case StoredType::I8:
    case StoredType::U8:
    case StoredType::Bool:
        return 1;
    default:
        return 0;
    }
}

const char *nameOf(StoredType type)
{
    static constexpr const char *kNames[] = {"fp64", "fp32",  "fp16", "bf16", "int64", "int32", "int16",
                                             "int8", "uint8", "bool", "q8_0", "q4_0",  "q4_1",  "q5_0",
                                             "q5_1", "q2_k",  "q3_k", "q4_k", "q5_k",  "q6_k"};
    static_assert(std::size(kNames) == kStoredTypes);
    const auto index = static_cast<std::size_t>(type);
    return index < kStoredTypes ? kNames[index] : "";
}

std::optional<std::uint64_t> elementsOf(const std::vector<std::int64_t> &shape)
{
    std::uint64_t product = 1;
    for (const std::int64_t size : shape)
        if (size < 0 || __builtin_mul_overflow(product, static_cast<std::uint64_t>(size), &product) ||
            product > (1ULL << 62))
            return std::nullopt;
    return product;
}

std::int64_t TensorEntry::elements() const
{
    return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
}

std::vector<std::int64_t> TensorEntry::squeezed() const
{
    std::vector<std::int64_t> result;
    std::copy_if(shape.begin(), shape.end(), std::back_inserter(result),
                 [](std::int64_t size) { return size != 1; });
    return result;
}

std::string TensorEntry::shapeText() const
{
    std::string text = "[";
    for (const std::int64_t size : shape)
        text += (text.size() > 1 ? ", " : "") + std::to_string(size);
    return text + "]";
}

std::unique_ptr<TensorFile> openAsStored(std::unique_ptr<const MappedFile> file)
{
    std::array<std::byte, kSniffed> buffer = {};
    const std::size_t count = std::min<std::size_t>(kSniffed, file->size());
    file->copyOut(0, std::span(buffer).first(count));
    const std::string_view start(reinterpret_cast<const char *>(buffer.data()), count);
    if (start.empty()) file->refuse("the file is empty", ErrorCode::UnknownFormat);

    for (const Reader &reader : kReaders)
        if (start.size() > reader.position && start.substr(reader.position).starts_with(reader.magic))
            return reader.open(std::move(file));
    for (const OtherKind &kind : kOtherKinds)
        if (start.starts_with(kind.magic))
            file->refuse(std::string("this is ") + kind.what, ErrorCode::UnsupportedModel);
    file->refuse("expected a .pth, .safetensors, .gguf or ggmf .bin file, found a file that begins with " +
                     printable(start.substr(0, 16)),
                 ErrorCode::UnknownFormat);
}

std::unique_ptr<TensorFile> TensorFile::open(const std::string &path)
{
    return openTranslated(path, [&] {
        const std::string folder = modelFolderOf(path);
        return folder.empty() ? openAsStored(MappedFile::open(path)) : openModelFolder(folder);
    });
}

std::unique_ptr<TensorFile> TensorFile::openBytes(std::span<const std::byte> bytes, const std::string &name)
{
    return openTranslated(name, [&] { return openAsStored(MappedFile::borrow(bytes, name)); });
}

std::optional<std::string_view> TensorFile::indexNames()
{
    m_byName.resize(m_tensors.size());
    std::iota(m_byName.begin(), m_byName.end(), 0U);
    const auto nameAt = [this](std::uint32_t i) -> std::string_view { return m_tensors[i].name; };
    std::ranges::sort(m_byName, {}, nameAt);
    const auto twice = std::ranges::adjacent_find(m_byName, {}, nameAt);
    return twice == m_byName.end() ? std::nullopt : std::optional(nameAt(*twice));
}

const TensorEntry *TensorFile::find(std::string_view name) const
{
    const auto nameAt = [this](std::uint32_t i) -> std::string_view { return m_tensors[i].name; };
    const auto found = std::ranges::lower_bound(m_byName, name, {}, nameAt);
    return found != m_byName.end() && nameAt(*found) == name ? &m_tensors[*found] : nullptr;
}

void TensorFile::read(const TensorEntry &tensor, std::size_t offset, std::span<std::byte> to) const
{
    if (offset > tensor.bytes || to.size() > tensor.bytes - offset)
        throw Error(ErrorCode::Internal, tensor.name + ": read behind the end of the tensor");
    if (!to.empty()) std::memcpy(to.data(), tensor.data + offset, to.size());
}

MappedTensorFile::MappedTensorFile(std::unique_ptr<const MappedFile> file, const char *container)
    : m_file(std::move(file))
{
    m_path = m_file->path();
    m_fileBytes = m_file->size();
    m_container = container;
}

void MappedTensorFile::read(const TensorEntry &tensor, std::size_t offset, std::span<std::byte> to) const
{
    if (!m_file->contains(tensor.data) || offset > tensor.bytes || to.size() > tensor.bytes - offset)
        TensorFile::read(tensor, offset, to);
    else
        m_file->copyOut(static_cast<std::uint64_t>(tensor.data - m_file->bytes().data()) + offset, to);
}

} // namespace engine
