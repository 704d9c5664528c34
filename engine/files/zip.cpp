#include "engine/files/zip.h"

#include "engine/files/little_endian.h"
#include "engine/files/printable.h"

#include <algorithm>

namespace engine
{
namespace
{

using namespace std::string_view_literals;

constexpr std::string_view kEndMagic = "PK\5\6";
constexpr std::string_view kEnd64Magic = "PK\6\6";
constexpr std::string_view kLocatorMagic = "PK\6\7";
constexpr std::string_view kEntryMagic = "PK\1\2";
constexpr std::string_view kLocalMagic = "PK\3\4";
constexpr std::size_t kEndBytes = 22, kEnd64Bytes = 56, kLocatorBytes = 20, kEntryBytes = 46,
                      kLocalBytes = 30;
constexpr std::size_t kLongestComment = 0xFFFF;
constexpr std::uint64_t kMostEntries = 100'000;
constexpr std::uint64_t kLargestDirectory = 8U << 20; ///< the largest public models: some 300 kB
constexpr unsigned kEncrypted = 1U << 0 | 1U << 6 | 1U << 13;

std::string readText(const MappedFile &file, std::uint64_t offset, std::uint64_t bytes)
{
    std::string text(bytes, '\0');
    file.copyOut(offset, std::as_writable_bytes(std::span(text)));
    return text;
}

/// Takes one of the fields of the ZIP64 extra field, which stand there only where the 32-bit field is full.
bool widen(std::uint64_t &value, std::string_view &extra64)
{
    if (value != 0xFFFFFFFF) return true;
    if (extra64.size() < 8) return false;
    value = littleEndian<std::uint64_t>(extra64, 0);
    extra64.remove_prefix(8);
    return true;
}

/// Content of the ZIP64 extra field (number 1), empty if there is none.
std::string_view findExtra64(std::string_view extra)
{
    while (extra.size() >= 4) {
        const std::size_t length = littleEndian<std::uint16_t>(extra, 2);
        if (littleEndian<std::uint16_t>(extra, 0) == 1) return extra.substr(4, length);
        extra.remove_prefix(std::min(4 + length, extra.size()));
    }
    return {};
}

} // namespace

Zip::Zip(const MappedFile &file)
    : m_file(file)
{
    const Directory directory = findDirectory();
    std::vector<Candidate> candidates = readDirectory(directory);
    std::ranges::sort(candidates, {}, &Candidate::headerBegin);
    std::uint64_t free = 0;
    for (Candidate &candidate : candidates) {
        checkLocalHeader(candidate);
        if (candidate.headerBegin < free)
            file.refuse("entry " + printable(candidate.fullName) + " overlaps another");
        free = candidate.entry.dataBegin + candidate.entry.bytes;
        m_entries.push_back(std::move(candidate.entry));
    }
    if (free > directory.begin) file.refuse("an entry overlaps the zip directory");
    std::ranges::sort(m_entries, {}, &Entry::name);
    const auto twice = std::ranges::adjacent_find(m_entries, {}, &Entry::name);
    if (twice != m_entries.end()) file.refuse("entry " + printable(twice->name) + " is given twice");
}

const Zip::Entry *Zip::find(std::string_view name) const
{
    const auto nameOf = [](const Entry &entry) -> std::string_view { return entry.name; };
    const auto found = std::ranges::lower_bound(m_entries, name, {}, nameOf);
    return found != m_entries.end() && found->name == name ? &*found : nullptr;
}

Zip::Directory Zip::findDirectory() const
{
    const std::uint64_t tailBytes = std::min<std::uint64_t>(m_file.size(), kEndBytes + kLongestComment);
    const std::uint64_t tailBegin = m_file.size() - tailBytes;
    const std::string tail = readText(m_file, tailBegin, tailBytes);
    std::size_t at = tail.rfind(kEndMagic);
    while (at != std::string::npos &&
           (tail.size() - at < kEndBytes ||
            tail.size() - at - kEndBytes != littleEndian<std::uint16_t>(tail, at + 20)))
        at = at == 0 ? std::string::npos : tail.rfind(kEndMagic, at - 1);
    if (at == std::string::npos)
        m_file.refuse("the zip directory at the end is missing: the file is not complete");

    if (littleEndian<std::uint16_t>(tail, at + 4) != 0 && littleEndian<std::uint16_t>(tail, at + 4) != 0xFFFF)
        m_file.refuse("this is one part of a zip file split in several");
    const Directory directory = {littleEndian<std::uint32_t>(tail, at + 16),
                                 littleEndian<std::uint32_t>(tail, at + 12),
                                 littleEndian<std::uint16_t>(tail, at + 10)};
    const std::uint64_t end = tailBegin + at;
    if (directory.begin == 0xFFFFFFFF || directory.bytes == 0xFFFFFFFF || directory.entries == 0xFFFF)
        return readDirectory64(end);
    if (directory.begin > end || directory.bytes > end - directory.begin)
        m_file.refuse("the zip directory lies outside the file");
    return directory;
}

Zip::Directory Zip::readDirectory64(std::uint64_t endRecord) const
{
    const auto damaged = [this] { m_file.refuse("the ZIP64 directory is damaged"); };
    if (endRecord < kLocatorBytes) damaged();
    const std::string locator = readText(m_file, endRecord - kLocatorBytes, kLocatorBytes);
    const auto position = littleEndian<std::uint64_t>(locator, 8);
    const std::uint64_t end = endRecord - kLocatorBytes;
    if (!locator.starts_with(kLocatorMagic) || position > end || end - position < kEnd64Bytes) damaged();
    const std::string record = readText(m_file, position, kEnd64Bytes);
    if (!record.starts_with(kEnd64Magic)) damaged();
    const Directory directory = {littleEndian<std::uint64_t>(record, 48),
                                 littleEndian<std::uint64_t>(record, 40),
                                 littleEndian<std::uint64_t>(record, 32)};
    if (directory.begin > position || directory.bytes > position - directory.begin) damaged();
    return directory;
}

std::vector<Zip::Candidate> Zip::readDirectory(const Directory &directory) const
{
    if (directory.entries > kMostEntries || directory.entries > directory.bytes / kEntryBytes)
        m_file.refuse("a zip directory of " + std::to_string(directory.bytes) + " bytes cannot hold " +
                      std::to_string(directory.entries) + " entries");
    if (directory.bytes > kLargestDirectory)
        m_file.refuse("expected a zip directory of at most " + std::to_string(kLargestDirectory) +
                      " bytes, found " + std::to_string(directory.bytes));
    const std::string content = readText(m_file, directory.begin, directory.bytes);
    std::string_view rest = content;
    std::vector<Candidate> candidates;
    std::string root;
    for (std::uint64_t i = 0; i < directory.entries; ++i) {
        Candidate candidate = readEntry(rest);
        const std::size_t slash = candidate.fullName.find('/');
        if (slash == std::string::npos || slash == 0)
            m_file.refuse("entry " + printable(candidate.fullName) + ": expected all entries in one folder");
        if (root.empty()) root = candidate.fullName.substr(0, slash + 1);
        if (!candidate.fullName.starts_with(root))
            m_file.refuse("entry " + printable(candidate.fullName) + ": expected it in folder " +
                          printable(root));
        if (candidate.entry.bytes > directory.begin)
            m_file.refuse("entry " + printable(candidate.fullName) + " does not fit into the file");
        candidate.entry.name = candidate.fullName.substr(slash + 1);
        candidates.push_back(std::move(candidate));
    }
    if (!rest.empty()) m_file.refuse("the zip directory holds more than its entries");
    return candidates;
}

Zip::Candidate Zip::readEntry(std::string_view &rest) const
{
    if (rest.size() < kEntryBytes || !rest.starts_with(kEntryMagic))
        m_file.refuse("the zip directory is damaged");
    const std::size_t nameBytes = littleEndian<std::uint16_t>(rest, 28);
    const std::size_t extraBytes = littleEndian<std::uint16_t>(rest, 30);
    const std::size_t commentBytes = littleEndian<std::uint16_t>(rest, 32);
    const std::size_t whole = kEntryBytes + nameBytes + extraBytes + commentBytes;
    if (rest.size() < whole) m_file.refuse("the zip directory is cut");

    Candidate candidate;
    candidate.fullName = rest.substr(kEntryBytes, nameBytes);
    const std::string name = printable(candidate.fullName);
    if ((littleEndian<std::uint16_t>(rest, 8) & kEncrypted) != 0)
        m_file.refuse("entry " + name + " is encrypted");
    if (littleEndian<std::uint16_t>(rest, 10) != 0)
        m_file.refuse("entry " + name +
                      " is compressed; expected a file as PyTorch saves it, with stored entries");
    std::uint64_t packed = littleEndian<std::uint32_t>(rest, 20);
    candidate.entry.bytes = littleEndian<std::uint32_t>(rest, 24);
    candidate.headerBegin = littleEndian<std::uint32_t>(rest, 42);
    std::string_view extra64 = findExtra64(rest.substr(kEntryBytes + nameBytes, extraBytes));
    if (!widen(candidate.entry.bytes, extra64) || !widen(packed, extra64) ||
        !widen(candidate.headerBegin, extra64))
        m_file.refuse("entry " + name + ": the ZIP64 sizes are missing");
    if (packed != candidate.entry.bytes)
        m_file.refuse("entry " + name + ": expected one size, found " + std::to_string(packed) + " and " +
                      std::to_string(candidate.entry.bytes));
    rest.remove_prefix(whole);
    return candidate;
}

void Zip::checkLocalHeader(Candidate &candidate) const
{
    const std::string name = printable(candidate.fullName);
    const std::uint64_t begin = candidate.headerBegin;
    const std::uint64_t headerBytes = kLocalBytes + candidate.fullName.size();
    if (begin > m_file.size() || headerBytes > m_file.size() - begin)
        m_file.refuse("entry " + name + " lies outside the file");
    const std::string header = readText(m_file, begin, headerBytes);
    if (!header.starts_with(kLocalMagic) ||
        littleEndian<std::uint16_t>(header, 26) != candidate.fullName.size() ||
        !header.ends_with(candidate.fullName))
        m_file.refuse("entry " + name + ": the directory and the entry itself do not agree");
    if (littleEndian<std::uint16_t>(header, 8) != 0 ||
        (littleEndian<std::uint16_t>(header, 6) & kEncrypted) != 0)
        m_file.refuse("entry " + name + ": the directory says stored, the entry itself does not");
    // 0: not known when the header was written; all ones: in the ZIP64 field.
    const std::uint32_t bytes = littleEndian<std::uint32_t>(header, 22);
    if (bytes != 0 && bytes != 0xFFFFFFFF && bytes != candidate.entry.bytes)
        m_file.refuse("entry " + name + ": expected " + std::to_string(candidate.entry.bytes) +
                      " bytes as in the directory, its own header says " + std::to_string(bytes));
    const std::uint64_t dataBegin = begin + headerBytes + littleEndian<std::uint16_t>(header, 28);
    if (dataBegin > m_file.size() || candidate.entry.bytes > m_file.size() - dataBegin)
        m_file.refuse("entry " + name + " reaches behind the end of the file");
    candidate.entry.dataBegin = dataBegin;
}

} // namespace engine
