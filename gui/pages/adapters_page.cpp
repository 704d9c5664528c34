#include "gui/pages/adapters_page.h"
#include "gui/actions.h"
#include "gui/folders.h"
#include "gui/library.h"
#include "gui/model_session.h"
#include "gui/units.h"
#include "gui/widgets/adapter_rack.h"
#include "gui/widgets/adapter_text.h"
#include "gui/widgets/extra_details.h"
#include "gui/widgets/extra_table.h"
#include "gui/widgets/list_splitter.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/table_style.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QTableView>
#include <QVBoxLayout>

#include <utility>

namespace gui
{
namespace
{

constexpr int kDetailsWidth = 400;

QLabel *dimLine(QWidget *parent, const char *name)
{
    auto *label = new QLabel(parent);
    label->setObjectName(QLatin1String(name));
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setProperty("dim", true);
    return label;
}

QString factsOf(const engine::AdapterInfo &info)
{
    QString html = factRow(AdaptersPage::tr("Kind"), adapterKindText(info));
    html += factRow(AdaptersPage::tr("Changes"),
                    AdaptersPage::tr("%n matrices", nullptr, int(info.matrices.size())));
    if (info.replaced > 0)
        html += factRow(AdaptersPage::tr("Replaces"), AdaptersPage::tr("%n tensors", nullptr, info.replaced));
    html += factRow(AdaptersPage::tr("Layers"), countText(std::uint64_t(layersOf(info))));
    if (info.alpha > 0) html += factRow(AdaptersPage::tr("Alpha"), QLocale().toString(info.alpha));
    html += factRow(AdaptersPage::tr("Layout"), QString::fromStdString(info.layout));
    html += factRow(AdaptersPage::tr("Container"), QString::fromStdString(info.container));
    return html;
}

} // namespace

AdaptersPage::AdaptersPage(const Services &services, QWidget *parent)
    : QWidget(parent)
    , m_services(services)
    , m_table(new ExtraTable(
          services, services.library.adapters(), QStringLiteral("adapters"),
          tr("An adapter is a small file that changes what a model has learned: LoRA, DoRA, PiSSA, "
             "Bone.\n\nAdd a folder with adapters, or put them beside your models."),
          this))
    , m_message(new MessageBar(this))
    , m_details(new ExtraDetails(QStringLiteral("adapters"), this))
{
    setObjectName(QStringLiteral("page.adapters"));
    setFocusProxy(m_table);
    auto *right = new QWidget(this);
    auto *cards = new QVBoxLayout(right);
    cards->setContentsMargins(0, 0, 0, 0);
    cards->setSpacing(10);
    cards->addWidget(buildStack());
    cards->addWidget(m_details, 1);
    m_reveal = new QPushButton(tr("Reveal in files"), m_details);
    m_reveal->setObjectName(QStringLiteral("adapters.reveal"));
    m_reveal->setToolTip(tr("Opens the folder of the selected adapter."));
    m_details->below().addWidget(m_reveal, 0, Qt::AlignLeft);
    auto *area = new QScrollArea(this);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    right->setObjectName(QStringLiteral("adapters.details"));
    area->setWidget(right);
    area->setMinimumWidth(360);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(16, 12, 16, 12);
    column->setSpacing(10);
    column->addWidget(m_message);
    column->addWidget(new ListSplitter(m_table, area, kDetailsWidth, this), 1);
    connectSignals();
    showDetails();
    followSession();
}

QWidget *AdaptersPage::buildStack()
{
    auto *card = new QFrame(this);
    card->setProperty("card", true);
    auto *title = new QLabel(tr("On the loaded model, in this order"), card);
    title->setProperty("heading", true);
    m_inUse = dimLine(card, "adapters.inuse");
    m_rack = new AdapterRack(m_services.library.adapters(), QStringLiteral("adapters.stack"), card);
    m_hint = dimLine(card, "adapters.hint");
    m_busy = new QProgressBar(card);
    m_busy->setRange(0, 0);
    m_busy->setTextVisible(false);
    m_busy->setAccessibleName(tr("Applying adapters"));
    m_apply = new QPushButton(tr("Apply"), card);
    m_apply->setObjectName(QStringLiteral("adapters.apply"));
    m_apply->setProperty("primary", true);
    m_revert = new QPushButton(tr("As it is in use"), card);
    m_revert->setObjectName(QStringLiteral("adapters.revert"));
    m_revert->setToolTip(tr("Shows the adapters that are in use again."));
    auto *buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(m_revert);
    buttons->addWidget(m_apply);
    auto *column = new QVBoxLayout(card);
    column->setContentsMargins(16, 14, 16, 14);
    column->setSpacing(8);
    for (QWidget *part :
         {static_cast<QWidget *>(title), static_cast<QWidget *>(m_inUse), static_cast<QWidget *>(m_rack),
          static_cast<QWidget *>(m_hint), static_cast<QWidget *>(m_busy)})
        column->addWidget(part);
    column->addLayout(buttons);
    return card;
}

void AdaptersPage::connectSignals()
{
    ModelSession &session = m_services.session;
    ExtraListModel &list = m_services.library.adapters();
    connect(m_table, &ExtraTable::currentChanged, this, &AdaptersPage::showDetails);
    connect(m_details, &ExtraDetails::paletteChanged, this, &AdaptersPage::showDetails);
    connect(m_table, &ExtraTable::activated, this,
            [this](const QString &path) { m_rack->setTicked(path, !m_rack->tickedPaths().contains(path)); });
    connect(&list, &ExtraListModel::tickRequested, m_rack, &AdapterRack::setTicked);
    connect(m_rack, &AdapterRack::changed, this, [this, &list] {
        m_isSettled = m_rack->uses() == m_services.session.adapters();
        list.setTicked(m_rack->tickedPaths());
        updateApply();
    });
    connect(m_apply, &QPushButton::clicked, this, &AdaptersPage::apply);
    connect(m_revert, &QPushButton::clicked, this,
            [this] { m_rack->setUses(m_services.session.adapters()); });
    connect(m_reveal, &QPushButton::clicked, this, [this] { showInFiles(m_table->currentPath()); });
    connect(&session, &ModelSession::changed, this, &AdaptersPage::followSession);
    connect(&session, &ModelSession::adaptersSet, this, [this](const QStringList &warnings) {
        m_isSettled = true;
        m_message->dismiss();
        if (!warnings.isEmpty())
            m_message->showMessage(MessageBar::Kind::Warning, tr("Applied, with something to know."),
                                   warnings.join(QLatin1Char('\n')));
    });
    connect(&session, &ModelSession::adaptersFailed, this, [this](const engine::Error &error) {
        m_message->showMessage(MessageBar::Kind::Error,
                               tr("The adapters could not be applied; what was in use stays in use."),
                               QString::fromStdString(error.message()));
    });
    connect(&m_services.library, &Library::scanFailed, m_message, &MessageBar::showError);
    connect(&m_services.actions[Act::Find], &QAction::triggered, this, [this] {
        if (isVisible()) m_table->focusSearch();
    });
}

void AdaptersPage::showDetails()
{
    const auto *entry = m_services.library.adapters().find(m_table->currentPath());
    m_reveal->setVisible(entry);
    if (entry)
        m_details->show(*entry, tr("Load a model to see whether it can use this adapter."),
                        entry->adapter ? factsOf(*entry->adapter) : QString());
    else
        m_details->showNothing(tr("Choose an adapter on the left to see what it is."));
}

/// A change that the user has not applied yet stays, unless another model came.
void AdaptersPage::followSession()
{
    const ModelSession &session = m_services.session;
    const QString loaded = session.isLoaded() ? session.loadedPath() : QString();
    const bool isOther = std::exchange(m_loaded, loaded) != loaded;
    if (isOther) m_message->dismiss();
    if ((isOther || m_isSettled) && !session.isSettingAdapters() && m_rack->uses() != session.adapters())
        m_rack->setUses(session.adapters());
    updateApply();
}

void AdaptersPage::updateApply()
{
    const ModelSession &session = m_services.session;
    const bool isBusy = session.isSettingAdapters();
    const bool differs = m_rack->uses() != session.adapters();
    m_inUse->setText(!session.isLoaded() ? tr("No model is loaded.")
                     : session.adapters().empty()
                         ? tr("No adapter is in use.")
                         : tr("In use: %1").arg(adaptersText(session.adapters(), m_services.library)));
    m_hint->setText(m_rack->isEmpty()               ? tr("Tick adapters in the list, or add one here.")
                    : differs && session.isLoaded() ? tr("Not applied yet.")
                                                    : QString());
    m_hint->setVisible(!m_hint->text().isEmpty() && !isBusy);
    m_busy->setVisible(isBusy);
    m_rack->setEnabled(!isBusy);
    m_apply->setText(isBusy ? tr("Applying…") : tr("Apply"));
    m_apply->setEnabled(session.isLoaded() && !session.isLoading() && differs && !isBusy);
    m_apply->setToolTip(!session.isLoaded() ? tr("Load a model first.")
                        : !differs          ? tr("These adapters are in use already.")
                                            : tr("Changes the loaded model without loading it again."));
    m_revert->setVisible(differs && !isBusy && session.isLoaded());
}

void AdaptersPage::apply()
{
    m_message->dismiss();
    m_services.session.setAdapters(m_rack->uses());
}

} // namespace gui
