#pragma once

#include "engine/tensor.h"
#include "kernels/ops.h"

#include <cstddef>
#include <map>
#include <vector>

namespace engine
{

/// A mixture of low-rank experts over the channel mix of every layer (MoLE), in the memory of the layers'
/// devices. Made by adapters::makeExperts; the model borrows it.
struct Experts {
    struct Layer {
        kernels::Weight router; ///< [E - 1, C]; absent if E = 1
        std::vector<kernels::Mole::Expert> expert;
        int active = 0;
        float scale = 1;
        kernels::View scratch; ///< for a step of StepLimits::kMaxRows rows; layers of a device share it
    };
    std::vector<Layer> layers;
    std::vector<Tensor> memory;
    std::map<const kernels::Device *, std::size_t> bytesOn; ///< of `memory`, by device

    std::size_t bytes() const
    {
        std::size_t sum = 0;
        for (const Tensor &tensor : memory)
            sum += tensor.bytes();
        return sum;
    }
};

} // namespace engine
