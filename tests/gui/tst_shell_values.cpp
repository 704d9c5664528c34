// Settings, metrics, units, error texts, actions: the small things that all pages rest on.
#include "gui/actions.h"
#include "gui/error_text.h"
#include "gui/metrics.h"
#include "gui/settings.h"
#include "gui/units.h"
#include "gui/widgets/memory_bar.h"

#include <QFile>
#include <QLocale>
#include <QSet>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using engine::ErrorCode;
using gui::Setting;

class TestShellValues : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QStringLiteral("en_US"))); }
    void explainsEveryError_data();
    void explainsEveryError();
    void writesBytes_data();
    void writesBytes();
    void writesFigures();
    void remembersSettings();
    void survivesADamagedSettingsFile();
    void keepsNumbersInTheirRange();
    void givesEveryActionTextAndToolTip();
    void givesNoShortcutTwice();
    void leavesInputMethodKeysAlone();
    void saysWhyAnActionIsUnavailable();
    void computesRatesOverASecond();
    void forgetsSamplesAfterTenMinutes();
    void splitsAForecastIntoTheWholeDevice();
};

void TestShellValues::explainsEveryError_data()
{
    QTest::addColumn<int>("code");
    for (int code = int(ErrorCode::FileNotFound); code <= int(ErrorCode::Internal); ++code)
        QTest::addRow("code %d", code) << code;
}

void TestShellValues::explainsEveryError()
{
    QFETCH(int, code);
    const gui::ErrorText text =
        gui::errorText(engine::Error(ErrorCode(code), "blocks.3: expected 2, found 1"));
    QVERIFY(text.sentence.endsWith(QLatin1Char('.')));
    QVERIFY(!text.advice.isEmpty());
    QCOMPARE(text.detail, QStringLiteral("blocks.3: expected 2, found 1"));
    if (text.remedy != gui::Remedy::None) QVERIFY(!gui::remedyText(text.remedy).isEmpty());
}

void TestShellValues::writesBytes_data()
{
    QTest::addColumn<qulonglong>("bytes");
    QTest::addColumn<QString>("text");
    QTest::newRow("none") << 0ULL << QStringLiteral("0\u00a0B");
    QTest::newRow("bytes") << 999ULL << QStringLiteral("999\u00a0B");
    QTest::newRow("kilobytes") << 297'984ULL << QStringLiteral("298\u00a0kB");
    QTest::newRow("never 1000 kB") << 999'999ULL << QStringLiteral("1.00\u00a0MB");
    QTest::newRow("megabytes") << 7'000'000ULL << QStringLiteral("7.00\u00a0MB");
    QTest::newRow("gigabytes") << 3055062528ULL << QStringLiteral("3.06\u00a0GB");
    QTest::newRow("tens") << 28'049'000'000ULL << QStringLiteral("28.0\u00a0GB");
}

void TestShellValues::writesBytes()
{
    QFETCH(qulonglong, bytes);
    QFETCH(QString, text);
    QCOMPARE(gui::bytesText(bytes), text);
}

void TestShellValues::writesFigures()
{
    const QLocale before;
    QLocale::setDefault(QLocale::English);
    QCOMPARE(gui::figureText(0), QStringLiteral("0"));
    QCOMPARE(gui::figureText(1.2345), QStringLiteral("1.23"));
    QCOMPARE(gui::figureText(999.4), QStringLiteral("999"));
    QCOMPARE(gui::figureText(999.6), QStringLiteral("1,000"));
    QCOMPARE(gui::figureText(-4968.2), QStringLiteral("-4,968"));
    QCOMPARE(gui::figureText(0.000012), QStringLiteral("1.20E-05"));
    QLocale::setDefault(before);
}

void TestShellValues::remembersSettings()
{
    const QTemporaryDir dir;
    {
        gui::Settings settings(dir.path(), dir.path());
        QSignalSpy changed(&settings, &gui::Settings::changed);
        settings.setValue(Setting::ColorScheme, QStringLiteral("dark"));
        settings.setValue(Setting::ColorScheme, QStringLiteral("dark"));
        QCOMPARE(changed.count(), 1);
        settings.setValue(Setting::ModelFolders, QStringList{QStringLiteral("/a"), QStringLiteral("/b c")});
        QVERIFY(!settings.isDefault(Setting::ColorScheme));
    }
    gui::Settings again(dir.path(), dir.path());
    QCOMPARE(again.text(Setting::ColorScheme), QStringLiteral("dark"));
    QCOMPARE(again.list(Setting::ModelFolders), (QStringList{QStringLiteral("/a"), QStringLiteral("/b c")}));
    again.reset(Setting::ColorScheme);
    QVERIFY(again.isDefault(Setting::ColorScheme));
}

void TestShellValues::survivesADamagedSettingsFile()
{
    const QTemporaryDir dir;
    QFile file(dir.filePath(QStringLiteral("rookery.ini")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("[appearance]\nscheme=purple\nfontSize=banana\n[engine]\nthreads=-7\n\xff\xfe[[[\n");
    file.close();
    const gui::Settings settings(dir.path(), dir.path());
    QCOMPARE(settings.text(Setting::ColorScheme), QStringLiteral("system"));
    QCOMPARE(settings.number(Setting::FontSize), 13);
    QCOMPARE(settings.number(Setting::Threads), 0);
}

void TestShellValues::keepsNumbersInTheirRange()
{
    const QTemporaryDir dir;
    gui::Settings settings(dir.path(), dir.path());
    settings.setValue(Setting::FontSize, 900);
    QCOMPARE(settings.number(Setting::FontSize), 26);
    settings.setValue(Setting::FontSize, 1);
    QCOMPARE(settings.number(Setting::FontSize), 10);
}

void TestShellValues::givesEveryActionTextAndToolTip()
{
    const gui::Actions actions;
    QSet<QString> ids;
    for (const QAction *action : actions.all()) {
        QVERIFY2(!gui::Actions::plainText(*action).isEmpty(), qPrintable(action->objectName()));
        QVERIFY2(action->toolTip().contains(QLatin1Char('.')), qPrintable(action->objectName()));
        QVERIFY2(!ids.contains(action->objectName()), qPrintable(action->objectName()));
        ids.insert(action->objectName());
    }
    QVERIFY(ids.size() > 35);
}

void TestShellValues::givesNoShortcutTwice()
{
    const gui::Actions actions;
    QMap<QString, QString> owners;
    for (const QAction *action : actions.all()) {
        const QString keys = action->shortcut().toString(QKeySequence::PortableText);
        if (keys.isEmpty()) continue;
        QVERIFY2(!owners.contains(keys), qPrintable(keys + QLatin1Char(' ') + owners.value(keys)));
        owners.insert(keys, action->objectName());
    }
    QCOMPARE(owners.value(QStringLiteral("Ctrl+N")), QStringLiteral("chat.new"));
    QCOMPARE(owners.value(QStringLiteral("Alt+2")), QStringLiteral("page.models"));
    QCOMPARE(owners.value(QStringLiteral("Alt+3")),
             QStringLiteral("page.monitor")); // as the demonstration model says
    QCOMPARE(owners.value(QStringLiteral("Ctrl+,")), QStringLiteral("page.settings"));
}

void TestShellValues::leavesInputMethodKeysAlone()
{
    const gui::Actions actions;
    const QStringList taken = {QStringLiteral("Ctrl+Shift+U"),  QStringLiteral("Ctrl+."),
                               QStringLiteral("Ctrl+;"),        QStringLiteral("Ctrl+Shift+E"),
                               QStringLiteral("Ctrl+Space"),    QStringLiteral("Shift+Space"),
                               QStringLiteral("Ctrl+Shift+Esc")};
    for (const QAction *action : actions.all())
        QVERIFY(!taken.contains(action->shortcut().toString(QKeySequence::PortableText)));
}

void TestShellValues::saysWhyAnActionIsUnavailable()
{
    gui::Actions actions;
    actions.setAvailable(gui::Act::Regenerate, false, QStringLiteral("Nothing was answered yet."));
    const QAction &action = actions[gui::Act::Regenerate];
    QVERIFY(!action.isEnabled());
    QVERIFY(action.toolTip().contains(QLatin1String("Nothing was answered yet.")));
    actions.setAvailable(gui::Act::Regenerate, true);
    QVERIFY(action.isEnabled());
    QVERIFY(!action.toolTip().contains(QLatin1String("Nothing")));
}

void TestShellValues::computesRatesOverASecond()
{
    gui::Metrics metrics;
    engine::Snapshot snapshot;
    for (int i = 0; i <= 8; ++i) { // 25 tokens every quarter second
        metrics.addAt(i * 0.25, snapshot);
        snapshot.generatedTokens += 25;
        snapshot.promptTokens += 100;
    }
    QCOMPARE(metrics.latest().generatedPerSecond, 100.0);
    QCOMPARE(metrics.latest().promptPerSecond, 400.0);
    snapshot.generatedTokens = 0; // the engine was started anew
    metrics.addAt(2.25, snapshot);
    QCOMPARE(metrics.latest().generatedPerSecond, 0.0);
}

void TestShellValues::forgetsSamplesAfterTenMinutes()
{
    gui::Metrics metrics;
    for (int i = 0; i <= 700; ++i)
        metrics.addAt(i, {});
    QCOMPARE(metrics.samples().size(), 601U);
    QCOMPARE(metrics.samples().front().seconds, 100.0);
}

void TestShellValues::splitsAForecastIntoTheWholeDevice()
{
    engine::MemoryUse use;
    use.total = 1000;
    use.free = 600;
    use.weights = 200;
    use.states = 50;
    use.workspace = 30;
    use.cache = 20;
    std::size_t sum = 0;
    for (const gui::MemoryPart &part : gui::partsOfForecast(use))
        sum += part.bytes;
    QCOMPARE(sum, use.total);
    use.weights = 180;
    use.free = 400; // as measured after loading: 280 of ours, 320 of others
    sum = 0;
    for (const gui::MemoryPart &part : gui::partsOf(use)) {
        sum += part.bytes;
        if (part.owner == gui::MemoryOwner::Other) QCOMPARE(part.bytes, std::size_t(320));
    }
    QCOMPARE(sum, use.total);
}

QTEST_MAIN(TestShellValues)
#include "tst_shell_values.moc"
