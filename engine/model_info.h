#pragma once

#include "engine/model_loader.h"

#include <string>

namespace engine
{

/// How a model is called after its file (without the extension) or its folder.
std::string nameOfModel(const std::string &path);

/// Turns "demo" into the demonstration model's path; other names stay as they are. Throws Error(FileNotFound)
/// if there is no data folder.
std::string resolveModelPath(const std::string &model, const EngineOptions &options);

/// The type that holds most bytes of the file.
StoredType mainType(const TensorFile &file);
/// The format of a strategy without one: that of the file's main type. For blocks int4 where all of the
/// layers are blocks of evenly spaced 4-bit numbers (Q4_0, Q4_1, Q4_K), which keep their codes in it, and
/// else int8, whose error is small beside theirs.
kernels::Format mainFormat(const TensorFile &file);

/// 16 hexadecimal digits over names, types, shapes, and sampled bytes of every tensor: both ends and evenly
/// spaced pieces between them, a few KiB each. Cheap enough for every load, and different for every two
/// models that were trained differently; a change of single weights may escape it.
std::string fingerprintOf(const TensorFile &file);

/// All of ModelInfo but `problem` and `vocabularyFile`. `family` may be nullptr.
ModelInfo describeModel(const TensorFile &file, const Family *family, const EngineOptions &options);

} // namespace engine
