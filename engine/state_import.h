#pragma once

// States that other programs wrote (from each program's own code):
//   BlinkDL       blocks.N.att.time_state [H, N, N], trained initial states; .pth and .safetensors hold
//                 [head][value][key] for every generation; also time_offset [C] and ts_state [C]
//   web-rwkv      the same names in a safetensors file of fp16, [head][key][value]
//   ChatRWKV      a list of 3 L tensors (shift, matrix, shift a layer; RWKV-4: shift, aa, bb, pp, shift),
//                 matrices as the model has them
//   rwkv_lightning  a list of [L, 2, C], [L, H, N, N] = [head][value][key] and a count
// A matrix is square, so that its shape cannot tell the order of its axes: where a file is of another order
// than its kind, the user says so.

#include "engine/events.h"
#include "engine/files/tensor_file.h"
#include "engine/models/model.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace engine
{

/// A state file of another program, recognised by its names and shapes. Borrows the file.
class ImportedState final
{
public:
    /// Throws Error(BadState) saying what was expected if the file is no state.
    explicit ImportedState(const TensorFile &file);

    /// All but what depends on a loaded model.
    const StateInfo &info() const { return m_info; }
    /// Why a model with this state cannot start from the file, in one sentence that compares the shapes;
    /// empty if it can. Values are not read.
    std::string misfit(const StateSpec &spec, const std::string &model) const;
    /// The numbers of a slot; what the file does not hold is zero. Throws Error(BadState) with misfit(), or
    /// naming numbers that are not finite.
    std::vector<float> slot(const StateSpec &spec, const std::string &model,
                            StateOrientation orientation) const;

    /// One tensor, or a part of one, that becomes a part of a slot.
    struct Piece {
        std::string part; ///< "blocks.0.att.time_state"
        const TensorEntry *entry = nullptr;
        std::size_t first = 0; ///< element
        std::vector<std::int64_t> shape;
    };
    const std::vector<Piece> &pieces() const { return m_pieces; }
    /// The piece's numbers. Throws Error(BadState).
    std::vector<float> values(const Piece &piece) const;

private:
    bool findNamed();
    bool findList();
    bool findStacked(const std::vector<const TensorEntry *> &list);
    bool findLayered(const std::vector<const TensorEntry *> &list);
    void add(int layer, const std::string &part, const TensorEntry &entry, std::vector<std::int64_t> shape,
             std::size_t first = 0);
    void describe();
    const Piece *find(const std::string &part) const;

    const TensorFile &m_file;
    StateInfo m_info;
    std::vector<Piece> m_pieces;
};

/// True if a model file also holds a tuned state (rwkv_state_merger.py puts one there).
bool holdsState(const TensorFile &model);
/// Throws Error(BadModel) if the state of such a file does not fit its model. Numbers of matrices are not
/// read.
void requireStateFits(const TensorFile &model, const StateSpec &spec);
/// The slot that every sequence of such a model begins with, its matrices [head][value][key] as in BlinkDL's
/// files. Throws Error(BadModel).
std::vector<float> stateInModel(const TensorFile &model, const StateSpec &spec);

inline constexpr const char *kMatrixPart = ".att.time_state";
inline constexpr const char *kOffsetPart = ".att.time_offset";

} // namespace engine
