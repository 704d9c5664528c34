#include "engine/cli/bench_profile.h"

#include "engine/cli/numbers.h"

#include <algorithm>

namespace cli
{

using namespace engine;
using Json = nlohmann::ordered_json;

namespace
{

double perSecond(double amount, double seconds) { return seconds > 0 ? amount / seconds : 0; }

/// Copies have no flops, and nothing but time between the ops.
std::string rateText(double amount, double seconds)
{
    return amount > 0 ? fixed(perSecond(amount, seconds) / 1e9, 1) : "-";
}

std::string limitText(const OpProfile &op)
{
    return op.bytes > 0 || op.flops > 0 ? shareText(op.shareOfLimit) : "-";
}

void printOp(const OpProfile &op, const StepProfile &profile, Printer &printer)
{
    const double steps = std::max(profile.steps, 1);
    printer.line(cell(op.op, 13) + cell(op.device, 10) + cell(op.kernel.empty() ? "-" : op.kernel, 16) +
                 cell(fixed(static_cast<double>(op.calls) / steps, 1), 6) +
                 cell(fixed(1000 * op.seconds / steps, 3), 9) +
                 cell(percentText(perSecond(op.seconds, profile.seconds)), 7) +
                 cell(byteText(op.bytes / steps), 9) + cell(countText(op.flops / steps), 8) +
                 cell(rateText(op.bytes, op.seconds), 7) + cell(rateText(op.flops, op.seconds), 7) +
                 limitText(op));
}

/// What no op took.
double secondsBetween(const StepProfile &profile)
{
    double seconds = profile.seconds;
    for (const OpProfile &op : profile.ops)
        seconds -= op.seconds;
    return std::max(seconds, 0.0);
}

} // namespace

std::string cell(std::string text, std::size_t width)
{
    if (text.size() < width) text.insert(0, width - text.size(), ' ');
    return text + "  ";
}

std::string shareText(double share) { return share > 0 ? percentText(share) : "in cache"; }

void printProfile(const std::string &title, const StepProfile &profile, Printer &printer)
{
    if (profile.ops.empty()) return;
    const double steps = std::max(profile.steps, 1);
    printer.line("");
    printer.line(title + ": " + countOf(profile.steps, "step") + " of " +
                 fixed(1000 * profile.seconds / steps, 3) + " ms, op by op");
    printer.line(cell("op", 13) + cell("device", 10) + cell("kernel", 16) + cell("calls", 6) + cell("ms", 9) +
                 cell("of time", 7) + cell("moved", 9) + cell("flop", 8) + cell("GB/s", 7) +
                 cell("Gflop/s", 7) + "of limit");
    for (const OpProfile &op : profile.ops)
        printOp(op, profile, printer);
    const double between = secondsBetween(profile);
    printer.line(cell("between", 13) + cell("-", 10) + cell("-", 16) + cell("-", 6) +
                 cell(fixed(1000 * between / steps, 3), 9) +
                 percentText(perSecond(between, profile.seconds)));
}

Json toJson(const StepProfile &profile)
{
    Json ops = Json::array();
    for (const OpProfile &op : profile.ops)
        ops.push_back({{"op", op.op},
                       {"device", op.device},
                       {"kernel", op.kernel},
                       {"calls", op.calls},
                       {"seconds", op.seconds},
                       {"share_of_time", perSecond(op.seconds, profile.seconds)},
                       {"bytes", op.bytes},
                       {"flops", op.flops},
                       {"gb_per_s", perSecond(op.bytes, op.seconds) / 1e9},
                       {"gflop_per_s", perSecond(op.flops, op.seconds) / 1e9},
                       {"share_of_limit", op.shareOfLimit > 0 ? Json(op.shareOfLimit) : Json()}});
    return {{"steps", profile.steps}, {"seconds", profile.seconds}, {"ops", ops}};
}

} // namespace cli
