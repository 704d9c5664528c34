#include "gui/theme.h"
#include "gui/widgets/message_document.h"

#include <QImage>
#include <QPainter>
#include <QTest>
#include <QTextBlock>
#include <QTextTable>

using namespace gui;

namespace
{

const char *const kLong = R"(# A heading

Some *text* with **strong**, `code`, ~~struck~~ and [a link](https://example.org).
Second line.

- one
- two
  - nested

  more of two

1. first
2. second

> quoted
> text

| a | b |
|---|--:|
| 1 | 2 |

```cpp
int main() { return 0; } // done

/* open
   comment */
```

- [ ] open
- [x] done

你好，世界。

---

```
plain
```
)";

QString dump(const MessageDocument &document)
{
    return document.textBetween(document.begin(), document.end());
}

QString whole(const QString &markdown)
{
    QTextDocument document;
    const TextStyle style = TextStyle::current(QFont());
    writeMarkdown(document, markdown, style);
    return document.toPlainText();
}

QImage paint(const MessageDocument &document)
{
    QImage image(600, int(document.height()) + 1, QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    document.paint(painter, image.rect(), {}, {});
    return image;
}

} // namespace

class TestMessageDocument : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void writesEveryKindOfBlock();
    void rendersAs_data();
    void rendersAs();
    void links_data();
    void links();
    void streamedEqualsAtOnce();
    void worksOnTheTailOnly();
    void longCodeCostsItsLength();
    void replacesOtherText();
    void foldsThinking();
    void hitsCodeButtons();

private:
    const TextStyle m_style = TextStyle::current(QFont());
};

void TestMessageDocument::writesEveryKindOfBlock()
{
    MessageDocument document(MessageDocument::Content::Markdown, m_style);
    document.setWidth(600);
    document.setText(QString::fromUtf8(kLong));
    const QString text = dump(document);
    for (const char *piece : {"A heading", "strong", "•\ttwo", "◦\tnested", "2.\tsecond", "quoted",
                              "int main()", "☐\topen", "☑\tdone", "世界"})
        QVERIFY2(text.contains(QString::fromUtf8(piece)), piece);
    QVERIFY(!text.contains(QLatin1String("**")));
    QVERIFY(!text.contains(QLatin1String("```")));
    QVERIFY(document.height() > 300);
}

void TestMessageDocument::rendersAs_data()
{
    QTest::addColumn<QString>("markdown");
    QTest::addColumn<QString>("plain");
    QTest::newRow("html stays text") << "<b>x</b> <script>"
                                     << "<b>x</b> <script>";
    QTest::newRow("image is its description") << "![a bird](https://example.org/b.png)"
                                              << "a bird";
    QTest::newRow("entities") << "a &lt; b &#65; &#x42; &#0; &unknown;"
                              << QString::fromUtf8("a < b A B \uFFFD &unknown;");
    QTest::newRow("escapes") << "\\*not\\*"
                             << "*not*";
    QTest::newRow("line breaks stay") << "a\nb"
                                      << "a\nb";
    QTest::newRow("list start") << "7. a\n8. b"
                                << "7.\ta\n8.\tb";
    QTest::newRow("four spaces are no code") << "    x *y*"
                                             << "x y";
    QTest::newRow("loose item") << "- a\n\n  b" << QString::fromUtf8("•\ta\nb");
    QTest::newRow("nested ordered") << "1. a\n   1. b\n2. c"
                                    << "1.\ta\n1.\tb\n2.\tc";
    QTest::newRow("code in an item") << "- a\n  ```\n  x\n  y\n  ```" << QString::fromUtf8("•\ta\nx\ny");
    QTest::newRow("null character") << QString(QChar(0)) + QStringLiteral("x")
                                    << QString::fromUtf8("\uFFFDx");
}

void TestMessageDocument::rendersAs()
{
    QFETCH(QString, markdown);
    QTEST(whole(markdown), "plain");
}

void TestMessageDocument::links_data()
{
    QTest::addColumn<QString>("target");
    QTest::addColumn<bool>("safe");
    QTest::newRow("https") << "https://example.org/a?b#c" << true;
    QTest::newRow("http") << "http://example.org" << true;
    QTest::newRow("mailto") << "mailto:a@example.org" << true;
    QTest::newRow("file") << "file:///etc/passwd" << false;
    QTest::newRow("javascript") << "javascript:alert(1)" << false;
    QTest::newRow("data") << "data:text/html,x" << false;
    QTest::newRow("no host") << "https:///x" << false;
    QTest::newRow("relative") << "x.html" << false;
    QTest::newRow("empty") << "" << false;
}

void TestMessageDocument::links()
{
    QFETCH(QString, target);
    QFETCH(bool, safe);
    QCOMPARE(isSafeLink(target), safe);
    QTextDocument document;
    writeMarkdown(document, QStringLiteral("[x](<%1>)").arg(target), m_style);
    QCOMPARE(document.firstBlock().begin().fragment().charFormat().isAnchor(), safe);
}

void TestMessageDocument::streamedEqualsAtOnce()
{
    const QString text = QString::fromUtf8(kLong);
    MessageDocument once(MessageDocument::Content::Markdown, m_style);
    once.setWidth(600);
    once.setText(text);
    const QImage picture = paint(once);
    for (const int step : {1, 2, 3, 7, 50}) {
        MessageDocument streamed(MessageDocument::Content::Markdown, m_style);
        streamed.setWidth(600);
        for (int at = step; at < text.size() + step; at += step)
            streamed.setText(text.left(at));
        QCOMPARE(dump(streamed), dump(once));
        QCOMPARE(streamed.height(), once.height());
        QCOMPARE(paint(streamed), picture);
    }
}

void TestMessageDocument::worksOnTheTailOnly()
{
    const QString paragraph =
        QStringLiteral("Twenty words or so, which stand here only so that the paragraph has a length.\n\n");
    MessageDocument document(MessageDocument::Content::Markdown, m_style);
    document.setWidth(600);
    QString text;
    for (int i = 0; i < 400; ++i)
        text += paragraph;
    document.setText(text);
    const qint64 before = document.workedCharacters();
    constexpr int kChunks = 100;
    for (int i = 0; i < kChunks; ++i)
        document.setText(text += QStringLiteral("word "));
    const qint64 tail = 5 * kChunks;
    QVERIFY2(document.workedCharacters() - before <= kChunks * tail,
             "more than the tail was parsed per chunk");
}

void TestMessageDocument::longCodeCostsItsLength()
{
    MessageDocument document(MessageDocument::Content::Markdown, m_style);
    document.setWidth(600);
    QString text = QStringLiteral("```py\n");
    for (int i = 0; i < 2000; ++i)
        document.setText(text += QStringLiteral("x = %1\n").arg(i));
    QVERIFY(document.workedCharacters() <= text.size());
}

void TestMessageDocument::replacesOtherText()
{
    MessageDocument document(MessageDocument::Content::Markdown, m_style);
    document.setWidth(600);
    document.setText(QStringLiteral("first\n\nsecond"));
    document.setText(QStringLiteral("other"));
    QCOMPARE(dump(document), QStringLiteral("other"));
    document.setText({});
    QCOMPARE(dump(document), QString());
    QCOMPARE(document.height(), 0.0);
}

void TestMessageDocument::foldsThinking()
{
    MessageDocument document(MessageDocument::Content::Markdown, m_style);
    document.setWidth(600);
    document.setText(QStringLiteral("answer"));
    const qreal folded = document.height();
    document.setThinking(QStringLiteral("a thought"));
    QCOMPARE(document.height(), folded);
    QCOMPARE(dump(document), QStringLiteral("answer"));
    document.setThinkingVisible(true);
    QVERIFY(document.height() > folded);
    QVERIFY(dump(document).startsWith(QLatin1String("a thought")));
}

void TestMessageDocument::hitsCodeButtons()
{
    MessageDocument document(MessageDocument::Content::Markdown, m_style);
    document.setWidth(600);
    document.setText(QStringLiteral("```cpp\nint i;\n```\n"));
    QSet<int> copies;
    QSet<int> saves;
    for (int x = 0; x < 600; x += 4) {
        copies.insert(document.hit(QPointF(x, 14)).copyPart);
        saves.insert(document.hit(QPointF(x, 14)).savePart);
    }
    QCOMPARE(copies, (QSet<int>{-1, 1}));
    QCOMPARE(saves, (QSet<int>{-1, 1}));
    QCOMPARE(document.codeOf(1), QStringLiteral("int i;"));
    QCOMPARE(document.languageOf(1), QStringLiteral("cpp"));
}

QTEST_MAIN(TestMessageDocument)
#include "tst_message_document.moc"
