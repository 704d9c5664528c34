#pragma once

#include "engine/options.h"

#include <QJsonObject>
#include <QObject>
#include <QStringList>
#include <QThreadPool>
#include <QVector>

namespace gui
{

/// Everything that decides how an answer is made, except the words.
struct GenerationSettings {
    engine::SamplingParams sampling;
    int maxTokens = 1024;
    QStringList stops;
    engine::Thinking thinking = engine::Thinking::Off;
    engine::ChatTemplate chatTemplate = engine::ChatTemplate::Auto;
    QString systemPrompt;

    QJsonObject toJson() const;
    /// Missing values keep their default, values out of range are brought into it.
    static GenerationSettings fromJson(const QJsonObject &object);
    bool operator==(const GenerationSettings &other) const { return toJson() == other.toJson(); }
};

struct Preset {
    QString name;
    bool builtIn = false;
    GenerationSettings settings;
};

/// Named settings: three that come with the program and those the user saved (presets.json in the data
/// folder), and the settings used last, with which new chats begin. Thread: GUI; files are written on a
/// thread of their own.
class Presets final : public QObject
{
    Q_OBJECT

public:
    explicit Presets(QObject *parent = nullptr);
    ~Presets() override; ///< waits for the last write

    /// Reads the file if there is one. A damaged file is left alone: only the built-in presets are there
    /// then.
    void setFile(const QString &path);
    const QVector<Preset> &all() const { return m_presets; }
    const Preset *find(const QString &name) const;
    /// The first preset with these settings, besides system prompt and stop strings; null: none.
    const Preset *matching(const GenerationSettings &settings) const;
    const GenerationSettings &lastUsed() const { return m_lastUsed; }
    void setLastUsed(const GenerationSettings &settings);
    /// Adds or replaces; false for an empty name or that of a built-in preset.
    bool save(const QString &name, const GenerationSettings &settings);
    bool remove(const QString &name); ///< false for built-in and unknown ones

Q_SIGNALS:
    void changed();

private:
    void write();

    QString m_path;
    QVector<Preset> m_presets;
    GenerationSettings m_lastUsed;
    QThreadPool m_writer;
};

} // namespace gui
