#include "gui/models/log_model.h"
#include "gui/theme.h"
#include "gui/units.h"

#include <QDateTime>
#include <QDir>
#include <QFontDatabase>

#include <algorithm>

namespace gui
{
namespace
{

constexpr int kFlushMs = 100;
constexpr int kWarning = 3;

QString timeText(double seconds)
{
    return QDateTime::fromMSecsSinceEpoch(qint64(seconds * 1000.0)).toString(QStringLiteral("HH:mm:ss.zzz"));
}

} // namespace

LogModel::LogModel(QObject *parent)
    : QAbstractTableModel(parent)
{
    m_timer.setInterval(kFlushMs);
    connect(&m_timer, &QTimer::timeout, this, &LogModel::flush);
    m_timer.start();
}

engine::LogSink LogModel::sink()
{
    return [this](const engine::LogLine &line) { take(line); };
}

void LogModel::take(const engine::LogLine &line)
{
    const std::lock_guard lock(m_mutex);
    m_pending.push_back(line);
    if (int(m_pending.size()) > kCapacity) m_pending.pop_front();
}

void LogModel::flush()
{
    std::deque<engine::LogLine> lines;
    {
        const std::lock_guard lock(m_mutex);
        lines.swap(m_pending);
    }
    if (!lines.empty()) append(std::move(lines));
}

void LogModel::append(std::deque<engine::LogLine> lines)
{
    const int excess = rowCount() + int(lines.size()) - kCapacity;
    if (excess > 0 && !m_lines.empty()) {
        const int drop = std::min(excess, rowCount());
        beginRemoveRows({}, 0, drop - 1);
        m_lines.erase(m_lines.begin(), m_lines.begin() + drop);
        endRemoveRows();
    }
    const int problems =
        int(std::count_if(lines.begin(), lines.end(), [](const auto &l) { return l.level >= kWarning; }));
    beginInsertRows({}, rowCount(), rowCount() + int(lines.size()) - 1);
    std::move(lines.begin(), lines.end(), std::back_inserter(m_lines));
    endInsertRows();
    if (problems > 0) {
        m_problems += problems;
        Q_EMIT problemsChanged(m_problems);
    }
    Q_EMIT linesAdded();
}

void LogModel::clear()
{
    beginResetModel();
    m_lines.clear();
    endResetModel();
    markRead();
}

void LogModel::markRead()
{
    if (m_problems == 0) return;
    m_problems = 0;
    Q_EMIT problemsChanged(0);
}

QString LogModel::lineText(int row) const
{
    const engine::LogLine &line = m_lines[std::size_t(row)];
    return QStringLiteral("%1 %2 %3: %4")
        .arg(timeText(line.seconds), levelText(line.level), QString::fromStdString(line.category),
             QString::fromStdString(line.text));
}

QString LogModel::report(int count) const
{
    QString text = QStringLiteral("Rookery %1\n").arg(QString::fromUtf8(engine::version()));
    for (int row = std::max(0, rowCount() - count); row < rowCount(); ++row)
        text += lineText(row) + QLatin1Char('\n');
    const QString home = QDir::homePath();
    return home.size() > 1 ? text.replace(home, QStringLiteral("~")) : text;
}

QString LogModel::levelText(int level)
{
    switch (level) {
    case 0:
        return tr("Trace", "level of a log line");
    case 1:
        return tr("Debug", "level of a log line");
    case 2:
        return tr("Info", "level of a log line");
    case 3:
        return tr("Warning", "level of a log line");
    case 4:
        return tr("Error", "level of a log line");
    default:
        return tr("Critical", "level of a log line");
    }
}

int LogModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : int(m_lines.size()); }

int LogModel::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : int(ColumnCount); }

QVariant LogModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const engine::LogLine &line = m_lines[std::size_t(index.row())];
    if (role == LevelRole) return line.level;
    if (role == Qt::ForegroundRole) {
        if (line.level >= 4) return tokens().bad;
        if (line.level == kWarning) return tokens().warning;
        return line.level < 2 || index.column() != Text ? QVariant(tokens().dim) : QVariant();
    }
    if (role != Qt::DisplayRole && (role != Qt::ToolTipRole || index.column() != Text)) return {};
    switch (index.column()) {
    case Time:
        return timeText(line.seconds);
    case Level:
        return levelText(line.level);
    case Category:
        return QString::fromStdString(line.category);
    case Text:
        return QString::fromStdString(line.text);
    default:
        return {};
    }
}

QVariant LogModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole) return int(Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    switch (section) {
    case Time:
        return tr("Time");
    case Level:
        return tr("Level");
    case Category:
        return tr("Area", "part of the program that wrote a log line");
    case Text:
        return tr("Message");
    default:
        return {};
    }
}

void LogFilterModel::setLevel(int level)
{
    m_level = level;
    invalidateFilter();
}

void LogFilterModel::setText(const QString &text)
{
    m_text = text;
    invalidateFilter();
}

bool LogFilterModel::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    const QModelIndex text = sourceModel()->index(row, LogModel::Text, parent);
    if (text.data(LogModel::LevelRole).toInt() < m_level) return false;
    return m_text.isEmpty() || text.data().toString().contains(m_text, Qt::CaseInsensitive) ||
           text.siblingAtColumn(LogModel::Category).data().toString().contains(m_text, Qt::CaseInsensitive);
}

} // namespace gui
