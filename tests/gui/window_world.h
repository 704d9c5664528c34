#pragma once

#include "gui/main_window.h"
#include "support/gui_fixture.h"

#include <QTableView>
#include <QTest>

#include <memory>

/// The whole window over an engine whose every event the test decides.
struct WindowWorld {
    static inline const QString kModel = QStringLiteral("/models/rwkv7-g1-1.5b.pth");
    static constexpr int kPathRole = Qt::UserRole; // ModelListModel::PathRole

    void begin()
    {
        m_fixture = std::make_unique<support::GuiFixture>();
        engine().models.push_back(support::sampleModel(kModel.toStdString()));
        m_window = std::make_unique<gui::MainWindow>(m_fixture->services());
        m_window->show();
    }

    void end()
    {
        m_window.reset();
        m_fixture.reset();
    }

    template <typename Widget>
    Widget *find(const char *name) const
    {
        return m_window->findChild<Widget *>(QLatin1String(name));
    }
    support::FakeEngine &engine() const { return *m_fixture->engine; }
    gui::MainWindow &window() { return *m_window; }

    QTableView *openModels()
    {
        window().showPage(gui::MainWindow::Models);
        return find<QTableView>("models.table");
    }

    /// In the table of models, as soon as it is listed.
    void select(const QString &path)
    {
        QTableView *table = openModels();
        const auto row = [table, &path] {
            for (int i = 0; i < table->model()->rowCount(); ++i) {
                if (table->model()->index(i, 0).data(kPathRole).toString() == path) return i;
            }
            return -1;
        };
        QTRY_VERIFY(row() >= 0);
        table->setCurrentIndex(table->model()->index(row(), 0));
    }

    std::unique_ptr<support::GuiFixture> m_fixture;
    std::unique_ptr<gui::MainWindow> m_window;
};
