#include "gui/presets.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSaveFile>

#include <algorithm>
#include <cmath>

namespace gui
{
namespace
{

constexpr int kMaxTokens = 1'000'000;
constexpr qsizetype kMaxStops = 16;
constexpr int kWriteMs = 400;

/// Ranges as engine/options.h states them.
struct Field {
    const char *key;
    float engine::SamplingParams::*member;
    double low, high;
};
constexpr Field kFields[] = {
    {"temperature", &engine::SamplingParams::temperature, 0, 10},
    {"top_p", &engine::SamplingParams::topP, 0, 1},
    {"min_p", &engine::SamplingParams::minP, 0, 1},
    {"typical_p", &engine::SamplingParams::typicalP, 0, 1},
    {"presence_penalty", &engine::SamplingParams::presencePenalty, -10, 10},
    {"frequency_penalty", &engine::SamplingParams::frequencyPenalty, -10, 10},
    {"repetition_penalty", &engine::SamplingParams::repetitionPenalty, 0.01, 10},
    {"penalty_decay", &engine::SamplingParams::penaltyDecay, 0, 1},
};

GenerationSettings builtIn(float temperature, float topP, float penalty)
{
    GenerationSettings settings;
    settings.sampling.temperature = temperature;
    settings.sampling.topP = topP;
    settings.sampling.presencePenalty = penalty;
    settings.sampling.frequencyPenalty = penalty;
    return settings;
}

/// A float as the shortest decimal that gives it back, so that 0.3 stays 0.3 in the file.
double shortest(float value) { return QString::number(double(value), 'g', 7).toDouble(); }

QJsonObject compared(const GenerationSettings &settings)
{
    QJsonObject object = settings.toJson();
    for (const char *key : {"system", "stop", "seed", "template", "max_tokens"})
        object.remove(QLatin1String(key));
    return object;
}

} // namespace

QJsonObject GenerationSettings::toJson() const
{
    QJsonObject object;
    for (const Field &field : kFields)
        object.insert(QLatin1String(field.key), shortest(sampling.*field.member));
    object.insert(QStringLiteral("top_k"), sampling.topK);
    if (sampling.hasSeed) object.insert(QStringLiteral("seed"), QString::number(sampling.seed));
    object.insert(QStringLiteral("max_tokens"), maxTokens);
    object.insert(QStringLiteral("stop"), QJsonArray::fromStringList(stops));
    object.insert(QStringLiteral("thinking"), int(thinking));
    object.insert(QStringLiteral("template"), int(chatTemplate));
    object.insert(QStringLiteral("system"), systemPrompt);
    return object;
}

GenerationSettings GenerationSettings::fromJson(const QJsonObject &object)
{
    GenerationSettings settings;
    for (const Field &field : kFields) {
        const double value =
            object.value(QLatin1String(field.key)).toDouble(double(settings.sampling.*field.member));
        settings.sampling.*field.member = float(std::clamp(value, field.low, field.high));
    }
    settings.sampling.topK = std::clamp(object.value(QStringLiteral("top_k")).toInt(), 0, kMaxTokens);
    const QString seed = object.value(QStringLiteral("seed")).toString();
    settings.sampling.seed = seed.toULongLong(&settings.sampling.hasSeed);
    settings.maxTokens =
        std::clamp(object.value(QStringLiteral("max_tokens")).toInt(settings.maxTokens), 1, kMaxTokens);
    for (const QJsonValue &stop : object.value(QStringLiteral("stop")).toArray()) {
        if (!stop.toString().isEmpty() && settings.stops.size() < kMaxStops)
            settings.stops += stop.toString();
    }
    settings.thinking = engine::Thinking(std::clamp(object.value(QStringLiteral("thinking")).toInt(), 0, 2));
    settings.chatTemplate =
        engine::ChatTemplate(std::clamp(object.value(QStringLiteral("template")).toInt(), 0, 3));
    settings.systemPrompt = object.value(QStringLiteral("system")).toString();
    return settings;
}

Presets::Presets(QObject *parent)
    : QObject(parent)
{
    m_writer.setMaxThreadCount(1); // writes stay in order
    m_writeTimer.setSingleShot(true);
    m_writeTimer.setInterval(kWriteMs);
    connect(&m_writeTimer, &QTimer::timeout, this, &Presets::write);
    m_presets = {{tr("Balanced"), true, builtIn(1.0F, 0.5F, 0.2F)},
                 {tr("Precise"), true, builtIn(0.0F, 1.0F, 0.0F)},
                 {tr("Creative"), true, builtIn(1.2F, 0.8F, 0.3F)}};
    m_lastUsed = m_presets.first().settings;
}

Presets::~Presets()
{
    if (m_writeTimer.isActive()) write();
    m_writer.waitForDone();
}

void Presets::setFile(const QString &path)
{
    m_path = path;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return;
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(file.readAll(), &error);
    file.close();
    if (!document.isObject()) {
        moveAside(error.error == QJsonParseError::NoError ? QStringLiteral("no JSON object")
                                                          : error.errorString());
        return;
    }
    const QJsonObject root = document.object();
    if (root.contains(QStringLiteral("last")))
        m_lastUsed = GenerationSettings::fromJson(root.value(QStringLiteral("last")).toObject());
    for (const QJsonValue &value : root.value(QStringLiteral("presets")).toArray()) {
        const QString name = value[QStringLiteral("name")].toString().simplified();
        if (!name.isEmpty() && !find(name))
            m_presets.push_back(
                {name, false, GenerationSettings::fromJson(value[QStringLiteral("settings")].toObject())});
    }
    Q_EMIT changed();
}

void Presets::moveAside(const QString &why)
{
    const QString stamp = QDateTime::currentDateTime().toString(QStringLiteral("yyyyMMdd-HHmmss"));
    QString target = m_path + QStringLiteral(".damaged-") + stamp;
    for (int n = 2; QFileInfo::exists(target); ++n)
        target = m_path + QStringLiteral(".damaged-%1-%2").arg(stamp).arg(n);
    if (QFile::rename(m_path, target)) {
        qWarning("%s is damaged (%s); it was put aside as %s", qPrintable(m_path), qPrintable(why),
                 qPrintable(target));
        return;
    }
    qWarning("%s is damaged (%s) and cannot be put aside; presets are not saved", qPrintable(m_path),
             qPrintable(why));
    m_path.clear(); // nothing overwrites what the user may still want to mend
}

bool Presets::same(const GenerationSettings &a, const GenerationSettings &b)
{
    return compared(a) == compared(b);
}

GenerationSettings Presets::applied(const Preset &preset, const GenerationSettings &chat)
{
    GenerationSettings settings = chat;
    settings.sampling = preset.settings.sampling;
    settings.sampling.hasSeed = chat.sampling.hasSeed;
    settings.sampling.seed = chat.sampling.seed;
    settings.thinking = preset.settings.thinking;
    return settings;
}

const Preset *Presets::find(const QString &name) const
{
    const auto found =
        std::find_if(m_presets.begin(), m_presets.end(), [&](const Preset &p) { return p.name == name; });
    return found == m_presets.end() ? nullptr : &*found;
}

const Preset *Presets::matching(const GenerationSettings &settings) const
{
    const auto found = std::find_if(m_presets.begin(), m_presets.end(),
                                    [&](const Preset &p) { return same(p.settings, settings); });
    return found == m_presets.end() ? nullptr : &*found;
}

void Presets::setLastUsed(const GenerationSettings &settings)
{
    if (m_lastUsed == settings) return;
    m_lastUsed = settings;
    m_writeTimer.start();
}

bool Presets::save(const QString &name, const GenerationSettings &settings)
{
    const QString clean = name.simplified();
    const Preset *known = find(clean);
    if (clean.isEmpty() || (known && known->builtIn)) return false;
    if (known)
        m_presets[known - m_presets.constData()].settings = settings;
    else
        m_presets.push_back({clean, false, settings});
    m_writeTimer.start();
    Q_EMIT changed();
    return true;
}

bool Presets::remove(const QString &name)
{
    const Preset *known = find(name);
    if (!known || known->builtIn) return false;
    m_presets.removeAt(known - m_presets.constData());
    m_writeTimer.start();
    Q_EMIT changed();
    return true;
}

void Presets::write()
{
    if (m_path.isEmpty()) return;
    QJsonArray presets;
    for (const Preset &preset : m_presets) {
        if (!preset.builtIn)
            presets.append(QJsonObject{{QStringLiteral("name"), preset.name},
                                       {QStringLiteral("settings"), preset.settings.toJson()}});
    }
    const QJsonObject root{{QStringLiteral("presets"), presets},
                           {QStringLiteral("last"), m_lastUsed.toJson()}};
    m_writer.start([path = m_path, bytes = QJsonDocument(root).toJson()] {
        QDir().mkpath(QFileInfo(path).absolutePath());
        QSaveFile file(path);
        if (file.open(QIODevice::WriteOnly)) {
            file.write(bytes);
            file.commit(); // when it fails the old file stays; the settings live on in the chats
        }
    });
}

} // namespace gui
