#include "gui/sqlite.h"

#include <QUrl>

#include <sqlite3.h>

namespace gui
{
namespace
{

constexpr int kBusyTimeoutMs = 5000;

SqliteError lastError(sqlite3 *db, int code)
{
    const QString text = db ? QString::fromUtf8(sqlite3_errmsg(db)) : QString::fromUtf8(sqlite3_errstr(code));
    return {code & 0xff, text};
}

} // namespace

SqliteError::SqliteError(int code, QString message)
    : m_code(code)
    , m_message(std::move(message))
    , m_utf8(m_message.toUtf8())
{
}

bool SqliteError::isCorrupt() const { return m_code == SQLITE_NOTADB || m_code == SQLITE_CORRUPT; }

bool SqliteError::isTransient() const
{
    switch (m_code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_NOMEM:
        return true;
    default:
        return false;
    }
}

void Sqlite::openWith(const QByteArray &name, int flags)
{
    close();
    const int code = sqlite3_open_v2(name.constData(), &m_db, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    if (code != SQLITE_OK) {
        const SqliteError error = lastError(m_db, code);
        close();
        throw error;
    }
    sqlite3_busy_timeout(m_db, kBusyTimeoutMs);
}

void Sqlite::open(const QString &path)
{
    openWith(path.toUtf8(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
}

void Sqlite::openImmutable(const QString &path)
{
    const QByteArray encoded = QUrl::toPercentEncoding(path, "/");
    openWith("file:" + encoded + "?immutable=1", SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
}

void Sqlite::close()
{
    sqlite3_close_v2(m_db);
    m_db = nullptr;
}

void Sqlite::execute(const char *sql)
{
    const int code = sqlite3_exec(m_db, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) throw lastError(m_db, code);
}

qint64 Sqlite::number(const char *sql)
{
    Statement statement(*this, sql);
    return statement.step() ? statement.number() : 0;
}

Statement::Statement(Sqlite &db, const char *sql)
    : m_db(db)
{
    check(sqlite3_prepare_v2(db.handle(), sql, -1, &m_statement, nullptr));
}

Statement::~Statement() { sqlite3_finalize(m_statement); }

void Statement::check(int code) const
{
    if (code != SQLITE_OK) throw lastError(m_db.handle(), code);
}

Statement &Statement::bind(qint64 value)
{
    check(sqlite3_bind_int64(m_statement, ++m_parameter, value));
    return *this;
}

Statement &Statement::bind(const QString &value)
{
    const QByteArray utf8 = value.toUtf8();
    check(
        sqlite3_bind_text(m_statement, ++m_parameter, utf8.constData(), int(utf8.size()), SQLITE_TRANSIENT));
    return *this;
}

bool Statement::step()
{
    m_column = 0;
    const int code = sqlite3_step(m_statement);
    if (code == SQLITE_ROW) return true;
    check(code == SQLITE_DONE ? SQLITE_OK : code);
    return false;
}

void Statement::run()
{
    while (step()) {
    }
}

qint64 Statement::number() { return sqlite3_column_int64(m_statement, m_column++); }

QString Statement::text()
{
    const int column = m_column++;
    const auto *bytes = reinterpret_cast<const char *>(sqlite3_column_text(m_statement, column));
    return QString::fromUtf8(bytes, sqlite3_column_bytes(m_statement, column));
}

} // namespace gui
