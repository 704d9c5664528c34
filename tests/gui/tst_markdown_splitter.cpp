#include "gui/widgets/code_lexer.h"
#include "gui/widgets/markdown_splitter.h"

#include <QTest>

using namespace gui;
using Kind = MarkdownGroup::Kind;

namespace
{

struct Sample {
    const char *name;
    const char *text;
    QStringList groups; ///< "T:" text or "C:" code, as a reader would cut it
};

const QVector<Sample> &samples()
{
    static const QVector<Sample> all{
        {"two paragraphs", "one\n\ntwo", {"T:one\n", "T:two"}},
        {"line breaks stay together", "one\ntwo\n", {"T:one\ntwo\n"}},
        {"fence", "a\n\n```py\nx = 1\n\ny\n```\n\nb", {"T:a\n", "C:x = 1\n\ny\n", "T:b"}},
        {"fence ends a paragraph", "a:\n```\nx\n```\nb", {"T:a:\n", "C:x\n", "T:b"}},
        {"tilde fence holds backticks", "~~~\n```\n~~~\n", {"C:```\n"}},
        {"longer fence", "````\n```\n````\nend", {"C:```\n", "T:end"}},
        {"open fence", "```cpp\nint i;\nint", {"C:int i;\nint"}},
        {"half of a closing fence", "```\nx\n```", {"C:x\n"}},
        {"a fence that begins is not shown yet", "a\n\n```py", {"T:a\n"}},
        {"a fence that begins behind text", "a\n```py", {"T:a\n"}},
        {"inline code is no fence", "```a``` b\n\nc", {"T:```a``` b\n", "T:c"}},
        {"loose list", "- a\n\n- b\n\ntext\n", {"T:- a\n\n- b\n\n", "T:text\n"}},
        {"paragraph in an item", "1. a\n\n   more\n\n2. b\n", {"T:1. a\n\n   more\n\n2. b\n"}},
        {"fence in an item",
         "- a\n  ```\n  x\n\n  y\n  ```\n\nend\n",
         {"T:- a\n  ```\n  x\n\n  y\n  ```\n\n", "T:end\n"}},
        {"fence at the margin ends a list", "1. a\n```\nx\n```\n2. b", {"T:1. a\n", "C:x\n", "T:2. b"}},
        {"list inside a paragraph group", "text\n- a\n\n- b\n", {"T:text\n- a\n\n- b\n"}},
        {"table", "|a|b|\n|-|-|\n|1|2|\n\nend", {"T:|a|b|\n|-|-|\n|1|2|\n", "T:end"}},
        {"quote", "> a\n> b\n\n> c", {"T:> a\n> b\n", "T:> c"}},
        {"blank lines only", "\n\n  \n", {}},
        {"carriage returns", "a\r\n\r\nb\r\n", {"T:a\r\n", "T:b\r\n"}},
        {"rule is no list", "- a\n\n---\n", {"T:- a\n\n", "T:---\n"}},
        {"chinese", "你好\n\n```\n代码\n```\n再见", {"T:你好\n", "C:代码\n", "T:再见"}},
    };
    return all;
}

QStringList describe(const MarkdownSplitter &splitter)
{
    QStringList result;
    for (const MarkdownGroup &group : splitter.groups()) {
        const QString text = splitter.text().mid(group.begin, group.end - group.begin);
        result += (group.kind == Kind::Code ? QStringLiteral("C:") : QStringLiteral("T:")) + text;
    }
    return result;
}

} // namespace

class TestMarkdownSplitter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cutsWhereAReaderWould_data();
    void cutsWhereAReaderWould();
    void everyCutGivesTheSame_data() { cutsWhereAReaderWould_data(); }
    void everyCutGivesTheSame();
    void closedGroupsNeverChange();
    void longListsAreCut();
    void longParagraphsAreCut();
    void namesTheLanguage();
    void coloursCode_data();
    void coloursCode();
    void remembersAcrossLines();
};

void TestMarkdownSplitter::cutsWhereAReaderWould_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("groups");
    for (const Sample &sample : samples())
        QTest::newRow(sample.name) << QString::fromUtf8(sample.text) << sample.groups;
}

void TestMarkdownSplitter::cutsWhereAReaderWould()
{
    QFETCH(QString, text);
    QFETCH(QStringList, groups);
    MarkdownSplitter splitter;
    splitter.append(text);
    QCOMPARE(describe(splitter), groups);
}

void TestMarkdownSplitter::everyCutGivesTheSame()
{
    QFETCH(QString, text);
    QFETCH(QStringList, groups);
    for (qsizetype cut = 0; cut <= text.size(); ++cut) {
        MarkdownSplitter splitter;
        splitter.append(QStringView(text).left(cut));
        splitter.groups();
        splitter.append(QStringView(text).mid(cut));
        QCOMPARE(describe(splitter), groups);
    }
    MarkdownSplitter splitter;
    for (const QChar c : text)
        splitter.append(QStringView(&c, 1));
    QCOMPARE(describe(splitter), groups);
}

void TestMarkdownSplitter::closedGroupsNeverChange()
{
    QString all;
    for (const Sample &sample : samples())
        all += QString::fromUtf8(sample.text) + QStringLiteral("\n\n");
    MarkdownSplitter splitter;
    QVector<MarkdownGroup> before;
    for (const QChar c : all) {
        splitter.append(QStringView(&c, 1));
        const QVector<MarkdownGroup> now = splitter.groups();
        for (int i = 0; i < before.size() && before[i].closed; ++i)
            QVERIFY(i < now.size() && now[i] == before[i]);
        before = now;
    }
    QVERIFY(before.size() > 20);
}

void TestMarkdownSplitter::longParagraphsAreCut()
{
    QString text;
    QString table;
    for (int i = 0; i < 500; ++i) {
        text += QStringLiteral("a line of a paragraph that does not end\n");
        table += QStringLiteral("one | two | three and a little more\n");
    }
    MarkdownSplitter splitter;
    splitter.append(text);
    QString joined;
    for (const MarkdownGroup &group : splitter.groups()) {
        QVERIFY(group.end - group.begin < MarkdownSplitter::kLongGroup + 100);
        joined += text.mid(group.begin, group.end - group.begin);
    }
    QCOMPARE(joined, text);
    MarkdownSplitter whole;
    whole.append(table);
    QCOMPARE(whole.groups().size(), 1); // a part without its head would be no table
}

void TestMarkdownSplitter::longListsAreCut()
{
    MarkdownSplitter splitter;
    for (int i = 0; i < 2000; ++i)
        splitter.append(QStringLiteral("- item number %1\n").arg(i));
    for (const MarkdownGroup &group : splitter.groups())
        QVERIFY(group.end - group.begin < MarkdownSplitter::kLongGroup + 100);
}

void TestMarkdownSplitter::namesTheLanguage()
{
    MarkdownSplitter splitter;
    splitter.append(u"```cpp title=x\nint\n");
    QCOMPARE(splitter.groups().first().language, QStringLiteral("cpp"));
    QVERIFY(!splitter.groups().first().closed);
}

void TestMarkdownSplitter::coloursCode_data()
{
    QTest::addColumn<QString>("language");
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("kinds"); ///< a letter per character: K S C N or space
    QTest::newRow("cpp") << "cpp"
                         << "int x = 42; // n"
                         << "KKK     NN  CCCC";
    QTest::newRow("python") << "py"
                            << "if a == 'b#c': # d"
                            << "KK      SSSSS  CCC";
    QTest::newRow("escaped quote") << "js"
                                   << "\"a\\\"b\" c"
                                   << "SSSSSS  ";
    QTest::newRow("unclosed string") << "c"
                                     << "\"ab"
                                     << "SSS";
    QTest::newRow("trailing backslash") << "c"
                                        << "\"a\\"
                                        << "SSS";
    QTest::newRow("word with digits") << "c"
                                      << "x1 int8"
                                      << "       ";
    QTest::newRow("sql in capitals") << "SQL"
                                     << "SELECT 1 -- x"
                                     << "KKKKKK N CCCC";
    QTest::newRow("unknown language") << "brainf"
                                      << "int 1"
                                      << "     ";
}

void TestMarkdownSplitter::coloursCode()
{
    QFETCH(QString, language);
    QFETCH(QString, line);
    QFETCH(QString, kinds);
    QString got(line.size(), QLatin1Char(' '));
    int state = 0;
    for (const CodeSpan &span : CodeLexer(language).line(line, state)) {
        for (int i = 0; i < span.length; ++i)
            got[span.begin + i] = QLatin1Char("KSCN"[int(span.kind)]);
    }
    QCOMPARE(got, kinds);
}

void TestMarkdownSplitter::remembersAcrossLines()
{
    const CodeLexer cpp(QStringLiteral("cpp"));
    int state = 0;
    cpp.line(u"a /* b", state);
    QVERIFY(state != 0);
    QCOMPARE(cpp.line(u"int", state).first().kind, CodeSpan::Kind::Comment);
    cpp.line(u"*/ x", state);
    QCOMPARE(state, 0);

    const CodeLexer python(QStringLiteral("python"));
    python.line(u"'''doc", state);
    QCOMPARE(python.line(u"\"\"\" not the end", state).first().length, 15);
    python.line(u"'''", state);
    QCOMPARE(state, 0);
}

QTEST_APPLESS_MAIN(TestMarkdownSplitter)
#include "tst_markdown_splitter.moc"
