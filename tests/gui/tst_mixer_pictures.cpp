// Draws the mixer in every state, on its page and beside a chat, light and dark, and keeps the pictures in
// build/screenshots. The test checks that each state shows what it must; whether it looks right is for eyes.
#include "gui/main_window.h"
#include "gui/pages/chat_page.h"
#include "gui/theme.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/mixer_lane_panel.h"
#include "gui/widgets/mixer_lanes.h"
#include "support/extras_world.h"
#include "support/gui_fixture.h"
#include "support/next_tokens_world.h"

#include <QApplication>
#include <QDir>
#include <QLineEdit>
#include <QPushButton>
#include <QStackedWidget>
#include <QTest>
#include <QToolButton>
#include <QTranslator>

using namespace gui;

namespace
{

const char *const kAnswer =
    "Arr, the **moon** be a lantern of silver, me hearty,\nand softly the tide hums along;\n\n"
    "- the gulls be the choir, the mast be a steeple,\n- the wind be a fiddle, the sea be a song.\n\n"
    "Ask again, and I'll sing ye another, so drink to the dawn and the foam!";

} // namespace

class TestMixerPictures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void draws_data();
    void draws();

private:
    void arrange(MainWindow &window, const QString &state);
    void answer(bool ends);
    void loadModel(int slots = 64);
    static void settle() { QTest::qWait(70); } ///< a frame of the bridge, and one of growing text

    QTranslator m_translator;
    std::unique_ptr<support::GuiFixture> m_fixture;
    MixDesk *m_desk = nullptr;
};

void TestMixerPictures::initTestCase()
{
    QVERIFY(QDir().mkpath(QStringLiteral(ROOKERY_BUILD_DIR "/screenshots")));
    const QString language = qEnvironmentVariable("ROOKERY_SHOTS_LANG", QStringLiteral("en"));
    QVERIFY(m_translator.load(QStringLiteral(":/i18n/rookery_%1.qm").arg(language)));
    QCoreApplication::installTranslator(&m_translator);
}

void TestMixerPictures::draws_data()
{
    QTest::addColumn<QString>("state");
    QTest::addColumn<bool>("onPage");
    QTest::addColumn<QSize>("size");
    const QSize wide(1280, 860), narrow(860, 600);
    for (const auto *state : {"empty", "nomodel", "example", "misfit", "norows", "generating", "finished",
                              "steered", "many", "failed", "saving", "preview", "lane"})
        QTest::addRow("page-%s", state) << state << true << wide;
    QTest::newRow("page-finished-narrow") << "finished" << true << narrow;
    QTest::newRow("page-preview-narrow") << "preview" << true << narrow;
    QTest::newRow("page-empty-narrow") << "empty" << true << narrow;
    for (const auto *state : {"empty", "example", "generating", "finished", "many"})
        QTest::addRow("dock-%s", state) << state << false << wide;
    QTest::newRow("dock-finished-narrow") << "finished" << false << narrow;
}

void TestMixerPictures::loadModel(int slots)
{
    engine::LoadSpec spec;
    spec.model = "demo";
    spec.slots = slots;
    m_fixture->engine->models = {support::sampleDemo()};
    m_fixture->session.load(spec);
    m_fixture->engine->finishLoad();
    settle();
}

void TestMixerPictures::answer(bool ends)
{
    support::FakeEngine &engine = *m_fixture->engine;
    m_desk->chats().send(QStringLiteral("Tell me about the sea at night."));
    settle();
    const engine::JobId job = engine.last("generate");
    engine.start(job, 21, 8);
    const QString text = QString::fromUtf8(kAnswer);
    engine.stream(job, text.left(90).toStdString());
    settle();
    m_desk->model().setGate(0, 0.2);
    m_desk->model().setGate(1, 0.9);
    settle();
    engine.stream(job, text.mid(90, ends ? -1 : 60).toStdString());
    if (ends) engine.finish(job);
    settle();
}

void TestMixerPictures::arrange(MainWindow &window, const QString &state)
{
    MixerModel &model = m_desk->model();
    if (state == QLatin1String("nomodel")) {
        model.choose(*m_desk->exampleMix());
        return;
    }
    support::fillNextTokens(*m_fixture->engine);
    loadModel(state == QLatin1String("norows") ? 1 : 64);
    if (state == QLatin1String("empty")) return;
    model.choose(*m_desk->exampleMix());
    if (state == QLatin1String("misfit")) {
        model.add(QStringLiteral("eva-1.5b"), QStringLiteral("/models/states/eva-1.5b.pth"));
    } else if (state == QLatin1String("generating") || state == QLatin1String("finished")) {
        m_desk->addVoice({});
        model.setGate(2, 0.25);
        answer(state == QLatin1String("finished"));
        m_fixture->actions[Act::VoiceColors].setChecked(true);
    } else if (state == QLatin1String("steered")) {
        m_desk->addVoice({});
        model.setGate(1, -0.35);
        model.setGate(0, 1.5);
        model.setMuted(2, true);
        model.setPolicy({engine::GatePolicy::Kind::Agreement, 1.5F});
        model.setGate(0, -1);
    } else if (state == QLatin1String("preview")) {
        m_desk->addVoice({});
        window.findChild<QLineEdit *>(QStringLiteral("mixer.line"))
            ->setText(QStringLiteral("Tell me about the sea."));
        QTRY_VERIFY(!m_fixture->engine->reads.empty());
        settle();
    } else if (state == QLatin1String("lane")) {
        answer(true);
        window.findChild<QToolButton *>(QStringLiteral("lanes.keep"))->click();
    } else if (state == QLatin1String("many")) {
        for (int i = 1; i < 8; ++i)
            model.add(QStringLiteral("voice with a long name %1").arg(i),
                      QStringLiteral("/states/%1.pth").arg(i));
        model.setSolo(2, true);
        model.setSolo(3, true);
    } else if (state == QLatin1String("failed")) {
        m_fixture->engine->failures.emplace(
            "openState", engine::Error(engine::ErrorCode::BadState, "pirate.pth: damaged at byte 4096"));
        m_desk->chats().send(QStringLiteral("Hello?"));
    } else if (state == QLatin1String("saving")) {
        for (auto *button : window.findChildren<QPushButton *>(QStringLiteral("mixer.save")))
            if (button->isVisible()) button->click();
    }
    settle();
}

void TestMixerPictures::draws()
{
    QFETCH(QString, state);
    QFETCH(bool, onPage);
    QFETCH(QSize, size);
    applyScheme(Scheme::Light);
    QFont font = QApplication::font();
    font.setPixelSize(13);
    QApplication::setFont(font);
    m_fixture = std::make_unique<support::GuiFixture>(false);
    m_fixture->startEngine();
    support::fillExtras(*m_fixture->engine);
    m_fixture->library->rescan();
    MainWindow window(m_fixture->services());
    window.resize(size);
    window.show();
    m_desk = &static_cast<ChatPage *>(window.page(MainWindow::Chat))->mixDesk();
    window.showPage(onPage ? MainWindow::Mixer : MainWindow::Chat);
    if (!onPage) m_fixture->actions[Act::ToggleMixer].trigger();
    settle();
    arrange(window, state);
    settle();

    const auto shown = [&window](const char *name) {
        for (auto *widget : window.findChildren<QWidget *>(QLatin1String(name)))
            if (widget->isVisible()) return true;
        return false;
    };
    QCOMPARE(shown("mixer.example"), state == QLatin1String("empty"));
    QCOMPARE(shown("mixer.fader.0"), state != QLatin1String("empty"));
    QCOMPARE(shown("mixer.notice"), state == QLatin1String("nomodel") || state == QLatin1String("misfit") ||
                                        state == QLatin1String("norows"));
    QCOMPARE(shown("mixer.lanes"), state == QLatin1String("finished") ||
                                       state == QLatin1String("generating") ||
                                       state == QLatin1String("lane"));
    for (const Scheme scheme : {Scheme::Light, Scheme::Dark}) {
        applyScheme(scheme);
        const QPixmap picture = window.grab();
        const QString name =
            QStringLiteral(ROOKERY_BUILD_DIR "/screenshots/mixer-%1-%2.png")
                .arg(QString::fromLatin1(QTest::currentDataTag()),
                     scheme == Scheme::Dark ? QStringLiteral("dark") : QStringLiteral("light"));
        QVERIFY(picture.save(name));
    }
    m_fixture->actions[Act::VoiceColors].setChecked(false);
}

QTEST_MAIN(TestMixerPictures)
#include "tst_mixer_pictures.moc"
