#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <utility>

namespace engine
{

/// Why something failed; clients map the code to a translated sentence with what to do next.
enum class ErrorCode : std::uint8_t {
    None,
    FileNotFound,     ///< no such file, or not a regular file
    FileUnreadable,   ///< permissions, I/O error
    BadFile,          ///< damaged, truncated or hostile file
    UnknownFormat,    ///< no reader recognises the first bytes
    UnsupportedModel, ///< recognised, but this program cannot run it
    BadModel,         ///< tensor missing or of the wrong shape
    TokenizerMissing, ///< the vocabulary that the model needs is not to be found
    BadTokenizer,     ///< vocabulary file damaged or of the wrong size
    BadStrategy,      ///< strategy string; detail holds the position
    DeviceUnusable,   ///< device not there, or its driver refuses
    DeviceLost,       ///< the device failed while working
    OutOfMemory,      ///< message names bytes needed and free
    NoModel,          ///< the command needs a loaded model
    BadRequest,       ///< a parameter out of range; message names it
    QueueFull,        ///< too many requests wait
    BadState,         ///< a state file that does not fit the loaded model, or is damaged
    CannotWrite,      ///< saving failed; the old file is untouched
    Internal,         ///< our bug
};

/// A failure as a value: crosses threads and the facade; thrown only inside the engine.
/// `message` is one English sentence: what, where, expected, found. `detail` may add context for the log.
class Error final : public std::exception
{
public:
    Error() = default;
    Error(ErrorCode code, std::string message, std::string detail = {})
        : m_code(code)
        , m_message(std::move(message))
        , m_detail(std::move(detail))
    {
    }

    ErrorCode code() const { return m_code; }
    const std::string &message() const { return m_message; }
    const std::string &detail() const { return m_detail; }
    const char *what() const noexcept override { return m_message.c_str(); }

private:
    ErrorCode m_code = ErrorCode::None;
    std::string m_message;
    std::string m_detail;
};

} // namespace engine
