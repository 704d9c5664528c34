#include "engine/state_pool.h"

#include "engine/error.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

namespace engine
{
namespace
{

constexpr std::size_t kPageTokens = kernels::PagedView::kTokens;

std::size_t tableBytes(const StateSpec &spec, int slots)
{
    return static_cast<std::size_t>(slots) * StatePool::pagesOf(spec, spec.contextTokens) * sizeof(float *);
}

} // namespace

std::size_t StatePool::pagesOf(const StateSpec &spec, std::int64_t tokens)
{
    if (spec.floatsPerToken == 0) return 0;
    const auto kept = static_cast<std::size_t>(std::min<std::int64_t>(tokens, spec.contextTokens));
    return (kept + kPageTokens - 1) / kPageTokens;
}

std::size_t StatePool::pageBytes(const StateShare &share)
{
    return kPageTokens * (share.endOfToken - share.firstOfToken) * sizeof(float);
}

std::size_t StatePool::plannedBytes(const StateShare &share, const StateSpec &spec, int slots)
{
    const std::size_t fixed = static_cast<std::size_t>(slots) * (share.end - share.first) * sizeof(float);
    const std::size_t page = pageBytes(share);
    return fixed + (page > 0 ? page + tableBytes(spec, slots) : 0);
}

std::size_t StatePool::Part::takenBytes() const
{
    std::size_t sum = memory.bytes() + table.bytes();
    for (const Tensor &page : pages)
        sum += page.bytes();
    return sum;
}

StatePool::StatePool(kernels::Device &device, const StateSpec &spec, int slots)
    : StatePool({{&device, 0, spec.floatsPerSlot, 0, spec.floatsPerToken}}, spec, slots)
{
}

StatePool::StatePool(const std::vector<StateShare> &shares, const StateSpec &spec, int slots)
    : m_spec(spec)
    , m_slots(slots)
    , m_kept(static_cast<std::size_t>(slots))
{
    for (const StateShare &share : shares) {
        const std::size_t bytes = static_cast<std::size_t>(slots) * (share.end - share.first) * sizeof(float);
        Part &part = m_parts.emplace_back();
        part.share = share;
        part.memory = Tensor(*share.device, bytes, "States of " + std::to_string(slots) + " sequences");
        if (!part.keepsTokens()) continue;
        part.table = Tensor(*share.device, tableBytes(spec, slots),
                            "Tables of keys and values of " + std::to_string(slots) + " sequences");
        part.hostTable.resize(part.table.bytes() / sizeof(float *));
    }
    m_free.reserve(static_cast<std::size_t>(slots));
    for (int slot = slots; slot-- > 0;)
        m_free.push_back(slot);
}

std::optional<StatePool::Slot> StatePool::acquire()
{
    if (m_free.empty()) return std::nullopt;
    const Slot slot = m_free.back();
    clear(slot); // may find no memory: the slot is still free then
    m_free.pop_back();
    return slot;
}

void StatePool::release(Slot slot)
{
    dropPages(slot);
    m_free.insert(std::lower_bound(m_free.begin(), m_free.end(), slot, std::greater<>()), slot);
}

/// The tokens that the state keeps. What counts them must agree: kernels trust it to find pages.
std::size_t StatePool::requireState(std::span<const float> state) const
{
    const int tokens = m_spec.tokensIn(state.size());
    if (tokens < 0)
        throw Error(ErrorCode::BadState,
                    "The state holds " + std::to_string(state.size()) + " numbers; the loaded model needs " +
                        std::to_string(m_spec.floatsPerSlot) +
                        (m_spec.floatsPerToken == 0 ? "." : " and those of its tokens."));
    constexpr float kMostTokens = 1 << 24; // whole numbers that a float tells apart
    for (const std::size_t position : m_spec.positions) {
        const float read = state[position];
        const bool fits = read >= 0 && read <= kMostTokens && std::floor(read) == read &&
                          std::min(static_cast<int>(read), m_spec.contextTokens) == tokens;
        if (!fits)
            throw Error(ErrorCode::BadState, "The state has keys and values of " + std::to_string(tokens) +
                                                 " tokens, and says that it has read another number.");
    }
    return static_cast<std::size_t>(tokens);
}

void StatePool::startFrom(std::vector<float> state)
{
    requireState(state);
    m_start = std::move(state);
}

void StatePool::clear(Slot slot)
{
    if (!m_start.empty()) return load(slot, m_start);
    dropPages(slot);
    for (const Part &part : m_parts)
        part.share.device->zero(part.at(slot), part.bytes());
}

std::size_t StatePool::keptTokens(Slot slot) const
{
    return static_cast<std::size_t>(
        std::min<std::int64_t>(m_kept[static_cast<std::size_t>(slot)].tokens, m_spec.contextTokens));
}

/// Calls move(device, rows on the device, where they begin in a state on the host, floats) for all rows of
/// one page and one part that follow each other.
template <typename Move>
void StatePool::forRows(Slot slot, const Move &move) const
{
    const std::size_t tokens = keptTokens(slot);
    const Kept &kept = m_kept[static_cast<std::size_t>(slot)];
    for (const Part &part : m_parts)
        for (const StateSpec::Part &piece : m_spec.parts) {
            const bool isHere = piece.isPerToken && piece.offset >= part.share.firstOfToken &&
                                piece.offset < part.share.endOfToken;
            for (std::size_t first = 0; isHere && first < tokens; first += kPageTokens) {
                float *page = part.pages[kept.pages[first / kPageTokens]].f32();
                move(*part.share.device, page + (piece.offset - part.share.firstOfToken) * kPageTokens,
                     m_spec.beginOf(piece, tokens) + first * piece.width(),
                     std::min(kPageTokens, tokens - first) * piece.width());
            }
        }
}

void StatePool::copy(Slot from, Slot to)
{
    if (from == to) return;
    dropPages(to);
    grow(to, static_cast<int>(keptTokens(from)));
    keptOf(to).tokens = keptOf(from).tokens;
    for (const Part &part : m_parts) {
        part.share.device->copy(part.at(to), part.at(from), part.bytes());
        for (std::size_t i = 0; part.keepsTokens() && i < keptOf(from).pages.size(); ++i)
            part.share.device->copy(part.pages[keptOf(to).pages[i]].data(),
                                    part.pages[keptOf(from).pages[i]].data(), pageBytes(part.share));
    }
}

std::vector<float> StatePool::save(Slot slot) const
{
    std::vector<float> state(m_spec.floatsOf(keptTokens(slot)));
    for (const Part &part : m_parts)
        part.share.device->download(state.data() + part.share.first, part.at(slot), part.bytes());
    forRows(slot, [&](kernels::Device &device, const float *rows, std::size_t at, std::size_t floats) {
        device.download(state.data() + at, rows, floats * sizeof(float));
    });
    for (const Part &part : m_parts)
        part.share.device->sync();
    return state;
}

void StatePool::load(Slot slot, std::span<const float> state)
{
    const std::size_t tokens = requireState(state);
    dropPages(slot);
    grow(slot, static_cast<int>(tokens));
    for (const Part &part : m_parts)
        part.share.device->upload(part.at(slot), state.data() + part.share.first, part.bytes());
    forRows(slot, [&](kernels::Device &device, float *rows, std::size_t at, std::size_t floats) {
        device.upload(rows, state.data() + at, floats * sizeof(float));
    });
    for (const Part &part : m_parts)
        part.share.device->sync();
}

void StatePool::dropPages(Slot slot)
{
    Kept &kept = keptOf(slot);
    m_idle.insert(m_idle.end(), kept.pages.rbegin(), kept.pages.rend());
    kept = {};
}

/// One that no slot has. Memory is only taken if the device says that it is free: a processor's would be
/// granted all the same, and then kill.
std::size_t StatePool::takePage()
{
    if (!m_idle.empty()) {
        const std::size_t page = m_idle.back();
        m_idle.pop_back();
        return page;
    }
    std::vector<Tensor> memory;
    for (const Part &part : m_parts) {
        const std::size_t bytes = pageBytes(part.share), free = part.share.device->memory().freeBytes;
        const std::string what = "Keys and values of " + std::to_string(kPageTokens) + " further tokens";
        const std::string advice = "Let fewer texts run at once, or shorter ones; or load the model with "
                                   "fewer slots or smaller weights.";
        if (bytes > free)
            throw Error(ErrorCode::OutOfMemory,
                        what + ": " + bytesText(bytes) + " needed, " + bytesText(free) + " free on " +
                            part.share.device->info().id + ".",
                        advice);
        try {
            memory.emplace_back(*part.share.device, bytes, what);
        } catch (const Error &error) {
            throw Error(error.code(), error.message(), advice);
        }
    }
    for (std::size_t i = 0; i < m_parts.size(); ++i)
        m_parts[i].pages.push_back(std::move(memory[i]));
    return m_pages++;
}

void StatePool::reserve(Slot slot, int tokens)
{
    Kept &kept = keptOf(slot);
    const std::size_t slotPages = pagesOf(m_spec, m_spec.contextTokens);
    while (kept.pages.size() < pagesOf(m_spec, kept.tokens + tokens)) {
        const std::size_t at = static_cast<std::size_t>(slot) * slotPages + kept.pages.size();
        kept.pages.push_back(takePage());
        for (Part &part : m_parts) {
            if (!part.keepsTokens()) continue;
            part.hostTable[at] = part.pages[kept.pages.back()].f32();
            part.share.device->upload(static_cast<float **>(part.table.data()) + at, &part.hostTable[at],
                                      sizeof(float *));
        }
    }
}

void StatePool::grow(Slot slot, int tokens)
{
    reserve(slot, tokens);
    keptOf(slot).tokens += tokens;
}

kernels::PagedView StatePool::pages(std::size_t share) const
{
    return {static_cast<float *const *>(m_parts[share].table.data()),
            static_cast<std::int32_t>(pagesOf(m_spec, m_spec.contextTokens)), 0};
}

std::size_t StatePool::bytes() const
{
    std::size_t bytes = 0;
    for (const Part &part : m_parts)
        bytes += part.takenBytes();
    return bytes;
}

std::size_t StatePool::bytes(const kernels::Device &device) const
{
    std::size_t bytes = 0;
    for (const Part &part : m_parts)
        if (part.share.device == &device) bytes += part.takenBytes();
    return bytes;
}

} // namespace engine
