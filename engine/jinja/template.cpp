#include "engine/jinja/template.h"

#include "engine/error.h"
#include "engine/jinja/functions.h"
#include "engine/jinja/lexer.h"
#include "engine/jinja/node.h"
#include "engine/jinja/text.h"

#include <algorithm>
#include <deque>

namespace engine::jinja
{
namespace
{

using Kind = Node::Kind;

constexpr std::size_t kMostSteps = 2'000'000; ///< a step is a node, 64 bytes of text or a member of a list
constexpr int kDeepest = 600;                 ///< nodes within nodes, over all macros

auto entryOf(auto &dict, const std::string &name)
{
    return std::ranges::find_if(dict, [&](const auto &entry) { return entry.first == name; });
}

class Evaluator
{
public:
    explicit Evaluator(const Dict &variables) { m_scopes.push_back(variables); }

    std::string run(const Node &root)
    {
        m_scopes.emplace_back();
        execute(root);
        return std::move(m_out);
    }

private:
    enum class Flow { Next, Break, Continue };

    class Level
    {
    public:
        Level(Evaluator &evaluator, int line)
            : m_evaluator(evaluator)
        {
            if (++m_evaluator.m_depth > kDeepest) refuse(line, "the nesting is too deep");
        }
        ~Level() { --m_evaluator.m_depth; }
        Level(const Level &) = delete;
        Level &operator=(const Level &) = delete;

    private:
        Evaluator &m_evaluator;
    };

    void charge(std::size_t steps, int line)
    {
        m_steps += steps;
        if (m_steps > kMostSteps) refuse(line, "the template takes too long");
    }
    Value charged(Value value, int line);
    Value eval(const Node &node);
    Value evalPlain(const Node &node);
    Value evalOr(const NodePtr &node, Value otherwise) { return node ? eval(*node) : std::move(otherwise); }
    Value lookup(const Node &node) const;
    Value attribute(const Node &node);
    Value call(const Node &node);
    Value callMacro(const Node &macro, const Arguments &arguments);
    Value makeNamespace(const Arguments &arguments);
    Arguments arguments(const Node &node);

    Flow execute(const Node &node);
    Flow executeFor(const Node &node);
    void write(const std::string &text, int line);
    void assign(const std::vector<std::string> &names, const Value &value, int line);
    void set(const std::string &name, Value value);

    static constexpr std::ptrdiff_t kTemplateScopes =
        2;                      ///< its variables, and what it sets outside of all loops
    std::vector<Dict> m_scopes; ///< the innermost last
    std::deque<Dict> m_namespaces;
    std::string m_out;
    std::size_t m_steps = 0;
    int m_depth = 0;
};

Value Evaluator::charged(Value value, int line)
{
    std::size_t steps = 1;
    if (const std::string *text = value.text()) {
        if (text->size() > kLongestText) refuse(line, "a text is too long");
        steps += text->size() / 64;
    }
    if (const List *list = value.list()) steps += list->size();
    charge(steps, line);
    return value;
}

Value Evaluator::eval(const Node &node)
{
    const Level level(*this, node.line);
    return charged(evalPlain(node), node.line);
}

Value Evaluator::evalPlain(const Node &node)
{
    const auto child = [&](std::size_t i) { return eval(*node.children[i]); };
    switch (node.kind) {
    case Kind::Literal:
        return node.value;
    case Kind::Name:
        return lookup(node);
    case Kind::ListOf: {
        List list;
        for (const NodePtr &item : node.children)
            list.push_back(eval(*item));
        return list;
    }
    case Kind::DictOf: {
        Dict dict;
        for (std::size_t i = 0; i + 1 < node.children.size(); i += 2) {
            const Value key = child(i);
            if (!key.text() && !key.isInt())
                refuse(node.line, std::string("expected a text or number as key, found ") + key.typeName());
            dict.emplace_back(key.text() ? Key(*key.text()) : Key(key.integer()), child(i + 1));
        }
        return dict;
    }
    case Kind::Attribute:
        return attribute(node);
    case Kind::Index: {
        const Value container = child(0), index = child(1);
        if (container.isUndefined())
            refuse(node.line, "'" + container.undefinedName() + "' is not there: it has no members");
        return memberOf(container, index);
    }
    case Kind::Slice: {
        const Value none{Value::None{}};
        return sliceOf(child(0), evalOr(node.children[1], none), evalOr(node.children[2], none),
                       evalOr(node.children[3], none), node.line);
    }
    case Kind::Call:
        return call(node);
    case Kind::Filter:
        return applyFilter(node.text, child(0), arguments(node));
    case Kind::Test:
        return applyTest(node.text, child(0), arguments(node));
    case Kind::Not:
        return !child(0).isTrue();
    case Kind::Negate: {
        const Value value = child(0);
        if (!value.isNumber()) refuse(node.line, std::string("expected a number, found ") + value.typeName());
        return binaryOf("-", std::int64_t{0}, value, node.line);
    }
    case Kind::And:
    case Kind::Or: {
        Value left = child(0);
        return left.isTrue() == (node.kind == Kind::Or) ? left : child(1);
    }
    case Kind::Binary:
        return binaryOf(node.text, child(0), child(1), node.line);
    case Kind::Conditional:
        return child(1).isTrue() ? child(0) : evalOr(node.children[2], Value());
    default:
        refuse(node.line, "expected an expression");
    }
}

Value Evaluator::lookup(const Node &node) const
{
    for (auto scope = m_scopes.rbegin(); scope != m_scopes.rend(); ++scope) {
        const auto found = entryOf(*scope, node.text);
        if (found != scope->end()) return found->second;
    }
    return Value::undefined(node.text);
}

Value Evaluator::attribute(const Node &node)
{
    const Value container = eval(*node.children[0]);
    if (container.isUndefined())
        refuse(node.line, "'" + container.undefinedName() + "' is not there: it has no '" + node.text + "'");
    const Value *found = container.find(node.text);
    return found ? *found : Value::undefined(node.text);
}

Arguments Evaluator::arguments(const Node &node)
{
    Arguments arguments{{}, {}, node.line};
    for (std::size_t i = 1; i < node.children.size(); ++i)
        arguments.values.push_back(eval(*node.children[i]));
    for (const auto &[name, value] : node.named)
        arguments.named.emplace_back(name, eval(*value));
    return arguments;
}

Value Evaluator::call(const Node &node)
{
    const Node &callee = *node.children[0];
    if (callee.kind == Kind::Attribute) {
        const Value object = eval(*callee.children[0]);
        return callMethod(callee.text, object, arguments(node));
    }
    const Value function = eval(callee);
    if (function.macro()) return callMacro(*function.macro(), arguments(node));
    if (callee.kind == Kind::Name && function.isUndefined()) {
        if (callee.text == "namespace") return makeNamespace(arguments(node));
        if (isFunction(callee.text)) return callFunction(callee.text, arguments(node));
        refuse(node.line, "the function '" + callee.text + "' is not supported");
    }
    refuse(node.line, std::string("expected a function, found ") + function.typeName());
}

Value Evaluator::makeNamespace(const Arguments &arguments)
{
    m_namespaces.push_back(arguments.named);
    return Value::Namespace{&m_namespaces.back()};
}

/// Sees its arguments and the names of the template, not those where it is called.
Value Evaluator::callMacro(const Node &macro, const Arguments &arguments)
{
    Dict locals;
    for (std::size_t i = 0; i < macro.names.size(); ++i) {
        const Value *given = arguments.get(i, macro.names[i]);
        const auto standard = std::ranges::find(macro.named, macro.names[i],
                                                [](const auto &n) -> const std::string & { return n.first; });
        if (given)
            locals.emplace_back(macro.names[i], *given);
        else
            locals.emplace_back(macro.names[i],
                                standard == macro.named.end() ? Value() : eval(*standard->second));
    }
    std::vector<Dict> hidden;
    std::move(m_scopes.begin() + kTemplateScopes, m_scopes.end(), std::back_inserter(hidden));
    m_scopes.resize(kTemplateScopes);
    m_scopes.push_back(std::move(locals));
    std::string outside = std::exchange(m_out, {});
    execute(*macro.children[0]);
    m_scopes.resize(kTemplateScopes);
    std::ranges::move(hidden, std::back_inserter(m_scopes));
    return std::exchange(m_out, std::move(outside));
}

void Evaluator::write(const std::string &text, int line)
{
    charge(1 + text.size() / 64, line);
    m_out += text;
    if (m_out.size() > kLongestText) refuse(line, "the prompt is too long");
}

void Evaluator::set(const std::string &name, Value value)
{
    Dict &scope = m_scopes.back();
    const auto found = entryOf(scope, name);
    if (found == scope.end())
        scope.emplace_back(name, std::move(value));
    else
        found->second = std::move(value);
}

void Evaluator::assign(const std::vector<std::string> &names, const Value &value, int line)
{
    if (names.size() == 1) return set(names.front(), value);
    const List items = itemsOf(value, line);
    if (items.size() != names.size())
        refuse(line,
               "expected " + std::to_string(names.size()) + " values, found " + std::to_string(items.size()));
    for (std::size_t i = 0; i < names.size(); ++i)
        set(names[i], items[i]);
}

Evaluator::Flow Evaluator::execute(const Node &node)
{
    const Level level(*this, node.line);
    charge(1, node.line);
    switch (node.kind) {
    case Kind::Body:
        for (const NodePtr &child : node.children)
            if (const Flow flow = execute(*child); flow != Flow::Next) return flow;
        return Flow::Next;
    case Kind::Text:
        write(node.text, node.line);
        return Flow::Next;
    case Kind::Output:
        write(eval(*node.children[0]).print(), node.line);
        return Flow::Next;
    case Kind::If:
        for (std::size_t i = 0; i + 1 < node.children.size(); i += 2)
            if (eval(*node.children[i]).isTrue()) return execute(*node.children[i + 1]);
        return node.children.size() % 2 == 1 ? execute(*node.children.back()) : Flow::Next;
    case Kind::For:
        return executeFor(node);
    case Kind::Set:
        assign(node.names, eval(*node.children[0]), node.line);
        return Flow::Next;
    case Kind::SetMember: {
        Node name;
        name.text = node.text;
        Dict *members = lookup(name).members();
        if (!members) refuse(node.line, "expected a namespace to set '" + node.names[0] + "' of");
        Value value = eval(*node.children[0]);
        const auto found = entryOf(*members, node.names[0]);
        if (found == members->end())
            members->emplace_back(node.names[0], std::move(value));
        else
            found->second = std::move(value);
        return Flow::Next;
    }
    case Kind::SetBlock: {
        std::string outside = std::exchange(m_out, {});
        const Flow flow = execute(*node.children[0]);
        set(node.names[0], std::exchange(m_out, std::move(outside)));
        return flow;
    }
    case Kind::Macro:
        set(node.text, Value::Macro{&node});
        return Flow::Next;
    case Kind::Break:
        return Flow::Break;
    case Kind::Continue:
        return Flow::Continue;
    default:
        refuse(node.line, "expected a statement");
    }
}

Evaluator::Flow Evaluator::executeFor(const Node &node)
{
    List items = itemsOf(eval(*node.children[0]), node.line);
    charge(items.size(), node.line);
    m_scopes.emplace_back();
    const auto select = [&](const Value &item) {
        assign(node.names, item, node.line);
        return !eval(*node.children[2]).isTrue();
    };
    if (node.children[2]) std::erase_if(items, select);
    const auto size = static_cast<std::int64_t>(items.size());
    Flow flow = Flow::Next;
    for (std::int64_t i = 0; i < size && flow != Flow::Break; ++i) {
        const auto at = [&](std::int64_t n) {
            return n >= 0 && n < size ? items[static_cast<std::size_t>(n)] : Value::undefined("item");
        };
        m_scopes.back().clear();
        set("loop", Dict{{"index", i + 1},
                         {"index0", i},
                         {"revindex", size - i},
                         {"revindex0", size - i - 1},
                         {"first", i == 0},
                         {"last", i + 1 == size},
                         {"length", size},
                         {"previtem", at(i - 1)},
                         {"nextitem", at(i + 1)}});
        assign(node.names, at(i), node.line);
        flow = execute(*node.children[1]);
    }
    m_scopes.pop_back();
    return size == 0 && node.children[3] ? execute(*node.children[3]) : Flow::Next;
}

} // namespace

Template::Template(std::string_view source)
{
    if (source.size() > kLongestSource)
        refuse(1, "expected at most " + std::to_string(kLongestSource) + " bytes, found " +
                      std::to_string(source.size()));
    std::string text;
    for (std::size_t i = 0; i < source.size(); ++i)
        if (source[i] != '\r' || i + 1 == source.size() || source[i + 1] != '\n') text += source[i];
    m_root = parse(text);
}

Template::~Template() = default;

std::string Template::render(const Dict &variables) const { return Evaluator(variables).run(*m_root); }

} // namespace engine::jinja
