#pragma once

#include "engine/options.h"

#include <QJsonObject>
#include <QObject>
#include <QStringList>
#include <QThreadPool>
#include <QTimer>
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

    /// Reads the file if there is one. A damaged file is put aside under another name, which the log tells.
    void setFile(const QString &path);
    const QVector<Preset> &all() const { return m_presets; }
    const Preset *find(const QString &name) const;
    /// Whether both are the same in what a preset decides: sampling and thinking. Seed, length, stop strings,
    /// template and system prompt are the chat's own.
    static bool same(const GenerationSettings &a, const GenerationSettings &b);
    /// `chat` with what the preset decides.
    static GenerationSettings applied(const Preset &preset, const GenerationSettings &chat);
    /// The first preset that is the same as these settings; null: none.
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
    void moveAside(const QString &why);

    QString m_path;
    QVector<Preset> m_presets;
    GenerationSettings m_lastUsed;
    QTimer m_writeTimer; ///< a slider that is dragged writes once
    QThreadPool m_writer;
};

} // namespace gui
