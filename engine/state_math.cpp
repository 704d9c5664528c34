#include "engine/state_math.h"

#include "engine/atomic_file.h"
#include "engine/error.h"
#include "engine/files/printable.h"
#include "engine/small_pth.h"
#include "engine/state_export.h"
#include "engine/state_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <span>
#include <tuple>
#include <utility>

namespace engine
{
namespace
{

constexpr float kLargestWeight = 1000;

[[noreturn]] void refuse(const std::string &message) { throw Error(ErrorCode::BadRequest, message); }

std::string text(float value)
{
    char buffer[32];
    return {buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr};
}

std::string textOf(const std::vector<std::int64_t> &shape)
{
    TensorEntry entry;
    entry.shape = shape;
    return entry.shapeText();
}

bool isShift(const std::string &name) { return name.ends_with("shift_state"); }

int layerOf(const std::string &name)
{
    int layer = 0;
    const char *digits = name.data() + std::min<std::size_t>(name.size(), 7); // behind "blocks."
    std::from_chars(digits, name.data() + name.size(), layer);
    return layer;
}

/// [H, a, b] becomes [H, b, a].
std::vector<float> turned(const std::vector<float> &matrices, std::size_t size)
{
    std::vector<float> out(matrices.size());
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = matrices[i / (size * size) * size * size + i % size * size + i / size % size];
    return out;
}

bool isAllZero(const std::vector<float> &values)
{
    return std::ranges::all_of(values, [](float x) { return x == 0; });
}

std::string summary(const StateArrays &state)
{
    const auto matrix = std::ranges::find_if(state.parts(), &StateArrays::Part::isMatrix);
    const bool hasShifts =
        std::ranges::any_of(state.parts(), [](const auto &part) { return isShift(part.name); });
    return std::to_string(state.layers()) + " layers of " + textOf(matrix->shape) +
           (hasShifts ? " with token shifts" : "");
}

/// All must have the parts of the first.
void requireSameShape(const std::vector<std::unique_ptr<StateArrays>> &states)
{
    const auto shapeOf = [](const StateArrays::Part &part) { return std::tie(part.name, part.shape); };
    for (const auto &state : states) {
        const auto &wanted = states.front()->parts(), &found = state->parts();
        const bool isSame = std::ranges::equal(
            wanted, found, [&](const auto &a, const auto &b) { return shapeOf(a) == shapeOf(b); });
        if (isSame) continue;
        std::string detail;
        for (std::size_t i = 0; i < std::max(wanted.size(), found.size()) && detail.empty(); ++i)
            if (i >= wanted.size() || i >= found.size() || shapeOf(wanted[i]) != shapeOf(found[i]))
                detail =
                    i < found.size() ? found[i].name + ' ' + textOf(found[i].shape) : "no " + wanted[i].name;
        throw Error(ErrorCode::BadState, "states: expected the shape of " + states.front()->name() + " (" +
                                             summary(*states.front()) + "), found " + state->name() + " (" +
                                             summary(*state) + "), which has " + detail);
    }
}

/// Frobenius norms of the heads of a part, added to those of its layer.
void addNorms(const StateArrays::Part &part, std::span<const float> values, int heads, StateFigures &figures)
{
    if (!part.isMatrix) return;
    const std::size_t perHead = values.size() / static_cast<std::size_t>(heads);
    for (int head = 0; head < heads; ++head) {
        double sum = 0;
        for (const float x : values.subspan(static_cast<std::size_t>(head) * perHead, perHead))
            sum += static_cast<double>(x) * static_cast<double>(x);
        figures.norms.push_back(std::sqrt(sum));
        figures.norm = std::hypot(figures.norm, figures.norms.back());
    }
}

double weightOf(const StateTerm &term, int layerIndex)
{
    const double layer =
        term.layerWeights.empty() ? 1 : double(term.layerWeights[static_cast<std::size_t>(layerIndex)]);
    return static_cast<double>(term.weight) * layer;
}

void checkWeights(const StateTerm &term, const StateArrays &state)
{
    const auto check = [&](float weight) {
        if (!(weight >= -kLargestWeight && weight <= kLargestWeight))
            refuse("weight of " + state.name() + ": expected -1000 to 1000, found " + text(weight));
    };
    check(term.weight);
    std::ranges::for_each(term.layerWeights, check);
    if (!term.layerWeights.empty() && static_cast<int>(term.layerWeights.size()) != state.layers())
        refuse("layer weights of " + state.name() + ": expected " + std::to_string(state.layers()) +
               ", one a layer, found " + std::to_string(term.layerWeights.size()));
}

} // namespace

StateArrays::StateArrays(const OpenStateSpec &spec)
    : m_name(std::filesystem::path(spec.path).filename().string())
{
    const StateInfo info = describeState(spec);
    m_file = openStateFile(spec.path);
    m_state = std::make_unique<ImportedState>(*m_file);
    if (info.orientation == StateOrientation::Auto && info.heads > 0)
        refuse("orientation: " + printable(spec.path) +
               " does not say the order of its matrices; expected value-key (RWKV-7) or key-value (RWKV-5, "
               "RWKV-6), found none");
    m_keysFirst = info.orientation == StateOrientation::KeyValue;
    for (std::size_t i = 0; i < m_state->pieces().size(); ++i)
        m_parts.push_back({m_state->pieces()[i].part, 0, m_state->pieces()[i].shape, false, i});
    arrange();
}

StateArrays::StateArrays(HeldStatePtr held, StateId id)
    : m_name("state " + std::to_string(id))
    , m_held(std::move(held))
{
    const StateSpec &spec = m_held->model->state;
    m_keysFirst = spec.keysFirst;
    for (std::size_t i = 0; i < spec.parts.size(); ++i)
        m_parts.push_back({spec.parts[i].name, 0, spec.parts[i].shape, false, i});
    arrange();
}

/// Finds out what the parts are, drops empty shifts, and brings all states' parts into one order.
void StateArrays::arrange()
{
    for (Part &part : m_parts) {
        part.layer = layerOf(part.name);
        part.isMatrix = part.name.ends_with(kMatrixPart) && part.shape.size() == 3;
        const bool isKnown =
            part.isMatrix || isShift(part.name) || part.name.find(kOffsetPart) != std::string::npos;
        if (!isKnown)
            throw Error(ErrorCode::BadState, m_name + " holds " + printable(part.name) +
                                                 ", which cannot be added: only matrices, token shifts and "
                                                 "offsets of RWKV-5 to 7 can");
        if (part.isMatrix) m_heads = static_cast<int>(part.shape[0]);
    }
    std::erase_if(m_parts, [&](const Part &part) { return isShift(part.name) && isAllZero(values(part)); });
    std::ranges::sort(m_parts, {}, [](const Part &part) { return std::tie(part.layer, part.name); });
    m_layers = static_cast<int>(std::ranges::count_if(m_parts, &Part::isMatrix));
    if (m_layers == 0)
        throw Error(ErrorCode::BadState, m_name + " holds no matrices: expected blocks.N.att.time_state");
}

std::vector<float> StateArrays::values(const Part &part) const
{
    std::vector<float> numbers;
    if (m_held) {
        const std::size_t first = m_held->model->state.parts[part.source].offset;
        const auto count =
            std::accumulate(part.shape.begin(), part.shape.end(), std::int64_t{1}, std::multiplies<>());
        const auto begin = m_held->image->state.begin() + static_cast<std::ptrdiff_t>(first);
        numbers.assign(begin, begin + count);
    } else {
        numbers = m_state->values(m_state->pieces()[part.source]);
    }
    return part.isMatrix && m_keysFirst ? turned(numbers, static_cast<std::size_t>(part.shape[1])) : numbers;
}

CombinedState combineArrays(const std::vector<StateTerm> &terms,
                            const std::vector<std::unique_ptr<StateArrays>> &states)
{
    requireSameShape(states);
    for (std::size_t i = 0; i < states.size(); ++i)
        checkWeights(terms[i], *states[i]);
    CombinedState combined;
    int layerIndex = -1, layer = -1;
    for (std::size_t p = 0; p < states.front()->parts().size(); ++p) {
        const StateArrays::Part &part = states.front()->parts()[p];
        if (std::exchange(layer, part.layer) != part.layer) ++layerIndex;
        std::vector<double> sum;
        for (std::size_t i = 0; i < states.size(); ++i) {
            const std::vector<float> values = states[i]->values(states[i]->parts()[p]);
            sum.resize(values.size());
            const double weight = weightOf(terms[i], layerIndex);
            for (std::size_t k = 0; k < values.size(); ++k)
                sum[k] += weight * static_cast<double>(values[k]);
        }
        const std::vector<float> values(sum.begin(), sum.end());
        if (!std::ranges::all_of(values, [](float x) { return std::isfinite(x); }))
            refuse("weights: expected a sum that fits into float32, found infinity in " + part.name);
        addNorms(part, values, states.front()->heads(), combined.figures);
        combined.arrays.push_back({part, values});
    }
    return combined;
}

bool CombinedState::hasShifts() const
{
    return std::ranges::any_of(arrays, [](const Array &array) { return isShift(array.part.name); });
}

std::uint64_t CombinedState::write(const std::string &path, bool asBf16) const
{
    std::vector<SmallTensor> tensors;
    for (const Array &array : arrays) {
        std::string name = array.part.name;
        if (isShift(name)) name.replace(name.rfind("shift_state"), 11, "ts_state");
        tensors.push_back({std::move(name), array.part.shape, array.values});
    }
    const std::string bytes = smallPth(tensors, asBf16);
    replaceFile(path, {std::as_bytes(std::span(bytes))});
    return bytes.size();
}

std::vector<float> CombinedState::slot(const ModelFacts &model) const
{
    std::vector<float> slot(model.state.floatsPerSlot, 0.0F);
    std::size_t placed = 0;
    for (const StateSpec::Part &part : model.state.parts) {
        const auto found = std::ranges::find_if(
            arrays, [&](const Array &a) { return a.part.name == part.name && a.part.shape == part.shape; });
        if (found == arrays.end()) {
            if (part.name.ends_with(kMatrixPart))
                throw Error(ErrorCode::BadState, "the sum cannot be held: the model '" + model.info.name +
                                                     "' needs " + part.name + ' ' + textOf(part.shape) +
                                                     ", found " + arrays.front().part.name + ' ' +
                                                     textOf(arrays.front().part.shape));
            continue;
        }
        const bool isTurned = found->part.isMatrix && model.state.keysFirst;
        std::ranges::copy(isTurned ? turned(found->values, static_cast<std::size_t>(part.shape[1]))
                                   : found->values,
                          slot.begin() + static_cast<std::ptrdiff_t>(part.offset));
        ++placed;
    }
    if (placed != arrays.size())
        throw Error(ErrorCode::BadState, "the sum cannot be held: expected " + std::to_string(placed) +
                                             " arrays, as the model '" + model.info.name + "' has, found " +
                                             std::to_string(arrays.size()));
    return slot;
}

event::StatesMeasured measureArrays(const std::vector<std::unique_ptr<StateArrays>> &states)
{
    requireSameShape(states);
    const std::size_t n = states.size();
    event::StatesMeasured measured{0, states.front()->layers(), states.front()->heads(), {}, {}, {}};
    measured.states.resize(n);
    std::vector<double> dots(n * n), gaps(n * n);
    for (std::size_t p = 0; p < states.front()->parts().size(); ++p) {
        if (!states.front()->parts()[p].isMatrix) continue;
        std::vector<std::vector<float>> values;
        for (std::size_t i = 0; i < n; ++i) {
            values.push_back(states[i]->values(states[i]->parts()[p]));
            addNorms(states[i]->parts()[p], values[i], measured.heads, measured.states[i]);
        }
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j <= i; ++j)
                for (std::size_t k = 0; k < values[i].size(); ++k) {
                    const double a = double(values[i][k]), b = double(values[j][k]);
                    dots[i * n + j] += a * b;
                    gaps[i * n + j] += (a - b) * (a - b);
                }
    }
    measured.distances.resize(n * n);
    measured.cosines.resize(n * n);
    for (std::size_t i = 0; i < n; ++i) {
        measured.states[i].name = states[i]->name();
        for (std::size_t j = 0; j <= i; ++j) {
            const double norms = std::sqrt(dots[i * n + i]) * std::sqrt(dots[j * n + j]);
            measured.distances[i * n + j] = measured.distances[j * n + i] = std::sqrt(gaps[i * n + j]);
            measured.cosines[i * n + j] = measured.cosines[j * n + i] =
                norms > 0 ? std::clamp(dots[i * n + j] / norms, -1.0, 1.0) : 0;
        }
    }
    return measured;
}

} // namespace engine
