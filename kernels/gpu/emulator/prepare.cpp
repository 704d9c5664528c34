#include "kernels/gpu/gpu_api.h"

#include <cstdlib>

namespace kernels::gpu
{

/// Settings come from the environment; what the options ask for goes before.
bool prepareDevice(int device, const std::string &kernels, std::string &reason)
{
    emulator::Settings settings;
    if (const char *text = std::getenv("ROOKERY_EMULATOR");
        text && !emulator::parseSettings(text, settings, reason)) {
        reason = "ROOKERY_EMULATOR: " + reason;
        return false;
    }
    if (!kernels.empty() && !emulator::parseBehaviour(kernels, settings.behaviour)) {
        reason = "expected kernels of ";
        for (const std::string &name : kernelNames())
            reason += (name == kernelNames().front() ? "" : ", ") + name;
        reason += ", found \"" + kernels + '"';
        return false;
    }
    emulator::configure(device, settings);
    return true;
}

} // namespace kernels::gpu
