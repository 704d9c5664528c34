#pragma once

#include "engine/jinja/value.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace engine::jinja
{

/// What a call hands over.
struct Arguments {
    std::vector<Value> values;
    Dict named;
    int line = 1;

    /// The argument at `index` or of this name; nullptr if it is not given.
    const Value *get(std::size_t index, std::string_view name = {}) const;
    /// Its text; throws Error(BadTokenizer) if it is no text.
    const std::string &text(std::size_t index, std::string_view function) const;
};

/// The filter `name` of `input`; filters that take expressions (map, select, ...) take the names of filters
/// and tests here as Jinja does. All throw Error(BadTokenizer) naming the line for names that are unknown and
/// values that do not fit.
Value applyFilter(const std::string &name, const Value &input, const Arguments &arguments);
bool applyTest(const std::string &name, const Value &input, const Arguments &arguments);
/// input.name(...), for texts and tables.
Value callMethod(const std::string &name, const Value &input, const Arguments &arguments);
/// Global functions that touch nothing: range, dict, raise_exception, strftime_now. Nothing: another name.
bool isFunction(std::string_view name);
Value callFunction(const std::string &name, const Arguments &arguments);

/// a[index]; undefined if there is none.
Value memberOf(const Value &container, const Value &index);
/// a[from:to:by] of a text or list; `none` for what is not given.
Value sliceOf(const Value &container, const Value &from, const Value &to, const Value &by, int line);
Value binaryOf(const std::string &sign, const Value &a, const Value &b, int line);
/// The members that a loop sees: of a list, the keys of a table, the characters of a text. Throws for others.
List itemsOf(const Value &container, int line);

} // namespace engine::jinja
