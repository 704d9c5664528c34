#include "kernels/gpu/emulator/runtime.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <set>
#include <string_view>
#include <thread>
#include <vector>

namespace kernels::gpu::emulator
{

struct Graph {
    std::vector<std::function<void()>> work;
    std::size_t kernels = 0;
};

struct Stream {
    int device = 0;
    std::vector<std::function<void()>> work;
    bool isCapturing = false, isSpoilt = false;
    std::thread::id capturer;
    Graph captured;

    void add(std::function<void()> piece)
    {
        (isCapturing ? captured.work : work).push_back(std::move(piece));
    }
};

namespace
{

constexpr unsigned kMostThreadsInBlock = 1024;
/// Behind every piece of memory, filled with a pattern: a kernel that writes numbers there is caught. The
/// address sanitizer catches who reads there too.
#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t kGuardBytes = 0;
#else
constexpr std::size_t kGuardBytes = 256;
#endif
constexpr int kGuardPattern = 0xff; // a NaN, for who reads there

struct Card {
    Settings settings;
    std::size_t usedBytes = 0;
    std::size_t launches = 0; ///< since it was configured
    std::set<Stream *> streams;
    std::string fault; ///< sticky
};

struct Piece {
    int device = 0;
    std::size_t bytes = 0;
};

/// Every card, and who may look at them: engines on several threads open devices of their own.
struct Machine {
    std::recursive_mutex mutex;
    Card cards[kDevices];
    std::map<void *, Piece> memory;
};

Machine &machine()
{
    static Machine one;
    return one;
}

thread_local int t_device = 0;

/// Spoils what this thread captures of the card's streams. True if there is such a stream.
bool spoilCaptures(const Card &card)
{
    bool found = false;
    for (Stream *stream : card.streams) {
        const bool isMine = stream->isCapturing && stream->capturer == std::this_thread::get_id();
        stream->isSpoilt |= isMine;
        found |= isMine;
    }
    return found;
}

/// The card is gone if it has started as many kernels as it may.
void countLaunches(Card &card, std::size_t kernels)
{
    card.launches += kernels;
    if (card.settings.launchesUntilLost > 0 && card.launches >= card.settings.launchesUntilLost)
        card.fault = "the card does not answer any more";
}

Card &card() { return machine().cards[t_device]; }

/// A fault if something was written behind a piece of the card's memory.
void checkGuards(int device)
{
    for (const auto &[begin, piece] : machine().memory) {
        const auto *guard = static_cast<const unsigned char *>(begin) + piece.bytes;
        if (piece.device != device ||
            std::all_of(guard, guard + kGuardBytes, [](unsigned char b) { return b == kGuardPattern; }))
            continue;
        machine().cards[device].fault =
            "something was written behind the " + std::to_string(piece.bytes) + " bytes of an allocation";
        return;
    }
}

void finish(Stream &stream)
{
    const std::vector<std::function<void()>> work = std::exchange(stream.work, {});
    std::string &fault = machine().cards[stream.device].fault;
    for (const auto &piece : work)
        if (fault.empty()) piece();
    if (!work.empty() && fault.empty()) checkGuards(stream.device);
}

bool parseBytes(std::string_view text, std::size_t &bytes)
{
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
    if (error != std::errc()) return false;
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    const int shift = unit.empty() ? 0 : unit == "K" ? 10 : unit == "M" ? 20 : unit == "G" ? 30 : -1;
    if (shift < 0 || bytes > (SIZE_MAX >> 31)) return false;
    bytes <<= shift;
    return true;
}

} // namespace

bool parseBehaviour(const std::string &text, Behaviour &behaviour)
{
    const std::size_t dash = text.find('-');
    const std::string warp = text.substr(0, dash);
    const std::string order = dash == std::string::npos ? "forward" : text.substr(dash + 1);
    if (warp != "warp32" && warp != "warp64") return false;
    behaviour.warp = warp == "warp32" ? 32 : 64;
    if (order == "forward")
        behaviour.order = Order::Forward;
    else if (order == "reversed")
        behaviour.order = Order::Reversed;
    else if (order == "shuffled")
        behaviour.order = Order::Shuffled;
    else
        return false;
    return true;
}

bool parseSettings(const std::string &text, Settings &settings, std::string &reason)
{
    for (std::string_view rest = text; !rest.empty();) {
        const std::string_view part = rest.substr(0, rest.find(','));
        rest.remove_prefix(part.size() < rest.size() ? part.size() + 1 : rest.size());
        constexpr std::string_view kMemory = "memory=", kKernels = "kernels=", kLost = "lost=",
                                   kGemm = "gemm=";
        const bool isGood = part == "1" || part == "no-graphs" ||
                            (part.substr(0, kMemory.size()) == kMemory &&
                             parseBytes(part.substr(kMemory.size()), settings.memoryBytes)) ||
                            (part.substr(0, kLost.size()) == kLost &&
                             parseBytes(part.substr(kLost.size()), settings.launchesUntilLost)) ||
                            (part.substr(0, kKernels.size()) == kKernels &&
                             parseBehaviour(std::string(part.substr(kKernels.size())), settings.behaviour));
        settings.capturesNothing |= part == "no-graphs";
        if (isGood) continue;
        if (part.substr(0, kGemm.size()) == kGemm) {
            settings.gemm = part.substr(kGemm.size());
            continue;
        }
        reason =
            "expected 1, memory=64M, kernels=warp64-shuffled, lost=500, no-graphs or gemm=right, found \"" +
            std::string(part) + '"';
        return false;
    }
    return true;
}

void configure(int device, const Settings &settings)
{
    const std::lock_guard lock(machine().mutex);
    machine().cards[device].settings = settings;
    machine().cards[device].fault.clear();
    machine().cards[device].launches = 0;
}

Settings settings()
{
    const std::lock_guard lock(machine().mutex);
    return card().settings;
}

const char *GetErrorString(Error_t error)
{
    switch (error) {
    case Success:
        return "no error";
    case ErrorMemoryAllocation:
        return "out of memory";
    case ErrorInvalidDevice:
        return "no such device";
    case ErrorInvalidValue:
        return "invalid value";
    case ErrorLaunchFailure:
        return card().fault.c_str();
    case ErrorStreamCaptureInvalidated:
        return "the capture was spoilt";
    }
    return "unknown error";
}

Error_t GetDeviceCount(int *count)
{
    *count = kDevices;
    return Success;
}

Error_t DriverGetVersion(int *version)
{
    *version = 1;
    return Success;
}

Error_t DeviceGetPCIBusId(char *address, int bytes, int device)
{
    const std::string text = "emulated:" + std::to_string(device);
    if (device < 0 || device >= kDevices || static_cast<int>(text.size()) >= bytes) return ErrorInvalidDevice;
    std::memcpy(address, text.c_str(), text.size() + 1);
    return Success;
}

Error_t SetDevice(int device)
{
    if (device < 0 || device >= kDevices) return ErrorInvalidDevice;
    t_device = device;
    return Success;
}

Error_t Malloc(void **memory, std::size_t bytes)
{
    const std::lock_guard lock(machine().mutex);
    *memory = nullptr;
    if (spoilCaptures(card())) return ErrorStreamCaptureInvalidated;
    if (bytes > card().settings.memoryBytes - card().usedBytes) return ErrorMemoryAllocation;
    void *found = std::aligned_alloc(256, (bytes + kGuardBytes + 255) / 256 * 256);
    if (!found) return ErrorMemoryAllocation;
    std::memset(found, 0xff, bytes);
    std::memset(static_cast<std::byte *>(found) + bytes, kGuardPattern, kGuardBytes);
    card().usedBytes += bytes;
    machine().memory[found] = {t_device, bytes};
    *memory = found;
    return Success;
}

Error_t Free(void *memory)
{
    if (!memory) return Success;
    const std::lock_guard lock(machine().mutex);
    const auto found = machine().memory.find(memory);
    if (found == machine().memory.end()) return ErrorInvalidValue;
    Card &owner = machine().cards[found->second.device];
    (void)spoilCaptures(owner);
    for (Stream *stream : owner.streams)
        finish(*stream);
    owner.usedBytes -= found->second.bytes;
    machine().memory.erase(found);
    std::free(memory);
    return Success;
}

Error_t DeviceReset()
{
    const std::lock_guard lock(machine().mutex);
    Card &mine = card();
    for (Stream *stream : mine.streams)
        delete stream;
    mine.streams.clear();
    for (auto piece = machine().memory.begin(); piece != machine().memory.end();) {
        if (piece->second.device != t_device) {
            ++piece;
            continue;
        }
        std::free(piece->first);
        piece = machine().memory.erase(piece);
    }
    mine.usedBytes = 0;
    mine.fault.clear();
    return Success;
}

Error_t MemGetInfo(std::size_t *free, std::size_t *total)
{
    const std::lock_guard lock(machine().mutex);
    *total = card().settings.memoryBytes;
    *free = *total - card().usedBytes;
    return Success;
}

Error_t StreamCreate(Stream_t *stream)
{
    const std::lock_guard lock(machine().mutex);
    *stream = new Stream;
    (*stream)->device = t_device;
    card().streams.insert(*stream);
    return Success;
}

Error_t StreamDestroy(Stream_t stream)
{
    const std::lock_guard lock(machine().mutex);
    machine().cards[stream->device].streams.erase(stream);
    delete stream;
    return Success;
}

Error_t StreamSynchronize(Stream_t stream)
{
    const std::lock_guard lock(machine().mutex);
    if (stream->isCapturing) {
        stream->isSpoilt = true;
        return ErrorStreamCaptureInvalidated;
    }
    finish(*stream);
    return machine().cards[stream->device].fault.empty() ? Success : ErrorLaunchFailure;
}

Error_t MemcpyAsync(void *target, const void *source, std::size_t bytes, MemcpyKind kind, Stream_t stream)
{
    const std::lock_guard lock(machine().mutex);
    if (stream->isCapturing && kind != MemcpyDeviceToDevice) {
        stream->isSpoilt = true;
        return ErrorStreamCaptureInvalidated;
    }
    if (kind != MemcpyHostToDevice) {
        stream->add([=] { std::memmove(target, source, bytes); });
        return Success;
    }
    const auto *from = static_cast<const std::byte *>(source);
    stream->work.emplace_back([target, values = std::vector<std::byte>(from, from + bytes)] {
        std::memcpy(target, values.data(), values.size());
    });
    return Success;
}

Error_t MemsetAsync(void *memory, int value, std::size_t bytes, Stream_t stream)
{
    const std::lock_guard lock(machine().mutex);
    stream->add([=] { std::memset(memory, value, bytes); });
    return Success;
}

Error_t GetLastError()
{
    const std::lock_guard lock(machine().mutex);
    return card().fault.empty() ? Success : ErrorLaunchFailure;
}

void enqueue(const Launch &launch, std::function<void()> kernel)
{
    const std::lock_guard lock(machine().mutex);
    Card &runs = machine().cards[launch.stream->device];
    if (launch.grid.count() == 0 || launch.block.count() == 0 || launch.block.count() > kMostThreadsInBlock) {
        runs.fault = "a launch of " + std::to_string(launch.grid.count()) + " blocks of " +
                     std::to_string(launch.block.count()) + " threads";
        return;
    }
    Stream &stream = *launch.stream;
    if (stream.isCapturing)
        ++stream.captured.kernels;
    else
        countLaunches(runs, 1);
    stream.add([&runs, launch, kernel = std::move(kernel)] {
        runs.fault = runGrid(runs.settings.behaviour, launch.grid, launch.block, kernel);
    });
}

Error_t StreamBeginCapture(Stream_t stream, StreamCaptureMode)
{
    const std::lock_guard lock(machine().mutex);
    if (stream->isCapturing) return ErrorInvalidValue;
    stream->isCapturing = true;
    stream->capturer = std::this_thread::get_id();
    stream->isSpoilt = machine().cards[stream->device].settings.capturesNothing;
    stream->captured = {};
    return Success;
}

Error_t StreamEndCapture(Stream_t stream, Graph_t *graph)
{
    const std::lock_guard lock(machine().mutex);
    *graph = nullptr;
    if (!stream->isCapturing) return ErrorInvalidValue;
    stream->isCapturing = false;
    Graph captured = std::exchange(stream->captured, {});
    if (stream->isSpoilt) return ErrorStreamCaptureInvalidated;
    *graph = new Graph(std::move(captured));
    return Success;
}

Error_t GraphInstantiateWithFlags(GraphExec_t *ready, Graph_t graph, unsigned long long)
{
    *ready = new Graph(*graph);
    return Success;
}

Error_t GraphDestroy(Graph_t graph)
{
    delete graph;
    return Success;
}

Error_t GraphExecDestroy(GraphExec_t ready) { return GraphDestroy(ready); }

Error_t GraphLaunch(GraphExec_t ready, Stream_t stream)
{
    const std::lock_guard lock(machine().mutex);
    if (stream->isCapturing) return ErrorInvalidValue;
    stream->work.insert(stream->work.end(), ready->work.begin(), ready->work.end());
    countLaunches(machine().cards[stream->device], ready->kernels);
    return Success;
}

} // namespace kernels::gpu::emulator
