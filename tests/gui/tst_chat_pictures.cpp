// Draws the chat page in every state, light and dark, and keeps the pictures in build/screenshots. The tests
// check that each state shows what it must; whether it looks right is for eyes.
#include "gui/actions.h"
#include "gui/engine_bridge.h"
#include "gui/library.h"
#include "gui/model_session.h"
#include "gui/pages/chat_page.h"
#include "gui/settings.h"
#include "gui/theme.h"
#include "gui/widgets/chat_list_view.h"
#include "gui/widgets/composer.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/sampling_panel.h"
#include "gui/widgets/transcript_view.h"
#include "support/fake_engine.h"

#include <QApplication>
#include <QDir>
#include <QLabel>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>
#include <QTranslator>

using namespace gui;
using support::FakeEngine;

namespace
{

const char *const kAnswer = R"(RWKV keeps **one fixed-size state** per conversation. Two states can be mixed:

1. Open the *Mixer* page.
2. Drop both states onto the strips.
3. Move the faders; the very next token follows.

> The order of the strips is the order of the requests.

| State | Gate | KL |
|:------|-----:|---:|
| Bancho | 0.60 | 0.42 |
| Base | 0.40 | 0.00 |

Or from a program, see [the handbook](https://example.org/handbook):

```python
def mix(states, gates):
    """Blend the logits of several states."""
    total = sum(gates)  # never zero
    return [g / total * s.logits() for g, s in zip(gates, states)]
```

- [x] works on a CPU
- [ ] `int8` states
)";

const char *const kChinese =
    "我是 Rookery 的演示模型。我住在这个窗口里，会聊鸟，也会做简单的加法。\n\n"
    "- 渡鸦（RWKV-4）\n- 鹰（RWKV-5）\n- 雀（RWKV-6）\n- 鹅（RWKV-7）\n\n试试问我：`3 + 4 = ?`";

engine::LoadSpec sampleLoad()
{
    engine::LoadSpec spec;
    spec.model = "/models/rwkv7-g1-1.5b.pth";
    return spec;
}

} // namespace

class TestChatPictures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void draws_data();
    void draws();

private:
    void prepare(const QString &state);
    void ask(const QString &text);
    void answer(const QString &text, bool ends = true);
    void think();
    void settle();

    std::unique_ptr<EngineBridge> m_bridge;
    QTemporaryDir m_folder;
    std::unique_ptr<gui::Settings> m_settings;
    std::unique_ptr<gui::ModelSession> m_session;
    std::unique_ptr<gui::Library> m_library;
    std::unique_ptr<Actions> m_actions;
    std::unique_ptr<ChatPage> m_page;
    FakeEngine *m_engine = nullptr;
};

void TestChatPictures::initTestCase()
{
    QVERIFY(QDir().mkpath(QStringLiteral(ROOKERY_BUILD_DIR "/screenshots")));
}

void TestChatPictures::draws_data()
{
    QTest::addColumn<QString>("state");
    QTest::addColumn<QSize>("size");
    const QSize wide(1280, 800);
    const QSize narrow(860, 560);
    const QStringList states{
        QStringLiteral("no-model"),      QStringLiteral("empty"),     QStringLiteral("waiting"),
        QStringLiteral("loading"),       QStringLiteral("reading"),   QStringLiteral("thinking"),
        QStringLiteral("generating"),    QStringLiteral("finished"),  QStringLiteral("thought"),
        QStringLiteral("stopped"),       QStringLiteral("failed"),    QStringLiteral("branches"),
        QStringLiteral("editing"),       QStringLiteral("selection"), QStringLiteral("scrolled"),
        QStringLiteral("deleted"),       QStringLiteral("chinese"),   QStringLiteral("state"),
        QStringLiteral("state-missing"), QStringLiteral("queued")};
    for (const QString &state : states)
        QTest::newRow(qPrintable(state)) << state << wide;
    QTest::newRow("finished-narrow") << "finished" << narrow;
    QTest::newRow("empty-narrow") << "empty" << narrow;
}

void TestChatPictures::settle()
{
    QTest::qWait(20); // a frame of the bridge
}

void TestChatPictures::ask(const QString &text) { m_page->controller().send(text); }

void TestChatPictures::answer(const QString &text, bool ends)
{
    const engine::JobId job = m_engine->last("generate");
    m_engine->start(job, 48, 12);
    m_engine->stream(job, text.toStdString());
    if (ends) m_engine->finish(job);
    settle();
}

void TestChatPictures::think()
{
    const engine::JobId job = m_engine->last("generate");
    m_engine->start(job, 48, 12);
    m_engine->stream(
        job, "The user wants to mix two states.\nI should name the page and the steps, then show code.",
        true);
}

void TestChatPictures::prepare(const QString &state)
{
    ChatController &chats = m_page->controller();
    auto *composer = m_page->findChild<Composer *>();
    if (state == QLatin1String("no-model")) return;
    if (state == QLatin1String("waiting") || state == QLatin1String("loading")) {
        ask(QStringLiteral("How do I mix two states?"));
        if (state == QLatin1String("loading")) {
            m_engine->load(sampleLoad());
            m_engine->loadProgress(engine::LoadPhase::ReadingWeights, 1313, 3055);
            settle();
        }
        return;
    }
    m_engine->models = {support::sampleModel()};
    m_engine->load(sampleLoad());
    m_engine->finishLoad();
    settle();
    if (state == QLatin1String("empty")) return;
    if (state == QLatin1String("state-missing")) {
        m_engine->failures.insert(
            {"openState", engine::Error(engine::ErrorCode::FileNotFound, "/pack/pirate.pth: no such file")});
        chats.chooseState(QStringLiteral("/pack/pirate.pth"));
        ask(QStringLiteral("Who are you?"));
        return;
    }
    if (state == QLatin1String("state")) {
        m_engine->holdAnswers = true;
        chats.openState(QStringLiteral("kernel-notes.rwkvstate"));
        m_engine->send(engine::event::StateOpened{
            m_engine->last("openState"), 7, 1204,
            "User: What is a kernel?\n\nAssistant: A function that runs on the device.", "Kernel notes"});
        settle();
        ask(QStringLiteral("And what is a stage?"));
        answer(QStringLiteral("A stage is one call of the device, such as `wkv7`."));
        return;
    }
    if (state == QLatin1String("chinese")) {
        ask(QString::fromUtf8("你好！你是谁？你认识哪些鸟？"));
        answer(QString::fromUtf8(kChinese));
        return;
    }
    ask(QStringLiteral("Which birds do you know?"));
    answer(QStringLiteral("Ravens, eagles, finches and geese: every RWKV generation has its bird."));
    chats.newChat();
    ask(QStringLiteral("How do I mix two states?\nAnd can I do it from a program?"));
    if (state == QLatin1String("reading")) {
        m_engine->send(engine::event::PromptProgress{m_engine->last("generate"), 512, 2048});
    } else if (state == QLatin1String("thinking")) {
        think();
    } else if (state == QLatin1String("thought")) {
        think();
        m_engine->stream(m_engine->last("generate"), "On the Mixer page.");
        m_engine->finish(m_engine->last("generate"));
        settle();
        m_page->transcript().toggleThinking();
    } else if (state == QLatin1String("generating")) {
        answer(QString::fromUtf8(kAnswer).left(420), false);
    } else if (state == QLatin1String("queued")) {
        answer(QString::fromUtf8(kAnswer).left(200), false);
        chats.send(QStringLiteral("And how do I save the mix?"));
    } else if (state == QLatin1String("stopped")) {
        answer(QString::fromUtf8(kAnswer).left(230), false);
        chats.stop();
    } else if (state == QLatin1String("failed")) {
        m_engine->fail(m_engine->last("generate"), engine::ErrorCode::OutOfMemory,
                       "a slot needs 86 MB, 12 MB are free");
    } else {
        answer(QString::fromUtf8(kAnswer));
    }
    settle();
    if (state == QLatin1String("finished")) {
        m_page->transcript().setFocus();
        m_page->transcript().setCurrentRow(1);
        composer->setText(QStringLiteral("Thanks!"));
        settle();
    } else if (state == QLatin1String("branches")) {
        chats.regenerate(1);
        answer(QStringLiteral("On the Mixer page: drop two states, then move the faders."));
        m_page->transcript().setFocus();
        m_page->transcript().setCurrentRow(1);
    } else if (state == QLatin1String("editing")) {
        m_page->transcript().editRow(0);
    } else if (state == QLatin1String("selection")) {
        m_page->transcript().selectAll();
    } else if (state == QLatin1String("scrolled")) {
        ask(QStringLiteral("Tell me more."));
        QTest::keyClick(&m_page->transcript(), Qt::Key_Home);
        answer(QString::fromUtf8(kAnswer), false);
    } else if (state == QLatin1String("deleted")) {
        chats.trashChat(chats.chats().idAt(1));
    }
    settle();
}

void TestChatPictures::draws()
{
    QFETCH(QString, state);
    QFETCH(QSize, size);
    applyScheme(Scheme::Light);
    QFont font = QApplication::font();
    font.setPixelSize(13);
    QApplication::setFont(font);

    m_bridge = std::make_unique<EngineBridge>();
    auto fake = std::make_unique<FakeEngine>(m_bridge->sink());
    m_engine = fake.get();
    m_bridge->setEngine(std::move(fake));
    m_actions = std::make_unique<Actions>();
    m_settings = std::make_unique<gui::Settings>(m_folder.filePath(QStringLiteral("config")),
                                                 m_folder.filePath(QStringLiteral("state")));
    m_session = std::make_unique<gui::ModelSession>(*m_bridge);
    m_library = std::make_unique<gui::Library>(*m_bridge, *m_session, *m_settings);
    m_page = std::make_unique<ChatPage>(*m_bridge, *m_actions, *m_library);
    m_page->resize(size);
    m_page->show();
    if (state == QLatin1String("finished") && size.width() > 1000)
        (*m_actions)[Act::ToggleSampling].trigger();
    prepare(state);
    QTest::qWait(TranscriptView::kFrameMs + 10); // growing text is shown a frame later

    for (const Scheme scheme : {Scheme::Light, Scheme::Dark}) {
        applyScheme(scheme);
        const QPixmap picture = m_page->grab();
        QCOMPARE(picture.size() / picture.devicePixelRatio(), size);
        const QColor corner = picture.toImage().pixelColor(picture.width() - 3, picture.height() - 3);
        QCOMPARE(corner.lightness() < 128, scheme == Scheme::Dark); // everything follows the scheme at once
        const QString name =
            QStringLiteral(ROOKERY_BUILD_DIR "/screenshots/chat-%1-%2.png")
                .arg(QString::fromLatin1(QTest::currentDataTag()),
                     scheme == Scheme::Dark ? QStringLiteral("dark") : QStringLiteral("light"));
        QVERIFY(picture.save(name));
    }
    m_page.reset();
    m_actions.reset();
    m_library.reset();
    m_session.reset();
    m_bridge.reset();
}

QTEST_MAIN(TestChatPictures)
#include "tst_chat_pictures.moc"
