#pragma once

#include "gui/models/extra_list_model.h"

#include <QObject>

namespace gui
{

class EngineBridge;
class ModelSession;
class Settings;

/// The folders that are searched for models, states and adapters.
QStringList searchedFolders(Settings &settings);

/// The states and adapters of this computer: found by scanning, and compared with the loaded model one after
/// the other. Scans when the engine starts and when rescan() is called. Thread: GUI.
class Library final : public QObject
{
    Q_OBJECT

public:
    Library(EngineBridge &bridge, ModelSession &session, Settings &settings, QObject *parent = nullptr);

    ExtraListModel &states() { return m_states; }
    ExtraListModel &adapters() { return m_adapters; }
    /// Name of a state or an adapter: that of the list, else the file's.
    QString nameOf(const QString &path) const;

    void rescan();
    void stopScan();
    bool isScanning() const { return m_scanJob != 0; }
    int found() const { return m_found; } ///< by the scan that runs, or ran last

Q_SIGNALS:
    void scanChanged();
    void scanFailed(const engine::Error &error);
    void fileFound(const QString &path);

private:
    void handle(const engine::Event &event);
    void handleEnd(const engine::Event &event);
    void compareAgain();
    void compareNext();

    EngineBridge &m_bridge;
    Settings &m_settings;
    ExtraListModel m_states{ExtraListModel::Kind::State};
    ExtraListModel m_adapters{ExtraListModel::Kind::Adapter};
    engine::JobId m_scanJob = 0;
    engine::JobId m_compareJob = 0;
    ExtraListModel *m_compared = nullptr;
    QString m_comparedPath;
    QString m_comparedWith; ///< the loaded model
    int m_found = 0;
};

} // namespace gui
