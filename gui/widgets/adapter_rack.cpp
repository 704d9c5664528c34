#include "gui/widgets/adapter_rack.h"
#include "gui/models/extra_list_model.h"
#include "gui/theme.h"
#include "gui/units.h"
#include "gui/widgets/adapter_options.h"

#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace gui
{
namespace
{

constexpr double kMostScale = 100;

QToolButton *smallButton(const QString &iconName, const QString &tip, QWidget *parent)
{
    auto *button = new QToolButton(parent);
    button->setIcon(icon(iconName));
    button->setToolTip(tip);
    button->setAccessibleName(tip);
    return button;
}

} // namespace

AdapterRack::AdapterRack(ExtraListModel &known, const QString &name, QWidget *parent)
    : QWidget(parent)
    , m_known(known)
    , m_name(name)
    , m_column(new QVBoxLayout(this))
    , m_add(new QPushButton(tr("Add adapter"), this))
    , m_menu(new QMenu(this))
{
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(4);
    m_add->setObjectName(m_name + QStringLiteral(".add"));
    m_add->setProperty("link", true);
    m_add->setIcon(icon(QStringLiteral("plus")));
    m_add->setToolTip(tr("Adds an adapter behind the others."));
    m_add->setMenu(m_menu);
    m_menu->setToolTipsVisible(true);
    m_column->addWidget(m_add, 0, Qt::AlignLeft);
    connect(m_menu, &QMenu::aboutToShow, this, &AdapterRack::fillMenu);
    connect(&m_known, &QAbstractItemModel::rowsInserted, this,
            &AdapterRack::rebuild); // names may be known now
    connect(&m_known, &QAbstractItemModel::dataChanged, this, [this] {
        const auto isNews = [this](const Row &row) { return row.isKnown != (infoOf(row.use) != nullptr); };
        if (std::any_of(m_rows.begin(), m_rows.end(), isNews)) rebuild(); // kinds were looked up meanwhile
    });
    rebuild();
}

QString AdapterRack::nameOf(const engine::AdapterUse &use) const
{
    const QString path = QString::fromStdString(use.path);
    const auto *entry = m_known.find(path);
    return entry ? QString::fromStdString(entry->file.name) : QFileInfo(path).completeBaseName();
}

const engine::AdapterInfo *AdapterRack::infoOf(const engine::AdapterUse &use) const
{
    const auto *entry = m_known.find(QString::fromStdString(use.path));
    return entry && entry->adapter ? &*entry->adapter : nullptr;
}

void AdapterRack::setUses(const std::vector<engine::AdapterUse> &uses)
{
    m_rows.clear();
    for (const engine::AdapterUse &use : uses)
        m_rows.push_back({use, true});
    rebuild();
    Q_EMIT changed();
}

std::vector<engine::AdapterUse> AdapterRack::uses() const
{
    std::vector<engine::AdapterUse> uses;
    for (const Row &row : m_rows)
        if (row.isTicked) uses.push_back(row.use);
    return uses;
}

QStringList AdapterRack::tickedPaths() const
{
    QStringList paths;
    for (const engine::AdapterUse &use : uses())
        paths << QString::fromStdString(use.path);
    return paths;
}

void AdapterRack::setTicked(const QString &path, bool ticked)
{
    const std::string wanted = path.toStdString();
    const auto row =
        std::find_if(m_rows.begin(), m_rows.end(), [&](const Row &r) { return r.use.path == wanted; });
    if (row != m_rows.end()) {
        row->isTicked = ticked;
    } else if (ticked) {
        Row added;
        added.use.path = wanted;
        if (const auto *entry = m_known.find(path)) added.use.alpha = entry->file.alpha;
        m_rows.push_back(added);
    } else {
        return;
    }
    rebuild();
    Q_EMIT changed();
}

void AdapterRack::move(std::size_t index, int step)
{
    const std::size_t other = index + std::size_t(step);
    if (other >= m_rows.size()) return;
    std::swap(m_rows[index], m_rows[other]);
    rebuild();
    const auto name = QStringLiteral("%1.%2.%3").arg(m_name).arg(other).arg(step < 0 ? "up" : "down");
    if (auto *button = findChild<QToolButton *>(name)) button->setFocus(); // it can be moved on by keys
    Q_EMIT changed();
}

void AdapterRack::rebuild()
{
    if (m_list) {
        m_list->hide();
        m_list->setObjectName({});
        for (QWidget *old : m_list->findChildren<QWidget *>())
            old->setObjectName({}); // it goes when the event that rebuilds is over
        m_list->deleteLater();
    }
    m_list = new QWidget(this);
    auto *column = new QVBoxLayout(m_list);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2);
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        m_rows[i].isKnown = infoOf(m_rows[i].use) != nullptr;
        QWidget *row = buildRow(i);
        column->addWidget(row);
        auto *more = row->findChild<QToolButton *>(QStringLiteral("%1.%2.more").arg(m_name).arg(i));
        if (AdapterOptions::hasAny(infoOf(m_rows[i].use))) addOptions(i, more);
    }
    m_column->insertWidget(0, m_list);
    m_list->setVisible(!m_rows.empty());
}

QWidget *AdapterRack::buildRow(std::size_t index)
{
    const Row &row = m_rows[index];
    const QString name = nameOf(row.use);
    const auto called = [&](const char *part) {
        return QStringLiteral("%1.%2.%3").arg(m_name).arg(index).arg(QLatin1String(part));
    };
    auto *box = new QWidget(m_list);
    auto *tick = new QCheckBox(name, box);
    tick->setObjectName(called("tick"));
    tick->setChecked(row.isTicked);
    tick->setToolTip(shortPath(QString::fromStdString(row.use.path)));
    tick->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    auto *scale = new QDoubleSpinBox(box);
    scale->setObjectName(called("scale"));
    scale->setRange(-kMostScale, kMostScale);
    scale->setSingleStep(0.1);
    scale->setDecimals(2);
    scale->setPrefix(QStringLiteral("× "));
    scale->setValue(double(row.use.scale));
    scale->setEnabled(row.isTicked);
    scale->setAccessibleName(tr("Scale of %1").arg(name));
    scale->setToolTip(
        tr("How much of its change is added: 1 as it was trained, 0 nothing, below 0 away from it."));
    auto *more = smallButton(QStringLiteral("sliders"), tr("Options of %1").arg(name), box);
    more->setObjectName(called("more"));
    more->setCheckable(true);
    more->setVisible(AdapterOptions::hasAny(infoOf(row.use)));
    auto *up = smallButton(QStringLiteral("chevron-up"), tr("Apply %1 earlier").arg(name), box);
    up->setObjectName(called("up"));
    up->setEnabled(index > 0);
    auto *down = smallButton(QStringLiteral("chevron-down"), tr("Apply %1 later").arg(name), box);
    down->setObjectName(called("down"));
    down->setEnabled(index + 1 < m_rows.size());
    auto *close = smallButton(QStringLiteral("close"), tr("Take %1 off").arg(name), box);
    close->setObjectName(called("remove"));

    auto *line = new QHBoxLayout(box);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(2);
    line->addWidget(tick, 1);
    line->addWidget(scale);
    line->addWidget(more);
    line->addWidget(up);
    line->addWidget(down);
    line->addWidget(close);

    connect(tick, &QCheckBox::toggled, this, [this, index, scale](bool on) {
        m_rows[index].isTicked = on;
        scale->setEnabled(on);
        Q_EMIT changed();
    });
    connect(scale, &QDoubleSpinBox::valueChanged, this, [this, index](double value) {
        m_rows[index].use.scale = float(value);
        Q_EMIT changed();
    });
    connect(up, &QToolButton::clicked, this, [this, index] { move(index, -1); });
    connect(down, &QToolButton::clicked, this, [this, index] { move(index, 1); });
    connect(close, &QToolButton::clicked, this, [this, index] {
        m_rows.erase(m_rows.begin() + std::ptrdiff_t(index));
        rebuild();
        Q_EMIT changed();
    });
    return box;
}

/// Below the row; `button` shows and hides them.
void AdapterRack::addOptions(std::size_t index, QToolButton *button)
{
    const Row &row = m_rows[index];
    auto *options =
        new AdapterOptions(row.use, infoOf(row.use), QStringLiteral("%1.%2").arg(m_name).arg(index), m_list);
    m_list->layout()->addWidget(options);
    button->setChecked(row.isOpen);
    options->setVisible(row.isOpen);
    connect(button, &QToolButton::toggled, this, [this, index, options](bool on) {
        m_rows[index].isOpen = on;
        options->setVisible(on);
    });
    connect(options, &AdapterOptions::changed, this, [this, index](const engine::AdapterUse &use) {
        engine::AdapterUse &known = m_rows[index].use;
        const float scale = known.scale; // may have been changed beside it
        known = use;
        known.scale = scale;
        Q_EMIT changed();
    });
}

void AdapterRack::fillMenu()
{
    m_menu->clear();
    const QStringList here = tickedPaths();
    for (int row = 0; row < m_known.rowCount(); ++row) {
        const auto &entry = m_known.entry(row);
        const QString path = QString::fromStdString(entry.file.path);
        if (here.contains(path)) continue;
        QAction *action = m_menu->addAction(QString::fromStdString(entry.file.name));
        action->setToolTip(m_known.index(row, 0).data(Qt::ToolTipRole).toString());
        connect(action, &QAction::triggered, this, [this, path] { setTicked(path, true); });
    }
    if (!m_menu->isEmpty()) m_menu->addSeparator();
    connect(m_menu->addAction(tr("Other file…")), &QAction::triggered, this, &AdapterRack::chooseFile);
}

void AdapterRack::chooseFile()
{
    auto *dialog = new QFileDialog(this, tr("Choose an adapter"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("Adapters (*.pth *.safetensors)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) { setTicked(path, true); });
    dialog->open();
}

} // namespace gui
