// rookery-cli devices: what models can run on here.
#include "engine/cli/arguments.h"
#include "engine/cli/commands.h"
#include "engine/cli/exit_code.h"
#include "engine/cli/numbers.h"
#include "engine/cli/printer.h"
#include "engine/engine.h"

#include <nlohmann/json.hpp>

#include <memory>

namespace cli
{
namespace
{

/// "73 % busy, 20.50 GB of 80.00 GB used, 312 W of 700 W, 64 °C", or why nothing is known.
std::string textOf(const engine::DeviceFigures &figures)
{
    std::string text;
    const auto add = [&text](const std::string &part) { text += (text.empty() ? "" : ", ") + part; };
    if (figures.busyPercent) add(std::to_string(*figures.busyPercent) + " % busy");
    if (figures.usedBytes && figures.totalBytes)
        add(byteText(double(*figures.usedBytes)) + " of " + byteText(double(*figures.totalBytes)) + " used");
    if (figures.watts)
        add(fixed(*figures.watts, 0) + " W" +
            (figures.mostWatts ? " of " + fixed(*figures.mostWatts, 0) + " W" : std::string()));
    if (figures.celsius) add(std::to_string(*figures.celsius) + " °C");
    return text.empty() ? figures.problem : text;
}

/// null where the driver tells nothing.
nlohmann::ordered_json jsonOf(const engine::DeviceFigures &figures)
{
    const auto number = [](const auto &value) {
        return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json();
    };
    return {{"total_bytes", number(figures.totalBytes)},
            {"used_bytes", number(figures.usedBytes)},
            {"busy_percent", number(figures.busyPercent)},
            {"watts", number(figures.watts)},
            {"most_watts", number(figures.mostWatts)},
            {"celsius", number(figures.celsius)},
            {"problem", figures.problem}};
}

int runDevices(bool json, Context &context)
{
    const auto devices = engine::listDevices();
    if (json) {
        nlohmann::ordered_json list = nlohmann::ordered_json::array();
        for (const auto &device : devices) {
            list.push_back({{"id", device.id},
                            {"description", device.description},
                            {"kernels", device.kernels},
                            {"all_kernels", device.allKernels},
                            {"threads", device.threads},
                            {"total_bytes", device.totalBytes},
                            {"free_bytes", device.freeBytes},
                            {"usable", device.usable},
                            {"reason", device.reason}});
            if (!device.figures.device.empty()) list.back()["figures"] = jsonOf(device.figures);
        }
        context.printer.object({{"devices", list}});
        return kOk;
    }
    for (const auto &device : devices) {
        if (!device.usable) {
            context.printer.line(device.id + ": not usable: " + device.reason);
            continue;
        }
        context.printer.line(device.id + ": " + device.description);
        context.printer.line("  memory   " + byteText(double(device.freeBytes)) + " free of " +
                             byteText(double(device.totalBytes)));
        if (!device.figures.device.empty()) context.printer.line("  now      " + textOf(device.figures));
        if (device.id != "cpu") continue; // cards have neither threads nor kernels to choose from
        context.printer.line("  threads  " + std::to_string(device.threads));
        std::string names;
        for (const std::string &name : device.allKernels)
            names += (names.empty() ? "" : ", ") + name;
        context.printer.line("  kernels  " + device.kernels + " (--kernels takes " + names + ")");
    }
    return kOk;
}

} // namespace

void addDevices(CLI::App &app, Command &chosen)
{
    const auto json = std::make_shared<bool>(false); // shared by the option parser and the command
    CLI::App &command = *app.add_subcommand("devices", "Lists the devices that models can run on here.");
    command.footer("Examples:\n  rookery-cli devices\n  rookery-cli devices --json");
    addJson(command, *json);
    command.callback(
        [json, &chosen] { chosen = [json](Context &context) { return runDevices(*json, context); }; });
}

} // namespace cli
