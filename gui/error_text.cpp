#include "gui/error_text.h"

#include <QCoreApplication>

namespace gui
{
namespace
{

class ErrorTexts
{
    Q_DECLARE_TR_FUNCTIONS(ErrorTexts)
};

ErrorText textOf(engine::ErrorCode code)
{
    using engine::ErrorCode;
    switch (code) {
    case ErrorCode::FileNotFound:
        return {ErrorTexts::tr("The file is not there."),
                ErrorTexts::tr("Was it moved or renamed? Choose it again."),
                {},
                Remedy::ChooseModel};
    case ErrorCode::FileUnreadable:
        return {ErrorTexts::tr("The file cannot be read."),
                ErrorTexts::tr("Check its permissions and that its disk is connected."),
                {},
                Remedy::Retry};
    case ErrorCode::BadFile:
        return {ErrorTexts::tr("The file is damaged or incomplete."),
                ErrorTexts::tr("Download or copy it again."),
                {},
                Remedy::ChooseModel};
    case ErrorCode::UnknownFormat:
        return {ErrorTexts::tr("This is not a model file that Rookery knows."),
                ErrorTexts::tr("Choose a .pth, .safetensors, .gguf, .st or .bin file of an RWKV model."),
                {},
                Remedy::ChooseModel};
    case ErrorCode::UnsupportedModel:
        return {ErrorTexts::tr("This kind of model cannot be run yet."),
                ErrorTexts::tr("Choose another RWKV model."),
                {},
                Remedy::ChooseModel};
    case ErrorCode::BadModel:
        return {ErrorTexts::tr("The model's tensors do not fit together."),
                ErrorTexts::tr("The file was probably converted wrongly. Get it from its source again."),
                {},
                Remedy::ChooseModel};
    case ErrorCode::TokenizerMissing:
        return {ErrorTexts::tr("The vocabulary of this model was not found."),
                ErrorTexts::tr("Choose the vocabulary file, or put it beside the model."),
                {},
                Remedy::ChooseVocabulary};
    case ErrorCode::BadTokenizer:
        return {ErrorTexts::tr("The vocabulary file is damaged or belongs to another model."),
                ErrorTexts::tr("Choose another vocabulary file."),
                {},
                Remedy::ChooseVocabulary};
    case ErrorCode::BadStrategy:
        return {ErrorTexts::tr("This strategy is not possible."),
                ErrorTexts::tr("Correct the underlined word, or choose a precision."),
                {},
                Remedy::None};
    case ErrorCode::DeviceUnusable:
        return {ErrorTexts::tr("The device cannot be used."),
                ErrorTexts::tr("Choose another device; the log says why."),
                {},
                Remedy::ShowLog};
    case ErrorCode::DeviceLost:
        return {ErrorTexts::tr("The device stopped working."),
                ErrorTexts::tr("Your text is safe. Load the model again."),
                {},
                Remedy::LoadModel};
    case ErrorCode::OutOfMemory:
        return {ErrorTexts::tr("There is not enough memory."),
                ErrorTexts::tr("Use fewer slots or a smaller precision, or close other programs."),
                {},
                Remedy::UseFewerSlots};
    case ErrorCode::NoModel:
        return {
            ErrorTexts::tr("No model is loaded."), ErrorTexts::tr("Load one first."), {}, Remedy::LoadModel};
    case ErrorCode::BadRequest:
        return {ErrorTexts::tr("A value is out of its range."),
                ErrorTexts::tr("Correct the value and try again."),
                {},
                Remedy::None};
    case ErrorCode::QueueFull:
        return {ErrorTexts::tr("Too many requests are waiting."),
                ErrorTexts::tr("Try again when some have finished."),
                {},
                Remedy::Retry};
    case ErrorCode::BadState:
        return {ErrorTexts::tr("The saved state does not fit the loaded model."),
                ErrorTexts::tr("Load the model that it was made with."),
                {},
                Remedy::LoadModel};
    case ErrorCode::CannotWrite:
        return {ErrorTexts::tr("The file could not be written; what was there before is untouched."),
                ErrorTexts::tr("Check free space and permissions, or choose another folder."),
                {},
                Remedy::ChooseFolder};
    case ErrorCode::Internal:
        return {ErrorTexts::tr("Something went wrong inside Rookery."),
                ErrorTexts::tr("Please report it with the log."),
                {},
                Remedy::ShowLog};
    case ErrorCode::None:
        break;
    }
    return {};
}

} // namespace

ErrorText errorText(const engine::Error &error)
{
    ErrorText text = textOf(error.code());
    text.detail = QString::fromStdString(error.message());
    return text;
}

QString remedyText(Remedy remedy)
{
    switch (remedy) {
    case Remedy::None:
        return {};
    case Remedy::ChooseModel:
        return ErrorTexts::tr("Choose another file…");
    case Remedy::ChooseVocabulary:
        return ErrorTexts::tr("Choose vocabulary…");
    case Remedy::UseFewerSlots:
        return ErrorTexts::tr("Use fewer slots");
    case Remedy::LoadModel:
        return ErrorTexts::tr("Load a model…");
    case Remedy::Retry:
        return ErrorTexts::tr("Try again");
    case Remedy::ChooseFolder:
        return ErrorTexts::tr("Choose another folder…");
    case Remedy::ShowLog:
        return ErrorTexts::tr("Show the log");
    }
    return {};
}

} // namespace gui
