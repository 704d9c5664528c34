#pragma once

// Cards that do not exist, behind the few functions of a card maker's library that Rookery calls. They bear
// that library's names, so that gpu_api.h only puts a prefix before them.

#include "kernels/gpu/emulator/block.h"

#include <cstddef>
#include <functional>
#include <string>
#include <tuple>
#include <utility>

namespace kernels::gpu::emulator
{

constexpr int kDevices = 4;

/// What an emulated card has, besides how its threads behave.
struct Settings {
    std::size_t memoryBytes = std::size_t{8} << 30;
    std::size_t launchesUntilLost = 0; ///< after so many kernels the card is gone; 0: it stays
    std::string gemm;                  ///< what stands for kernels of others (gemm/emulated.cu)
    bool capturesNothing = false;      ///< every capture of a stream fails
    Behaviour behaviour;
};

/// Reads "memory=64M,kernels=warp64-shuffled,lost=500,no-graphs,gemm=right", any part of it; anything else is
/// named in `reason`.
bool parseSettings(const std::string &text, Settings &settings, std::string &reason);
/// Reads "warp32", "warp64", with "-reversed" or "-shuffled" behind it if wanted.
bool parseBehaviour(const std::string &text, Behaviour &behaviour);
/// How a device behaves from now on. Memory that is taken stays taken.
void configure(int device, const Settings &settings);
/// Those of the device in use.
Settings settings();

enum Error_t : int {
    Success = 0,
    ErrorMemoryAllocation,
    ErrorInvalidDevice,
    ErrorInvalidValue,
    ErrorLaunchFailure,
    ErrorStreamCaptureInvalidated
};
enum MemcpyKind { MemcpyHostToDevice, MemcpyDeviceToHost, MemcpyDeviceToDevice };

/// Work in order. Nothing of it happens before the stream is synchronized, so that who reads too early finds
/// what was there before.
struct Stream;
using Stream_t = Stream *;

/// The text of the last fault of the device in use, or what the number means.
const char *GetErrorString(Error_t error);
Error_t GetDeviceCount(int *count);
Error_t DriverGetVersion(int *version);
/// "emulated:0" ...
Error_t DeviceGetPCIBusId(char *address, int bytes, int device);
Error_t SetDevice(int device);
/// Memory that is full of NaN. What a kernel writes behind it is a fault, found when a stream is
/// synchronized.
Error_t Malloc(void **memory, std::size_t bytes);
/// Waits for everything first.
Error_t Free(void *memory);
/// Frees all memory of the device in use with its streams, and forgets its fault.
Error_t DeviceReset();
Error_t MemGetInfo(std::size_t *free, std::size_t *total);
Error_t StreamCreate(Stream_t *stream);
Error_t StreamDestroy(Stream_t stream);
Error_t StreamSynchronize(Stream_t stream);
/// The host's memory is read at once, and written when the stream is synchronized.
Error_t MemcpyAsync(void *target, const void *source, std::size_t bytes, MemcpyKind kind, Stream_t stream);
Error_t MemsetAsync(void *memory, int value, std::size_t bytes, Stream_t stream);
/// Sticky: a device whose kernel failed stays lost.
Error_t GetLastError();

// ---- Graphs: what goes into a stream between StreamBeginCapture and StreamEndCapture, to be done later, as
// often as wanted. Waiting, taking memory and touching the host's memory meanwhile spoils the capture.
struct Graph;
using Graph_t = Graph *;
using GraphExec_t = Graph *;
enum StreamCaptureMode { StreamCaptureModeThreadLocal };
Error_t StreamBeginCapture(Stream_t stream, StreamCaptureMode mode);
/// `graph` is nullptr where the capture failed.
Error_t StreamEndCapture(Stream_t stream, Graph_t *graph);
Error_t GraphInstantiateWithFlags(GraphExec_t *ready, Graph_t graph, unsigned long long flags);
Error_t GraphDestroy(Graph_t graph);
Error_t GraphExecDestroy(GraphExec_t ready);
Error_t GraphLaunch(GraphExec_t ready, Stream_t stream);

/// Where and how wide a kernel runs.
struct Launch {
    Dim3 grid, block;
    Stream_t stream = nullptr;
};
void enqueue(const Launch &launch, std::function<void()> kernel);

template <class... Parameters, class... Arguments>
void launch(const Launch &at, void (*kernel)(Parameters...), Arguments &&...arguments)
{
    enqueue(at, [kernel, values = std::tuple<Parameters...>(std::forward<Arguments>(arguments)...)] {
        std::apply(kernel, values);
    });
}

} // namespace kernels::gpu::emulator
