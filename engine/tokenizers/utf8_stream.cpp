#include "engine/tokenizers/utf8_stream.h"
#include "engine/files/printable.h"

namespace engine
{
namespace
{

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// Bytes at the start of `text` that begin a character and end before it does: 0 if what follows is no
/// beginning. `text` does not start with a whole character.
std::size_t beginningLength(std::string_view text)
{
    // A beginning is what a suitable continuation would complete; 0x80..0xBF cover every case of the
    // standard's table with these two probes (E0 and F0 demand high, ED and F4 low second bytes).
    for (std::size_t length = std::min<std::size_t>(text.size(), 3); length > 0; --length)
        for (const char fill : {'\x80', '\xBF'}) {
            std::string probe(text.substr(0, length));
            probe.append(4 - length, fill);
            if (utf8Length(probe) > length) return length;
        }
    return 0;
}

} // namespace

std::string Utf8Stream::push(std::string_view bytes)
{
    m_pending += bytes;
    std::string out;
    std::string_view rest = m_pending;
    while (!rest.empty()) {
        if (const std::size_t whole = utf8Length(rest)) {
            out += rest.substr(0, whole);
            rest.remove_prefix(whole);
            continue;
        }
        const std::size_t begun = beginningLength(rest);
        if (begun == rest.size()) break; // may still become a character
        out += kReplacement;
        rest.remove_prefix(std::max<std::size_t>(begun, 1));
    }
    m_pending.erase(0, m_pending.size() - rest.size());
    return out;
}

std::string Utf8Stream::finish()
{
    const bool unfinished = !m_pending.empty();
    m_pending.clear();
    return std::string(unfinished ? kReplacement : "");
}

} // namespace engine
