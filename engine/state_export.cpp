#include "engine/state_export.h"

#include "engine/atomic_file.h"
#include "engine/error.h"
#include "engine/files/printable.h"
#include "engine/small_pth.h"
#include "engine/state_file.h"
#include "engine/state_import.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <span>

namespace engine
{
namespace
{

std::string metadataOf(const TensorFile &file, const char *key)
{
    const auto found = file.metadata().find(key);
    return found == file.metadata().end() ? std::string() : found->second;
}

/// Of a file that this program wrote.
StateInfo describeSaved(const TensorFile &file)
{
    StateInfo info;
    info.path = file.path();
    info.container = file.container();
    info.layout = "rookery";
    info.dtype = nameOf(StoredType::F32);
    info.family = metadataOf(file, "layout");
    info.family.resize(std::min(info.family.find(':'), info.family.size()));
    info.orientation =
        metadataOf(file, "matrix") == "key, value" ? StateOrientation::KeyValue : StateOrientation::ValueKey;
    info.model = metadataOf(file, "model");
    info.note = metadataOf(file, "note");
    std::set<std::string> layers;
    for (const TensorEntry &entry : file.tensors()) {
        if (!entry.name.starts_with("blocks.")) continue;
        layers.insert(entry.name.substr(0, entry.name.find('.', 7)));
        info.hasShifts = info.hasShifts || entry.name.ends_with("shift_state");
        info.hasOffsets = info.hasOffsets || entry.name.find(kOffsetPart) != std::string::npos;
        if (!entry.name.ends_with(kMatrixPart) || entry.shape.size() != 3) continue;
        info.heads = static_cast<int>(std::min<std::int64_t>(entry.shape[0], 1 << 20));
        info.headSize = static_cast<int>(std::min<std::int64_t>(entry.shape[1], 1 << 20));
    }
    info.layers = static_cast<int>(layers.size());
    return info;
}

/// [H, a, b] becomes [H, b, a].
std::vector<float> turned(const std::vector<float> &matrices, std::size_t size)
{
    std::vector<float> out(matrices.size());
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = matrices[i / (size * size) * size * size + i % size * size + i / size % size];
    return out;
}

} // namespace

StateInfo describeState(const OpenStateSpec &spec)
{
    const std::unique_ptr<TensorFile> file = openStateFile(spec.path);
    StateInfo info = isSavedState(*file) ? describeSaved(*file) : ImportedState(*file).info();
    if (spec.orientation != StateOrientation::Auto) info.orientation = spec.orientation;
    return info;
}

void requireStateTarget(const std::string &path)
{
    std::error_code error;
    if (!std::filesystem::exists(path, error)) return;
    bool isState = false;
    try {
        describeState(OpenStateSpec(path));
        isState = !openStateFile(path)->find("emb.weight"); // a model may have a state in it
    } catch (const Error &) { // neither a state nor anything else that can be read
    }
    if (!isState)
        throw Error(ErrorCode::CannotWrite, "'" + path + "' exists and is no state; it was not replaced.");
}

ExportedState exportStateFile(const ExportStateSpec &spec)
{
    requireStateTarget(spec.target);
    const StateInfo info = describeState(spec.source);
    const std::unique_ptr<TensorFile> file = openStateFile(spec.source.path);
    const ImportedState state(*file);
    if (info.orientation == StateOrientation::Auto)
        throw Error(ErrorCode::BadRequest,
                    "orientation: " + printable(spec.source.path) +
                        " does not say the order of its matrices; expected value-key (RWKV-7) or key-value "
                        "(RWKV-5, RWKV-6), found none");
    std::vector<SmallTensor> tensors;
    bool losesShifts = false;
    for (const ImportedState::Piece &piece : state.pieces()) {
        std::vector<float> numbers = state.values(piece);
        if (piece.part.ends_with("shift_state"))
            losesShifts = losesShifts || std::ranges::any_of(numbers, [](float x) { return x != 0; });
        if (piece.part.ends_with(kMatrixPart) && info.orientation == StateOrientation::KeyValue)
            numbers = turned(numbers, static_cast<std::size_t>(piece.shape[1]));
        if (piece.part.ends_with(kMatrixPart) || piece.part.find(kOffsetPart) != std::string::npos)
            tensors.push_back({piece.part, piece.shape, std::move(numbers)});
    }
    if (info.heads == 0)
        throw Error(ErrorCode::BadState, printable(spec.source.path) +
                                             " holds no matrices of a head each: such states (RWKV-4) have "
                                             "no .pth form that other programs read.");
    const std::string bytes = smallPth(tensors, spec.asBf16);
    replaceFile(spec.target, {std::as_bytes(std::span(bytes))});
    ExportedState exported;
    exported.bytes = bytes.size();
    if (losesShifts)
        exported.warnings.push_back(
            "The token-shift vectors are lost: the .pth form holds matrices only, and "
            "a model that starts from it has not seen the last token.");
    if (info.kind == StateKind::Saved)
        exported.warnings.push_back("Tokens, logits and transcript are not part of the .pth form.");
    return exported;
}

} // namespace engine
