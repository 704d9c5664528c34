#pragma once

#include "gui/mixer/mix.h"

#include <QVector>

#include <vector>

namespace gui
{

/// A token that could come next, and how probable it is.
struct NextToken {
    int id = 0;
    double mix = 0;         ///< by the blend
    QVector<double> voices; ///< by each voice alone
};

/// The likeliest tokens of a mix, the likeliest first, before sampling. `logits`: of each voice, all of one
/// vocabulary. Gates are those of the faders, or of the lane's beginning, behind the policy; formulas as in
/// engine/options.h. Empty where a voice is missing or no blend can be made.
QVector<NextToken> likeliestNext(const std::vector<std::vector<float>> &logits, const Mix &mix, int count);

} // namespace gui
