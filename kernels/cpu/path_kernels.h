#pragma once

// Every kernel, as templates over an instruction set. A file that includes this turns on its instructions
// first and instantiates pathOf; functions of other headers must not be instantiated here, or the linker
// might keep a copy that uses instructions the machine lacks.

#include "kernels/cpu/attention_kernel.h"
#include "kernels/cpu/embed_kernel.h"
#include "kernels/cpu/mix_kernel.h"
#include "kernels/cpu/product_kernel.h"
#include "kernels/cpu/rows_kernel.h"
#include "kernels/cpu/sample_kernel.h"
#include "kernels/cpu/speed_kernel.h"
#include "kernels/cpu/wkv4_kernel.h"
#include "kernels/cpu/wkv6_kernel.h"
#include "kernels/cpu/wkv7_kernel.h"

namespace kernels::cpu
{

template <class V>
constexpr Path pathOf(const char *name)
{
    return {name,         name,         productPathOf<V>(), productPathOf<V>(),
            embed<V>,     normMix<V>,   normShift<V>,       prepare7<V>,
            wkv7<V>,      readout<V>,   mixDynamic<V>,      rowProduct<V>,
            wkv4<V>,      wkv6<V>,      keyValueHeads<V>,   attention<V>,
            largestOf<V>, weightsOf<V>, candidatesOf<V>,    addScaled<V>,
            gapsOf<V>,    readAll<V>,   multiplyAdds<V>,    multiplyAdds<V>};
}

} // namespace kernels::cpu
