#pragma once

#include "engine/grammar/json_rules.h"

#include <string_view>

namespace engine::grammar
{

/// JSON texts that a JSON schema allows; some of them where "allows" would be endless:
///
///   all types       type (a name or a list), enum, const, anyOf, $ref ("#", "#/$defs/x", ...; recursion),
///   $defs,
///                   definitions, allOf of one schema, true
///   object          properties in the order given, required (others may be left out), additionalProperties:
///                   false; anything else only of objects without properties, as others get no further ones
///   array           items, minItems, maxItems
///   string          minLength, maxLength, or pattern (see json_pattern.h), or format: date, time, date-time,
///                   uuid, ipv4, email
///   integer, number minimum, maximum, exclusiveMinimum, exclusiveMaximum: integers up to 15 digits
///
/// title, description, default, examples, $schema, $id, $comment, deprecated, readOnly and writeOnly say
/// nothing. Any other keyword is refused by name. Throws Error(BadRequest) with the place:
/// "json_schema: #/properties/age: keyword 'multipleOf' is not supported".
Symbol readJsonSchema(std::string_view text, RuleBuilder &rules, JsonRules &json);

} // namespace engine::grammar
