#pragma once

// The only file that names a maker of graphics cards, besides gemm/ with kernels for one maker's. Kernels and
// the device are written once and compiled three times: by nvcc, by hipcc, and by the plain compiler over the
// emulator. What they may use of a maker's library is GPU(Name); what a kernel may use is below, besides the
// functions of <cmath>.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#if defined(__CUDACC__)
#include <cuda_runtime.h>
#define GPU(name) cuda##name
#define GPU_BACKEND "cuda"
#elif defined(__HIPCC__) || defined(__HIP__)
#include <hip/hip_runtime.h>
#define GPU(name) hip##name
#define GPU_BACKEND "hip"
#else
#include "kernels/gpu/emulator/runtime.h"

#include <cmath>
#define GPU(name) kernels::gpu::emulator::name
#define GPU_BACKEND "emulator"
#define GPU_EMULATED 1
#endif

/// GPU_KERNEL functions return void and are started by launch(); GPU_FUNCTION runs within them; GPU_SHARED is
/// memory that a block's threads share, undefined at the start of a block. GPU_UNROLL stands before
/// loops over arrays that must stay in registers.
#ifdef GPU_EMULATED
#define GPU_KERNEL
#define GPU_FUNCTION inline
#define GPU_SHARED static thread_local
#define GPU_BOUNDS(threads)
#define GPU_UNROLL
#else
#define GPU_KERNEL __global__
#define GPU_FUNCTION __device__ inline
#define GPU_SHARED __shared__
#define GPU_BOUNDS(threads) __launch_bounds__(threads)
#define GPU_UNROLL _Pragma("unroll")
#endif

/// Defined while the compiler makes code for the host: around functions of the host that call some for both,
/// which would else be compiled for the card too.
#if !defined(__CUDA_ARCH__) && !defined(__HIP_DEVICE_COMPILE__)
#define GPU_HOST_PASS 1
#endif

namespace kernels::gpu
{

using Stream = GPU(Stream_t);
using Error = GPU(Error_t);
constexpr Error kSuccess = GPU(Success);

/// Lanes that exchange numbers. Warps have 32 lanes or 64, of which each half is a group for itself, so that
/// sums are the same on both. All threads of a block must take part in every exchange and every barrier.
constexpr int kLanes = 32;

struct Launch {
    unsigned gridX = 1, gridY = 1, gridZ = 1;
    unsigned threads = 1;
    Stream stream = nullptr;
};

/// Starts a kernel; its arguments are copied.
template <class... Parameters, class... Arguments>
void launch(const Launch &at, void (*kernel)(Parameters...), const Arguments &...arguments)
{
#ifdef GPU_EMULATED
    emulator::launch({{at.gridX, at.gridY, at.gridZ}, {at.threads, 1, 1}, at.stream}, kernel, arguments...);
#else
    kernel<<<dim3(at.gridX, at.gridY, at.gridZ), dim3(at.threads), 0, at.stream>>>(arguments...);
#endif
}

#ifdef GPU_EMULATED
GPU_FUNCTION int threadIndex() { return static_cast<int>(emulator::place.thread.x); }
GPU_FUNCTION int blockX() { return static_cast<int>(emulator::place.block.x); }
GPU_FUNCTION int blockY() { return static_cast<int>(emulator::place.block.y); }
GPU_FUNCTION int blockZ() { return static_cast<int>(emulator::place.block.z); }
GPU_FUNCTION void barrier() { emulator::waitForBlock(); }
#else
GPU_FUNCTION int threadIndex() { return static_cast<int>(threadIdx.x); }
GPU_FUNCTION int blockX() { return static_cast<int>(blockIdx.x); }
GPU_FUNCTION int blockY() { return static_cast<int>(blockIdx.y); }
GPU_FUNCTION int blockZ() { return static_cast<int>(blockIdx.z); }
/// Waits for all threads of the block; what they wrote before is seen behind it.
GPU_FUNCTION void barrier() { __syncthreads(); }
#endif

/// The number that lane `lane ^ mask` of this group of kLanes holds.
template <class T>
GPU_FUNCTION T fromLaneXor(T value, int mask)
{
#if defined(GPU_EMULATED)
    return emulator::exchanged(value, emulator::laneOf(kLanes) ^ static_cast<unsigned>(mask), kLanes);
#elif defined(__CUDACC__)
    return __shfl_xor_sync(0xffffffffU, value, mask, kLanes);
#else
    return __shfl_xor(value, mask, kLanes);
#endif
}

#ifndef GPU_EMULATED
/// An fp16 number, by the card's own instruction.
GPU_FUNCTION float halfToFloat(std::uint16_t bits)
{
#if defined(__CUDACC__)
    float value;
    asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(bits));
    return value;
#else
    _Float16 half;
    memcpy(&half, &bits, sizeof half);
    return static_cast<float>(half);
#endif
}

/// Rounds to the nearest fp16 number, ties to even; infinity beyond the largest.
GPU_FUNCTION std::uint16_t floatToHalf(float value)
{
    std::uint16_t bits;
#if defined(__CUDACC__)
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(value));
#else
    const auto half = static_cast<_Float16>(value);
    memcpy(&bits, &half, sizeof bits);
#endif
    return bits;
}
#endif

// ---- What the device asks of the maker's library where names alone do not do
// ----------------------------------

/// Names that DeviceOptions::kernels may have, the best first; a card has one, and needs none.
inline std::vector<std::string> kernelNames()
{
#if defined(GPU_EMULATED)
    return {"warp32", "warp64", "warp32-reversed", "warp64-reversed", "warp32-shuffled", "warp64-shuffled"};
#elif defined(__CUDACC__)
    return {"cuda", "cuda-rows"}; // the second leaves the matrix units alone
#else
    return {GPU_BACKEND};
#endif
}

#ifdef GPU_EMULATED
/// Makes a device ready; what stands in the way goes to `reason`.
bool prepareDevice(int device, const std::string &kernels, std::string &reason);
#else
inline bool prepareDevice(int, const std::string &kernels, std::string &reason)
{
    if (kernels.empty()) return true;
    reason = "expected kernels of";
    for (const std::string &name : kernelNames()) {
        if (name == kernels) return true;
        reason += " " + name;
    }
    reason += ", found \"" + kernels + '"';
    return false;
}
#endif

/// 10 * major + minor where cards count so, else 0.
inline int deviceArchitecture(int device)
{
#if defined(__CUDACC__)
    int major = 0, minor = 0;
    if (cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device) != kSuccess ||
        cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, device) != kSuccess)
        return 0;
    return 10 * major + minor;
#else
    (void)device;
    return 0;
#endif
}

/// Bytes of the cache that all of a card's processors share; 0 where it is not known.
inline std::size_t cacheBytes(int device)
{
    int bytes = 0;
#if defined(GPU_EMULATED)
    (void)device;
#elif defined(__CUDACC__)
    if (cudaDeviceGetAttribute(&bytes, cudaDevAttrL2CacheSize, device) != kSuccess) bytes = 0;
#else
    if (hipDeviceGetAttribute(&bytes, hipDeviceAttributeL2CacheSize, device) != kSuccess) bytes = 0;
#endif
    return static_cast<std::size_t>(bytes);
}

inline std::string deviceName(int device)
{
#if defined(GPU_EMULATED)
    return "emulated card " + std::to_string(device);
#elif defined(__CUDACC__)
    cudaDeviceProp properties;
    return cudaGetDeviceProperties(&properties, device) == kSuccess ? properties.name : "NVIDIA card";
#else
    char name[256] = {};
    // Not hipGetDeviceProperties, whose struct changed between versions of the library.
    return hipDeviceGetName(name, sizeof name - 1, device) == kSuccess && name[0] ? name : "AMD card";
#endif
}

} // namespace kernels::gpu
