#include "gui/main_window.h"
#include "gui/actions.h"
#include "gui/engine_bridge.h"
#include "gui/folders.h"
#include "gui/model_session.h"
#include "gui/pages/chat_page.h"
#include "gui/pages/library_page.h"
#include "gui/pages/log_page.h"
#include "gui/pages/mixer_page.h"
#include "gui/pages/models_page.h"
#include "gui/pages/monitor_page.h"
#include "gui/pages/server_page.h"
#include "gui/pages/settings_page.h"
#include "gui/settings.h"
#include "gui/theme.h"
#include "gui/widgets/command_palette.h"
#include "gui/widgets/context_bar.h"
#include "gui/widgets/help_dialogs.h"
#include "gui/widgets/mixer_panel.h"
#include "gui/widgets/status_strip.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QMenuBar>
#include <QMimeData>
#include <QScreen>
#include <QStackedWidget>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

namespace gui
{
namespace
{

constexpr QSize kMinimumSize(860, 560);
constexpr QSize kFirstSize(1240, 800);
constexpr QSize kFrame(24, 56); ///< what the desktop draws around a window, and some air
constexpr auto kGeometryKey = "window/geometry";
constexpr auto kPageKey = "window/page";

QStringList localPaths(const QMimeData *data)
{
    QStringList paths;
    if (data && data->hasUrls()) {
        for (const QUrl &url : data->urls()) {
            if (url.isLocalFile()) paths.append(url.toLocalFile());
        }
    }
    return paths;
}

/// The mixer that a widget is part of; nullptr: of none.
MixerPanel *mixerAround(QWidget *widget)
{
    while (widget && !qobject_cast<MixerPanel *>(widget))
        widget = widget->parentWidget();
    return qobject_cast<MixerPanel *>(widget);
}

bool isStateFile(const QString &path)
{
    return path.endsWith(QLatin1String(".rwkvstate"), Qt::CaseInsensitive);
}

} // namespace

MainWindow::MainWindow(const Services &services, QWidget *parent)
    : QMainWindow(parent)
    , m_services(services)
{
    setObjectName(QStringLiteral("mainwindow"));
    setWindowTitle(QStringLiteral("Rookery"));
    setMinimumSize(kMinimumSize);
    setAcceptDrops(true);
    m_pages = {
        {Act::PageChat, [this] { return makeChatPage(); }},
        {Act::PageMixer, [this] { return makeMixerPage(); }},
        {Act::PageModels, [this] { return new LibraryPage(m_services, this); }},
        {Act::PageMonitor, [this] { return new MonitorPage(m_services, this); }},
        {Act::PageServer, [this] { return new ServerPage(m_services, this); }},
        {Act::PageLog, [this] { return new LogPage(m_services, this); }},
        {Act::Preferences, [this] { return new SettingsPage(m_services, this); }},
    };
    build();
    connectSignals();
    connectEditActions();
    qApp->installEventFilter(this); // files may be dropped on any widget of the window
    restore();
}

void MainWindow::build()
{
    buildMenus();
    m_context = new ContextBar(m_services, this);
    m_stack = new QStackedWidget(this);
    auto *centre = new QWidget(this);
    auto *column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_context);
    auto *row = new QHBoxLayout;
    row->setSpacing(0);
    row->addWidget(buildRail());
    row->addWidget(m_stack, 1);
    column->addLayout(row, 1);
    setCentralWidget(centre);
    setStatusBar(new StatusStrip(m_services, this));
    for (PageEntry &entry : m_pages) {
        auto *place = new QWidget(m_stack); // filled by page()
        auto *fill = new QVBoxLayout(place);
        fill->setContentsMargins(0, 0, 0, 0);
        m_stack->addWidget(place);
        entry.widget = nullptr;
    }
    m_palette = new CommandPalette(m_services.actions, this);
}

/// The focus leaves with the last widgets, when the pages are gone already.
MainWindow::~MainWindow()
{
    disconnect(qApp, nullptr, this, nullptr);
    delete m_pages[Mixer].widget; // it shows what the page of chats owns
}

void MainWindow::buildMenus()
{
    for (const Menu menu : kMenus) {
        QMenu *bar = menuBar()->addMenu(Actions::menuText(menu));
        bar->setToolTipsVisible(true);
        if (menu == Menu::Edit)
            connect(bar, &QMenu::aboutToShow, this, [this] {
                QWidget *focus = QApplication::focusWidget(); // the menu bar itself when it is used by keys
                if (!qobject_cast<QMenuBar *>(focus)) updateEditActions(focus);
            });
        const auto actions = m_services.actions.ofMenu(menu);
        for (QAction *action : actions) {
            const Actions &all = m_services.actions;
            if (action == &all[Act::Quit] || action == &all[Act::Cut] || action == &all[Act::EditMessage] ||
                action == &all[Act::Preferences] || action == &all[Act::ToggleChatList] ||
                action == &all[Act::ZoomIn] || action == &all[Act::AddModelFolder] ||
                action == &all[Act::ShowStates] || action == &all[Act::ShowAdapters] ||
                action == &all[Act::CommandSearch] || action == &all[Act::About])
                bar->addSeparator();
            bar->addAction(action);
        }
    }
}

QWidget *MainWindow::buildRail()
{
    auto *rail = new QWidget(this);
    rail->setObjectName(QStringLiteral("rail"));
    rail->setAccessibleName(tr("Pages"));
    auto *column = new QVBoxLayout(rail);
    column->setContentsMargins(6, 6, 6, 8);
    column->setSpacing(4);
    for (std::size_t i = 0; i < m_pages.size(); ++i) {
        QAction &action = m_services.actions[m_pages[i].act];
        auto *button = new QToolButton(rail);
        button->setObjectName(QStringLiteral("rail.") + action.objectName());
        button->setProperty("rail", true);
        button->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
        button->setIcon(action.icon());
        button->setIconSize({20, 20});
        button->setText(Actions::plainText(action));
        button->setToolTip(action.toolTip());
        button->setAccessibleName(Actions::plainText(action));
        button->setCheckable(true);
        button->setAutoExclusive(true);
        button->setSizePolicy(QSizePolicy::MinimumExpanding, QSizePolicy::Fixed); // names are never cut
        connect(button, &QToolButton::clicked, &action, &QAction::trigger);
        connect(&action, &QAction::triggered, this, [this, i] { showPage(int(i)); });
        m_pages[i].button = button;
        if (i + 1 == m_pages.size()) column->addStretch(1);
        column->addWidget(button);
    }
    return rail;
}

QWidget *MainWindow::makeChatPage()
{
    auto *chat = new ChatPage(m_services.bridge, m_services.actions, m_services.library, this);
    chat->openFolder(folders().data);
    connect(&chat->controller(), &ChatController::stateChanged, this,
            [this] { updateEditActions(QApplication::focusWidget()); });
    return chat;
}

QWidget *MainWindow::makeMixerPage()
{
    return new MixerPage(m_services, static_cast<ChatPage *>(page(Chat))->mixDesk(), this);
}

QWidget *MainWindow::page(int index)
{
    PageEntry &entry = m_pages[std::size_t(index)];
    if (!entry.widget) {
        entry.widget = entry.make();
        m_stack->widget(index)->layout()->addWidget(entry.widget);
    }
    return entry.widget;
}

/// The commands of a page, and whether they are available, are there once it is built.
void MainWindow::buildNextPage()
{
    for (int index = 0; index < PageCount; ++index) {
        if (m_pages[std::size_t(index)].widget) continue;
        page(index);
        QTimer::singleShot(0, this, &MainWindow::buildNextPage); // one at a time: the window stays alert
        return;
    }
}

void MainWindow::showPage(int index)
{
    page(index);
    m_stack->setCurrentIndex(index);
    m_pages[std::size_t(index)].button->setChecked(true);
    if (index == Chat)
        m_services.actions[Act::FocusComposer].trigger();
    else
        page(index)->setFocus(Qt::OtherFocusReason); // its proxy is what one would use first
    m_services.settings.ui().setValue(QLatin1String(kPageKey), index);
}

/// Shows the page that carries out `act`. One that was built just now did not hear the command.
void MainWindow::showPageFor(Act act, Page index)
{
    const bool isNew = m_pages[std::size_t(index)].widget == nullptr;
    showPage(index);
    if (isNew) m_services.actions[act].trigger();
}

int MainWindow::currentPage() const { return m_stack->currentIndex(); }

LibraryPage &MainWindow::library() { return *static_cast<LibraryPage *>(page(Models)); }

/// The page of models, on the tab that shows.
ModelsPage *MainWindow::modelsPage()
{
    library().showTab(LibraryPage::Models);
    return &library().models();
}

void MainWindow::loadModel(const QString &path)
{
    engine::LoadSpec spec;
    spec.model = path.toStdString();
    m_services.session.load(spec);
}

void MainWindow::openPath(const QString &path, bool load)
{
    if (isStateFile(path)) {
        showPage(Chat);
        Q_EMIT m_services.actions.openStateRequested(path);
        return;
    }
    showPage(Models);
    if (QFileInfo(path).isDir())
        modelsPage()->addFolder(path);
    else
        modelsPage()->openFile(path, load);
}

void MainWindow::connectSignals()
{
    const Actions &a = m_services.actions;
    ModelSession &session = m_services.session;
    connect(this, &MainWindow::firstShown, this, &MainWindow::buildNextPage, Qt::QueuedConnection);
    connect(&a[Act::NewChat], &QAction::triggered, this, [this] { showPageFor(Act::NewChat, Chat); });
    connect(m_context, &ContextBar::modelChosen, this, &MainWindow::loadModel);
    connect(&a[Act::LoadDemo], &QAction::triggered, this, [this] { loadModel(QStringLiteral("demo")); });
    connect(&a[Act::LoadModel], &QAction::triggered, this, [this] {
        showPage(Models);
        modelsPage()->focusTable();
    });
    const auto showTab = [this](LibraryPage::Tab tab) {
        showPage(Models);
        library().showTab(tab);
    };
    connect(&a[Act::ShowStates], &QAction::triggered, this, [showTab] { showTab(LibraryPage::States); });
    connect(&a[Act::ShowAdapters], &QAction::triggered, this, [showTab] { showTab(LibraryPage::Adapters); });
    connect(&a[Act::EjectModel], &QAction::triggered, &session, &ModelSession::eject);
    connect(&a[Act::AddModelFolder], &QAction::triggered, this,
            [this] { showPageFor(Act::AddModelFolder, Models); });
    connect(&session, &ModelSession::modelLoaded, this,
            [this] { rememberModel(m_services.settings, m_services.session.loadedPath()); });
    connect(&session, &ModelSession::loadFailed, this, [this](const engine::Error &error) {
        const bool isNew = m_pages[Models].widget == nullptr; // else it heard of it by itself
        showPage(Models);
        if (isNew) modelsPage()->showLoadError(error);
    });
    connect(&a[Act::OpenFile], &QAction::triggered, this, &MainWindow::openFileDialog);
    connect(&a[Act::Quit], &QAction::triggered, this, &QWidget::close);
    connect(&a[Act::FullScreen], &QAction::toggled, this, &MainWindow::setFullScreen);
    connect(&a[Act::CommandSearch], &QAction::triggered, m_palette, &CommandPalette::popUp);
    connect(&a[Act::ShortcutHelp], &QAction::triggered, this,
            [this] { showShortcutHelp(m_services.actions, this); });
    connect(&a[Act::About], &QAction::triggered, this, [this] { gui::showAbout(this); });
    connect(&a[Act::ZoomIn], &QAction::triggered, this, [this] { Q_EMIT zoomRequested(1); });
    connect(&a[Act::ZoomOut], &QAction::triggered, this, [this] { Q_EMIT zoomRequested(-1); });
    connect(&a[Act::ZoomReset], &QAction::triggered, this, [this] { Q_EMIT zoomRequested(0); });
}

void MainWindow::openFileDialog()
{
    auto *dialog = new QFileDialog(this, tr("Open"), QDir::homePath());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters(
        {tr("Models and states (*.pth *.safetensors *.gguf *.st *.bin *.rwkvstate)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) { openPath(path); });
    dialog->open();
}

void MainWindow::setFullScreen(bool on)
{
    setWindowState(on ? windowState() | Qt::WindowFullScreen : windowState() & ~Qt::WindowFullScreen);
}

void MainWindow::restore()
{
    QSettings &ui = m_services.settings.ui();
    const QSize room = screen()->availableSize() - kFrame;
    resize(kFirstSize.boundedTo(room).expandedTo(kMinimumSize));
    restoreGeometry(ui.value(QLatin1String(kGeometryKey)).toByteArray());
    const int wanted = ui.value(QLatin1String(kPageKey), int(Chat)).toInt();
    showPage(wanted >= 0 && wanted < int(PageCount) ? wanted : int(Chat));
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    m_services.settings.ui().setValue(QLatin1String(kGeometryKey), saveGeometry());
    event->accept();
}

void MainWindow::paintEvent(QPaintEvent *event)
{
    QMainWindow::paintEvent(event);
    if (m_wasPainted) return;
    m_wasPainted = true;
    QTimer::singleShot(0, this, &MainWindow::firstShown);
}

bool MainWindow::eventFilter(QObject *watched, QEvent *event)
{
    const QEvent::Type type = event->type();
    if (type != QEvent::DragEnter && type != QEvent::DragMove && type != QEvent::Drop)
        return QMainWindow::eventFilter(watched, event);
    auto *widget = qobject_cast<QWidget *>(watched);
    auto *drop = static_cast<QDropEvent *>(event); // the three kinds share it
    const QStringList paths = localPaths(drop->mimeData());
    if (!widget || widget->window() != this || paths.isEmpty())
        return QMainWindow::eventFilter(watched, event);
    drop->setDropAction(Qt::CopyAction);
    drop->accept();
    if (type == QEvent::Drop) {
        MixerPanel *mixer = mixerAround(widget);
        for (const QString &path : paths)
            mixer ? mixer->desk().dropState(path) : openPath(path);
    }
    return true;
}

} // namespace gui
