// The kernels in plain C++, for any processor.

#include "kernels/cpu/path_kernels.h"
#include "kernels/cpu/vec_plain.h"

namespace kernels::cpu
{

const Path kPlainPath = pathOf<Plain>("plain");

} // namespace kernels::cpu
