#include "gui/pages/server_page.h"
#include "gui/actions.h"
#include "gui/models/live_request_model.h"
#include "gui/models/request_log_model.h"
#include "gui/server_host.h"
#include "gui/settings.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/server_form.h"
#include "gui/widgets/table_style.h"

#include <QClipboard>
#include <QEvent>
#include <QFrame>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QStyle>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace gui
{
namespace
{

using State = ServerHost::State;

constexpr int kFormWidth = 350, kNarrowFormWidth = 296;
constexpr int kNarrowPage = 1000;
constexpr int kCellPadding = 22;

/// A note in the middle of an empty table.
QLabel *noteOver(QTableView *table)
{
    auto *note = new QLabel(table);
    note->setAlignment(Qt::AlignCenter);
    note->setWordWrap(true);
    note->setProperty("dim", true);
    auto *over = new QVBoxLayout(table);
    over->addWidget(note);
    return note;
}

/// Widths in characters of the table's font. Headers are never cut: in some languages they are drawn wider
/// than told.
void fitColumns(QTableView *table, std::initializer_list<std::pair<int, int>> columns)
{
    table->ensurePolished();
    table->horizontalHeader()->ensurePolished();
    const int character = table->fontMetrics().horizontalAdvance(QLatin1Char('0'));
    const QFontMetrics head = table->horizontalHeader()->fontMetrics();
    for (const auto &[column, characters] : columns) {
        const QString name = table->model()->headerData(column, Qt::Horizontal).toString();
        table->setColumnWidth(column,
                              std::max(characters * character, head.horizontalAdvance(name) + kCellPadding) +
                                  kCellPadding);
    }
}

QPushButton *copyButton(const char *name, const QString &text, const QString &toolTip, QWidget *parent)
{
    auto *button = new QPushButton(text, parent);
    button->setObjectName(QLatin1String(name));
    button->setToolTip(toolTip);
    return button;
}

} // namespace

ServerPage::ServerPage(const Services &services, QWidget *parent)
    : QWidget(parent)
    , m_services(services)
    , m_live(new LiveRequestModel(this))
    , m_log(new RequestLogModel(this))
{
    setObjectName(QStringLiteral("page.server"));
    build();
    setFocusProxy(m_switch);
    connectSignals();
    showState();
    updateEmpty();
}

void ServerPage::build()
{
    auto *scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(new ServerForm(m_services.server, m_services.settings, scroll));
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->viewport()->setAutoFillBackground(false);
    scroll->widget()->setAutoFillBackground(false); // the card's shows
    auto *card = new QFrame(this);
    card->setProperty("card", true);
    card->setObjectName(QStringLiteral("server.settings"));
    m_form = card;
    auto *fill = new QVBoxLayout(card);
    fill->setContentsMargins(1, 1, 1, 1);
    fill->addWidget(scroll);

    m_message = new MessageBar(this);
    m_message->setObjectName(QStringLiteral("server.message"));
    auto *tables = new QVBoxLayout;
    tables->setSpacing(10);
    tables->addWidget(buildAddress());
    tables->addWidget(buildLive(), 2);
    tables->addWidget(buildLog(), 3);
    auto *columns = new QHBoxLayout;
    columns->setSpacing(12);
    columns->addWidget(card);
    columns->addLayout(tables, 1);
    auto *page = new QVBoxLayout(this);
    page->setContentsMargins(16, 12, 16, 12);
    page->setSpacing(10);
    page->addWidget(buildHeader());
    page->addWidget(m_message);
    page->addLayout(columns, 1);
}

QWidget *ServerPage::buildHeader()
{
    auto *header = new QWidget(this);
    auto *title = new QLabel(tr("Server"), header);
    title->setObjectName(QStringLiteral("title"));
    m_state = new QLabel(header);
    m_state->setObjectName(QStringLiteral("server.state"));
    m_state->setProperty("dim", true);
    m_switch = new QPushButton(header);
    m_switch->setObjectName(QStringLiteral("server.switch"));
    m_switch->setProperty("primary", true);
    m_switch->setToolTip(
        tr("Lets other programs use the model over HTTP: the interface of OpenAI and that of "
           "RWKV-Infer."));
    auto *row = new QHBoxLayout(header);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(12);
    row->addWidget(title);
    row->addWidget(m_state);
    row->addStretch(1);
    row->addWidget(m_switch);
    return header;
}

QWidget *ServerPage::buildAddress()
{
    auto *card = new QFrame(this);
    card->setProperty("card", true);
    m_address = card;
    m_url = new QLabel(card);
    m_url->setObjectName(QStringLiteral("server.url"));
    m_url->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_url->setProperty("heading", true);
    auto *copy = copyButton("server.copy", tr("Copy"),
                            tr("Copies the address, for programs that ask for a base URL."), card);
    auto *curl = copyButton("server.curl", tr("Copy as curl"),
                            tr("A question for a terminal; the key, if one is asked for, is in it."), card);
    connect(copy, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(m_services.server.baseUrl()); });
    connect(curl, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(m_services.server.curlCommand()); });
    auto *row = new QHBoxLayout(card);
    row->setContentsMargins(14, 8, 8, 8);
    row->setSpacing(8);
    row->addWidget(m_url, 1);
    row->addWidget(copy);
    row->addWidget(curl);
    return card;
}

QTableView *ServerPage::makeTable(const QString &name, const QString &title)
{
    auto *table = new QTableView(this);
    table->setObjectName(name);
    table->setAccessibleName(title);
    styleTable(table);
    table->setSortingEnabled(false);
    table->setItemDelegate(new ColoredTextDelegate(table));
    return table;
}

QWidget *ServerPage::buildLive()
{
    auto *part = new QWidget(this);
    auto *title = new QLabel(tr("Answering now"), part);
    title->setProperty("heading", true);
    m_cancel = new QPushButton(tr("Cancel request"), part);
    m_cancel->setObjectName(QStringLiteral("server.cancel"));
    m_cancel->setToolTip(tr("Ends the selected request; its program is told."));
    m_liveTable = makeTable(QStringLiteral("server.live"), tr("Answering now"));
    m_liveTable->setModel(m_live);
    m_liveTable->horizontalHeader()->setSectionResizeMode(LiveRequestModel::Path, QHeaderView::Stretch);
    m_liveEmpty = noteOver(m_liveTable);
    auto *head = new QHBoxLayout;
    head->addWidget(title);
    head->addStretch(1);
    head->addWidget(m_cancel);
    auto *column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addLayout(head);
    column->addWidget(m_liveTable, 1);
    return part;
}

QWidget *ServerPage::buildLog()
{
    auto *part = new QWidget(this);
    auto *title = new QLabel(tr("Answered"), part);
    title->setProperty("heading", true);
    m_clear = new QPushButton(tr("Clear"), part);
    m_clear->setObjectName(QStringLiteral("server.log.clear"));
    m_clear->setToolTip(tr("Empties the list."));
    m_logTable = makeTable(QStringLiteral("server.log"), tr("Answered"));
    m_logTable->setModel(m_log);
    m_logTable->horizontalHeader()->setSectionResizeMode(RequestLogModel::Request, QHeaderView::Stretch);
    m_logEmpty = noteOver(m_logTable);
    auto *head = new QHBoxLayout;
    head->addWidget(title);
    head->addStretch(1);
    head->addWidget(m_clear);
    auto *column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addLayout(head);
    column->addWidget(m_logTable, 1);
    return part;
}

/// Only once styles and fonts are in force: before, headers tell the widths of others.
void ServerPage::fitTables()
{
    fitColumns(m_liveTable, {{LiveRequestModel::Model, 14},
                             {LiveRequestModel::Client, 9},
                             {LiveRequestModel::Tokens, 6},
                             {LiveRequestModel::Seconds, 6}});
    fitColumns(m_logTable, {{RequestLogModel::Time, 8},
                            {RequestLogModel::Status, 6},
                            {RequestLogModel::Milliseconds, 7},
                            {RequestLogModel::Tokens, 6},
                            {RequestLogModel::Client, 9}});
}

void ServerPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    fitTables();
}

void ServerPage::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange && m_logTable) fitTables();
}

/// In small windows the tables do without the clients' addresses.
void ServerPage::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    const bool isNarrow = width() < kNarrowPage;
    m_form->setFixedWidth(isNarrow ? kNarrowFormWidth : kFormWidth);
    m_liveTable->setColumnHidden(LiveRequestModel::Client, isNarrow);
    m_logTable->setColumnHidden(RequestLogModel::Client, isNarrow);
}

void ServerPage::connectSignals()
{
    ServerHost &host = m_services.server;
    connect(&host, &ServerHost::stateChanged, this, &ServerPage::showState);
    connect(&m_services.settings, &Settings::changed, this, &ServerPage::showState);
    connect(&host, &ServerHost::liveChanged, m_live, &LiveRequestModel::setRequests);
    connect(&host, &ServerHost::requestsLogged, m_log, &RequestLogModel::add);
    connect(&host, &ServerHost::liveChanged, this, &ServerPage::showState);
    for (QAbstractItemModel *model :
         {static_cast<QAbstractItemModel *>(m_live), static_cast<QAbstractItemModel *>(m_log)}) {
        connect(model, &QAbstractItemModel::rowsInserted, this, &ServerPage::updateEmpty);
        connect(model, &QAbstractItemModel::rowsRemoved, this, &ServerPage::updateEmpty);
        connect(model, &QAbstractItemModel::modelReset, this, &ServerPage::updateEmpty);
    }
    connect(m_liveTable->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &ServerPage::updateEmpty);
    connect(m_switch, &QPushButton::clicked, this, &ServerPage::turn);
    connect(m_message, &MessageBar::verbPressed, this, &ServerPage::pressVerb);
    connect(m_cancel, &QPushButton::clicked, this, &ServerPage::cancelSelected);
    connect(m_clear, &QPushButton::clicked, m_log, &RequestLogModel::clear);
}

/// Before others are let in one is asked; the message beside the switch is the question.
void ServerPage::turn()
{
    ServerHost &host = m_services.server;
    if (host.state() != State::Off && host.state() != State::Failed) return host.stop();
    if (!host.isOpenToOthers()) return host.start();
    m_verbMeans = Verb::OpenToOthers;
    m_message->showMessage(MessageBar::Kind::Warning, tr("Other computers will be able to use this server."),
                           tr("Whoever knows the key can make it answer and, in the allowed folders, load "
                              "and save. What they send is not encrypted on its way."),
                           tr("Turn on"));
}

void ServerPage::pressVerb()
{
    Settings &settings = m_services.settings;
    const Verb verb = std::exchange(m_verbMeans, Verb::None);
    m_message->dismiss();
    if (verb == Verb::OpenToOthers)
        settings.setValue(Setting::ServerOpenTo, settings.text(Setting::ServerAddress));
    else if (verb == Verb::UseFreePort)
        settings.setValue(Setting::ServerPort, m_services.server.freePort());
    if (verb != Verb::None) m_services.server.start();
}

void ServerPage::showState()
{
    const ServerHost &host = m_services.server;
    const int busy = m_live->rowCount();
    switch (host.state()) {
    case State::Off:
        m_state->setText(tr("○ Off"));
        break;
    case State::Starting:
        m_state->setText(tr("◐ Starting"));
        break;
    case State::Listening:
        m_state->setText(busy == 0 ? tr("● On") : tr("● On, answering %n request(s)", nullptr, busy));
        break;
    case State::Stopping:
        m_state->setText(busy == 0 ? tr("◐ Stopping") : tr("◐ Finishing %n request(s)", nullptr, busy));
        break;
    case State::Failed:
        m_state->setText(tr("○ Failed"));
        break;
    }
    m_state->setProperty("good", host.isOn());
    m_state->setProperty("bad", host.state() == State::Failed);
    m_state->style()->polish(m_state);
    const bool canStart = host.state() == State::Off || host.state() == State::Failed;
    m_switch->setText(canStart ? tr("Turn on") : tr("Turn off"));
    m_switch->setEnabled(host.state() != State::Stopping);
    m_url->setText(host.baseUrl());
    m_address->setEnabled(host.isOn());
    showProblem();
    updateEmpty();
}

void ServerPage::showProblem()
{
    const ServerHost &host = m_services.server;
    if (host.state() != State::Failed) {
        const bool isAsking = m_verbMeans == Verb::OpenToOthers && host.isOpenToOthers();
        if (!isAsking || host.isOn()) m_message->dismiss();
        return;
    }
    if (m_verbMeans == Verb::OpenToOthers) return;
    const QString detail = QString::fromStdString(host.error().message());
    if (host.freePort() == 0) {
        m_verbMeans = Verb::None;
        return m_message->showMessage(MessageBar::Kind::Error, tr("The server could not start."), detail);
    }
    m_verbMeans = Verb::UseFreePort;
    m_message->showMessage(
        MessageBar::Kind::Error,
        tr("Port %1 is used by another program.").arg(m_services.settings.number(Setting::ServerPort)),
        detail, tr("Use %1", "a port").arg(host.freePort()));
}

void ServerPage::updateEmpty()
{
    const bool isOn = m_services.server.isOn();
    m_liveEmpty->setVisible(m_live->rowCount() == 0);
    m_liveEmpty->setText(isOn ? tr("Nobody asks for anything right now.") : tr("The server is off."));
    m_logEmpty->setVisible(m_log->rowCount() == 0);
    m_logEmpty->setText(
        tr("Requests are listed here: when, what, how they ended. Never their keys or texts."));
    m_clear->setEnabled(m_log->rowCount() > 0);
    m_cancel->setEnabled(m_liveTable->selectionModel()->hasSelection());
}

void ServerPage::cancelSelected()
{
    const auto rows = m_liveTable->selectionModel()->selectedRows();
    for (const QModelIndex &row : rows)
        m_services.server.cancel(row.data(LiveRequestModel::IdRole).toULongLong());
}

} // namespace gui
