#include "gui/pages/blend_view.h"
#include "gui/actions.h"
#include "gui/engine_bridge.h"
#include "gui/library.h"
#include "gui/model_session.h"
#include "gui/settings.h"
#include "gui/state_orders.h"
#include "gui/units.h"
#include "gui/widgets/layer_curve.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/probe_columns.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSlider>
#include <QVBoxLayout>

#include <cmath>
#include <utility>

namespace gui
{
namespace ev = engine::event;
namespace
{

using Entry = ExtraListModel::Entry;

bool isSameShape(const engine::StateInfo &a, const engine::StateInfo &b)
{
    return a.layers == b.layers && a.heads == b.heads && a.headSize == b.headSize &&
           a.hasShifts == b.hasShifts;
}

} // namespace

BlendView::BlendView(const Services &services, QWidget *parent)
    : QWidget(parent)
    , m_services(services)
    , m_probe(services.bridge)
    , m_message(new MessageBar(this))
    , m_problem(new QLabel(this))
    , m_curve(new LayerCurve(this))
    , m_columns(new ProbeColumns(m_probe, QStringLiteral("blend"), this))
{
    setObjectName(QStringLiteral("blend.view"));
    m_curve->setObjectName(QStringLiteral("blend.curve"));
    m_curve->setToolTip(tr("How much of B each layer has: drag the points, or use the arrow keys."));
    m_problem->setObjectName(QStringLiteral("blend.problem"));
    m_problem->setProperty("bad", true);
    m_problem->setWordWrap(true);
    auto *card = new QFrame(this);
    card->setProperty("card", true);
    auto *inside = new QVBoxLayout(card);
    inside->setContentsMargins(16, 12, 16, 10);
    inside->setSpacing(8);
    inside->addWidget(buildChoice());
    inside->addWidget(m_problem);
    inside->addWidget(m_curve);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(10);
    column->addWidget(m_message);
    column->addWidget(card);
    column->addWidget(buildLine());
    column->addWidget(m_columns, 1);
    connectSignals();
    chooseTwo();
    showChoice();
}

QWidget *BlendView::buildChoice()
{
    auto *row = new QWidget(this);
    const auto box = [row, this](const char *name, const QString &spoken) {
        auto *combo = new QComboBox(row);
        combo->setObjectName(QLatin1String(name));
        combo->setAccessibleName(spoken);
        combo->setModel(&m_services.library.states());
        combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        combo->setMinimumContentsLength(12);
        return combo;
    };
    m_first = box("blend.first", tr("State A"));
    m_second = box("blend.second", tr("State B"));
    m_slider = new QSlider(Qt::Horizontal, row);
    m_slider->setObjectName(QStringLiteral("blend.slider"));
    m_slider->setRange(0, 100);
    m_slider->setPageStep(10);
    m_slider->setValue(50);
    m_slider->setAccessibleName(tr("Share of B in all layers"));
    m_slider->setToolTip(tr("0 is A, 1 is B; sets all layers."));
    m_share = new QDoubleSpinBox(row);
    m_share->setObjectName(QStringLiteral("blend.share"));
    m_share->setRange(0, 1);
    m_share->setSingleStep(0.05);
    m_share->setDecimals(2);
    m_share->setValue(0.5);
    m_share->setAccessibleName(tr("Share of B in all layers"));
    m_share->setToolTip(m_slider->toolTip());
    auto *layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(10);
    layout->addWidget(new QLabel(tr("A", "the first of two states"), row));
    layout->addWidget(m_first, 2);
    layout->addWidget(m_slider, 3);
    layout->addWidget(m_share);
    layout->addWidget(new QLabel(tr("B", "the second of two states"), row));
    layout->addWidget(m_second, 2);
    return row;
}

QWidget *BlendView::buildLine()
{
    auto *row = new QWidget(this);
    m_line = new QLineEdit(row);
    m_line->setObjectName(QStringLiteral("blend.line"));
    m_line->setPlaceholderText(tr("A line that A, the blend and B answer"));
    m_line->setAccessibleName(tr("Probe line"));
    m_line->setText(tr("Tell me about geese."));
    m_listen = new QPushButton(tr("Listen"), row);
    m_listen->setObjectName(QStringLiteral("blend.listen"));
    m_listen->setProperty("primary", true);
    m_bake = new QPushButton(tr("Bake to state…"), row);
    m_bake->setObjectName(QStringLiteral("blend.bake"));
    auto *layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_line, 1);
    layout->addWidget(m_listen);
    layout->addWidget(m_bake);
    return row;
}

void BlendView::connectSignals()
{
    for (const auto *box : {m_first, m_second})
        connect(box, &QComboBox::currentIndexChanged, this, &BlendView::showChoice);
    connect(&m_services.library.states(), &QAbstractItemModel::dataChanged, this, &BlendView::showChoice);
    // A second one as soon as there are two.
    connect(&m_services.library.states(), &QAbstractItemModel::rowsInserted, this, &BlendView::chooseTwo);
    connect(m_slider, &QSlider::valueChanged, this, [this](int value) { m_share->setValue(value / 100.0); });
    connect(m_share, &QDoubleSpinBox::valueChanged, this, [this](double share) {
        m_curve->setAll(share);
        showShare();
    });
    connect(m_curve, &LayerCurve::edited, this, &BlendView::showShare);
    connect(m_line, &QLineEdit::textChanged, this, &BlendView::updateVerbs);
    connect(m_line, &QLineEdit::returnPressed, this, [this] {
        if (m_listen->isEnabled() && !m_probe.isRunning()) listen();
    });
    connect(m_listen, &QPushButton::clicked, this, [this] {
        if (m_probe.isRunning())
            m_probe.stop();
        else
            listen();
    });
    connect(m_bake, &QPushButton::clicked, this, &BlendView::askWhere);
    connect(&m_probe, &StateProbe::begun, this, &BlendView::updateVerbs);
    connect(&m_probe, &StateProbe::ended, this, &BlendView::updateVerbs);
    connect(&m_services.session, &ModelSession::changed, this, &BlendView::updateVerbs);
    connect(&m_services.bridge, &EngineBridge::engineStarted, this, &BlendView::updateVerbs);
    connect(&m_services.bridge, &EngineBridge::eventArrived, this, &BlendView::handle);
    connect(m_columns, &ProbeColumns::useRequested, this, &BlendView::useInChat);
    connect(m_message, &MessageBar::verbPressed, this, [this] {
        m_message->dismiss();
        useInChat(m_baked);
    });
}

void BlendView::chooseTwo()
{
    if (m_second->count() > 1 && m_second->currentIndex() == m_first->currentIndex())
        m_second->setCurrentIndex(m_first->currentIndex() == 0 ? 1 : 0);
}

void BlendView::setFirst(const QString &path)
{
    const int row = m_services.library.states().rowOf(path);
    if (path == std::exchange(m_suggested, path)) return; // what was chosen since then stays
    if (row < 0 || row == m_first->currentIndex()) return;
    if (row == m_second->currentIndex()) m_second->setCurrentIndex(m_first->currentIndex());
    m_first->setCurrentIndex(row);
}

QString BlendView::nameOf(const QComboBox *box) const { return box->currentText(); }

/// Why these two cannot be blended; empty: they can, as far as is known.
QString BlendView::problem() const
{
    const ExtraListModel &states = m_services.library.states();
    if (states.rowCount() < 2) return tr("Two states are needed; add a folder with states.");
    const Entry *a = states.find(m_first->currentData(ExtraListModel::PathRole).toString());
    const Entry *b = states.find(m_second->currentData(ExtraListModel::PathRole).toString());
    if (!a || !b) return tr("Choose two states.");
    for (const Entry *entry : {a, b})
        if (entry->match == Match::Unreadable)
            return QString::fromStdString(entry->file.name) + QStringLiteral(": ") + entry->problem;
    if (!a->state || !b->state || isSameShape(*a->state, *b->state)) return {};
    const auto shape = [](const Entry &e) {
        const QString text = tr("%1: %2 layers, %3 heads of %4 channels")
                                 .arg(QString::fromStdString(e.file.name))
                                 .arg(e.state->layers)
                                 .arg(e.state->heads)
                                 .arg(e.state->headSize);
        return e.state->hasShifts ? tr("%1, with token shifts").arg(text) : text;
    };
    return tr("These two are not of one shape. %1; %2.").arg(shape(*a), shape(*b));
}

void BlendView::showChoice()
{
    const Entry *a =
        m_services.library.states().find(m_first->currentData(ExtraListModel::PathRole).toString());
    m_curve->setLayers(a && a->state ? a->state->layers : m_curve->layers());
    m_curve->setEnds(nameOf(m_first), nameOf(m_second));
    showShare();
}

void BlendView::showShare()
{
    const QSignalBlocker quietSlider(m_slider), quietShare(m_share);
    m_slider->setValue(int(std::lround(m_curve->mean() * 100)));
    m_share->setValue(m_curve->mean());
    m_share->setPrefix(m_curve->isFlat() ? QString() : tr("mean %1").arg(QString()));
    updateVerbs();
}

void BlendView::updateVerbs()
{
    const QString why = problem();
    m_problem->setText(why);
    m_problem->setVisible(!why.isEmpty());
    m_curve->setEnabled(why.isEmpty());
    const bool isRunning = m_probe.isRunning();
    const bool isLoaded = m_services.session.isLoaded();
    m_listen->setText(isRunning ? tr("Stop") : tr("Listen"));
    m_listen->setEnabled(isRunning || (why.isEmpty() && isLoaded && !m_line->text().trimmed().isEmpty()));
    m_listen->setToolTip(isLoaded ? tr("A, the blend and B answer the line side by side.")
                                  : tr("Load a model first."));
    m_bake->setEnabled(why.isEmpty() && m_bakeJob == 0 && m_services.bridge.hasEngine());
    m_bake->setText(m_bakeJob != 0 ? tr("Baking…") : tr("Bake to state…"));
    m_bake->setToolTip(tr("Writes the blend into a file that chats can begin from."));
    m_columns->setHint(
        isLoaded ? tr("A blend is an experiment: listen before you bake it.\nA, the blend and B will "
                      "answer the line here, side by side.")
                 : tr("Load a model (Ctrl+L) to hear the blend before you bake it."));
}

engine::CombineStatesSpec BlendView::blend() const
{
    const auto source = [](const QComboBox *box) {
        return stateOrders().spec(box->currentData(ExtraListModel::PathRole).toString());
    };
    engine::CombineStatesSpec spec;
    spec.terms.resize(2);
    spec.terms[0].source = source(m_first);
    spec.terms[1].source = source(m_second);
    if (m_curve->isFlat()) {
        spec.terms[0].weight = float(1 - m_curve->mean());
        spec.terms[1].weight = float(m_curve->mean());
        return spec;
    }
    for (const double share : m_curve->shares()) {
        spec.terms[0].layerWeights.push_back(float(1 - share));
        spec.terms[1].layerWeights.push_back(float(share));
    }
    return spec;
}

void BlendView::listen()
{
    m_message->dismiss();
    const QString a = nameOf(m_first), b = nameOf(m_second);
    const QString share = locale().toString(m_curve->mean(), 'f', 2);
    const QString name = m_curve->isFlat() ? tr("%1 of the way from %2 to %3").arg(share, a, b)
                                           : tr("From %1 to %2 by layer").arg(a, b);
    m_probe.ask({{a, m_first->currentData(ExtraListModel::PathRole).toString(), {}},
                 {name, {}, blend()},
                 {b, m_second->currentData(ExtraListModel::PathRole).toString(), {}}},
                m_line->text().trimmed());
}

void BlendView::askWhere()
{
    const QStringList searched = searchedFolders(m_services.settings);
    const QString folder = searched.isEmpty() ? QString() : searched.front() + QLatin1Char('/');
    const QString share = m_curve->isFlat() ? QString::number(int(std::lround(m_curve->mean() * 100)))
                                            : QStringLiteral("layers");
    const QString name =
        QStringLiteral("%1-%2-%3.pth").arg(nameOf(m_first), nameOf(m_second), share).replace('/', '-');
    auto *dialog = new QFileDialog(this, tr("Bake to state"), folder + name, tr("Tuned states (*.pth)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave); // asks before it replaces a file
    dialog->setDefaultSuffix(QStringLiteral("pth"));
    connect(dialog, &QFileDialog::fileSelected, this, &BlendView::bake);
    dialog->open();
}

void BlendView::bake(const QString &target)
{
    if (m_bakeJob != 0 || !m_services.bridge.hasEngine()) return;
    m_message->dismiss();
    engine::CombineStatesSpec spec = blend();
    spec.target = target.toStdString();
    spec.keep = false;
    m_bakeJob = m_services.bridge.engine().combineStates(std::move(spec));
    updateVerbs();
}

void BlendView::handle(const engine::Event &event)
{
    if (m_bakeJob == 0 || engine::jobOf(event) != m_bakeJob) return;
    m_bakeJob = 0;
    if (const auto *baked = std::get_if<ev::StateCombined>(&event)) {
        m_baked = QString::fromStdString(baked->path);
        m_message->showMessage(
            MessageBar::Kind::Info,
            tr("Baked into %1, %2.").arg(QFileInfo(m_baked).fileName(), bytesText(baked->bytes)),
            shortPath(m_baked), tr("Start a chat"));
        m_services.library.rescan();
    } else if (const auto *failure = std::get_if<ev::Failed>(&event)) {
        m_message->showError(failure->error);
    }
    updateVerbs();
}

void BlendView::useInChat(const QString &path)
{
    m_services.actions[Act::PageChat].trigger();
    Q_EMIT m_services.actions.openStateRequested(path);
}

} // namespace gui
