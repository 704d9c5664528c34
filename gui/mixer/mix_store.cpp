#include "gui/mixer/mix_store.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSaveFile>

#include <algorithm>

namespace gui
{
namespace
{
constexpr qint64 kMostBytes = 16 << 20;
}

MixStore::MixStore(QObject *parent)
    : QObject(parent)
{
    m_writer.setMaxThreadCount(1); // writes stay in order
}

MixStore::~MixStore() { m_writer.waitForDone(); }

void MixStore::setFile(const QString &path)
{
    m_path = path;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return;
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(file.read(kMostBytes), &error);
    file.close();
    if (!document.isObject()) {
        moveAside(error.error == QJsonParseError::NoError ? QStringLiteral("no JSON object")
                                                          : error.errorString());
        return;
    }
    const QJsonObject root = document.object();
    for (const QJsonValue &value : root.value(QStringLiteral("mixes")).toArray()) {
        const Mix mix = Mix::fromJson(value.toObject());
        if (!mix.isEmpty() && !mix.name.isEmpty() && !find(mix.name)) put(mix);
    }
    Q_EMIT changed();
}

void MixStore::moveAside(const QString &why)
{
    const QString stamp = QDateTime::currentDateTime().toString(QStringLiteral("yyyyMMdd-HHmmss"));
    QString target = m_path + QStringLiteral(".damaged-") + stamp;
    for (int n = 2; QFileInfo::exists(target); ++n)
        target = m_path + QStringLiteral(".damaged-%1-%2").arg(stamp).arg(n);
    const bool moved = QFile::rename(m_path, target);
    qWarning("%s is damaged (%s); %s", qPrintable(m_path), qPrintable(why),
             moved ? qPrintable(QStringLiteral("it was put aside as ") + target) : "mixes are not saved");
    if (!moved) m_path.clear(); // nothing overwrites what the user may still want to mend
}

const Mix *MixStore::find(const QString &name) const
{
    const auto found =
        std::find_if(m_mixes.begin(), m_mixes.end(), [&](const Mix &mix) { return mix.name == name; });
    return found == m_mixes.end() ? nullptr : &*found;
}

void MixStore::put(const Mix &mix)
{
    const auto place = std::lower_bound(m_mixes.begin(), m_mixes.end(), mix, [](const Mix &a, const Mix &b) {
        return QString::localeAwareCompare(a.name, b.name) < 0;
    });
    m_mixes.insert(place, mix);
}

bool MixStore::save(const QString &name, const Mix &mix)
{
    const QString clean = name.simplified();
    if (clean.isEmpty() || mix.isEmpty()) return false;
    m_mixes.removeIf([&](const Mix &known) { return known.name == clean; });
    Mix named = mix;
    named.name = clean;
    named.isOn = true;
    put(named);
    write();
    Q_EMIT changed();
    return true;
}

bool MixStore::rename(const QString &from, const QString &to)
{
    const QString clean = to.simplified();
    const Mix *known = find(from);
    if (!known || clean.isEmpty() || (clean != from && find(clean))) return false;
    Mix mix = *known;
    m_mixes.removeAt(known - m_mixes.constData());
    mix.name = clean;
    put(mix);
    write();
    Q_EMIT changed();
    return true;
}

std::optional<Mix> MixStore::remove(const QString &name)
{
    const Mix *known = find(name);
    if (!known) return std::nullopt;
    Mix mix = *known;
    m_mixes.removeAt(known - m_mixes.constData());
    write();
    Q_EMIT changed();
    return mix;
}

void MixStore::write()
{
    if (m_path.isEmpty()) return;
    QJsonArray list;
    for (const Mix &mix : std::as_const(m_mixes))
        list.append(mix.toJson());
    const QByteArray bytes = QJsonDocument(QJsonObject{{QStringLiteral("mixes"), list}}).toJson();
    m_writer.start([this, path = m_path, bytes] {
        QDir().mkpath(QFileInfo(path).absolutePath());
        QSaveFile file(path);
        const bool done =
            file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit();
        // The destructor waits for this thread, and the event waits for the GUI thread.
        if (!done)
            QMetaObject::invokeMethod(
                this, [this, reason = file.errorString()] { Q_EMIT saveFailed(reason); },
                Qt::QueuedConnection);
    });
}

} // namespace gui
