#pragma once

#include "gui/mixer/next_tokens.h"

#include "engine/events.h"

#include <QHash>
#include <QObject>
#include <QSet>
#include <QTimer>

namespace gui
{

class EngineBridge;
class MixDesk;

/// What the mix of the current chat would say next, before it says anything. The text is read once for every
/// voice (and stays in the cache for the answer itself); gates that move afterwards are computed here. Reads
/// only while it is wanted and nobody is answering. Thread: GUI.
class MixPreview final : public QObject
{
    Q_OBJECT

public:
    static constexpr int kShown = 8;

    MixPreview(EngineBridge &bridge, MixDesk &desk, QObject *parent = nullptr);

    /// Whether anybody looks.
    void setWanted(bool wanted);
    /// What is being typed: the answer to it is meant. Empty: what the chat goes on with.
    void setLine(const QString &line);

    const QVector<NextToken> &tokens() const { return m_tokens; }
    /// The token's text; empty while it is not known.
    QString textOf(int token) const { return m_texts.value(token); }
    bool isReading() const { return m_job != 0 || !m_logitJobs.isEmpty(); }
    /// Why there is nothing to show; empty otherwise.
    QString problem() const { return m_problem; }

Q_SIGNALS:
    void changed();

private:
    void schedule();
    void read();
    void blend();
    void forget();
    void drop();
    void handle(const engine::Event &event);
    void takeStates(const engine::event::Finished &finished);
    void takeLogits(const engine::Event &event);
    void release();

    EngineBridge &m_bridge;
    MixDesk &m_desk;
    QTimer m_timer;
    bool m_isWanted = false;
    QString m_line, m_problem;
    std::string m_read; ///< what was read, and for whom
    engine::JobId m_job = 0;
    QSet<engine::JobId> m_dropped;         ///< cancelled, but may have ended before with states
    QHash<engine::JobId, int> m_logitJobs; ///< voices
    std::vector<engine::StateId> m_states; ///< held meanwhile
    std::vector<std::vector<float>> m_logits;
    QVector<NextToken> m_tokens;
    QHash<engine::JobId, int> m_textJobs; ///< tokens
    QHash<int, QString> m_texts;
};

} // namespace gui
