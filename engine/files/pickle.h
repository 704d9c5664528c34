#pragma once

#include "engine/files/mapped_file.h"
#include "engine/files/tensor_file.h"

#include <deque>
#include <string_view>
#include <vector>

namespace engine
{

/// What a pickle describes: plain values that refer to each other by index, so that no nesting, however deep,
/// and no cycle costs more than its bytes. Texts point into the pickle's bytes.
struct PickleValue {
    using Index = std::uint32_t;
    enum class Kind : std::uint8_t {
        None,
        Bool,    ///< integer
        Int,     ///< integer
        Float,   ///< number
        Text,    ///< text
        Tuple,   ///< children
        List,    ///< children
        Dict,    ///< children: key, value, key, value, ...
        Global,  ///< integer: which of the known names
        Storage, ///< text: key of the bytes; type; integer: elements
        Tensor,  ///< children: storage, sizes (Tuple), strides (Tuple); integer: offset in elements
    };
    Kind kind = Kind::None;
    StoredType type = StoredType::F32;
    union {
        std::int64_t integer = 0;
        double number;
    };
    std::string_view text;
    std::vector<Index> children;
};

/// Runs pickles as PyTorch writes them, on a machine that has no instruction to import or call anything:
/// names of Python objects are looked up in a fixed list and stand for themselves, and "calling" one of them
/// builds a value here. Sources: CPython Lib/pickletools.py; torch/_utils.py (_rebuild_*);
/// torch/serialization.py (persistent ids).
class Pickle final
{
public:
    using Index = PickleValue::Index;

    /// Reads `bytes`, which must outlive the result. Throws Error(BadFile) naming the object or instruction
    /// that is not on the list, the place of damage, or the limit that is passed.
    /// `where` names the place of the pickle in messages.
    Pickle(const MappedFile &file, std::string_view bytes, const char *where = "data.pkl");
    /// The same for a pickle that other bytes may follow; see bytesUsed().
    static Pickle first(const MappedFile &file, std::string_view bytes, const char *where)
    {
        return {file, bytes, where, true};
    }

    std::size_t bytesUsed() const { return m_position; }
    std::size_t size() const { return m_values.size(); } ///< indices are below it

    const PickleValue &root() const { return m_values[m_root]; }
    Index rootIndex() const { return m_root; }
    const PickleValue &operator[](Index index) const { return m_values[index]; }

private:
    using Kind = PickleValue::Kind;

    Pickle(const MappedFile &file, std::string_view bytes, const char *where, bool isFirst);

    // Reading the bytes.
    std::string_view take(std::uint64_t count);
    std::string_view takeLine();
    template <typename Number>
    Number takeNumber();
    std::int64_t takeLong(std::uint64_t count);

    // The machine. Returns false at the end.
    bool runOne();
    bool runPlain(unsigned char code);
    bool runStack(unsigned char code);
    bool runMemo(unsigned char code);

    void push(Index index);
    Index top() const;
    Index pop();
    PickleValue &popRef() { return m_values[pop()]; }
    /// Everything above the last mark, and the mark.
    std::vector<Index> popMarked();
    PickleValue &pushNew(Kind kind);
    void pushNumber(std::int64_t value) { pushNew(Kind::Int).integer = value; }
    void pushText(std::string_view text);
    void pushTuple(std::vector<Index> items);
    void append(Kind kind, const std::vector<Index> &items);
    void countChildren(std::size_t more);
    void remember(std::uint64_t place);
    void recall(std::uint64_t place);

    // The built-in builders.
    void pushGlobal(std::string_view module, std::string_view name);
    void pushStorage();
    void reduce();
    void buildDict(const PickleValue &arguments);
    void buildTensor(const PickleValue &arguments);
    void expect(bool isRight, const char *what) const;
    [[noreturn]] void refuse(const std::string &what) const;

    const MappedFile &m_file;
    std::string_view m_bytes;
    const char *m_where;
    std::size_t m_position = 0;
    std::deque<PickleValue> m_values;
    std::vector<Index> m_stack;
    std::vector<std::size_t> m_marks;
    std::vector<Index> m_memo;
    std::size_t m_children = 0;
    Index m_root = 0;
};

} // namespace engine
