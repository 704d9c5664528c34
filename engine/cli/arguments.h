#pragma once

// Options that several commands share, and the way to declare options with numbers.

#include "engine/options.h"

#include <CLI/CLI.hpp>

#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace cli
{

/// What every command that runs a model takes.
struct ModelArguments {
    engine::LoadSpec load;
    engine::EngineOptions engine;
};

/// --seed as given; without one every run is different.
struct SamplingArguments {
    engine::SamplingParams params;
    int maxTokens = 0;
    std::vector<std::string> stopStrings;
    std::vector<int> stopTokens;
};

/// An option with a whole number between `least` and `most`.
CLI::Option *addInteger(CLI::App &command, const std::string &name, int &target, int least, int most,
                        const std::string &help);
/// An option with a number between `least` and `most`, written with a point in every locale.
CLI::Option *addNumber(CLI::App &command, const std::string &name, float &target, float least, float most,
                       const std::string &help);
/// An option with a list of whole numbers, "1,8,32", each between `least` and `most`.
CLI::Option *addList(CLI::App &command, const std::string &name, std::vector<int> &target, int least,
                     int most, const std::string &help);

/// An option with one of a few names.
template <class T>
CLI::Option *addChoice(CLI::App &command, const std::string &name, T &target,
                       std::vector<std::pair<std::string, T>> choices, const std::string &help)
{
    const auto choose = [name, &target, choices](const std::string &text) {
        std::string names;
        for (const auto &[known, value] : choices) {
            if (text == known) {
                target = value;
                return;
            }
            names += (names.empty() ? "" : ", ") + known;
        }
        throw CLI::ValidationError(name, "expected one of " + names + ", found \"" + text + '"');
    };
    return command.add_option_function<std::string>(name, choose, help)->type_name("NAME");
}

/// An option with a text, which may be given several times.
CLI::Option *addTexts(CLI::App &command, const std::string &name, std::vector<std::string> &target,
                      const std::string &type, const std::string &help);
/// Of a file to write: its folder must be there, which is better told before long work than behind it.
CLI::Validator inAFolder();
/// --threads and --kernels.
void addProcessor(CLI::App &command, engine::EngineOptions &options);
/// --adapter, and options of the adapter before them.
void addAdapters(CLI::App &command, std::vector<engine::AdapterUse> &adapters);
/// MODEL (if `positional`), --strategy, --vocab, --adapter, --head-norm-eps, --context, --threads and
/// --kernels.
void addModelArguments(CLI::App &command, ModelArguments &arguments, bool positional = true);
/// --temperature, --top-p, ... --seed, --max-tokens (with `maxTokens` as the default), --logit-bias, --ban,
/// --stop and --stop-token.
void addSamplingArguments(CLI::App &command, SamplingArguments &arguments, int maxTokens);
/// --json-object, --json-schema and --grammar, of which one may be given.
void addGrammarArguments(CLI::App &command, engine::GrammarSpec &grammar);
/// --state and --state-order.
void addStateArguments(CLI::App &command, engine::OpenStateSpec &state);
/// --state-order alone.
void addStateOrder(CLI::App &command, engine::StateOrientation &order);
void addJson(CLI::App &command, bool &json);

/// Sets the sampling parameter `name`, as it is called in options without dashes ("temperature", "top-p").
/// Returns what is wrong, or nothing.
std::string setSamplingParameter(engine::SamplingParams &params, const std::string &name,
                                 const std::string &value);
/// "temperature 1, top-p 0.5, ..." as setSamplingParameter takes them.
std::string samplingText(const engine::SamplingParams &params);

} // namespace cli
