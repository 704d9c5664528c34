// JSON schemas as grammars: by hand, and by random texts before an independent validator.
#include "support/grammar_world.h"
#include "support/schema_oracle.h"
#include "support/thrown_error.h"

#include <QtTest>

using engine::grammar::Automaton;
using support::isText;
using support::jsonSchema;

namespace
{

constexpr const char *kPerson =
    R"({"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}},
    "required":["name","age"],"additionalProperties":false})";
constexpr const char *kOptional =
    R"({"type":"object","properties":{"a":{"type":"null"},"b":{"type":"null"},"c":{"type":"null"}},
    "required":["b"],"additionalProperties":false})";
constexpr const char *kTree = R"({"$ref":"#/$defs/node","$defs":{"node":{"type":"object","properties":{
    "value":{"type":"number"},"next":{"anyOf":[{"$ref":"#/$defs/node"},{"type":"null"}]}},
    "required":["value","next"],"additionalProperties":false}}})";

std::string messageOf(const std::string &schema)
{
    return support::errorOf([&] { engine::grammar::compile(jsonSchema(schema)); }).message();
}

} // namespace

class TestJsonSchema : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void knowsItsTexts_data();
    void knowsItsTexts();
    void randomTextsAreValid_data();
    void randomTextsAreValid();
    void randomJsonIsJson();
    void integersWithinBounds_data();
    void integersWithinBounds();
    void refusesByNameAndPlace_data();
    void refusesByNameAndPlace();
    void refusesHostileSizes();
};

void TestJsonSchema::knowsItsTexts_data()
{
    QTest::addColumn<QByteArray>("schema");
    QTest::addColumn<QByteArrayList>("good");
    QTest::addColumn<QByteArrayList>("bad");
    using L = QByteArrayList;
    QTest::newRow("object")
        << QByteArray(kPerson)
        << L{R"({"name":"x","age":3})", "{ \"name\": \"\\u00e9\\n\",\n  \"age\": -12 }"}
        << L{R"({"age":3,"name":"x"})",    R"({"name":"x"})",           "{}",
             R"({"name":"x","age":3,})",   R"({"name":"x","age":3.5})", R"({"name":"x","age":03})",
             "{\"name\":\"\n\",\"age\":1}"};
    QTest::newRow("optional") << QByteArray(kOptional)
                              << L{R"({"b":null})", R"({"a":null,"b":null})", R"({"b":null,"c":null})"}
                              << L{"{}", R"({"a":null})", R"({,"b":null})", R"({"b":null,})",
                                   R"({"a":null"b":null})"};
    QTest::newRow("any object") << QByteArray(R"({"type":"object"})") << L{"{}", R"({"x":[1,{"y":null}]})"}
                                << L{"[]", "1"};
    QTest::newRow("map") << QByteArray(R"({"type":"object","additionalProperties":{"type":"boolean"}})")
                         << L{"{}", R"({"x":true,"y":false})"} << L{R"({"x":1})"};
    QTest::newRow("no properties") << QByteArray(R"({"type":"object","additionalProperties":false})")
                                   << L{"{}", "{ }"} << L{R"({"x":1})"};
    QTest::newRow("array") << QByteArray(
                                  R"({"type":"array","items":{"type":"boolean"},"minItems":1,"maxItems":3})")
                           << L{"[true]", "[true, false,true]"}
                           << L{"[]", "[true,true,true,true]", "[1]", "[true,]"};
    QTest::newRow("empty array") << QByteArray(R"({"type":"array","maxItems":0})") << L{"[]"} << L{"[1]"};
    QTest::newRow("enum") << QByteArray(R"({"enum":["a","b\"",3,null,{"k":[1]}]})")
                          << L{"\"a\"", "\"b\\\"\"", "3", "null", R"({"k":[1]})"} << L{"a", "\"c\"", "4"};
    QTest::newRow("enum of a type") << QByteArray(R"({"type":"string","enum":["a",3]})") << L{"\"a\""}
                                    << L{"3"};
    QTest::newRow("const") << QByteArray(R"({"const":"only"})") << L{"\"only\""} << L{"\"onl\""};
    QTest::newRow("types") << QByteArray(R"({"type":["string","null"]})") << L{"null", "\"\""}
                           << L{"1", "true"};
    QTest::newRow("lengths count characters")
        << QByteArray(R"({"type":"string","minLength":1,"maxLength":2})")
        << L{"\"a\"", "\"\xC3\xA9\xF0\x9F\x98\x80\"", "\"\\n\\u00e9\"", "\"\\ud83d\\ude00x\""}
        << L{"\"\"", "\"abc\"", "\"\xC3\xA9\xC3\xA9\xC3\xA9\"", "\"\\ud83d\""};
    QTest::newRow("pattern") << QByteArray(R"({"type":"string","pattern":"^[A-Z]{2}-\\d+(\\.x|\"y)?$"})")
                             << L{"\"AB-1\"", "\"XY-42.x\"", "\"XY-42\\\"y\""}
                             << L{"\"A-1\"", "\"AB-\"", "\"AB-1.\"", "\" AB-1\""};
    QTest::newRow("pattern in the middle")
        << QByteArray(R"({"type":"string","pattern":"b+$"})") << L{"\"b\"", "\"aabb\""} << L{"\"ba\""};
    QTest::newRow("date") << QByteArray(R"({"type":"string","format":"date"})")
                          << L{"\"2024-01-31\"", "\"1999-12-30\""}
                          << L{"\"2024-02-30\"", "\"2024-04-31\"", "\"2024-13-01\"", "\"2024-00-01\"",
                               "\"24-01-01\""};
    QTest::newRow("uuid") << QByteArray(R"({"type":"string","format":"uuid"})")
                          << L{"\"123e4567-e89b-12d3-a456-426614174000\""} << L{"\"123e4567\""};
    QTest::newRow("recursion") << QByteArray(kTree)
                               << L{R"({"value":1,"next":null})",
                                    R"({"value":1,"next":{"value":2.5e3,"next":null}})"}
                               << L{R"({"value":1})", R"({"value":1,"next":{}})"};
    QTest::newRow("anyOf") << QByteArray(
                                  R"({"anyOf":[{"type":"integer"},{"type":"array","items":{"$ref":"#"}}]})")
                           << L{"1", "[[1], []]"} << L{"null", "[null]"};
    QTest::newRow("true") << QByteArray("true") << L{"1", "[{}]", "\"x\""} << L{"", "nul"};
    QTest::newRow("number") << QByteArray(R"({"type":"number"})") << L{"0", "-0.5", "12.25E+10", "1e-7"}
                            << L{".5", "1.", "+1", "1e999", "0x1", "00", "NaN"};
}

void TestJsonSchema::knowsItsTexts()
{
    QFETCH(QByteArray, schema);
    QFETCH(QByteArrayList, good);
    QFETCH(QByteArrayList, bad);
    Automaton automaton(engine::grammar::compile(jsonSchema(schema.toStdString())));
    for (const QByteArray &text : good)
        QVERIFY2(isText(automaton, text.toStdString()), text.constData());
    for (const QByteArray &text : bad)
        QVERIFY2(!isText(automaton, text.toStdString()), text.constData());
}

void TestJsonSchema::randomTextsAreValid_data()
{
    QTest::addColumn<QByteArray>("schema");
    const auto row = [](const char *name, const char *schema) { QTest::newRow(name) << QByteArray(schema); };
    row("object", kPerson);
    row("optional", kOptional);
    row("tree", kTree);
    row("anything", "{}");
    row("arrays",
        R"({"type":"array","items":{"type":"array","items":{"type":["integer","string"],"maxLength":5},"maxItems":3},"minItems":2})");
    row("lengths", R"({"type":"string","minLength":3,"maxLength":12})");
    row("pattern", R"({"type":"string","pattern":"^(ab|[c-f]{2,4}\\d?)+$"})");
    row("number", R"({"type":"number","minimum":-3.5,"exclusiveMaximum":20})");
    row("above zero", R"({"type":"number","exclusiveMinimum":0,"maximum":3})");
    row("enums",
        R"({"type":"object","properties":{"unit":{"enum":["C","F"]},"deep":{"type":"object","properties":{
        "x":{"type":"integer","minimum":1,"maximum":31}},"additionalProperties":false}},"required":["unit"],"additionalProperties":false})");
    row("map",
        R"({"type":"object","additionalProperties":{"anyOf":[{"type":"null"},{"type":"array","items":{"type":"boolean"}}]}})");
}

void TestJsonSchema::randomTextsAreValid()
{
    QFETCH(QByteArray, schema);
    Automaton automaton(engine::grammar::compile(jsonSchema(schema.toStdString())));
    const support::SchemaOracle oracle(support::Json::parse(schema.toStdString()));
    std::mt19937 random(5);
    for (int i = 0; i < 60; ++i) {
        const std::string text = support::randomText(automaton, random);
        const support::Json value = support::Json::parse(text, nullptr, false);
        QVERIFY2(!value.is_discarded(), text.c_str());
        QVERIFY2(oracle.allows(value), text.c_str());
    }
}

void TestJsonSchema::randomJsonIsJson()
{
    Automaton automaton(engine::grammar::compile(support::anyJson()));
    std::mt19937 random(7);
    for (int i = 0; i < 100; ++i) {
        const std::string text = support::randomText(automaton, random, 200);
        const support::Json value = support::Json::parse(text, nullptr, false);
        QVERIFY2(value.is_object(), text.c_str());
    }
}

void TestJsonSchema::integersWithinBounds_data()
{
    QTest::addColumn<int>("least");
    QTest::addColumn<int>("most");
    for (const auto &[least, most] : std::initializer_list<std::pair<int, int>>{
             {0, 0}, {1, 31}, {-5, 5}, {-1234, -98}, {7, 1000}, {-1, 101}, {95, 105}, {-20, 0}})
        QTest::addRow("%d to %d", least, most) << least << most;
}

void TestJsonSchema::integersWithinBounds()
{
    QFETCH(int, least);
    QFETCH(int, most);
    const std::string schema = R"({"type":"integer","minimum":)" + std::to_string(least) + R"(,"maximum":)" +
                               std::to_string(most) + "}";
    Automaton automaton(engine::grammar::compile(jsonSchema(schema)));
    for (int i = -1300; i <= 1300; ++i)
        QVERIFY2(isText(automaton, std::to_string(i)) == (i >= least && i <= most),
                 std::to_string(i).c_str());
}

void TestJsonSchema::refusesByNameAndPlace_data()
{
    QTest::addColumn<QByteArray>("schema");
    QTest::addColumn<QByteArray>("part");
    const auto row = [](const char *name, const char *schema, const char *part) {
        QTest::newRow(name) << QByteArray(schema) << QByteArray(part);
    };
    row("no json", "{", "expected JSON");
    row("no schema", "[]", "#: expected a schema, found array");
    row("keyword", R"({"type":"object","properties":{"age":{"type":"integer","multipleOf":2}}})",
        "#/properties/age: keyword 'multipleOf' is not supported");
    row("oneOf", R"({"oneOf":[{}]})", "keyword 'oneOf' is not supported");
    row("not", R"({"not":{}})", "keyword 'not'");
    row("unknown", R"({"x-mine":1})", "keyword 'x-mine'");
    row("unique", R"({"type":"array","uniqueItems":true})", "keyword 'uniqueItems'");
    row("type", R"({"type":"float"})", "keyword 'type': expected object, array");
    row("required", R"({"type":"object","properties":{},"required":["a"]})", "keyword 'required': ");
    row("beside a reference", R"({"$ref":"#","type":"object"})", "keyword 'type' beside '$ref'");
    row("beside anyOf", R"({"anyOf":[{}],"minLength":2})", "keyword 'minLength' beside 'anyOf'");
    row("foreign reference", R"({"$ref":"http://x/y"})", "expected a reference within the schema");
    row("lost reference", R"({"$ref":"#/$defs/a"})", "there is no #/$defs/a");
    row("endless", R"({"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]})", "can never end");
    row("circle", R"({"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/a"}}})", "can never end");
    row("format", R"({"type":"string","format":"regex"})", "keyword 'format': expected one of date");
    row("lookahead", R"({"type":"string","pattern":"(?=a)b"})", "pattern: at byte 2: (?...)");
    row("back reference", R"({"type":"string","pattern":"(a)\\1"})", "is not supported");
    row("anchor inside", R"({"type":"string","pattern":"a^b"})", "at the ends only");
    row("lengths", R"({"type":"string","minLength":3,"maxLength":2})", "'maxLength' is below");
    row("negative", R"({"type":"string","minLength":-1})", "expected an integer from 0");
    row("no number left", R"({"type":"integer","minimum":5,"maximum":4})", "expected bounds");
    row("false", "false", "allows nothing");
    row("empty enum", R"({"enum":[]})", "'enum': expected a list");
}

void TestJsonSchema::refusesByNameAndPlace()
{
    QFETCH(QByteArray, schema);
    QFETCH(QByteArray, part);
    const std::string message = messageOf(schema.toStdString());
    QVERIFY2(message.starts_with("json_schema: "), message.c_str());
    QVERIFY2(message.find(part.toStdString()) != std::string::npos, message.c_str());
}

void TestJsonSchema::refusesHostileSizes()
{
    std::string deep = "true";
    for (int i = 0; i < 150; ++i)
        deep = R"({"items":)" + deep + "}";
    QVERIFY(messageOf(deep).find("nest") != std::string::npos);
    QVERIFY(messageOf(std::string(50'000, '[')).find("nests") != std::string::npos);
    QVERIFY(messageOf(std::string(300'000, ' ')).find("256 KiB") != std::string::npos);
    QVERIFY(messageOf(R"({"type":"array","items":{"type":"string","maxLength":10000},"maxItems":10001})")
                .find("10000") != std::string::npos);
    std::string wide = R"({"type":"object","properties":{)";
    for (int i = 0; i < 3000; ++i)
        wide += (i ? ",\"p" : "\"p") + std::to_string(i) + R"(":{"type":"null"})";
    QVERIFY2(messageOf(wide + "}}").empty(), "many properties are fine");
}

QTEST_APPLESS_MAIN(TestJsonSchema)
#include "tst_json_schema.moc"
