#pragma once

#include "gui/mixer/mix.h"

#include <QObject>
#include <QThreadPool>

#include <optional>

namespace gui
{

/// The mixes that were saved: mixes.json in the data folder. Names are unique; the order is that of the
/// names. Thread: GUI; the file is written on a thread of its own.
class MixStore final : public QObject
{
    Q_OBJECT

public:
    explicit MixStore(QObject *parent = nullptr);
    ~MixStore() override; ///< waits for the last write

    /// Reads the file if there is one. A damaged file is put aside under another name, which the log tells.
    void setFile(const QString &path);
    const QVector<Mix> &all() const { return m_mixes; }
    const Mix *find(const QString &name) const;
    /// Adds or replaces; false for an empty name or mix.
    bool save(const QString &name, const Mix &mix);
    /// False if there is no such mix, or another has the new name.
    bool rename(const QString &from, const QString &to);
    /// What was removed, so that it can be saved again; nullopt: there is no such.
    std::optional<Mix> remove(const QString &name);

Q_SIGNALS:
    void changed();
    void saveFailed(const QString &reason);

private:
    void moveAside(const QString &why);
    void write();
    void put(const Mix &mix);

    QString m_path;
    QVector<Mix> m_mixes;
    QThreadPool m_writer;
};

} // namespace gui
