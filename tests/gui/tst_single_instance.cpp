#include "gui/single_instance.h"

#include <QDir>
#include <QFile>
#include <QLocalSocket>
#include <QLockFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using gui::SingleInstance;

class TestSingleInstance : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void aSecondStartHandsItsFileOver();
    void foldersAreSeparate();
    void theNextStartAfterTheEndIsFirst();
    void takesOverFromAProgramThatIsGone();
    void saysThatNobodyAnswers();
    void ignoresNonsense_data();
    void ignoresNonsense();

private:
    QString folder() const { return m_folder->path(); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestSingleInstance::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    qputenv("XDG_RUNTIME_DIR", folder().toUtf8()); // sockets of other runs are elsewhere
}

void TestSingleInstance::aSecondStartHandsItsFileOver()
{
    SingleInstance first(folder());
    QVERIFY(first.isFirst());
    QSignalSpy opened(&first, &SingleInstance::openRequested);
    for (const QString &path : {QStringLiteral("/models/日本 \"x\"\n.pth"), QString()}) {
        SingleInstance second(folder());
        QVERIFY(!second.isFirst());
        QSignalSpy handed(&second, &SingleInstance::handedOver);
        second.handOver(path);
        QVERIFY(handed.wait());
        QCOMPARE(opened.last().first().toString(), path);
    }
    QCOMPARE(opened.size(), 2);
}

void TestSingleInstance::foldersAreSeparate()
{
    QTemporaryDir other;
    SingleInstance first(folder());
    SingleInstance second(other.path());
    QVERIFY(first.isFirst());
    QVERIFY(second.isFirst());
}

void TestSingleInstance::theNextStartAfterTheEndIsFirst()
{
    {
        SingleInstance first(folder());
        QVERIFY(first.isFirst());
    }
    SingleInstance next(folder());
    QVERIFY(next.isFirst());
}

/// As after kill -9: a lock with the number of no process, and a socket that nobody listens to.
void TestSingleInstance::takesOverFromAProgramThatIsGone()
{
    {
        const SingleInstance first(folder());
        QFile lock(folder() + QStringLiteral("/rookery.lock"));
        QVERIFY(lock.copy(folder() + QStringLiteral("/kept")));
    }
    QFile kept(folder() + QStringLiteral("/kept"));
    QVERIFY(kept.open(QIODevice::ReadOnly));
    QByteArray text = kept.readAll();
    const qsizetype end = text.indexOf('\n'); // the first line is the process id
    QVERIFY(end > 0);
    text.replace(0, end, "4194399"); // above the largest that Linux gives
    QFile lock(folder() + QStringLiteral("/rookery.lock"));
    QVERIFY(lock.open(QIODevice::WriteOnly));
    QCOMPARE(lock.write(text), text.size());
    lock.close();

    SingleInstance next(folder());
    QVERIFY(next.isFirst());
    SingleInstance second(folder());
    QSignalSpy handed(&second, &SingleInstance::handedOver);
    second.handOver({});
    QVERIFY(handed.wait());
}

void TestSingleInstance::saysThatNobodyAnswers()
{
    QLockFile busy(folder() + QStringLiteral("/rookery.lock")); // holds the folder, but does not listen
    QVERIFY(busy.tryLock());
    SingleInstance second(folder());
    QVERIFY(!second.isFirst());
    QSignalSpy silent(&second, &SingleInstance::notAnswered);
    second.handOver(QStringLiteral("x"), 200);
    QVERIFY(silent.wait());
}

void TestSingleInstance::ignoresNonsense_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addRow("not JSON") << QByteArray("hello\n");
    QTest::addRow("another JSON") << QByteArray("[1, 2]\n");
    QTest::addRow("no end") << QByteArray(80 << 10, 'x');
}

void TestSingleInstance::ignoresNonsense()
{
    QFETCH(QByteArray, bytes);
    SingleInstance first(folder());
    QSignalSpy opened(&first, &SingleInstance::openRequested);
    const QStringList sockets = QDir(folder()).entryList({QStringLiteral("*.sock")}, QDir::System);
    QCOMPARE(sockets.size(), 1);
    QLocalSocket stranger;
    stranger.connectToServer(folder() + QLatin1Char('/') + sockets.first());
    stranger.write(bytes);
    SingleInstance second(folder());
    QSignalSpy handed(&second, &SingleInstance::handedOver);
    second.handOver(QStringLiteral("real"));
    QVERIFY(handed.wait());
    QTRY_COMPARE(opened.last().first().toString(), QStringLiteral("real"));
    for (int i = 0; i + 1 < opened.size(); ++i)
        QVERIFY(
            opened[i].first().toString().isEmpty()); // nonsense opens nothing; at most the window comes up
}

QTEST_GUILESS_MAIN(TestSingleInstance)
#include "tst_single_instance.moc"
