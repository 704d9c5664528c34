#pragma once

// Broken and hostile GGUF, ggmf and old PyTorch files, each with its verdict.

#include "support/gguf_writer.h"
#include "support/hostile_verdict.h"
#include "support/pickle_writer.h"

#include <functional>
#include <string>
#include <vector>

namespace support
{

struct HostileFile {
    std::string name;
    engine::ErrorCode verdict;
    std::function<std::string()> bytes;
};

std::vector<HostileFile> hostileGguf();
std::vector<HostileFile> hostileGgmf();
std::vector<HostileFile> hostileLegacy();

} // namespace support
