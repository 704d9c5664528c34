#include "engine/adapters/merge.h"

#include "engine/adapters/kind.h"
#include "engine/error.h"
#include "engine/files/printable.h"
#include "engine/hash64.h"
#include "engine/read_floats.h"
#include "engine/weight_store.h"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <functional>
#include <mutex>
#include <set>
#include <string_view>
#include <thread>
#include <utility>

namespace engine::adapters
{
namespace
{

constexpr std::size_t kRowsAThread = 16;
constexpr std::size_t kSmallestSlice = 1U << 16; ///< numbers; fewer are not worth a thread
constexpr std::size_t kLookedAtOnce = 1U << 20;  ///< numbers

/// The row of another tensor of the same shape in the place of the model's.
class Replacement final : public RowEdit
{
public:
    Replacement(const TensorFile &file, const TensorEntry &entry)
        : m_file(file)
        , m_entry(entry)
    {
    }
    void edit(std::int64_t row, std::span<double> w) const override
    {
        std::vector<float> values(w.size());
        readFloats(m_file, m_entry, static_cast<std::size_t>(row) * w.size(), values);
        std::ranges::copy(values, w.begin());
    }

private:
    const TensorFile &m_file;
    const TensorEntry &m_entry;
};

/// The tensor of the model that a group's matrix is. Where a layer of a transformer became a recurrence, its
/// projections have other names in the model.
std::string nameIn(const WeightStore &store, const std::string &matrix)
{
    if (store.file().find(matrix + ".weight")) return matrix + ".weight";
    constexpr std::pair<std::string_view, std::string_view> kRecurrence[] = {
        {"q_proj", "receptance"}, {"k_proj", "key"}, {"v_proj", "value"}, {"o_proj", "output"}};
    for (const auto &[from, to] : kRecurrence) {
        if (!matrix.ends_with(from)) continue;
        const std::string name = matrix.substr(0, matrix.size() - from.size()) + std::string(to) + ".weight";
        if (store.file().find(name)) return name;
    }
    return matrix;
}

/// The tensor of the model that a group changes. Throws Error(BadModel).
Target targetOf(const WeightStore &store, const Group &group)
{
    const std::string name = nameIn(store, group.matrix);
    const TensorEntry *entry = store.file().find(name);
    const std::string first = group.parts.begin()->second->name;
    if (!entry || !store.isUsed(name))
        throw Error(ErrorCode::BadModel,
                    first + ": the model has no matrix " + name + "; the adapter belongs to another model.");
    if (entry->squeezed().size() != 2)
        throw Error(ErrorCode::BadModel,
                    first + ": expected a matrix to change, found " + name + " " + entry->shapeText() + ".");
    return {name, entry->squeezed()[0], entry->squeezed()[1]};
}

RowEdits editsOf(const AdapterFile &adapter, const Group &group, const Target &target)
{
    const Kind *kind = findKind(group);
    if (kind) return kind->make(adapter, group, target);
    const TensorEntry &some = *group.parts.begin()->second;
    throw Error(ErrorCode::BadModel, some.name + ": expected lora_A and lora_B, bone or disha for " +
                                         target.name + ", found only a part of them.");
}

std::set<std::string> namesOf(const WeightStore &store, const Stack &stack)
{
    std::set<std::string> names;
    for (const auto &adapter : stack) {
        for (const Group &group : adapter->groups())
            names.insert(targetOf(store, group).name);
        for (const auto &replacement : adapter->replacements())
            names.insert(replacement.first);
    }
    return names;
}

/// All that the stack does to one tensor.
RowEdits editsOf(const WeightStore &store, const Stack &stack, const std::string &name)
{
    RowEdits edits;
    for (const auto &adapter : stack) {
        const auto replacement = adapter->replacements().find(name);
        if (replacement != adapter->replacements().end())
            edits.push_back(std::make_unique<Replacement>(adapter->file(), *replacement->second));
        for (const Group &group : adapter->groups()) {
            if (nameIn(store, group.matrix) != name) continue;
            for (auto &edit : editsOf(*adapter, group, targetOf(store, group)))
                edits.push_back(std::move(edit));
        }
    }
    return edits;
}

/// Runs work(first, end) over rows on all processors; throws what a part threw.
void forRows(std::size_t rows, std::size_t cols, const std::function<void(std::size_t, std::size_t)> &work)
{
    const std::size_t most = std::max(1U, std::thread::hardware_concurrency());
    const std::size_t threads =
        rows * cols < kSmallestSlice ? 1 : std::clamp<std::size_t>(rows / kRowsAThread, 1, most);
    if (threads == 1) return work(0, rows);
    std::exception_ptr problem;
    std::mutex mutex;
    {
        std::vector<std::jthread> workers;
        for (std::size_t t = 0; t < threads; ++t)
            workers.emplace_back([&, t] {
                try {
                    work(rows * t / threads, rows * (t + 1) / threads);
                } catch (...) {
                    const std::lock_guard lock(mutex);
                    problem = std::current_exception();
                }
            });
    }
    if (problem) std::rethrow_exception(problem);
}

/// Rows `firstRow` .. of `values` as the first `count` edits leave them; `see` (if any) gets them in order.
void editRows(const RowEdits &edits, std::size_t count, std::size_t firstRow, std::size_t cols,
              std::span<float> values, RowEdit *see)
{
    const std::size_t rows = values.size() / cols;
    std::vector<double> seen(see ? values.size() : 0);
    forRows(rows, cols, [&](std::size_t first, std::size_t end) {
        std::vector<double> row(cols);
        for (std::size_t i = first; i < end; ++i) {
            const std::span<float> at = values.subspan(i * cols, cols);
            std::copy(at.begin(), at.end(), row.begin());
            for (std::size_t e = 0; e < count; ++e)
                edits[e]->edit(static_cast<std::int64_t>(firstRow + i), row);
            if (see)
                std::ranges::copy(row, seen.begin() + static_cast<std::ptrdiff_t>(i * cols));
            else
                std::transform(row.begin(), row.end(), at.begin(),
                               [](double x) { return static_cast<float>(x); });
        }
    });
    for (std::size_t i = 0; see && i < rows; ++i)
        see->look(std::span(seen).subspan(i * cols, cols));
}

/// Shows each edit that wants it all rows of the tensor as the edits before it leave them.
void lookFirst(const WeightStore &store, const std::string &name, const RowEdits &edits)
{
    const TensorEntry &entry = *store.file().find(name);
    const auto cols = static_cast<std::size_t>(entry.squeezed().back());
    const std::size_t rows = static_cast<std::size_t>(entry.elements()) / cols;
    const std::size_t step = std::max<std::size_t>(kLookedAtOnce / cols, 1);
    for (std::size_t e = 0; e < edits.size(); ++e) {
        if (!edits[e]->looksFirst()) continue;
        for (std::size_t first = 0; first < rows; first += step) {
            std::vector<float> values(std::min(step, rows - first) * cols);
            readFloats(store.file(), entry, first * cols, values);
            editRows(edits, e, first, cols, values, edits[e].get());
        }
    }
}

void rewrite(WeightStore &store, const Stack &stack, const std::string &name)
{
    const RowEdits edits = editsOf(store, stack, name);
    if (edits.empty()) return store.rewrite(name, {});
    lookFirst(store, name, edits);
    store.rewrite(name, [&](std::size_t first, std::int32_t cols, std::span<float> values) {
        const auto width = static_cast<std::size_t>(cols);
        editRows(edits, edits.size(), first / width, width, values, nullptr);
    });
}

} // namespace

void check(const WeightStore &store, const AdapterFile &adapter)
{
    for (const Group &group : adapter.groups())
        editsOf(adapter, group, targetOf(store, group));
    for (const auto &[name, entry] : adapter.replacements()) {
        const TensorEntry *base = store.file().find(name);
        if (!base || !store.isUsed(name))
            throw Error(ErrorCode::BadModel,
                        entry->name +
                            ": the model has no such tensor; the adapter belongs to another model.");
        if (base->squeezed() != entry->squeezed())
            throw Error(ErrorCode::BadModel, entry->name + ": expected " + base->shapeText() + ", found " +
                                                 entry->shapeText() +
                                                 "; the adapter belongs to another model.");
    }
}

void change(WeightStore &store, const Stack &now, const Stack &next, bool &isLost)
{
    isLost = false;
    store.file().verifyUnchanged();
    for (const auto &adapter : next) {
        adapter->file().verifyUnchanged();
        check(store, *adapter);
    }
    std::set<std::string> names = namesOf(store, now);
    names.merge(namesOf(store, next));
    try {
        for (const std::string &name : names)
            rewrite(store, next, name);
    } catch (...) {
        isLost = true;
        for (const std::string &name : names)
            rewrite(store, now, name);
        isLost = false;
        throw;
    }
}

std::vector<std::string> warnings(const AdapterFile &adapter)
{
    std::vector<std::string> out;
    const bool needsAlpha = std::ranges::any_of(adapter.groups(), [](const Group &group) {
        return group.part("lora_A") && !group.part("init_lora_A") && !group.part("alpha");
    });
    if (!adapter.experts().empty() && !adapter.knowsAlpha())
        out.push_back(printable(std::filesystem::path(adapter.use().path).filename().string()) +
                      " does not say its alpha: its experts count twice, as in RWKV-Infer. If they were "
                      "trained with another alpha, give it.");
    if (needsAlpha && !adapter.knowsAlpha())
        out.push_back(printable(std::filesystem::path(adapter.use().path).filename().string()) +
                      " does not say its alpha: alpha = rank was taken. If it was trained with another one, "
                      "give the alpha, or alpha / rank as the scale.");
    return out;
}

std::string fingerprint(const std::string &base, const Stack &stack)
{
    if (stack.empty()) return base;
    Hash64 hash;
    hash.add(base);
    for (const auto &adapter : stack)
        hash.add(adapter->fingerprint());
    return hash.text();
}

} // namespace engine::adapters
