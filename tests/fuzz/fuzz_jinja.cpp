// The input is a chat template.

#include "engine/jinja/template.h"
#include "support/thrown_error.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    using namespace engine::jinja;
    const std::string_view source(reinterpret_cast<const char *>(data), size);
    const engine::Error error = support::errorOf([&] {
        const Template chat(source);
        List messages;
        messages.emplace_back(Dict{{"role", "system"}, {"content", "Be brief."}});
        messages.emplace_back(Dict{{"role", "user"}, {"content", "a\n<b>\xE4\xBD\xA0"}});
        chat.render({{"messages", std::move(messages)},
                     {"add_generation_prompt", true},
                     {"bos_token", "<s>"},
                     {"eos_token", "</s>"},
                     {"tools", Value::None{}}});
    });
    const bool isExpected = error.code() == engine::ErrorCode::None ||
                            error.code() == engine::ErrorCode::BadTokenizer ||
                            error.code() == engine::ErrorCode::BadRequest;
    if (!isExpected) std::abort();
    return 0;
}
