// The Python objects that a file may name, and what stands for calling them.

#include "engine/files/pickle.h"
#include "engine/files/printable.h"

#include <algorithm>

namespace engine
{
namespace
{

enum class Builder : std::uint8_t { Dict, Tensor, Parameter, Size, Storage };

struct KnownGlobal {
    std::string_view module, name;
    Builder builder;
    StoredType type = StoredType::F32;
};

/// The only Python objects that a file may name.
constexpr KnownGlobal kGlobals[] = {
    {"collections", "OrderedDict", Builder::Dict},
    {"torch._utils", "_rebuild_tensor_v2", Builder::Tensor},
    {"torch._utils", "_rebuild_tensor", Builder::Tensor},
    {"torch._utils", "_rebuild_parameter", Builder::Parameter},
    {"torch", "Size", Builder::Size},
    {"torch", "DoubleStorage", Builder::Storage, StoredType::F64},
    {"torch", "FloatStorage", Builder::Storage, StoredType::F32},
    {"torch", "HalfStorage", Builder::Storage, StoredType::F16},
    {"torch", "BFloat16Storage", Builder::Storage, StoredType::BF16},
    {"torch", "LongStorage", Builder::Storage, StoredType::I64},
    {"torch", "IntStorage", Builder::Storage, StoredType::I32},
    {"torch", "ShortStorage", Builder::Storage, StoredType::I16},
    {"torch", "CharStorage", Builder::Storage, StoredType::I8},
    {"torch", "ByteStorage", Builder::Storage, StoredType::U8},
    {"torch", "BoolStorage", Builder::Storage, StoredType::Bool},
};

} // namespace

void Pickle::pushGlobal(std::string_view module, std::string_view name)
{
    const auto fits = [&](const KnownGlobal &global) {
        return global.module == module && global.name == name;
    };
    const auto *found = std::ranges::find_if(kGlobals, fits);
    if (found == std::end(kGlobals))
        refuse("it wants the Python object " + printable(std::string(module) + '.' + std::string(name)) +
               ", which no file of tensors needs; nothing was executed");
    pushNew(Kind::Global).integer = found - kGlobals;
}

/// ('storage', type, key, location, elements) becomes a Storage; the old form has a sixth field, which is
/// None unless the storage is a part of another.
void Pickle::pushStorage()
{
    const PickleValue &id = popRef();
    const auto is = [&](std::size_t i, Kind kind) { return m_values[id.children[i]].kind == kind; };
    expect(id.kind == Kind::Tuple &&
               (id.children.size() == 5 || (id.children.size() == 6 && is(5, Kind::None))) &&
               is(0, Kind::Text) && is(1, Kind::Global) && is(2, Kind::Text) && is(4, Kind::Int) &&
               m_values[id.children[0]].text == "storage",
           "a storage of five fields");
    const KnownGlobal &global = kGlobals[m_values[id.children[1]].integer];
    expect(global.builder == Builder::Storage, "the type of a storage");
    const std::string_view key = m_values[id.children[2]].text;
    const std::int64_t elements = m_values[id.children[4]].integer;
    PickleValue &storage = pushNew(Kind::Storage);
    storage.type = global.type;
    storage.text = key;
    storage.integer = elements;
}

void Pickle::reduce()
{
    const PickleValue &arguments = popRef();
    const PickleValue &callee = popRef();
    expect(arguments.kind == Kind::Tuple && callee.kind == Kind::Global,
           "a known Python object and its arguments");
    switch (kGlobals[callee.integer].builder) {
    case Builder::Dict:
        buildDict(arguments);
        return;
    case Builder::Tensor:
        buildTensor(arguments);
        return;
    case Builder::Parameter: // (data, requires_grad, hooks)
        expect(!arguments.children.empty() && m_values[arguments.children[0]].kind == Kind::Tensor,
               "a parameter that is a tensor");
        push(arguments.children[0]);
        return;
    case Builder::Size: // (tuple,)
        expect(arguments.children.size() == 1 && m_values[arguments.children[0]].kind == Kind::Tuple,
               "a torch.Size");
        push(arguments.children[0]);
        return;
    case Builder::Storage:
        refuse("a storage cannot be built like a dictionary or a tensor");
    }
}

/// OrderedDict() or OrderedDict([(key, value), ...]).
void Pickle::buildDict(const PickleValue &arguments)
{
    std::vector<Index> items;
    expect(arguments.children.size() <= 1, "a dictionary built from one list");
    if (!arguments.children.empty()) {
        const PickleValue &pairs = m_values[arguments.children[0]];
        expect(pairs.kind == Kind::List, "a dictionary built from a list");
        for (const Index i : pairs.children) {
            const PickleValue &pair = m_values[i];
            expect((pair.kind == Kind::Tuple || pair.kind == Kind::List) && pair.children.size() == 2,
                   "a dictionary built from pairs");
            items.insert(items.end(), pair.children.begin(), pair.children.end());
        }
    }
    countChildren(items.size());
    pushNew(Kind::Dict).children = std::move(items);
}

/// (storage, offset, sizes, strides[, requires_grad, hooks[, metadata]]).
void Pickle::buildTensor(const PickleValue &arguments)
{
    const std::vector<Index> &fields = arguments.children;
    const auto is = [&](std::size_t i, Kind kind) { return m_values[fields[i]].kind == kind; };
    expect(fields.size() >= 4 && fields.size() <= 7 && is(0, Kind::Storage) && is(1, Kind::Int) &&
               is(2, Kind::Tuple) && is(3, Kind::Tuple),
           "a tensor with storage, offset, sizes and strides");
    const std::vector<Index> &sizes = m_values[fields[2]].children;
    const std::vector<Index> &strides = m_values[fields[3]].children;
    const auto isInt = [this](Index i) { return m_values[i].kind == Kind::Int; };
    expect(sizes.size() == strides.size() && std::ranges::all_of(sizes, isInt) &&
               std::ranges::all_of(strides, isInt),
           "as many strides as sizes, all integers");
    const std::int64_t offset = m_values[fields[1]].integer;
    std::vector<Index> children = {fields[0], fields[2], fields[3]};
    PickleValue &tensor = pushNew(Kind::Tensor);
    tensor.integer = offset;
    tensor.children = std::move(children);
}

} // namespace engine
