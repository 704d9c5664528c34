#pragma once

#include "engine/events.h"

#include <QMap>
#include <QObject>
#include <QString>
#include <QVector>

#include <vector>

namespace gui
{

class EngineBridge;

/// Who answers a probe line: a state file, a blend that is held while it answers, or, with neither, the model
/// from its empty memory.
struct ProbeVoice {
    QString name;
    QString path;
    engine::CombineStatesSpec blend;

    bool isBlend() const { return !blend.terms.empty(); }
};

/// What one of them says.
struct ProbeAnswer {
    enum class Phase { Opening, Reading, Writing, Done, Stopped, Failed };
    QString text;
    Phase phase = Phase::Opening;
    QString problem; ///< Failed: why
    int tokens = 0;

    bool isEnded() const { return phase >= Phase::Done; }
};

/// One line, answered by several states side by side: all are opened first, then asked together, so that they
/// run as one batch, with the same seed, so that only their memories differ. Thread: GUI.
class StateProbe final : public QObject
{
    Q_OBJECT

public:
    static constexpr int kMostTokens = 200; ///< of one answer

    explicit StateProbe(EngineBridge &bridge, QObject *parent = nullptr);
    ~StateProbe() override;

    /// Ends what runs before. -> begun, then answerChanged for each, then ended.
    void ask(const QVector<ProbeVoice> &voices, const QString &line);
    void stop(); ///< what was written stays
    bool isRunning() const;
    int count() const { return int(m_columns.size()); }
    const ProbeVoice &voice(int column) const { return m_columns[std::size_t(column)].voice; }
    const ProbeAnswer &answer(int column) const { return m_columns[std::size_t(column)].answer; }

Q_SIGNALS:
    void begun();
    void answerChanged(int column);
    void ended();

private:
    struct Column {
        ProbeVoice voice;
        ProbeAnswer answer;
        engine::JobId job = 0;     ///< that opens, blends or answers
        engine::StateId state = 0; ///< held until it has answered
    };

    void abandon();
    void open(Column &column);
    void askTogether();
    void handle(const engine::Event &event);
    void handleColumn(Column &column, const engine::Event &event);
    void end(Column &column, ProbeAnswer::Phase phase, const QString &problem = {});
    void release(engine::StateId state);

    EngineBridge &m_bridge;
    QString m_line;
    std::vector<Column> m_columns;
    QMap<engine::JobId, engine::StateId> m_strays; ///< jobs nobody waits for, and the state each uses
};

} // namespace gui
