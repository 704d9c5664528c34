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
    std::string dataFolder;              ///< demonstration model, vocabulary; empty: found beside the program
    int threads = 0;                     ///< CPU device threads, 0: one per processor
    std::string cpuKernels;              ///< forces a CPU code path (tests, bench); empty: best
    std::size_t cacheBytes = 256U << 20; ///< prefix cache budget
    int maxQueued = 4096;                ///< further generate commands fail with QueueFull
};

struct LoadSpec {
    std::string model;            ///< path, or "demo"
    std::string strategy = "cpu"; ///< see engine/strategy.h: "cpu", "cpu int8", "cuda fp16 *20 -> cpu bf16"
    std::string vocabulary;       ///< path; empty: beside the model, then the one shipped
    int slots = 0;                ///< sequences that run at once, 0: chosen from the model's state size
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

enum class Role : std::uint8_t { System, User, Assistant };

struct ChatMessage {
    Role role = Role::User;
    std::string text;     ///< UTF-8; typed text can never forge a turn
    std::string thinking; ///< of an assistant turn; not fed again
};

/// How messages become a prompt. Auto: reasoning form if the model's name says so, else World.
enum class ChatTemplate : std::uint8_t { Auto, World, Reasoning, Raw };
enum class Thinking : std::uint8_t { Off, On, Short };

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
    bool ignoreEnd = false;      ///< bans the end-of-text token
    int topLogprobs = -1;        ///< -1 none; 0 of the chosen token only; else 1..20 likeliest as well
    bool keepState = false;      ///< Finished then carries a StateId: the state behind the last token fed
};

/// Writes what a conversation has read so far. The state is `state` if given, else that behind the prompt
/// which `request` renders to (taken from the prefix cache, or read anew).
struct SaveStateSpec {
    std::string path; ///< replaced atomically
    StateId state = 0;
    GenerateSpec request; ///< only its prompt fields count
    std::string note;     ///< free text kept in the file
};

struct LogitsSpec {
    std::vector<int> tokens;
    int chunk = 0; ///< tokens per step; 0: all at once
    bool everyPosition = false;
};

struct QualitySpec {
    std::string model;     ///< path, or "demo"
    std::string strategy;  ///< what is measured
    std::string reference; ///< what it is compared with; empty: the file's own type
    std::string textFile;  ///< UTF-8, at most 256 MiB; a form feed begins a new text
    std::string vocabulary;
    int maxTokens = 0; ///< 0: all of the file
};

struct BenchSpec {
    std::string model; ///< path or "demo"; or
    std::string shape; ///< "0.1B", "0.4B", "1.5B", "2.9B", "7.2B": random weights
    std::string strategy = "cpu bf16";
    std::vector<int> batches = {1, 8, 32};
    int promptTokens = 512;
    int generateTokens = 64;
};

} // namespace engine
