#pragma once

#include "engine/grammar/json_rules.h"

#include <string>
#include <string_view>

namespace engine::grammar
{

/// What may stand between the quotes of a JSON string that matches a regular expression (ECMA-262, the part
/// that needs no memory): literals, ., classes with ranges, \d \D \w \W \s \S \t \n \r \f \v \xHH \uHHHH,
/// groups ( ) and (?: ), |, ? * + {m} {m,} {m,n} and their lazy forms, ^ and $ at the ends of an alternative.
/// Without ^ or $ anything may stand before or behind. Everything else is refused by name.
/// Throws Error(BadRequest): "`where`: pattern: at character 3: ...".
Sequence readPattern(std::string_view pattern, const std::string &where, RuleBuilder &rules, JsonRules &json);

} // namespace engine::grammar
