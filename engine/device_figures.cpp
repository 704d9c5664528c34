#include "engine/device_figures.h"

#include "engine/processor_watch.h"
#include "kernels/card_figures.h"
#include "kernels/modules.h"

namespace engine
{

std::vector<DeviceFigures> readDeviceFigures()
{
    static kernels::CardWatch watch; // drivers' libraries are opened once
    std::vector<DeviceFigures> all;
    for (const kernels::CardPlace &place : kernels::cardPlaces()) {
        DeviceFigures figures;
        figures.device = place.id;
        if (const auto told = watch.read(place.address, &figures.problem)) {
            figures.totalBytes = told->totalBytes;
            figures.usedBytes = told->usedBytes;
            figures.busyPercent = told->busyPercent;
            figures.watts = told->watts;
            figures.mostWatts = told->mostWatts;
            figures.celsius = told->celsius;
        }
        all.push_back(std::move(figures));
    }
    return all;
}

std::vector<DeviceFigures> readAllFigures()
{
    static ProcessorWatch watch; // remembers what it compares with
    std::vector<DeviceFigures> all = {watch.read()};
    for (DeviceFigures &card : readDeviceFigures())
        all.push_back(std::move(card));
    return all;
}

} // namespace engine
