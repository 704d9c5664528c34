#pragma once

#include "gui/chat_controller.h"
#include "gui/engine_bridge.h"
#include "support/fake_engine.h"

#include <QTest>

#include <memory>

/// The chats without a widget, over an engine whose every event the test decides.
struct ChatWorld {
    void begin()
    {
        m_bridge = std::make_unique<gui::EngineBridge>();
        auto fake = std::make_unique<support::FakeEngine>(m_bridge->sink());
        m_engine = fake.get();
        m_bridge->setEngine(std::move(fake));
        m_chats = std::make_unique<gui::ChatController>(*m_bridge);
    }

    void end()
    {
        m_chats.reset();
        m_bridge.reset();
    }

    void loadModel()
    {
        m_engine->load({});
        m_engine->finishLoad();
        QVERIFY(QTest::qWaitFor([&] { return m_chats->hasModel(); }));
    }

    /// Answers the request that was made last.
    void complete(const char *text)
    {
        const engine::JobId running = job();
        m_engine->start(running);
        m_engine->stream(running, text);
        m_engine->finish(running);
        QVERIFY(QTest::qWaitFor([&] { return !m_chats->isGenerating(); }));
    }

    engine::JobId job() const { return m_engine->last("generate"); }
    const gui::Message &last() const
    {
        return m_chats->transcript()->at(m_chats->transcript()->rowCount() - 1);
    }

    /// Of the path that is shown.
    QStringList texts() const
    {
        QStringList result;
        for (int row = 0; row < m_chats->transcript()->rowCount(); ++row)
            result += m_chats->transcript()->at(row).text;
        return result;
    }

    std::unique_ptr<gui::EngineBridge> m_bridge;
    std::unique_ptr<gui::ChatController> m_chats;
    support::FakeEngine *m_engine = nullptr;
};
