#pragma once

// A model whose logits a test writes, on the real CPU device, with a vocabulary of bytes and a few words.

#include "engine/model_loader.h"
#include "engine/weight_store.h"
#include "kernels/device.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace support
{

/// Id b + 1 is the byte b; then words, longest match first; 0 ends the text; the last id means nothing.
class FakeTokenizer final : public engine::Tokenizer
{
public:
    /// Called with what is asked for; may wait or throw.
    using OnEncode = std::function<void(std::string_view)>;
    using OnBytes = std::function<void(int token)>;

    explicit FakeTokenizer(OnEncode onEncode = {}, OnBytes onBytes = {})
        : m_onEncode(std::move(onEncode))
        , m_onBytes(std::move(onBytes))
    {
    }

    std::vector<int> encode(std::string_view text) const override
    {
        if (m_onEncode) m_onEncode(text);
        std::vector<int> tokens;
        while (!text.empty()) {
            int best = static_cast<unsigned char>(text.front()) + 1;
            for (int id = 257; id < size() - 1; ++id) {
                if (text.starts_with(word(id)) && word(id).size() > word(best).size()) best = id;
            }
            tokens.push_back(best);
            text.remove_prefix(word(best).size());
        }
        return tokens;
    }
    std::string_view bytes(int token) const override
    {
        if (m_onBytes) m_onBytes(token);
        return word(token);
    }
    std::string_view word(int token) const
    {
        return token > 0 && token < size() ? std::string_view(m_words[static_cast<std::size_t>(token)])
                                           : std::string_view();
    }
    int size() const override { return static_cast<int>(m_words.size()); }
    bool isUsed(int token) const override { return token >= 0 && token < size() - 1; }
    int endOfText() const override { return 0; }

private:
    static std::vector<std::string> makeWords()
    {
        std::vector<std::string> words{""};
        for (int byte = 0; byte < 256; ++byte)
            words.emplace_back(1, static_cast<char>(byte));
        for (const char *word : {"\n\n", "User", "Assistant", "think", " the", "Hello"})
            words.emplace_back(word);
        words.emplace_back(""); // unused
        return words;
    }
    OnEncode m_onEncode;
    OnBytes m_onBytes;
    std::vector<std::string> m_words = makeWords();
};

/// What a sequence has read when its logits are asked for.
struct Seen {
    int count = 0;          ///< tokens
    int last = 0;           ///< token
    std::uint32_t hash = 0; ///< of all of them, 24 bits
};

using Script = std::function<void(const Seen &, std::span<float> logits)>;

inline std::uint32_t mixed(std::uint32_t a, std::uint32_t b)
{
    a = (a ^ (b + 0x9E3779B9U)) * 0x85EBCA6BU;
    a = (a ^ (a >> 15U)) * 0xC2B2AE35U;
    return a ^ (a >> 13U);
}

/// Logits that look random and depend on all that was read; never the end of the text.
inline void hashedLogits(const Seen &seen, std::span<float> logits)
{
    for (std::size_t i = 0; i < logits.size(); ++i)
        logits[i] = static_cast<float>(mixed(seen.hash, static_cast<std::uint32_t>(i)) % 8192U) / 1024.0F;
    logits[0] = -100;
}

/// Logits that make `token` certain.
inline void certain(std::span<float> logits, int token)
{
    std::fill(logits.begin(), logits.end(), -50.0F);
    logits[static_cast<std::size_t>(token)] = 50.0F;
}

class FakeModel final : public engine::Model
{
public:
    /// Called at the start of every step with its rows; may wait or throw.
    using OnForward = std::function<void(const engine::Step &)>;

    FakeModel(int vocabulary, Script script, OnForward onForward, std::size_t stateFloats)
        : m_script(std::move(script))
        , m_onForward(std::move(onForward))
        , m_stateFloats(stateFloats)
    {
        m_dims.layers = 1;
        m_dims.width = 4;
        m_dims.vocabulary = vocabulary;
    }

    const engine::ModelDims &dims() const override { return m_dims; }
    engine::StateSpec state() const override
    {
        engine::StateSpec spec;
        spec.floatsPerSlot = m_stateFloats;
        spec.layout = "fake";
        spec.parts = {{"seen", {static_cast<std::int64_t>(m_stateFloats)}, 0}};
        spec.layerOffset = {0, m_stateFloats};
        return spec;
    }
    std::size_t workspaceBytes(int, int) const override { return 64; }
    std::size_t carriedBytes(int) const override { return 0; }
    void forward(const engine::Step &step) const override
    {
        if (m_onForward) m_onForward(step);
        int logit = 0;
        for (int s = 0; s < step.batch.seqs; ++s) {
            float *state = step.states + static_cast<std::size_t>(step.batch.slot[s]) * m_stateFloats;
            for (int row = step.batch.start[s]; row < step.batch.start[s + 1]; ++row) {
                Seen seen{static_cast<int>(state[0]) + 1, step.tokens[row], 0};
                seen.hash =
                    mixed(static_cast<std::uint32_t>(state[2]), static_cast<std::uint32_t>(seen.last)) >> 8U;
                state[0] = static_cast<float>(seen.count);
                state[1] = static_cast<float>(seen.last);
                state[2] = static_cast<float>(seen.hash);
                if (logit < step.logitCount && step.logitRows[logit] == row) {
                    const auto width = static_cast<std::size_t>(m_dims.vocabulary);
                    m_script(seen, {step.logits.f32() + static_cast<std::size_t>(logit++) * width, width});
                }
            }
        }
    }

private:
    engine::ModelDims m_dims;
    Script m_script;
    OnForward m_onForward;
    std::size_t m_stateFloats;
};

/// The CPU device, with faults at will.
class BreakableDevice final : public kernels::Device
{
public:
    std::shared_ptr<std::atomic<kernels::Status>> fault = std::make_shared<std::atomic<kernels::Status>>();

    const kernels::DeviceInfo &info() const override { return m_device->info(); }
    void *alloc(std::size_t bytes) override { return m_device->alloc(bytes); }
    void free(void *memory) override { m_device->free(memory); }
    void upload(void *d, const void *h, std::size_t bytes) override { m_device->upload(d, h, bytes); }
    void download(void *h, const void *d, std::size_t bytes) override { m_device->download(h, d, bytes); }
    void copy(void *t, const void *s, std::size_t bytes) override { m_device->copy(t, s, bytes); }
    void zero(void *memory, std::size_t bytes) override { m_device->zero(memory, bytes); }
    void sync() override { m_device->sync(); }
    kernels::Status status() const override { return *fault; }
    kernels::MemoryFigures memory() const override { return m_device->memory(); }
    bool usesHostMemory() const override { return true; }
    std::size_t weightBytes(kernels::Format f, std::int32_t r, std::int32_t c) const override
    {
        return m_device->weightBytes(f, r, c);
    }
#define X(op, Args)                                                                                          \
    void op(const kernels::Args &args) override { m_device->op(args); }
    KERNELS_OPS(X)
#undef X

private:
    std::unique_ptr<kernels::Device> m_device = kernels::openDevice("cpu", {.threads = 1, .kernels = {}});
};

/// What a fake model is made of.
struct FakeSpec {
    std::string name = "fake";
    int slots = 8;
    std::size_t stateFloats = 4; ///< at least that
    Script script = hashedLogits;
    FakeModel::OnForward onForward;
    FakeTokenizer::OnEncode onEncode;
    FakeTokenizer::OnBytes onBytes;
    std::shared_ptr<std::atomic<kernels::Status>> *fault = nullptr; ///< out: makes the device fail
};

inline engine::LoadedModel fakeModel(const FakeSpec &spec)
{
    engine::LoadedModel loaded;
    auto device = std::make_unique<BreakableDevice>();
    if (spec.fault) *spec.fault = device->fault;
    loaded.devices.add("cpu", std::move(device));
    loaded.tokenizer = std::make_unique<FakeTokenizer>(spec.onEncode, spec.onBytes);
    const int vocabulary = loaded.tokenizer->size() + 3; // a head with padding
    loaded.model = std::make_unique<FakeModel>(vocabulary, spec.script, spec.onForward, spec.stateFloats);
    loaded.parts = {{&loaded.devices[0], 0, 2}};
    loaded.states = std::make_unique<engine::StatePool>(loaded.device(), loaded.model->state(), spec.slots);
    loaded.logitRows = loaded.slots = spec.slots;
    loaded.segments = std::make_unique<engine::Segments>(loaded.parts, *loaded.model, *loaded.states,
                                                         engine::stepSize(spec.slots, spec.slots));
    loaded.memory.states = loaded.states->bytes();
    loaded.info.name = spec.name;
    loaded.info.vocabulary = vocabulary;
    loaded.strategy = "cpu fp32";
    loaded.fingerprint = "fingerprint of " + spec.name;
    return loaded;
}

} // namespace support
