#pragma once

// Mixtures of LoRA experts (MoLE), which stay beside the model's matrices instead of being merged into them.
// Layout (OpenMOSE/RWKV-LM-RLHF, rwkv-infer §5.5), of every layer N behind "blocks.N.ffn.":
//   router.linear.weight [E - 1, C]     expert 0 has no row, its score is 0
//   expert_e.key.lora_A_expert_0 [r, C], expert_e.key.lora_B_expert_0 [F, r]
//   expert_e.value.lora_A_expert_0 [r, F], expert_e.value.lora_B_expert_0 [C, r]
//   moe_info [2]                        numbers of experts, and of those that a token uses

#include "engine/adapters/adapter_file.h"
#include "engine/adapters/merge.h"
#include "engine/models/experts.h"
#include "engine/models/model.h"
#include "engine/placement.h"

#include <memory>
#include <string_view>
#include <vector>

namespace engine::adapters
{

/// True if a tensor of this name, without the prefixes of adapters, belongs to a mixture; it is then put in
/// its place. Throws Error(UnsupportedModel) for experts of other kinds.
bool takeExpert(ExpertLayers &layers, std::string_view name, const TensorEntry &entry);

/// How many experts a mixture has, how many a token uses, and their ranks.
struct MixtureSize {
    int experts = 0, active = 0;
    int leastRank = 0, mostRank = 0;
};
/// From the first layer. Throws Error(BadModel).
MixtureSize sizeOf(const AdapterFile &adapter);

/// Checks the experts of an adapter against a model, if it has some. Throws Error(BadModel) naming what does
/// not fit, UnsupportedModel for a model that takes none.
void checkExperts(const Model &model, const AdapterFile &adapter);

/// The experts of the one adapter in the stack that has some, on the devices of the placement's items;
/// nullptr if none has. Throws as checkExperts; Error(BadRequest) for two; OutOfMemory.
std::unique_ptr<Experts> makeExperts(const Model &model, const std::vector<kernels::Device *> &devices,
                                     const Placement &placement, const Stack &stack);

/// Bytes that makeExperts will take on `device`; 0 without experts. Throws as checkExperts.
std::size_t expertBytes(const Model &model, const std::vector<kernels::Device *> &devices,
                        const Placement &placement, const Stack &stack, const kernels::Device &device);

} // namespace engine::adapters
