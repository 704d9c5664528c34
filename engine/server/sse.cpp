#include "engine/server/sse.h"

namespace server
{

std::string sseEvent(const OutJson &data, const char *name)
{
    std::string text = name ? "event: " + std::string(name) + '\n' : std::string();
    return text.append("data: ").append(dump(data)).append("\n\n"); // dump() writes no line ends
}

} // namespace server
