#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engine
{

/// Finds stop strings in a stream of text pieces, across piece borders, and holds back text that may still
/// become one. Text behind a match is dropped. Thread: any, one at a time.
class StopRules
{
public:
    explicit StopRules(std::vector<std::string> stopStrings);

    /// Appends text, returns what is certain to stay. After a match returns the text before it and sets
    /// matched(). `mayBegin` false: no match begins within `text`.
    std::string push(std::string_view text, bool mayBegin = true);
    /// The rest at the end of a generation without a match.
    std::string finish();
    const std::optional<std::string> &matched() const { return m_matched; }

private:
    std::size_t find(const std::string &stop) const;
    bool mayBecome(const std::string &stop, std::size_t length) const;

    std::vector<std::string> m_stops;
    std::string m_held;
    std::vector<bool> m_mayBegin; ///< of each byte held: a match may begin there
    std::optional<std::string> m_matched;
};

} // namespace engine
