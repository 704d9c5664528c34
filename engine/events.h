#pragma once

// What the engine tells its clients. Every command ends in exactly one terminal event (marked T); events of
// one job arrive in order. An event of job 0 belongs to no command. All are plain values and may be copied to
// any thread.

#include "engine/error.h"
#include "engine/options.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace engine
{

enum class LoadPhase : std::uint8_t { Opening, ReadingWeights, Tokenizer, Allocating, WarmingUp };

/// Bytes by owner on one device; the forecast and the truth have the same shape.
struct MemoryUse {
    std::string device;        ///< "cpu"
    std::size_t weights = 0;   ///< packed weights and vectors in our own memory
    std::size_t states = 0;    ///< all slots, and what hybrids keep of the tokens read
    std::size_t workspace = 0; ///< activations
    std::size_t cache = 0;     ///< prefix cache: its budget in a forecast, its use in a snapshot
    std::size_t total = 0;     ///< of the device
    std::size_t free = 0;      ///< of the device, now
    /// Of hybrids: keys and values of one sequence whose text fills its context. Taken as texts grow, then
    /// part of `states`; not part of what a load needs.
    std::size_t context = 0;
    std::size_t needed() const { return weights + states + workspace; }
};

/// What a card's driver, or the system of the processor, tells of it now, of all programs together; absent is
/// what it does not tell.
struct DeviceFigures {
    std::string device; ///< "cuda:0", "cpu"
    std::optional<std::size_t> totalBytes, usedBytes;
    std::optional<int> busyPercent; ///< of the last moment, 0 .. 100
    std::optional<double> watts, mostWatts;
    std::optional<int> celsius;
    std::string problem; ///< why there are none; else empty
};

/// One way to make a load fit that needs more memory than is free.
struct MemoryFix {
    enum class Kind : std::uint8_t {
        FewerSlots,     ///< `slots` sequences at once
        SmallerWeights, ///< `strategy`
        FreeMemory      ///< other programs end, or a smaller model is taken
    };
    Kind kind = Kind::FreeMemory;
    std::size_t bytes = 0; ///< what it saves, or what is missing
    int slots = 0, slotsBefore = 0;
    std::string strategy;
};

struct TensorInfo {
    std::string name;
    std::string dtype; ///< as in the file: "bf16", "fp32", ...
    std::vector<std::int64_t> shape;
    std::uint64_t bytes = 0;
};

/// What a model file is, from its names, shapes and headers only.
struct ModelInfo {
    std::string path;
    std::string name;      ///< file stem, or the demonstration model's name
    std::string container; ///< "pth", "safetensors"
    std::string family;    ///< "rwkv7"; empty if unknown
    std::string dtype;     ///< of most weights
    std::uint64_t fileBytes = 0;
    std::uint64_t parameters = 0;
    int layers = 0, width = 0, heads = 0, headSize = 0, hidden = 0, vocabulary = 0;
    std::size_t stateBytes = 0; ///< of one sequence
    std::string vocabularyFile; ///< the tokenizer that a load would use; empty if none was found
    std::string problem;        ///< why it cannot be loaded; empty if it can
    ErrorCode problemCode =
        ErrorCode::None; ///< of the problem; TokenizerMissing: can be loaded with a given vocabulary
    std::vector<TensorInfo> tensors; ///< filled by inspect, empty in scans
    bool hasState = false;           ///< a tuned state is among its tensors: every sequence begins with it
    int contextTokens = 0;           ///< of hybrids: what attention keeps, see LoadSpec::contextTokens
    std::size_t tokenBytes = 0;      ///< of hybrids: on top of stateBytes for each token read
    bool isDemo = false;             ///< the demonstration model
    std::string format;              ///< of a strategy that names none
};

struct TokenLogprob {
    int token = 0;
    float logprob = 0;
    std::string bytes;
};

/// What one voice of a mix had to do with a token.
struct VoiceShare {
    float gate = 0;    ///< that was used, behind lane and policy
    float logprob = 0; ///< of the token, by this voice alone
    float kl = 0;      ///< KL(this voice || blend) in nats: how far it is from what was sampled
};

struct GeneratedToken {
    int token = 0;
    float logprob = 0; ///< meaningful if topLogprobs >= 0 was asked for; of a mix, the blend's
    std::string bytes;
    std::vector<TokenLogprob> top;
    std::vector<VoiceShare> voices = {}; ///< of a mix, in the order of its voices
};

enum class FinishReason : std::uint8_t {
    Stop,
    Length,
    EndOfText,
    ContextFull ///< the key/value memory of a hybrid holds no further token: LoadSpec::contextTokens
};

struct Usage {
    int promptTokens = 0;
    int cachedTokens = 0; ///< of the prompt, taken from the prefix cache or a state
    int generatedTokens = 0;
    double waitSeconds = 0;   ///< in the queue
    double promptSeconds = 0; ///< reading the prompt
    double generateSeconds = 0;
};

/// What one op took, as one way to compute it did. Bytes and flops: kernels/op_cost.h.
struct OpProfile {
    std::string device; ///< "cpu", "cuda:0"
    std::string op;     ///< as in kernels/ops.h; or "upload", "download", "copy", "zero"
    std::string kernel; ///< "avx512 row", "skinny x8"; of copies empty
    std::int64_t calls = 0;
    double seconds = 0, bytes = 0, flops = 0; ///< of all calls
    double shareOfLimit = 0; ///< of measured bandwidth or flops; 0: all lies in a cache, or not known
};

/// Where the time of some steps went. Every op waits for the one before, so that they can be told apart:
/// altogether they take longer than otherwise where a device works beside the processor.
struct StepProfile {
    int steps = 0;
    double seconds = 0;         ///< of all steps, with what is between the ops
    std::vector<OpProfile> ops; ///< the longest first
};

struct BenchResult {
    std::string strategy;
    int batch = 0;
    int voices = 1;                    ///< of a mix; its tokens count once
    double prefillTokensPerSecond = 0; ///< 0 where not measured at this batch
    double decodeTokensPerSecond = 0;  ///< of all rows together
    double decodeGbPerSecond = 0;      ///< weights and states moved
    double shareOfLimit = 0;           ///< of measured bandwidth or flops; 0: all lies in a cache
    double prefillShareOfLimit = 0;
    StepProfile prefillProfile, decodeProfile; ///< with BenchSpec::profile
};

enum class StateKind : std::uint8_t { Saved, Tuned, Snapshot };

/// What a state file is, from its names, shapes and headers only.
struct StateInfo {
    std::string path;
    StateKind kind = StateKind::Saved;
    std::string layout;    ///< "rookery", "BlinkDL", "web-rwkv", "ChatRWKV list", "rwkv_lightning"
    std::string container; ///< "pth", "safetensors"
    std::string dtype;     ///< of the matrices, as in the file
    std::string family;    ///< "rwkv7" where the file says it, "rwkv5 to rwkv7" or "rwkv4" by its shapes
    int layers = 0, heads = 0, headSize = 0;
    StateOrientation orientation = StateOrientation::Auto; ///< of the matrices; Auto: as the model has them
    bool hasShifts = false;  ///< token-shift vectors too; without them they start at zero
    bool hasOffsets = false; ///< time_offset vectors too
    std::string model;       ///< it was saved with; empty where the file does not say
    std::string note;
    bool fits = false;   ///< the loaded model can start from it
    std::string problem; ///< why not; also where no model is loaded
    ErrorCode problemCode = ErrorCode::None;
};

/// A state in figures.
struct StateFigures {
    std::string name;          ///< its file, or "state 7"
    double norm = 0;           ///< of all its matrices together
    std::vector<double> norms; ///< [layers, heads] Frobenius norms
};

/// What an adapter is, from its names, shapes and headers only.
struct AdapterInfo {
    std::string path;
    std::string layout;    ///< "RWKV-PEFT", "Hugging Face PEFT"
    std::string container; ///< "pth", "safetensors"
    std::uint64_t fileBytes = 0;
    struct Part {
        std::string kind; ///< "LoRA", "DoRA", "PiSSA", "Bone"
        int matrices = 0;
        int leastRank = 0, mostRank = 0;
    };
    std::vector<Part> parts;
    std::vector<std::string> matrices; ///< that it changes, "blocks.0.att.key"
    int replaced = 0;                  ///< tensors that stand for the model's of the same name
    double alpha = 0;                  ///< 0: the file does not say it
    std::vector<std::string> warnings; ///< in sentences
    bool fits = false;                 ///< it can be used with the loaded model
    std::string problem;               ///< why not; also where no model is loaded
    ErrorCode problemCode = ErrorCode::None;
    int experts = 0, activeExperts = 0; ///< of a mixture of LoRA experts; so many of them are used a token
};

/// A file that goes with a model, as a scan finds it; inspectState and inspectAdapter tell more of it.
struct ExtraInfo {
    enum class Kind : std::uint8_t { State, Adapter };
    Kind kind = Kind::State;
    std::string path;
    std::string name;  ///< what the demonstration pack calls it, else the file's stem
    std::string about; ///< one sentence of the demonstration pack; else empty
    std::uint64_t fileBytes = 0;
    float alpha = 0;     ///< of an adapter, where the pack says it; see AdapterUse
    bool isDemo = false; ///< of the demonstration pack
};

namespace event
{

// Loading
struct LoadProgress {
    JobId job;
    LoadPhase phase;
    std::uint64_t done;
    std::uint64_t total;
}; // bytes, at most 20/s
struct ModelLoaded {
    JobId job;
    ModelInfo info;
    std::string strategy;
    MemoryUse memory;
    int slots;
    double seconds;
}; // T
/// Job 0: the model's device failed, and `reason` says how; every request of the model has ended before.
struct ModelUnloaded {
    JobId job;
    Error reason = {}; ///< code None if it was asked for
};                     // T

// Generating
struct Started {
    JobId job;
    std::uint64_t seed;
    int promptTokens;
    int cachedTokens;
};
struct PromptProgress {
    JobId job;
    int done;
    int total;
}; // at most 20/s
struct TokenChunk {
    JobId job;
    std::string text;
    bool thinking;
    std::vector<GeneratedToken> tokens;
}; // whole UTF-8 characters
struct Finished {
    JobId job;
    FinishReason reason;
    std::string stop;
    Usage usage;
    StateId state;
    std::vector<StateId> voiceStates = {}; ///< of a mix with keepState: one a voice; `state` is 0 then
    /// Of a mix: the gates that were used. As the lane of the same request with the same seed, and without a
    /// policy, they give the same text.
    std::vector<GatePoint> lane = {};
}; // T
struct GatesSet {
    JobId job;
    JobId request;
    int token; ///< the first generated token that they hold for
    std::vector<float> gates;
}; // T
/// What a running request has read; it runs on.
struct StateCaptured {
    JobId job;
    JobId request;
    std::vector<StateId> states; ///< one; of a mix one a voice
    int tokens;                  ///< generated tokens that they have read
};                               // T
struct StateCombined {
    JobId job;
    StateId state;       ///< 0 if it was not to be held
    std::string path;    ///< empty if no file was asked for
    std::uint64_t bytes; ///< of the file
    StateFigures figures;
}; // T
struct StatesMeasured {
    JobId job;
    int layers, heads;
    std::vector<StateFigures> states;
    std::vector<double> distances; ///< [states, states] Euclidean, over all matrices
    std::vector<double> cosines;   ///< [states, states]; 0 where a state is all zeros
};                                 // T

// Everything else
struct ModelInspected {
    JobId job;
    ModelInfo info;
}; // T
struct ForecastReady {
    JobId job;
    MemoryUse memory;             ///< of all devices together
    std::vector<MemoryFix> fixes; ///< the cheapest first; empty if it fits
    std::vector<MemoryUse> memoryByDevice = {};
}; // T
struct ModelFound {
    JobId job;
    ModelInfo info;
};
struct ScanFinished {
    JobId job;
    int files;
}; // T
struct StateSaved {
    JobId job;
    std::string path;
    std::uint64_t bytes;
    int tokens;
}; // T
struct StateOpened {
    JobId job;
    StateId state;
    int tokens;
    std::string transcript;
    std::string note;
}; // T
struct StateInspected {
    JobId job;
    StateInfo info;
}; // T
struct StateExported {
    JobId job;
    std::string path;
    std::uint64_t bytes;
    std::vector<std::string> warnings; ///< what the target could not hold, in sentences
};                                     // T
struct AdaptersSet {
    JobId job;
    std::vector<AdapterUse> adapters;
    std::vector<std::string> warnings; ///< in sentences
    double seconds;
}; // T
struct AdapterInspected {
    JobId job;
    AdapterInfo info;
}; // T
struct Tokenized {
    JobId job;
    std::vector<int> tokens;
}; // T
struct Detokenized {
    JobId job;
    std::string text;
}; // T
struct LogitsReady {
    JobId job;
    int vocabulary;
    std::vector<float> logits;
}; // T
struct EmbeddingReady {
    JobId job;
    std::vector<float> values; ///< as many as the model is wide
    int tokens;                ///< that were read
};                             // T
struct BenchProgress {
    JobId job;
    BenchResult result;
};
struct BenchFinished {
    JobId job;
    std::string cpu;
    double readGbPerSecond;
    double bf16Gflops;
    ModelInfo model;
    std::vector<BenchResult> results;
}; // T

// Converting
struct ConvertProgress {
    JobId job;
    std::uint64_t done;
    std::uint64_t total;
}; // bytes of the output, at most 20/s
struct ConvertDone {
    JobId job;
    std::string path;
    std::uint64_t bytes;
    int tensors;
}; // T
struct QualityProgress {
    JobId job;
    std::uint64_t done;
    std::uint64_t total;
}; // tokens
struct QualityMeasured {
    JobId job;
    std::string strategy, reference; ///< canonical
    std::uint64_t tokens;            ///< that were predicted
    double perplexity, referencePerplexity;
    double meanKl;       ///< nats a token, of the strategy's distribution from the reference's
    double topAgreement; ///< share of tokens with the same likeliest prediction
    std::uint64_t weightBytes, referenceBytes;
}; // T

struct ExtraFound {
    JobId job;
    ExtraInfo info;
};

struct DevicesMeasured {
    JobId job;
    std::vector<DeviceFigures> devices; ///< the processor, then cards
};                                      // T

struct Failed {
    JobId job;
    Error error;
}; // T
struct Cancelled {
    JobId job;
    Usage usage;
    StateId state;
    std::vector<StateId> voiceStates = {}; ///< as in Finished
    std::vector<GatePoint> lane = {};      ///< as in Finished
};                                         // T

} // namespace event

using Event =
    std::variant<event::LoadProgress, event::ModelLoaded, event::ModelUnloaded, event::Started,
                 event::PromptProgress, event::TokenChunk, event::Finished, event::ModelInspected,
                 event::ForecastReady, event::ModelFound, event::ScanFinished, event::StateSaved,
                 event::StateOpened, event::Tokenized, event::Detokenized, event::LogitsReady,
                 event::BenchProgress, event::BenchFinished, event::StateInspected, event::StateExported,
                 event::AdaptersSet, event::AdapterInspected, event::EmbeddingReady, event::ConvertProgress,
                 event::ConvertDone, event::QualityProgress, event::QualityMeasured, event::Failed,
                 event::Cancelled, event::GatesSet, event::StateCaptured, event::StateCombined,
                 event::StatesMeasured, event::ExtraFound, event::DevicesMeasured>;

/// The job an event belongs to.
inline JobId jobOf(const Event &e)
{
    return std::visit([](const auto &x) { return x.job; }, e);
}

} // namespace engine
