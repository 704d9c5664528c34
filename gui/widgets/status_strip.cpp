#include "gui/widgets/status_strip.h"
#include "gui/actions.h"
#include "gui/metrics.h"
#include "gui/model_session.h"
#include "gui/models/log_model.h"
#include "gui/server_host.h"
#include "gui/theme.h"
#include "gui/units.h"
#include "gui/widgets/adapter_text.h"

#include <QAction>
#include <QStyle>
#include <QToolButton>

namespace gui
{

StatusStrip::StatusStrip(const Services &services, QWidget *parent)
    : QStatusBar(parent)
    , m_services(services)
{
    setObjectName(QStringLiteral("statusbar"));
    setSizeGripEnabled(false);
    m_state = addField(QStringLiteral("status.engine"), tr("What the engine does. Click for the models."));
    m_adapters = addField(QStringLiteral("status.adapters"),
                          tr("What changes the loaded model. Click for the adapters."));
    m_rows =
        addField(QStringLiteral("status.rows"), tr("Texts that are written now, of those possible at once."));
    m_speed = addField(QStringLiteral("status.speed"), tr("Tokens written per second, all texts together."));
    m_memory = addField(QStringLiteral("status.memory"), tr("Memory that Rookery uses."));
    m_server = addField(QStringLiteral("status.server"), tr("Other programs can use the model. Click for the "
                                                            "server."));
    m_problems = addField(QStringLiteral("status.problems"),
                          tr("Warnings and errors not looked at yet. Click for the log."));

    const Actions &actions = m_services.actions;
    connect(m_state, &QToolButton::clicked, &actions[Act::PageModels], &QAction::trigger);
    connect(m_adapters, &QToolButton::clicked, &actions[Act::ShowAdapters], &QAction::trigger);
    connect(m_server, &QToolButton::clicked, &actions[Act::PageServer], &QAction::trigger);
    connect(&m_services.server, &ServerHost::stateChanged, this, &StatusStrip::updateServer);
    for (QToolButton *button : {m_rows, m_speed, m_memory})
        connect(button, &QToolButton::clicked, &actions[Act::PageMonitor], &QAction::trigger);
    connect(m_problems, &QToolButton::clicked, &actions[Act::PageLog], &QAction::trigger);
    connect(&m_services.session, &ModelSession::changed, this, &StatusStrip::updateState);
    connect(&m_services.metrics, &Metrics::sampleAdded, this, &StatusStrip::updateNumbers);
    connect(&m_services.log, &LogModel::problemsChanged, this, &StatusStrip::updateProblems);
    updateState();
    updateServer();
    updateNumbers();
    updateProblems(m_services.log.problems());
}

QToolButton *StatusStrip::addField(const QString &name, const QString &toolTip)
{
    auto *button = new QToolButton(this);
    button->setObjectName(name);
    button->setToolTip(toolTip);
    button->setToolButtonStyle(Qt::ToolButtonTextOnly);
    button->setProperty("field", true);
    addWidget(button);
    return button;
}

void StatusStrip::updateState()
{
    const ModelSession &session = m_services.session;
    const Metrics::Sample &now = m_services.metrics.latest();
    QString text = tr("○ No model");
    if (session.isLoading()) {
        const auto percent = std::uint64_t(session.progress().fraction() * 100);
        text = tr("◐ Loading %1 · %2", "percent, phase")
                   .arg(percentText(percent, 100), phaseText(session.progress().phase));
    } else if (session.isSettingAdapters()) {
        text = tr("◐ Applying adapters");
    } else if (now.generating > 0) {
        text = tr("● Generating");
    } else if (now.reading > 0) {
        text = tr("◑ Reading");
    } else if (session.isLoaded()) {
        text = tr("● Ready");
    }
    m_state->setText(text);
    m_state->setAccessibleName(text);
    m_adapters->setText(tr("Adapters: %1").arg(adaptersText(session.adapters(), m_services.library)));
    m_adapters->setAccessibleName(m_adapters->text());
    m_adapters->setVisible(!session.adapters().empty());
    m_adapters->updateGeometry();
}

void StatusStrip::updateNumbers()
{
    updateState();
    const Metrics::Sample &now = m_services.metrics.latest();
    const bool isLoaded = m_services.session.isLoaded();
    m_rows->setVisible(isLoaded);
    m_speed->setVisible(isLoaded);
    QString rows = tr("%1 of %n row(s)", nullptr, now.slots).arg(now.generating + now.reading);
    if (now.queued > 0) rows += QStringLiteral(" · ") + tr("%n queued", nullptr, now.queued);
    m_rows->setText(rows);
    m_speed->setText(rateText(now.generatedPerSecond));
    m_memory->setText(tr("Memory %1").arg(bytesText(now.processBytes)));
    m_memory->setVisible(now.processBytes > 0);
    for (QToolButton *button : {m_rows, m_speed, m_memory})
        button->setAccessibleName(button->text());
}

/// While others are let in it says so, in another colour.
void StatusStrip::updateServer()
{
    const ServerHost &host = m_services.server;
    const bool isOpen = host.isOpenToOthers();
    m_server->setVisible(host.isOn());
    m_server->setText(isOpen ? tr("● Server open to the network") : tr("● Server"));
    m_server->setAccessibleName(m_server->text());
    m_server->setProperty("warning", isOpen);
    m_server->style()->polish(m_server);
}

void StatusStrip::updateProblems(int problems)
{
    m_problems->setVisible(problems > 0);
    m_problems->setText(QStringLiteral("⚠ ") + QLocale().toString(problems));
    m_problems->setAccessibleName(tr("%n problem(s)", nullptr, problems));
}

} // namespace gui
