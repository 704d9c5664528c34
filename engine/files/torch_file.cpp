// What both forms of torch.save share: from a pickle's description to tensors.
// Source: torch/_utils.py (_rebuild_tensor_v2).

#include "engine/files/torch_file.h"

#include "engine/files/printable.h"

#include <algorithm>
#include <cstring>

namespace engine
{
namespace
{

using Kind = PickleValue::Kind;

constexpr std::size_t kDeepestNesting = 16;
constexpr std::size_t kLongestName = 512;
constexpr std::string_view kWrappers[] = {"state_dict", "model", "module"};

/// A tensor whose elements do not lie one behind the other in the file.
struct StridedView {
    std::size_t tensor = 0;             ///< in m_tensors
    std::uint64_t firstByte = 0;        ///< in the file
    std::uint64_t spannedBytes = 0;     ///< from its first to its last element
    std::vector<std::uint64_t> strides; ///< in elements
};

class TorchFile final : public MappedTensorFile
{
public:
    TorchFile(std::unique_ptr<const MappedFile> file, const Pickle &pickle, const FindStorage &find);

private:
    PickleValue::Index findTensors(const Pickle &pickle) const;
    void flatten(const FindStorage &find, const Pickle &pickle, PickleValue::Index top);
    void addTensor(const FindStorage &find, const Pickle &pickle, const PickleValue &value,
                   const std::string &name);
    void materialise(const StridedView &view);

    std::vector<StridedView> m_views;
    std::vector<std::vector<std::byte>> m_owned;
};

TorchFile::TorchFile(std::unique_ptr<const MappedFile> file, const Pickle &pickle, const FindStorage &find)
    : MappedTensorFile(std::move(file), "pth")
{
    flatten(find, pickle, findTensors(pickle));
    if (m_tensors.empty()) m_file->refuse("there is no tensor in this file", ErrorCode::UnsupportedModel);
    if (const auto twice = indexNames())
        m_file->refuse("the tensor " + printable(*twice) + " is given twice");

    // Copies take memory and time: as much as the file itself is fair, more is an attack.
    std::uint64_t budget = m_fileBytes;
    for (const StridedView &view : m_views) {
        if (view.spannedBytes > budget)
            m_file->refuse("its strided tensors take more memory than the file itself");
        budget -= view.spannedBytes;
    }
    for (const StridedView &view : m_views)
        materialise(view);
    m_views.clear();
}

/// The dictionary (or list) of tensors: the root, or in training checkpoints one of its values.
PickleValue::Index TorchFile::findTensors(const Pickle &pickle) const
{
    PickleValue::Index top = pickle.rootIndex();
    for (std::size_t level = 0; level <= std::size(kWrappers); ++level) {
        const PickleValue &dict = pickle[top];
        if (level == 0 && dict.kind == Kind::List) return top; // a snapshot of a state
        if (dict.kind != Kind::Dict)
            m_file->refuse("expected a dictionary of tensors, found another Python value",
                           ErrorCode::UnsupportedModel);
        PickleValue::Index next = top;
        for (std::size_t i = 0; i < dict.children.size(); i += 2) {
            const PickleValue &key = pickle[dict.children[i]];
            const PickleValue &value = pickle[dict.children[i + 1]];
            if (value.kind == Kind::Tensor) return top;
            if (key.kind != Kind::Text) continue;
            if (key.text == "_strategy")
                m_file->refuse("this model was converted by ChatRWKV for one strategy; use the original .pth",
                               ErrorCode::UnsupportedModel);
            if (value.kind == Kind::Dict && std::ranges::find(kWrappers, key.text) != std::end(kWrappers))
                next = dict.children[i + 1];
        }
        if (next == top) return top;
        top = next;
    }
    return top;
}

/// Names every tensor by the keys that lead to it, joined by dots. What is no tensor is left out.
void TorchFile::flatten(const FindStorage &find, const Pickle &pickle, PickleValue::Index top)
{
    struct Level {
        PickleValue::Index container;
        std::size_t next;       ///< child
        std::size_t nameLength; ///< of the name so far
    };
    std::vector<bool> isVisited(top + 1);
    std::vector<Level> levels = {{top, 0, 0}};
    std::string name;
    while (!levels.empty()) {
        Level &level = levels.back();
        const PickleValue &container = pickle[level.container];
        const bool isDict = container.kind == Kind::Dict;
        name.resize(level.nameLength);
        if (level.next >= container.children.size()) {
            levels.pop_back();
            continue;
        }
        const std::size_t position = level.next;
        level.next += isDict ? 2 : 1;
        const PickleValue::Index child = container.children[position + (isDict ? 1 : 0)];
        const PickleValue &value = pickle[child];
        const PickleValue *key = isDict ? &pickle[container.children[position]] : nullptr;
        if (key && key->kind != Kind::Text && key->kind != Kind::Int) continue;
        if (!name.empty()) name += '.';
        name += !key                      ? std::to_string(position)
                : key->kind == Kind::Text ? std::string(key->text)
                                          : std::to_string(key->integer);
        if (name.size() > kLongestName)
            m_file->refuse("expected names of at most " + std::to_string(kLongestName) + " bytes, found " +
                           printable(name));
        if (value.kind == Kind::Tensor) {
            addTensor(find, pickle, value, name);
        } else if (value.kind == Kind::Dict || value.kind == Kind::List || value.kind == Kind::Tuple) {
            if (child >= isVisited.size()) isVisited.resize(child + 1);
            if (isVisited[child] || child == top) continue; // shared, or a cycle
            if (levels.size() >= kDeepestNesting)
                m_file->refuse("expected at most " + std::to_string(kDeepestNesting) +
                               " dictionaries in each other");
            isVisited[child] = true;
            levels.push_back({child, 0, name.size()});
        }
    }
}

std::vector<std::int64_t> integersOf(const Pickle &pickle, PickleValue::Index tuple)
{
    std::vector<std::int64_t> result;
    for (const PickleValue::Index i : pickle[tuple].children)
        result.push_back(pickle[i].integer);
    return result;
}

bool isContiguous(const std::vector<std::int64_t> &shape, const std::vector<std::int64_t> &strides)
{
    std::int64_t expected = 1;
    for (std::size_t i = shape.size(); i-- > 0;) {
        if (shape[i] != 1 && strides[i] != expected) return false;
        expected *= shape[i];
    }
    return true;
}

/// Index of the last element relative to the first; nothing if a stride is negative or the number is too
/// large.
std::optional<std::uint64_t> reachOf(const std::vector<std::int64_t> &shape,
                                     const std::vector<std::int64_t> &strides)
{
    std::uint64_t reach = 0;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        std::uint64_t step = 0;
        if (strides[i] < 0 ||
            __builtin_mul_overflow(static_cast<std::uint64_t>(shape[i] - 1),
                                   static_cast<std::uint64_t>(strides[i]), &step) ||
            __builtin_add_overflow(reach, step, &reach))
            return std::nullopt;
    }
    return reach;
}

void TorchFile::addTensor(const FindStorage &find, const Pickle &pickle, const PickleValue &value,
                          const std::string &name)
{
    const std::string shown = "tensor " + printable(name);
    if (m_tensors.size() >= kMostTensors)
        m_file->refuse("expected at most " + std::to_string(kMostTensors) + " tensors");
    if (!isUtf8(name)) m_file->refuse(shown + ": expected a name in UTF-8");
    const PickleValue &storage = pickle[value.children[0]];
    TensorEntry tensor;
    tensor.name = name;
    tensor.type = storage.type;
    tensor.shape = integersOf(pickle, value.children[1]);
    const std::vector<std::int64_t> strides = integersOf(pickle, value.children[2]);
    if (tensor.shape.size() > kMostDimensions)
        m_file->refuse(shown + ": expected at most " + std::to_string(kMostDimensions) +
                       " dimensions, found " + std::to_string(tensor.shape.size()));

    const std::string key(storage.text);
    const std::optional<StorageSpan> span = find(key);
    if (!span) m_file->refuse(shown + ": its bytes " + printable(key) + " are missing");
    const std::uint64_t width = bytesOf(storage.type);
    if (storage.integer < 0 || static_cast<std::uint64_t>(storage.integer) > span->bytes / width)
        m_file->refuse(shown + ": expected " + std::to_string(storage.integer) + " elements in " +
                       printable(key) + ", found " + std::to_string(span->bytes / width));
    const auto available = static_cast<std::uint64_t>(storage.integer);
    const auto offset = static_cast<std::uint64_t>(value.integer);
    const auto elements = elementsOf(tensor.shape);
    if (!elements || *elements > available || value.integer < 0 || offset > available)
        m_file->refuse(shown + ": " + tensor.shapeText() + " from element " + std::to_string(value.integer) +
                       " does not fit into a storage of " + std::to_string(available));
    const std::byte *begin = m_file->bytes().data() + span->begin;
    tensor.bytes = *elements * width;
    tensor.data = begin + offset * width;
    if (*elements > 0) {
        const auto reach = reachOf(tensor.shape, strides);
        if (!reach || offset == available || *reach > available - offset - 1)
            m_file->refuse(shown + ": its strides lead out of its storage of " + std::to_string(available) +
                           " elements");
        if (!isContiguous(tensor.shape, strides))
            m_views.push_back({m_tensors.size(),
                               span->begin + offset * width,
                               (*reach + 1) * width,
                               {strides.begin(), strides.end()}});
    }
    m_tensors.push_back(std::move(tensor));
}

/// Copies a strided view into memory of our own, row-major.
void TorchFile::materialise(const StridedView &view)
{
    TensorEntry &tensor = m_tensors[view.tensor];
    const std::size_t width = bytesOf(tensor.type);
    std::vector<std::byte> span(view.spannedBytes);
    m_file->copyOut(view.firstByte, span);

    std::vector<std::byte> &out = m_owned.emplace_back(tensor.bytes);
    const std::size_t dimensions = tensor.shape.size();
    std::vector<std::int64_t> index(dimensions);
    std::uint64_t element = 0; // the one at `index`
    for (std::size_t written = 0; written < out.size(); written += width) {
        std::memcpy(out.data() + written, span.data() + element * width, width);
        for (std::size_t i = dimensions; i-- > 0;) {
            element += view.strides[i];
            if (++index[i] < tensor.shape[i]) break;
            element -= view.strides[i] * static_cast<std::uint64_t>(tensor.shape[i]);
            index[i] = 0;
        }
    }
    tensor.data = out.data();
}

} // namespace

std::unique_ptr<TensorFile> openTorchTensors(std::unique_ptr<const MappedFile> file, const Pickle &pickle,
                                             const FindStorage &find)
{
    return std::make_unique<TorchFile>(std::move(file), pickle, find);
}

} // namespace engine
