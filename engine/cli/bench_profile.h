#pragma once

#include "engine/cli/printer.h"
#include "engine/events.h"

#include <nlohmann/json.hpp>

#include <string>

namespace cli
{

/// `text` at the right of so many columns, and two spaces.
std::string cell(std::string text, std::size_t width);

/// "40 %", or "in cache" for 0.
std::string shareText(double share);

/// A table of where the time of an average step went; nothing if nothing was noted.
void printProfile(const std::string &title, const engine::StepProfile &profile, Printer &printer);

/// All steps together.
nlohmann::ordered_json toJson(const engine::StepProfile &profile);

} // namespace cli
