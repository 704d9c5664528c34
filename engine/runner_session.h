#pragma once

#include "engine/model_loader.h"
#include "engine/request.h"

#include <memory>
#include <span>
#include <vector>

namespace engine
{

/// Device memory that a session takes on the device of the head when it begins: what sampling gives back, and
/// the blend of one mix.
std::size_t outputBytes(int logitRows, int vocabulary);

/// A loaded model and the rows of one step.
/// Built by a job, then owned and used by the runner alone.
class RunnerSession final
{
public:
    /// Throws Error(OutOfMemory).
    explicit RunnerSession(LoadedModel loaded);

    const std::shared_ptr<const ModelFacts> &facts() const { return m_facts; }
    MemoryUse memory() const;
    std::vector<MemoryUse> memoryByDevice() const;
    StatePool &pool() { return *m_loaded.states; }
    int maxLogitRows() const { return m_loaded.logitRows; }
    /// Waits for the device. Throws Error(DeviceLost or OutOfMemory) unless all that was asked of it worked.
    void checkDevice() const;
    bool isLost() const { return m_loaded.segments->failed() != nullptr; }

    /// Changes the weights, between two steps. Throws as adapters::change; then the former stack stays.
    void setAdapters(adapters::Stack stack, bool &isLost);
    const adapters::Stack &stack() const { return m_loaded.adapters; }
    /// Throws Error(BadModel) if the adapter does not fit.
    void checkAdapter(const adapters::AdapterFile &adapter) const;

    // One step: beginStep, addLogits ..., add ..., forward, then readLogits and sample. Both kinds of add
    // return the index of the first logit row they lead to; no more than maxLogitRows() in all.
    void beginStep();
    /// Takes a row of logits that was computed earlier. Only before the first add().
    int addLogits(std::span<const float> logits);
    /// Adds a sequence's next tokens; logits of the last `logitRows` of them are computed.
    /// `group` is the slot of its mix's first voice; without a mix its own.
    int add(StatePool::Slot slot, StatePool::Slot group, std::span<const int> tokens, int logitRows);
    /// Reads all that was added.
    void forward();
    int width() const { return m_loaded.model->dims().width; }
    /// Rows that forwardHidden() has room for.
    int maxHiddenRows() const;
    /// As forward(), but the final norm of the rows whose logits were asked for is computed in the place of
    /// the logits. Returns it, [rows, C].
    std::vector<float> forwardHidden();
    /// Copies logit row `row` to the host. Throws as checkDevice().
    void readLogits(int row, float *target) const;

    /// Room for the blends of so many mixes in one step; for one there always is. Throws Error(OutOfMemory).
    void reserveMixes(int mixes);
    /// Blends logit rows of voices; what comes of it stays until the next mix().
    void mix(std::span<const kernels::MixLogits::Mix> mixes);
    const kernels::MixLogits::Voice &mixed(int mix, int voice) const;
    float logit(int row, int token) const;

    struct Drawn {
        int token = -1;
        float logprob = 0;
        std::span<const std::int32_t> topIds; ///< kMaxTop, valid until the next sample()
        std::span<const float> topLogprobs;
    };
    /// Draws from these logit rows and then from the blends, in their order; those logits are lost.
    void sample(std::span<const kernels::SampleRow> rows, std::span<const int> logitRows);
    Drawn drawn(int row) const;

private:
    kernels::Device &device() const { return m_loaded.device(); }
    float *logitRow(int row) const;
    void draw(float *logits, std::span<const kernels::SampleRow> rows, std::size_t first);
    void run(bool wantsHidden);

    // Constant after construction
    LoadedModel m_loaded;
    std::shared_ptr<const ModelFacts> m_facts; ///< shared with jobs; replaced by setAdapters
    Tensor m_samples;
    Tensor m_blends, m_voices; ///< grow with the number of mixes; more than one is not in the forecast
    int m_mostMixes = 0;

    // Host side of one step
    std::vector<std::int32_t> m_tokens, m_start, m_slots, m_groups, m_logitRows;
    int m_givenLogits = 0; ///< rows of addLogits
    std::vector<std::int32_t> m_drawn, m_topIds;
    std::vector<float> m_logprobs, m_topLogprobs;
    std::vector<kernels::MixLogits::Voice> m_mixed;
};

} // namespace engine
