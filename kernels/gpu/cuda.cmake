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
add_card_module(cuda
  COMPILE ${ROOKERY_NVCC} --Werror=all-warnings -ccbin ${CMAKE_CXX_COMPILER} ${cuda_host} ${cuda_targets}
  LINK ${ROOKERY_NVCC} -shared -cudart=static -ccbin ${CMAKE_CXX_COMPILER} -L${cuda_root}/lib
       -Xlinker=--no-undefined,--exclude-libs,ALL)
