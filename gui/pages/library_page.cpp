#include "gui/pages/library_page.h"
#include "gui/pages/adapters_page.h"
#include "gui/pages/models_page.h"
#include "gui/pages/states_page.h"

#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>

namespace gui
{

LibraryPage::LibraryPage(const Services &services, QWidget *parent)
    : QWidget(parent)
    , m_tabs(new QTabWidget(this))
    , m_models(new ModelsPage(services, this))
{
    m_tabs->setObjectName(QStringLiteral("library.tabs"));
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_models, tr("Models"));
    m_tabs->addTab(new StatesPage(services, this), tr("States"));
    m_tabs->addTab(new AdaptersPage(services, this), tr("Adapters"));
    m_tabs->setTabToolTip(States, tr("Memories that a chat can start from."));
    m_tabs->setTabToolTip(Adapters, tr("Small files that change the loaded model."));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 4, 0, 0);
    column->addWidget(m_tabs);
    setFocusProxy(m_models);
    connect(m_tabs, &QTabWidget::currentChanged, this, [this] { setFocusProxy(m_tabs->currentWidget()); });
}

void LibraryPage::showTab(Tab tab)
{
    m_tabs->setCurrentIndex(tab);
    m_tabs->currentWidget()->setFocus(Qt::OtherFocusReason);
}

} // namespace gui
