// Draws the tab of states in every state of its three views, light and dark, into build/screenshots. The test
// checks that each shows what it must; whether it looks right is for eyes.
#include "gui/main_window.h"
#include "gui/pages/blend_view.h"
#include "gui/theme.h"
#include "gui/widgets/heat_map.h"
#include "gui/widgets/layer_curve.h"
#include "support/extras_world.h"
#include "support/gui_fixture.h"

#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QLabel>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>
#include <QTranslator>

using namespace gui;

namespace
{

const char *const kAnswers[] = {
    "The sea at night is dark and wide. Waves come in, one after the other, and the moon draws a path on "
    "them.",
    "Arr, the sea at night be black as tar, me hearty! Keep yer lantern low and yer ear to the wind.",
    "Arr, softly the tide hums along,\nthe gulls be the choir of its song.",
    "O silver path upon the deep,\nwhere stars go down at last to sleep."};

} // namespace

class TestStatesPictures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void draws_data();
    void draws();

private:
    void arrange(MainWindow &window, const QString &state);
    void answer(int firstText, bool ends);
    static void settle() { QTest::qWait(60); } ///< frames of the bridge

    QTranslator m_translator;
    std::unique_ptr<support::GuiFixture> m_fixture;
};

void TestStatesPictures::initTestCase()
{
    QVERIFY(QDir().mkpath(QStringLiteral(ROOKERY_BUILD_DIR "/screenshots")));
    const QString language = qEnvironmentVariable("ROOKERY_SHOTS_LANG", QStringLiteral("en"));
    QVERIFY(m_translator.load(QStringLiteral(":/i18n/rookery_%1.qm").arg(language)));
    QCoreApplication::installTranslator(&m_translator);
}

void TestStatesPictures::draws_data()
{
    QTest::addColumn<QString>("state");
    QTest::addColumn<QString>("shown");
    QTest::addColumn<QSize>("size");
    const QSize wide(1280, 860), narrow(860, 600);
    QTest::newRow("files") << "files"
                           << "states.heat" << wide;
    QTest::newRow("files-big") << "files-big"
                               << "states.heat" << wide;
    QTest::newRow("files-damaged") << "files-damaged"
                                   << "states.heat" << wide;
    QTest::newRow("files-narrow") << "files"
                                  << "states.table" << narrow;
    QTest::newRow("blend-empty") << "blend-empty"
                                 << "blend.hint" << wide;
    QTest::newRow("blend-nomodel") << "blend-nomodel"
                                   << "blend.hint" << wide;
    QTest::newRow("blend-misfit") << "blend-misfit"
                                  << "blend.problem" << wide;
    QTest::newRow("blend-writing") << "blend-writing"
                                   << "blend.2.text" << wide;
    QTest::newRow("blend-baked") << "blend-baked"
                                 << "blend.1.text" << wide;
    QTest::newRow("blend-narrow") << "blend-baked"
                                  << "blend.0.text" << narrow;
    QTest::newRow("audition-empty") << "audition-empty"
                                    << "audition.hint" << wide;
    QTest::newRow("audition-writing") << "audition-writing"
                                      << "audition.2.text" << wide;
    QTest::newRow("audition-failed") << "audition-failed"
                                     << "audition.1.text" << wide;
    QTest::newRow("audition-narrow") << "audition-writing"
                                     << "audition.0.text" << narrow;
}

void TestStatesPictures::answer(int firstText, bool ends)
{
    support::FakeEngine &engine = *m_fixture->engine;
    settle();
    int text = firstText;
    for (const auto &command : std::vector(engine.commands)) {
        if (command.name != "generate") continue;
        const std::string whole = kAnswers[std::size_t(text++) % 4];
        engine.start(command.job, 12);
        engine.stream(command.job, ends ? whole : whole.substr(0, whole.size() / 2));
        if (ends) engine.finish(command.job);
    }
    settle();
}

void TestStatesPictures::arrange(MainWindow &window, const QString &state)
{
    support::FakeEngine &engine = *m_fixture->engine;
    const auto click = [&window](const char *name) {
        window.findChild<QPushButton *>(QLatin1String(name))->click();
    };
    if (state.startsWith(QLatin1String("blend"))) click("states.view.blend");
    if (state.startsWith(QLatin1String("audition"))) click("states.view.audition");
    settle();
    if (state == QLatin1String("blend-misfit")) {
        window.findChild<QComboBox *>(QStringLiteral("blend.second"))->setCurrentIndex(2);
    } else if (state == QLatin1String("blend-writing") || state == QLatin1String("blend-baked")) {
        auto *curve = window.findChild<LayerCurve *>(QStringLiteral("blend.curve"));
        const double shares[] = {0, 0.1, 0.35, 0.7, 0.95, 1};
        if (state == QLatin1String("blend-baked"))
            for (int layer = 0; layer < 6; ++layer)
                curve->setShare(layer, shares[layer]);
        curve->setFocus();
        QTest::keyClick(curve, Qt::Key_End);
        click("blend.listen");
        answer(1, state == QLatin1String("blend-baked"));
        if (state == QLatin1String("blend-baked"))
            window.findChild<BlendView *>(QStringLiteral("blend.view"))
                ->bake(QStringLiteral("/models/pirate-poet-layers.pth"));
    } else if (state == QLatin1String("audition-writing")) {
        auto *list = window.findChild<QListWidget *>(QStringLiteral("audition.list"));
        list->item(2)->setCheckState(Qt::Checked);
        click("audition.listen");
        answer(0, false);
    } else if (state == QLatin1String("audition-failed")) {
        engine.failures.insert(
            {"openState",
             engine::Error(engine::ErrorCode::BadState, "pirate.pth: blocks.3.att.time_state is damaged")});
        click("audition.listen");
        answer(0, true);
    }
    settle();
}

void TestStatesPictures::draws()
{
    QFETCH(QString, state);
    QFETCH(QString, shown);
    QFETCH(QSize, size);
    applyScheme(Scheme::Light);
    QFont font = QApplication::font();
    font.setPixelSize(13);
    QApplication::setFont(font);
    m_fixture = std::make_unique<support::GuiFixture>();
    support::FakeEngine &engine = *m_fixture->engine;
    support::fillExtras(engine);
    support::fillFigures(engine, state == QLatin1String("files-big") ? 32 : 6,
                         state == QLatin1String("files-big") ? 40 : 6);
    if (state == QLatin1String("files-damaged"))
        engine.failures.insert({"measureStates", engine::Error(engine::ErrorCode::BadFile,
                                                               "pirate.pth: it ends at 3 of 9 bytes")});
    m_fixture->library->rescan();
    MainWindow window(m_fixture->services());
    window.resize(size);
    window.show();
    if (state != QLatin1String("blend-nomodel")) {
        engine::LoadSpec spec;
        spec.model = "demo";
        m_fixture->session.load(spec);
        engine.finishLoad();
    }
    const auto isCompared = [this] {
        const auto *entry = m_fixture->library->states().find(QStringLiteral("/models/states/eva-1.5b.pth"));
        return entry && entry->state;
    };
    QTRY_VERIFY(isCompared());
    m_fixture->actions[Act::ShowStates].trigger();
    settle();
    arrange(window, state);

    auto *wanted = window.findChild<QWidget *>(shown);
    QVERIFY(wanted && wanted->isVisible());
    QCOMPARE(window.findChild<HeatMap *>(QStringLiteral("states.heat"))->hasValues(),
             state != QLatin1String("files-damaged"));
    for (const Scheme scheme : {Scheme::Light, Scheme::Dark}) {
        applyScheme(scheme);
        const QPixmap picture = window.grab();
        QVERIFY(picture.save(
            QStringLiteral(ROOKERY_BUILD_DIR "/screenshots/states-%1-%2.png")
                .arg(QString::fromLatin1(QTest::currentDataTag()),
                     scheme == Scheme::Dark ? QStringLiteral("dark") : QStringLiteral("light"))));
    }
}

QTEST_MAIN(TestStatesPictures)
#include "tst_states_pictures.moc"
