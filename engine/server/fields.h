#pragma once

#include "engine/server/json_text.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace server
{

/// Typed access to the fields of a JSON object. Null counts as absent. Throws ApiError 400 that names the
/// field, what was expected and what was found.
class Fields final
{
public:
    /// `prefix` stands before names in messages: "messages[0]". Lenient: numbers and truth values may be
    /// strings, "1.0" and "True", as clients of RWKV-Infer send them.
    explicit Fields(const Json &object, std::string prefix = {}, bool lenient = false);

    bool has(const char *name) const { return find(name) != nullptr; }
    const Json *find(const char *name) const;
    std::optional<std::string> string(const char *name) const;
    std::string requiredString(const char *name) const;
    std::optional<bool> boolean(const char *name) const;
    std::optional<double> number(const char *name, double least, double most) const;
    std::optional<std::int64_t> integer(const char *name, std::int64_t least, std::int64_t most) const;
    /// Numbers, or strings that hold numbers.
    std::optional<std::vector<float>> numbers(const char *name, std::size_t most) const;
    /// An object, or nullptr.
    const Json *object(const char *name) const;
    const Json *array(const char *name) const;

    /// "messages[0].content".
    std::string path(const char *name) const;
    bool lenient() const { return m_lenient; }

private:
    const Json &m_object;
    std::string m_prefix;
    bool m_lenient;
};

/// 400 for a field of the wrong type.
[[noreturn]] void throwType(const std::string &path, const char *expected, const Json &found);
/// A finite number as the whole text gives it, in any locale.
std::optional<double> parseNumber(const std::string &text);

} // namespace server
