#pragma once

#include "support/file_bytes.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace support
{

/// One entry of a zip file and the lies to be told about it.
struct ZipEntry {
    std::string name = {};
    std::string content = {};
    std::uint16_t flags = 0x0808; ///< sizes follow the data, UTF-8: as PyTorch writes
    std::uint16_t method = 0;
    std::size_t padding = 0;    ///< extra field of the local header
    std::string localName = {}; ///< empty: the same
    std::optional<std::uint64_t> bytes = {}, headerBegin = {};
    std::optional<std::uint32_t> localBytes = {};
    bool is64 = false; ///< sizes and place in the ZIP64 field
};

/// The end of a zip file and the lies to be told there.
struct ZipEnd {
    std::optional<std::uint64_t> entries = {}, directoryBytes = {}, directoryBegin = {};
    std::string comment = {};
    bool is64 = false;
};

inline std::string zipDirectoryEntry(const ZipEntry &entry, std::uint64_t begin)
{
    const std::uint64_t bytes = entry.bytes.value_or(entry.content.size());
    begin = entry.headerBegin.value_or(begin);
    std::string extra;
    if (entry.is64)
        extra = little(1, 2) + little(24, 2) + little(bytes, 8) + little(bytes, 8) + little(begin, 8);
    const std::uint64_t full = 0xFFFFFFFF;
    return "PK\1\2" + little(20, 2) + little(20, 2) + little(entry.flags, 2) + little(entry.method, 2) +
           little(0, 8) + little(entry.is64 ? full : bytes, 4) + little(entry.is64 ? full : bytes, 4) +
           little(entry.name.size(), 2) + little(extra.size(), 2) + little(0, 2) + little(0, 2) +
           little(0, 2) + little(0, 4) + little(entry.is64 ? full : begin, 4) + entry.name + extra;
}

inline std::string zipFile(const std::vector<ZipEntry> &entries, const ZipEnd &end = {})
{
    std::string out, directory;
    for (const ZipEntry &entry : entries) {
        directory += zipDirectoryEntry(entry, out.size());
        const std::string &name = entry.localName.empty() ? entry.name : entry.localName;
        const std::uint32_t bytes = entry.localBytes.value_or(0);
        out += "PK\3\4" + little(20, 2) + little(entry.flags, 2) + little(entry.method, 2) + little(0, 8) +
               little(bytes, 4) + little(bytes, 4) + little(name.size(), 2) + little(entry.padding, 2) +
               name + std::string(entry.padding, 'Z') + entry.content;
    }
    const std::uint64_t begin = end.directoryBegin.value_or(out.size());
    const std::uint64_t bytes = end.directoryBytes.value_or(directory.size());
    const std::uint64_t count = end.entries.value_or(entries.size());
    out += directory;
    if (end.is64) {
        const std::uint64_t place = out.size();
        out += "PK\6\6" + little(44, 8) + little(45, 2) + little(45, 2) + little(0, 8) + little(count, 8) +
               little(count, 8) + little(bytes, 8) + little(begin, 8);
        out += "PK\6\7" + little(0, 4) + little(place, 8) + little(1, 4);
    }
    const auto cut = [&](std::uint64_t value, int width) { return little(end.is64 ? ~0ULL : value, width); };
    return out + "PK\5\6" + little(0, 4) + cut(count, 2) + cut(count, 2) + cut(bytes, 4) + cut(begin, 4) +
           little(end.comment.size(), 2) + end.comment;
}

} // namespace support
