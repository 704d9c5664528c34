#pragma once

#include "engine/atomic_file.h"
#include "engine/files/stored_vocabulary.h"
#include "engine/files/tensor_file.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace engine
{

/// A tensor on its way into a file: one or several of the source, one behind the other, in the type and
/// orientation of the target.
struct OutTensor {
    std::string name;
    StoredType type = StoredType::F32;
    std::vector<std::int64_t> shape;
    std::vector<const TensorEntry *> parts;
    bool isTransposed = false; ///< the last two dimensions are swapped on the way
    std::uint64_t bytes = 0;   ///< of the target
};

/// Everything that a writer needs; references outlive it.
struct OutModel {
    const TensorFile &source;
    std::vector<OutTensor> tensors;
    std::map<std::string, std::string> metadata;
    std::function<void()> onRead; ///< called between slices of some MiB; may throw to stop
    // GGUF only:
    std::string architecture; ///< "rwkv7"
    int headSize = 0;
    StoredVocabulary vocabulary;
};

/// Gives an OutTensor of `entry` its size. Throws Error(BadRequest) if the target cannot hold it.
OutTensor outTensor(const TensorEntry &entry, std::string name, StoredType type);

/// Reads, converts and writes one tensor. Throws Error(BadModel) naming a tensor with numbers beyond the
/// range of the target type.
void writeTensor(const OutModel &model, const OutTensor &tensor, const ByteSink &sink);

/// Each writes a whole file. A format is one function here and one line in convert.cpp.
void writeSafetensors(const OutModel &model, const ByteSink &sink);
void writePth(const OutModel &model, const ByteSink &sink);
void writeGguf(const OutModel &model, const ByteSink &sink);

/// What llama.cpp calls a model, and its tensors under that program's names.
struct GgufModel {
    std::string architecture;
    std::vector<OutTensor> tensors;
};

/// BlinkDL's tensors of an RWKV-6, RWKV-7, QRWKV-6 or ARWKV-7 model as GGUF has them, in `type` where GGUF
/// allows it (absent: as stored). Throws Error(UnsupportedModel) for others, naming `family`, and for sizes
/// and tensors that llama.cpp does not take.
GgufModel ggufModel(const TensorFile &source, std::optional<StoredType> type, const std::string &family);

} // namespace engine
