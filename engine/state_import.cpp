#include "engine/state_import.h"

#include "engine/error.h"
#include "engine/files/printable.h"
#include "engine/read_floats.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <set>

namespace engine
{
namespace
{

using Shape = std::vector<std::int64_t>;

/// Parts of a layer in the order of ChatRWKV's lists.
constexpr std::array kListed = {"att.shift_state", "att.time_state", "ffn.shift_state"};
constexpr std::array kListed4 = {"att.shift_state", "att.aa_state", "att.bb_state", "att.pp_state",
                                 "ffn.shift_state"};

struct KnownName {
    const char *name, *part;
};
/// How tuned states call their tensors behind "blocks.N.".
constexpr KnownName kNames[] = {
    {"att.time_state", "att.time_state"},      {"att.time_offset", "att.time_offset"},
    {"att.ts_state", "att.shift_state"},       {"ffn.ts_state", "ffn.shift_state"},
    {"att.shift_state", "att.shift_state"},    {"ffn.shift_state", "ffn.shift_state"},
    {"att.time_offset_y", "att.time_offset_y"}};

constexpr std::int64_t kMostLayers = 1024;

std::string blockName(int layer, const std::string &part)
{
    return "blocks." + std::to_string(layer) + '.' + part;
}

std::string textOf(const Shape &shape)
{
    TensorEntry entry;
    entry.shape = shape;
    return entry.shapeText();
}

std::int64_t elementsOf(const Shape &shape)
{
    TensorEntry entry;
    entry.shape = shape;
    return entry.elements();
}

/// Without leading dimensions of size 1, as long as more than `rank` are left.
Shape trimmed(Shape shape, std::size_t rank)
{
    while (shape.size() > rank && shape.front() == 1)
        shape.erase(shape.begin());
    return shape;
}

bool isMatrix(const Shape &shape)
{
    return shape.size() == 3 && shape[0] > 0 && shape[1] > 0 && shape[1] == shape[2];
}

bool isVector(const Shape &shape) { return shape.size() == 1 && shape[0] > 0; }

/// The whole number that begins `text`, which then goes on behind it; -1 if there is none.
int takeNumber(std::string_view &text)
{
    int number = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || number < 0) return -1;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

std::string layersText(std::size_t layers, const Shape &shape)
{
    return std::to_string(layers) + (layers == 1 ? " layer of " : " layers of ") + textOf(shape);
}

} // namespace

ImportedState::ImportedState(const TensorFile &file)
    : m_file(file)
{
    m_info.path = file.path();
    m_info.container = file.container();
    if (!findNamed() && !findList())
        throw Error(ErrorCode::BadState,
                    printable(file.path()) +
                        " cannot be opened as a state: expected tensors like blocks.0.att.time_state "
                        "[heads, size, size], or a list of shifts and matrices, found " +
                        (file.tensors().empty() ? std::string("none")
                                                : printable(file.tensors().front().name) + ' ' +
                                                      file.tensors().front().shapeText()) +
                        ".");
    describe();
}

void ImportedState::add(int layer, const std::string &part, const TensorEntry &entry, Shape shape,
                        std::size_t first)
{
    m_pieces.push_back({blockName(layer, part), &entry, first, std::move(shape)});
}

/// Tuned states: every layer's tensors have names. A model file may hold them too; its weights are ignored.
bool ImportedState::findNamed()
{
    bool hasMatrix = false;
    for (const TensorEntry &entry : m_file.tensors()) {
        const std::size_t begin = entry.name.find("blocks.");
        if (begin == std::string::npos) continue;
        std::string_view rest = std::string_view(entry.name).substr(begin + 7);
        const int layer = takeNumber(rest);
        if (layer < 0 || !rest.starts_with('.')) continue;
        rest.remove_prefix(1);
        const auto *known = std::ranges::find_if(kNames, [&](const KnownName &k) { return rest == k.name; });
        if (known == std::end(kNames)) continue;
        const bool isTimeState = std::string_view(known->part) == "att.time_state";
        Shape shape = isTimeState ? trimmed(entry.shape, 3) : entry.squeezed();
        if (isTimeState ? !isMatrix(shape) : !isVector(shape))
            throw Error(ErrorCode::BadState, printable(entry.name) + ": expected " +
                                                 (isTimeState ? "[heads, size, size]" : "one dimension") +
                                                 ", found " + entry.shapeText() + ".");
        hasMatrix = hasMatrix || isTimeState;
        add(layer, known->part, entry, std::move(shape));
    }
    if (!hasMatrix) {
        m_pieces.clear();
        return false;
    }
    m_info.kind = StateKind::Tuned;
    const bool isConverted = m_info.container == std::string_view("safetensors") &&
                             m_pieces.front().entry->type == StoredType::F16;
    m_info.layout = isConverted ? "web-rwkv" : "BlinkDL";
    m_info.orientation = isConverted ? StateOrientation::KeyValue : StateOrientation::ValueKey;
    return true;
}

/// Snapshots: a Python list, whose tensors the reader names "0", "1", ... behind the keys that lead to it.
bool ImportedState::findList()
{
    std::vector<const TensorEntry *> list;
    for (const TensorEntry &entry : m_file.tensors()) {
        std::string_view name = entry.name;
        const std::size_t dot = name.rfind('.');
        if (dot != std::string_view::npos) name.remove_prefix(dot + 1);
        if (takeNumber(name) != static_cast<int>(list.size()) || !name.empty()) return false;
        list.push_back(&entry);
    }
    if (list.empty()) return false;
    m_info.kind = StateKind::Snapshot;
    return findStacked(list) || findLayered(list);
}

/// rwkv_lightning: all layers of a kind in one tensor.
bool ImportedState::findStacked(const std::vector<const TensorEntry *> &list)
{
    if (list.size() != 2 && list.size() != 3) return false;
    Shape shifts = list[0]->shape, matrices = list[1]->shape;
    if (shifts.size() == 4 && shifts[2] == 1) shifts.erase(shifts.begin() + 2);
    if (matrices.size() == 5 && matrices[1] == 1) matrices.erase(matrices.begin() + 1);
    if (shifts.size() != 3 || shifts[0] > kMostLayers || shifts[1] != 2 || shifts[2] <= 0 ||
        matrices.size() != 4 || matrices[0] != shifts[0] ||
        !isMatrix({matrices[1], matrices[2], matrices[3]}))
        return false;
    const auto width = static_cast<std::size_t>(shifts[2]);
    const Shape matrix = {matrices[1], matrices[2], matrices[3]};
    for (int i = 0; i < static_cast<int>(shifts[0]); ++i) {
        const auto layer = static_cast<std::size_t>(i);
        add(i, "att.shift_state", *list[0], {shifts[2]}, 2 * layer * width);
        add(i, "ffn.shift_state", *list[0], {shifts[2]}, (2 * layer + 1) * width);
        add(i, "att.time_state", *list[1], matrix, layer * static_cast<std::size_t>(elementsOf(matrix)));
    }
    m_info.layout = "rwkv_lightning";
    m_info.orientation = StateOrientation::ValueKey;
    return true;
}

/// ChatRWKV: three tensors a layer, five for RWKV-4.
bool ImportedState::findLayered(const std::vector<const TensorEntry *> &list)
{
    const auto isThree = [&](std::size_t i) {
        return i % 3 == 1 ? isMatrix(trimmed(list[i]->shape, 3)) : isVector(trimmed(list[i]->shape, 1));
    };
    const auto isOne = [&](std::size_t i) { return isVector(trimmed(list[i]->shape, 1)); };
    const auto all = [&](const auto &fits) {
        for (std::size_t i = 0; i < list.size(); ++i)
            if (!fits(i)) return false;
        return true;
    };
    const std::size_t perLayer = list.size() % 3 == 0 && all(isThree) ? 3 : 5;
    if (perLayer == 5 && (list.size() % 5 != 0 || !all(isOne))) return false;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::size_t k = i % perLayer;
        const bool matrix = perLayer == 3 && k == 1;
        add(static_cast<int>(i / perLayer), perLayer == 3 ? kListed[k] : kListed4[k], *list[i],
            trimmed(list[i]->shape, matrix ? 3 : 1));
    }
    m_info.layout = "ChatRWKV list";
    m_info.orientation = StateOrientation::Auto;
    return true;
}

void ImportedState::describe()
{
    m_info.family = "rwkv4";
    std::set<std::string> layers;
    for (const Piece &piece : m_pieces) {
        layers.insert(piece.part.substr(0, piece.part.find('.', 7)));
        m_info.hasShifts = m_info.hasShifts || piece.part.ends_with("shift_state");
        m_info.hasOffsets = m_info.hasOffsets || piece.part.find(kOffsetPart) != std::string::npos;
        if (!piece.part.ends_with(kMatrixPart)) continue;
        m_info.family = "rwkv5 to rwkv7";
        m_info.heads = static_cast<int>(piece.shape[0]);
        m_info.headSize = static_cast<int>(piece.shape[1]);
        m_info.dtype = nameOf(piece.entry->type);
    }
    m_info.layers = static_cast<int>(layers.size());
    if (m_info.dtype.empty()) m_info.dtype = nameOf(m_pieces.front().entry->type);
}

const ImportedState::Piece *ImportedState::find(const std::string &part) const
{
    const auto found = std::ranges::find(m_pieces, part, &Piece::part);
    return found == m_pieces.end() ? nullptr : &*found;
}

std::string ImportedState::misfit(const StateSpec &spec, const std::string &model) const
{
    const auto isMatrixPart = [](const auto &name) { return name.ends_with(kMatrixPart); };
    const Piece *mine = nullptr;
    const StateSpec::Part *wanted = nullptr;
    std::size_t mineCount = 0, wantedCount = 0;
    for (const Piece &piece : m_pieces)
        if (isMatrixPart(piece.part) && ++mineCount) mine = mine ? mine : &piece;
    for (const StateSpec::Part &part : spec.parts)
        if (isMatrixPart(part.name) && ++wantedCount) wanted = wanted ? wanted : &part;
    if (mine && !wanted)
        return "it holds matrices of " + textOf(mine->shape) + ", the model '" + model +
               "' has none in its state";
    if (mine && wanted && (mineCount != wantedCount || mine->shape != wanted->shape))
        return "it holds " + layersText(mineCount, mine->shape) + ", the model '" + model + "' has " +
               layersText(wantedCount, wanted->shape);
    for (const Piece &piece : m_pieces) {
        const auto part = std::ranges::find(spec.parts, piece.part, &StateSpec::Part::name);
        if (part == spec.parts.end()) {
            if (piece.part.find(kOffsetPart) == std::string::npos)
                return "it holds " + piece.part + ", which the model '" + model + "' does not have";
            const std::vector<float> numbers = values(piece);
            if (std::ranges::any_of(numbers, [](float x) { return x != 0; }))
                return "it was tuned with " + piece.part + ", which cannot be used with '" + model + "'";
        } else if (part->shape != piece.shape) {
            return piece.part + ": expected " + textOf(part->shape) + ", found " + textOf(piece.shape);
        }
    }
    for (const StateSpec::Part &part : spec.parts)
        if ((isMatrixPart(part.name) || m_info.family == "rwkv4") && !find(part.name))
            return part.name + " " + textOf(part.shape) + " is missing";
    return {};
}

std::vector<float> ImportedState::slot(const StateSpec &spec, const std::string &model,
                                       StateOrientation orientation) const
{
    const std::string problem = misfit(spec, model);
    if (!problem.empty())
        throw Error(ErrorCode::BadState,
                    printable(m_file.path()) + " cannot be opened as a state: " + problem + ".");
    if (orientation == StateOrientation::Auto) orientation = m_info.orientation;
    const bool keysFirst =
        orientation == StateOrientation::Auto ? spec.keysFirst : orientation == StateOrientation::KeyValue;
    std::vector<float> slot(spec.floatsPerSlot, 0.0F);
    for (const StateSpec::Part &part : spec.parts) {
        const Piece *piece = find(part.name);
        if (!piece || part.isPerToken) continue; // keys and values are in our own files only
        const std::vector<float> numbers = values(*piece);
        float *to = slot.data() + part.offset;
        if (!part.name.ends_with(kMatrixPart) || keysFirst == spec.keysFirst) {
            std::ranges::copy(numbers, to);
            continue;
        }
        const auto size = static_cast<std::size_t>(part.shape[1]);
        for (std::size_t i = 0; i < numbers.size(); ++i)
            to[i] = numbers[i / (size * size) * size * size + i % size * size + i / size % size];
    }
    return slot;
}

std::vector<float> ImportedState::values(const Piece &piece) const
{
    std::vector<float> numbers(static_cast<std::size_t>(elementsOf(piece.shape)));
    try {
        readFloats(m_file, *piece.entry, piece.first, numbers);
    } catch (const Error &error) {
        throw Error(ErrorCode::BadState, error.message());
    }
    if (!std::ranges::all_of(numbers, [](float x) { return std::isfinite(x); }))
        throw Error(ErrorCode::BadState,
                    printable(piece.entry->name) + ": expected finite numbers, found NaN or infinity.");
    return numbers;
}

bool holdsState(const TensorFile &model)
{
    return std::ranges::any_of(model.tensors(),
                               [](const TensorEntry &t) { return t.name.ends_with(kMatrixPart); });
}

namespace
{

/// What is wrong with the state in a model file is wrong with the model.
template <typename Action>
auto asModel(const Action &action)
{
    try {
        return action();
    } catch (const Error &error) {
        throw Error(ErrorCode::BadModel, error.message(), error.detail());
    }
}

} // namespace

void requireStateFits(const TensorFile &model, const StateSpec &spec)
{
    asModel([&] {
        const std::string problem = ImportedState(model).misfit(spec, printable(model.path()));
        if (!problem.empty())
            throw Error(ErrorCode::BadModel, "The tuned state among the model's tensors: " + problem + ".");
    });
}

std::vector<float> stateInModel(const TensorFile &model, const StateSpec &spec)
{
    requireStateFits(model, spec);
    return asModel([&] { return ImportedState(model).slot(spec, model.path(), StateOrientation::ValueKey); });
}

} // namespace engine
