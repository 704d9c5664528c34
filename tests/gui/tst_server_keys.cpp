// Keys of single programs and origins of web pages, as files, as text, and in the form.
#include "gui/server_key.h"
#include "gui/theme.h"
#include "window_world.h"

#include <QFile>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QTest>
#include <QToolButton>

using namespace gui;

class TestServerKeys : public QObject, private WindowWorld
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { applyScheme(Scheme::Light); }
    void init() { begin(); }
    void cleanup() { end(); }
    void keepsKeysInAPrivateFile();
    void passesOverDamagedLines();
    void knowsOrigins_data();
    void knowsOrigins();
    void addsAndRevokesKeys();
    void addsAndRemovesOrigins();
};

void TestServerKeys::keepsKeysInAPrivateFile()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("server.keys"));
    QVERIFY(writeServerKeys(path, {{"my editor", "abc"}, {"phone", "xyz"}}));
    QCOMPARE(QFileInfo(path).permissions() & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteOther),
             QFile::Permissions());
    const auto keys = readServerKeys(path);
    QCOMPARE(keys.size(), std::size_t(2));
    QCOMPARE(keys[0].name, std::string("my editor"));
    QCOMPARE(keys[0].key, std::string("abc"));
    QVERIFY(!writeServerKeys(QStringLiteral("/proc/none/keys"), keys));
}

void TestServerKeys::passesOverDamagedLines()
{
    QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("server.keys")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("nokey\n abc name\nabc \n" + QByteArray(600, 'x') + " long\nabc name\n");
    file.close();
    const auto keys = readServerKeys(file.fileName());
    QCOMPARE(keys.size(), std::size_t(1));
    QCOMPARE(keys[0].name, std::string("name"));
}

void TestServerKeys::knowsOrigins_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("origin");
    const auto row = [](const char *text, const char *origin) {
        QTest::newRow(text) << QString::fromLatin1(text) << QString::fromLatin1(origin);
    };
    row("https://chat.example", "https://chat.example");
    row(" HTTPS://Chat.Example/ ", "https://chat.example");
    row("https://chat.example:443", "https://chat.example");
    row("http://localhost:5173", "http://localhost:5173");
    row("http://[::1]:80", "http://[::1]");
    for (const char *wrong :
         {"", "chat.example", "ftp://chat.example", "https://", "https://chat.example/page",
          "https://me@chat.example", "https://chat.example?x", "*", "null", "file:///tmp"})
        row(wrong, "");
}

void TestServerKeys::knowsOrigins()
{
    QFETCH(QString, text);
    QTEST(originOf(text), "origin");
}

void TestServerKeys::addsAndRevokesKeys()
{
    window().showPage(MainWindow::Server);
    auto *line = find<QLineEdit>("server.keys.line");
    auto *add = find<QPushButton>("server.keys.add");
    line->setText(QStringLiteral("editor"));
    add->click();
    line->setText(QStringLiteral("phone"));
    add->click();
    const auto &keys = m_fixture->server->furtherKeys();
    QCOMPARE(keys.size(), std::size_t(2));
    QCOMPARE(keys[0].key.size(), std::size_t(64));
    QVERIFY(keys[0].key != keys[1].key);
    QVERIFY(line->text().isEmpty());
    line->setText(QStringLiteral("phone"));
    add->click();
    QVERIFY(find<QLabel>("server.keys.problem")->text().contains(QLatin1String("phone")));
    QCOMPARE(keys.size(), std::size_t(2));
    auto *list = find<QListWidget>("server.keys.list");
    QCOMPARE(list->count(), 2);
    list->setCurrentRow(0);
    find<QToolButton>("server.keys.remove")->click();
    QCOMPARE(keys.size(), std::size_t(1));
    QCOMPARE(keys[0].name, std::string("phone"));
    // Another start of the program knows them.
    const ServerHost again(m_fixture->bridge, *m_fixture->settings);
    QCOMPARE(again.furtherKeys().size(), std::size_t(1));
    QCOMPARE(again.furtherKeys()[0].key, keys[0].key);
}

void TestServerKeys::addsAndRemovesOrigins()
{
    window().showPage(MainWindow::Server);
    auto *line = find<QLineEdit>("server.origins.line");
    auto *add = find<QPushButton>("server.origins.add");
    const auto origins = [this] { return m_fixture->settings->list(Setting::ServerOrigins); };
    line->setText(QStringLiteral("https://Chat.example/"));
    add->click();
    QCOMPARE(origins(), QStringList{QStringLiteral("https://chat.example")});
    line->setText(QStringLiteral("chat.example"));
    add->click();
    QVERIFY(!find<QLabel>("server.origins.problem")->text().isEmpty());
    QCOMPARE(origins().size(), 1);
    find<QListWidget>("server.origins.list")->setCurrentRow(0);
    find<QToolButton>("server.origins.remove")->click();
    QVERIFY(origins().isEmpty());
}

QTEST_MAIN(TestServerKeys)
#include "tst_server_keys.moc"
