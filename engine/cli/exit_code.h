#pragma once

namespace cli
{

/// What the program returns; documented in its help and manual.
enum ExitCode : int {
    kOk = 0,
    kFailure = 1,       ///< the command failed; one line on standard error says why
    kUsage = 2,         ///< the command line was not understood
    kInterrupted = 130, ///< stopped by Ctrl-C or a request to end
    kOutputClosed = 141 ///< the reader of standard output went away (as a shell reports SIGPIPE)
};

/// Thrown where the user stopped the command.
struct Interrupted {
};

/// Thrown where nobody reads standard output any more.
struct OutputClosed {
};

} // namespace cli
