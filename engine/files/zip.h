#pragma once

#include "engine/files/mapped_file.h"

#include <string>
#include <string_view>
#include <vector>

namespace engine
{

/// Directory of a zip file as PyTorch writes it: every entry stored (not compressed), all in one root folder.
/// Sizes come from the central directory and are checked against file and local headers; checksums are not.
/// Source: PKWARE APPNOTE 6.3.10, §4.3.7, §4.3.12, §4.3.14-16, §4.5.3.
class Zip final
{
public:
    struct Entry {
        std::string name;            ///< without the root folder
        std::uint64_t dataBegin = 0; ///< in the file
        std::uint64_t bytes = 0;
    };

    /// Throws Error(BadFile): no or lying directory, duplicate names, overlaps, encrypted, compressed,
    /// several roots.
    explicit Zip(const MappedFile &file);

    const Entry *find(std::string_view name) const; ///< nullptr if absent

private:
    struct Directory {
        std::uint64_t begin = 0, bytes = 0, entries = 0;
    };
    /// An entry with what is needed to compare it with its local header.
    struct Candidate {
        Entry entry;
        std::string fullName;
        std::uint64_t headerBegin = 0;
    };

    Directory findDirectory() const;
    Directory readDirectory64(std::uint64_t endRecord) const;
    std::vector<Candidate> readDirectory(const Directory &directory) const;
    Candidate readEntry(std::string_view &rest) const;
    void checkLocalHeader(Candidate &candidate) const;

    const MappedFile &m_file;
    std::vector<Entry> m_entries; ///< sorted by name
};

} // namespace engine
