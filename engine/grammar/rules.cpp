#include "engine/grammar/rules.h"

#include "engine/error.h"

#include <algorithm>
#include <map>

namespace engine::grammar
{
namespace
{

/// What can be known of every rule that the root reaches.
class Analysis final
{
public:
    Analysis(const RuleBuilder &builder, std::int32_t root, const std::string &what)
        : m_builder(builder)
        , m_what(what)
        , reached(builder.rules().size(), false)
    {
        reach(root);
        height = heights([](const ByteSet &set) { return set.any(); });
        for (std::size_t rule = 0; rule < reached.size(); ++rule)
            if (reached[rule] && height[rule] < 0) refuse(rule, "can never end");
        for (std::size_t rule = 0; rule < reached.size(); ++rule)
            if (reached[rule] && height[rule] > Rules::kMostNested)
                refuse(rule, "nests more than " + std::to_string(Rules::kMostNested) + " rules at least");
        isEmpty = heights([](const ByteSet &) { return false; });
        findLeftRecursion();
    }

    int heightOf(const Sequence &alternative) const
    {
        int most = 0;
        for (const Symbol &symbol : alternative)
            if (symbol.kind == Symbol::Kind::Rule)
                most = std::max(most, height[index(symbol)] + (&symbol == &alternative.back() ? 0 : 1));
        return most;
    }

private:
    const RuleBuilder &m_builder;
    const std::string &m_what;

public:
    std::vector<bool> reached;
    std::vector<int> height;  ///< of the stack that the least nested text needs; -1: there is none
    std::vector<int> isEmpty; ///< >= 0: the rule has the empty text

private:
    static std::size_t index(const Symbol &symbol) { return static_cast<std::size_t>(symbol.index); }
    const std::vector<Sequence> &alternatives(std::size_t rule) const
    {
        return m_builder.rules()[rule].alternatives;
    }
    [[noreturn]] void refuse(std::size_t rule, const std::string &why) const
    {
        throw Error(ErrorCode::BadRequest, m_what + ": " + m_builder.rules()[rule].name + " " + why);
    }

    void reach(std::int32_t root)
    {
        std::vector<std::size_t> work = {static_cast<std::size_t>(root)};
        reached[work[0]] = true;
        while (!work.empty()) {
            const std::size_t rule = work.back();
            work.pop_back();
            for (const Sequence &alternative : alternatives(rule)) {
                for (const Symbol &symbol : alternative) {
                    if (symbol.kind != Symbol::Kind::Rule || reached[index(symbol)]) continue;
                    reached[index(symbol)] = true;
                    work.push_back(index(symbol));
                }
            }
        }
    }

    /// Rules that have a text of the sets that `counts`, each with the stack that the least nested one needs.
    /// What stands last in an alternative needs none of its own. Knuth's generalisation of Dijkstra's
    /// algorithm: linear in the grammar's size.
    template <typename Counts>
    std::vector<int> heights(Counts counts) const
    {
        struct Open {
            std::size_t rule, missing;
            int height;
        };
        struct Use {
            std::size_t alternative;
            int above; ///< 0: it stands last
        };
        std::vector<Open> open;
        std::vector<std::vector<Use>> uses(reached.size());
        std::vector<std::vector<std::size_t>> byHeight(1);
        for (std::size_t rule = 0; rule < reached.size(); ++rule) {
            for (const Sequence &alternative : alternatives(rule)) {
                std::size_t missing = 0;
                for (const Symbol &symbol : alternative) {
                    const bool isRule = symbol.kind == Symbol::Kind::Rule;
                    if (isRule)
                        uses[index(symbol)].push_back({open.size(), &symbol == &alternative.back() ? 0 : 1});
                    missing += isRule || !counts(m_builder.sets()[index(symbol)]) ? 1 : 0;
                }
                open.push_back({rule, missing, 0});
                if (missing == 0) byHeight[0].push_back(rule);
            }
        }
        std::vector<int> found(reached.size(), -1);
        for (std::size_t height = 0; height < byHeight.size(); ++height) {
            for (std::size_t i = 0; i < byHeight[height].size(); ++i) {
                const std::size_t rule = byHeight[height][i];
                if (found[rule] >= 0) continue;
                found[rule] = static_cast<int>(height);
                for (const Use &use : uses[rule]) {
                    Open &user = open[use.alternative];
                    user.height = std::max(user.height, found[rule] + use.above);
                    if (--user.missing > 0) continue;
                    byHeight.resize(std::max(byHeight.size(), static_cast<std::size_t>(user.height) + 1));
                    byHeight[static_cast<std::size_t>(user.height)].push_back(user.rule);
                }
            }
        }
        return found;
    }

    struct Beginning {
        std::size_t rule;
        bool isLast; ///< nothing follows it in its alternative
    };

    /// Rules that a text of `rule` can begin with.
    std::vector<Beginning> beginnings(std::size_t rule) const
    {
        std::vector<Beginning> out;
        for (const Sequence &alternative : alternatives(rule)) {
            for (const Symbol &symbol : alternative) {
                if (symbol.kind != Symbol::Kind::Rule) break;
                out.push_back({index(symbol), &symbol == &alternative.back()});
                if (isEmpty[index(symbol)] < 0) break;
            }
        }
        return out;
    }

    /// A rule that begins with itself and goes on behind that would be entered for ever. Where nothing goes
    /// on, as in ("a"?)*, it is entered once. Tarjan's strongly connected components, without recursion.
    void findLeftRecursion() const
    {
        struct Visit {
            std::size_t rule, at;
            std::vector<Beginning> next;
        };
        constexpr std::size_t kNew = 0;
        std::vector<std::size_t> order(reached.size(), kNew), low(reached.size()),
            component(reached.size(), kNew);
        std::vector<std::size_t> open;
        std::size_t seen = 0;
        for (std::size_t first = 0; first < reached.size(); ++first) {
            if (!reached[first] || order[first] != kNew) continue;
            std::vector<Visit> path;
            const auto enter = [&](std::size_t rule) {
                order[rule] = low[rule] = ++seen;
                open.push_back(rule);
                path.push_back({rule, 0, beginnings(rule)});
            };
            enter(first);
            while (!path.empty()) {
                Visit &visit = path.back();
                if (visit.at < visit.next.size()) {
                    const std::size_t rule = visit.next[visit.at++].rule;
                    if (order[rule] == kNew)
                        enter(rule);
                    else if (component[rule] == kNew)
                        low[visit.rule] = std::min(low[visit.rule], order[rule]);
                    continue;
                }
                const std::size_t rule = visit.rule;
                path.pop_back();
                if (!path.empty()) low[path.back().rule] = std::min(low[path.back().rule], low[rule]);
                while (low[rule] == order[rule] && component[rule] == kNew) {
                    component[open.back()] = order[rule];
                    open.pop_back();
                }
            }
        }
        for (std::size_t rule = 0; rule < reached.size(); ++rule) {
            if (!reached[rule]) continue;
            for (const Beginning &next : beginnings(rule))
                if (!next.isLast && component[next.rule] == component[rule])
                    refuse(rule, "begins with itself: left recursion");
        }
    }
};

} // namespace

Rules::Rules(const RuleBuilder &builder, Symbol root, const std::string &what)
    : m_sets(builder.sets())
{
    RuleBuilder whole = builder;
    const Symbol start = whole.choice("root", {{root}});
    const Analysis analysis(whole, start.index, what);
    std::vector<std::int32_t> number(whole.rules().size(), -1);
    number[static_cast<std::size_t>(start.index)] = 0;
    std::int32_t next = 1;
    for (std::size_t rule = 0; rule < number.size(); ++rule)
        if (analysis.reached[rule] && number[rule] < 0) number[rule] = next++;
    m_rules.resize(static_cast<std::size_t>(next));
    for (std::size_t rule = 0; rule < number.size(); ++rule) {
        if (number[rule] < 0) continue;
        for (const Sequence &alternative : whole.rules()[rule].alternatives) {
            m_rules[static_cast<std::size_t>(number[rule])].push_back(
                {size(), analysis.heightOf(alternative) == analysis.height[rule]});
            for (const Symbol &symbol : alternative)
                m_places.push_back(symbol.kind == Symbol::Kind::Bytes
                                       ? Place{symbol.index, -1}
                                       : Place{-1, number[static_cast<std::size_t>(symbol.index)]});
            m_places.emplace_back();
        }
    }
    classifyBytes();
}

void Rules::classifyBytes()
{
    std::vector<int> classes(256, 0);
    int count = 1;
    for (const ByteSet &set : m_sets) { // every set splits the classes it cuts
        std::map<std::pair<int, bool>, int> split;
        for (unsigned byte = 0; byte < 256; ++byte)
            classes[byte] = split.emplace(std::pair(classes[byte], set[byte]), static_cast<int>(split.size()))
                                .first->second;
        count = static_cast<int>(split.size());
        if (count == 256) break;
    }
    m_example.resize(static_cast<std::size_t>(count));
    for (unsigned byte = 0; byte < 256; ++byte) {
        m_classOf[byte] = static_cast<std::uint8_t>(classes[byte]);
        m_example[m_classOf[byte]] = static_cast<std::uint8_t>(byte);
    }
}

} // namespace engine::grammar
