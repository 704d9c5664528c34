#pragma once

#include "engine/files/tensor_file.h"

#include <memory>
#include <string>

namespace engine
{

/// The folder that `path` stands for: a Hugging Face model is a folder with config.json and weights in one
/// or several files. `path` may be the folder, its config.json, its index, or one of its files of weights.
/// Empty if `path` is a model file of its own. Never throws.
std::string modelFolderOf(const std::string &path);

/// True for the folder of a Hugging Face model. Never throws.
bool isModelFolder(const std::string &path);
/// True for a file (in a model folder) that only belongs to the folder's model.
bool isPartOfFolder(const std::string &fileName);

/// Opens all files of a model folder as one, with config.json as metadata ("config.<key>", nested keys
/// joined by dots, values as JSON text). Names as stored. Throws Error: FileNotFound naming a missing part,
/// BadFile, and what the files themselves throw.
std::unique_ptr<TensorFile> openModelFolder(const std::string &folder);

} // namespace engine
