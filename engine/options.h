#pragma once

// What clients ask for: plain values, validated by the engine. Everything has a usable default.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace engine
{

using JobId = std::uint64_t;   ///< one command; never reused, 0 = none
using StateId = std::uint64_t; ///< an opened or captured state held by the engine; 0 = none

struct EngineOptions {
    std::string dataFolder; ///< demonstration model, vocabulary; empty: found beside the program
    int threads = 0;        ///< CPU device threads, 0: one per processor
    std::string cpuKernels; ///< forces a CPU code path (tests, bench), or "cuda-rows" a card's; empty: best
    std::size_t cacheBytes = 256U << 20; ///< prefix cache budget
    int maxQueued = 4096;                ///< further generate commands fail with QueueFull
};

/// Whether the blocks of a three-dimensional Bone factor go with blocks of inputs or of outputs. Auto: what
/// shape and name tell, inputs where both fit.
enum class AdapterBlocks : std::uint8_t { Auto, Inputs, Outputs };

/// An adapter on top of the loaded model.
struct AdapterUse {
    /// A .pth or .safetensors file, or a folder with adapter_config.json; or, where there is no such file,
    /// the name of an adapter of the demonstration pack.
    std::string path;
    /// Factor of what it changes (of B A in a LoRA or DoRA), on top of alpha / rank.
    float scale = 1;
    /// Of LoRA and DoRA: the changes are multiplied by alpha / rank. 0: as the file says; where it says
    /// nothing, alpha = rank.
    float alpha = 0;
    /// The file with the initial factors of a PiSSA adapter; empty: in the file itself, or none.
    std::string pissaInit;
    AdapterBlocks blocks = AdapterBlocks::Auto;

    bool operator==(const AdapterUse &) const = default;
};

struct LoadSpec {
    std::string model;            ///< path, or "demo"
    std::string strategy = "cpu"; ///< see engine/strategy.h: "cpu", "cpu int8", "cuda fp16 *20 -> cpu bf16"
    std::string vocabulary;       ///< path; empty: beside the model, then the one shipped
    int slots = 0;                ///< sequences that run at once, 0: chosen from the model's state size
    std::vector<AdapterUse> adapters; ///< applied one after the other
    /// Of the norm behind every head of RWKV-5 to 7, 0..1; 0: what the family was trained with.
    float headNormEpsilon = 0;
    /// Of hybrids: tokens that the attention of a sequence keeps, 16..1048576; a sequence that outgrows them
    /// ends with FinishReason::ContextFull. 0: as many as the file says, at most 4096.
    int contextTokens = 0;
};

/// Sampling of one request. Ranges in comments; anything else is BadRequest.
struct SamplingParams {
    float temperature = 1.0F;                     ///< 0..10; 0 (and anything below 1e-6) = greedy
    float topP = 0.5F;                            ///< 0..1
    int topK = 0;                                 ///< >= 0; 0 = off
    float minP = 0.0F;                            ///< 0..1
    float typicalP = 1.0F;                        ///< 0..1
    float presencePenalty = 0.0F;                 ///< -10..10
    float frequencyPenalty = 0.0F;                ///< -10..10
    float repetitionPenalty = 1.0F;               ///< 0.01..10
    float penaltyDecay = 0.996F;                  ///< 0..1, factor of every count per token
    std::vector<std::pair<int, float>> logitBias; ///< token id, -100..100
    std::vector<int> bannedTokens;
    std::uint64_t seed = 0; ///< with `hasSeed`: same seed, same text, in any batch company
    bool hasSeed = false;   ///< false: a fresh seed, reported in Started
};

enum class Role : std::uint8_t { System, User, Assistant, Tool };

/// A function that the model wants to have called; see engine/tools.h for how it is written in the text.
struct ToolCall {
    std::string name;
    std::string arguments; ///< a JSON object
    std::string id;        ///< made by the client; relates a result to its call
};

struct ChatMessage {
    Role role = Role::User;
    std::string text;                     ///< UTF-8; typed text can never forge a turn, a call or a result
    std::string thinking;                 ///< of an assistant turn; not fed again
    std::vector<ToolCall> toolCalls = {}; ///< of an assistant turn, behind its text
    std::string toolCallId = {};          ///< of a tool turn: the call whose result `text` is; may be empty
};

/// A function that the model may call.
struct ToolSpec {
    std::string name;        ///< 1 to 64 of A-Z a-z 0-9 _ -
    std::string description; ///< for the model
    std::string parameters;  ///< JSON schema of the arguments, an object; empty: none
};

/// Auto: the model decides. None: the tools are not even described. Required: one or more calls and nothing
/// else. Named: one call of GenerateSpec::toolName and nothing else.
enum class ToolChoice : std::uint8_t { Auto, None, Required, Named };

/// What an answer may be. Only tokens that some text of the grammar goes on with are drawn, and the end only
/// where the grammar may end; a text that nothing can follow ends by itself. Thinking is not constrained.
/// Log-probabilities stay those of the model itself, before the mask.
struct GrammarSpec {
    enum class Kind : std::uint8_t {
        None,
        Json,       ///< any JSON object
        JsonSchema, ///< `text` is a schema, see engine/grammar/json_schema.h for what is understood
        Gbnf,       ///< `text` is rules in llama.cpp's language; the first symbol is `root`
    };
    Kind kind = Kind::None;
    std::string text; ///< at most 256 KiB; a bad one is BadRequest that names keyword or rule, and the place
};

/// How messages become a prompt. Auto: reasoning form if the model's name says so, else World.
enum class ChatTemplate : std::uint8_t { Auto, World, Reasoning, Raw };
enum class Thinking : std::uint8_t { Off, On, Short };

/// How the distributions of a mix's voices become the one that is sampled. g: gates, l: logits, p:
/// softmax(l).
enum class BlendRule : std::uint8_t {
    Logits,       ///< sum g l / sum g, as RWKV-Infer does; a negative gate steers away from its voice
    Probabilities ///< sum g p / sum g; no gate may be negative
};

/// One voice of a mix: a state that reads the same prompt and the same answer as the others.
struct Voice {
    StateId state = 0; ///< 0: the base, which is the model's empty state
    std::string name;  ///< for messages; may be empty
    float gate = 1;    ///< at the first generated token, unless the lane says otherwise
};

/// How gates go from a point of a lane to the next one. Behind the last point they stay.
enum class GateCurve : std::uint8_t { Hold, Linear };

/// What the gates are from one generated token on.
struct GatePoint {
    int token = 0;            ///< generated tokens before it; ascending in a lane
    std::vector<float> gates; ///< one a voice
    GateCurve curve = GateCurve::Hold;

    bool operator==(const GatePoint &) const = default;
};

/// Gates that follow the voices themselves. At every token the positive gates are multiplied by a factor f of
/// their voice, then scaled together so that their sum stays; negative and zero gates stay. A strength below
/// 0 does the reverse: it makes the unsure, or the one that differs, louder.
struct GatePolicy {
    enum class Kind : std::uint8_t {
        Off,
        Confidence, ///< f = (largest p)^strength: who is surest of one token speaks
        Entropy,    ///< f = exp(-strength * entropy of p in nats): who hesitates least speaks
        Agreement   ///< f = exp(-strength * KL(p || blend by the plain gates)): outliers are quieter
    };
    Kind kind = Kind::Off;
    float strength = 1; ///< -10..10

    bool operator==(const GatePolicy &) const = default;
};

/// Several states that answer together (MRSS, Multi Recurrent State Sampling): a token is drawn from the
/// blend of all voices' distributions, and every voice reads it. In all gates of a mix: one a voice, finite,
/// -1000..1000, and their sum not nearer to 0 than 1e-6.
struct MixSpec {
    static constexpr int kMostVoices = 16;
    std::vector<Voice> voices; ///< none: no mix; else at most kMostVoices, and the model's slots
    BlendRule rule = BlendRule::Logits;
    std::vector<GatePoint> lane; ///< gates over the answer, as Finished tells them; at most 1e6 points
    GatePolicy policy;
};

struct GenerateSpec {
    // Exactly one source of the prompt: messages, text or tokens; `from` may precede it (and then all may be
    // empty).
    std::vector<ChatMessage> messages;
    std::string prompt;      ///< raw continuation
    std::vector<int> tokens; ///< raw token ids
    StateId from = 0;        ///< start from this state instead of an empty one

    ChatTemplate chatTemplate = ChatTemplate::Auto;
    Thinking thinking = Thinking::Off;
    SamplingParams sampling;
    int maxTokens = 1024; ///< >= 0; 0 only reads the prompt
    std::vector<std::string>
        stopStrings;             ///< at most 16 of 1 KiB; matched across token borders, not part of the text
    std::vector<int> stopTokens; ///< besides the end-of-text token
    bool ignoreEnd = false; ///< bans the tokens of the end and of a turn; no stop but the given ones counts
    int topLogprobs = -1;   ///< -1 none; 0 of the chosen token only; else 1..20 likeliest as well
    bool keepState = false; ///< Finished then carries a StateId: the state behind the last token fed
    MixSpec mix;            ///< with voices `from` is 0: every voice starts from its own state
    GrammarSpec grammar;
    std::vector<ToolSpec> tools; ///< with messages only; calls come in the text, engine/tools.h finds them
    ToolChoice toolChoice = ToolChoice::Auto;
    std::string toolName;          ///< ToolChoice::Named
    bool parallelToolCalls = true; ///< false: at most one call
};

/// Writes what a conversation has read so far. The state is `state` if given, else that behind the prompt
/// which `request` renders to (taken from the prefix cache, or read anew).
struct SaveStateSpec {
    std::string path; ///< replaced atomically, if it is a state
    StateId state = 0;
    GenerateSpec request; ///< only its prompt fields count
    std::string note;     ///< free text kept in the file
};

/// Which index of a wkv matrix comes first in a state file. Auto: as files of its kind are written.
enum class StateOrientation : std::uint8_t { Auto, KeyValue, ValueKey };

/// A state file to open: saved by this program, a tuned initial state, or a snapshot of another program.
struct OpenStateSpec {
    std::string path; ///< or, where there is no such file, the name of a state of the demonstration pack
    StateOrientation orientation = StateOrientation::Auto;

    OpenStateSpec() = default;
    OpenStateSpec(std::string file, StateOrientation order = StateOrientation::Auto)
        : path(std::move(file))
        , orientation(order)
    {
    }
};

/// A state for state mathematics: one that is held, or a file.
struct StateSource {
    StateId held = 0; ///< 0: the file
    OpenStateSpec file;

    StateSource() = default;
    StateSource(StateId id)
        : held(id)
    {
    }
    StateSource(OpenStateSpec spec)
        : file(std::move(spec))
    {
    }
};

/// One summand: `weight` * (its layer's weight) * state.
struct StateTerm {
    StateSource source;
    float weight = 1;                ///< -1000..1000
    std::vector<float> layerWeights; ///< one a layer, -1000..1000; empty: 1 everywhere
};

/// The weighted sum of states: A + t (B - A) is {A, 1 - t}, {B, t}. All must be of the same shape: tuned
/// states, or all with token shifts too. States of hybrids' keys and values cannot be added.
struct CombineStatesSpec {
    std::vector<StateTerm> terms; ///< 1..16
    /// A .pth of `blocks.N.att.time_state` for the result's matrices, replaced atomically; empty: no file.
    std::string target;
    bool asBf16 = false; ///< false: fp32
    bool keep = true;    ///< hold the result, for the loaded model
};

/// Norms of states, and how far they are from each other.
struct MeasureStatesSpec {
    std::vector<StateSource> states; ///< 1..64, of one shape
};

/// Writes the matrices of a state file as others read them: a .pth of `blocks.N.att.time_state`
/// [H, N value, N key]. Needs no loaded model.
struct ExportStateSpec {
    OpenStateSpec source;
    std::string target; ///< replaced atomically
    bool asBf16 = true; ///< false: fp32
};

struct LogitsSpec {
    /// May be empty behind a state that a request has left here: the logits that it ended with.
    std::vector<int> tokens;
    int chunk = 0; ///< tokens per step; 0: all at once
    bool everyPosition = false;
    StateId from = 0; ///< start from this state instead of an empty one
};

struct QualitySpec {
    std::string model;     ///< path, or "demo"
    std::string strategy;  ///< what is measured
    std::string reference; ///< what it is compared with; empty: the file's own type
    std::string textFile;  ///< UTF-8, at most 256 MiB; a form feed begins a new text
    std::string vocabulary;
    int maxTokens = 0; ///< 0: all of the file
};

/// Last: behind the last token. Mean: of all tokens.
enum class Pooling : std::uint8_t { Last, Mean };

/// A text as a vector: the output of the model's final norm.
struct EmbedSpec {
    // Exactly one:
    std::string text;
    std::vector<int> tokens;

    Pooling pooling = Pooling::Last;
    bool normalize = true; ///< to length 1
    StateId from = 0;      ///< start from this state instead of an empty one
};

struct BenchSpec {
    std::string model; ///< path or "demo"; or
    std::string shape; ///< "0.1B", "0.4B", "1.5B", "2.9B", "7.2B": random weights
    std::string strategy = "cpu bf16";
    std::vector<int> batches = {1, 8, 32};
    int promptTokens = 512;
    int generateTokens = 64;
    std::vector<AdapterUse> adapters; ///< of a model
    int voices = 1; ///< 2..16: one request of so many voices instead of `batches`, compared with one voice
    bool profile = false; ///< once more, noting what every op takes: BenchResult::decodeProfile
};

/// A model file in another format.
struct ConvertSpec {
    std::string input;  ///< path of a model or its folder, or "demo"
    std::string output; ///< ends with .safetensors, .pth or .gguf, which tells the format
    std::string type; ///< "fp32" ("f32"), "fp16" ("f16"), "bf16"; .gguf also "q8_0", "q4_0"; empty: as stored
    std::string
        vocabulary; ///< path; goes into a .gguf or beside others; empty: the one that a load would use
    bool overwrite = false; ///< false: fails if `output` exists
};

/// Where a part of a model lives, and in which format its matrices are kept.
struct LayerPlace {
    std::string device;    ///< "cpu", "cuda:0"
    std::string format;    ///< a name of listFormats()
    bool streamed = false; ///< copied to the device for each use

    bool operator==(const LayerPlace &) const = default;
};

/// A strategy spelled out for one model; see planStrategy().
struct StrategyPlan {
    std::vector<LayerPlace> items; ///< the layers, then the head
    /// Formats for the whole model; empty: the engine's choice.
    std::string head, embedding, factors, channelMix;

    bool operator==(const StrategyPlan &) const = default;
};

} // namespace engine
