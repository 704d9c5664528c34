#include "engine/atomic_file.h"

#include "engine/error.h"

#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace engine
{
namespace
{

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path &path, const std::string &why)
{
    throw Error(ErrorCode::CannotWrite, "'" + path.string() + "' cannot be written: " + why + ".");
}

std::string reasonOf(int error) { return std::generic_category().message(error); }

/// A file that is removed again unless keep() was reached.
class TemporaryFile
{
public:
    explicit TemporaryFile(const fs::path &target)
        : m_target(target)
    {
        static std::atomic<unsigned> counter{0};
        m_path = target.parent_path() /
                 (".rookery-" + std::to_string(::getpid()) + "-" + std::to_string(++counter) + ".tmp");
        m_descriptor = ::open(m_path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
        if (m_descriptor < 0) refuse(m_target, reasonOf(errno));
    }
    ~TemporaryFile()
    {
        if (m_descriptor >= 0) ::close(m_descriptor);
        if (!m_path.empty()) ::unlink(m_path.c_str());
    }
    TemporaryFile(const TemporaryFile &) = delete;
    TemporaryFile &operator=(const TemporaryFile &) = delete;

    void write(std::span<const std::byte> bytes)
    {
        while (!bytes.empty()) {
            const ssize_t written = ::write(m_descriptor, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) refuse(m_target, reasonOf(errno));
            bytes = bytes.subspan(static_cast<std::size_t>(written));
        }
    }

    /// Flushes and takes the target's place.
    void keep()
    {
        struct stat before;
        if (::stat(m_target.c_str(), &before) == 0 && ::fchmod(m_descriptor, before.st_mode & 07777) != 0)
            refuse(m_target, reasonOf(errno));
        if (::fsync(m_descriptor) != 0) refuse(m_target, reasonOf(errno));
        const int closed = ::close(m_descriptor);
        m_descriptor = -1;
        if (closed != 0 || ::rename(m_path.c_str(), m_target.c_str()) != 0) refuse(m_target, reasonOf(errno));
        m_path.clear();
    }

private:
    fs::path m_target, m_path;
    int m_descriptor = -1;
};

/// Best effort: the new file is complete in either case, only its name could be lost with the power.
void flushFolder(const fs::path &folder)
{
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    ::fsync(descriptor);
    ::close(descriptor);
}

} // namespace

void replaceFile(const std::string &path, const std::vector<std::span<const std::byte>> &pieces)
{
    replaceFile(path, [&](const ByteSink &sink) {
        for (const auto &piece : pieces)
            sink(piece);
    });
}

void replaceFile(const std::string &path, const std::function<void(const ByteSink &)> &fill)
{
    std::error_code error;
    fs::path target = fs::absolute(path, error);
    if (error || target.filename().empty()) refuse(path, "it is not the name of a file");
    const fs::file_status status = fs::status(target, error);
    if (fs::exists(status)) {
        if (!fs::is_regular_file(status)) refuse(path, "it is not a regular file");
        target = fs::canonical(target, error);
        if (error) refuse(path, error.message());
    }
    TemporaryFile file(target);
    fill([&file](std::span<const std::byte> bytes) { file.write(bytes); });
    file.keep();
    flushFolder(target.parent_path());
}

} // namespace engine
