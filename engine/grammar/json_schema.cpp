#include "engine/grammar/json_schema.h"

#include "engine/error.h"
#include "engine/files/printable.h"
#include "engine/grammar/json_pattern.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace engine::grammar
{
namespace
{

using Json = nlohmann::ordered_json;

constexpr int kDeepest = 64;
constexpr std::size_t kLongSequence = 256;
constexpr std::size_t kMostBytes = 256U << 10U;

constexpr std::string_view kNotes[] = {"title",    "description", "default",  "examples",
                                       "$schema",  "$id",         "$comment", "deprecated",
                                       "readOnly", "writeOnly",   "$defs",    "definitions"};
constexpr std::string_view kKeywords[] = {"type",
                                          "enum",
                                          "const",
                                          "anyOf",
                                          "allOf",
                                          "$ref",
                                          "properties",
                                          "required",
                                          "additionalProperties",
                                          "items",
                                          "minItems",
                                          "maxItems",
                                          "minLength",
                                          "maxLength",
                                          "pattern",
                                          "format",
                                          "minimum",
                                          "maximum",
                                          "exclusiveMinimum",
                                          "exclusiveMaximum",
                                          "uniqueItems"};
constexpr std::string_view kTypes[] = {"object", "array", "string", "integer", "number", "boolean", "null"};

struct Format {
    std::string_view name, pattern;
};
constexpr std::string_view kDate = "((\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|1\\d|2[0-8]))|(\\d{4}-(0[13-9]|1[0-2])-("
                                   "29|30))|(\\d{4}-(0[13578]|1[02])-31))";
constexpr std::string_view kTime =
    "([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,6})?(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d)";
constexpr Format kFormats[] = {
    {"date", kDate},
    {"time", kTime},
    {"date-time", {}}, // both, with a T between
    {"uuid", "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"},
    {"ipv4", "((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)\\.){3}(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)"},
    {"email", "[A-Za-z0-9_+-]{1,30}(\\.[A-Za-z0-9_+-]{1,30}){0,3}@([A-Za-z0-9]{1,30}\\.){1,4}[A-Za-z]{2,20}"},
};

/// A name for a message: no more than 80 bytes of whole characters, nothing that breaks a line.
std::string shown(const std::string &name)
{
    std::string out;
    for (std::size_t i = 0; i < name.size() && out.size() < 80;) {
        const std::size_t length = std::max<std::size_t>(1, utf8Length(std::string_view(name).substr(i, 4)));
        out += static_cast<unsigned char>(name[i]) < 0x20 ? " " : name.substr(i, length);
        i += length;
    }
    return out;
}

template <typename List>
bool isOneOf(std::string_view word, const List &list)
{
    return std::ranges::find(list, word) != std::end(list);
}

class Reader final
{
public:
    Reader(RuleBuilder &rules, JsonRules &json)
        : m_rules(rules)
        , m_json(json)
    {
    }

    Symbol read(std::string_view text);

private:
    /// A schema that a reference names: its rule is written later.
    struct Pending {
        const Json *schema = nullptr;
        std::string where;
        Symbol rule;
    };

    [[noreturn]] static void refuse(const std::string &where, const std::string &message)
    {
        throw Error(ErrorCode::BadRequest, "json_schema: " + where + ": " + message);
    }
    Symbol schema(const Json &schema, const std::string &where, int depth);
    void checkKeywords(const Json &schema, const std::string &where) const;
    void checkAlone(const Json &schema, std::string_view keyword, const std::string &where) const;
    Symbol reference(const Json &name, const std::string &where);
    const Json &lookUp(std::string_view pointer, const std::string &where) const;
    Symbol values(const Json &schema, const std::string &where);
    std::vector<std::string> types(const Json &schema, const std::string &where) const;
    Symbol ofType(const std::string &type, const Json &schema, const std::string &where, int depth);
    Symbol object(const Json &schema, const std::string &where, int depth);
    Symbol array(const Json &schema, const std::string &where, int depth);
    Symbol string(const Json &schema, const std::string &where);
    Symbol formatted(const Json &format, const std::string &where);
    Symbol number(const Json &schema, const std::string &where, bool isInteger);
    Symbol quoted(const std::string &where, const Sequence &inside);
    std::optional<int> count(const Json &schema, const char *keyword, const std::string &where) const;

    RuleBuilder &m_rules;
    JsonRules &m_json;
    Json m_root;
    std::map<std::string, Symbol> m_references;
    std::vector<Pending> m_pending;
};

Json parse(std::string_view text)
{
    if (text.size() > kMostBytes)
        throw Error(ErrorCode::BadRequest,
                    "json_schema: expected at most 256 KiB, found " + std::to_string(text.size()) + " bytes");
    const auto limit = [](int depth, Json::parse_event_t, Json &) {
        if (depth > kDeepest * 3)
            throw Error(ErrorCode::BadRequest,
                        "json_schema: nests more than " + std::to_string(kDeepest * 3) + " deep");
        return true;
    };
    try {
        return Json::parse(text, limit);
    } catch (const Json::exception &problem) {
        throw Error(ErrorCode::BadRequest, std::string("json_schema: expected JSON: ") + problem.what());
    }
}

Symbol Reader::read(std::string_view text)
{
    m_root = parse(text);
    const Symbol root = schema(m_root, "#", 0);
    for (std::size_t i = 0; i < m_pending.size(); ++i) { // grows meanwhile
        const Pending next = m_pending[i];
        m_rules.add(next.rule, {schema(*next.schema, next.where, 0)});
    }
    return root;
}

void Reader::checkKeywords(const Json &schema, const std::string &where) const
{
    for (const auto &[keyword, value] : schema.items()) {
        if (isOneOf(keyword, kNotes)) continue;
        if (!isOneOf(keyword, kKeywords) || (keyword == "uniqueItems" && value != false))
            refuse(where, "keyword '" + shown(keyword) + "' is not supported");
    }
}

/// Nothing but notes may stand beside a keyword whose schema would have to be merged with them.
void Reader::checkAlone(const Json &schema, std::string_view keyword, const std::string &where) const
{
    for (const auto &[other, value] : schema.items())
        if (other != keyword && !isOneOf(other, kNotes))
            refuse(where,
                   "keyword '" + shown(other) + "' beside '" + std::string(keyword) + "' is not supported");
}

Symbol Reader::schema(const Json &schema, const std::string &where, int depth)
{
    if (depth > kDeepest) refuse(where, "schemas nest more than " + std::to_string(kDeepest) + " deep");
    if (schema.is_boolean()) {
        if (!schema.get<bool>()) refuse(where, "false allows nothing");
        return m_json.value();
    }
    if (!schema.is_object()) refuse(where, std::string("expected a schema, found ") + schema.type_name());
    checkKeywords(schema, where);
    if (schema.contains("$ref")) {
        checkAlone(schema, "$ref", where);
        return reference(schema["$ref"], where);
    }
    for (const char *keyword : {"anyOf", "allOf"}) {
        if (!schema.contains(keyword)) continue;
        checkAlone(schema, keyword, where);
        const Json &list = schema[keyword];
        const bool isAny = std::string_view(keyword) == "anyOf";
        if (!list.is_array() || list.empty() || (!isAny && list.size() > 1))
            refuse(where, std::string("keyword '") + keyword + "': expected a list of " +
                              (isAny ? "at least one schema" : "one schema, others are not supported"));
        std::vector<Sequence> alternatives;
        for (std::size_t i = 0; i < list.size(); ++i)
            alternatives.push_back(
                {this->schema(list[i], where + "/" + keyword + "/" + std::to_string(i), depth + 1)});
        return m_rules.choice(where, std::move(alternatives));
    }
    if (schema.contains("const") || schema.contains("enum")) return values(schema, where);
    const std::vector<std::string> names = types(schema, where);
    if (names.empty()) return m_json.value();
    std::vector<Sequence> alternatives;
    for (const std::string &type : names)
        alternatives.push_back({ofType(type, schema, where, depth)});
    return alternatives.size() == 1 ? alternatives[0][0] : m_rules.choice(where, std::move(alternatives));
}

Symbol Reader::reference(const Json &name, const std::string &where)
{
    if (!name.is_string() || !name.get_ref<const std::string &>().starts_with('#'))
        refuse(where, "keyword '$ref': expected a reference within the schema, as \"#/$defs/name\", found " +
                          printable(name.dump()));
    const std::string &pointer = name.get_ref<const std::string &>();
    const auto [known, isNew] = m_references.try_emplace(pointer, Symbol{});
    if (!isNew) return known->second;
    const Json &target = lookUp(std::string_view(pointer).substr(1), where);
    known->second = m_rules.declare(shown(pointer));
    m_pending.push_back({&target, shown(pointer), known->second});
    return known->second;
}

const Json &Reader::lookUp(std::string_view pointer, const std::string &where) const
{
    try {
        return m_root.at(Json::json_pointer(std::string(pointer)));
    } catch (const Json::exception &) {
        refuse(where, "keyword '$ref': there is no #" + shown(std::string(pointer)));
    }
}

/// The type of a value as schemas name it.
bool isOfType(const Json &value, std::string_view type)
{
    if (type == "integer")
        return value.is_number_integer() ||
               (value.is_number_float() && std::trunc(value.get<double>()) == value.get<double>());
    if (type == "number") return value.is_number();
    return type == value.type_name();
}

/// enum and const.
Symbol Reader::values(const Json &schema, const std::string &where)
{
    for (const auto &[keyword, value] : schema.items())
        if (!isOneOf(keyword, kNotes) && keyword != "enum" && keyword != "const" && keyword != "type")
            refuse(where, "keyword '" + shown(keyword) + "' beside 'enum' or 'const' is not supported");
    const std::vector<std::string> names = types(schema, where);
    const bool hasEnum = schema.contains("enum"), hasConst = schema.contains("const");
    if (hasEnum && (!schema["enum"].is_array() || schema["enum"].empty()))
        refuse(where, "keyword 'enum': expected a list of at least one value");
    const Json single = hasConst ? Json::array({schema["const"]}) : Json();
    std::vector<Sequence> alternatives;
    for (const Json &value : hasConst ? single : schema["enum"]) {
        if (hasConst && hasEnum && std::ranges::find(schema["enum"], value) == schema["enum"].end()) continue;
        const bool fits = names.empty() || std::ranges::any_of(names, [&](const std::string &type) {
                              return isOfType(value, type);
                          });
        if (fits) alternatives.push_back(m_rules.literal(value.dump()));
    }
    if (alternatives.empty()) refuse(where, "none of the values is of the type");
    return m_rules.choice(where, std::move(alternatives));
}

/// Empty: any. Without `type`, a keyword tells which one is meant.
std::vector<std::string> Reader::types(const Json &schema, const std::string &where) const
{
    std::vector<std::string> names;
    if (schema.contains("type")) {
        const Json &type = schema["type"];
        const Json list = type.is_array() ? type : Json::array({type});
        for (const Json &name : list) {
            if (!name.is_string() || !isOneOf(name.get_ref<const std::string &>(), kTypes))
                refuse(where, "keyword 'type': expected object, array, string, integer, number, boolean or "
                              "null, found " +
                                  printable(name.dump()));
            names.push_back(name);
        }
        if (names.empty()) refuse(where, "keyword 'type': expected at least one type");
        return names;
    }
    const auto has = [&](std::initializer_list<const char *> keywords) {
        return std::ranges::any_of(keywords, [&](const char *keyword) { return schema.contains(keyword); });
    };
    if (has({"properties", "required", "additionalProperties"})) names.emplace_back("object");
    if (has({"items", "minItems", "maxItems"})) names.emplace_back("array");
    if (has({"minLength", "maxLength", "pattern", "format"})) names.emplace_back("string");
    if (has({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})) names.emplace_back("number");
    return names;
}

Symbol Reader::ofType(const std::string &type, const Json &schema, const std::string &where, int depth)
{
    if (type == "object") return object(schema, where, depth);
    if (type == "array") return array(schema, where, depth);
    if (type == "string") return string(schema, where);
    if (type == "boolean") return m_json.boolean();
    if (type == "null") return m_json.null();
    return number(schema, where, type == "integer");
}

Symbol Reader::object(const Json &schema, const std::string &where, int depth)
{
    const Json none = Json::object(), nothing = Json::array();
    const Json &properties = schema.contains("properties") ? schema["properties"] : none;
    const Json &required = schema.contains("required") ? schema["required"] : nothing;
    const Json more = schema.contains("additionalProperties") ? schema["additionalProperties"] : Json(true);
    if (!properties.is_object()) refuse(where, "keyword 'properties': expected an object");
    if (!required.is_array()) refuse(where, "keyword 'required': expected a list of names");
    std::set<std::string> names, needed; // of ordered objects, a look-up is a search
    for (const auto &[name, value] : properties.items())
        names.insert(name);
    for (const Json &name : required) {
        if (!name.is_string() || !names.contains(name.get_ref<const std::string &>()))
            refuse(where, "keyword 'required': " + printable(name.dump()) + " is not one of the properties");
        needed.insert(name);
    }
    if (properties.empty() && more != false) {
        if (more == true) return m_json.object();
        Sequence member = {m_json.string(), m_json.space()};
        RuleBuilder::append(member, m_rules.literal(":"));
        member.push_back(m_json.space());
        member.push_back(this->schema(more, where + "/additionalProperties", depth + 1));
        return m_json.listOf(where, '{', member, '}', 0, RuleBuilder::kUnlimited);
    }
    // Built from the last one: what follows if something stands before, and if nothing does.
    Sequence behind, first;
    for (auto it = properties.end(); it != properties.begin();) {
        --it;
        Sequence member = m_json.key(Json(it.key()).dump());
        member.push_back(this->schema(it.value(), where + "/properties/" + shown(it.key()), depth + 1));
        member.push_back(m_json.space());
        Sequence comma = m_rules.literal(",");
        comma.push_back(m_json.space());
        RuleBuilder::append(comma, member);
        RuleBuilder::append(comma, behind);
        RuleBuilder::append(member, behind);
        const bool isRequired = needed.contains(it.key());
        if (comma.size() > kLongSequence) comma = {m_rules.choice(where, {std::move(comma)})};
        behind = isRequired ? comma : Sequence{m_rules.choice(where, {comma, behind})};
        first = isRequired ? member : Sequence{m_rules.choice(where, {member, first})};
    }
    Sequence whole = m_rules.literal("{");
    whole.push_back(m_json.space());
    RuleBuilder::append(whole, first);
    RuleBuilder::append(whole, m_rules.literal("}"));
    return m_rules.choice(where, {std::move(whole)});
}

std::optional<int> Reader::count(const Json &schema, const char *keyword, const std::string &where) const
{
    if (!schema.contains(keyword)) return std::nullopt;
    const Json &value = schema[keyword];
    const double number = value.is_number() ? value.get<double>() : -1;
    if (!(number >= 0 && number <= RuleBuilder::kMostRepeats && std::trunc(number) == number))
        refuse(where, std::string("keyword '") + keyword + "': expected an integer from 0 to " +
                          std::to_string(RuleBuilder::kMostRepeats) + ", found " + printable(value.dump()));
    return static_cast<int>(number);
}

Symbol Reader::array(const Json &schema, const std::string &where, int depth)
{
    const int least = count(schema, "minItems", where).value_or(0);
    const int most = count(schema, "maxItems", where).value_or(RuleBuilder::kUnlimited);
    if (most != RuleBuilder::kUnlimited && most < least)
        refuse(where, "keyword 'maxItems' is below 'minItems'");
    const Symbol item = schema.contains("items") ? this->schema(schema["items"], where + "/items", depth + 1)
                                                 : m_json.value();
    return m_json.listOf(where, '[', {item}, ']', least, most);
}

Symbol Reader::quoted(const std::string &where, const Sequence &inside)
{
    Sequence whole = {m_json.quote()};
    RuleBuilder::append(whole, inside);
    whole.push_back(m_json.quote());
    return m_rules.choice(where, {std::move(whole)});
}

Symbol Reader::string(const Json &schema, const std::string &where)
{
    const std::optional<int> least = count(schema, "minLength", where),
                             most = count(schema, "maxLength", where);
    const bool hasLength = least || most;
    if (hasLength + schema.contains("pattern") + schema.contains("format") > 1)
        refuse(where, "only one of lengths, 'pattern' and 'format' is supported");
    if (schema.contains("format")) return formatted(schema["format"], where);
    if (schema.contains("pattern")) {
        if (!schema["pattern"].is_string()) refuse(where, "keyword 'pattern': expected a string");
        return quoted(where, readPattern(schema["pattern"].get_ref<const std::string &>(),
                                         "json_schema: " + where, m_rules, m_json));
    }
    if (!hasLength) return m_json.string();
    if (most && *most < least.value_or(0)) refuse(where, "keyword 'maxLength' is below 'minLength'");
    return quoted(where, m_rules.repeat(where, m_json.character(), least.value_or(0),
                                        most.value_or(RuleBuilder::kUnlimited)));
}

Symbol Reader::formatted(const Json &format, const std::string &where)
{
    std::string names;
    for (const auto &[name, pattern] : kFormats) {
        names += (names.empty() ? "" : ", ") + std::string(name);
        if (format != name) continue;
        const std::string body =
            name == "date-time" ? std::string(kDate) + "T" + std::string(kTime) : std::string(pattern);
        return quoted(where, readPattern("^(" + body + ")$", "json_schema: " + where, m_rules, m_json));
    }
    refuse(where, "keyword 'format': expected one of " + names + ", found " + printable(format.dump()));
}

Symbol Reader::number(const Json &schema, const std::string &where, bool isInteger)
{
    NumberBounds bounds;
    const auto bound = [&](const char *keyword) -> std::optional<double> {
        if (!schema.contains(keyword)) return std::nullopt;
        if (!schema[keyword].is_number())
            refuse(where, std::string("keyword '") + keyword + "': expected a number, found " +
                              printable(schema[keyword].dump()));
        return schema[keyword].get<double>();
    };
    bounds.least = bound("minimum");
    bounds.most = bound("maximum");
    if (const auto above = bound("exclusiveMinimum"); above && (!bounds.least || *above >= *bounds.least)) {
        bounds.least = above;
        bounds.aboveLeast = true;
    }
    if (const auto below = bound("exclusiveMaximum"); below && (!bounds.most || *below <= *bounds.most)) {
        bounds.most = below;
        bounds.belowMost = true;
    }
    if (!bounds.least && !bounds.most) return isInteger ? m_json.integer() : m_json.number();
    return isInteger ? integerWithin(m_rules, "json_schema: " + where, bounds)
                     : numberWithin(m_rules, "json_schema: " + where, bounds);
}

} // namespace

Symbol readJsonSchema(std::string_view text, RuleBuilder &rules, JsonRules &json)
{
    return Reader(rules, json).read(text);
}

} // namespace engine::grammar
