#pragma once

#include "engine/model_loader.h"

#include <string>

namespace engine
{

/// The demonstration model's name, and its path in a data folder.
extern const char *const kDemoName;

/// How a model is called after its file (without the extension) or its folder.
std::string nameOfModel(const std::string &path);

/// Turns "demo" into the demonstration model's path; other names stay as they are. Throws Error(FileNotFound)
/// if there is no data folder.
std::string resolveModelPath(const std::string &model, const EngineOptions &options);

/// The type that holds most bytes of the file.
StoredType mainType(const TensorFile &file);
/// The format of a strategy without one: the file's main type; int8 for Q8_0, fp16 for other blocks, which
/// would lose by being packed again, and fp32 for the rest.
kernels::Format mainFormat(const TensorFile &file);
/// The same for a file whose main type is known.
kernels::Format formatFor(StoredType mainType);

/// All of ModelInfo but `problem` and `vocabularyFile`. `family` may be nullptr.
ModelInfo describeModel(const TensorFile &file, const Family *family, const EngineOptions &options);

} // namespace engine
