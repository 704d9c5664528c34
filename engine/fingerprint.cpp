#include "engine/fingerprint.h"

#include "engine/hash64.h"

#include <cstddef>
#include <span>
#include <vector>

namespace engine
{

std::string fingerprintOf(const TensorFile &file)
{
    constexpr std::size_t kPieces = 16, kPieceBytes = 256;
    std::vector<std::byte> piece(kPieces * kPieceBytes);
    Hash64 hash;
    const auto addPiece = [&](const TensorEntry &entry, std::size_t offset, std::size_t bytes) {
        file.read(entry, offset, std::span(piece).first(bytes));
        hash.add(piece.data(), bytes);
    };
    for (const TensorEntry &entry : file.tensors()) {
        hash.add(entry.name);
        hash.add(nameOf(entry.type));
        hash.add(entry.shapeText());
        if (entry.bytes <= piece.size()) {
            addPiece(entry, 0, entry.bytes);
            continue;
        }
        for (std::size_t i = 0; i < kPieces; ++i) // an even offset, as elements have
            addPiece(entry, (entry.bytes - kPieceBytes) / (kPieces - 1) / 8 * 8 * i, kPieceBytes);
        addPiece(entry, entry.bytes - kPieceBytes, kPieceBytes);
    }
    return hash.text();
}

} // namespace engine
