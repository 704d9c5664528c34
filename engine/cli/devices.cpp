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
