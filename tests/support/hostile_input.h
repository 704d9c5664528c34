#pragma once

// Drives the readers with damaged files. Anything that is neither an engine::Error nor a sound TensorFile
// escapes as another exception, a wrong tally or a sanitizer report.

#include "engine/files/block_types.h"
#include "support/file_bytes.h"
#include "support/thrown_error.h"

#include <random>
#include <stdexcept>
#include <vector>

namespace support
{

struct Tally {
    int loaded = 0;
    int refused = 0;
};

/// Throws std::logic_error if a tensor of `file` does not lie where it can be read in full.
inline void checkSound(const engine::TensorFile &file)
{
    for (const engine::TensorEntry &tensor : file.tensors()) {
        const auto bytes = engine::storedBytes(tensor.type, tensor.shape);
        if (bytes != tensor.bytes || file.find(tensor.name) != &tensor)
            throw std::logic_error("unsound tensor " + tensor.name);
        std::byte end = {};
        if (tensor.bytes == 0) continue;
        file.read(tensor, 0, {&end, 1});
        file.read(tensor, tensor.bytes - 1, {&end, 1});
    }
}

/// True if the bytes open as a sound file; false for the errors that a damaged file may give.
inline bool opensSoundly(std::span<const std::byte> bytes)
{
    const engine::Error error =
        errorOf([&] { checkSound(*engine::TensorFile::openBytes(bytes, "damaged")); });
    switch (error.code()) {
    case engine::ErrorCode::None:
        return true;
    case engine::ErrorCode::BadFile:
    case engine::ErrorCode::UnknownFormat:
    case engine::ErrorCode::UnsupportedModel:
        return false;
    default:
        throw std::logic_error("unexpected error: " + error.message());
    }
}

/// Opens the first n bytes for each n in `lengths`, as an allocation of exactly that size if `isExact`, so
/// that the address sanitizer sees any read behind the end.
inline Tally openPrefixes(const std::string &file, const std::vector<std::size_t> &lengths, bool isExact)
{
    Tally tally;
    for (const std::size_t length : lengths) {
        bool isLoaded = false;
        if (isExact) {
            const std::vector<char> copy(file.begin(), file.begin() + std::ptrdiff_t(length));
            isLoaded = opensSoundly(std::as_bytes(std::span(copy)));
        } else {
            isLoaded = opensSoundly(std::as_bytes(std::span(file)).first(length));
        }
        ++(isLoaded ? tally.loaded : tally.refused);
    }
    return tally;
}

/// Opens `rounds` copies of `file` with one to four random bits turned, half of the times within the first
/// `head` bytes, where the structure is.
inline Tally openWithTurnedBits(std::string file, int rounds, std::size_t head, unsigned seed)
{
    std::mt19937_64 random(seed);
    Tally tally;
    for (int i = 0; i < rounds; ++i) {
        const std::size_t range = random() % 2 == 0 ? std::min(head, file.size()) : file.size();
        std::vector<std::pair<std::size_t, int>> turned(1 + random() % 4);
        for (auto &[at, bit] : turned) {
            at = random() % range;
            bit = int(random() % 8);
            file[at] = static_cast<char>(file[at] ^ (1 << bit));
        }
        ++(opensSoundly(std::as_bytes(std::span(file))) ? tally.loaded : tally.refused);
        for (const auto &[at, bit] : turned)
            file[at] = static_cast<char>(file[at] ^ (1 << bit));
    }
    return tally;
}

} // namespace support
