#pragma once

#include "gui/services.h"

#include <QMainWindow>

#include <functional>
#include <vector>

class QAction;
class QStackedWidget;
class QToolButton;

namespace gui
{

class CommandPalette;
class ContextBar;
class LibraryPage;
class ModelsPage;
enum class Act;

/// Menus, context bar, rail, pages and status bar. The first page is built at once, the others
/// right after the first frame is on the screen.
class MainWindow final : public QMainWindow
{
    Q_OBJECT

public:
    explicit MainWindow(const Services &services, QWidget *parent = nullptr);
    ~MainWindow() override;

    /// Index of a page in the order of the rail; Settings is last.
    enum Page { Chat, Mixer, Models, Monitor, Server, Log, SettingsPageIndex, PageCount };
    void showPage(int page);
    int currentPage() const;
    QWidget *page(int index);

    /// Loads `path` ("demo" or a file) with default choices.
    void loadModel(const QString &path);
    /// Opens what was dropped or given: a folder, a model, which is loaded if asked to, or a saved state.
    void openPath(const QString &path, bool load = false);

Q_SIGNALS:
    /// Once, when the first frame is on the screen.
    void firstShown();
    void zoomRequested(int steps); ///< 0: normal size

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void closeEvent(QCloseEvent *event) override;

private:
    struct PageEntry {
        Act act;
        std::function<QWidget *()> make;
        QToolButton *button = nullptr;
        QWidget *widget = nullptr;
    };

    void build();
    void buildMenus();
    QWidget *buildRail();
    void connectSignals();
    void connectEditActions();
    QWidget *makeChatPage();
    QWidget *makeMixerPage();
    void buildNextPage();
    void showPageFor(Act act, Page index);
    LibraryPage &library();
    ModelsPage *modelsPage();
    void restore();
    void openFileDialog();
    void forwardToFocus(const char *slot);
    void updateEditActions(QWidget *focus);
    void setFullScreen(bool on);

    Services m_services;
    std::vector<PageEntry> m_pages;
    ContextBar *m_context = nullptr;
    QStackedWidget *m_stack = nullptr;
    CommandPalette *m_palette = nullptr;
    bool m_wasPainted = false;
};

} // namespace gui
