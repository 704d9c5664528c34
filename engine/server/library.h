#pragma once

#include "engine/engine.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace server
{

/// A state that the engine holds for us; given back when nobody uses it any more.
class HeldState final
{
public:
    HeldState(engine::Engine &engine, engine::StateId id)
        : m_engine(engine)
        , m_id(id)
    {
    }
    ~HeldState() { m_engine.releaseState(m_id); }
    HeldState(const HeldState &) = delete;
    HeldState &operator=(const HeldState &) = delete;

    engine::StateId id() const { return m_id; }

private:
    engine::Engine &m_engine;
    engine::StateId m_id;
};

/// Shared by names (a fork is a second name) and by requests that run.
using HeldStatePtr = std::shared_ptr<const HeldState>;

/// Sampling where a request says nothing.
struct Defaults {
    std::optional<float> temperature, topP;
};

/// What stands behind a name: one state, or the voices of a mix.
struct NamedState {
    std::vector<HeldStatePtr> voices; ///< one: an ordinary state
    bool isMix = false;
    bool hasOriginal = false; ///< the empty state is the last voice of the mix
    std::vector<float> gates; ///< of a mix, one for each voice and the original
    Defaults defaults;
    std::int64_t created = 0;
    int tokens = 0; ///< of the text that led to it, as far as that is known

    std::size_t rows() const { return voices.size() + (hasOriginal ? 1 : 0); }
};

/// What the endpoint offers: the loaded model, as the engine's events tell it, and the states loaded or kept
/// for it, by name. Thread: the server's.
class Library final
{
public:
    struct Model {
        std::string name; ///< as clients call it
        engine::ModelInfo info;
        std::string strategy;
        int slots = 0;
        std::int64_t created = 0;
        Defaults defaults;
        std::string stop; ///< ends answers where a request names no stop; empty: none
    };

    /// How the next model is to be called, from the request that loads it.
    struct LoadWish {
        engine::JobId job = 0;
        std::string name;
        Defaults defaults;
        std::string stop;
    };

    void wish(LoadWish wish) { m_wish = std::move(wish); }
    /// How models that are loaded by others (the command line) are called; empty: by their own name.
    void setName(std::string name) { m_name = std::move(name); }
    void see(const engine::Event &event);

    const std::optional<Model> &model() const { return m_model; }
    bool isLoading() const { return m_loading != 0 || m_wish; }

    /// All that is kept may be so many states, each voice of a mix one, and so many bytes in memory; a fork
    /// costs nothing.
    static constexpr std::size_t kMostStates = 1024;
    void limitBytes(std::size_t most) { m_mostBytes = most; }
    /// Takes the place of one of the same name. Throws ApiError 400 (too_many_states) where the limit is
    /// reached; then nothing changes.
    void add(const std::string &name, NamedState state);
    /// The same for `voices` new states of this name that are still to be made.
    void checkRoom(const std::string &name, std::size_t voices) const;
    struct Kept {
        std::size_t states = 0, bytes = 0;
    };
    Kept kept() const { return keptBeside({}); }
    const std::map<std::string, NamedState> &states() const { return m_states; }
    NamedState *state(const std::string &name);
    bool remove(const std::string &name) { return m_states.erase(name) > 0; }
    void removeAll() { m_states.clear(); }

    /// What a request's model field names: "" or the model, or "<model> <state>". Throws ApiError 404 or 503.
    const NamedState *find(const std::string &id);

private:
    Kept keptBeside(const std::optional<std::string> &name, const NamedState *more = nullptr) const;
    std::size_t bytesOf(const NamedState &state) const;
    void refuseAbove(const Kept &kept) const;

    std::size_t m_mostBytes = std::size_t(1) << 30U;
    std::optional<Model> m_model;
    std::optional<LoadWish> m_wish;
    std::string m_name;
    engine::JobId m_loading = 0;
    std::map<std::string, NamedState> m_states;
};

/// Seconds since 1970.
std::int64_t now();

} // namespace server
