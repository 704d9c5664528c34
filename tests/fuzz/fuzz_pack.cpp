// The input is the pack.json of a demonstration pack. Only files of the pack's folder are listed.

#include "engine/pack.h"
#include "fuzz_folder.h"
#include "support/thrown_error.h"

#include <cmath>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const FuzzFolder folder("fuzz_pack");
    static const engine::EngineOptions options = [] {
        folder.write("demo/states/a.pth", "state");
        folder.write("demo/b.pth", "adapter");
        folder.write("secret", "of others");
        engine::EngineOptions made;
        made.dataFolder = folder.path();
        return made;
    }();
    folder.write("demo/pack.json", {reinterpret_cast<const char *>(data), size});
    for (const engine::ExtraInfo &part : engine::demoPack(options)) {
        const bool isState = std::filesystem::equivalent(part.path, folder.path() + "/demo/states/a.pth");
        if (!isState && !std::filesystem::equivalent(part.path, folder.path() + "/demo/b.pth")) std::abort();
        if (part.fileBytes != (isState ? 5U : 7U)) std::abort();
        if (!std::isfinite(part.alpha) || part.alpha < 0) std::abort();
    }
    const engine::Error error = support::errorOf([] {
        engine::AdapterUse use;
        use.path = "owl";
        const engine::AdapterUse found = engine::adapterFile(use, options);
        if (found.path != "owl" && !found.path.starts_with(folder.path())) std::abort();
        engine::stateFile("pirate", options);
    });
    if (error.code() != engine::ErrorCode::None && error.code() != engine::ErrorCode::FileNotFound)
        std::abort();
    return 0;
}
