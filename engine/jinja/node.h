#pragma once

#include "engine/jinja/value.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace engine::jinja
{

using NodePtr = std::unique_ptr<Node>;

/// A part of a parsed template; what its members hold depends on the kind.
struct Node {
    enum class Kind : std::uint8_t {
        // Expressions
        Literal,     ///< value
        Name,        ///< text
        ListOf,      ///< children
        DictOf,      ///< children: key, value, key, value ...
        Attribute,   ///< children[0], text
        Index,       ///< children[0] at children[1]
        Slice,       ///< children[0] from children[1] to children[2] by children[3]; each may be nullptr
        Call,        ///< children[0] of the others and `named`
        Filter,      ///< text, of children[0] with the others and `named`
        Test,        ///< text, of children[0] with the others
        Not,         ///< children[0]
        Negate,      ///< children[0]
        And,         ///< children
        Or,          ///< children
        Binary,      ///< text, of children[0] and [1]
        Conditional, ///< children[0] if children[1] else children[2], which may be nullptr
        // Statements
        Body,      ///< children in order
        Text,      ///< text
        Output,    ///< children[0]
        If,        ///< children: condition, body, condition, body ... and perhaps the body of "else"
        For,       ///< names in children[0]: children[1], with condition children[2] and "else" children[3]
        Set,       ///< names = children[0]
        SetMember, ///< text.names[0] = children[0]
        SetBlock,  ///< names[0] = what children[0] writes
        Macro,     ///< text with `names` and defaults `named`: children[0]
        Break,
        Continue
    };

    Kind kind = Kind::Body;
    int line = 1;
    int depth = 1; ///< nodes on the longest way down
    std::string text;
    Value value;
    std::vector<std::string> names;
    std::vector<NodePtr> children;
    std::vector<std::pair<std::string, NodePtr>> named;
};

/// Throws Error(BadTokenizer) naming the line.
NodePtr parse(std::string_view source);

} // namespace engine::jinja
