#pragma once

namespace engine
{

/// How many rows a step may have so that it stays short: commands, cancels and streams wait for a step's end.
/// A small model reads prompts 512 rows at a time, a large one on a slow processor as few as 16. Cutting a
/// prompt differently changes no bit of its result. Pure data: time comes from the caller.
class StepPace final
{
public:
    static constexpr double kLongSeconds = 0.15;
    static constexpr double kShortSeconds = 0.06;
    static constexpr int kFewestRows = 16;

    explicit StepPace(int mostRows)
        : m_mostRows(mostRows)
        , m_rows(mostRows < kFirstRows ? mostRows : kFirstRows)
    {
    }

    /// Rows for prompts in a step in which nobody decodes.
    int rows() const { return m_rows; }
    /// The same while somebody does: a part of it, so that streams do not stutter.
    int rowsWhileDecoding() const { return m_rows / 4 < kFewestRows ? kFewestRows : m_rows / 4; }

    /// A step of `rows` rows, of them `promptRows` of prompts, took `seconds`.
    void took(int rows, int promptRows, double seconds)
    {
        if (promptRows > 0 && seconds > kLongSeconds && m_rows > kFewestRows)
            m_rows = m_rows / 2 < kFewestRows ? kFewestRows : m_rows / 2;
        else if (rows >= m_rows && seconds < kShortSeconds)
            m_rows = m_rows * 2 > m_mostRows ? m_mostRows : m_rows * 2;
    }

private:
    static constexpr int kFirstRows = 64;
    int m_mostRows;
    int m_rows;
};

} // namespace engine
