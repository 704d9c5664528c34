#include "engine/cli/serve_key.h"

#include "engine/cli/printer.h"
#include "engine/error.h"
#include "engine/server/server.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>

namespace cli
{
namespace
{

using engine::Error;
using engine::ErrorCode;

std::string readKey(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    std::string key(513, '\0');
    file.read(key.data(), std::streamsize(key.size()));
    if (file.bad() || !file.is_open()) throw Error(ErrorCode::FileUnreadable, path + ": cannot be read");
    key.resize(std::size_t(file.gcount()));
    key.resize(std::min(key.find_first_of("\r\n"), key.size()));
    if (key.empty() || key.size() > 512)
        throw Error(ErrorCode::BadFile, path + ": expected a key of 1 to 512 bytes in its first line");
    return key;
}

} // namespace

std::string readOrMakeKey(const std::string &path, Printer &printer)
{
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0 && errno == EEXIST) return readKey(path);
    if (file < 0) throw Error(ErrorCode::CannotWrite, path + ": " + std::strerror(errno));
    const std::string key = server::makeApiKey(), line = key + '\n';
    const bool written =
        ::write(file, line.data(), line.size()) == ssize_t(line.size()) && ::fsync(file) == 0;
    ::close(file);
    if (!written) {
        ::unlink(path.c_str());
        throw Error(ErrorCode::CannotWrite, path + ": the key could not be written");
    }
    printer.remark("The key of this endpoint, now in " + path + ":\n" + key);
    return key;
}

} // namespace cli
