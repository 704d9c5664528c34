// The doors of the engine that need no engine.
#include "engine/bench.h"
#include "engine/device_figures.h"
#include "engine/engine_impl.h"
#include "kernels/weight.h"

#include <utility>

namespace engine
{

std::unique_ptr<Engine> makeEngine(EngineOptions options, Engine::EventSink sink)
{
    return std::make_unique<EngineImpl>(std::move(options), std::move(sink),
                                        EngineParts{loadModel, runBench});
}

std::vector<DeviceSummary> listDevices()
{
    std::vector<DeviceSummary> summaries;
    const std::vector<DeviceFigures> figures = readDeviceFigures();
    for (const kernels::DeviceInfo &info : kernels::listDevices()) {
        DeviceSummary summary{
            info.id, info.description, info.kernels, info.allKernels, info.threads, info.totalBytes,
            0,       info.usable,      info.reason};
        if (info.usable) {
            std::string reason;
            if (const auto device = kernels::openDevice(info.id, {.threads = 1, .kernels = {}}, &reason))
                summary.freeBytes = device->memory().freeBytes;
        }
        for (const DeviceFigures &told : figures)
            if (told.device == info.id) summary.figures = told;
        summaries.push_back(std::move(summary));
    }
    return summaries;
}

std::vector<std::string> listFormats()
{
    return {
#define X(name, traits, text) text,
        KERNELS_ALL_FORMATS(X)
#undef X
    };
}

const char *version() { return ROOKERY_VERSION; }

} // namespace engine
