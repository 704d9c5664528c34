#include "gui/widgets/layer_bar.h"
#include "gui/widgets/layer_editor.h"

#include "engine/engine.h"

#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QMouseEvent>
#include <QSignalSpy>
#include <QTest>

using gui::LayerBar;
using gui::LayerEditor;

class TestLayerEditor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup() { m_editor.reset(); }
    void showsWhatTheTextSays();
    void paintsARange();
    void keysSelectAndPaint();
    void setsRoles();
    void showsSeveralDevices();
    void hasNoLayersForAWrongText();
    void mouseSelects();

private:
    QString edited() const { return m_spy->isEmpty() ? QString() : m_spy->last()[0].toString(); }
    void choose(const char *name, const QString &text)
    {
        auto *box = m_editor->findChild<QComboBox *>(QLatin1String(name));
        QVERIFY(box && box->findText(text) >= 0);
        box->setCurrentIndex(box->findText(text));
        Q_EMIT box->activated(box->currentIndex());
    }
    LayerBar *bar() const { return m_editor->findChild<LayerBar *>(); }

    std::unique_ptr<LayerEditor> m_editor;
    std::unique_ptr<QSignalSpy> m_spy;
};

void TestLayerEditor::init()
{
    m_editor = std::make_unique<LayerEditor>();
    engine::ModelInfo info;
    info.layers = 6;
    info.format = "bf16";
    m_editor->setStrategy(QStringLiteral("cpu"));
    m_editor->setModel(info);
    m_spy = std::make_unique<QSignalSpy>(m_editor.get(), &LayerEditor::strategyEdited);
    connect(m_editor.get(), &LayerEditor::strategyEdited, m_editor.get(),
            &LayerEditor::setStrategy); // as the panel
    m_editor->resize(400, 300);
    m_editor->show();
}

void TestLayerEditor::showsWhatTheTextSays()
{
    QCOMPARE(m_editor->onlyFormat(), QStringLiteral("bf16"));
    m_editor->setStrategy(QStringLiteral("cpu fp32 *2 -> cpu int8 head=fp16"));
    QCOMPARE(m_editor->plan().items.size(), std::size_t(7));
    QVERIFY(m_editor->onlyFormat().isEmpty());
    QCOMPARE(m_editor->findChild<QComboBox *>(QStringLiteral("models.layers.role.0"))->currentText(),
             QStringLiteral("fp16"));
    bar()->select(0, 1);
    QCOMPARE(m_editor->findChild<QComboBox *>(QStringLiteral("models.layers.format"))->currentText(),
             QStringLiteral("fp32"));
    bar()->select(1, 2); // two formats
    QCOMPARE(m_editor->findChild<QComboBox *>(QStringLiteral("models.layers.format"))->currentIndex(), -1);
}

void TestLayerEditor::paintsARange()
{
    bar()->select(2, 3);
    QCOMPARE(m_editor->findChild<QLabel *>(QStringLiteral("models.layers.range"))->text(),
             QStringLiteral("Layers 2 to 3"));
    choose("models.layers.format", QStringLiteral("int8"));
    QCOMPARE(edited(), QStringLiteral("cpu bf16 *2 -> cpu int8 *2 -> cpu bf16"));
    QCOMPARE(bar()->selection(), std::make_pair(2, 3)); // more can be done with it
    choose("models.layers.format", QStringLiteral("bf16"));
    QCOMPARE(edited(), QStringLiteral("cpu bf16"));
}

void TestLayerEditor::keysSelectAndPaint()
{
    QTest::keyClick(bar(), Qt::Key_Home);
    QTest::keyClick(bar(), Qt::Key_Right);
    QTest::keyClick(bar(), Qt::Key_Right, Qt::ShiftModifier);
    QCOMPARE(bar()->selection(), std::make_pair(1, 2));
    QTest::keyClick(bar(), Qt::Key_1);
    const std::string first = engine::listFormats().front();
    QCOMPARE(m_editor->plan().items[1].format, first);
    QCOMPARE(m_editor->plan().items[2].format, first);
    QCOMPARE(m_editor->plan().items[0].format, std::string("bf16"));
    QTest::keyClick(bar(), Qt::Key_End);
    QCOMPARE(bar()->selection(), std::make_pair(6, 6)); // the head
    QTest::keyClick(bar(), Qt::Key_Right);
    QCOMPARE(bar()->selection(), std::make_pair(6, 6));
    QTest::keyClick(bar(), Qt::Key_A, Qt::ControlModifier);
    QCOMPARE(bar()->selection(), std::make_pair(0, 6));
}

void TestLayerEditor::setsRoles()
{
    choose("models.layers.role.3", QStringLiteral("nf4"));
    QCOMPARE(edited(), QStringLiteral("cpu bf16 ffn=nf4"));
    choose("models.layers.role.1", QStringLiteral("fp32"));
    QCOMPARE(edited(), QStringLiteral("cpu bf16 emb=fp32 ffn=nf4"));
    const auto *embedding = m_editor->findChild<QComboBox *>(QStringLiteral("models.layers.role.1"));
    QCOMPARE(embedding->findText(QStringLiteral("int8")), -1); // the engine has none
    choose("models.layers.role.3", QStringLiteral("Automatic"));
    QCOMPARE(edited(), QStringLiteral("cpu bf16 emb=fp32"));
}

void TestLayerEditor::showsSeveralDevices()
{
    auto *device = m_editor->findChild<QComboBox *>(QStringLiteral("models.layers.device"));
    QVERIFY(!device->isVisible());
    m_editor->setStrategy(QStringLiteral("cuda fp16 *2 -> cpu fp32"));
    QVERIFY(device->isVisible());
    bar()->select(2, 2);
    choose("models.layers.device", QStringLiteral("cuda:0"));
    QCOMPARE(edited(), QStringLiteral("cuda:0 fp16 *2 -> cuda:0 fp32 *1 -> cpu fp32"));
}

void TestLayerEditor::hasNoLayersForAWrongText()
{
    m_editor->setStrategy(QStringLiteral("cpu fp99"));
    QVERIFY(!m_editor->isValid());
    QVERIFY(!bar()->isVisible());
    QTest::keyClick(bar(), Qt::Key_1);
    QVERIFY(m_spy->isEmpty()); // what the user writes is not overwritten
    m_editor->setStrategy(QStringLiteral("cpu fp32"));
    QVERIFY(bar()->isVisible());
}

void TestLayerEditor::mouseSelects()
{
    const auto at = [this](int item) { return QPoint(2 + int((item + 0.5) * (bar()->width() - 4) / 7), 15); };
    QTest::mousePress(bar(), Qt::LeftButton, {}, at(1));
    QTest::mouseMove(bar(), at(4));
    QMouseEvent move(QEvent::MouseMove, at(4), bar()->mapToGlobal(at(4)), Qt::NoButton, Qt::LeftButton, {});
    QApplication::sendEvent(bar(), &move);
    QTest::mouseRelease(bar(), Qt::LeftButton, {}, at(4));
    QCOMPARE(bar()->selection(), std::make_pair(1, 4));
}

QTEST_MAIN(TestLayerEditor)
#include "tst_layer_editor.moc"
