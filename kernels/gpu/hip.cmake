# clang makes code for AMD cards by itself; HIP's CMake package is not needed. Nothing is linked: the program
# opens the driver's library before the module, whatever its version.
find_program(ROOKERY_HIP_CLANG NAMES amdclang++ clang++-15 HINTS /opt/rocm/llvm/bin REQUIRED)
find_path(ROOKERY_HIP_INCLUDE hip/hip_runtime.h HINTS /opt/rocm/include REQUIRED)
find_path(ROOKERY_HIP_BITCODE oclc_isa_version_1030.bc REQUIRED
          PATHS /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/amdgcn/bitcode /opt/rocm/amdgcn/bitcode)
set(ROOKERY_HIP_ARCHS gfx906 gfx908 gfx90a gfx1030 gfx1100 CACHE STRING "Cards to make code for")

# Debian's device library is older than some cards that its compiler knows. All it lacks of them is a file with
# one number, which is made here beside links to the others.
set(hip_bitcode ${CMAKE_CURRENT_BINARY_DIR}/hip-bitcode)
file(MAKE_DIRECTORY ${hip_bitcode})
file(GLOB bitcode_files ${ROOKERY_HIP_BITCODE}/*.bc)
foreach(file ${bitcode_files})
  get_filename_component(name ${file} NAME)
  file(CREATE_LINK ${file} ${hip_bitcode}/${name} SYMBOLIC)
endforeach()
foreach(arch ${ROOKERY_HIP_ARCHS})
  list(APPEND hip_targets --offload-arch=${arch})
  string(REPLACE gfx "" number ${arch})
  set(isa ${hip_bitcode}/oclc_isa_version_${number}.bc)
  if(NOT EXISTS ${isa} AND number MATCHES "^[0-9]+$")
    set(source ${CMAKE_CURRENT_BINARY_DIR}/isa_${number}.cl)
    math(EXPR version "${number} / 100 * 1000 + ${number} / 10 % 10 * 100 + ${number} % 10")
    file(WRITE ${source} "extern const __constant int __oclc_ISA_version;\nconst __constant int __oclc_ISA_version = ${version};\n")
    execute_process(COMMAND ${ROOKERY_HIP_CLANG} -x cl -cl-std=CL2.0 -target amdgcn-amd-amdhsa -nogpulib -emit-llvm -O1
                            -c ${source} -o ${isa} COMMAND_ERROR_IS_FATAL ANY)
  endif()
endforeach()

get_filename_component(hip_root ${ROOKERY_HIP_INCLUDE} DIRECTORY)
if(NOT ROOKERY_HIP_INCLUDE STREQUAL /usr/include) # there it would come before the standard library's own
  set(hip_include -isystem ${ROOKERY_HIP_INCLUDE})
endif()
add_card_module(hip GEMM none.cu TARGETS ${hip_targets}
  COMPILE ${ROOKERY_HIP_CLANG} -x hip -fPIC -fvisibility=hidden -Wall -Wextra -Werror
          --rocm-path=${hip_root} --rocm-device-lib-path=${hip_bitcode} ${hip_include}
  LINK ${CMAKE_CXX_COMPILER} -shared)
