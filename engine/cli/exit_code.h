#pragma once

#include "engine/error.h"

namespace cli
{

/// What the program returns; documented in its help and manual.
enum ExitCode : int {
    kOk = 0,
    kFailure = 1,       ///< it failed while it ran; one line on standard error says why
    kUsage = 2,         ///< wrong use: an option, a value or a file that cannot be or is not there
    kInterrupted = 130, ///< stopped by Ctrl-C or another signal to end
    kOutputClosed = 141 ///< the reader of standard output went away (as a shell reports SIGPIPE)
};

/// Whose fault it was: what was asked for cannot be or is not there, or it went wrong on the way.
constexpr ExitCode exitCodeOf(engine::ErrorCode code)
{
    switch (code) {
    case engine::ErrorCode::FileNotFound:
    case engine::ErrorCode::TokenizerMissing:
    case engine::ErrorCode::BadStrategy:
    case engine::ErrorCode::DeviceUnusable:
    case engine::ErrorCode::BadRequest:
        return kUsage;
    default:
        return kFailure;
    }
}

/// Thrown where the user stopped the command.
struct Interrupted {
};

/// Thrown where nobody reads standard output any more.
struct OutputClosed {
};

} // namespace cli
