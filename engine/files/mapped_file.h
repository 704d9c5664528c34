#pragma once

#include "engine/error.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct stat;

namespace engine
{

/// A regular file, opened once and mapped read-only; or bytes in memory that stand for one (tests, fuzzing).
///
/// Two ways to its bytes. `copyOut` reads through the descriptor: whatever happens to the file meanwhile, it
/// either delivers or throws. `bytes` is the mapping: fast and without a copy, but reading behind the end of
/// a file that somebody has cut since then kills the process (SIGBUS). So: headers and directories are copied
/// out, weights are copied out or packed during the load, which ends with verifyUnchanged(). Ownership: owns
/// descriptor and mapping. Thread: immutable, any.
class MappedFile final
{
public:
    /// Any file name the system allows. Throws Error: FileNotFound (absent, or not a regular file: folder,
    /// pipe, device), FileUnreadable (permissions, I/O), OutOfMemory (no address space). An empty file is
    /// fine.
    static std::unique_ptr<const MappedFile> open(const std::string &path);
    /// Borrows `bytes`, which must outlive the result. `name` stands for the path in messages.
    static std::unique_ptr<const MappedFile> borrow(std::span<const std::byte> bytes,
                                                    const std::string &name);

    ~MappedFile();
    MappedFile(const MappedFile &) = delete;
    MappedFile &operator=(const MappedFile &) = delete;

    const std::string &path() const { return m_path; }
    std::uint64_t size() const { return m_bytes.size(); }
    std::span<const std::byte> bytes() const { return m_bytes; }
    /// True if `pointer` points into (or just behind) the file's bytes.
    bool contains(const std::byte *pointer) const;

    /// Copies `to.size()` bytes from `offset`. Throws Error: BadFile if the file does not reach so far (any
    /// more), FileUnreadable for an I/O error.
    void copyOut(std::uint64_t offset, std::span<std::byte> to) const;
    /// Throws Error(BadFile) if the file was cut, written to or replaced by another since it was opened.
    void verifyUnchanged() const;

    /// Throws Error(code) with "<file name>: <what>"; every reader reports through it.
    [[noreturn]] void refuse(const std::string &what, ErrorCode code = ErrorCode::BadFile) const;

private:
    struct Identity {
        std::uint64_t device = 0, inode = 0, size = 0;
        std::int64_t seconds = 0, nanoseconds = 0;
        bool operator==(const Identity &) const = default;
    };
    static Identity identityOf(const struct ::stat &status);

    explicit MappedFile(const std::string &path)
        : m_path(path)
    {
    }
    void map();

    std::string m_path;
    int m_descriptor = -1; ///< -1: borrowed bytes
    Identity m_identity;
    std::span<const std::byte> m_bytes;
};

} // namespace engine
