#pragma once

#include "engine/events.h"
#include "engine/options.h"
#include "engine/server/fields.h"
#include "engine/server/library.h"

namespace server
{

/// What a request says about the mix that it starts from: mrss_gatingweight, mrss_rule, mrss_policy and
/// mrss_lane. Where it names no gates, those of the mix. Throws ApiError 400.
engine::MixSpec readMix(const Fields &fields, const NamedState &state);

/// The same fields are nothing without a mix. Throws ApiError 400 naming the first.
void refuseMixFields(const Fields &fields);

/// [{"token", "gates", "curve"?}], as mrss_lane takes it again.
OutJson laneJson(const std::vector<engine::GatePoint> &lane);

} // namespace server
