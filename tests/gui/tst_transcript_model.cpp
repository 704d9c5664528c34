#include "gui/models/chat_list_model.h"
#include "gui/models/transcript_model.h"
#include "gui/presets.h"

#include <QAbstractItemModelTester>
#include <QDateTime>
#include <QFile>
#include <QJsonArray>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace gui;

namespace
{

Message message(NodeId id, NodeId parent, NodeRole role = NodeRole::User)
{
    Message m;
    m.id = id;
    m.parent = parent;
    m.role = role;
    m.text = QString::number(id);
    return m;
}

NodeRow node(NodeId id, NodeId parent)
{
    NodeRow row;
    row.id = id;
    row.parent = parent;
    row.text = QString::number(id);
    return row;
}

QVector<NodeId> path(const TranscriptModel &model) { return model.pathTo(model.leaf()); }

ChatRow chat(ChatId id, qint64 updatedMs)
{
    ChatRow row;
    row.id = id;
    row.title = QString::number(id);
    row.updatedMs = updatedMs;
    return row;
}

QVector<ChatId> ids(const ChatListModel &model)
{
    QVector<ChatId> result;
    for (int row = 0; row < model.rowCount(); ++row)
        result += model.idAt(row);
    return result;
}

} // namespace

class TestTranscriptModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void growsAlongThePath();
    void keepsSiblings();
    void growsOffThePath();
    void removesAndRestores();
    void readsHostileTrees_data();
    void readsHostileTrees();
    void metaSurvivesJson();
    void listKeepsNewestFirst();
    void listRenames();
    void sections();
    void presetsSurvive();
    void presetsRefuse();
    void settingsAreBroughtIntoRange();
};

void TestTranscriptModel::growsAlongThePath()
{
    TranscriptModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.add(message(1, 0));
    model.add(message(2, 1, NodeRole::Assistant));
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    model.appendText(2, QStringLiteral(" more"), QStringLiteral("hm"));
    QCOMPARE(changed.size(), 1);
    QCOMPARE(model.index(1).data(TranscriptModel::TextRole).toString(), QStringLiteral("2 more"));
    QCOMPARE(model.at(1).thinking, QStringLiteral("hm"));
    QCOMPARE(path(model), (QVector<NodeId>{1, 2}));
    QVERIFY(model.index(0).data(Qt::AccessibleTextRole).toString().endsWith(QLatin1Char('1')));
}

void TestTranscriptModel::keepsSiblings()
{
    TranscriptModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.add(message(1, 0));
    model.add(message(2, 1));
    model.add(message(3, 2));
    model.add(message(4, 1)); // another answer to 1
    QCOMPARE(path(model), (QVector<NodeId>{1, 4}));
    QCOMPARE(model.siblingCount(1), 2);
    QCOMPARE(model.siblingIndex(1), 1);
    QVERIFY(!model.showSibling(1, 1));
    QVERIFY(model.showSibling(1, -1));
    QCOMPARE(path(model), (QVector<NodeId>{1, 2, 3})); // with what stood below it
    model.add(message(5, 0));                          // another first message
    QCOMPARE(path(model), (QVector<NodeId>{5}));
    QCOMPARE(model.siblingCount(0), 2);
}

void TestTranscriptModel::growsOffThePath()
{
    TranscriptModel model;
    model.add(message(1, 0));
    model.add(message(2, 1));
    model.add(message(3, 1));
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    model.appendText(2, QStringLiteral("x"), {});
    QCOMPARE(changed.size(), 0);
    QCOMPARE(model.find(2)->text, QStringLiteral("2x"));
    model.appendText(99, QStringLiteral("x"), {}); // unknown: nothing happens
}

void TestTranscriptModel::removesAndRestores()
{
    TranscriptModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    for (int i = 1; i <= 4; ++i)
        model.add(message(i, i - 1));
    model.add(message(5, 1));
    model.showSibling(1, -1);
    const QVector<NodeId> gone = model.remove(2);
    QCOMPARE(gone, (QVector<NodeId>{2, 3, 4}));
    QCOMPARE(path(model), (QVector<NodeId>{1, 5})); // the sibling takes its place
    model.restore(gone);
    QCOMPARE(path(model), (QVector<NodeId>{1, 2, 3, 4}));
    QCOMPARE(model.siblingCount(1), 2);
    QCOMPARE(model.remove(1).size(), 5);
    QCOMPARE(model.rowCount(), 0);
    QVERIFY(model.remove(77).isEmpty());
}

void TestTranscriptModel::readsHostileTrees_data()
{
    QTest::addColumn<QVector<NodeRow>>("nodes");
    QTest::addColumn<NodeId>("leaf");
    QTest::addColumn<QVector<NodeId>>("path");
    using Rows = QVector<NodeRow>;
    using Ids = QVector<NodeId>;
    QTest::newRow("plain") << Rows{node(1, 0), node(2, 1)} << NodeId(2) << Ids{1, 2};
    QTest::newRow("leaf is gone") << Rows{node(1, 0), node(2, 1)} << NodeId(9) << Ids{1, 2};
    QTest::newRow("circle") << Rows{node(1, 2), node(2, 1)} << NodeId(2) << Ids{1, 2};
    QTest::newRow("own parent") << Rows{node(1, 1)} << NodeId(1) << Ids{1};
    QTest::newRow("parent is missing") << Rows{node(5, 3)} << NodeId(5) << Ids{5};
    QTest::newRow("empty") << Rows{} << NodeId(1) << Ids{};
}

void TestTranscriptModel::readsHostileTrees()
{
    QFETCH(QVector<NodeRow>, nodes);
    QFETCH(NodeId, leaf);
    QFETCH(QVector<NodeId>, path);
    TranscriptModel model;
    model.setNodes(nodes, leaf);
    QCOMPARE(::path(model), path);
}

void TestTranscriptModel::metaSurvivesJson()
{
    MessageMeta meta;
    meta.model = QStringLiteral("m");
    meta.tokens = 312;
    meta.seconds = 4.5;
    meta.seed = QStringLiteral("18446744073709551615");
    meta.ending = QStringLiteral("stop");
    const MessageMeta again = MessageMeta::fromJson(meta.toJson());
    QCOMPARE(again.model, meta.model);
    QCOMPARE(again.tokens, 312);
    QCOMPARE(again.seed, meta.seed);
    QCOMPARE(again.tokensPerSecond(), 312 / 4.5);
    QCOMPARE(MessageMeta().toJson(), QJsonObject());
    QCOMPARE(MessageMeta::fromJson({{QStringLiteral("tokens"), QStringLiteral("x")}}).tokens, 0);
}

void TestTranscriptModel::listKeepsNewestFirst()
{
    ChatListModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setChats({chat(1, 10), chat(2, 30), chat(3, 20)});
    QCOMPARE(ids(model), (QVector<ChatId>{2, 3, 1}));
    model.put(chat(1, 40));
    QCOMPARE(ids(model), (QVector<ChatId>{1, 2, 3}));
    model.put(chat(4, 25));
    QCOMPARE(ids(model), (QVector<ChatId>{1, 2, 4, 3}));
    model.remove(2);
    model.remove(99);
    QCOMPARE(ids(model), (QVector<ChatId>{1, 4, 3}));
    model.setActivity(4, ChatActivity::Generating);
    QCOMPARE(model.index(1).data(ChatListModel::ActivityRole).toInt(), int(ChatActivity::Generating));
}

void TestTranscriptModel::listRenames()
{
    ChatListModel model;
    model.setChats({chat(1, 10)});
    QSignalSpy renamed(&model, &ChatListModel::renamed);
    QVERIFY(model.setData(model.index(0), QStringLiteral("  new \n name "), Qt::EditRole));
    QCOMPARE(renamed.first().at(1).toString(), QStringLiteral("new name"));
    QVERIFY(!model.setData(model.index(0), QStringLiteral("  "), Qt::EditRole));
}

void TestTranscriptModel::sections()
{
    const QDateTime noon(QDate::currentDate(), QTime(12, 0));
    ChatListModel model;
    model.setChats({chat(1, noon.toMSecsSinceEpoch()), chat(2, noon.addDays(-1).toMSecsSinceEpoch()),
                    chat(3, noon.addDays(-2).toMSecsSinceEpoch())});
    QCOMPARE(model.index(0).data(ChatListModel::SectionRole).toInt(), int(ChatListModel::Today));
    QCOMPARE(model.index(1).data(ChatListModel::SectionRole).toInt(), int(ChatListModel::Yesterday));
    QCOMPARE(model.index(2).data(ChatListModel::SectionRole).toInt(), int(ChatListModel::Older));
}

void TestTranscriptModel::presetsSurvive()
{
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("presets.json"));
    GenerationSettings mine;
    mine.sampling.temperature = 0.3F;
    mine.sampling.hasSeed = true;
    mine.sampling.seed = 18446744073709551615ULL;
    mine.stops = {QStringLiteral("\n\nUser")};
    mine.systemPrompt = QStringLiteral("Be brief.");
    {
        Presets presets;
        presets.setFile(file);
        QVERIFY(presets.save(QStringLiteral(" Mine "), mine));
        presets.setLastUsed(mine);
    }
    Presets again;
    again.setFile(file);
    const Preset *found = again.find(QStringLiteral("Mine"));
    QVERIFY(found && found->settings == mine);
    QCOMPARE(found->settings.sampling.temperature, 0.3F);
    QCOMPARE(found->settings.sampling.seed, mine.sampling.seed);
    QVERIFY(again.lastUsed() == mine);
    QCOMPARE(again.matching(mine)->name, QStringLiteral("Mine"));
    QVERIFY(again.remove(QStringLiteral("Mine")));
}

void TestTranscriptModel::presetsRefuse()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("presets.json"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("{ not json");
    file.close();
    Presets presets;
    presets.setFile(path);
    QCOMPARE(presets.all().size(), 3);
    QVERIFY(!presets.save({}, {}));
    QVERIFY(!presets.save(presets.all().first().name, {}));
    QVERIFY(!presets.remove(presets.all().first().name));
    QCOMPARE(presets.all()[1].settings.sampling.temperature, 0.0F); // Precise is greedy
}

void TestTranscriptModel::settingsAreBroughtIntoRange()
{
    const GenerationSettings s =
        GenerationSettings::fromJson({{QStringLiteral("temperature"), 1e9},
                                      {QStringLiteral("top_p"), -1},
                                      {QStringLiteral("top_k"), -5},
                                      {QStringLiteral("max_tokens"), 0},
                                      {QStringLiteral("thinking"), 17},
                                      {QStringLiteral("seed"), QStringLiteral("x")},
                                      {QStringLiteral("stop"), QJsonArray{1, QStringLiteral("a")}}});
    QCOMPARE(s.sampling.temperature, 10.0F);
    QCOMPARE(s.sampling.topP, 0.0F);
    QCOMPARE(s.sampling.topK, 0);
    QCOMPARE(s.maxTokens, 1);
    QCOMPARE(s.thinking, engine::Thinking::Short);
    QVERIFY(!s.sampling.hasSeed);
    QCOMPARE(s.stops, QStringList{QStringLiteral("a")});
}

QTEST_GUILESS_MAIN(TestTranscriptModel)
#include "tst_transcript_model.moc"
