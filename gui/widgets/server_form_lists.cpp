// The lists of the server's form: keys of single programs, and web pages that may call.
#include "gui/server_host.h"
#include "gui/server_key.h"
#include "gui/widgets/entry_list.h"
#include "gui/widgets/server_form.h"

#include <QClipboard>
#include <QGuiApplication>

namespace gui
{

void ServerForm::buildFurtherKeys()
{
    m_keys = new EntryList(QStringLiteral("server.keys"), tr("Keys of single programs"), EntryList::Copy::Yes,
                           this);
    m_keys->setHint(tr("Name of a program"),
                    tr("A key of its own for a program: it can be taken away without the others noticing."));
    connect(m_keys, &EntryList::added, this, [this](const QString &name) {
        const QString problem = m_host.addKey(name);
        if (problem.isEmpty()) m_keys->clearLine();
        m_keys->showProblem(problem);
    });
    connect(m_keys, &EntryList::removed, &m_host, &ServerHost::removeKey);
    connect(m_keys, &EntryList::copied, this, [this](int row) {
        const auto &keys = m_host.furtherKeys();
        if (row >= 0 && row < int(keys.size()))
            QGuiApplication::clipboard()->setText(QString::fromStdString(keys[std::size_t(row)].key));
    });
    m_locked.push_back(m_keys);
    addRow({}, m_keys);
}

void ServerForm::buildOrigins()
{
    addHeading(tr("Web pages that may call"));
    m_origins = new EntryList(QStringLiteral("server.origins"), tr("Web pages that may call"),
                              EntryList::Copy::No, this);
    m_origins->setHint(QStringLiteral("https://chat.example"),
                       tr("Pages of this origin may use the server from a browser; no others can. Scheme, "
                          "name and port, as browsers write them."));
    connect(m_origins, &EntryList::added, this, &ServerForm::addOrigin);
    connect(m_origins, &EntryList::removed, this, [this](int row) {
        QStringList origins = m_settings.list(Setting::ServerOrigins);
        if (row < 0 || row >= origins.size()) return;
        origins.removeAt(row);
        m_settings.setValue(Setting::ServerOrigins, origins);
    });
    m_locked.push_back(m_origins);
    addRow({}, m_origins);
}

void ServerForm::addOrigin(const QString &text)
{
    const QString origin = originOf(text);
    if (origin.isEmpty())
        return m_origins->showProblem(
            tr("“%1” is no origin: expected http:// or https://, a name and perhaps a port.").arg(text));
    QStringList origins = m_settings.list(Setting::ServerOrigins);
    m_origins->clearLine();
    if (origins.contains(origin)) return;
    origins.append(origin);
    m_settings.setValue(Setting::ServerOrigins, origins);
}

void ServerForm::refreshLists()
{
    QStringList names;
    for (const server::NamedKey &key : m_host.furtherKeys())
        names += QString::fromStdString(key.name);
    m_keys->setEntries(names);
    m_keys->setVisible(m_host.needsKey());
    m_origins->setEntries(m_settings.list(Setting::ServerOrigins));
}

} // namespace gui
