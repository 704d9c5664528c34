#pragma once

#include <nlohmann/json_fwd.hpp>

#include <mutex>
#include <string>
#include <string_view>

namespace cli
{

/// The only way to the terminal: results to standard output, remarks and errors to standard error, each piece
/// whole. Where standard output is a terminal, control characters of the model's text are made visible
/// instead of obeyed. Thread: any.
class Printer final
{
public:
    Printer();

    /// Errors become objects, remarks are dropped.
    void setJson(bool json) { m_json = json; }
    bool json() const { return m_json; }
    bool outputIsTerminal() const { return m_outputIsTerminal; }

    /// A piece of text, shown at once. Throws OutputClosed, Error(CannotWrite).
    void text(std::string_view utf8);
    /// The same, dimmed where the terminal can.
    void dimmed(std::string_view utf8);
    /// What stands before the user's typing, which ends the line. Throws OutputClosed, Error(CannotWrite).
    void prompt(std::string_view utf8);
    /// `text` and a line end. Throws OutputClosed, Error(CannotWrite).
    void line(std::string_view text);
    /// A line of a description: a name of up to twelve letters, and what it stands for. Throws OutputClosed,
    /// Error(CannotWrite).
    void row(std::string_view name, std::string_view value);
    /// One object on a line of its own. Throws OutputClosed, Error(CannotWrite).
    void object(const nlohmann::ordered_json &object);

    /// A remark for someone who watches: only if standard error is a terminal.
    void remark(std::string_view text);
    /// A remark that the next piece of output replaces.
    void progress(std::string_view text);
    /// One line for the log reader; always written. Never within a line of output that the same terminal
    /// shows.
    void logLine(std::string_view text);
    /// The one line (with setJson: the one object on standard output) that says why the command failed.
    void error(std::string_view code, std::string_view message);

private:
    void write(std::string_view utf8, bool isDimmed);
    void clearProgress();
    std::string forTerminal(std::string_view utf8) const;

    const bool m_outputIsTerminal;
    const bool m_errorIsTerminal;
    const bool m_styled;
    bool m_json = false;

    std::mutex m_mutex;
    bool m_hasProgress = false;  // guarded by m_mutex
    bool m_isWithinLine = false; // of output; guarded by m_mutex
};

} // namespace cli
