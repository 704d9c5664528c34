#pragma once

#include <string>

namespace cli
{

class Interrupts;

/// Ends the waiting of a LineReader from another thread.
class WakeUp final
{
public:
    WakeUp();
    ~WakeUp();
    WakeUp(const WakeUp &) = delete;
    WakeUp &operator=(const WakeUp &) = delete;

    void ring() const;
    /// Readable once it rang; for poll().
    int descriptor() const { return m_descriptor; }

private:
    const int m_descriptor;
};

/// Lines of standard input; waiting for one ends when the user interrupts.
class LineReader final
{
public:
    enum class Result { Line, End, Interrupted, Woken };

    explicit LineReader(const Interrupts &interrupts)
        : m_interrupts(interrupts)
    {
    }

    bool inputIsTerminal() const;
    /// Reads up to the next line end, which is not part of `line`. The last line may lack it. One thread at a
    /// time.
    Result read(std::string &line, const WakeUp *wake = nullptr);

private:
    const Interrupts &m_interrupts;
    std::string m_buffer;
    bool m_atEnd = false;
};

} // namespace cli
