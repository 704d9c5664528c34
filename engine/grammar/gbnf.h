#pragma once

#include "engine/grammar/rules.h"

#include <string_view>

namespace engine::grammar
{

/// Reads a grammar in llama.cpp's language and returns its `root`:
///
///   # a comment, to the end of the line
///   root  ::= "literal" [a-z0-9_] [^"\\\x00-\x1F] . other (one | "two")? # ? * + {3} {2,} {0,7}
///   other ::= "it goes on behind a border of lines after ::=, after | and within brackets"
///
/// Rules are named by letters, digits and '-'; escapes are \n \r \t \\ \" \[ \] \- \^ \xHH \uHHHH \UHHHHHHHH,
/// which mean code points. A line that begins with | goes on with the rule before. Not supported, and refused
/// by name: tokens in angle brackets. Throws Error(BadRequest): "grammar: line 3, column 14: expected ...".
Symbol readGbnf(std::string_view text, RuleBuilder &rules);

} // namespace engine::grammar
