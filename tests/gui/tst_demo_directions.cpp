// What the demonstration model tells people to open, choose and press is there.

#include "gui/actions.h"

#include <QFile>
#include <QRegularExpression>
#include <QTest>
#include <QTranslator>

#include <algorithm>

class TestDemoDirections : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void lead_data();
    void lead();
};

/// The expressions capture a page's title, a menu's title, and an entry with its shortcut.
void TestDemoDirections::lead_data()
{
    QTest::addColumn<QString>("translation"); // empty: none is needed
    QTest::addColumn<QString>("page");
    QTest::addColumn<QString>("menu");
    QTest::addColumn<QString>("entry");
    QTest::newRow("en") << ""
                        << "the (\\w+) page"
                        << "the (\\w+) menu"
                        << "choose ([A-Z][\\w ]+) \\(([\\w+]+)\\)";
    QTest::newRow("zh") << "zh_CN"
                        << "打开(?:左栏的)?([^，。（]+)页"
                        << "打开([^，。]+)菜单"
                        << "菜单，选“([^”]+)”（([\\w+]+)）";
    QTest::newRow("ja") << "ja"
                        << "([^、。]+)のページを"
                        << "([^、。]+)メニュー"
                        << "メニューの「([^」]+)」（([\\w+]+)）";
}

void TestDemoDirections::lead()
{
    QFETCH(QString, translation);
    QFETCH(QString, page);
    QFETCH(QString, menu);
    QFETCH(QString, entry);
    QFile file(
        QStringLiteral(ROOKERY_SOURCE_DIR "/resources/demo/topics.%1.txt").arg(QTest::currentDataTag()));
    QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(file.fileName()));
    QTranslator translator;
    if (!translation.isEmpty()) {
        QVERIFY(translator.load(QStringLiteral(":/i18n/rookery_%1.qm").arg(translation)));
        QCoreApplication::installTranslator(&translator);
    }
    const gui::Actions actions;
    QStringList menus;
    for (const gui::Menu each : gui::kMenus)
        menus.append(gui::Actions::menuTitle(each));
    QCoreApplication::removeTranslator(&translator);

    const QList<QAction *> all = actions.all();
    const auto isThere = [&](const QString &text, const QString &shortcut) {
        return std::any_of(all.begin(), all.end(), [&](const QAction *action) {
            const QString keys = action->shortcut().toString(QKeySequence::PortableText);
            return (text.isEmpty() || gui::Actions::plainText(*action) == text) &&
                   (shortcut.isEmpty() || keys == shortcut);
        });
    };
    int found = 0;
    const auto forEach = [&](const QString &line, const QString &pattern, const auto &check) {
        auto matches = QRegularExpression(pattern).globalMatch(line);
        while (matches.hasNext()) {
            ++found;
            const QRegularExpressionMatch match = matches.next();
            QVERIFY2(check(match.captured(1), match.captured(2)),
                     qPrintable(QStringLiteral("%1: %2").arg(line, match.captured())));
        }
    };
    for (QString line : QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'))) {
        if (!line.startsWith(QLatin1String("= "))) continue; // answers
        line.remove(0, 2);
        forEach(line, page, [&](const QString &title, const QString &) { return isThere(title, {}); });
        forEach(line, menu, [&](const QString &title, const QString &) { return menus.contains(title); });
        forEach(line, entry, isThere);
        forEach(line, QStringLiteral("((?:(?:Ctrl|Alt|Shift)\\+)+\\w+|F\\d+)"),
                [&](const QString &keys, const QString &) { return isThere({}, keys); });
    }
    QVERIFY2(found >= 10, "the expressions do not fit the answers any more");
}

QTEST_MAIN(TestDemoDirections)
#include "tst_demo_directions.moc"
