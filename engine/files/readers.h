#pragma once

#include "engine/files/mapped_file.h"
#include "engine/files/tensor_file.h"

namespace engine
{

/// What all readers share: tensors that lie in a mapped file. A reader is one function below and one line in
/// tensor_file.cpp.
class MappedTensorFile : public TensorFile
{
public:
    void read(const TensorEntry &tensor, std::size_t offset, std::span<std::byte> to) const override;
    void verifyUnchanged() const override { m_file->verifyUnchanged(); }

protected:
    MappedTensorFile(std::unique_ptr<const MappedFile> file, const char *container);

    std::unique_ptr<const MappedFile> m_file;
};

/// Tensors a file may name; the largest public models have some 2500.
inline constexpr std::size_t kMostTensors = 100'000;
/// Dimensions a tensor may have.
inline constexpr std::size_t kMostDimensions = 8;

/// The first pickle of PyTorch's old form: its magic number.
inline constexpr std::string_view kLegacyPthMagic{"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19",
                                                  14};

/// Product of the dimensions; nothing if one is negative or the product exceeds 2^62.
std::optional<std::uint64_t> elementsOf(const std::vector<std::int64_t> &shape);

/// Opens by magic bytes, with the names that stand in the file. Throws as TensorFile::open.
std::unique_ptr<TensorFile> openAsStored(std::unique_ptr<const MappedFile> file);

std::unique_ptr<TensorFile> openSafetensors(std::unique_ptr<const MappedFile> file);
std::unique_ptr<TensorFile> openPth(std::unique_ptr<const MappedFile> file);
std::unique_ptr<TensorFile> openLegacyPth(std::unique_ptr<const MappedFile> file);
std::unique_ptr<TensorFile> openGguf(std::unique_ptr<const MappedFile> file);
std::unique_ptr<TensorFile> openGgmf(std::unique_ptr<const MappedFile> file);

} // namespace engine
