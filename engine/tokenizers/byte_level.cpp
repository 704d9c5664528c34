#include "engine/tokenizers/byte_level.h"

#include <array>

namespace engine
{
namespace
{

constexpr int kFirstFree = 0x100; ///< bytes that do not print get the code points from here on
constexpr int kAlphabetEnd = kFirstFree + 68;

constexpr bool printsAsItself(int byte)
{
    return (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

struct Alphabet {
    std::array<int, 256> codePoint{};
    std::array<int, kAlphabetEnd> byte{};
};

constexpr Alphabet makeAlphabet()
{
    Alphabet alphabet;
    for (int &byte : alphabet.byte)
        byte = -1;
    int next = kFirstFree;
    for (int byte = 0; byte < 256; ++byte) {
        const int code = printsAsItself(byte) ? byte : next++;
        alphabet.codePoint[static_cast<std::size_t>(byte)] = code;
        alphabet.byte[static_cast<std::size_t>(code)] = byte;
    }
    return alphabet;
}

constexpr Alphabet kAlphabet = makeAlphabet();

} // namespace

std::optional<std::string> bytesOfByteLevel(std::string_view text)
{
    std::string bytes;
    bytes.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::size_t code = static_cast<unsigned char>(text[i]);
        if (code >= 0x80) { // the alphabet ends below U+0800: two bytes a character
            if (code < 0xC2 || code > 0xDF || i + 1 == text.size()) return std::nullopt;
            const auto second = static_cast<unsigned char>(text[++i]);
            if ((second & 0xC0) != 0x80) return std::nullopt;
            code = (code & 0x1F) << 6 | (second & 0x3F);
        }
        if (code >= kAlphabet.byte.size() || kAlphabet.byte[code] < 0) return std::nullopt;
        bytes += static_cast<char>(kAlphabet.byte[code]);
    }
    return bytes;
}

std::string byteLevelOf(unsigned char byte)
{
    const int code = kAlphabet.codePoint[byte];
    if (code < 0x80) return {static_cast<char>(code)};
    return {static_cast<char>(0xC0 | code >> 6), static_cast<char>(0x80 | (code & 0x3F))};
}

} // namespace engine
