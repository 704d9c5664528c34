#pragma once

#include <QByteArray>
#include <QString>

#include <exception>

struct sqlite3;
struct sqlite3_stmt;

namespace gui
{

/// A failed SQLite call: the primary result code and a sentence.
class SqliteError final : public std::exception
{
public:
    SqliteError(int code, QString message);
    int code() const { return m_code; }
    const QString &message() const { return m_message; }
    const char *what() const noexcept override { return m_utf8.constData(); }

    bool isCorrupt() const;   ///< the file is no database, or a damaged one
    bool isTransient() const; ///< trying again later may work: busy, disk full, I/O error

private:
    int m_code;
    QString m_message;
    QByteArray m_utf8;
};

/// An open database. Thread: one at a time. Errors: SqliteError.
class Sqlite final
{
public:
    Sqlite() = default;
    ~Sqlite() { close(); }
    Sqlite(const Sqlite &) = delete;
    Sqlite &operator=(const Sqlite &) = delete;

    void open(const QString &path);
    /// For a folder that cannot be written: nothing is created, not even beside the file.
    void openImmutable(const QString &path);
    void close();
    bool isOpen() const { return m_db != nullptr; }
    void execute(const char *sql);
    /// The first column of the first row, 0 without rows.
    qint64 number(const char *sql);
    sqlite3 *handle() const { return m_db; }

private:
    void openWith(const QByteArray &name, int flags);

    sqlite3 *m_db = nullptr;
};

/// A prepared statement; parameters and columns are bound and read in order.
class Statement final
{
public:
    Statement(Sqlite &db, const char *sql);
    ~Statement();
    Statement(const Statement &) = delete;
    Statement &operator=(const Statement &) = delete;

    Statement &bind(qint64 value);
    Statement &bind(const QString &value);
    bool step(); ///< true: a row is there to be read
    void run();  ///< steps to the end
    qint64 number();
    QString text();

private:
    void check(int code) const;

    Sqlite &m_db;
    sqlite3_stmt *m_statement = nullptr;
    int m_parameter = 0;
    int m_column = 0;
};

} // namespace gui
