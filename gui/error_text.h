#pragma once

#include "engine/error.h"

#include <QString>

namespace gui
{

/// The verb that an error bar offers beside its text.
enum class Remedy {
    None,
    ChooseModel,
    ChooseVocabulary,
    UseFewerSlots,
    LoadModel,
    Retry,
    ChooseFolder,
    ShowLog
};

/// An error as the user reads it, in the window's language.
struct ErrorText {
    QString sentence; ///< what happened
    QString advice;   ///< what to do next
    QString detail;   ///< the engine's own words: which file, what was expected, what was found
    Remedy remedy = Remedy::None;
};

ErrorText errorText(const engine::Error &error);
/// Text of the button that offers the remedy; empty for None.
QString remedyText(Remedy remedy);

} // namespace gui
