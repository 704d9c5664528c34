#pragma once

#include "engine/device_set.h"
#include "engine/models/model.h"
#include "engine/state_pool.h"
#include "engine/tensor.h"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

namespace engine
{

class WeightStore;

/// The rows of one step, on the host.
struct StepRows {
    std::span<const std::int32_t> tokens;    ///< [rows]
    std::span<const std::int32_t> start;     ///< [sequences + 1]
    std::span<const std::int32_t> slots;     ///< [sequences]
    std::span<const std::int32_t> logitRows; ///< rows whose logits are wanted
    int firstLogit = 0;                      ///< where they go in logits()
    std::stop_token stop = {};
    bool wantsHidden = false; ///< of those rows the final hidden state, [rows, width], instead
    std::span<const std::int32_t> groups = {}; ///< [sequences] as in Batch; empty: each is one of its own
};

/// How large steps may be.
struct StepSize {
    int rows = 0, sequences = 0, logitRows = 0;
};

/// One run of items on a device.
struct ModelSegment {
    kernels::Device *device = nullptr;
    int firstItem = 0, endItem = 0;
};

/// The runs of a placement, on these devices.
std::vector<ModelSegment> segmentsOf(const Placement &placement, const DeviceSet &devices);

/// The shares of a slot that the runs keep.
std::vector<StateShare> stateShares(const std::vector<ModelSegment> &segments, const StateSpec &spec);

/// Everything that steps of one model need besides weights and states: for every device the batch arrays and
/// a workspace, and the logits where the head is. Runs the segments of the model one after the other; what a
/// segment hands on (Model::carriedBytes) hops from device to device once at each border.
/// Thread: the runner. The model, the states and the devices must outlive it.
class Segments final
{
public:
    /// `states` has the shares of `segments`. Throws Error(OutOfMemory).
    Segments(std::vector<ModelSegment> segments, const Model &model, StatePool &states, StepSize largest);
    ~Segments();
    Segments(const Segments &) = delete;
    Segments &operator=(const Segments &) = delete;

    /// Records one step; results are there after sync() of outputDevice(). Throws Error(OutOfMemory), before
    /// anything is done, for tokens whose keys and values find no room: StatePool::reserve.
    void forward(const StepRows &rows);
    /// The layers that `weights` streams are brought to their device before they run. It must outlive this.
    void streamFrom(WeightStore &weights);

    /// Steps in which every sequence has one row are recorded when their like comes for the second time, and
    /// repeated from then on, on devices that can do so. Everything that differs from step to step is read
    /// from device memory. A device that cannot record one is told of in the log, once, and starts op by op.
    struct Recorded {
        int steps = 0;    ///< parts of steps that are kept
        int made = 0;     ///< so far
        int repeated = 0; ///< so often
    };
    const Recorded &recorded() const { return m_recorded; }
    /// Drops what was recorded: the model works differently from now on.
    void forgetRecorded();
    /// False: every op is started by itself.
    void setRecording(bool wanted);

    /// The device of the head, where logits() are.
    kernels::Device &outputDevice() const { return *m_segments.back().device; }
    /// [largest.logitRows, V] float32 on outputDevice().
    kernels::View logits() const;
    float *logitRow(int row) const;
    /// The first device that is not in order, or nullptr. Waits for all of them.
    kernels::Device *failed() const;
    void sync() const;

    /// Bytes taken on one device: workspace, arrays, logits.
    std::size_t bytes(const kernels::Device &device) const;
    std::size_t bytes() const;
    /// The same before it is made.
    static std::size_t plannedBytes(std::size_t workspaceBytes, int vocabulary, bool hasHead,
                                    StepSize largest);

private:
    /// What a device keeps for all of its segments.
    struct Place {
        kernels::Device *device;
        Tensor workspace, arrays;
        bool records = true; ///< until it turns out that it does not
    };
    /// What tells one recording from another: addresses and sizes of a pass over some items.
    using Pass = std::array<std::uintptr_t, 11>;
    struct Recording {
        kernels::Device *device = nullptr;
        std::uint32_t number = 0; ///< 0: seen once, not recorded yet
        std::uint64_t lastUse = 0;
    };

    Place &placeOf(const kernels::Device &device);
    Step stepOn(Place &place, const StepRows &rows);
    void run(Place &place, Step &step, const ModelSegment &segment, std::size_t index);
    void pass(Place &place, const Step &step);
    bool record(Place &place, const Step &step, Recording &recording);
    void dropOldest();
    void drop(Recording &recording);
    void carry(const Place &from, const Place &to, int rows);

    std::vector<ModelSegment> m_segments;
    const Model &m_model;
    StatePool &m_states;
    std::vector<StateShare> m_shares; ///< of the segments
    std::vector<Place> m_places;
    Tensor m_logits;
    std::vector<std::byte> m_carried; ///< between devices that cannot reach each other's memory
    std::map<Pass, Recording> m_recordings;
    Recorded m_recorded;
    std::uint64_t m_passes = 0;
    bool m_wantsRecording = true;
    WeightStore *m_weights = nullptr; ///< of streamed items
    std::vector<bool> m_streamed;     ///< by item
};

} // namespace engine
