#pragma once

#include "engine/grammar/rules.h"
#include "engine/options.h"

#include <memory>
#include <string>
#include <vector>

namespace engine::grammar
{

/// What stands before the constrained part of an answer; see ChatPrompt.
struct Lead {
    std::string swallow;
    bool startsInThinking = false;
    std::string beginOfThinking, endOfThinking;
    bool trimStart = false; ///< a few blanks may come first

    bool operator==(const Lead &) const = default;
};

/// All that decides on the texts of an answer.
struct Source {
    GrammarSpec grammar;
    std::vector<ToolSpec> tools; ///< whose calls the answer may be; empty: it is no call
    bool mustCall = false;       ///< false: or what `grammar` says
    bool parallelCalls = true;
    Lead lead;
};

/// Throws Error(BadRequest) that names the rule or keyword and its place.
std::shared_ptr<const Rules> compile(const Source &source);

} // namespace engine::grammar
