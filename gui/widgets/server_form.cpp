#include "gui/widgets/server_form.h"
#include "gui/server_host.h"
#include "gui/theme.h"
#include "gui/units.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QFileDialog>
#include <QGridLayout>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QToolButton>

namespace gui
{
namespace
{

const auto kThisComputer = QStringLiteral("127.0.0.1");
const auto kAllNetworks = QStringLiteral("0.0.0.0");
constexpr int kNumberWidth = 130;

QToolButton *iconButton(const char *name, const char *iconName, const QString &toolTip, QWidget *parent)
{
    auto *button = new QToolButton(parent);
    button->setObjectName(QLatin1String(name));
    button->setIcon(icon(QLatin1String(iconName)));
    button->setToolTip(toolTip);
    button->setAccessibleName(toolTip);
    return button;
}

} // namespace

ServerForm::ServerForm(ServerHost &host, Settings &settings, QWidget *parent)
    : QWidget(parent)
    , m_host(host)
    , m_settings(settings)
    , m_grid(new QGridLayout(this))
{
    setObjectName(QStringLiteral("server.form"));
    m_grid->setContentsMargins(14, 12, 14, 12);
    m_grid->setHorizontalSpacing(12);
    m_grid->setVerticalSpacing(7);
    m_grid->setColumnStretch(1, 1);
    buildAddress();
    buildKey();
    buildOrigins();
    buildLimits();
    buildFolders();
    m_grid->setRowStretch(m_grid->rowCount(), 1);
    setFocusProxy(m_address);
    connect(&m_settings, &Settings::changed, this, &ServerForm::refresh);
    connect(&m_host, &ServerHost::stateChanged, this, &ServerForm::refresh);
    connect(&m_host, &ServerHost::keyChanged, this, &ServerForm::refresh);
    refresh();
}

void ServerForm::addHeading(const QString &text)
{
    auto *label = new QLabel(text, this);
    label->setProperty("heading", true);
    const int row = m_grid->rowCount();
    label->setContentsMargins(0, row > 1 ? 10 : 0, 0, 0);
    m_grid->addWidget(label, row, 0, 1, 2);
}

/// Without a label the control takes both columns.
void ServerForm::addRow(const QString &label, QWidget *control)
{
    const int row = m_grid->rowCount();
    if (label.isEmpty()) {
        m_grid->addWidget(control, row, 0, 1, 2);
        return;
    }
    auto *name = new QLabel(label, this);
    name->setBuddy(control);
    if (control->accessibleName().isEmpty()) control->setAccessibleName(label);
    m_grid->addWidget(name, row, 0);
    const bool isNumber = qobject_cast<QSpinBox *>(control) != nullptr;
    m_grid->addWidget(control, row, 1, isNumber ? Qt::AlignLeft : Qt::Alignment());
}

void ServerForm::buildAddress()
{
    addHeading(tr("Address"));
    m_address = new QComboBox(this);
    m_address->setObjectName(QStringLiteral("server.address"));
    m_address->setToolTip(tr("Who can reach the server."));
    m_address->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_address->addItem(tr("Only this computer"), kThisComputer);
    m_address->addItem(tr("Local network (%1)").arg(kAllNetworks), kAllNetworks);
    connect(m_address, &QComboBox::currentIndexChanged, this,
            [this] { m_settings.setValue(Setting::ServerAddress, m_address->currentData()); });
    m_locked.push_back(m_address);
    addRow(tr("Open to"), m_address);
    addRow(tr("Port"),
           number(Setting::ServerPort, QStringLiteral("server.port"), 1, 65535, {}, {},
                  tr("Where programs find the server: the number behind the colon of its address.")));
    auto *atStart =
        toggle(Setting::ServerAtStart, QStringLiteral("server.atstart"), tr("Turn on when Rookery starts"),
               tr("For other computers only at an address that was turned on before."));
    m_locked.pop_back(); // may be changed at any time
    addRow({}, atStart);
}

void ServerForm::buildKey()
{
    addHeading(tr("Key"));
    m_asksKey = toggle(Setting::ServerKey, QStringLiteral("server.asks"), tr("Ask for a key"),
                       tr("Programs must know the key. Other computers always need it."));
    addRow({}, m_asksKey);
    auto *line = new QWidget(this);
    m_key = new QLineEdit(line);
    m_key->setObjectName(QStringLiteral("server.key"));
    m_key->setAccessibleName(tr("Key"));
    m_key->setReadOnly(true);
    m_key->setEchoMode(QLineEdit::Password);
    m_key->setPlaceholderText(tr("Made at the first start"));
    m_show = iconButton("server.key.show", "eye", tr("Shows or hides the key"), line);
    m_show->setCheckable(true);
    m_copy = iconButton("server.key.copy", "copy", tr("Copies the key"), line);
    m_new = new QPushButton(tr("New", "make a new key"), line);
    m_new->setObjectName(QStringLiteral("server.key.new"));
    m_new->setToolTip(tr("Makes another key; programs that know the old one are refused."));
    connect(m_show, &QToolButton::toggled, m_key, [this](bool on) {
        m_key->setEchoMode(on ? QLineEdit::Normal : QLineEdit::Password);
        m_key->setCursorPosition(0);
    });
    connect(m_copy, &QToolButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(m_host.key()); });
    connect(m_new, &QPushButton::clicked, &m_host, &ServerHost::makeNewKey);
    auto *row = new QHBoxLayout(line);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    row->addWidget(m_key, 1);
    row->addWidget(m_show);
    row->addWidget(m_copy);
    row->addWidget(m_new);
    addRow({}, line);
    buildFurtherKeys();
}

void ServerForm::buildLimits()
{
    addHeading(tr("Limits"));
    addRow(tr("Rows"),
           number(Setting::ServerRows, QStringLiteral("server.rows"), 0, 65536, {}, tr("Automatic"),
                  tr("Texts that are written at once, of models that requests load. A model that the window "
                     "loaded keeps its own.")));
    addRow(tr("Queue"), number(Setting::ServerQueue, QStringLiteral("server.queue"), 0, 65536, {}, tr("None"),
                               tr("Requests that may wait for a row; more are told to come again later.")));
    addRow(tr("Request size"), number(Setting::ServerBodyMB, QStringLiteral("server.body"), 1, 1024,
                                      tr(" MiB"), {}, tr("Larger requests are refused.")));
}

void ServerForm::buildFolders()
{
    addHeading(tr("Folders that requests may use"));
    addRow(tr("Models"), folder(Setting::ServerModels, QStringLiteral("server.models"), tr("Models"),
                                tr("Requests may load the models beneath it, by name.")));
    addRow(tr("States"), folder(Setting::ServerStates, QStringLiteral("server.states"), tr("States"),
                                tr("Requests may load and save the states beneath it, by name.")));
    addRow(tr("Adapters"), folder(Setting::ServerAdapters, QStringLiteral("server.adapters"), tr("Adapters"),
                                  tr("Requests may use the adapters beneath it, by name.")));
}

QSpinBox *ServerForm::number(Setting setting, const QString &name, int low, int high, const QString &suffix,
                             const QString &zero, const QString &toolTip)
{
    auto *box = new QSpinBox(this);
    box->setObjectName(name);
    box->setRange(low, high);
    box->setSuffix(suffix);
    box->setSpecialValueText(zero);
    box->setKeyboardTracking(false);
    box->setToolTip(toolTip);
    box->setFixedWidth(kNumberWidth);
    const auto follow = [this, box, setting] {
        const QSignalBlocker block(box);
        box->setValue(m_settings.number(setting));
    };
    follow();
    connect(&m_settings, &Settings::changed, box, follow);
    connect(box, &QSpinBox::valueChanged, this,
            [this, setting](int value) { m_settings.setValue(setting, value); });
    m_locked.push_back(box);
    return box;
}

QCheckBox *ServerForm::toggle(Setting setting, const QString &name, const QString &text,
                              const QString &toolTip)
{
    auto *box = new QCheckBox(text, this);
    box->setObjectName(name);
    box->setToolTip(toolTip);
    box->setChecked(m_settings.isOn(setting));
    connect(box, &QCheckBox::clicked, this, [this, setting](bool on) { m_settings.setValue(setting, on); });
    m_locked.push_back(box);
    return box;
}

QWidget *ServerForm::folder(Setting setting, const QString &name, const QString &title,
                            const QString &toolTip)
{
    auto *line = new QWidget(this);
    auto *path = new QLineEdit(line);
    path->setObjectName(name);
    path->setAccessibleName(title);
    path->setToolTip(toolTip);
    path->setPlaceholderText(tr("None", "no folder"));
    path->setClearButtonEnabled(true);
    const auto follow = [this, path, setting] {
        const QString now = m_settings.text(setting);
        if (path->text() != now) path->setText(now);
    };
    follow();
    connect(&m_settings, &Settings::changed, path, follow);
    connect(path, &QLineEdit::textChanged, this,
            [this, setting](const QString &text) { m_settings.setValue(setting, text.trimmed()); });
    auto *choose = iconButton("", "folder", tr("Chooses the folder"), line);
    choose->setObjectName(name + QStringLiteral(".choose"));
    connect(choose, &QToolButton::clicked, this, [this, setting, title] { chooseFolder(setting, title); });
    auto *row = new QHBoxLayout(line);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    row->addWidget(path, 1);
    row->addWidget(choose);
    line->setFocusProxy(path);
    m_locked.push_back(line);
    return line;
}

void ServerForm::chooseFolder(Setting setting, const QString &title)
{
    auto *dialog = new QFileDialog(this, title, m_settings.text(setting));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this,
            [this, setting](const QString &path) { m_settings.setValue(setting, path); });
    dialog->open();
}

void ServerForm::refresh()
{
    using State = ServerHost::State;
    const bool isFree = m_host.state() == State::Off || m_host.state() == State::Failed;
    for (QWidget *widget : m_locked)
        widget->setEnabled(isFree);
    const QSignalBlocker block(m_address);
    const QString address = m_settings.text(Setting::ServerAddress);
    if (m_address->findData(address) < 0) m_address->addItem(address, address); // one of the settings file
    m_address->setCurrentIndex(m_address->findData(address));
    m_asksKey->setChecked(m_host.needsKey());
    m_asksKey->setEnabled(isFree && !m_host.isOpenToOthers());
    const bool hasKey = !m_host.key().isEmpty();
    if (m_key->text() != m_host.key()) {
        m_key->setText(m_host.key());
        m_key->setCursorPosition(0);
    }
    m_show->setEnabled(hasKey);
    m_copy->setEnabled(hasKey);
    m_new->setEnabled(isFree && m_host.needsKey());
    refreshLists();
}

} // namespace gui
