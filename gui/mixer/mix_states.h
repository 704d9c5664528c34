#pragma once

#include "gui/mixer/mix.h"

#include "engine/events.h"

#include <QHash>
#include <QObject>
#include <QSet>

#include <optional>

namespace gui
{

class EngineBridge;

/// The states of mixes, opened in the engine for the loaded model: each file once, until the model or its
/// adapters change. Thread: GUI.
class MixStates final : public QObject
{
    Q_OBJECT

public:
    explicit MixStates(EngineBridge &bridge, QObject *parent = nullptr);

    /// The mix as the engine takes it, without a lane; nullopt while states are being opened, which this
    /// begins. -> changed, or failed.
    std::optional<engine::MixSpec> spec(const Mix &mix);
    bool isOpening() const { return !m_jobs.isEmpty(); }

Q_SIGNALS:
    void changed(); ///< a state was opened
    void failed(const QString &path, const engine::Error &error);

private:
    void handle(const engine::Event &event);
    void forget();

    EngineBridge &m_bridge;
    QHash<QString, engine::StateId> m_open;
    QHash<engine::JobId, QString> m_jobs; ///< that open a file
    QSet<engine::JobId> m_strays;         ///< whose states nobody wants any more
};

} // namespace gui
