// The panel that says how answers are made, on its page.
#include "chat_page_world.h"
#include "gui/widgets/chat_list_view.h"
#include "gui/widgets/sampling_panel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLineEdit>
#include <QLocale>
#include <QSpinBox>
#include <QToolButton>

using namespace gui;

class TestSamplingPanel : public QObject, private ChatPageWorld
{
    Q_OBJECT

private Q_SLOTS:
    void init() { begin(); }
    void cleanup() { end(); }
    void samplingChangesTheNextRequest();
    void decimalsCanBeTyped();
    void samplingFitsANarrowWindow();
    void presetsSaveChooseAndDelete();
    void rowsCanBeReset();
};

void TestSamplingPanel::samplingChangesTheNextRequest()
{
    loadModel();
    (*m_actions)[Act::ToggleSampling].trigger();
    child<QDoubleSpinBox>("chat.sampling.temperature")->setValue(0.35);
    child<QPlainTextEdit>("chat.sampling.system")->setPlainText(QStringLiteral("Be brief."));
    type(QStringLiteral("hello"));
    QCOMPARE(m_engine->requests.back().sampling.temperature, 0.35F);
    QCOMPARE(m_engine->requests.back().messages.front().text, std::string("Be brief."));
    auto *preset = child<QComboBox>("chat.sampling.preset");
    preset->setCurrentIndex(1);
    Q_EMIT preset->activated(1);
    QCOMPARE(chats().settings().sampling.temperature, 0.0F);
    QCOMPARE(chats().settings().systemPrompt, QStringLiteral("Be brief.")); // not a matter of the preset
}

void TestSamplingPanel::decimalsCanBeTyped()
{
    (*m_actions)[Act::ToggleSampling].trigger();
    auto *temperature = child<QDoubleSpinBox>("chat.sampling.temperature");
    temperature->setFocus();
    temperature->selectAll();
    QTest::keyClicks(temperature, QLocale().toString(0.35));
    QTest::keyClick(temperature, Qt::Key_Return);
    QCOMPARE(temperature->value(), 0.35);
    QCOMPARE(chats().settings().sampling.temperature, 0.35F);
    auto *most = child<QSpinBox>("chat.sampling.maxTokens");
    most->setFocus();
    most->selectAll();
    QTest::keyClicks(most, QStringLiteral("2500"));
    temperature->setFocus(); // leaving the field is enough
    QCOMPARE(chats().settings().maxTokens, 2500);
}

void TestSamplingPanel::samplingFitsANarrowWindow()
{
    QAction &list = (*m_actions)[Act::ToggleChatList];
    QAction &sampling = (*m_actions)[Act::ToggleSampling];
    m_page->resize(770, 480); // what the smallest window leaves
    QVERIFY(list.isChecked());
    sampling.trigger();
    QVERIFY(!list.isChecked());
    QVERIFY(m_page->findChild<ChatListView *>()->isHidden());
    QApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
    auto *panel = m_page->findChild<SamplingPanel *>();
    for (const char *name : {"chat.sampling.save", "chat.sampling.delete", "chat.sampling.temperature"}) {
        auto *widget = child<QWidget>(name);
        QVERIFY(widget && widget->isVisible());
        const int right = widget->mapTo(panel, QPoint(widget->width(), 0)).x();
        QVERIFY2(right <= panel->width(), name);
        QVERIFY2(panel->mapTo(m_page, QPoint(right, 0)).x() <= m_page->width(), name);
    }
    list.trigger(); // asked for: then the panel makes room
    QVERIFY(!sampling.isChecked());
    sampling.trigger();
    m_page->resize(1200, 800);
    QVERIFY(list.isChecked() && sampling.isChecked());
}

void TestSamplingPanel::presetsSaveChooseAndDelete()
{
    (*m_actions)[Act::ToggleSampling].trigger();
    auto *preset = child<QComboBox>("chat.sampling.preset");
    auto *name = child<QLineEdit>("chat.sampling.name");
    const QString balanced = preset->currentText();
    QTest::mouseClick(child<QToolButton>("chat.sampling.save"), Qt::LeftButton);
    QTest::keyClicks(name, QStringLiteral("Mine"));
    QTest::keyClick(name, Qt::Key_Return);
    QCOMPARE(preset->currentText(), QStringLiteral("Mine")); // the same values as Balanced, and unchanged
    child<QDoubleSpinBox>("chat.sampling.temperature")->setValue(2.5);
    QVERIFY(preset->currentText().startsWith(QLatin1String("Mine ")));
    QTest::mouseClick(child<QToolButton>("chat.sampling.delete"), Qt::LeftButton);
    QCOMPARE(preset->findText(QStringLiteral("Mine")), -1);
    QCOMPARE(preset->currentIndex(), -1); // nobody's values
    QCOMPARE(chats().settings().sampling.temperature, 2.5F);

    child<QSpinBox>("chat.sampling.maxTokens")->setValue(77);
    child<QCheckBox>("chat.sampling.seedFixed")->setChecked(true);
    const quint64 seed = chats().settings().sampling.seed;
    Q_EMIT preset->activated(preset->findText(balanced));
    QCOMPARE(preset->currentText(), balanced);
    QCOMPARE(chats().settings().sampling.temperature, 1.0F);
    QCOMPARE(chats().settings().maxTokens, 77); // not a matter of the preset
    QVERIFY(chats().settings().sampling.hasSeed);
    QCOMPARE(quint64(chats().settings().sampling.seed), seed);
}

void TestSamplingPanel::rowsCanBeReset()
{
    (*m_actions)[Act::ToggleSampling].trigger();
    auto *panel = m_page->findChild<SamplingPanel *>();
    auto *topP = child<QDoubleSpinBox>("chat.sampling.topP");
    const double before = topP->value();
    topP->setValue(before + 0.3);
    QToolButton *reset = nullptr;
    const auto buttons = panel->findChildren<QToolButton *>();
    for (QToolButton *button : buttons) {
        if (button->isVisible() && button->accessibleName().contains(topP->accessibleName())) reset = button;
    }
    QVERIFY(reset);
    QTest::mouseClick(reset, Qt::LeftButton);
    QCOMPARE(topP->value(), before);
    QVERIFY(!reset->isVisible());
}

QTEST_MAIN(TestSamplingPanel)
#include "tst_sampling_panel.moc"
