#include "engine/files/mapped_file.h"

#include "engine/files/printable.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace engine
{
namespace
{

std::string reasonOf(int error) { return std::generic_category().message(error); }

[[noreturn]] void failToOpen(const std::string &path, int error)
{
    const bool absent = error == ENOENT || error == ENOTDIR || error == ELOOP || error == ENAMETOOLONG;
    throw Error(absent ? ErrorCode::FileNotFound : ErrorCode::FileUnreadable,
                "Cannot open " + printable(path) + ": " + reasonOf(error), path);
}

const char *kindOf(mode_t mode)
{
    if (S_ISDIR(mode)) return "a folder";
    if (S_ISFIFO(mode)) return "a pipe";
    if (S_ISSOCK(mode)) return "a socket";
    return "a device";
}

} // namespace

MappedFile::Identity MappedFile::identityOf(const struct ::stat &status)
{
    return {status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size), status.st_mtim.tv_sec,
            status.st_mtim.tv_nsec};
}

std::unique_ptr<const MappedFile> MappedFile::open(const std::string &path)
{
    if (path.find('\0') != std::string::npos) failToOpen(path, ENOENT);
    std::unique_ptr<MappedFile> file(new MappedFile(path));
    // O_NONBLOCK: opening a pipe must not wait for somebody to write into it.
    file->m_descriptor = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (file->m_descriptor < 0) failToOpen(path, errno);
    file->map();
    return file;
}

std::unique_ptr<const MappedFile> MappedFile::borrow(std::span<const std::byte> bytes,
                                                     const std::string &name)
{
    std::unique_ptr<MappedFile> file(new MappedFile(name));
    file->m_bytes = bytes;
    return file;
}

void MappedFile::map()
{
    struct ::stat status = {};
    if (::fstat(m_descriptor, &status) != 0) failToOpen(m_path, errno);
    if (!S_ISREG(status.st_mode))
        throw Error(ErrorCode::FileNotFound,
                    printable(m_path) + " is " + kindOf(status.st_mode) + ", expected a regular file",
                    m_path);
    m_identity = identityOf(status);
    if (m_identity.size == 0) return;
    void *memory = ::mmap(nullptr, m_identity.size, PROT_READ, MAP_PRIVATE, m_descriptor, 0);
    if (memory == MAP_FAILED) { // NOLINT(performance-no-int-to-ptr)
        if (errno == ENOMEM)
            throw Error(ErrorCode::OutOfMemory,
                        printable(m_path) + ": no room to map " + std::to_string(m_identity.size) + " bytes",
                        m_path);
        failToOpen(m_path, errno);
    }
    m_bytes = {static_cast<const std::byte *>(memory), m_identity.size};
}

MappedFile::~MappedFile()
{
    if (m_descriptor < 0) return;
    if (!m_bytes.empty()) ::munmap(const_cast<std::byte *>(m_bytes.data()), m_bytes.size());
    ::close(m_descriptor);
}

bool MappedFile::contains(const std::byte *pointer) const
{
    const auto address = reinterpret_cast<std::uintptr_t>(pointer);
    const auto begin = reinterpret_cast<std::uintptr_t>(m_bytes.data());
    return address >= begin && address - begin <= m_bytes.size();
}

void MappedFile::copyOut(std::uint64_t offset, std::span<std::byte> to) const
{
    if (offset > size() || to.size() > size() - offset)
        refuse("expected " + std::to_string(to.size()) + " bytes at " + std::to_string(offset) +
               ", the file has " + std::to_string(size()));
    if (m_descriptor < 0) {
        std::copy_n(m_bytes.begin() + static_cast<std::ptrdiff_t>(offset), to.size(), to.begin());
        return;
    }
    while (!to.empty()) {
        const ssize_t count = ::pread(m_descriptor, to.data(), to.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) refuse("cannot read: " + reasonOf(errno), ErrorCode::FileUnreadable);
        if (count == 0) refuse("the file was cut while it was read, at byte " + std::to_string(offset));
        to = to.subspan(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
}

void MappedFile::verifyUnchanged() const
{
    if (m_descriptor < 0) return;
    struct ::stat status = {};
    if (::fstat(m_descriptor, &status) != 0)
        refuse("cannot read: " + reasonOf(errno), ErrorCode::FileUnreadable);
    if (!(identityOf(status) == m_identity)) refuse("the file was changed while it was read");
    // A file that was only removed is still whole for us; another one in its place means that our name lies.
    if (::stat(m_path.c_str(), &status) == 0 && !(identityOf(status) == m_identity))
        refuse("the file was replaced by another while it was read");
}

void MappedFile::refuse(const std::string &what, ErrorCode code) const
{
    const std::size_t slash = m_path.rfind('/');
    const std::string_view name = std::string_view(m_path).substr(slash == std::string::npos ? 0 : slash + 1);
    throw Error(code, printable(name) + ": " + what, m_path);
}

} // namespace engine
