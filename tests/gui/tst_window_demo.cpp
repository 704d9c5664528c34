// The window with the real engine and the demonstration pack: every precision, every adapter, every state.
#include "engine/engine.h"
#include "gui/library.h"
#include "gui/main_window.h"
#include "gui/pages/chat_page.h"
#include "gui/widgets/state_chip.h"
#include "support/gui_fixture.h"

#include <QComboBox>
#include <QFileInfo>
#include <QMenu>
#include <QPushButton>
#include <QTableView>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QToolButton>

#include <algorithm>

using gui::Act;
using gui::ExtraListModel;
using gui::Match;

class TestWindowDemo : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void answersInEveryPrecision_data();
    void answersInEveryPrecision();
    void everyAdapterIsHeard_data() { listPack(ExtraListModel::Kind::Adapter); }
    void everyAdapterIsHeard();
    void everyStateIsHeard_data() { listPack(ExtraListModel::Kind::State); }
    void everyStateIsHeard();
    void followsTheModelsOfRequests();

private:
    static constexpr int kPatienceMs = 60'000;

    template <typename Widget>
    Widget *find(const char *name) const
    {
        return m_window->findChild<Widget *>(QLatin1String(name));
    }
    gui::ChatController &chat() const
    {
        return qobject_cast<gui::ChatPage *>(m_window->page(gui::MainWindow::Chat))->controller();
    }
    ExtraListModel &list(ExtraListModel::Kind kind) const
    {
        return kind == ExtraListModel::Kind::State ? m_fixture->library->states()
                                                   : m_fixture->library->adapters();
    }
    void listPack(ExtraListModel::Kind kind)
    {
        QTest::addColumn<QString>("path");
        for (int row = 0; row < list(kind).rowCount(); ++row) {
            const auto &file = list(kind).entry(row).file;
            QTest::addRow("%s", file.name.c_str()) << QString::fromStdString(file.path);
        }
    }
    void load(const QString &format);
    QString ask();
    QByteArray post(const QByteArray &path, const QByteArray &body);
    void apply(const QString &path, bool on);

    std::unique_ptr<support::GuiFixture> m_fixture;
    std::unique_ptr<gui::MainWindow> m_window;
    QString m_plain; ///< the answer of the model alone
};

void TestWindowDemo::initTestCase()
{
    const QString given = qEnvironmentVariable("ROOKERY_DATA");
    const QString folder = given.isEmpty() ? QStringLiteral(ROOKERY_BUILD_DIR "/share/rookery") : given;
    if (!QFileInfo::exists(folder + QStringLiteral("/demo/pack.json")))
        QSKIP("the demonstration pack is absent");
    qputenv("ROOKERY_DATA", folder.toLocal8Bit());
    m_fixture = std::make_unique<support::GuiFixture>(/*withEngine=*/false);
    m_window = std::make_unique<gui::MainWindow>(m_fixture->services());
    m_window->show();
    m_fixture->bridge.setEngine(engine::makeEngine({}, m_fixture->bridge.sink()));
    load(QString());
    for (const auto kind : {ExtraListModel::Kind::State, ExtraListModel::Kind::Adapter}) {
        const ExtraListModel &files = list(kind);
        QTRY_VERIFY(files.rowCount() >= 3);
        const auto allFit = [&files] {
            for (int row = 0; row < files.rowCount(); ++row)
                if (files.entry(row).match != Match::Fits) return false;
            return true;
        };
        QTRY_VERIFY_WITH_TIMEOUT(allFit(), kPatienceMs);
    }
    gui::GenerationSettings settings = chat().settings();
    settings.sampling.temperature = 0;
    settings.maxTokens = 48;
    chat().setSettings(settings);
    m_plain = ask();
    QVERIFY2(m_plain.contains(QLatin1String("Rookery")), qPrintable(m_plain));
}

void TestWindowDemo::cleanupTestCase()
{
    m_window.reset();
    m_fixture.reset();
}

/// By the controls of the models page.
void TestWindowDemo::load(const QString &format)
{
    m_window->showPage(gui::MainWindow::Models);
    auto *table = find<QTableView>("models.table");
    QTRY_VERIFY(table->model()->rowCount() > 0);
    table->setCurrentIndex(table->model()->index(0, 0));
    auto *precision = find<QComboBox>("models.load.precision");
    precision->setCurrentIndex(precision->findData(format));
    auto *button = find<QPushButton>("models.load");
    QTRY_VERIFY(button->isEnabled());
    button->click();
    QTRY_VERIFY_WITH_TIMEOUT(m_fixture->session.isLoaded() && !m_fixture->session.isLoading(), kPatienceMs);
}

QString TestWindowDemo::ask()
{
    gui::ChatController &chats = chat();
    if (!QTest::qWaitFor([&] { return chats.hasModel(); }, kPatienceMs)) return {};
    if (chats.transcript()->rowCount() > 0) chats.newChat();
    chats.send(QStringLiteral("Who are you?"));
    const auto isAnswered = [&] {
        return !chats.isGenerating() && !chats.isWaiting() && chats.transcript()->rowCount() == 2;
    };
    if (!QTest::qWaitFor(isAnswered, kPatienceMs)) return {};
    return chats.transcript()->at(1).text.trimmed();
}

void TestWindowDemo::answersInEveryPrecision_data()
{
    QTest::addColumn<QString>("format");
    for (const std::string &format : engine::listFormats())
        QTest::addRow("%s", format.c_str()) << QString::fromStdString(format);
}

void TestWindowDemo::answersInEveryPrecision()
{
    QFETCH(QString, format);
    load(format);
    QCOMPARE(m_fixture->session.loaded().strategy, QStringLiteral("cpu %1").arg(format).toStdString());
    const QString answer = ask();
    QVERIFY2(answer.contains(QLatin1String("Rookery")), qPrintable(answer)); // it still knows who it is
}

void TestWindowDemo::apply(const QString &path, bool on)
{
    m_fixture->actions[Act::ShowAdapters].trigger();
    ExtraListModel &files = list(ExtraListModel::Kind::Adapter);
    files.setData(files.index(files.rowOf(path), 0), on ? Qt::Checked : Qt::Unchecked, Qt::CheckStateRole);
    find<QPushButton>("adapters.apply")->click();
    QTRY_COMPARE_WITH_TIMEOUT(m_fixture->session.adapters().size(), std::size_t(on ? 1 : 0), kPatienceMs);
}

void TestWindowDemo::everyAdapterIsHeard()
{
    QFETCH(QString, path);
    load(QStringLiteral("bf16"));
    const QString plain = ask();
    apply(path, true);
    const QString changed = ask();
    QVERIFY2(!changed.isEmpty() && changed != plain, qPrintable(changed));
    apply(path, false);
    QCOMPARE(ask(), plain); // and gone without a trace
}

void TestWindowDemo::everyStateIsHeard()
{
    QFETCH(QString, path);
    load(QString());
    const QString name = m_fixture->library->nameOf(path);
    chat().newChat();
    QMenu *menu = find<gui::StateChip>("chat.state")->menu();
    Q_EMIT menu->aboutToShow();
    const auto actions = menu->actions();
    const auto action = std::find_if(actions.begin(), actions.end(), [&name](const QAction *a) {
        return a->text() == name && a->isEnabled();
    });
    QVERIFY(action != actions.end());
    (*action)->trigger();
    const QString changed = ask();
    QVERIFY2(!changed.isEmpty() && changed != m_plain, qPrintable(changed));
    QCOMPARE(chat().stateFile(), path);
}

/// The status line of the answer.
QByteArray TestWindowDemo::post(const QByteArray &path, const QByteArray &body)
{
    QTcpSocket socket;
    const int port = m_fixture->settings->number(gui::Setting::ServerPort);
    socket.connectToHost(QHostAddress(QHostAddress::LocalHost), quint16(port));
    socket.write("POST " + path +
                 " HTTP/1.1\r\nConnection: close\r\nHost: 127.0.0.1:" + QByteArray::number(port) +
                 "\r\nContent-Type: application/json\r\nContent-Length: " + QByteArray::number(body.size()) +
                 "\r\n\r\n" + body);
    if (!QTest::qWaitFor([&] { return socket.state() == QAbstractSocket::UnconnectedState; }, kPatienceMs))
        return "no answer";
    return socket.readLine().trimmed();
}

/// What a program loads, adapts and ejects through the endpoint is what the window shows and answers with.
void TestWindowDemo::followsTheModelsOfRequests()
{
    load(QString());
    QTcpServer probe; // a port that is free
    QVERIFY(probe.listen(QHostAddress::LocalHost));
    m_fixture->settings->setValue(gui::Setting::ServerPort, int(probe.serverPort()));
    m_fixture->settings->setValue(gui::Setting::ServerKey, false);
    probe.close();
    m_fixture->server->start();
    QTRY_VERIFY_WITH_TIMEOUT(m_fixture->server->isOn(), kPatienceMs);
    const auto *chip = find<QToolButton>("context.model");
    const auto *status = find<QToolButton>("status.engine");

    QCOMPARE(post("/removemodel", "{}"), QByteArray("HTTP/1.1 200 OK"));
    QTRY_VERIFY(!m_fixture->session.isLoaded());
    QTRY_VERIFY(chip->text().startsWith(QLatin1String("No model")));
    QTRY_VERIFY(!chat().hasModel());
    QCOMPARE(status->text(), QStringLiteral("○ No model"));

    QCOMPARE(post("/loadmodel", R"({"model_filename":"demo","model_strategy":"fp32"})"),
             QByteArray("HTTP/1.1 200 OK"));
    QTRY_VERIFY(m_fixture->session.isLoaded());
    QCOMPARE(m_fixture->session.loaded().strategy, std::string("cpu fp32"));
    QCOMPARE(m_fixture->session.loadedPath(), QStringLiteral("demo"));
    QVERIFY2(chip->text().contains(QLatin1String("cpu fp32")), qPrintable(chip->text()));
    QTRY_COMPARE(status->text(), QStringLiteral("● Ready"));
    QTRY_VERIFY(m_fixture->metrics.latest().memory.weights > 0);
    QVERIFY(ask().contains(QLatin1String("Rookery")));
    m_window->showPage(gui::MainWindow::Models);
    auto *table = find<QTableView>("models.table");
    table->setCurrentIndex(table->model()->index(0, 0));
    QTRY_VERIFY(!find<QPushButton>("models.load.eject")->isHidden()); // it is known to be the one in the list

    m_fixture->server->stop();
    QTRY_VERIFY_WITH_TIMEOUT(m_fixture->server->state() == gui::ServerHost::State::Off, kPatienceMs);
}

QTEST_MAIN(TestWindowDemo)
#include "tst_window_demo.moc"
