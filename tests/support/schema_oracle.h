#pragma once

// A validator of JSON schemas, as plain as the specification: by recursion over parsed documents. It shares
// nothing with the engine.

#include <nlohmann/json.hpp>

#include <cmath>
#include <regex>
#include <string>

namespace support
{

using Json = nlohmann::json;

class SchemaOracle final
{
public:
    explicit SchemaOracle(Json root)
        : m_root(std::move(root))
    {
    }
    bool allows(const Json &value) const { return allows(m_root, value); }

private:
    static std::size_t codePoints(const std::string &text)
    {
        std::size_t count = 0;
        for (const char c : text)
            count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
        return count;
    }
    static bool isType(const std::string &type, const Json &v)
    {
        if (type == "integer") return v.is_number() && std::floor(v.get<double>()) == v.get<double>();
        if (type == "number") return v.is_number();
        if (type == "string") return v.is_string();
        if (type == "object") return v.is_object();
        if (type == "array") return v.is_array();
        if (type == "boolean") return v.is_boolean();
        return type == "null" && v.is_null();
    }

    bool allows(const Json &s, const Json &v) const
    {
        if (s.is_boolean()) return s.get<bool>();
        if (s.contains("$ref"))
            return allows(m_root.at(Json::json_pointer(s["$ref"].get<std::string>().substr(1))), v);
        if (s.contains("type")) {
            bool fits = false;
            for (const Json &type : s["type"].is_array() ? s["type"] : Json::array({s["type"]}))
                fits = fits || isType(type, v);
            if (!fits) return false;
        }
        if (s.contains("const") && v != s["const"]) return false;
        if (s.contains("enum") && std::find(s["enum"].begin(), s["enum"].end(), v) == s["enum"].end())
            return false;
        if (s.contains("anyOf")) {
            bool fits = false;
            for (const Json &option : s["anyOf"])
                fits = fits || allows(option, v);
            if (!fits) return false;
        }
        if (v.is_string() && !allowsString(s, v.get<std::string>())) return false;
        if (v.is_number() && !allowsNumber(s, v.get<double>())) return false;
        if (v.is_array()) {
            if (s.contains("minItems") && v.size() < s["minItems"]) return false;
            if (s.contains("maxItems") && v.size() > s["maxItems"]) return false;
            for (const Json &item : v)
                if (s.contains("items") && !allows(s["items"], item)) return false;
        }
        return !v.is_object() || allowsObject(s, v);
    }

    bool allowsString(const Json &s, const std::string &text) const
    {
        if (s.contains("minLength") && codePoints(text) < s["minLength"]) return false;
        if (s.contains("maxLength") && codePoints(text) > s["maxLength"]) return false;
        if (s.contains("pattern") && !std::regex_search(text, std::regex(s["pattern"].get<std::string>())))
            return false;
        return true;
    }
    bool allowsNumber(const Json &s, double x) const
    {
        if (s.contains("minimum") && x < s["minimum"].get<double>()) return false;
        if (s.contains("maximum") && x > s["maximum"].get<double>()) return false;
        if (s.contains("exclusiveMinimum") && x <= s["exclusiveMinimum"].get<double>()) return false;
        return !(s.contains("exclusiveMaximum") && x >= s["exclusiveMaximum"].get<double>());
    }
    bool allowsObject(const Json &s, const Json &v) const
    {
        for (const Json &name : s.contains("required") ? s["required"] : Json::array())
            if (!v.contains(name.get<std::string>())) return false;
        for (const auto &[name, value] : v.items()) {
            const bool isNamed = s.contains("properties") && s["properties"].contains(name);
            if (isNamed && !allows(s["properties"][name], value)) return false;
            if (!isNamed && s.contains("additionalProperties") && !allows(s["additionalProperties"], value))
                return false;
        }
        return true;
    }

    Json m_root;
};

} // namespace support
