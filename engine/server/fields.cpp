#include "engine/server/fields.h"

#include "engine/server/api_error.h"

#include <charconv>
#include <cmath>
#include <utility>

namespace server
{
namespace
{

std::string numberText(double value)
{
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    return {buffer, end};
}

} // namespace

void throwType(const std::string &path, const char *expected, const Json &found)
{
    throw badRequest(path, path + ": expected " + expected + ", found " + found.type_name());
}

std::optional<double> parseNumber(const std::string &text)
{
    const char *begin = text.data(), *end = text.data() + text.size();
    if (begin != end && *begin == '+') ++begin;
    double value = 0;
    const auto [last, problem] = std::from_chars(begin, end, value);
    if (problem != std::errc() || last != end || !std::isfinite(value)) return std::nullopt;
    return value;
}

Fields::Fields(const Json &object, std::string prefix, bool lenient)
    : m_object(object)
    , m_prefix(std::move(prefix))
    , m_lenient(lenient)
{
    if (!object.is_object()) throwType(m_prefix, "an object", object);
}

std::string Fields::path(const char *name) const { return m_prefix.empty() ? name : m_prefix + '.' + name; }

const Json *Fields::find(const char *name) const
{
    const auto found = m_object.find(name);
    return found == m_object.end() || found->is_null() ? nullptr : &*found;
}

std::optional<std::string> Fields::string(const char *name) const
{
    const Json *value = find(name);
    if (!value) return std::nullopt;
    if (!value->is_string()) throwType(path(name), "a string", *value);
    return value->get<std::string>();
}

std::string Fields::requiredString(const char *name) const
{
    auto value = string(name);
    if (!value || value->empty())
        throw badRequest(path(name), path(name) + ": expected a string, found none");
    return *std::move(value);
}

std::optional<bool> Fields::boolean(const char *name) const
{
    const Json *value = find(name);
    if (!value) return std::nullopt;
    if (value->is_boolean()) return value->get<bool>();
    if (m_lenient && value->is_string()) {
        const auto &text = value->get_ref<const std::string &>();
        if (text == "True" || text == "true" || text == "1") return true;
        if (text == "False" || text == "false" || text == "0" || text.empty()) return false;
    }
    throwType(path(name), "true or false", *value);
}

std::optional<double> Fields::number(const char *name, double least, double most) const
{
    const Json *value = find(name);
    if (!value) return std::nullopt;
    std::optional<double> number;
    if (value->is_number())
        number = value->get<double>();
    else if (m_lenient && value->is_string())
        number = parseNumber(value->get_ref<const std::string &>());
    if (!number) throwType(path(name), "a number", *value);
    if (!(*number >= least && *number <= most))
        throw badRequest(path(name), path(name) + ": expected a number from " + numberText(least) + " to " +
                                         numberText(most) + ", found " + numberText(*number));
    return number;
}

std::optional<std::int64_t> Fields::integer(const char *name, std::int64_t least, std::int64_t most) const
{
    const Json *value = find(name);
    if (!value) return std::nullopt;
    std::optional<std::int64_t> number;
    if (value->is_number_integer() && !(value->is_number_unsigned() && value->get<std::uint64_t>() >> 63U)) {
        number = value->get<std::int64_t>();
    } else if (value->is_number_float() || (m_lenient && value->is_string())) {
        const auto real = value->is_string() ? parseNumber(value->get_ref<const std::string &>())
                                             : std::optional(value->get<double>());
        if (real && *real == std::floor(*real) && std::fabs(*real) <= 9e15)
            number = static_cast<std::int64_t>(*real);
    }
    if (!number && !value->is_number_unsigned()) throwType(path(name), "a whole number", *value);
    if (!number || *number < least || *number > most)
        throw badRequest(path(name), path(name) + ": expected a whole number from " + std::to_string(least) +
                                         " to " + std::to_string(most) + ", found " + value->dump());
    return number;
}

std::optional<std::vector<float>> Fields::numbers(const char *name, std::size_t most) const
{
    const Json *list = array(name);
    if (!list) return std::nullopt;
    if (list->size() > most)
        throw badRequest(path(name), path(name) + ": expected at most " + std::to_string(most) +
                                         " numbers, found " + std::to_string(list->size()));
    std::vector<float> values;
    for (const Json &item : *list) {
        std::optional<double> number;
        if (item.is_number())
            number = item.get<double>();
        else if (item.is_string())
            number = parseNumber(item.get_ref<const std::string &>());
        if (!number || std::fabs(*number) > 1e6) throwType(path(name), "a list of numbers", item);
        values.push_back(static_cast<float>(*number));
    }
    return values;
}

const Json *Fields::object(const char *name) const
{
    const Json *value = find(name);
    if (value && !value->is_object()) throwType(path(name), "an object", *value);
    return value;
}

const Json *Fields::array(const char *name) const
{
    const Json *value = find(name);
    if (value && !value->is_array()) throwType(path(name), "an array", *value);
    return value;
}

} // namespace server
