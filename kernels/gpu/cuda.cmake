# nvcc: from the system, or from the folder that .ci/cuda-toolkit assembles (-DROOKERY_NVCC=...).
find_program(ROOKERY_NVCC nvcc HINTS /usr/local/cuda/bin REQUIRED)
set(ROOKERY_CUDA_ARCHS 75 80 86 89 90a 100 120 CACHE STRING "Compute capabilities to make code for")
set(ROOKERY_CUDA_PTX 90 120 CACHE STRING "Compute capabilities of intermediate code, for cards to come")

foreach(arch ${ROOKERY_CUDA_ARCHS})
  list(APPEND cuda_targets -gencode arch=compute_${arch},code=sm_${arch})
endforeach()
foreach(arch ${ROOKERY_CUDA_PTX})
  list(APPEND cuda_targets -gencode arch=compute_${arch},code=compute_${arch})
endforeach()

# The host compiler sees kernels without their bodies: it would call their parameters unused. -w of ptxas has
# no number; all other warnings are errors.
set(cuda_host -Xcompiler=-fPIC,-fvisibility=hidden,-Wall,-Wextra,-Werror,-Wno-unused-parameter,-Wno-unused-variable)
get_filename_component(nvcc_real ${ROOKERY_NVCC} REALPATH)
get_filename_component(cuda_root ${nvcc_real} DIRECTORY)
get_filename_component(cuda_root ${cuda_root} DIRECTORY)

# Products of many rows are CUTLASS's (headers, brought by kernels/gpu/cutlass). An instance is for one
# architecture: 80 and the cards behind it, 90a; what other architectures need more is intermediate code.
set(ROOKERY_CUTLASS "" CACHE PATH "CUTLASS's folder: include and tools below it; empty: do without")
set(cuda_gemm without_cutlass.cu)
if(ROOKERY_CUTLASS AND NOT EXISTS ${ROOKERY_CUTLASS}/include/cutlass/cutlass.h)
  message(FATAL_ERROR "ROOKERY_CUTLASS: there is no include/cutlass/cutlass.h in ${ROOKERY_CUTLASS}")
elseif(ROOKERY_CUTLASS)
  set(cuda_gemm cutlass.cu sm80_f16.cu sm80_bf16.cu sm90_f16.cu sm90_bf16.cu)
  # An assertion would be a call, for which ptxas makes wgmma wait.
  set(cutlass -DNDEBUG --expt-relaxed-constexpr -isystem ${ROOKERY_CUTLASS}/include -isystem ${ROOKERY_CUTLASS}/tools/util/include)
  set(sm80 -gencode arch=compute_80,code=sm_80 -gencode arch=compute_80,code=compute_80)
  set(sm90 -gencode arch=compute_90a,code=sm_90a)
  foreach(type f16 bf16)
    set(card_flags_sm80_${type} ${cutlass} ${sm80})
    set(card_flags_sm90_${type} ${cutlass} ${sm90})
  endforeach()
else()
  message(STATUS "rookery_cuda: without CUTLASS (ROOKERY_CUTLASS), so without matrix units")
endif()

add_card_module(cuda GEMM ${cuda_gemm} TARGETS ${cuda_targets}
  COMPILE ${ROOKERY_NVCC} --Werror=all-warnings -ccbin ${CMAKE_CXX_COMPILER} ${cuda_host}
  LINK ${ROOKERY_NVCC} -shared -cudart=static -ccbin ${CMAKE_CXX_COMPILER} -L${cuda_root}/lib
       -Xlinker=--no-undefined,--exclude-libs,ALL)
