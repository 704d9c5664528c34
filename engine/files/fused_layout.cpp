// Hybrids with BlinkDL's names whose gate and up are one matrix, [2 F, C], the gate's rows first (those made
// from Phi). Source: rwkv-infer §8.6.

#include "engine/files/layouts.h"

#include <algorithm>

namespace engine
{
namespace
{

constexpr std::string_view kFused = "ffn.gate_up.weight";

bool isFused(const TensorFile &file)
{
    return std::ranges::any_of(file.tensors(), [](const TensorEntry &entry) {
        const auto name = layerName(entry.name, "blocks.");
        return name && name->leaf == kFused;
    });
}

void translateFused(TranslatedFile &to)
{
    for (const TensorEntry &from : to.source().tensors()) {
        const auto name = layerName(from.name, "blocks.");
        if (name && name->leaf == kFused)
            addGateUp(to, from, blockName(name->layer, ""));
        else
            to.add(from, from.name);
    }
}

} // namespace

void addGateUp(TranslatedFile &to, const TensorEntry &from, const std::string &place)
{
    to.addHalf(from, place + "ffn.gate.weight", 0);
    to.addHalf(from, place + "ffn.up.weight", 1);
}

const Layout kFusedLayout{isFused, translateFused};

} // namespace engine
