#include "engine/request.h"

#include "engine/chat_format.h"
#include "engine/tools.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace engine
{
namespace
{

constexpr std::size_t kMaxStopStrings = 16;
constexpr std::size_t kMaxStopBytes = 1024;
constexpr int kMaxTopLogprobs = kernels::Sample::kMaxTop;
constexpr std::size_t kMaxLogitBytes = std::size_t(1) << 30;

[[noreturn]] void refuse(const std::string &message) { throw Error(ErrorCode::BadRequest, message); }

const Tokenizer &tokenizerOf(const ModelFacts &model)
{
    if (!model.tokenizer)
        throw Error(ErrorCode::TokenizerMissing,
                    "the loaded model has no vocabulary: only token ids can be given");
    return *model.tokenizer;
}

void checkTokens(const char *field, const std::vector<int> &tokens, int vocabulary)
{
    for (const int token : tokens) {
        if (token < 0 || token >= vocabulary)
            refuse(std::string(field) + ": expected token ids from 0 to " + std::to_string(vocabulary - 1) +
                   ", found " + std::to_string(token));
    }
}

/// How many of `tokens` belong to what the next turn's prompt will begin with too: it drops the thinking, so
/// that all up to the answer's tag. 0 if the prompt's end is not of that kind, or tokens reach across that
/// border.
std::size_t lastingTokens(const ChatPrompt &chat, const std::vector<int> &tokens, const Tokenizer &tokenizer)
{
    constexpr std::string_view kAnswer = "Assistant:";
    const std::size_t answer = chat.swallow.empty() ? std::string::npos : chat.text.rfind(kAnswer);
    if (answer == std::string::npos) return 0;
    const std::vector<int> lasting =
        tokenizer.encode(std::string_view(chat.text).substr(0, answer + kAnswer.size()));
    const bool isPrefix =
        lasting.size() < tokens.size() && std::equal(lasting.begin(), lasting.end(), tokens.begin());
    return isPrefix ? lasting.size() : 0;
}

/// Has the answer held to a grammar, if the command asks for one. Stop tokens and the end must be known.
void constrain(Request &request, const GenerateSpec &spec, const AnswerForm &form, const ModelFacts &model)
{
    const bool mustCall = spec.toolChoice == ToolChoice::Required || spec.toolChoice == ToolChoice::Named;
    if (spec.grammar.kind == GrammarSpec::Kind::None && !mustCall) return;
    tokenizerOf(model);
    const bool isNamed = spec.toolChoice == ToolChoice::Named;
    grammar::Source source{spec.grammar, {}, mustCall, spec.parallelToolCalls && !isNamed, {}};
    for (const ToolSpec &tool : spec.tools)
        if (spec.toolChoice != ToolChoice::None && (!isNamed || tool.name == spec.toolName))
            source.tools.push_back(tool);
    source.lead = {form.swallow, form.startsInThinking, form.beginOfThinking, form.endOfThinking,
                   form.trimStart};
    std::vector<int> ends = request.stopTokens;
    ends.push_back(request.endOfText);
    request.constraint.emplace(model.grammars->find(source), ends);
}

void checkStops(const GenerateSpec &spec, const ModelFacts &model)
{
    if (spec.stopStrings.size() > kMaxStopStrings)
        refuse("stop strings: expected at most 16, found " + std::to_string(spec.stopStrings.size()));
    for (const std::string &stop : spec.stopStrings) {
        if (stop.empty() || stop.size() > kMaxStopBytes)
            refuse("stop strings: expected 1 to 1024 bytes each, found " + std::to_string(stop.size()));
    }
    checkTokens("stop tokens", spec.stopTokens, model.vocabulary);
}

/// `prompt` of a conversation as it goes on behind what a state has read: a blank line sets the turns apart,
/// and what the state has of that already ("\n\nUser", of a stop string) is not read twice.
std::string behind(const HeldState &state, const std::string &prompt, const Tokenizer &tokenizer)
{
    constexpr std::size_t kTokensBack = 16;
    std::vector<int> last = state.before;
    last.insert(last.end(), state.tokens.begin(), state.tokens.end());
    if (last.empty()) return prompt;
    last.erase(last.begin(), last.end() - static_cast<std::ptrdiff_t>(std::min(kTokensBack, last.size())));
    const std::string before = tokenizer.decode(last);
    const std::string wanted = "\n\n" + prompt;
    for (std::size_t n = std::min(before.size(), wanted.size()); n > 0; --n) {
        if (before.ends_with(std::string_view(wanted).substr(0, n))) return wanted.substr(n);
    }
    return wanted;
}

/// The one prompt source of `spec` as tokens behind those already in `request`; fills in the answer's form.
AnswerForm addPrompt(Request &request, const GenerateSpec &spec, const ModelFacts &model)
{
    const int sources =
        (spec.messages.empty() ? 0 : 1) + (spec.prompt.empty() ? 0 : 1) + (spec.tokens.empty() ? 0 : 1);
    if (sources > 1)
        refuse("prompt: expected one of messages, prompt and tokens, found " + std::to_string(sources));
    if (sources == 0 && !request.from)
        refuse("prompt: expected messages, a prompt, tokens or a state to start from, found none");

    AnswerForm form;
    std::vector<int> tokens = spec.tokens;
    if (!spec.messages.empty()) {
        validateTools(spec);
        const std::vector<ChatMessage> messages = messagesWithTools(spec);
        const bool hasTemplate = model.tokenizer && model.tokenizer->chatTemplate();
        ChatPrompt chat = hasTemplate && spec.chatTemplate == ChatTemplate::Auto
                              ? renderChatTemplate(messages, spec.thinking, *model.tokenizer)
                              : renderChat(messages, spec.chatTemplate, spec.thinking, model.info.name);
        if (request.from && spec.chatTemplate != ChatTemplate::Raw && !chat.isMarked)
            chat.text = behind(*request.from, chat.text, tokenizerOf(model));
        tokens = chat.isMarked ? encodeGuarded(chat.text, tokenizerOf(model))
                               : tokenizerOf(model).encode(chat.text);
        request.stopTokens = std::move(chat.stopTokens);
        if (const std::size_t lasting = lastingTokens(chat, tokens, *model.tokenizer))
            request.checkpoint = request.tokens.size() + lasting;
        form = {std::move(chat.stopStrings),     chat.startsInThinking, std::move(chat.endOfThinking),
                std::move(chat.beginOfThinking), chat.trimStart,        std::move(chat.swallow)};
    } else if (!spec.prompt.empty()) {
        tokens = tokenizerOf(model).encodeMarked(spec.prompt);
    }
    checkTokens("tokens", tokens, model.vocabulary);
    request.tokens.insert(request.tokens.end(), tokens.begin(), tokens.end());
    return form;
}

/// A request with its tokens; the rest is up to the kind.
std::unique_ptr<Request> begin(JobId job, Request::Kind kind, const ModelFacts &model, HeldStatePtr from)
{
    auto request = std::make_unique<Request>();
    request->job = job;
    request->kind = kind;
    if (from) {
        requireFit(*from, model);
        request->tokens = from->tokens;
        request->start = from->start;
        request->before = from->before;
        request->from = std::move(from);
    }
    return request;
}

/// Leaves room for `more` tokens behind the prompt where a sequence has memory for so many only.
void fitContext(Request &request, const ModelFacts &model, std::size_t more)
{
    if (model.contextTokens == 0) return;
    const auto context = static_cast<std::size_t>(model.contextTokens);
    const float before = request.start ? request.start->state.at(model.positionAt) : 0;
    if (!(before >= 0 && before <= static_cast<float>(context)))
        throw Error(ErrorCode::BadState, "the state has read more tokens than the " +
                                             std::to_string(context) +
                                             " that the model was loaded with key/value memory for");
    request.mostTokens = context - static_cast<std::size_t>(before);
    if (request.tokens.size() + more > request.mostTokens)
        refuse("prompt: expected at most " +
               std::to_string(request.mostTokens - std::min(more, request.mostTokens)) + " tokens, found " +
               std::to_string(request.tokens.size()) + "; the model was loaded with key/value memory for " +
               std::to_string(context) + " (context tokens of the load)");
}

void endPrompt(Request &request, const ModelFacts &model, std::size_t more = 0)
{
    fitContext(request, model, more);
    const bool canGoOn = request.from && !request.from->image->logits.empty();
    if (request.tokens.empty() && !canGoOn) refuse("prompt: expected at least one token, found none");
    request.promptEnd = request.tokens.size();
    request.usage.promptTokens = static_cast<int>(request.promptEnd);
}

/// Ids that this request never draws, besides those of its sampling parameters. `ends`: end the text or a
/// turn.
std::vector<int> bansOf(const GenerateSpec &spec, const ModelFacts &model, const std::vector<int> &ends)
{
    std::vector<int> banned = model.unused;
    std::vector<int> further = spec.sampling.bannedTokens;
    for (const int end : ends) {
        if (!spec.ignoreEnd || end < 0) continue;
        banned.push_back(end);
        further.push_back(end);
    }
    std::sort(further.begin(), further.end());
    further.erase(std::unique(further.begin(), further.end()), further.end());
    const auto wasDrawable = [&](int token) {
        return token < model.drawable && !std::binary_search(model.unused.begin(), model.unused.end(), token);
    };
    const auto refused = std::count_if(further.begin(), further.end(), wasDrawable);
    if (static_cast<std::size_t>(refused) + model.unused.size() >= static_cast<std::size_t>(model.drawable))
        refuse("banned_tokens: expected at least one token to be left, found none");
    return banned;
}

} // namespace

void requireFit(const HeldState &state, const ModelFacts &model)
{
    if ((state.model->fingerprint != model.fingerprint && !state.fitsAny) ||
        state.model->state.layout != model.state.layout ||
        model.state.tokensIn(state.image->state.size()) < 0)
        throw Error(ErrorCode::BadState, "the state belongs to the model " + state.model->info.name +
                                             ", loaded is " + model.info.name);
}

std::unique_ptr<Request> makeRequest(JobId job, const GenerateSpec &spec, const ModelFacts &model,
                                     HeldStatePtr from)
{
    validate(spec.sampling, model.vocabulary);
    checkStops(spec, model);
    if (spec.maxTokens < 0) refuse("max_tokens: expected 0 or more, found " + std::to_string(spec.maxTokens));
    if (spec.topLogprobs < -1 || spec.topLogprobs > kMaxTopLogprobs)
        refuse("top_logprobs: expected -1 to 20, found " + std::to_string(spec.topLogprobs));

    auto request = begin(job, Request::Kind::Generate, model, std::move(from));
    AnswerForm form = addPrompt(*request, spec, model);
    endPrompt(*request, model, spec.maxTokens > 0 ? 1 : 0);
    std::vector<int> ends; // that are banned
    if (spec.ignoreEnd) {
        form.stopStrings.clear(); // the template's
        ends = std::exchange(request->stopTokens, {});
    }
    form.stopStrings.insert(form.stopStrings.end(), spec.stopStrings.begin(), spec.stopStrings.end());
    request->stopTokens.insert(request->stopTokens.end(), spec.stopTokens.begin(), spec.stopTokens.end());
    request->endOfText = model.tokenizer ? model.tokenizer->endOfText() : -1;
    ends.push_back(request->endOfText);
    constrain(*request, spec, form, model);
    request->text.emplace(std::move(form));
    request->maxTokens = spec.maxTokens;
    request->topLogprobs = spec.topLogprobs;
    request->keepState = spec.keepState;
    request->sampler.emplace(spec.sampling, spec.topLogprobs, bansOf(spec, model, ends));
    return request;
}

std::unique_ptr<Request> makeMixRequest(JobId job, const GenerateSpec &spec, const ModelFacts &model,
                                        const std::vector<HeldStatePtr> &states)
{
    if (spec.from != 0) refuse("state: expected none beside a mix, whose voices have their own, found one");
    validate(spec.mix, model.slots);
    auto leader = makeRequest(job, spec, model, states.front());
    leader->mix = std::make_unique<Mix>(spec.mix);
    leader->mix->voices.push_back(leader.get());
    for (std::size_t i = 1; i < states.size(); ++i) {
        auto voice = begin(job, Request::Kind::Voice, model, states[i]);
        addPrompt(*voice, spec, model);
        endPrompt(*voice, model, spec.maxTokens > 0 ? 1 : 0);
        voice->leader = leader.get();
        leader->mix->voices.push_back(voice.get());
        leader->mix->waiting.push_back(std::move(voice));
    }
    return leader;
}

std::unique_ptr<Request> makeSaveRequest(JobId job, const SaveStateSpec &spec, const ModelFacts &model,
                                         HeldStatePtr from)
{
    if (!spec.request.mix.voices.empty())
        refuse("mix: expected none, since a state file has one voice, found " +
               std::to_string(spec.request.mix.voices.size()) + " voices");
    auto request = begin(job, Request::Kind::SaveState, model, std::move(from));
    addPrompt(*request, spec.request, model);
    endPrompt(*request, model);
    request->save = spec;
    return request;
}

std::unique_ptr<Request> makeLogitsRequest(JobId job, const LogitsSpec &spec, const ModelFacts &model,
                                           HeldStatePtr from)
{
    if (spec.chunk < 0) refuse("chunk: expected 0 or more, found " + std::to_string(spec.chunk));
    checkTokens("tokens", spec.tokens, model.vocabulary);
    const bool isKnown = spec.tokens.empty() && from && !from->image->logits.empty();
    if (spec.tokens.empty() && !isKnown) refuse("tokens: expected at least one token, found none");
    const StateImagePtr known = isKnown ? from->image : nullptr;
    auto request = begin(job, Request::Kind::Logits, model, std::move(from));
    request->tokens.insert(request->tokens.end(), spec.tokens.begin(), spec.tokens.end());
    endPrompt(*request, model);
    request->chunk = spec.chunk;
    request->everyPosition = spec.everyPosition;
    const std::size_t rows = spec.everyPosition ? spec.tokens.size() : 1;
    const std::size_t most = kMaxLogitBytes / sizeof(float) / static_cast<std::size_t>(model.vocabulary);
    if (rows > most)
        refuse("tokens: expected at most " + std::to_string(most) +
               " for logits of every position (1 GiB), found " + std::to_string(rows));
    request->logits.reserve(rows * static_cast<std::size_t>(model.vocabulary));
    if (known) request->logits = known->logits;
    return request;
}

std::unique_ptr<Request> makeEmbedRequest(JobId job, const EmbedSpec &spec, const ModelFacts &model,
                                          HeldStatePtr from)
{
    if (spec.text.empty() == spec.tokens.empty())
        refuse(std::string("text: expected a text or tokens, found ") +
               (spec.text.empty() ? "neither" : "both"));
    const std::vector<int> tokens = spec.text.empty() ? spec.tokens : tokenizerOf(model).encode(spec.text);
    checkTokens("tokens", tokens, model.vocabulary);
    auto request = begin(job, Request::Kind::Embed, model, std::move(from));
    request->tokens.insert(request->tokens.end(), tokens.begin(), tokens.end());
    endPrompt(*request, model);
    request->isMean = spec.pooling == Pooling::Mean;
    request->isNormalized = spec.normalize;
    return request;
}

} // namespace engine
