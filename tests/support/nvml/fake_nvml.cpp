// A library that answers as NVIDIA's library of management does, for machines without a card. Cards:
// "0000:c1:00.0" and the emulator's first tell everything, "0000:c2:00.0" has no sensors. With
// FAKE_NVML=asleep in the environment its driver is not loaded.
#include <cstdlib>
#include <cstring>

#include <strings.h>

namespace
{

enum Result { Success = 0, NotSupported = 3, NotFound = 6, DriverNotLoaded = 9, Uninitialized = 1 };

struct Card {
    const char *address;
    bool hasSensors;
};
Card g_cards[] = {{"0000:c1:00.0", true}, {"emulated:0", true}, {"0000:c2:00.0", false}};
bool g_isOpen = false;

} // namespace

#define EXPORT extern "C" __attribute__((visibility("default")))

EXPORT int nvmlInit_v2()
{
    const char *mode = std::getenv("FAKE_NVML");
    if (mode && std::strcmp(mode, "asleep") == 0) return DriverNotLoaded;
    g_isOpen = true;
    return Success;
}

EXPORT int nvmlShutdown()
{
    g_isOpen = false;
    return Success;
}

EXPORT const char *nvmlErrorString(int error)
{
    return error == DriverNotLoaded ? "Driver Not Loaded" : error == NotFound ? "Not Found" : "Unknown Error";
}

EXPORT int nvmlDeviceGetHandleByPciBusId_v2(const char *address, Card **card)
{
    if (!g_isOpen) return Uninitialized;
    for (Card &each : g_cards) {
        if (strcasecmp(each.address, address) != 0) continue;
        *card = &each;
        return Success;
    }
    return NotFound;
}

EXPORT int nvmlDeviceGetMemoryInfo(Card *, unsigned long long *totalFreeUsed)
{
    totalFreeUsed[0] = 80'000'000'000;
    totalFreeUsed[1] = 59'500'000'000;
    totalFreeUsed[2] = 20'500'000'000;
    return Success;
}

EXPORT int nvmlDeviceGetUtilizationRates(Card *, unsigned *gpuAndMemory)
{
    gpuAndMemory[0] = 73;
    gpuAndMemory[1] = 41;
    return Success;
}

EXPORT int nvmlDeviceGetPowerUsage(Card *card, unsigned *milliwatts)
{
    *milliwatts = 312'500;
    return card->hasSensors ? Success : NotSupported;
}

EXPORT int nvmlDeviceGetEnforcedPowerLimit(Card *card, unsigned *milliwatts)
{
    *milliwatts = 700'000;
    return card->hasSensors ? Success : NotSupported;
}

EXPORT int nvmlDeviceGetTemperature(Card *card, int sensor, unsigned *celsius)
{
    *celsius = 64;
    return card->hasSensors && sensor == 0 ? Success : NotSupported;
}
