#pragma once

/// Marks a function that host and device code share: encoders and decoders of weight formats.
#if defined(__CUDACC__) || defined(__HIPCC__)
#define KERNELS_HD __host__ __device__
#else
#define KERNELS_HD
#endif
