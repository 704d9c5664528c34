// The catalogues: complete, up to date with the sources, and fit to be shown.
#include "gui/actions.h"

#include <QAction>
#include <QApplication>
#include <QFile>
#include <QFileInfo>
#include <QLibraryInfo>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>
#include <QTranslator>
#include <QXmlStreamReader>

#include <set>

namespace
{

const QStringList kLanguages = {QStringLiteral("zh_CN"), QStringLiteral("ja"), QStringLiteral("en")};

struct Entry {
    QString context, source, comment;
    QStringList translations; ///< several for plurals
    bool isPlural = false;
    bool isFinished = true;

    QString id() const { return context + QLatin1Char('|') + source + QLatin1Char('|') + comment; }
};

QList<Entry> readCatalogue(const QString &path)
{
    QList<Entry> entries;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return entries;
    QXmlStreamReader xml(&file);
    QString context;
    Entry entry;
    while (!xml.atEnd()) {
        xml.readNext();
        const QStringView tag = xml.name();
        if (xml.isEndElement() && tag == QLatin1String("message")) entries.append(entry);
        if (!xml.isStartElement()) continue;
        if (tag == QLatin1String("name")) {
            context = xml.readElementText();
        } else if (tag == QLatin1String("message")) {
            entry = {};
            entry.context = context;
            entry.isPlural = xml.attributes().value(QLatin1String("numerus")) == QLatin1String("yes");
        } else if (tag == QLatin1String("source")) {
            entry.source = xml.readElementText();
        } else if (tag == QLatin1String("comment")) {
            entry.comment = xml.readElementText();
        } else if (tag == QLatin1String("translation")) {
            entry.isFinished = !xml.attributes().hasAttribute(QLatin1String("type"));
            if (!entry.isPlural) entry.translations = {xml.readElementText()};
        } else if (tag == QLatin1String("numerusform")) {
            entry.translations.append(xml.readElementText());
        }
    }
    return entries;
}

QString catalogueOf(const QString &language)
{
    return QStringLiteral(ROOKERY_SOURCE_DIR "/translations/rookery_%1.ts").arg(language);
}

/// The places that are filled in: %1, %n, %Ln.
std::multiset<QString> placesOf(const QString &text)
{
    static const QRegularExpression place(QStringLiteral("%(L?\\d|L?n)"));
    std::multiset<QString> places;
    for (auto i = place.globalMatch(text); i.hasNext();)
        places.insert(i.next().captured());
    return places;
}

} // namespace

class TestTranslations : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingIsUnfinished_data() { languages(); }
    void nothingIsUnfinished();
    void placesAreTheSame_data() { languages(); }
    void placesAreTheSame();
    void cataloguesAreUpToDate();
    void mnemonicsAreUniqueInTheirMenu_data() { languages(); }
    void mnemonicsAreUniqueInTheirMenu();

private:
    void languages()
    {
        QTest::addColumn<QString>("language");
        for (const QString &language : kLanguages)
            QTest::addRow("%s", qPrintable(language)) << language;
    }
};

/// English needs only its plurals.
void TestTranslations::nothingIsUnfinished()
{
    QFETCH(QString, language);
    const QList<Entry> entries = readCatalogue(catalogueOf(language));
    QVERIFY(entries.size() > 500);
    QStringList open;
    for (const Entry &entry : entries) {
        if (!entry.isFinished && (entry.isPlural || language != QLatin1String("en")))
            open.append(entry.context + QStringLiteral(": ") + entry.source);
    }
    QVERIFY2(open.isEmpty(), qPrintable(QStringLiteral("%1 of %2 texts are not translated:\n%3")
                                            .arg(open.size())
                                            .arg(entries.size())
                                            .arg(open.join(QLatin1Char('\n')))));
}

void TestTranslations::placesAreTheSame()
{
    QFETCH(QString, language);
    for (const Entry &entry : readCatalogue(catalogueOf(language))) {
        if (!entry.isFinished) continue;
        for (const QString &translation : entry.translations) {
            QVERIFY2(placesOf(translation) == placesOf(entry.source),
                     qPrintable(entry.source + QStringLiteral(" -> ") + translation));
        }
    }
}

/// As `ninja update_translations` would leave them; a text in a context that the program never asks for
/// (lupdate warns of those) would stay English for ever.
void TestTranslations::cataloguesAreUpToDate()
{
    const QString tool = QLibraryInfo::path(QLibraryInfo::BinariesPath) + QStringLiteral("/lupdate");
    if (!QFile::exists(tool)) QSKIP("lupdate is not installed");
    QTemporaryDir folder;
    QStringList arguments = {QStringLiteral("gui"),        QStringLiteral("-I"),
                             QStringLiteral("."),          QStringLiteral("-no-obsolete"),
                             QStringLiteral("-locations"), QStringLiteral("none"),
                             QStringLiteral("-ts")};
    for (const QString &language : kLanguages) {
        const QString copy = folder.filePath(QFileInfo(catalogueOf(language)).fileName());
        QVERIFY(QFile::copy(catalogueOf(language), copy));
        arguments.append(copy);
    }
    QProcess process;
    process.setWorkingDirectory(QStringLiteral(ROOKERY_SOURCE_DIR));
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(tool, arguments);
    QVERIFY(process.waitForFinished());
    const QString output = QString::fromUtf8(process.readAll());
    QVERIFY2(!output.contains(QLatin1String("Q_OBJECT")), qPrintable(output));
    for (const QString &language : kLanguages) {
        QStringList kept, found;
        for (const Entry &entry : readCatalogue(catalogueOf(language)))
            kept.append(entry.id());
        for (const Entry &entry : readCatalogue(folder.filePath(QFileInfo(catalogueOf(language)).fileName())))
            found.append(entry.id());
        kept.sort();
        found.sort();
        QCOMPARE(kept, found);
    }
}

void TestTranslations::mnemonicsAreUniqueInTheirMenu()
{
    QFETCH(QString, language);
    QTranslator translator;
    QVERIFY(translator.load(QStringLiteral(":/i18n/rookery_%1.qm").arg(language)));
    QCoreApplication::installTranslator(&translator);
    const gui::Actions actions;
    QCoreApplication::removeTranslator(&translator);
    for (const gui::Menu menu : gui::kMenus) {
        std::set<QChar> taken;
        for (const QAction *action : actions.ofMenu(menu)) {
            const QString text = action->text();
            const qsizetype mark = text.indexOf(QLatin1Char('&'));
            QVERIFY2(mark >= 0 && mark + 1 < text.size(), qPrintable(text));
            QVERIFY2(taken.insert(text[mark + 1].toLower()).second, qPrintable(text));
        }
    }
}

QTEST_MAIN(TestTranslations)
#include "tst_translations.moc"
