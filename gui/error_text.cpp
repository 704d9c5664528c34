#include "gui/error_text.h"

#include <QCoreApplication>

namespace gui
{
namespace
{

QString tr(const char *text) { return QCoreApplication::translate("ErrorText", text); }

ErrorText textOf(engine::ErrorCode code)
{
    using engine::ErrorCode;
    switch (code) {
    case ErrorCode::FileNotFound:
        return {tr("The file is not there."),
                tr("Was it moved or renamed? Choose it again."),
                {},
                Remedy::ChooseModel};
    case ErrorCode::FileUnreadable:
        return {tr("The file cannot be read."),
                tr("Check its permissions and that its disk is connected."),
                {},
                Remedy::Retry};
    case ErrorCode::BadFile:
        return {tr("The file is damaged or incomplete."),
                tr("Download or copy it again."),
                {},
                Remedy::ChooseModel};
    case ErrorCode::UnknownFormat:
        return {tr("This is not a model file that Rookery knows."),
                tr("Choose a .pth or .safetensors file of an RWKV model."),
                {},
                Remedy::ChooseModel};
    case ErrorCode::UnsupportedModel:
        return {tr("This kind of model cannot be run yet."),
                tr("Choose an RWKV-7 model."),
                {},
                Remedy::ChooseModel};
    case ErrorCode::BadModel:
        return {tr("The model's tensors do not fit together."),
                tr("The file was probably converted wrongly. Get it from its source again."),
                {},
                Remedy::ChooseModel};
    case ErrorCode::TokenizerMissing:
        return {tr("The vocabulary of this model was not found."),
                tr("Choose the vocabulary file, or put it beside the model."),
                {},
                Remedy::ChooseVocabulary};
    case ErrorCode::BadTokenizer:
        return {tr("The vocabulary file is damaged or belongs to another model."),
                tr("Choose another vocabulary file."),
                {},
                Remedy::ChooseVocabulary};
    case ErrorCode::BadStrategy:
        return {
            tr("This precision is not possible here."), tr("Choose another precision."), {}, Remedy::None};
    case ErrorCode::DeviceUnusable:
        return {tr("The device cannot be used."),
                tr("Choose another device; the log says why."),
                {},
                Remedy::ShowLog};
    case ErrorCode::DeviceLost:
        return {tr("The device stopped working."),
                tr("Your text is safe. Load the model again."),
                {},
                Remedy::LoadModel};
    case ErrorCode::OutOfMemory:
        return {tr("There is not enough memory."),
                tr("Use fewer slots or a smaller precision, or close other programs."),
                {},
                Remedy::UseFewerSlots};
    case ErrorCode::NoModel:
        return {tr("No model is loaded."), tr("Load one first."), {}, Remedy::LoadModel};
    case ErrorCode::BadRequest:
        return {tr("A value is out of its range."), tr("Correct the value and try again."), {}, Remedy::None};
    case ErrorCode::QueueFull:
        return {tr("Too many requests are waiting."),
                tr("Try again when some have finished."),
                {},
                Remedy::Retry};
    case ErrorCode::BadState:
        return {tr("The saved state does not fit the loaded model."),
                tr("Load the model that it was made with."),
                {},
                Remedy::LoadModel};
    case ErrorCode::CannotWrite:
        return {tr("The file could not be written; what was there before is untouched."),
                tr("Check free space and permissions, or choose another folder."),
                {},
                Remedy::ChooseFolder};
    case ErrorCode::Internal:
        return {tr("Something went wrong inside Rookery."),
                tr("Please report it with the log."),
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
        return tr("Choose another file…");
    case Remedy::ChooseVocabulary:
        return tr("Choose vocabulary…");
    case Remedy::UseFewerSlots:
        return tr("Use fewer slots");
    case Remedy::LoadModel:
        return tr("Load a model…");
    case Remedy::Retry:
        return tr("Try again");
    case Remedy::ChooseFolder:
        return tr("Choose another folder…");
    case Remedy::ShowLog:
        return tr("Show the log");
    }
    return {};
}

} // namespace gui
