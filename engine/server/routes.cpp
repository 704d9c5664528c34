// What the endpoint serves: one line a route. /openapi.json is made from it.
#include "engine/server/handlers.h"
#include "engine/server/router.h"

#include <array>

namespace server
{

std::span<const Route> routes()
{
    // clang-format off
    static constexpr std::array kRoutes = {
        Route{"GET", "/v1/models", listModels, "The loaded model, and it with each state"},
        Route{"GET", "/v1/models/{id}", showModel, "One of these"},
        Route{"POST", "/v1/chat/completions", chat, "Answers a conversation", "ChatRequest"},
        Route{"POST", "/v1/completions", completions, "Continues texts", "CompletionRequest"},
        Route{"POST", "/v1/responses", responses, "Answers in the form of OpenAI's Responses; nothing is stored", "ResponsesRequest"},
        Route{"POST", "/v1/embeddings", embeddings, "Texts as vectors", "EmbeddingRequest"},
        Route{"POST", "/tokenize", tokenize, "The tokens of a text", "TokenizeRequest"},
        Route{"POST", "/detokenize", detokenize, "The text of tokens", "DetokenizeRequest"},
        Route{"GET", "/health", health, "Whether requests can be answered", nullptr, true},
        Route{"GET", "/metrics", metrics, "Counters for Prometheus, if turned on", nullptr, true},
        Route{"GET", "/openapi.json", openApi, "This description"},
        // States by name
        Route{"GET", "/v1/states", listStates, "The states that requests can start from"},
        Route{"POST", "/v1/states", openState, "Opens a state file under a name", "OpenStateRequest"},
        Route{"POST", "/v1/states/{id}/fork", forkState, "Gives a state a second name", "ForkStateRequest"},
        Route{"POST", "/v1/states/{id}/save", saveState, "Writes a state to a file", "SaveStateRequest"},
        Route{"DELETE", "/v1/states/{id}", deleteState, "Forgets a state"},
        // RWKV-Infer
        Route{"GET", "/models", listModelsBare, "The models as a bare list"},
        Route{"GET", "/healthcheck", healthCheck, "Says that the server lives", nullptr, true},
        Route{"POST", "/loadmodel", loadModel, "Loads a model in the background of other requests; it takes the place of the one before, whose answers are cut and whose states are forgotten, once it is there", "LoadModelRequest"},
        Route{"POST", "/removemodel", removeModel, "Unloads it", "EmptyRequest", false, true},
        Route{"POST", "/loadstatemodel", loadState, "Loads a state as <model> <state>", "LoadStateRequest"},
        Route{"POST", "/mrss_loadstatemodel", loadMix, "Loads several states that answer together", "LoadMixRequest"},
        Route{"POST", "/mrss_set_gatingweight", setGates, "Changes the gates of a mix, or of an answer that is being written", "SetGatesRequest"},
        Route{"POST", "/removestatemodel", removeStates, "Forgets all states", "EmptyRequest", false, true},
        Route{"POST", "/chat/completions", chatLenient, "As /v1/chat/completions; numbers may be strings", "ChatRequest"},
        Route{"POST", "/completions", completionsLenient, "As /v1/completions; numbers may be strings", "CompletionRequest"},
    };
    // clang-format on
    return kRoutes;
}

} // namespace server
