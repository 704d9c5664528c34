// llama.cpp's grammar language, and the automaton over bytes.
#include "support/grammar_world.h"
#include "support/thrown_error.h"

#include <QtTest>

#include <functional>

using engine::grammar::Automaton;
using support::gbnf;
using support::isText;

namespace
{

std::string messageOf(const std::string &grammar)
{
    return support::errorOf([&] { Automaton automaton(engine::grammar::compile(gbnf(grammar))); }).message();
}

std::string repeated(const std::string &text, int times)
{
    std::string out;
    for (int i = 0; i < times; ++i)
        out += text;
    return out;
}

} // namespace

class TestGbnf : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void knowsItsTexts_data();
    void knowsItsTexts();
    void refusesByNameAndPlace_data();
    void refusesByNameAndPlace();
    void countsBrackets();
    void isLinearInAmbiguity();
    void knowsAllOfUtf8();
    void comesToAnEndWhenDeep();
    void refusesHostileSizes();
    void countsAllWorkOfAmbiguity_data();
    void countsAllWorkOfAmbiguity();
};

void TestGbnf::knowsItsTexts_data()
{
    QTest::addColumn<QByteArray>("grammar");
    QTest::addColumn<QByteArrayList>("good");
    QTest::addColumn<QByteArrayList>("bad");
    using L = QByteArrayList;
    QTest::newRow("literal") << QByteArray("root ::= \"abc\"") << L{"abc"} << L{"", "ab", "abcd", "abd"};
    QTest::newRow("escapes") << QByteArray("root ::= \"\\n\\t\\\\\\\"\\x41\\u00e9\\U0001F600\"")
                             << L{"\n\t\\\"A\xC3\xA9\xF0\x9F\x98\x80"} << L{"n", "\n\t\\\"A\xE9"};
    QTest::newRow("alternatives") << QByteArray("root ::= \"a\" | \"bc\" |") << L{"a", "bc", ""}
                                  << L{"b", "abc"};
    QTest::newRow("class") << QByteArray("root ::= [a-cx_-]+") << L{"abc", "x-_"} << L{"", "d", "a b"};
    QTest::newRow("negated class") << QByteArray("root ::= [^\"\\n\\u00e9]")
                                   << L{"a", "\xC3\xA8", "\xF0\x9F\x98\x80"}
                                   << L{"\"", "\n", "\xC3\xA9", "\xC3", "ab", "\xFF"};
    QTest::newRow("unicode range") << QByteArray("root ::= [\\u3040-\\u309F]{2}")
                                   << L{"\xE3\x81\x82\xE3\x82\x9F"}
                                   << L{"\xE3\x81\x82", "\xE3\x82\xA0\xE3\x82\xA0"};
    QTest::newRow("any") << QByteArray("root ::= . .")
                         << L{"a\n", "\xE2\x82\xAC"
                                     "b"}
                         << L{"a", "\xE2\x82",
                              "\xED\xA0\x80"
                              "a"};
    QTest::newRow("optional") << QByteArray("root ::= \"a\"? \"b\"") << L{"b", "ab"} << L{"a", "aab"};
    QTest::newRow("star") << QByteArray("root ::= \"ab\"*") << L{"", "ab", "abab"} << L{"a", "aba"};
    QTest::newRow("plus of group") << QByteArray("root ::= (\"a\" | \"b\" \"c\")+ \"!\"") << L{"a!", "bca!"}
                                   << L{"!", "b!"};
    QTest::newRow("exactly") << QByteArray("root ::= \"a\"{3}") << L{"aaa"} << L{"aa", "aaaa"};
    QTest::newRow("at least") << QByteArray("root ::= \"a\"{2,}") << L{"aa", "aaaaa"} << L{"a", ""};
    QTest::newRow("between") << QByteArray("root ::= \"a\"{1,3}") << L{"a", "aaa"} << L{"", "aaaa"};
    QTest::newRow("none") << QByteArray("root ::= \"a\"{0,0} \"b\"") << L{"b"} << L{"ab"};
    QTest::newRow("repeated repetition")
        << QByteArray("root ::= (\"a\"? \"b\"?)*") << L{"", "a", "ba", "bbaab"} << L{"c"};
    QTest::newRow("comments and lines")
        << QByteArray(
               "# first\nroot ::= # here\n  item (\n \",\" item # there\n )*\n\nitem ::= [0-9]\n  | \"x\"")
        << L{"1", "1,x"} << L{"1,", ",1"};
    QTest::newRow("windows lines") << QByteArray("root ::= a\r\na ::= \"1\"\r\n") << L{"1"} << L{"a"};
    QTest::newRow("recursion") << QByteArray("root ::= \"(\" root \")\" | \"x\"") << L{"x", "((x))"}
                               << L{"((x)", "()"};
    QTest::newRow("right recursion") << QByteArray("root ::= \"a\" root | \"b\"") << L{"b", "aaab"} << L{"a"};
    QTest::newRow("ambiguous") << QByteArray(
                                      "root ::= e\ne ::= t | t \"+\" e\nt ::= \"1\" | \"1\" | \"1\" \"1\"?")
                               << L{"1", "11+1"} << L{"+", "111"};
    QTest::newRow("palindromes") << QByteArray("root ::= \"a\" root \"a\" | \"b\" root \"b\" | \"c\"")
                                 << L{"c", "abcba"} << L{"abcab", "ab"};
}

void TestGbnf::knowsItsTexts()
{
    QFETCH(QByteArray, grammar);
    QFETCH(QByteArrayList, good);
    QFETCH(QByteArrayList, bad);
    for (const QByteArray &text : good)
        QVERIFY2(isText(gbnf(grammar.toStdString()), text.toStdString()), text.constData());
    for (const QByteArray &text : bad)
        QVERIFY2(!isText(gbnf(grammar.toStdString()), text.toStdString()), text.constData());
}

void TestGbnf::refusesByNameAndPlace_data()
{
    QTest::addColumn<QByteArray>("grammar");
    QTest::addColumn<QByteArray>("part");
    const auto row = [](const char *name, const char *grammar, const char *part) {
        QTest::newRow(name) << QByteArray(grammar) << QByteArray(part);
    };
    row("no rules", "", "root");
    row("no root", "a ::= \"x\"", "expected a rule named root");
    row("undefined", "root ::= a\n", "line 1, column 10: rule 'a' is not defined");
    row("twice", "root ::= \"a\"\nroot ::= \"b\"", "line 2, column 1: rule 'root' is defined twice");
    row("no definition", "root = \"a\"", "expected ::=");
    row("open literal", "root ::= \"a", "column 10: expected \" at the end");
    row("open class", "root ::= [a", "expected ]");
    row("empty class", "root ::= []", "at least one character");
    row("backward range", "root ::= [z-a]", "not below");
    row("open group", "root ::= (\"a\"", "expected )");
    row("bad escape", "root ::= \"\\q\"", "unknown escape");
    row("short escape", "root ::= \"\\u12\"", "4 hexadecimal digits");
    row("surrogate", "root ::= \"\\uD800\"", "expected a Unicode character");
    row("above unicode", "root ::= \"\\U00110000\"", "expected a Unicode character");
    row("not utf-8", "root ::= \"\xFF\"", "expected UTF-8");
    row("backward count", "root ::= \"a\"{3,1}", "n not below m");
    row("large count", "root ::= \"a\"{99999999999}", "a number from 0 to");
    row("tokens", "root ::= <[12]>", "not supported");
    row("star of nothing", "root ::= *", "expected");
    row("left recursion", "root ::= root \"a\" | \"b\"", "rule 'root' begins with itself");
    row("hidden left recursion", "root ::= a \"b\" | \"c\"\na ::= \"x\"? root", "begins with itself");
    row("endless", "root ::= \"a\" root", "rule 'root' can never end");
    row("endless elsewhere", "root ::= \"a\" | b\nb ::= \"x\" b", "rule 'b' can never end");
}

void TestGbnf::refusesByNameAndPlace()
{
    QFETCH(QByteArray, grammar);
    QFETCH(QByteArray, part);
    const std::string message = messageOf(grammar.toStdString());
    QVERIFY2(message.starts_with("grammar: "), message.c_str());
    QVERIFY2(message.find(part.toStdString()) != std::string::npos, message.c_str());
}

void TestGbnf::countsBrackets()
{
    Automaton automaton(engine::grammar::compile(gbnf("root ::= (\"[\" root \"]\")*")));
    QVERIFY(isText(automaton, repeated("[", 100) + repeated("]", 100)));
    QVERIFY(!isText(automaton, repeated("[", 100) + repeated("]", 99)));
    QVERIFY(!isText(automaton, repeated("[", 99) + repeated("]", 100)));
}

void TestGbnf::isLinearInAmbiguity()
{
    // 2^60 stacks, if each were kept by itself.
    Automaton automaton(
        engine::grammar::compile(gbnf("root ::= \"x\" root \"1\" | \"x\" root \"2\" | \"c\"")));
    std::string text = repeated("x", 60) + "c";
    for (int i = 0; i < 60; ++i)
        text += i % 3 ? '1' : '2';
    QVERIFY(isText(automaton, text));
    QVERIFY(automaton.bytes() < 1 << 20);
}

void TestGbnf::knowsAllOfUtf8()
{
    // The set of all characters, and of one block less, against a count of the UTF-8 definition.
    Automaton automaton(engine::grammar::compile(gbnf("root ::= [^\\u0100-\\U0001FFFF]")));
    for (std::uint32_t code = 0; code <= 0x10FFFF; code += code < 0x300 ? 1 : 61) {
        if (code >= 0xD800 && code <= 0xDFFF) continue;
        const std::string text =
            QString::fromUcs4(reinterpret_cast<const char32_t *>(&code), 1).toStdString();
        QCOMPARE(isText(automaton, text), code < 0x100 || code > 0x1FFFF);
    }
}

void TestGbnf::comesToAnEndWhenDeep()
{
    using namespace engine::grammar;
    Automaton automaton(compile(gbnf("root ::= \"(\" root \")\" | \"[\" root \"]\" | \"x\"")));
    automaton.grant(1'000'000);
    Automaton::State state = automaton.start();
    std::string text;
    while (automaton.next(state, '(') != Automaton::kDead) {
        state = automaton.next(state, '(');
        text += '(';
        QVERIFY(text.size() < 1000);
    }
    QVERIFY(text.size() > 200);
    QVERIFY(isText(automaton, text + "x" + repeated(")", static_cast<int>(text.size()))));
}

void TestGbnf::refusesHostileSizes()
{
    QVERIFY(messageOf(repeated("(", 60'000)).find("expected") != std::string::npos);
    QVERIFY(messageOf("root ::= " + repeated("(", 60'000)).find("groups nest") != std::string::npos);
    QCOMPARE(messageOf("root ::= \"a\"" + repeated("{9999}", 5)), std::string()); // long, but small
    QVERIFY(messageOf("root ::= \"a\"" + repeated("*", 5000)).find("repetitions") != std::string::npos);
    QVERIFY(messageOf(repeated("#", 300'000)).find("256 KiB") != std::string::npos);
    std::string chain = "root ::= r0\n"; // as deep as it is long, if it were entered
    for (int i = 0; i < 5000; ++i)
        chain += "r" + std::to_string(i) + " ::= r" + std::to_string(i + 1) + " \"x\"\n";
    QVERIFY(messageOf(chain + "r5000 ::= \"y\"").find("nests more than") != std::string::npos);
}

void TestGbnf::countsAllWorkOfAmbiguity_data()
{
    QTest::addColumn<int>("rules");
    for (const int rules : {60, 120, 250, 500})
        QTest::addRow("%d rules", rules) << rules;
}

/// What is kept tells the work by something else than the count: a step may keep one set with its places in
/// the tables, of 216 bytes at most, and no more.
void TestGbnf::countsAllWorkOfAmbiguity()
{
    using namespace engine::grammar;
    constexpr std::size_t kSteps = 100'000;
    QFETCH(int, rules);
    Automaton automaton(compile(gbnf(support::ambiguousGrammar(rules, "x"))));
    const std::size_t before = automaton.bytes();
    automaton.grant(kSteps);
    const engine::Error error = support::errorOf([&] {
        Automaton::State state = automaton.next(automaton.start(), 'x');
        for (int i = 0; i < 50; ++i) {
            automaton.next(state, 'b');
            automaton.next(state, 'c');
            state = automaton.next(state, 'a');
        }
    });
    QCOMPARE(error.code(), engine::ErrorCode::BadRequest);
    QVERIFY2(error.message().find("too ambiguous") != std::string::npos, error.message().c_str());
    QVERIFY(automaton.bytes() - before <= 216 * kSteps);
}

QTEST_APPLESS_MAIN(TestGbnf)
#include "tst_gbnf.moc"
