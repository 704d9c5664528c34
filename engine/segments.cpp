#include "engine/segments.h"

#include "engine/weight_store.h"

#include <algorithm>
#include <utility>

namespace engine
{
namespace
{

/// int32 numbers of the batch arrays: tokens, start, slots, groups, rows with logits.
std::size_t arrayBytes(StepSize largest)
{
    return (static_cast<std::size_t>(largest.rows) + 3 * static_cast<std::size_t>(largest.sequences) + 1 +
            static_cast<std::size_t>(largest.logitRows)) *
           sizeof(std::int32_t);
}

std::size_t logitBytes(int rows, int vocabulary)
{
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(vocabulary) * sizeof(float);
}

} // namespace

std::vector<ModelSegment> segmentsOf(const Placement &placement, const DeviceSet &devices)
{
    std::vector<ModelSegment> segments;
    for (const Placement::Segment &segment : placement.segments())
        segments.push_back({&devices[devices.indexOf(segment.device)], segment.firstItem, segment.endItem});
    return segments;
}

std::vector<StateShare> stateShares(const std::vector<ModelSegment> &segments, const StateSpec &spec)
{
    std::vector<StateShare> shares;
    const int layers = static_cast<int>(spec.layerOffset.size()) - 1;
    for (const ModelSegment &segment : segments) {
        const std::size_t first = shares.empty() ? 0 : shares.back().end;
        const std::size_t firstOfToken = shares.empty() ? 0 : shares.back().endOfToken;
        const auto item = static_cast<std::size_t>(segment.endItem);
        const bool isLast = segment.endItem >= layers, keepsTokens = !spec.layerTokenOffset.empty();
        shares.push_back({segment.device, first, isLast ? spec.floatsPerSlot : spec.layerOffset[item],
                          firstOfToken,
                          isLast || !keepsTokens ? spec.floatsPerToken : spec.layerTokenOffset[item]});
    }
    return shares;
}

Segments::Segments(std::vector<ModelSegment> segments, const Model &model, StatePool &states,
                   StepSize largest)
    : m_segments(std::move(segments))
    , m_model(model)
    , m_states(states)
    , m_shares(stateShares(m_segments, model.state()))
    , m_logits(*m_segments.back().device, logitBytes(largest.logitRows, model.dims().vocabulary), "Logits")
{
    for (const ModelSegment &segment : m_segments) {
        const bool isThere = std::any_of(m_places.begin(), m_places.end(),
                                         [&](const Place &place) { return place.device == segment.device; });
        if (isThere) continue;
        kernels::Device &device = *segment.device;
        m_places.push_back(
            {&device, Tensor(device, model.workspaceBytes(largest.rows, largest.logitRows), "Workspace"),
             Tensor(device, arrayBytes(largest), "Batch arrays")});
    }
    if (m_places.size() > 1) m_carried.resize(model.carriedBytes(largest.rows));
}

void Segments::forward(const StepRows &rows)
{
    if (rows.tokens.empty()) return;
    for (std::size_t i = 0; i < rows.slots.size(); ++i)
        m_states.grow(rows.slots[i], rows.start[i + 1] - rows.start[i]);
    for (std::size_t i = 0; i < m_segments.size(); ++i) {
        if (rows.stop.stop_requested()) return;
        Place &place = placeOf(*m_segments[i].device);
        if (i > 0) carry(placeOf(*m_segments[i - 1].device), place, static_cast<int>(rows.tokens.size()));
        Step step = stepOn(place, rows);
        run(place, step, m_segments[i], i);
    }
}

/// Everything of a step but its items: arrays are uploaded anew, which costs some hundred bytes.
Step Segments::stepOn(Place &place, const StepRows &rows)
{
    auto *next = static_cast<std::int32_t *>(place.arrays.data());
    const auto upload = [&](std::span<const std::int32_t> list) {
        std::int32_t *target = next;
        if (!list.empty()) place.device->upload(target, list.data(), list.size_bytes());
        next += list.size();
        return target;
    };
    Step step{.device = *place.device, .batch = {}, .logits = {}};
    step.tokens = upload(rows.tokens);
    step.batch.start = upload(rows.start);
    step.batch.slot = upload(rows.slots);
    step.batch.group = rows.groups.empty() ? step.batch.slot : upload(rows.groups);
    step.logitRows = upload(rows.logitRows);
    step.batch.tokens = static_cast<std::int32_t>(rows.tokens.size());
    step.batch.seqs = static_cast<std::int32_t>(rows.slots.size());
    step.workspace = static_cast<std::byte *>(place.workspace.data());
    step.logitCount = static_cast<int>(rows.logitRows.size());
    if (rows.wantsHidden)
        step.hidden = kernels::view(logitRow(0), kernels::DType::F32, step.logitCount, m_model.dims().width);
    else
        step.logits = kernels::view(logitRow(rows.firstLogit), kernels::DType::F32, step.logitCount,
                                    m_model.dims().vocabulary);
    step.stop = rows.stop;
    return step;
}

void Segments::run(Place &place, Step &step, const ModelSegment &segment, std::size_t index)
{
    const StateShare &share = m_shares[index];
    step.states = m_states.data(index);
    step.stateOffset = share.first;
    step.stateStride = share.end - share.first;
    step.pages = m_states.pages(index);
    step.tokenOffset = share.firstOfToken;
    const auto isStreamed = [&](int item) {
        return static_cast<std::size_t>(item) < m_streamed.size() &&
               m_streamed[static_cast<std::size_t>(item)];
    };
    for (int item = segment.firstItem; item < segment.endItem;) {
        step.firstItem = item;
        if (isStreamed(item))
            m_weights->bring(item++);
        else
            while (item < segment.endItem && !isStreamed(item))
                ++item;
        step.endItem = item;
        pass(place, step);
    }
}

void Segments::streamFrom(WeightStore &weights)
{
    m_weights = &weights;
    m_streamed = weights.streamedItems();
}

void Segments::carry(const Place &from, const Place &to, int rows)
{
    if (from.device == to.device) return;
    const std::size_t bytes = m_model.carriedBytes(rows);
    if (from.device->usesHostMemory()) {
        from.device->sync();
        to.device->upload(to.workspace.data(), from.workspace.data(), bytes);
    } else {
        from.device->download(m_carried.data(), from.workspace.data(), bytes);
        from.device->sync();
        to.device->upload(to.workspace.data(), m_carried.data(), bytes);
    }
    to.device->sync(); // the source may change from now on
}

Segments::Place &Segments::placeOf(const kernels::Device &device)
{
    return *std::find_if(m_places.begin(), m_places.end(),
                         [&](const Place &place) { return place.device == &device; });
}

kernels::View Segments::logits() const
{
    const std::int64_t vocabulary = m_model.dims().vocabulary;
    return kernels::view(m_logits.data(), kernels::DType::F32,
                         static_cast<std::int64_t>(m_logits.bytes() / sizeof(float)) / vocabulary,
                         vocabulary);
}

float *Segments::logitRow(int row) const
{
    return m_logits.f32() +
           static_cast<std::size_t>(row) * static_cast<std::size_t>(m_model.dims().vocabulary);
}

void Segments::sync() const
{
    for (const Place &place : m_places)
        place.device->sync();
}

kernels::Device *Segments::failed() const
{
    sync();
    const auto found = std::find_if(m_places.begin(), m_places.end(), [](const Place &place) {
        return place.device->status() != kernels::Status::Ok;
    });
    return found == m_places.end() ? nullptr : found->device;
}

std::size_t Segments::bytes(const kernels::Device &device) const
{
    std::size_t bytes = &device == &outputDevice() ? m_logits.bytes() : 0;
    for (const Place &place : m_places)
        if (place.device == &device) bytes += place.workspace.bytes() + place.arrays.bytes();
    return bytes;
}

std::size_t Segments::bytes() const
{
    std::size_t bytes = 0;
    for (const Place &place : m_places)
        bytes += this->bytes(*place.device);
    return bytes;
}

std::size_t Segments::plannedBytes(std::size_t workspaceBytes, int vocabulary, bool hasHead, StepSize largest)
{
    return workspaceBytes + arrayBytes(largest) + (hasHead ? logitBytes(largest.logitRows, vocabulary) : 0);
}

} // namespace engine
