#pragma once

#include "engine/options.h"
#include "engine/server/answer.h"
#include "engine/server/fields.h"
#include "engine/server/library.h"

#include <string>
#include <vector>

namespace server
{

struct Service;

/// What the fields that chat, completions and responses share ask for.
struct Asked {
    engine::GenerateSpec spec; ///< without its prompt
    std::string model;         ///< as the request calls it
    std::vector<HeldStatePtr> states;
    bool stream = false, includeUsage = false;
    int n = 1;
    std::string keepAs; ///< name for the state behind the answer; empty: not kept
};

/// Reads model, state, sampling, stop, seed, n, stream and stream_options, and starts `spec` with what the
/// model and its states have as defaults. `maxTokens`: where the request says nothing. Throws ApiError.
Asked readShared(Service &service, const Fields &fields, int maxTokens);

/// Specs for n answers to one prompt: seeds s, s + 1, ... if one was given.
std::vector<engine::GenerateSpec> copies(const engine::GenerateSpec &spec, int n);

/// The longest name of a state, and what it may hold. Throws ApiError 400.
void checkStateName(const std::string &path, const std::string &name);

/// Keeps the states behind an answer under the name that was asked for; those of a mix as a mix with its
/// gates.
void keepState(Service &service, const Asked &asked, const Row &row);

} // namespace server
