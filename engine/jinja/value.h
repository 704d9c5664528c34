#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace engine::jinja
{

class Value;
struct Node;

/// A text, or a whole number as its text.
struct Key final : std::string {
    Key(std::string text)
        : std::string(std::move(text))
    {
    }
    Key(const char *text)
        : std::string(text)
    {
    }
    explicit Key(std::int64_t number)
        : std::string(std::to_string(number))
        , isNumber(true)
    {
    }
    bool isNumber = false;
};

using List = std::vector<Value>;
/// In order of arrival.
using Dict = std::vector<std::pair<Key, Value>>;

/// What a template computes with. Lists and tables are shared and never changed; only a namespace can be, and
/// the evaluator owns it.
class Value final
{
public:
    struct Undefined {
        std::string name; ///< for messages
    };
    struct None {
    };
    struct Namespace {
        Dict *members = nullptr;
    };
    struct Macro {
        const Node *node = nullptr;
    };

    Value() = default;
    Value(None none)
        : m_data(none)
    {
    }
    Value(bool value)
        : m_data(value)
    {
    }
    Value(std::int64_t value)
        : m_data(value)
    {
    }
    Value(double value)
        : m_data(value)
    {
    }
    Value(std::string value)
        : m_data(std::move(value))
    {
    }
    Value(const char *value)
        : m_data(std::string(value))
    {
    }
    Value(List value)
        : m_data(std::make_shared<const List>(std::move(value)))
    {
    } // shared: copies are cheap
    Value(Dict value)
        : m_data(std::make_shared<const Dict>(std::move(value)))
    {
    }
    Value(Namespace value)
        : m_data(value)
    {
    }
    Value(Macro value)
        : m_data(value)
    {
    }
    Value(const void *) = delete; ///< would be a bool

    static Value ofKey(const Key &key);
    static Value undefined(std::string name) { return Value(Undefined{std::move(name)}); }

    bool isUndefined() const { return is<Undefined>(); }
    bool isNone() const { return is<None>(); }
    bool isBool() const { return is<bool>(); }
    bool isInt() const { return is<std::int64_t>(); }
    bool isFloat() const { return is<double>(); }
    bool isNumber() const { return isInt() || isFloat() || isBool(); }
    bool isText() const { return is<std::string>(); }
    bool isList() const { return is<ListPtr>(); }
    bool isDict() const { return is<DictPtr>() || is<Namespace>(); }

    const std::string *text() const { return std::get_if<std::string>(&m_data); } ///< nullptr: another type
    const List *list() const;
    const Dict *dict() const; ///< of a namespace as well
    Dict *members() const;    ///< of a namespace
    const Node *macro() const;
    std::string undefinedName() const;
    std::int64_t integer() const; ///< of a number, towards zero; 0 for others
    double real() const;

    bool isTrue() const;
    /// "text", "number", ... for messages.
    const char *typeName() const;
    /// As Jinja writes it into the output.
    std::string print() const;
    /// As Python's json.dumps(ensure_ascii=False) does; `indent` < 0: on one line.
    std::string json(int indent = -1) const;

    /// nullptr if there is none.
    const Value *find(std::string_view key) const;
    const Value *find(std::int64_t key) const;

    /// Of lists that hold lists, as far as a million members tell.
    friend bool operator==(const Value &a, const Value &b);
    /// -1, 0, 1; 2 for types that have no order.
    static int compare(const Value &a, const Value &b);

private:
    using ListPtr = std::shared_ptr<const List>;
    using DictPtr = std::shared_ptr<const Dict>;

    static bool equals(const Value &a, const Value &b, std::size_t &fuel);

    explicit Value(Undefined undefined)
        : m_data(std::move(undefined))
    {
    }
    template <typename T>
    bool is() const
    {
        return std::holds_alternative<T>(m_data);
    }

    std::variant<Undefined, None, bool, std::int64_t, double, std::string, ListPtr, DictPtr, Namespace, Macro>
        m_data;
};

} // namespace engine::jinja
