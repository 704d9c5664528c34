#pragma once

// A saved state is a safetensors file, so that other tools can read it:
//   __metadata__: format "rookery state", version "1", layout, model, fingerprint, note, checksum;
//     matrix "value, key" or "key, value": the axes of time_state behind the heads;
//     start "state" where the tokens were read behind another state than the empty one
//   one float32 tensor for each part of the family's StateSpec: blocks.N.att.time_state [H, N, N], ...
//     (att.time_offset [C] only where it is not zero; att.key_cache and value_cache [tokens, G N] only of
//     tokens that were read, or [context, G N], of which only those count)
//   rookery.tokens int32 [n]: what was read; rookery.logits float32 [V]: what comes next;
//   rookery.transcript uint8 [bytes]: text for people. The three are left out where empty.
// The checksum covers all of it. Files from elsewhere are hostile until checked.

#include "engine/files/tensor_file.h"
#include "engine/models/model.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace engine
{

/// Where a conversation stands, with all that is needed to go on exactly there.
struct SavedState {
    std::vector<float> state;  ///< as StateSpec says
    std::vector<float> logits; ///< behind the last token, one for each vocabulary row; may be empty
    std::vector<int> tokens;   ///< read so far; may be empty
    std::string transcript;    ///< UTF-8, may be empty
    std::string note;          ///< UTF-8 of at most kLongestNote bytes
    bool hasStart = false;     ///< `tokens` were read behind another state than the empty one

    static constexpr std::size_t kLongestNote = 65536;
};

/// The model that a state belongs to.
struct StateOwner {
    std::string model; ///< its name, for messages
    std::string fingerprint;
    StateSpec spec;
    int vocabulary = 0;
};

/// Writes atomically and returns the size of the file in bytes. Throws Error(CannotWrite), the old file is
/// then untouched; Error(BadRequest) for too long a note.
std::uint64_t writeStateFile(const std::string &path, const SavedState &state, const StateOwner &owner);

/// Throws Error(FileNotFound, FileUnreadable); Error(BadState) if the file is no state, damaged, of another
/// version, or of another model (both are named).
SavedState readStateFile(const std::string &path, const StateOwner &owner);
/// Opens a file that may hold a state. Throws Error(FileNotFound, FileUnreadable), and BadState for what is
/// no file of tensors.
std::unique_ptr<TensorFile> openStateFile(const std::string &path);
/// True if the file says that this program wrote it.
bool isSavedState(const TensorFile &file);
/// As readStateFile, of an open file.
SavedState readState(const TensorFile &file, const StateOwner &owner);
/// The same for a file that lies in memory; `name` stands for its path.
SavedState readStateBytes(std::span<const std::byte> bytes, const std::string &name, const StateOwner &owner);

} // namespace engine
