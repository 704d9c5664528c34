// RWKV models as rwkv.cpp stores them: BlinkDL's names, but with decays worked out beforehand, low-rank
// factors transposed and the mixes of RWKV-7 put together.
// Source: RWKV/rwkv.cpp, python/convert_pytorch_to_ggml.py.

#include "engine/files/layouts.h"
#include "engine/files/printable.h"

#include <algorithm>
#include <cmath>

namespace engine
{
namespace
{

using namespace std::string_view_literals;

/// Beyond it, exp(-exp(x)) is 0 or 1 in every precision.
constexpr float kLimit = 30.0F;

float clamped(float x) { return std::clamp(x, -kLimit, kLimit); }
/// From -exp(x) back to x.
float undoFour(float stored) { return clamped(std::log(-stored)); }
/// From exp(-exp(x)) back to x.
float undoFive(float stored) { return clamped(std::log(-std::log(stored))); }
/// From exp(x) back to x.
float undoFirst(float stored) { return clamped(std::log(stored)); }

constexpr std::string_view kTransposed[] = {
    "att.w1",
    "att.w2",
    "att.a1",
    "att.a2",
    "att.v1",
    "att.v2",
    "att.g1",
    "att.g2",
    "att.time_maa_w1",
    "att.time_maa_w2",
    "att.time_decay_w1",
    "att.time_decay_w2",
};
constexpr const char *kMixes[] = {"x_r", "x_w", "x_k", "x_v", "x_a", "x_g"};

/// Without the dimensions of size 1 at the end: [H, N, 1] -> [H, N].
std::vector<std::int64_t> trimmed(std::vector<std::int64_t> shape)
{
    while (shape.size() > 1 && shape.back() == 1)
        shape.pop_back();
    return shape;
}

bool hasAny(const TensorFile &file, std::string_view end)
{
    return std::ranges::any_of(file.tensors(),
                               [&](const TensorEntry &entry) { return entry.name.ends_with(end); });
}

/// What the values of the file depend on.
struct Version {
    bool isFour, isFive, isSix;
};

Version versionOf(const TensorFile &file)
{
    const bool isSix = hasAny(file, ".time_maa_w1"), isSeven = hasAny(file, ".r_k");
    const bool hasHeads = hasAny(file, ".ln_x.weight");
    return {!isSix && !isSeven && !hasHeads, !isSix && !isSeven && hasHeads, isSix};
}

void addMixes(TranslatedFile &to, const TensorEntry &from, int layer)
{
    if (from.shape.size() < 2 || from.shape[0] != 6)
        to.refuse(printable(from.name) + ": expected 6 vectors, found " + from.shapeText());
    for (std::int64_t i = 0; i < 6; ++i)
        to.addPart(from, blockName(layer, "att.") + kMixes[i], i);
}

/// r_k lies as one vector; the heads show in no other tensor of RWKV-7, all of whose public models have 64
/// channels a head.
void addHeads(TranslatedFile &to, const TensorEntry &from)
{
    constexpr std::int64_t kHeadSize = 64;
    if (from.elements() % kHeadSize != 0)
        to.refuse(printable(from.name) + ": expected heads of 64 channels, found " + from.shapeText());
    to.add(from, from.name, {from.elements() / kHeadSize, kHeadSize});
}

void addLayerTensor(TranslatedFile &to, const TensorEntry &from, const LayerName &name,
                    const Version &version)
{
    const auto change = [&](float (*function)(float)) {
        to.addMade(from, from.name, StoredType::F32, trimmed(from.shape), changingEach(from.type, function));
    };
    const std::string_view leaf = name.leaf;
    if (std::ranges::find(kTransposed, leaf) != std::end(kTransposed))
        return to.addTransposed(from, from.name);
    if (leaf == "att.x_rwkvag"sv) return addMixes(to, from, name.layer);
    if (leaf == "att.r_k"sv && trimmed(from.shape).size() == 1) return addHeads(to, from);
    if (leaf == "att.time_decay"sv && version.isFour) return change(undoFour);
    if (leaf == "att.time_decay"sv && version.isFive) return change(undoFive);
    if (leaf == "att.time_first"sv && version.isFive) return change(undoFirst);
    if (leaf == "att.time_decay"sv && version.isSix) return to.add(from, from.name, {1, 1, from.elements()});
    to.add(from, from.name, trimmed(from.shape));
}

bool isGgmf(const TensorFile &file) { return file.container() == "ggmf"sv; }

void translateGgmf(TranslatedFile &to)
{
    const Version version = versionOf(to.source());
    for (const TensorEntry &from : to.source().tensors()) {
        if (const auto name = layerName(from.name, "blocks."))
            addLayerTensor(to, from, *name, version);
        else
            to.add(from, from.name);
    }
}

} // namespace

const Layout kGgmfLayout{isGgmf, translateGgmf};

} // namespace engine
