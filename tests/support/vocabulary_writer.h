#pragma once

#include <string>

namespace support
{

/// A vocabulary of the 256 bytes, id = byte + 1, in World format.
inline std::string vocabulary()
{
    constexpr char kHex[] = "0123456789abcdef";
    std::string out;
    for (unsigned byte = 0; byte < 256; ++byte) {
        out += std::to_string(byte + 1) + " b'\\x";
        out += {kHex[byte >> 4], kHex[byte & 15]};
        out += "' 1\n";
    }
    return out;
}

} // namespace support
