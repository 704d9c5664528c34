#pragma once

#include "engine/engine.h"

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>
#include <QTimer>

#include <deque>
#include <mutex>

namespace gui
{

/// The last lines of the program's log. Thread: GUI, except sink().
class LogModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Time, Level, Category, Text, ColumnCount };
    enum Role { LevelRole = Qt::UserRole };

    static constexpr int kCapacity = 10'000;

    explicit LogModel(QObject *parent = nullptr);

    /// To be given to engine::setLogSink; may be called on any thread as long as this object lives.
    engine::LogSink sink();
    /// Shows gathered lines now instead of at the next of ten times a second.
    void flush();
    void clear();

    /// Warnings and errors since the last markRead().
    int problems() const { return m_problems; }
    void markRead();

    /// The last `count` lines as text, for a problem report: home folder shortened, no chat text (which is
    /// never logged).
    QString report(int count) const;
    QString lineText(int row) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    static QString levelText(int level);

Q_SIGNALS:
    void problemsChanged(int problems);
    void linesAdded();

private:
    void take(const engine::LogLine &line);
    void append(std::deque<engine::LogLine> lines);

    std::deque<engine::LogLine> m_lines;
    int m_problems = 0;
    QTimer m_timer;
    std::mutex m_mutex;
    std::deque<engine::LogLine> m_pending; ///< guarded by m_mutex; never more than kCapacity
};

/// Lines of at least a level that contain a text.
class LogFilterModel final : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    void setLevel(int level);
    void setText(const QString &text);

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override;

private:
    int m_level = 0;
    QString m_text;
};

} // namespace gui
