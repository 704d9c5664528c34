// Products on emulated AMX tiles, so that their packing, cutting and edges are tested on every machine.

#include "kernels/cpu/emulated_tiles.h"
#include "kernels/cpu/tile_kernel.h"
#include "kernels/cpu/vec_plain.h"

namespace kernels::cpu
{

const Path &emulatedAmxPath()
{
    static const Path path = tilePathOf<EmulatedTiles, Plain>(avx512Path() ? *avx512Path()
                                                              : avx2Path() ? *avx2Path()
                                                                           : kPlainPath,
                                                              "amx-emulated");
    return path;
}

} // namespace kernels::cpu
