// The field of norms: what it says of each cell, by mouse, by keys and in colours.
#include "gui/theme.h"
#include "gui/widgets/heat_map.h"

#include <QApplication>
#include <QHelpEvent>
#include <QTest>
#include <QToolTip>

using gui::HeatMap;

class TestHeatMap : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesEachCell();
    void refusesTooFewValues();
    void followsTheKeys();
    void tellsTheCellUnderTheMouse();
    void showsWhyItIsEmpty();
    void coloursRiseEvenly_data();
    void coloursRiseEvenly();
    void drawsTheGreatestDarkest();
};

namespace
{

/// Contrast-relevant lightness, ITU-R BT.709 luma.
double luma(const QColor &c) { return 0.2126 * c.redF() + 0.7152 * c.greenF() + 0.0722 * c.blueF(); }

} // namespace

void TestHeatMap::namesEachCell()
{
    HeatMap map;
    map.setValues(2, 3, {0, 1, 2, 3, 4, 1.234});
    QCOMPARE(map.textOf(1, 2), QStringLiteral("Layer 1, head 2: 1.23"));
    QCOMPARE(map.textOf(0, 1), QStringLiteral("Layer 0, head 1: 1"));
    QCOMPARE(map.textOf(2, 0), QString());
    QVERIFY(map.accessibleDescription().contains(QLatin1String("Most in: Layer 1, head 1: 4")));
}

void TestHeatMap::refusesTooFewValues()
{
    HeatMap map;
    map.setValues(2, 3, {1, 2});
    QVERIFY(!map.hasValues());
    map.setValues(0, 0, {});
    QVERIFY(!map.hasValues());
}

void TestHeatMap::followsTheKeys()
{
    HeatMap map;
    map.setValues(2, 3, {0, 1, 2, 3, 4, 5});
    map.show();
    QTest::keyClick(&map, Qt::Key_Right);
    QTest::keyClick(&map, Qt::Key_Down);
    QVERIFY(map.accessibleDescription().startsWith(QLatin1String("Layer 1, head 1: 4.")));
    QTest::keyClick(&map, Qt::Key_Right); // there is no further one
    QTest::keyClick(&map, Qt::Key_Home);
    QTest::keyClick(&map, Qt::Key_Down);
    QVERIFY(map.accessibleDescription().startsWith(QLatin1String("Layer 0, head 2: 2.")));
}

void TestHeatMap::tellsTheCellUnderTheMouse()
{
    HeatMap map;
    map.setValues(1, 1, {2.5});
    map.resize(300, map.sizeHint().height());
    map.show();
    const QPoint inside(45, 12);
    QHelpEvent help(QEvent::ToolTip, inside, map.mapToGlobal(inside));
    QCoreApplication::sendEvent(&map, &help);
    QCOMPARE(QToolTip::text(), QStringLiteral("Layer 0, head 0: 2.5"));
}

void TestHeatMap::showsWhyItIsEmpty()
{
    HeatMap map;
    map.setValues(1, 1, {2.5});
    map.setNotice(QStringLiteral("eva.pth: it ends at 3 of 9 bytes"));
    QVERIFY(!map.hasValues());
    QCOMPARE(map.accessibleDescription(), QStringLiteral("eva.pth: it ends at 3 of 9 bytes"));
}

void TestHeatMap::coloursRiseEvenly_data()
{
    QTest::addColumn<bool>("dark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
}

/// Lightness alone tells more from less, so that no eye needs the hue.
void TestHeatMap::coloursRiseEvenly()
{
    QFETCH(bool, dark);
    gui::applyScheme(dark ? gui::Scheme::Dark : gui::Scheme::Light);
    double before = luma(HeatMap::colorAt(0));
    const double first = before;
    for (int step = 1; step <= 10; ++step) {
        const double now = luma(HeatMap::colorAt(step / 10.0));
        QVERIFY2(dark ? now > before + 0.01 : now < before - 0.01, qPrintable(QString::number(step)));
        before = now;
    }
    QVERIFY(std::abs(before - first) > 0.5);
}

void TestHeatMap::drawsTheGreatestDarkest()
{
    gui::applyScheme(gui::Scheme::Light);
    HeatMap map;
    map.setValues(2, 1, {0.5, 5});
    map.resize(300, map.sizeHint().height());
    const QImage image = map.grab().toImage();
    const QColor left = image.pixelColor(44, 14), right = image.pixelColor(100, 14);
    QVERIFY2(luma(right) + 0.3 < luma(left), qPrintable(left.name() + right.name()));
}

QTEST_MAIN(TestHeatMap)
#include "tst_heat_map.moc"
