#include "engine/files/pickle.h"

#include "engine/files/little_endian.h"
#include "engine/files/printable.h"

#include <algorithm>
#include <bit>

namespace engine
{
namespace
{

// A model of 2000 tensors takes 40,000 values and 3 children a value; together these bound the memory to 64
// MB.
constexpr std::size_t kMostValues = 300'000;
constexpr std::size_t kMostChildren = 1'500'000;
constexpr std::size_t kDeepestStack = 500'000;
constexpr std::size_t kMostMarks = 100'000;
constexpr std::size_t kLargestMemo = 500'000;
constexpr std::size_t kLongestText = 64 << 10;
constexpr PickleValue::Index kUnset = ~PickleValue::Index{0};

// Instructions by their names in pickletools.
enum Code : unsigned char {
    Mark = '(',
    Stop = '.',
    BinFloat = 'G',
    BinInt = 'J',
    BinInt1 = 'K',
    BinInt2 = 'M',
    None = 'N',
    BinPersId = 'Q',
    Reduce = 'R',
    BinString = 'T',
    ShortBinString = 'U',
    BinUnicode = 'X',
    EmptyList = ']',
    Append = 'a',
    Build = 'b',
    Global = 'c',
    Appends = 'e',
    BinGet = 'h',
    LongBinGet = 'j',
    BinPut = 'q',
    LongBinPut = 'r',
    SetItem = 's',
    Tuple = 't',
    SetItems = 'u',
    EmptyDict = '}',
    EmptyTuple = ')',
    Proto = 0x80,
    Tuple1 = 0x85,
    Tuple2 = 0x86,
    Tuple3 = 0x87,
    NewTrue = 0x88,
    NewFalse = 0x89,
    Long1 = 0x8A,
    Long4 = 0x8B,
    ShortBinUnicode = 0x8C,
    BinUnicode8 = 0x8D,
    StackGlobal = 0x93,
    Memoize = 0x94,
    Frame = 0x95,
};

} // namespace

Pickle::Pickle(const MappedFile &file, std::string_view bytes, const char *where)
    : Pickle(file, bytes, where, false)
{
}

Pickle::Pickle(const MappedFile &file, std::string_view bytes, const char *where, bool isFirst)
    : m_file(file)
    , m_bytes(bytes)
    , m_where(where)
{
    while (runOne()) {
    }
    expect(m_stack.size() == 1 && m_marks.empty(), "one value at the end");
    expect(isFirst || m_position == m_bytes.size(), "nothing behind the end");
    m_root = m_stack.back();
}

bool Pickle::runOne()
{
    const auto code = static_cast<unsigned char>(take(1)[0]);
    if (code == Stop) return false;
    if (!runPlain(code) && !runStack(code) && !runMemo(code))
        refuse("the instruction " + std::to_string(code) + " is none that a file of tensors needs");
    return true;
}

/// Instructions that only push a value.
bool Pickle::runPlain(unsigned char code)
{
    switch (code) {
    case None:
        pushNew(Kind::None);
        return true;
    case NewTrue:
    case NewFalse:
        pushNew(Kind::Bool).integer = code == NewTrue;
        return true;
    case BinInt1:
        pushNumber(takeNumber<std::uint8_t>());
        return true;
    case BinInt2:
        pushNumber(takeNumber<std::uint16_t>());
        return true;
    case BinInt:
        pushNumber(static_cast<std::int32_t>(takeNumber<std::uint32_t>()));
        return true;
    case Long1:
        pushNumber(takeLong(takeNumber<std::uint8_t>()));
        return true;
    case Long4:
        pushNumber(takeLong(takeNumber<std::uint32_t>()));
        return true;
    case BinFloat: {
        const std::string_view digits = take(8); // highest byte first
        const std::string turned(digits.rbegin(), digits.rend());
        pushNew(Kind::Float).number = std::bit_cast<double>(littleEndian<std::uint64_t>(turned, 0));
        return true;
    }
    case ShortBinString:
    case ShortBinUnicode:
        pushText(take(takeNumber<std::uint8_t>()));
        return true;
    case BinString:
    case BinUnicode:
        pushText(take(takeNumber<std::uint32_t>()));
        return true;
    case BinUnicode8:
        pushText(take(takeNumber<std::uint64_t>()));
        return true;
    case EmptyTuple:
        pushNew(Kind::Tuple);
        return true;
    case EmptyList:
        pushNew(Kind::List);
        return true;
    case EmptyDict:
        pushNew(Kind::Dict);
        return true;
    default:
        return false;
    }
}

/// Instructions that take values from the stack.
bool Pickle::runStack(unsigned char code)
{
    switch (code) {
    case Mark:
        expect(m_marks.size() < kMostMarks, "fewer marks");
        m_marks.push_back(m_stack.size());
        return true;
    case Tuple:
        pushTuple(popMarked());
        return true;
    case Tuple1:
    case Tuple2:
    case Tuple3: {
        std::vector<Index> items(code - Tuple1 + 1U);
        for (std::size_t i = items.size(); i-- > 0;)
            items[i] = pop();
        pushTuple(std::move(items));
        return true;
    }
    case Append:
    case SetItem: {
        std::vector<Index> items(code == Append ? 1 : 2);
        for (std::size_t i = items.size(); i-- > 0;)
            items[i] = pop();
        append(code == Append ? Kind::List : Kind::Dict, items);
        return true;
    }
    case Appends:
    case SetItems:
        append(code == Appends ? Kind::List : Kind::Dict, popMarked());
        return true;
    case BinPersId:
        pushStorage();
        return true;
    case Reduce:
        reduce();
        return true;
    case Build: // attributes of an OrderedDict (`_metadata`): dropped
        pop();
        expect(m_values[top()].kind == Kind::Dict, "attributes of dictionaries only");
        return true;
    default:
        return false;
    }
}

/// Instructions that name something: globals, memo, protocol.
bool Pickle::runMemo(unsigned char code)
{
    switch (code) {
    case Proto: {
        const int version = takeNumber<std::uint8_t>();
        if (version < 2 || version > 4)
            refuse("expected pickle protocol 2 to 4, found " + std::to_string(version));
        return true;
    }
    case Frame:
        expect(takeNumber<std::uint64_t>() <= m_bytes.size() - m_position, "a frame within the file");
        return true;
    case Global: {
        const std::string_view module = takeLine();
        pushGlobal(module, takeLine());
        return true;
    }
    case StackGlobal: {
        const PickleValue &name = popRef();
        const PickleValue &module = popRef();
        expect(name.kind == Kind::Text && module.kind == Kind::Text, "the name of a Python object");
        pushGlobal(module.text, name.text);
        return true;
    }
    case BinPut:
        remember(takeNumber<std::uint8_t>());
        return true;
    case LongBinPut:
        remember(takeNumber<std::uint32_t>());
        return true;
    case Memoize:
        remember(m_memo.size());
        return true;
    case BinGet:
        recall(takeNumber<std::uint8_t>());
        return true;
    case LongBinGet:
        recall(takeNumber<std::uint32_t>());
        return true;
    default:
        return false;
    }
}

std::string_view Pickle::take(std::uint64_t count)
{
    if (count > m_bytes.size() - m_position)
        refuse("expected " + std::to_string(count) + " more bytes, found " +
               std::to_string(m_bytes.size() - m_position));
    const std::string_view taken = m_bytes.substr(m_position, count);
    m_position += count;
    return taken;
}

std::string_view Pickle::takeLine()
{
    const std::size_t end = m_bytes.find('\n', m_position);
    expect(end != std::string_view::npos, "a line end");
    const std::string_view line = take(end - m_position);
    take(1);
    return line;
}

template <typename Number>
Number Pickle::takeNumber()
{
    return littleEndian<Number>(take(sizeof(Number)), 0);
}

/// Two's complement of any length, lowest byte first.
std::int64_t Pickle::takeLong(std::uint64_t count)
{
    const std::string_view digits = take(count);
    expect(count <= 8, "an integer of at most 64 bits");
    if (digits.empty()) return 0;
    const bool isNegative = static_cast<signed char>(digits.back()) < 0;
    std::uint64_t value = isNegative ? ~std::uint64_t{0} : 0;
    for (std::size_t i = digits.size(); i-- > 0;)
        value = value << 8 | static_cast<unsigned char>(digits[i]);
    return static_cast<std::int64_t>(value);
}

void Pickle::push(Index index)
{
    expect(m_stack.size() < kDeepestStack, "fewer values on the stack");
    m_stack.push_back(index);
}

Pickle::Index Pickle::top() const
{
    expect(m_stack.size() > (m_marks.empty() ? 0 : m_marks.back()), "a value on the stack");
    return m_stack.back();
}

Pickle::Index Pickle::pop()
{
    const Index index = top();
    m_stack.pop_back();
    return index;
}

std::vector<Pickle::Index> Pickle::popMarked()
{
    expect(!m_marks.empty(), "a mark on the stack");
    const auto begin = m_stack.begin() + static_cast<std::ptrdiff_t>(m_marks.back());
    m_marks.pop_back();
    std::vector<Index> items(begin, m_stack.end());
    m_stack.erase(begin, m_stack.end());
    return items;
}

void Pickle::countChildren(std::size_t more)
{
    m_children += more;
    expect(m_children <= kMostChildren, "fewer values");
}

PickleValue &Pickle::pushNew(Kind kind)
{
    expect(m_values.size() < kMostValues, "fewer values");
    push(static_cast<Index>(m_values.size()));
    PickleValue &value = m_values.emplace_back();
    value.kind = kind;
    return value;
}

void Pickle::pushText(std::string_view text)
{
    expect(text.size() <= kLongestText, "a shorter text");
    pushNew(Kind::Text).text = text;
}

void Pickle::pushTuple(std::vector<Index> items)
{
    countChildren(items.size());
    pushNew(Kind::Tuple).children = std::move(items);
}

/// Adds to the container on top of the stack.
void Pickle::append(Kind kind, const std::vector<Index> &items)
{
    PickleValue &container = m_values[top()];
    expect(container.kind == kind, kind == Kind::List ? "a list to add to" : "a dictionary to add to");
    expect(kind == Kind::List || items.size() % 2 == 0, "keys and values in pairs");
    countChildren(items.size());
    container.children.insert(container.children.end(), items.begin(), items.end());
}

void Pickle::remember(std::uint64_t place)
{
    if (place >= kLargestMemo)
        refuse("expected a memo place below " + std::to_string(kLargestMemo) + ", found " +
               std::to_string(place));
    if (place >= m_memo.size()) m_memo.resize(place + 1, kUnset);
    m_memo[place] = top();
}

void Pickle::recall(std::uint64_t place)
{
    if (place >= m_memo.size() || m_memo[place] == kUnset)
        refuse("nothing was remembered at memo place " + std::to_string(place));
    push(m_memo[place]);
}

void Pickle::expect(bool isRight, const char *what) const
{
    if (!isRight) refuse(std::string("expected ") + what);
}

void Pickle::refuse(const std::string &what) const
{
    m_file.refuse(std::string(m_where) + ", byte " + std::to_string(m_position) + ": " + what);
}

} // namespace engine
