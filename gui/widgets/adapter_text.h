#pragma once

#include "engine/options.h"

#include <QString>

#include <vector>

namespace gui
{

class Library;

/// "owl, loud × 0.5"; empty if there is none.
QString adaptersText(const std::vector<engine::AdapterUse> &adapters, const Library &library);

} // namespace gui
