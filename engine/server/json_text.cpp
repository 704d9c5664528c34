#include "engine/server/json_text.h"

#include "engine/server/api_error.h"

namespace server
{
namespace
{

constexpr int kMostDepth = 128;
constexpr int kMostContainers = 1 << 17;

/// Counts brackets outside of strings, before anything is allocated for them.
void checkNesting(std::string_view text)
{
    int depth = 0, containers = 0;
    bool inString = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (inString) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                inString = false;
        } else if (c == '"') {
            inString = true;
        } else if (c == '{' || c == '[') {
            ++containers;
            if (++depth > kMostDepth)
                throw badRequest({}, "the body is nested deeper than " + std::to_string(kMostDepth));
            if (containers > kMostContainers)
                throw badRequest({}, "the body has more than " + std::to_string(kMostContainers) +
                                         " arrays and objects");
        } else if (c == '}' || c == ']') {
            --depth;
        }
    }
}

/// How many bytes of a character follow its first one; -1: no first byte.
int tailLength(unsigned char lead)
{
    if (lead < 0x80) return 0;
    if (lead >= 0xC2 && lead <= 0xDF) return 1;
    if (lead >= 0xE0 && lead <= 0xEF) return 2;
    return lead >= 0xF0 && lead <= 0xF4 ? 3 : -1;
}

} // namespace

Json parseBody(std::string_view text)
{
    checkNesting(text);
    Json body;
    try {
        body = Json::parse(text);
    } catch (const Json::exception &) {
        throw badRequest({}, "the body is not valid JSON");
    }
    if (!body.is_object())
        throw badRequest({}, std::string("expected a JSON object, found ") + body.type_name());
    return body;
}

std::string dump(const OutJson &json) { return json.dump(-1, ' ', false, OutJson::error_handler_t::replace); }

bool isUtf8(std::string_view bytes)
{
    for (std::size_t i = 0; i < bytes.size();) {
        const auto lead = static_cast<unsigned char>(bytes[i]);
        const int tail = tailLength(lead);
        if (tail < 0 || i + std::size_t(tail) >= bytes.size()) return false;
        for (int k = 1; k <= tail; ++k) {
            const auto c = static_cast<unsigned char>(bytes[i + std::size_t(k)]);
            unsigned char least = 0x80, most = 0xBF;
            if (k == 1 && lead == 0xE0) least = 0xA0;
            if (k == 1 && lead == 0xED) most = 0x9F;
            if (k == 1 && lead == 0xF0) least = 0x90;
            if (k == 1 && lead == 0xF4) most = 0x8F;
            if (c < least || c > most) return false;
        }
        i += std::size_t(tail) + 1;
    }
    return true;
}

std::string tokenText(std::string_view bytes)
{
    if (isUtf8(bytes)) return std::string(bytes);
    static constexpr char kHex[] = "0123456789abcdef";
    std::string text = "bytes:";
    for (const char c : bytes) {
        const auto value = static_cast<unsigned char>(c);
        text += "\\x";
        text += kHex[value >> 4];
        text += kHex[value & 15];
    }
    return text;
}

std::string base64(std::string_view bytes)
{
    static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        unsigned group = 0;
        for (std::size_t k = 0; k < 3; ++k)
            group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k)
            text += k <= count ? kDigits[group >> (18 - 6 * k) & 63] : '=';
    }
    return text;
}

} // namespace server
