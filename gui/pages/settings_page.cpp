#include "gui/pages/settings_page.h"
#include "gui/actions.h"
#include "gui/device_watch.h"
#include "gui/folders.h"
#include "gui/theme.h"
#include "gui/units.h"
#include "gui/widgets/device_list.h"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QScrollArea>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace gui
{
namespace
{

constexpr int kPageWidth = 760;
constexpr int kControlWidth = 280;

} // namespace

SettingsPage::SettingsPage(const Services &services, QWidget *parent)
    : QWidget(parent)
    , m_services(services)
{
    setObjectName(QStringLiteral("page.settings.content"));
    build();
    setFocusProxy(m_search);
    refresh();
    connect(&m_services.settings, &Settings::changed, this, &SettingsPage::refresh);
    connect(&m_services.actions[Act::Find], &QAction::triggered, this, [this] {
        if (isVisible()) m_search->setFocus(Qt::ShortcutFocusReason);
    });
}

void SettingsPage::build()
{
    auto *content = new QWidget(this);
    content->setMaximumWidth(kPageWidth);
    m_rowsLayout = new QVBoxLayout(content);
    m_rowsLayout->setContentsMargins(0, 0, 8, 0);
    m_rowsLayout->setSpacing(8);
    buildAppearance();
    buildModels();
    buildEngine();
    buildDevices();
    m_nothing = new QLabel(tr("No setting matches."), content);
    m_nothing->setProperty("dim", true);
    m_nothing->hide();
    m_rowsLayout->addWidget(m_nothing);
    m_rowsLayout->addStretch(1);

    auto *area = new QScrollArea(this);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidget(content);
    area->setAlignment(Qt::AlignLeft | Qt::AlignTop);

    auto *page = new QVBoxLayout(this);
    page->setContentsMargins(16, 12, 16, 12);
    page->setSpacing(10);
    page->addWidget(buildHeader());
    page->addWidget(area, 1);
}

QWidget *SettingsPage::buildHeader()
{
    auto *header = new QWidget(this);
    auto *title = new QLabel(tr("Settings"), header);
    title->setObjectName(QStringLiteral("title"));
    m_search = new QLineEdit(header);
    m_search->setObjectName(QStringLiteral("settings.search"));
    m_search->setPlaceholderText(tr("Search settings"));
    m_search->setAccessibleName(tr("Search settings"));
    m_search->setClearButtonEnabled(true);
    m_search->setFixedWidth(240);
    m_search->addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    m_changedOnly = new QCheckBox(tr("Changed only"), header);
    m_changedOnly->setObjectName(QStringLiteral("settings.changed"));
    m_changedOnly->setToolTip(tr("Shows only settings that differ from their default."));
    connect(m_search, &QLineEdit::textChanged, this, &SettingsPage::filter);
    connect(m_changedOnly, &QCheckBox::toggled, this, &SettingsPage::filter);
    auto *row = new QHBoxLayout(header);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(10);
    row->addWidget(title);
    row->addStretch(1);
    row->addWidget(m_changedOnly);
    row->addWidget(m_search);
    return header;
}

void SettingsPage::buildAppearance()
{
    addSection(tr("Appearance"));
    addRow(Setting::ColorScheme, tr("Colours"), tr("Light, dark, or as the desktop says."),
           choice(Setting::ColorScheme, {{QStringLiteral("system"), tr("As the desktop")},
                                         {QStringLiteral("light"), tr("Light")},
                                         {QStringLiteral("dark"), tr("Dark")}}));
    addRow(Setting::Language, tr("Language"), tr("Of menus, pages and messages."),
           choice(Setting::Language, {{QString(), tr("As the desktop")},
                                      {QStringLiteral("en"), QStringLiteral("English")},
                                      {QStringLiteral("zh_CN"), QStringLiteral("简体中文")},
                                      {QStringLiteral("ja"), QStringLiteral("日本語")}}),
           true);
    addRow(Setting::FontSize, tr("Text size"), tr("Also with Ctrl + and Ctrl −."),
           number(Setting::FontSize, 10, 26, 1, tr(" px"), {}));
}

void SettingsPage::buildModels()
{
    addSection(tr("Models"));
    addRow(Setting::ModelFolders, tr("Model folders"),
           tr("Searched for model files, besides %1.").arg(shortPath(folders().defaultModels())),
           folderList());
    addRow(Setting::ReloadModel, tr("At start"), tr("Saves a click if you always use the same model."),
           toggle(Setting::ReloadModel, tr("Load the model of last time")));
}

void SettingsPage::buildEngine()
{
    addSection(tr("Engine"));
    addRow(Setting::Threads, tr("Threads"), tr("Processors that compute."),
           number(Setting::Threads, 0, 1024, 1, {}, tr("One per processor")), true);
    addRow(Setting::CacheMB, tr("Prefix cache"),
           tr("Memory for what was read before, so that the next question in a chat starts at once."),
           number(Setting::CacheMB, 0, 65536, 64, tr(" MB"), tr("Off")), true);
}

/// Not a setting, but what settings and strategies are about.
void SettingsPage::buildDevices()
{
    addSection(tr("Devices"));
    m_devicesTitle = m_section;
    m_devices = new QFrame(this);
    m_devices->setProperty("card", true);
    auto *fill = new QVBoxLayout(m_devices);
    fill->setContentsMargins(0, 0, 0, 0);
    fill->addWidget(new DeviceList(m_services.devices, m_devices));
    m_rowsLayout->addWidget(m_devices);
}

void SettingsPage::addSection(const QString &title)
{
    m_section = new QLabel(title, this);
    m_section->setProperty("heading", true);
    m_section->setContentsMargins(0, m_rows.empty() ? 0 : 14, 0, 2);
    m_rowsLayout->addWidget(m_section);
}

void SettingsPage::addRow(Setting setting, const QString &title, const QString &help, QWidget *control,
                          bool needsRestart)
{
    auto *widget = new QFrame(this);
    widget->setProperty("card", true);
    auto *name = new QLabel(title, widget);
    name->setBuddy(control);
    auto *explanation = new QLabel(help, widget);
    explanation->setProperty("dim", true);
    explanation->setWordWrap(true);
    auto *note = new QLabel(widget);
    note->setWordWrap(true);
    note->setText(tr("Takes effect when Rookery starts next time."));
    note->hide();
    auto *reset = new QToolButton(widget);
    reset->setIcon(icon(QStringLiteral("undo")));
    reset->setObjectName(control->objectName() + QStringLiteral(".reset"));
    reset->setToolTip(tr("Back to the default"));
    reset->setAccessibleName(tr("%1: back to the default").arg(title));
    connect(reset, &QToolButton::clicked, this, [this, setting] { m_services.settings.reset(setting); });
    control->setAccessibleName(title);
    control->setToolTip(help);
    control->setFixedWidth(kControlWidth);

    auto *grid = new QGridLayout(widget);
    grid->setContentsMargins(14, 10, 10, 10);
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(2);
    grid->addWidget(name, 0, 0);
    grid->addWidget(explanation, 1, 0);
    grid->addWidget(note, 2, 0);
    grid->addWidget(control, 0, 1, 4, 1, Qt::AlignVCenter);
    grid->addWidget(reset, 0, 2, 4, 1, Qt::AlignVCenter);
    grid->setRowStretch(3, 1); // texts stay at the top of a high control
    grid->setColumnStretch(0, 1);
    QSizePolicy policy = reset->sizePolicy();
    policy.setRetainSizeWhenHidden(true);
    reset->setSizePolicy(policy);
    m_rowsLayout->addWidget(widget);
    m_rows.push_back({setting, widget, reset, note,
                      title + QLatin1Char(' ') + help + QLatin1Char(' ') + m_section->text(), m_section,
                      m_services.settings.value(setting), needsRestart});
}

QWidget *SettingsPage::choice(Setting setting, const std::vector<std::pair<QString, QString>> &choices)
{
    auto *box = new QComboBox(this);
    box->setObjectName(QStringLiteral("settings.%1").arg(int(setting)));
    for (const auto &[value, text] : choices)
        box->addItem(text, value);
    const auto follow = [this, box, setting] {
        const QSignalBlocker block(box);
        box->setCurrentIndex(box->findData(m_services.settings.text(setting)));
    };
    follow();
    connect(&m_services.settings, &Settings::changed, box, follow);
    connect(box, &QComboBox::currentIndexChanged, this,
            [this, box, setting] { m_services.settings.setValue(setting, box->currentData()); });
    return box;
}

QWidget *SettingsPage::number(Setting setting, int low, int high, int step, const QString &suffix,
                              const QString &zero)
{
    auto *box = new QSpinBox(this);
    box->setObjectName(QStringLiteral("settings.%1").arg(int(setting)));
    box->setRange(low, high);
    box->setSingleStep(step);
    box->setSuffix(suffix);
    box->setSpecialValueText(zero);
    box->setKeyboardTracking(false);
    const auto follow = [this, box, setting] {
        const QSignalBlocker block(box);
        box->setValue(m_services.settings.number(setting));
    };
    follow();
    connect(&m_services.settings, &Settings::changed, box, follow);
    connect(box, &QSpinBox::valueChanged, this,
            [this, setting](int value) { m_services.settings.setValue(setting, value); });
    return box;
}

QWidget *SettingsPage::toggle(Setting setting, const QString &text)
{
    auto *box = new QCheckBox(text, this);
    box->setObjectName(QStringLiteral("settings.%1").arg(int(setting)));
    const auto follow = [this, box, setting] {
        const QSignalBlocker block(box);
        box->setChecked(m_services.settings.isOn(setting));
    };
    follow();
    connect(&m_services.settings, &Settings::changed, box, follow);
    connect(box, &QCheckBox::toggled, this,
            [this, setting](bool on) { m_services.settings.setValue(setting, on); });
    return box;
}

QWidget *SettingsPage::folderList()
{
    auto *box = new QWidget(this);
    box->setObjectName(QStringLiteral("settings.folders"));
    auto *list = new QListWidget(box);
    list->setObjectName(QStringLiteral("settings.folders.list"));
    list->setAccessibleName(tr("Model folders"));
    list->setFixedHeight(84);
    list->setTextElideMode(Qt::ElideMiddle);
    auto *add = new QPushButton(tr("Add…"), box);
    add->setObjectName(QStringLiteral("settings.folders.add"));
    add->setToolTip(m_services.actions[Act::AddModelFolder].toolTip());
    auto *remove = new QPushButton(tr("Remove"), box);
    remove->setObjectName(QStringLiteral("settings.folders.remove"));
    remove->setToolTip(tr("Takes the folder off the list; its files stay."));
    remove->setEnabled(false);
    auto *grid = new QGridLayout(box);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(6);
    grid->addWidget(list, 0, 0, 1, 2);
    grid->addWidget(add, 1, 0);
    grid->addWidget(remove, 1, 1);
    fillFolders(list);
    connect(&m_services.settings, &Settings::changed, list, [this, list] { fillFolders(list); });
    connect(list, &QListWidget::currentRowChanged, remove,
            [remove](int row) { remove->setEnabled(row >= 0); });
    connect(add, &QPushButton::clicked, &m_services.actions[Act::AddModelFolder], &QAction::trigger);
    connect(remove, &QPushButton::clicked, this, [this, list] {
        QStringList places = m_services.settings.list(Setting::ModelFolders);
        places.removeAt(list->currentRow());
        m_services.settings.setValue(Setting::ModelFolders, places);
    });
    return box;
}

void SettingsPage::fillFolders(QListWidget *list)
{
    const QStringList places = m_services.settings.list(Setting::ModelFolders);
    if (list->count() == places.size()) return;
    list->clear();
    for (const QString &place : places) {
        auto *item = new QListWidgetItem(shortPath(place), list);
        item->setToolTip(place);
    }
}

void SettingsPage::refresh()
{
    for (const Row &row : m_rows) {
        row.reset->setVisible(!m_services.settings.isDefault(row.setting));
        row.note->setVisible(row.needsRestart && m_services.settings.value(row.setting) != row.atStart);
    }
    filter();
}

bool SettingsPage::isDeviceNamed(const QString &text) const
{
    const auto &all = m_services.devices.devices();
    return std::any_of(all.begin(), all.end(), [&](const engine::DeviceSummary &device) {
        return QString::fromStdString(device.id + ' ' + device.description)
            .contains(text, Qt::CaseInsensitive);
    });
}

void SettingsPage::filter()
{
    const QString text = m_search->text().trimmed();
    for (const Row &row : m_rows)
        row.section->hide();
    bool isAnyShown = false;
    for (const Row &row : m_rows) {
        const bool isWanted = (text.isEmpty() || row.words.contains(text, Qt::CaseInsensitive)) &&
                              (!m_changedOnly->isChecked() || !m_services.settings.isDefault(row.setting));
        row.widget->setVisible(isWanted);
        if (isWanted) row.section->show();
        isAnyShown = isAnyShown || isWanted;
    }
    const bool hasDevices =
        !m_changedOnly->isChecked() &&
        (text.isEmpty() || tr("Devices").contains(text, Qt::CaseInsensitive) || isDeviceNamed(text));
    m_devicesTitle->setVisible(hasDevices);
    m_devices->setVisible(hasDevices);
    m_nothing->setVisible(!isAnyShown && !hasDevices);
}

} // namespace gui
