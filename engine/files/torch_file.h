#pragma once

#include "engine/files/pickle.h"
#include "engine/files/readers.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace engine
{

inline constexpr std::uint64_t kLargestPickle = 8U << 20; ///< the largest public models: some 300 kB

/// Where the bytes of a storage lie in the file; both are checked against its size.
struct StorageSpan {
    std::uint64_t begin = 0, bytes = 0;
};
using FindStorage = std::function<std::optional<StorageSpan>(std::string_view key)>;

/// The tensors that a pickle of torch.save describes, in either form of file. Names are the keys that lead to
/// a tensor, joined by dots; strided views are copied into memory, no more than the file has bytes. Throws
/// Error(BadFile, UnsupportedModel).
std::unique_ptr<TensorFile> openTorchTensors(std::unique_ptr<const MappedFile> file, const Pickle &pickle,
                                             const FindStorage &find);

} // namespace engine
