#include "engine/grammar/compile.h"

#include "engine/error.h"
#include "engine/grammar/gbnf.h"
#include "engine/grammar/json_schema.h"
#include "engine/tools.h"

#include <optional>

namespace engine::grammar
{
namespace
{

constexpr int kMostBlanks = 4;

using Kind = GrammarSpec::Kind;

/// Everything but the tools' calls.
std::optional<Symbol> textOf(const GrammarSpec &spec, RuleBuilder &rules, JsonRules &json)
{
    switch (spec.kind) {
    case Kind::None:
        return std::nullopt;
    case Kind::Json:
        return json.object();
    case Kind::JsonSchema:
        return readJsonSchema(spec.text, rules, json);
    case Kind::Gbnf:
        return readGbnf(spec.text, rules);
    }
    return std::nullopt;
}

/// As engine/tools.h says.
Symbol callOf(const ToolSpec &tool, RuleBuilder &rules, JsonRules &json)
{
    Sequence call = rules.literal(std::string(kCallBegin) + "\n{\"name\":");
    call.push_back(json.space());
    RuleBuilder::append(call, rules.literal('"' + tool.name + "\","));
    call.push_back(json.space());
    RuleBuilder::append(call, rules.literal("\"arguments\":"));
    call.push_back(json.space());
    try {
        call.push_back(tool.parameters.empty() ? json.object()
                                               : readJsonSchema(tool.parameters, rules, json));
    } catch (const Error &error) {
        throw Error(error.code(), "tools: " + tool.name + ": " + error.message());
    }
    RuleBuilder::append(call, rules.literal("}\n" + std::string(kCallEnd)));
    return rules.choice("call of " + tool.name, {std::move(call)});
}

Symbol callsOf(const Source &source, RuleBuilder &rules, JsonRules &json)
{
    std::vector<Sequence> calls;
    for (const ToolSpec &tool : source.tools)
        calls.push_back({callOf(tool, rules, json)});
    const Symbol call = rules.choice("call", std::move(calls));
    Sequence all = {call};
    if (source.parallelCalls) {
        Sequence next = rules.literal("\n");
        next.push_back(call);
        RuleBuilder::append(
            all, rules.repeat("calls", rules.choice("calls", {std::move(next)}), 0, kMostCalls - 1));
    }
    return rules.choice("calls", {std::move(all)});
}

Symbol behindLead(const Lead &lead, Symbol text, RuleBuilder &rules)
{
    Sequence all = rules.literal(lead.swallow);
    Sequence thought = rules.until(lead.endOfThinking);
    if (lead.startsInThinking)
        RuleBuilder::append(all, thought);
    else if (!lead.beginOfThinking.empty()) {
        Sequence thinking = rules.literal(lead.beginOfThinking);
        RuleBuilder::append(thinking, thought);
        all.push_back(rules.choice("thinking", {std::move(thinking), {}}));
    }
    if (lead.trimStart) {
        const Symbol blank = rules.bytes(ByteSet().set(' ').set('\n'));
        RuleBuilder::append(all, rules.repeat("blanks", blank, 0, kMostBlanks));
    }
    all.push_back(text);
    return rules.choice("answer", {std::move(all)});
}

} // namespace

std::shared_ptr<const Rules> compile(const Source &source)
{
    RuleBuilder rules;
    JsonRules json(rules);
    std::vector<Sequence> texts;
    if (!source.tools.empty()) texts.push_back({callsOf(source, rules, json)});
    const std::optional<Symbol> text = textOf(source.grammar, rules, json);
    if (text && !source.mustCall) texts.push_back({*text});
    const Symbol root = behindLead(source.lead, rules.choice("text", std::move(texts)), rules);
    return std::make_shared<const Rules>(rules, root,
                                         source.grammar.kind == Kind::Gbnf ? "grammar" : "json_schema");
}

} // namespace engine::grammar
