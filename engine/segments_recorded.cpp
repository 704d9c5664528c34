// Passes of a model that devices record and repeat.
#include "engine/engine.h"
#include "engine/segments.h"

#include <algorithm>
#include <string>

namespace engine
{
namespace
{

constexpr int kMostRecordings = 64; ///< a large model's takes some megabytes on the device

std::uintptr_t address(const void *memory) { return reinterpret_cast<std::uintptr_t>(memory); }

} // namespace

Segments::~Segments() { forgetRecorded(); }

void Segments::forgetRecorded()
{
    for (auto &[pass, recording] : m_recordings)
        drop(recording);
    m_recordings.clear();
}

void Segments::setRecording(bool wanted)
{
    m_wantsRecording = wanted;
    if (!wanted) forgetRecorded();
}

void Segments::drop(Recording &recording)
{
    if (recording.number == 0) return;
    recording.device->forget(recording.number);
    recording.number = 0;
    --m_recorded.steps;
}

void Segments::dropOldest()
{
    const auto oldest =
        std::min_element(m_recordings.begin(), m_recordings.end(),
                         [](const auto &a, const auto &b) { return a.second.lastUse < b.second.lastUse; });
    drop(oldest->second);
    m_recordings.erase(oldest);
}

/// Runs the step's items, recorded if that can be.
void Segments::pass(Place &place, const Step &step)
{
    // Prompts are cut differently each time, and their ops are large.
    const bool isDecoding = step.batch.tokens == step.batch.seqs;
    if (!isDecoding || !place.records || !m_wantsRecording || place.device->usesHostMemory())
        return m_model.forward(step);
    const Pass key{address(place.workspace.data()),
                   address(step.states),
                   address(step.pages.pages),
                   address(step.batch.group == step.batch.slot ? nullptr : step.batch.group),
                   address(step.logits.data),
                   address(step.hidden.data),
                   static_cast<std::uintptr_t>(step.batch.tokens),
                   static_cast<std::uintptr_t>(step.logitCount),
                   static_cast<std::uintptr_t>(step.firstItem),
                   static_cast<std::uintptr_t>(step.endItem),
                   static_cast<std::uintptr_t>(step.tokenOffset)};
    const auto found = m_recordings.find(key);
    if (found == m_recordings.end()) {
        if (m_recordings.size() >= kMostRecordings) dropOldest();
        m_recordings[key] = {place.device, 0, ++m_passes};
        return m_model.forward(step);
    }
    Recording &recording = found->second;
    recording.lastUse = ++m_passes;
    if (recording.number != 0 && place.device->repeat(recording.number)) {
        ++m_recorded.repeated;
        return;
    }
    drop(recording); // the device has forgotten it
    if (!record(place, step, recording)) return m_model.forward(step);
    ++m_recorded.repeated;
}

/// Records the step's items and does them. False: nothing is done.
bool Segments::record(Place &place, const Step &step, Recording &recording)
{
    if (!place.device->beginRecording()) return false;
    m_model.forward(step);
    std::string reason;
    const std::uint32_t number = place.device->endRecording(&reason);
    if (number == 0) {
        place.records = false;
        log(2, "engine",
            place.device->info().id + " cannot record steps (" + reason +
                "): their ops are started one by one.");
        return false;
    }
    if (step.stop.stop_requested()) { // it may end in the middle
        place.device->forget(number);
        return false;
    }
    recording.number = number;
    ++m_recorded.steps;
    ++m_recorded.made;
    return place.device->repeat(number);
}

} // namespace engine
