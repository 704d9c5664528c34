// Pictures of the server page in its states, light and dark, for people to judge:
// build/screenshots/server-*.png; without ROOKERY_SHOTS=all one of them; ROOKERY_SHOTS_LANG picks the
// language.
#include "gui/server_host.h"
#include "gui/theme.h"
#include "window_world.h"

#include <QApplication>
#include <QDir>
#include <QPushButton>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTranslator>

#include <vector>

using State = gui::ServerHost::State;

class TestServerPictures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void states_data();
    void states();
    void cleanup();

private:
    void arrange(const QString &state);
    void arrangeRequests();
    QTcpSocket *ask(const QByteArray &head, const QByteArray &body = {});

    QTranslator m_translator;
    QString m_suffix;
    WindowWorld m_world;
    std::unique_ptr<QTcpServer> m_other;
    std::vector<std::unique_ptr<QTcpSocket>> m_clients;
};

void TestServerPictures::initTestCase()
{
    QFont font = QApplication::font();
    font.setPixelSize(13);
    font.setFamilies({font.family(), QStringLiteral("Droid Sans Fallback")});
    QApplication::setFont(font);
    const QString language = qEnvironmentVariable("ROOKERY_SHOTS_LANG");
    QLocale::setDefault(QLocale(language.isEmpty() ? QStringLiteral("en_US") : language));
    if (!language.isEmpty()) m_suffix = QLatin1Char('-') + language;
    QVERIFY(m_translator.load(
        QStringLiteral(":/i18n/rookery_%1.qm").arg(language.isEmpty() ? QStringLiteral("en") : language)));
    QCoreApplication::installTranslator(&m_translator);
    QVERIFY(QDir().mkpath(QStringLiteral(ROOKERY_BUILD_DIR "/screenshots")));
}

void TestServerPictures::states_data()
{
    QTest::addColumn<QString>("state");
    QTest::addColumn<bool>("dark");
    const bool wantsAll = qEnvironmentVariable("ROOKERY_SHOTS") == QLatin1String("all");
    for (const char *state : {"off", "busy", "taken", "error", "open", "open-on", "narrow"}) {
        if (!wantsAll && qstrcmp(state, "busy") != 0) continue;
        for (const bool dark : {false, true})
            QTest::addRow("%s-%s", state, dark ? "dark" : "light") << QString::fromLatin1(state) << dark;
    }
}

void TestServerPictures::states()
{
    QFETCH(QString, state);
    QFETCH(bool, dark);
    gui::applyScheme(dark ? gui::Scheme::Dark : gui::Scheme::Light);
    m_world.begin();
    m_world.window().resize(state == QLatin1String("narrow") ? QSize(860, 600) : QSize(1240, 800));
    m_world.window().showPage(gui::MainWindow::Server);
    m_other = std::make_unique<QTcpServer>();
    QVERIFY(m_other->listen(QHostAddress::LocalHost));
    m_world.m_fixture->settings->setValue(gui::Setting::ServerPort, m_other->serverPort());
    if (state != QLatin1String("taken")) m_other->close();
    arrange(state);
    QTest::qWait(60);
    const QPixmap picture = m_world.window().grab();
    QVERIFY(picture.save(QStringLiteral("%1/screenshots/server-%2-%3%4.png")
                             .arg(QStringLiteral(ROOKERY_BUILD_DIR), state,
                                  dark ? QStringLiteral("dark") : QStringLiteral("light"), m_suffix)));
    QCOMPARE(picture.toImage().pixelColor(3, picture.height() - 3).lightness() < 128, dark);
}

void TestServerPictures::cleanup()
{
    m_clients.clear();
    m_world.end();
    m_other.reset();
}

void TestServerPictures::arrange(const QString &state)
{
    gui::ServerHost &host = *m_world.m_fixture->server;
    gui::Settings &settings = *m_world.m_fixture->settings;
    if (state == QLatin1String("off")) return;
    if (state == QLatin1String("error"))
        settings.setValue(gui::Setting::ServerAddress, QStringLiteral("203.0.113.9"));
    if (state.startsWith(QLatin1String("open")))
        settings.setValue(gui::Setting::ServerAddress, QStringLiteral("0.0.0.0"));
    const bool isAsked = state == QLatin1String("taken") || state == QLatin1String("open");
    if (state == QLatin1String("open-on") || state == QLatin1String("error")) host.start();
    if (state == QLatin1String("busy") || state == QLatin1String("narrow")) return arrangeRequests();
    if (isAsked) m_world.find<QPushButton>("server.switch")->click();
    if (state == QLatin1String("open")) return;
    QTRY_COMPARE(host.state(), state == QLatin1String("open-on") ? State::Listening : State::Failed);
}

QTcpSocket *TestServerPictures::ask(const QByteArray &head, const QByteArray &body)
{
    auto socket = std::make_unique<QTcpSocket>();
    const int port = m_world.m_fixture->settings->number(gui::Setting::ServerPort);
    socket->connectToHost(QHostAddress(QHostAddress::LocalHost), quint16(port));
    const QByteArray key = m_world.m_fixture->server->key().toUtf8();
    QByteArray text = head + " HTTP/1.1\r\nHost: 127.0.0.1:" + QByteArray::number(port) +
                      "\r\nConnection: close\r\nAuthorization: Bearer " +
                      (head.contains("strange") ? QByteArray("no") : key);
    if (!body.isEmpty())
        text += "\r\nContent-Type: application/json\r\nContent-Length: " + QByteArray::number(body.size());
    socket->write(text + "\r\n\r\n" + body);
    m_clients.push_back(std::move(socket));
    return m_clients.back().get();
}

void TestServerPictures::arrangeRequests()
{
    m_world.window().loadModel(WindowWorld::kModel);
    m_world.engine().finishLoad();
    m_world.m_fixture->server->start();
    QTRY_COMPARE(m_world.m_fixture->server->state(), State::Listening);
    auto *live = m_world.find<QTableView>("server.live");
    const QByteArray chat = R"({"messages": [{"role": "user", "content": "Who?"}], "stream": true})";
    ask("POST /v1/chat/completions", chat);
    QTRY_COMPARE(live->model()->rowCount(), 1);
    ask("POST /v1/completions", R"({"prompt": "Once"})");
    QTRY_COMPARE(live->model()->rowCount(), 2);
    for (const char *head : {"GET /health", "GET /v1/models", "POST /v1/embeddings", "GET /strange",
                             "DELETE /v1/models", "GET /v1/models"}) {
        QTcpSocket *client = ask(head);
        QTRY_COMPARE(client->state(), QAbstractSocket::UnconnectedState);
    }
    QTRY_COMPARE(m_world.find<QTableView>("server.log")->model()->rowCount(), 6);
    support::FakeEngine &engine = m_world.engine();
    for (const engine::JobId job : {engine.last("generate") - 1, engine.last("generate")}) {
        engine.start(job);
        engine.stream(job, "It goes on and on and on, " + std::string(std::size_t(job) * 60, 'o'));
    }
    QTRY_VERIFY(live->model()->index(1, 3).data().toInt() > 0);
    live->selectRow(0);
}

QTEST_MAIN(TestServerPictures)
#include "tst_server_pictures.moc"
