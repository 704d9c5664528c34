#include "gui/engine_bridge.h"
#include "gui/widgets/convert_dialog.h"
#include "gui/widgets/message_bar.h"
#include "support/fake_engine.h"

#include <QComboBox>
#include <QLineEdit>
#include <QPointer>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

using gui::ConvertDialog;

class TestConvertDialog : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void proposesAFileBesideTheModel();
    void offersBlocksOnlyForGguf();
    void convertsWithProgress();
    void cancels();
    void saysWhyItFailed();
    void closingEndsWhatRuns();

private:
    template <typename T>
    T *find(const char *name) const
    {
        return m_dialog->findChild<T *>(QLatin1String(name));
    }
    QPushButton *start() const { return find<QPushButton>("convert.start"); }
    QPushButton *close() const { return find<QPushButton>("convert.close"); }
    gui::MessageBar *bar() const { return m_dialog->findChild<gui::MessageBar *>(); }

    std::unique_ptr<gui::EngineBridge> m_bridge;
    support::FakeEngine *m_engine = nullptr;
    QPointer<ConvertDialog> m_dialog;
};

void TestConvertDialog::init()
{
    m_bridge = std::make_unique<gui::EngineBridge>();
    auto fake = std::make_unique<support::FakeEngine>(m_bridge->sink());
    m_engine = fake.get();
    m_engine->holdAnswers = true;
    m_bridge->setEngine(std::move(fake));
    m_dialog = new ConvertDialog(*m_bridge, support::sampleModel("/models/raven.pth"));
    m_dialog->show();
}

void TestConvertDialog::cleanup()
{
    delete m_dialog;
    m_bridge.reset();
}

void TestConvertDialog::proposesAFileBesideTheModel()
{
    auto *path = find<QLineEdit>("convert.path");
    QCOMPARE(path->text(), QStringLiteral("/models/raven.safetensors"));
    find<QComboBox>("convert.format")->setCurrentIndex(1);
    QCOMPARE(path->text(), QStringLiteral("/models/raven-converted.pth")); // not the model itself
    find<QComboBox>("convert.type")->setCurrentText(QStringLiteral("fp16"));
    QCOMPARE(path->text(), QStringLiteral("/models/raven-fp16.pth"));
}

void TestConvertDialog::offersBlocksOnlyForGguf()
{
    auto *type = find<QComboBox>("convert.type");
    QCOMPARE(type->findText(QStringLiteral("q8_0")), -1);
    find<QComboBox>("convert.format")->setCurrentIndex(2);
    QVERIFY(type->findText(QStringLiteral("q8_0")) > 0);
    QVERIFY(type->findText(QStringLiteral("q4_0")) > 0);
}

void TestConvertDialog::convertsWithProgress()
{
    QSignalSpy converted(m_dialog.data(), &ConvertDialog::converted);
    find<QComboBox>("convert.format")->setCurrentIndex(2);
    find<QComboBox>("convert.type")->setCurrentText(QStringLiteral("q8_0"));
    start()->click();
    QCOMPARE(m_engine->conversions.size(), std::size_t(1));
    QCOMPARE(m_engine->conversions[0].input, std::string("/models/raven.pth"));
    QCOMPARE(m_engine->conversions[0].output, std::string("/models/raven-q8_0.gguf"));
    QCOMPARE(m_engine->conversions[0].type, std::string("q8_0"));
    QVERIFY(!m_engine->conversions[0].overwrite); // nobody was asked
    QVERIFY(!start()->isEnabled());
    const engine::JobId job = m_engine->last("convert");
    m_engine->send(engine::event::ConvertProgress{job, 300, 1000});
    auto *progress = find<QProgressBar>("convert.progress");
    QTRY_COMPARE(progress->value(), 300);
    QVERIFY(progress->isVisible());
    m_engine->send(engine::event::ConvertDone{job, "/models/raven-q8_0.gguf", 1000, 12});
    QTRY_COMPARE(converted.size(), 1);
    QVERIFY(bar()->isVisible());
    QVERIFY(bar()->accessibleDescription().contains(QLatin1String("raven-q8_0.gguf")));
    QVERIFY(start()->isEnabled());
}

void TestConvertDialog::cancels()
{
    start()->click();
    QCOMPARE(close()->text(), QStringLiteral("Cancel"));
    close()->click();
    QCOMPARE(m_engine->cancelled, std::vector<engine::JobId>{m_engine->last("convert")});
    QTRY_COMPARE(close()->text(), QStringLiteral("Close"));
    QVERIFY(m_dialog);
    QVERIFY(m_dialog->isVisible());
}

void TestConvertDialog::saysWhyItFailed()
{
    start()->click();
    m_engine->fail(m_engine->last("convert"), engine::ErrorCode::CannotWrite,
                   "/models/raven.safetensors exists");
    QTRY_VERIFY(bar()->isVisible());
    QCOMPARE(bar()->accessibleDescription(), QStringLiteral("/models/raven.safetensors exists"));
    QVERIFY(start()->isEnabled()); // with another name
}

void TestConvertDialog::closingEndsWhatRuns()
{
    start()->click();
    m_dialog->reject();
    QCOMPARE(m_engine->cancelled.size(), std::size_t(1));
}

QTEST_MAIN(TestConvertDialog)
#include "tst_convert_dialog.moc"
