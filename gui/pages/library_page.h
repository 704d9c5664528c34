#pragma once

#include "gui/services.h"

#include <QWidget>

class QTabWidget;

namespace gui
{

class ModelsPage;

/// What lies on this computer: models, states, adapters, each on a tab.
class LibraryPage final : public QWidget
{
    Q_OBJECT

public:
    enum Tab { Models, States, Adapters };

    explicit LibraryPage(const Services &services, QWidget *parent = nullptr);

    ModelsPage &models() { return *m_models; }
    void showTab(Tab tab);

private:
    QTabWidget *m_tabs;
    ModelsPage *m_models;
};

} // namespace gui
