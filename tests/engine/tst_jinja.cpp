#include "engine/error.h"
#include "engine/jinja/template.h"
#include "support/thrown_error.h"

#include <QFile>
#include <QtTest>

#include <nlohmann/json.hpp>

using namespace engine;
using nlohmann::ordered_json;

namespace
{

jinja::Value valueOf(const ordered_json &json)
{
    if (json.is_boolean()) return json.get<bool>();
    if (json.is_number()) return json.get<std::int64_t>();
    if (json.is_string()) return json.get<std::string>();
    if (json.is_array()) {
        jinja::List list;
        for (const ordered_json &item : json)
            list.push_back(valueOf(item));
        return list;
    }
    jinja::Dict dict;
    for (const auto &[key, value] : json.items())
        dict.emplace_back(key, valueOf(value));
    return dict;
}

Error errorOf(const std::string &source)
{
    return support::errorOf([&] { jinja::Template(source).render({}); });
}

std::string repeated(const std::string &text, int times)
{
    std::string out;
    for (int i = 0; i < times; ++i)
        out += text;
    return out;
}

} // namespace

class TestJinja : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rendersAsJinja2Does_data();
    void rendersAsJinja2Does();
    void errorsNameTheLine();
    void exceptionsOfTheTemplateAreRequestErrors();
    void endsWhatTakesTooLong_data();
    void endsWhatTakesTooLong();
    void namesEnglishDays();
    void damagedTemplatesAreRefused();
};

void TestJinja::rendersAsJinja2Does_data()
{
    QTest::addColumn<QByteArray>("row");
    QFile file(QStringLiteral(ROOKERY_SOURCE_DIR "/tests/data/jinja/rendered.json"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const ordered_json rows = ordered_json::parse(file.readAll().toStdString());
    QVERIFY(rows.size() > 40);
    int number = 0;
    for (const ordered_json &row : rows)
        QTest::addRow("%d", number++) << QByteArray::fromStdString(row.dump());
}

void TestJinja::rendersAsJinja2Does()
{
    QFETCH(QByteArray, row);
    const ordered_json json = ordered_json::parse(row.toStdString());
    jinja::Dict variables;
    for (const auto &[key, value] : json["variables"].items())
        variables.emplace_back(key, valueOf(value));
    std::string rendered;
    const Error error = support::errorOf(
        [&] { rendered = jinja::Template(json["template"].get<std::string>()).render(variables); });
    if (json["result"].is_null()) {
        QVERIFY(error.code() != ErrorCode::None);
        return;
    }
    QVERIFY2(error.code() == ErrorCode::None, error.message().c_str());
    QCOMPARE(QString::fromStdString(rendered), QString::fromStdString(json["result"].get<std::string>()));
}

void TestJinja::errorsNameTheLine()
{
    QCOMPARE(errorOf("a\nb {{ 1 + }}").message(),
             std::string("chat template, line 2: expected an expression, found '}}'."));
    QCOMPARE(errorOf("\n\n{{ x.y }}").message(),
             std::string("chat template, line 3: 'x' is not there: it has no 'y'."));
    QCOMPARE(errorOf("{{ ().__class__.__mro__() }}").code(),
             ErrorCode::BadTokenizer); // no code behind values
}

void TestJinja::exceptionsOfTheTemplateAreRequestErrors()
{
    const Error error = errorOf("{{ raise_exception('only one user') }}");
    QCOMPARE(error.code(), ErrorCode::BadRequest);
    QCOMPARE(error.message(), std::string("the chat template refuses: only one user"));
}

void TestJinja::endsWhatTakesTooLong_data()
{
    QTest::addColumn<QByteArray>("source");
    const auto row = [](const char *name, const std::string &source) {
        QTest::newRow(name) << QByteArray::fromStdString(source);
    };
    row("loops in loops",
        "{% for a in range(9999) %}{% for b in range(9999) %}{{ a * b }}{% endfor %}{% endfor %}");
    row("doubling",
        "{% set n = namespace(t='x') %}{% for a in range(64) %}{% set n.t = n.t ~ n.t %}{% endfor %}");
    row("doubling lists",
        "{% set n = namespace(t=[1]) %}{% for a in range(64) %}{% set n.t = n.t + n.t %}{% endfor %}");
    row("shared lists printed", "{% set n = namespace(t=[1]) %}{% for a in range(60) %}{% set n.t = [n.t, "
                                "n.t] %}{% endfor %}{{ n.t }}"
                                "{{ n.t | tojson }}{{ n.t }}{{ n.t }}{{ n.t }}");
    row("shared lists compared",
        "{% set n = namespace(t=[1], u=[1]) %}{% for a in range(60) %}{% set n.t = [n.t, n.t] %}"
        "{% set n.u = [n.u, n.u] %}{% endfor %}{{ n.t == n.u }}{{ 1 / 0 }}");
    row("long replacements", "{% set a = 'a' * 1000000 %}{{ a | replace('a', a) }}");
    row("long joins", "{% set a = 'a' * 1000000 %}{{ range(9999) | join(a) }}");
    row("a long range", "{{ range(1000000000) | length }}");
    row("a macro that calls itself", "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}");
    row("a namespace in itself", "{% set n = namespace() %}{% set n.n = n %}{{ n }}{{ 1 / 0 }}");
    row("deep brackets", "{{ " + repeated("(", 100000));
    row("deep lists", "{{ " + repeated("[", 100000) + repeated("]", 100000) + " }}");
    row("a long sum", "{{ 1" + repeated(" + 1", 100000) + " }}");
    row("many nots", "{{ " + repeated("not ", 100000) + "1 }}");
    row("many signs", "{{ " + repeated("- ", 100000) + "1 }}");
    row("deep blocks", repeated("{% if 1 %}", 100000));
    row("many attributes", "{{ x" + repeated(".y", 100000) + " }}");
    row("too long", std::string(2 << 20, 'x'));
}

void TestJinja::endsWhatTakesTooLong()
{
    QFETCH(QByteArray, source);
    const QDeadlineTimer soon(5000);
    QCOMPARE(errorOf(source.toStdString()).code(), ErrorCode::BadTokenizer);
    QVERIFY(!soon.hasExpired());
}

void TestJinja::namesEnglishDays()
{
    const std::string text = jinja::Template("{{ strftime_now('%d %B %Y') }}").render({});
    const QDate date = QLocale::c().toDate(QString::fromStdString(text), QStringLiteral("dd MMMM yyyy"));
    QVERIFY(date.isValid());
    QVERIFY(qAbs(date.daysTo(QDate::currentDate())) <= 1);
}

void TestJinja::damagedTemplatesAreRefused()
{
    const std::string sound =
        "{% for m in messages %}{{ m['role'][1:] | upper }}{% endfor %}{# c #}{{ {'a': [1]}.a }}";
    for (std::size_t i = 0; i < sound.size(); ++i)
        for (const char c : {'\0', '{', '}', '%', '"', '\\', '(', '\xFF'}) {
            std::string damaged = sound;
            damaged[i] = c;
            const ErrorCode code = errorOf(damaged).code(); // any but a crash
            QVERIFY(code == ErrorCode::None || code == ErrorCode::BadTokenizer);
            errorOf(sound.substr(0, i));
        }
}

QTEST_APPLESS_MAIN(TestJinja)
#include "tst_jinja.moc"
