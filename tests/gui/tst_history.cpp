#include "gui/history.h"

#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <cstdio>
#include <unistd.h>

using namespace gui;

namespace
{

constexpr auto kChildFlag = "--write-until-killed";
constexpr auto kReadOnlyFlag = "--open-as-nobody";

ChatRow chatRow(ChatId id, const QString &title)
{
    ChatRow row;
    row.id = id;
    row.title = title;
    row.updatedMs = id;
    return row;
}

NodeRow nodeRow(NodeId id, ChatId chat, NodeId parent, const QString &text)
{
    NodeRow row;
    row.id = id;
    row.chat = chat;
    row.parent = parent;
    row.text = text;
    return row;
}

HistoryReport openAndWait(History &history, const QString &path)
{
    QSignalSpy opened(&history, &History::opened);
    history.open(path);
    return opened.wait() ? opened.first().first().value<HistoryReport>() : HistoryReport{};
}

QVector<NodeRow> loadAndWait(History &history, ChatId chat)
{
    QSignalSpy loaded(&history, &History::chatLoaded);
    history.loadChat(chat);
    return loaded.wait() ? loaded.first().at(1).value<QVector<NodeRow>>() : QVector<NodeRow>{};
}

/// Writes one answer, word by word, and prints how many words are surely on disk, until it is killed.
int writeUntilKilled(const QString &path, ChatId chat)
{
    History history;
    NodeId node = 0;
    int words = 0;
    QHash<quint64, int> wordsAt;
    auto next = [&] {
        history.appendText(node, QStringLiteral("w%1 ").arg(words++), {});
        history.flush();
        wordsAt.insert(history.issued(), words);
    };
    QObject::connect(&history, &History::opened, &history, [&] {
        history.putChat(chatRow(chat, QStringLiteral("killed")));
        NodeRow row = nodeRow(newId(), chat, 0, {});
        row.role = NodeRole::Assistant;
        row.status = NodeStatus::Generating;
        node = row.id;
        history.addNode(row);
        next();
    });
    QObject::connect(&history, &History::committed, &history, [&](quint64 number) {
        if (wordsAt.contains(number)) {
            std::printf("%lld %d\n", (long long)node, wordsAt.value(number));
            std::fflush(stdout);
        }
        next();
    });
    history.open(path);
    return QCoreApplication::exec();
}

int openAsNobody(const QString &path)
{
    constexpr uid_t kNobody = 65534;
    if (::geteuid() == 0 && ::setresuid(kNobody, kNobody, kNobody) != 0) return 3;
    History history;
    const HistoryReport report = openAndWait(history, path);
    std::printf("%d %d\n", int(report.state), int(report.chats.size()));
    return 0;
}

} // namespace

class TestHistory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void keepsChatsAndNodes();
    void appendsWithinTheGatherTime();
    void trashesAndRestores();
    void survivesKill();
    void leavesTheAnswersOfAnotherProgramAlone();
    void twoProgramsWriteAtOnce();
    void aRowThatCannotBeSavedIsNotKeptSecret();
    void refusesANewerDatabase();
    void movesGarbageAside_data();
    void movesGarbageAside();
    void saysWhenItCannotOpen();
    void readsAReadOnlyFolder();

private:
    QString path() const { return m_folder->filePath(QStringLiteral("chats.sqlite")); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestHistory::keepsChatsAndNodes()
{
    {
        History history;
        QCOMPARE(openAndWait(history, path()).state, HistoryState::Ready);
        ChatRow chat = chatRow(7, QStringLiteral("Finken 雀"));
        history.putChat(chat);
        history.addNode(nodeRow(1, 7, 0, QStringLiteral("question")));
        NodeRow answer = nodeRow(2, 7, 1, QStringLiteral("ans"));
        answer.role = NodeRole::Assistant;
        answer.status = NodeStatus::Generating;
        history.addNode(answer);
        history.appendText(2, QStringLiteral("wer"), QStringLiteral("hm"));
        history.setNodeState(2, NodeStatus::Done, {{QStringLiteral("tokens"), 3}});
        chat.leaf = 2;
        chat.draft = QStringLiteral("half a thou");
        history.putChat(chat);
    } // the destructor writes what is queued
    History again;
    const HistoryReport report = openAndWait(again, path());
    QCOMPARE(report.chats.size(), 1);
    QCOMPARE(report.interrupted, 0);
    QCOMPARE(report.chats.first().title, QStringLiteral("Finken 雀"));
    QCOMPARE(report.chats.first().draft, QStringLiteral("half a thou"));
    QCOMPARE(report.chats.first().leaf, NodeId(2));
    const auto nodes = loadAndWait(again, 7);
    QCOMPARE(nodes.size(), 2);
    QCOMPARE(nodes[1].text, QStringLiteral("answer"));
    QCOMPARE(nodes[1].thinking, QStringLiteral("hm"));
    QCOMPARE(nodes[1].parent, NodeId(1));
    QCOMPARE(nodes[1].status, NodeStatus::Done);
    QCOMPARE(nodes[1].meta.value(QStringLiteral("tokens")).toInt(), 3);
}

void TestHistory::appendsWithinTheGatherTime()
{
    History history;
    openAndWait(history, path());
    history.putChat(chatRow(7, {}));
    history.addNode(nodeRow(1, 7, 0, {}));
    QSignalSpy committed(&history, &History::committed);
    QVERIFY(committed.wait());
    committed.clear();
    for (int i = 0; i < 100; ++i)
        history.appendText(1, QStringLiteral("x"), {});
    QVERIFY(committed.wait(2000));
    QCOMPARE(committed.size(), 1); // a hundred pieces, one transaction
    QCOMPARE(committed.first().first().toULongLong(), history.issued());
    QCOMPARE(loadAndWait(history, 7).first().text, QString(100, QLatin1Char('x')));
}

void TestHistory::trashesAndRestores()
{
    History history;
    openAndWait(history, path());
    history.putChat(chatRow(7, {}));
    history.putChat(chatRow(8, {}));
    history.addNode(nodeRow(1, 8, 0, QStringLiteral("a")));
    history.addNode(nodeRow(2, 8, 1, QStringLiteral("b")));
    history.setChatTrashed(7, true);
    history.setNodesTrashed({2}, true);
    QCOMPARE(loadAndWait(history, 8).size(), 1);
    history.setNodesTrashed({2}, false);
    QCOMPARE(loadAndWait(history, 8).size(), 2);
    QCOMPARE(openAndWait(history, path()).chats.size(), 1);
    history.setChatTrashed(7, false);
    QCOMPARE(openAndWait(history, path()).chats.size(), 2);
}

void TestHistory::survivesKill()
{
    constexpr int kKills = 50;
    for (int round = 1; round <= kKills; ++round) {
        QProcess child;
        child.start(QCoreApplication::applicationFilePath(),
                    {QLatin1String(kChildFlag), path(), QString::number(round)});
        QByteArray printed;
        // Another number of acknowledgements each round, so that the kill meets the writer at another place.
        while (printed.count('\n') < 1 + round % 5) {
            QVERIFY2(child.waitForReadyRead(10000), child.readAllStandardError().constData());
            printed += child.readAllStandardOutput();
        }
        ::kill(pid_t(child.processId()), SIGKILL);
        child.waitForFinished();
        printed += child.readAllStandardOutput();
        printed.truncate(printed.lastIndexOf('\n'));
        const auto acknowledged = printed.mid(printed.lastIndexOf('\n') + 1).split(' ');

        History history;
        const HistoryReport report = openAndWait(history, path());
        QCOMPARE(report.state, HistoryState::Ready);
        QCOMPARE(report.chats.size(), round);
        QCOMPARE(report.interrupted, 1);
        const auto nodes = loadAndWait(history, round);
        QCOMPARE(nodes.size(), 1);
        QCOMPARE(nodes.first().id, acknowledged.first().toLongLong());
        QCOMPARE(nodes.first().status, NodeStatus::Stopped);
        const QStringList words = nodes.first().text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
        QVERIFY2(words.size() >= acknowledged.last().toInt(), "an acknowledged word is missing");
        for (int i = 0; i < words.size(); ++i)
            QCOMPARE(words[i], QStringLiteral("w%1").arg(i));
    }
}

void TestHistory::leavesTheAnswersOfAnotherProgramAlone()
{
    History first;
    openAndWait(first, path());
    first.putChat(chatRow(7, {}));
    NodeRow running = nodeRow(1, 7, 0, {});
    running.status = NodeStatus::Generating;
    first.addNode(running);
    loadAndWait(first, 7);
    History second;
    QCOMPARE(openAndWait(second, path()).interrupted, 0);
    QCOMPARE(loadAndWait(second, 7).first().status, NodeStatus::Generating);
}

void TestHistory::twoProgramsWriteAtOnce()
{
    History first;
    History second;
    openAndWait(first, path());
    openAndWait(second, path());
    constexpr int kChats = 40;
    QSignalSpy failed(&second, &History::saveFailed);
    for (int i = 0; i < kChats; ++i) {
        (i % 2 ? first : second).putChat(chatRow(newId(), QString::number(i)));
    }
    loadAndWait(first, 1); // a read waits for the writes before it
    loadAndWait(second, 1);
    QCOMPARE(failed.size(), 0);
    History third;
    QCOMPARE(openAndWait(third, path()).chats.size(), kChats);
}

void TestHistory::aRowThatCannotBeSavedIsNotKeptSecret()
{
    History history;
    openAndWait(history, path());
    QSignalSpy lost(&history, &History::partLost);
    QSignalSpy again(&history, &History::saveWorksAgain);
    QSignalSpy later(&history, &History::saveFailed);
    history.putChat(chatRow(7, {}));
    history.addNode(nodeRow(1, 7, 0, QStringLiteral("a")));
    history.addNode(nodeRow(2, 99, 0, QStringLiteral("of no chat"))); // its foreign key forbids it
    history.addNode(nodeRow(3, 7, 1, QStringLiteral("b")));
    const auto nodes = loadAndWait(history, 7); // comes after everything that the writes had to say
    QCOMPARE(nodes.size(), 2);
    QCOMPARE(nodes.last().text, QStringLiteral("b"));
    QCOMPARE(lost.size(), 1);
    QCOMPARE(later.size(), 0); // it is not tried again
    history.putChat(chatRow(8, {}));
    loadAndWait(history, 8);
    QCOMPARE(again.size(), 0); // something is missing and stays so
}

void TestHistory::refusesANewerDatabase()
{
    {
        Sqlite db;
        db.open(path());
        db.execute("CREATE TABLE future(x); INSERT INTO future VALUES(42); PRAGMA user_version=99");
    }
    {
        History history;
        const HistoryReport report = openAndWait(history, path());
        QCOMPARE(report.state, HistoryState::TooNew);
        QVERIFY2(report.detail.contains(QLatin1String("99")), qPrintable(report.detail));
        history.putChat(chatRow(1, {})); // goes nowhere, harms nothing
    }
    Sqlite db;
    db.open(path());
    QCOMPARE(db.number("SELECT x FROM future"), 42);
    QCOMPARE(db.number("SELECT count(*) FROM sqlite_master"), 1);
}

void TestHistory::movesGarbageAside_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::newRow("three bytes") << QByteArray("abc");
    QTest::newRow("text") << QByteArray("this is not a database\n").repeated(500);
    QTest::newRow("header, then noise")
        << QByteArray("SQLite format 3\0", 16) + QByteArray("\x5a").repeated(5000);
}

void TestHistory::movesGarbageAside()
{
    QFETCH(QByteArray, content);
    QFile file(path());
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(content);
    file.close();

    History history;
    const HistoryReport report = openAndWait(history, path());
    QCOMPARE(report.state, HistoryState::Recovered);
    QFile moved(report.movedTo);
    QVERIFY(moved.open(QIODevice::ReadOnly));
    QCOMPARE(moved.readAll(), content);
    history.putChat(chatRow(1, QStringLiteral("new")));
    loadAndWait(history, 1);
    QCOMPARE(openAndWait(history, path()).chats.size(), 1);
}

void TestHistory::saysWhenItCannotOpen()
{
    QFile file(m_folder->filePath(QStringLiteral("file")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    History history;
    const HistoryReport report = openAndWait(history, file.fileName() + QStringLiteral("/chats.sqlite"));
    QCOMPARE(report.state, HistoryState::Failed);
    QVERIFY(!report.detail.isEmpty());
    history.putChat(chatRow(1, {}));
    QVERIFY(loadAndWait(history, 1).isEmpty());
}

void TestHistory::readsAReadOnlyFolder()
{
    {
        History history;
        openAndWait(history, path());
        history.putChat(chatRow(1, {}));
    }
    const auto readers = QFile::ReadOwner | QFile::ReadGroup | QFile::ReadOther;
    const auto visitors = QFile::ExeOwner | QFile::ExeGroup | QFile::ExeOther;
    QVERIFY(QFile::setPermissions(path(), readers));
    QVERIFY(QFile::setPermissions(m_folder->path(), readers | visitors));
    QProcess child;
    child.start(QCoreApplication::applicationFilePath(), {QLatin1String(kReadOnlyFlag), path()});
    const bool finished = child.waitForFinished();
    QFile::setPermissions(m_folder->path(), readers | visitors | QFile::WriteOwner);
    QVERIFY(finished);
    if (child.exitCode() != 0) QSKIP("this user can neither be kept from writing nor become another");
    QCOMPARE(child.readAllStandardOutput().trimmed(), QByteArray::number(int(HistoryState::ReadOnly)) + " 1");
}

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.value(1) == QLatin1String(kChildFlag))
        return writeUntilKilled(arguments.value(2), arguments.value(3).toLongLong());
    if (arguments.value(1) == QLatin1String(kReadOnlyFlag)) return openAsNobody(arguments.value(2));
    TestHistory test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_history.moc"
