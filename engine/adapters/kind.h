#pragma once

#include "engine/adapters/adapter_file.h"
#include "engine/adapters/row_edit.h"

#include <cstdint>

namespace engine::adapters
{

/// A matrix of the model that is to be changed.
struct Target {
    std::string name; ///< "blocks.0.att.key.weight"
    std::int64_t out = 0, in = 0;
};

/// One kind of adapter; one file in engine/adapters, listed in registry.cpp.
struct Kind {
    const char *name; ///< "LoRA"
    bool (*accepts)(const Group &group);
    /// The rank of a group's factors, for people; 0 if they have none.
    std::int64_t (*rank)(const Group &group);
    /// Checks all shapes, reads the factors. Throws Error(BadModel) naming the tensor that does not fit.
    RowEdits (*make)(const AdapterFile &file, const Group &group, const Target &target);
};

/// The kind that accepts a group, or nullptr.
const Kind *findKind(const Group &group);

/// The tensor's numbers, if it has this shape. Throws Error(BadModel) "X: expected [..], found [..]".
std::vector<float> readPart(const TensorFile &file, const TensorEntry &entry,
                            const std::vector<std::int64_t> &shape);
/// Throws Error(BadModel) for a tensor whose shape suits no form of this kind.
[[noreturn]] void refuseShape(const TensorEntry &entry, const std::string &expected, const Target &target);

} // namespace engine::adapters
