#pragma once

#include "engine/jinja/value.h"

#include <memory>
#include <string>
#include <string_view>

namespace engine::jinja
{

struct Node;

/// A chat template in the part of the language Jinja that Hugging Face's templates use: if, for, set, macro,
/// break and continue, raw; expressions with filters, tests, slices and the methods of texts and tables;
/// namespace, range, dict, raise_exception, strftime_now. Line ends behind a block and blanks before it are
/// dropped, as Hugging Face sets it up (trim_blocks, lstrip_blocks). No code of the host can be reached, and
/// a render ends: steps, output and depth are limited. Upper and lower case are those of ASCII. Immutable,
/// safe from any thread. Source: jinja.palletsprojects.com, template designer documentation.
class Template final
{
public:
    static constexpr std::size_t kLongestSource = 1U << 20;

    /// Throws Error(BadTokenizer): "chat template, line 3: expected ..., found ...".
    explicit Template(std::string_view source);
    ~Template();
    Template(const Template &) = delete;
    Template &operator=(const Template &) = delete;

    /// `variables` are the names that the template sees. Throws Error(BadTokenizer) naming the line for what
    /// cannot be computed or takes too long, Error(BadRequest) with the template's own words where it calls
    /// raise_exception.
    std::string render(const Dict &variables) const;

private:
    std::unique_ptr<const Node> m_root;
};

} // namespace engine::jinja
