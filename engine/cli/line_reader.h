#pragma once

#include <string>

namespace cli
{

class Interrupts;

/// Lines of standard input; waiting for one ends when the user interrupts.
class LineReader final
{
public:
    enum class Result { Line, End, Interrupted };

    explicit LineReader(const Interrupts &interrupts)
        : m_interrupts(interrupts)
    {
    }

    bool inputIsTerminal() const;
    /// Reads up to the next line end, which is not part of `line`. The last line may lack it.
    Result read(std::string &line);

private:
    const Interrupts &m_interrupts;
    std::string m_buffer;
    bool m_atEnd = false;
};

} // namespace cli
