#pragma once

#include "engine/files/tensor_file.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>

namespace engine::gguf
{

/// Types of values, by their numbers in the file.
enum class Kind : std::uint32_t {
    UInt8,
    Int8,
    UInt16,
    Int16,
    UInt32,
    Int32,
    Float32,
    Bool,
    Text,
    List,
    UInt64,
    Int64,
    Float64
};

/// Numbers of tensors, by ggml's enumeration.
struct TypeId {
    std::uint32_t id;
    StoredType type;
};

inline constexpr TypeId kTypes[] = {
    {0, StoredType::F32},   {1, StoredType::F16},   {2, StoredType::Q4_0},  {3, StoredType::Q4_1},
    {6, StoredType::Q5_0},  {7, StoredType::Q5_1},  {8, StoredType::Q8_0},  {10, StoredType::Q2_K},
    {11, StoredType::Q3_K}, {12, StoredType::Q4_K}, {13, StoredType::Q5_K}, {14, StoredType::Q6_K},
    {24, StoredType::I8},   {25, StoredType::I16},  {26, StoredType::I32},  {27, StoredType::I64},
    {28, StoredType::F64},  {30, StoredType::BF16},
};

inline const TypeId *findType(std::uint32_t id)
{
    const auto *found = std::ranges::find(kTypes, id, &TypeId::id);
    return found == std::end(kTypes) ? nullptr : found;
}

/// " (IQ4_XS)" for types that are known but not read, else nothing.
inline std::string nameOfUnsupported(std::uint32_t id)
{
    struct Known {
        std::uint32_t id;
        const char *name;
    };
    constexpr Known kKnown[] = {{9, "Q8_1"},     {15, "Q8_K"},   {16, "IQ2_XXS"}, {17, "IQ2_XS"},
                                {18, "IQ3_XXS"}, {19, "IQ1_S"},  {20, "IQ4_NL"},  {21, "IQ3_S"},
                                {22, "IQ2_S"},   {23, "IQ4_XS"}, {29, "IQ1_M"},   {34, "TQ1_0"},
                                {35, "TQ2_0"},   {39, "MXFP4"}};
    const auto *found = std::ranges::find(kKnown, id, &Known::id);
    return found == std::end(kKnown) ? std::string() : std::string(" (") + found->name + ")";
}

} // namespace engine::gguf
