#pragma once

#include "gui/actions.h"
#include "gui/engine_bridge.h"
#include "gui/library.h"
#include "gui/model_session.h"
#include "gui/pages/chat_page.h"
#include "gui/settings.h"
#include "support/fake_engine.h"

#include <QPlainTextEdit>
#include <QTemporaryDir>
#include <QTest>
#include <QWidget>

#include <functional>
#include <memory>

/// The chat page in a window of its own, over an engine whose every event the test decides.
struct ChatPageWorld {
    void begin()
    {
        m_bridge = std::make_unique<gui::EngineBridge>();
        auto fake = std::make_unique<support::FakeEngine>(m_bridge->sink());
        m_engine = fake.get();
        m_bridge->setEngine(std::move(fake));
        m_actions = std::make_unique<gui::Actions>();
        m_window = std::make_unique<QWidget>();
        m_window->addActions(m_actions->all()); // as the menus do
        m_settings = std::make_unique<gui::Settings>(m_folder.filePath(QStringLiteral("config")),
                                                     m_folder.filePath(QStringLiteral("state")));
        m_session = std::make_unique<gui::ModelSession>(*m_bridge);
        m_library = std::make_unique<gui::Library>(*m_bridge, *m_session, *m_settings);
        m_page = new gui::ChatPage(*m_bridge, *m_actions, *m_library, m_window.get());
        m_window->resize(1200, 800);
        m_page->resize(1200, 800);
        m_window->show();
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    }

    void end()
    {
        m_window.reset();
        m_library.reset();
        m_session.reset();
        m_actions.reset();
        m_bridge.reset();
    }

    void loadModel()
    {
        m_engine->load({});
        m_engine->finishLoad();
        QVERIFY(waitFor([this] { return chats().hasModel(); }));
    }

    /// Writes a message and sends it.
    void type(const QString &text)
    {
        auto *edit = child<QPlainTextEdit>("chat.composer.text");
        QTest::keyClicks(edit, text);
        QTest::keyClick(edit, Qt::Key_Return);
    }

    bool waitFor(const std::function<bool()> &condition) { return QTest::qWaitFor(condition); }
    template <typename T>
    T *child(const char *name) const
    {
        return m_page->findChild<T *>(QString::fromLatin1(name));
    }
    engine::JobId job() const { return m_engine->last("generate"); }
    gui::ChatController &chats() { return m_page->controller(); }
    gui::TranscriptModel &model() { return *m_page->controller().transcript(); }

    QTemporaryDir m_folder;
    std::unique_ptr<gui::EngineBridge> m_bridge;
    std::unique_ptr<gui::Actions> m_actions;
    std::unique_ptr<gui::Settings> m_settings;
    std::unique_ptr<gui::ModelSession> m_session;
    std::unique_ptr<gui::Library> m_library;
    std::unique_ptr<QWidget> m_window;
    gui::ChatPage *m_page = nullptr;
    support::FakeEngine *m_engine = nullptr;
};
