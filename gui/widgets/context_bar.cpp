#include "gui/widgets/context_bar.h"
#include "gui/actions.h"
#include "gui/metrics.h"
#include "gui/model_session.h"
#include "gui/settings.h"
#include "gui/theme.h"
#include "gui/units.h"
#include "gui/widgets/adapter_text.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QMenu>
#include <QPainter>

#include <algorithm>

namespace gui
{
namespace
{

constexpr int kGaugeWidth = 56;
constexpr int kRecent = 8;
constexpr auto kRecentKey = "models/recent";
constexpr auto kDemo = "demo";

} // namespace

QStringList recentModels(Settings &settings)
{
    return settings.ui().value(QLatin1String(kRecentKey)).toStringList();
}

void rememberModel(Settings &settings, const QString &path)
{
    QStringList recent = recentModels(settings);
    recent.removeAll(path);
    recent.prepend(path);
    settings.ui().setValue(QLatin1String(kRecentKey), recent.mid(0, kRecent));
}

ModelChip::ModelChip(QWidget *parent)
    : QToolButton(parent)
{
    setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    setPopupMode(QToolButton::InstantPopup);
}

void ModelChip::setProgress(double fraction)
{
    m_progress = fraction;
    update();
}

void ModelChip::paintEvent(QPaintEvent *event)
{
    QToolButton::paintEvent(event);
    if (m_progress < 0) return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const QRectF track(6, height() - 4.0, width() - 12.0, 2);
    painter.setBrush(tokens().border);
    painter.drawRoundedRect(track, 1, 1);
    painter.setBrush(tokens().accent);
    painter.drawRoundedRect(QRectF(track.left(), track.top(), track.width() * m_progress, track.height()), 1,
                            1);
}

MemoryGauge::MemoryGauge(QWidget *parent)
    : QToolButton(parent)
{
    setToolButtonStyle(Qt::ToolButtonTextOnly);
}

void MemoryGauge::setUse(std::size_t used, std::size_t ours, std::size_t total)
{
    m_used = total == 0 ? 0.0 : double(used) / double(total);
    m_ours = total == 0 ? 0.0 : std::min(double(ours) / double(total), m_used);
    setText(total == 0 ? bytesText(ours) : bytesOfText(used, total));
    setAccessibleDescription(text());
    update();
}

QSize MemoryGauge::sizeHint() const
{
    const QSize hint = QToolButton::sizeHint();
    return {hint.width() + kGaugeWidth + 8, hint.height()};
}

void MemoryGauge::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (underMouse() || hasFocus()) {
        painter.setPen(hasFocus() ? QPen(tokens().accent) : QPen(Qt::NoPen));
        painter.setBrush(underMouse() ? tokens().border : QColor(Qt::transparent));
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    }
    const QRectF track(8, height() / 2.0 - 3.5, kGaugeWidth, 7);
    painter.setPen(Qt::NoPen);
    painter.setBrush(underMouse() ? tokens().strongBorder : tokens().border);
    painter.drawRoundedRect(track, 3.5, 3.5);
    painter.setClipRect(QRectF(track.left(), 0, track.width() * m_used, height()));
    painter.setBrush(tokens().series[7]);
    painter.drawRoundedRect(track, 3.5, 3.5);
    painter.setClipRect(QRectF(track.left(), 0, track.width() * m_ours, height()));
    painter.setBrush(tokens().series[0]);
    painter.drawRoundedRect(track, 3.5, 3.5);
    painter.setClipping(false);
    painter.setPen(tokens().text);
    painter.drawText(rect().adjusted(kGaugeWidth + 16, 0, -4, 0), Qt::AlignVCenter | Qt::AlignLeft, text());
}

ContextBar::ContextBar(const Services &services, QWidget *parent)
    : QWidget(parent)
    , m_services(services)
    , m_chip(new ModelChip(this))
    , m_menu(new QMenu(this))
    , m_gauge(new MemoryGauge(this))
{
    setObjectName(QStringLiteral("contextbar"));
    m_chip->setObjectName(QStringLiteral("context.model"));
    m_chip->setMenu(m_menu);
    m_chip->setIcon(icon(QStringLiteral("models")));
    m_gauge->setObjectName(QStringLiteral("context.memory"));
    m_gauge->setAccessibleName(tr("Memory in use"));

    QAction &searchAction = services.actions[Act::CommandSearch];
    auto *search = new QToolButton(this);
    search->setObjectName(QStringLiteral("context.search"));
    search->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    search->setIcon(icon(QStringLiteral("search")));
    search->setText(searchAction.shortcut().toString(QKeySequence::NativeText));
    search->setToolTip(searchAction.toolTip());
    search->setAccessibleName(Actions::plainText(searchAction));

    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(8, 3, 8, 3);
    row->setSpacing(6);
    row->addWidget(m_chip);
    row->addStretch(1);
    row->addWidget(search);
    row->addWidget(m_gauge);

    connect(search, &QToolButton::clicked, &searchAction, &QAction::trigger);
    connect(m_gauge, &QToolButton::clicked, &services.actions[Act::PageMonitor], &QAction::trigger);
    connect(m_menu, &QMenu::aboutToShow, this, &ContextBar::fillMenu);
    connect(&services.session, &ModelSession::changed, this, &ContextBar::updateChip);
    connect(&services.metrics, &Metrics::sampleAdded, this, &ContextBar::updateGauge);
    updateChip();
    updateGauge();
}

void ContextBar::updateChip()
{
    const ModelSession &session = m_services.session;
    QString text = tr("No model");
    QString tip = tr("The model in use. Click to load or eject one.");
    if (session.isLoaded()) {
        const auto &loaded = session.loaded();
        text = QString::fromStdString(loaded.info.name) + QStringLiteral(" · ") +
               QString::fromStdString(loaded.strategy);
        const QString adapters = adaptersText(session.adapters(), m_services.library);
        if (session.adapters().size() > 2)
            text += QStringLiteral(" + ") + tr("%n adapters", nullptr, int(session.adapters().size()));
        else if (!adapters.isEmpty())
            text += QStringLiteral(" + ") + adapters;
        tip += adapters.isEmpty() ? QString() : QLatin1Char('\n') + tr("Adapters: %1").arg(adapters);
    }
    m_chip->setToolTip(tip);
    m_chip->setProgress(-1);
    if (session.isLoading()) {
        const QString percent = percentText(std::uint64_t(session.progress().fraction() * 100), 100);
        text = tr("Loading %1", "percent").arg(percent);
        m_chip->setProgress(session.progress().fraction());
    }
    m_chip->setText(text + QStringLiteral("  ▾"));
    m_chip->setAccessibleName(tr("Model: %1").arg(text));
    m_services.actions.setAvailable(Act::EjectModel, session.isLoaded(), tr("No model is loaded."));
}

void ContextBar::updateGauge()
{
    const Metrics::Sample &now = m_services.metrics.latest();
    const std::size_t used = now.memory.total - std::min(now.memory.free, now.memory.total);
    m_gauge->setUse(used, now.processBytes, now.memory.total);
    m_gauge->setToolTip(tr("Rookery uses %1; all programs together %2.\nClick for the monitor.")
                            .arg(bytesText(now.processBytes), bytesText(used)));
    m_gauge->setVisible(now.memory.total > 0);
    m_gauge->updateGeometry();
}

void ContextBar::fillMenu()
{
    m_menu->clear();
    if (m_services.session.isLoading()) {
        connect(m_menu->addAction(icon(QStringLiteral("stop")), tr("Cancel loading")), &QAction::triggered,
                &m_services.session, &ModelSession::cancelLoad);
        m_menu->addSeparator();
    }
    const QStringList recent = recentModels(m_services.settings);
    for (const QString &path : recent) {
        if (path == QLatin1String(kDemo)) continue; // has its own line below
        QAction *action = m_menu->addAction(QFileInfo(path).completeBaseName());
        action->setToolTip(shortPath(path));
        connect(action, &QAction::triggered, this, [this, path] { Q_EMIT modelChosen(path); });
    }
    if (!m_menu->isEmpty()) m_menu->addSeparator();
    m_menu->addAction(&m_services.actions[Act::LoadModel]);
    m_menu->addAction(&m_services.actions[Act::LoadDemo]);
    m_menu->addAction(&m_services.actions[Act::EjectModel]);
    m_menu->addSeparator();
    m_menu->addAction(&m_services.actions[Act::ShowAdapters]);
}

} // namespace gui
