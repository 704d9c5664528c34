// The server page over a server that really listens, with an engine whose every event the test decides.
#include "gui/models/live_request_model.h"
#include "gui/models/request_log_model.h"
#include "gui/server_host.h"
#include "gui/server_key.h"
#include "gui/widgets/message_bar.h"
#include "window_world.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QFileInfo>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTcpServer>
#include <QTcpSocket>
#include <QToolButton>

using State = gui::ServerHost::State;

namespace
{

/// One that nobody listens on; the tests share a machine with others, so it is asked for and given back.
int freePort()
{
    QTcpServer probe;
    return probe.listen(QHostAddress::LocalHost) ? probe.serverPort() : 0;
}

server::LoggedRequest logged(std::uint64_t id, const std::string &path, int status)
{
    server::LoggedRequest request;
    request.id = id;
    request.method = "GET";
    request.path = path;
    request.status = status;
    return request;
}

server::LiveRequest live(std::uint64_t id, long long tokens = 0)
{
    server::LiveRequest request;
    request.id = id;
    request.path = "/v1/completions";
    request.tokens = tokens;
    return request;
}

} // namespace

class TestServerPage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QStringLiteral("en_US"))); }
    void init();
    void cleanup() { m_world.end(); }
    void isOffAtFirst();
    void answersAndLogs();
    void knowsTheModelThatWasThereBefore();
    void cancelsTheSelectedRequest();
    void offersTheNextPort();
    void saysWhyItCannotStart();
    void asksBeforeOthersAreLetIn();
    void makesAndKeepsAKey();
    void copiesAddressAndCommand();
    void keepsSettings();
    void startsWithTheProgram();
    void endsWithTheWindow();
    void listsLiveRequests();
    void keepsTheNewestLog();

private:
    gui::ServerHost &host() { return *m_world.m_fixture->server; }
    gui::Settings &settings() { return *m_world.m_fixture->settings; }
    QString state() const { return m_world.find<QLabel>("server.state")->text(); }
    gui::MessageBar &message() const { return *m_world.find<gui::MessageBar>("server.message"); }
    void press(const char *name) { QTest::mouseClick(m_world.find<QPushButton>(name), Qt::LeftButton); }
    void pressVerb();
    void turnOn();
    std::unique_ptr<QTcpSocket> ask(const QByteArray &head, const QByteArray &body = {});
    QAbstractItemModel *log() { return m_world.find<QTableView>("server.log")->model(); }

    WindowWorld m_world;
};

void TestServerPage::init()
{
    m_world.begin();
    const int port = freePort();
    QVERIFY(port != 0);
    settings().setValue(gui::Setting::ServerPort, port);
    settings().setValue(gui::Setting::ServerKey, false);
    m_world.window().showPage(gui::MainWindow::Server);
    for (const char *name : {"server.log", "server.live"})
        new QAbstractItemModelTester(m_world.find<QTableView>(name)->model(),
                                     QAbstractItemModelTester::FailureReportingMode::QtTest,
                                     m_world.find<QTableView>(name));
}

void TestServerPage::turnOn()
{
    press("server.switch");
    QTRY_COMPARE(host().state(), State::Listening);
}

void TestServerPage::pressVerb()
{
    const auto buttons = message().findChildren<QPushButton *>();
    QCOMPARE(buttons.size(), 1);
    QTest::mouseClick(buttons.first(), Qt::LeftButton);
}

std::unique_ptr<QTcpSocket> TestServerPage::ask(const QByteArray &head, const QByteArray &body)
{
    auto socket = std::make_unique<QTcpSocket>();
    const int port = settings().number(gui::Setting::ServerPort);
    socket->connectToHost(QHostAddress(QHostAddress::LocalHost), quint16(port));
    QByteArray text = head + " HTTP/1.1\r\nConnection: close\r\nHost: 127.0.0.1:" + QByteArray::number(port);
    if (!body.isEmpty())
        text += "\r\nContent-Type: application/json\r\nContent-Length: " + QByteArray::number(body.size());
    socket->write(text + "\r\n\r\n" + body);
    return socket;
}

void TestServerPage::isOffAtFirst()
{
    QCOMPARE(host().state(), State::Off);
    QCOMPARE(state(), QStringLiteral("○ Off"));
    QVERIFY(!m_world.find<QToolButton>("status.server")->isVisible());
    QVERIFY(!message().isVisible());
    QCOMPARE(settings().text(gui::Setting::ServerAddress), QStringLiteral("127.0.0.1"));
    QVERIFY(gui::Settings::defaultValue(gui::Setting::ServerKey).toBool());
    QTcpSocket socket;
    socket.connectToHost(QHostAddress(QHostAddress::LocalHost),
                         quint16(settings().number(gui::Setting::ServerPort)));
    QVERIFY(!socket.waitForConnected(2000));
}

void TestServerPage::answersAndLogs()
{
    turnOn();
    QCOMPARE(state(), QStringLiteral("● On"));
    QVERIFY(m_world.find<QToolButton>("status.server")->isVisible());
    QVERIFY(!m_world.find<QSpinBox>("server.port")->isEnabled());
    const auto client = ask("GET /v1/models?x=y");
    QTRY_COMPARE(client->state(), QAbstractSocket::UnconnectedState);
    QVERIFY(client->readAll().startsWith("HTTP/1.1 200"));
    QTRY_COMPARE(log()->rowCount(), 1);
    const auto cell = [this](int column) { return log()->index(0, column).data().toString(); };
    QCOMPARE(cell(gui::RequestLogModel::Request), QStringLiteral("GET /v1/models"));
    QCOMPARE(cell(gui::RequestLogModel::Status), QStringLiteral("200"));
    QCOMPARE(cell(gui::RequestLogModel::Client), QStringLiteral("127.0.0.1"));
    QVERIFY(cell(gui::RequestLogModel::Milliseconds).endsWith(QStringLiteral(" ms")));

    press("server.switch");
    QTRY_COMPARE(host().state(), State::Off);
    QVERIFY(!m_world.find<QToolButton>("status.server")->isVisible());
    QCOMPARE(log()->rowCount(), 1); // to be read on
    turnOn();                       // and once more
    const auto again = ask("GET /nothing-here");
    QTRY_COMPARE(log()->rowCount(), 2);
    QCOMPARE(cell(gui::RequestLogModel::Status), QStringLiteral("404")); // the newest is the first
    press("server.log.clear");
    QCOMPARE(log()->rowCount(), 0);
}

void TestServerPage::knowsTheModelThatWasThereBefore()
{
    m_world.window().loadModel(WindowWorld::kModel);
    m_world.engine().finishLoad();
    turnOn();
    const auto client = ask("GET /v1/models");
    QTRY_COMPARE(client->state(), QAbstractSocket::UnconnectedState);
    const QByteArray name = QByteArray::fromStdString(m_world.engine().models.back().name);
    const QByteArray answer = client->readAll();
    QVERIFY2(answer.contains("\"id\":\"" + name + '"'), answer.constData());
}

void TestServerPage::cancelsTheSelectedRequest()
{
    m_world.window().loadModel(WindowWorld::kModel);
    m_world.engine().finishLoad();
    turnOn();
    const auto client = ask("POST /v1/completions", R"({"prompt": "a secret"})");
    auto *table = m_world.find<QTableView>("server.live");
    QTRY_COMPARE(table->model()->rowCount(), 1);
    QCOMPARE(state(), QStringLiteral("● On, answering 1 request(s)"));
    QVERIFY(!m_world.find<QPushButton>("server.cancel")->isEnabled());
    table->selectRow(0);
    press("server.cancel");
    QTRY_COMPARE(client->state(), QAbstractSocket::UnconnectedState);
    const QByteArray answer = client->readAll();
    QVERIFY2(answer.startsWith("HTTP/1.1 503") && answer.contains("cancelled"), answer.constData());
    QTRY_COMPARE(table->model()->rowCount(), 0);
    QTRY_COMPARE(log()->rowCount(), 1);
    for (int column = 0; column < log()->columnCount(); ++column)
        QVERIFY(!log()->index(0, column).data().toString().contains(QStringLiteral("secret")));
}

void TestServerPage::offersTheNextPort()
{
    QTcpServer other;
    QVERIFY(other.listen(QHostAddress::LocalHost));
    settings().setValue(gui::Setting::ServerPort, other.serverPort());
    press("server.switch");
    QTRY_COMPARE(host().state(), State::Failed);
    QCOMPARE(state(), QStringLiteral("○ Failed"));
    QTRY_VERIFY(message().isVisible());
    QVERIFY2(message().text().contains(QString::number(other.serverPort())), qPrintable(message().text()));
    const int offered = host().freePort();
    QVERIFY(offered > other.serverPort());
    pressVerb();
    QTRY_COMPARE(host().state(), State::Listening);
    QCOMPARE(settings().number(gui::Setting::ServerPort), offered);
    QVERIFY(!message().isVisible());
    QVERIFY(host().baseUrl().contains(QString::number(offered)));
}

void TestServerPage::saysWhyItCannotStart()
{
    settings().setValue(gui::Setting::ServerAddress, QStringLiteral("127.0.0.x"));
    press("server.switch");
    QTRY_COMPARE(host().state(), State::Failed);
    QTRY_VERIFY(message().isVisible());
    QCOMPARE(host().freePort(), 0);
    QVERIFY(message().kind() == gui::MessageBar::Kind::Error);
    settings().setValue(gui::Setting::ServerAddress, QStringLiteral("127.0.0.1"));
    turnOn();
    QVERIFY(!message().isVisible());
}

void TestServerPage::asksBeforeOthersAreLetIn()
{
    auto *address = m_world.find<QComboBox>("server.address");
    address->setCurrentIndex(address->findData(QStringLiteral("0.0.0.0")));
    auto *asks = m_world.find<QCheckBox>("server.asks");
    QVERIFY(asks->isChecked() && !asks->isEnabled()); // others always need a key
    press("server.switch");
    QCOMPARE(host().state(), State::Off);
    QTRY_VERIFY(message().isVisible());
    QVERIFY(message().kind() == gui::MessageBar::Kind::Warning);
    pressVerb();
    QTRY_COMPARE(host().state(), State::Listening);
    QVERIFY(m_world.find<QToolButton>("status.server")->text().contains(QStringLiteral("network")));
    QCOMPARE(host().key().size(), 64);
    const auto client = ask("GET /v1/models");
    QTRY_COMPARE(client->state(), QAbstractSocket::UnconnectedState);
    QVERIFY(client->readAll().startsWith("HTTP/1.1 401"));
}

void TestServerPage::makesAndKeepsAKey()
{
    QVERIFY(host().key().isEmpty());
    settings().setValue(gui::Setting::ServerKey, true);
    turnOn();
    const QString key = host().key();
    QCOMPARE(key.size(), 64);
    const QString path = gui::folders().config + QStringLiteral("/server.key");
    QCOMPARE(gui::readServerKey(path), key);
    const auto othersMay =
        QFileDevice::ReadGroup | QFileDevice::WriteGroup | QFileDevice::ReadOther | QFileDevice::WriteOther;
    QVERIFY(!(QFileInfo(path).permissions() & othersMay));
    auto *field = m_world.find<QLineEdit>("server.key");
    QCOMPARE(field->text(), key);
    QCOMPARE(field->echoMode(), QLineEdit::Password);
    QTest::mouseClick(m_world.find<QToolButton>("server.key.copy"), Qt::LeftButton);
    QCOMPARE(QGuiApplication::clipboard()->text(), key);
    const auto client = ask("GET /v1/models");
    QTRY_COMPARE(client->state(), QAbstractSocket::UnconnectedState);
    const auto known = ask("GET /v1/models HTTP/1.1\r\nAuthorization: Bearer " + key.toUtf8() + "\r\nX: y");
    QTRY_COMPARE(known->state(), QAbstractSocket::UnconnectedState);
    QVERIFY(known->readAll().startsWith("HTTP/1.1 200"));

    QVERIFY(!m_world.find<QPushButton>("server.key.new")->isEnabled()); // not while it is on
    press("server.switch");
    QTRY_COMPARE(host().state(), State::Off);
    press("server.key.new");
    QVERIFY(host().key() != key && host().key().size() == 64);
    QCOMPARE(gui::readServerKey(path), host().key());
}

void TestServerPage::copiesAddressAndCommand()
{
    settings().setValue(gui::Setting::ServerKey, true);
    turnOn();
    const QString url =
        QStringLiteral("http://127.0.0.1:%1/v1").arg(settings().number(gui::Setting::ServerPort));
    QCOMPARE(m_world.find<QLabel>("server.url")->text(), url);
    press("server.copy");
    QCOMPARE(QGuiApplication::clipboard()->text(), url);
    press("server.curl");
    const QString command = QGuiApplication::clipboard()->text();
    QVERIFY(command.startsWith(QStringLiteral("curl ") + url + QStringLiteral("/chat/completions")));
    QVERIFY(command.contains(QStringLiteral("Bearer ") + host().key()));
}

void TestServerPage::keepsSettings()
{
    m_world.find<QSpinBox>("server.queue")->setValue(3);
    m_world.find<QSpinBox>("server.body")->setValue(2);
    m_world.find<QSpinBox>("server.rows")->setValue(9);
    m_world.find<QLineEdit>("server.states")->setText(QStringLiteral("/srv/states"));
    const gui::Settings again(gui::folders().config, gui::folders().state);
    QCOMPARE(again.number(gui::Setting::ServerQueue), 3);
    QCOMPARE(again.number(gui::Setting::ServerBodyMB), 2);
    QCOMPARE(again.number(gui::Setting::ServerRows), 9);
    QCOMPARE(again.text(gui::Setting::ServerStates), QStringLiteral("/srv/states"));
    turnOn();
    const auto client =
        ask("POST /v1/completions", QByteArray("{\"prompt\":\"") + QByteArray(3 << 20, 'a') + "\"}");
    QTRY_COMPARE(log()->rowCount(), 1);
    QCOMPARE(log()->index(0, gui::RequestLogModel::Status).data().toString(), QStringLiteral("413"));
}

void TestServerPage::startsWithTheProgram()
{
    settings().setValue(gui::Setting::ServerAtStart, true);
    gui::EngineBridge bridge;
    gui::ServerHost host(bridge, settings());
    QCOMPARE(host.state(), State::Off);
    host.start(); // before there is an engine
    QCOMPARE(host.state(), State::Starting);
    host.stop();
    QCOMPARE(host.state(), State::Off);
    bridge.setEngine(std::make_unique<support::FakeEngine>(bridge.sink()));
    QTRY_COMPARE(host.state(), State::Listening);

    settings().setValue(gui::Setting::ServerAddress, QStringLiteral("0.0.0.0")); // never confirmed
    gui::EngineBridge other;
    gui::ServerHost careful(other, settings());
    other.setEngine(std::make_unique<support::FakeEngine>(other.sink()));
    QCOMPARE(careful.state(), State::Off);
}

void TestServerPage::endsWithTheWindow()
{
    m_world.window().loadModel(WindowWorld::kModel);
    m_world.engine().finishLoad();
    turnOn();
    const auto client = ask("POST /v1/completions", R"({"prompt": "it never ends"})");
    QTRY_COMPARE(m_world.find<QTableView>("server.live")->model()->rowCount(), 1);
    m_world.m_window.reset();
    QElapsedTimer timer;
    timer.start();
    m_world.m_fixture->server.reset(); // the answer that runs is cut after a second
    QVERIFY(timer.elapsed() < 8000);
    QTRY_COMPARE(client->state(), QAbstractSocket::UnconnectedState);
}

void TestServerPage::listsLiveRequests()
{
    gui::LiveRequestModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const auto ids = [&model] {
        QList<quint64> list;
        for (int row = 0; row < model.rowCount(); ++row)
            list.append(model.index(row, 0).data(gui::LiveRequestModel::IdRole).toULongLong());
        return list;
    };
    model.setRequests({live(1), live(2), live(3)});
    model.setRequests({live(2, 40), live(5)});
    QCOMPARE(ids(), (QList<quint64>{2, 5}));
    QCOMPARE(model.index(0, gui::LiveRequestModel::Tokens).data().toString(), QStringLiteral("40"));
    model.setRequests({live(6), live(7), live(8)});
    QCOMPARE(ids(), (QList<quint64>{6, 7, 8}));
    model.setRequests({});
    QCOMPARE(model.rowCount(), 0);
}

void TestServerPage::keepsTheNewestLog()
{
    gui::RequestLogModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.add({logged(1, "/first", 200), logged(2, "/second", 499)});
    QCOMPARE(model.index(0, gui::RequestLogModel::Request).data().toString(), QStringLiteral("GET /second"));
    QVERIFY(!model.index(0, gui::RequestLogModel::Status).data(Qt::ToolTipRole).toString().isEmpty());
    std::vector<server::LoggedRequest> many;
    for (int i = 0; i < gui::RequestLogModel::kCapacity + 5; ++i)
        many.push_back(logged(std::uint64_t(i) + 3, '/' + std::to_string(i), 200));
    model.add(many);
    QCOMPARE(model.rowCount(), gui::RequestLogModel::kCapacity);
    QCOMPARE(model.index(0, gui::RequestLogModel::Request).data().toString(),
             QStringLiteral("GET /%1").arg(gui::RequestLogModel::kCapacity + 4));
}

QTEST_MAIN(TestServerPage)
#include "tst_server_page.moc"
