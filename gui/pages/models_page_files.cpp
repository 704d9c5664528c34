// What the models page does with files and folders: chosen, converted, shown elsewhere.
#include "gui/actions.h"
#include "gui/engine_bridge.h"
#include "gui/folders.h"
#include "gui/model_session.h"
#include "gui/models/model_list_model.h"
#include "gui/pages/models_page.h"
#include "gui/units.h"
#include "gui/widgets/convert_dialog.h"
#include "gui/widgets/load_panel.h"
#include "gui/widgets/message_bar.h"

#include <QDir>
#include <QFileDialog>
#include <QTableView>

#include <utility>

namespace gui
{

void ModelsPage::applyRemedy(Remedy remedy)
{
    switch (remedy) {
    case Remedy::ChooseModel:
        chooseModelFile();
        break;
    case Remedy::ChooseVocabulary:
        m_panel->chooseVocabulary();
        break;
    case Remedy::UseFewerSlots:
        m_panel->useFewerSlots();
        break;
    case Remedy::Retry:
        m_services.session.retry();
        break;
    case Remedy::ShowLog:
        m_services.actions[Act::PageLog].trigger();
        break;
    case Remedy::LoadModel:
        loadSelected();
        break;
    case Remedy::ChooseFolder:
        chooseFolder();
        break;
    case Remedy::None:
        break;
    }
}

void ModelsPage::chooseFolder()
{
    auto *dialog = new QFileDialog(this, tr("Add a folder with models"), QDir::homePath());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, &ModelsPage::addFolder);
    dialog->open();
}

void ModelsPage::chooseModelFile()
{
    auto *dialog = new QFileDialog(this, tr("Choose a model file"), QDir::homePath());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("Model files (*.pth *.safetensors *.gguf *.st *.bin)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) { openFile(path); });
    dialog->open();
}

void ModelsPage::revealSelected()
{
    const QString path = selectedPath();
    if (path != QLatin1String("demo")) showInFiles(path);
}

void ModelsPage::convertSelected()
{
    const int row = m_models->rowOf(selectedPath());
    if (row < 0 || !m_services.bridge.hasEngine()) return;
    auto *dialog = new ConvertDialog(m_services.bridge, m_models->entry(row).info, this);
    connect(dialog, &ConvertDialog::converted, &m_services.actions[Act::RescanModels], &QAction::trigger);
    dialog->open();
}

/// Loads the model, if it is another one than is loaded, and goes to the chats.
void ModelsPage::chatWithSelected()
{
    const ModelSession &session = m_services.session;
    if (!session.isLoaded() || session.loadedPath() != selectedPath()) loadSelected();
    m_services.actions[Act::NewChat].trigger();
}

/// A folder that the user named and that holds nothing must not look as if it was ignored.
void ModelsPage::tellIfEmpty()
{
    const QString folder = std::exchange(m_askedFolder, {});
    if (folder.isEmpty()) return;
    const QString inside = QDir(folder).absolutePath() + QLatin1Char('/');
    for (int row = 0; row < m_models->rowCount(); ++row)
        if (QString::fromStdString(m_models->entry(row).info.path).startsWith(inside)) return;
    m_message->showMessage(
        MessageBar::Kind::Info, tr("There is no model in “%1”.").arg(shortPath(folder)),
        tr("The folder stays in the list: models that are put there appear by themselves."));
}

} // namespace gui
