// SPDX-License-Identifier: Apache-2.0
#include "agents/text_template.h"

#include <QtTest/QtTest>

#include "support/test_case.h"

namespace muster {
namespace {

Result<std::string> filled(
    const std::string& text, TextTarget target, const std::string& item,
    TextTemplate::Environment environment = TextTemplate::Environment::refused)
{
    auto made = TextTemplate::parse(text, target, environment);
    if (!made) {
        return made.error();
    }
    ActionWorld world;
    world.helpers = {{"site", 8080}, {"a.b", 9}};
    Secrets secrets;
    auto bound = made->bind(world, secrets);
    if (!bound) {
        return bound.error();
    }
    ActionCall call;
    call.item = item;
    call.number = 7;
    call.attempt = 2;
    TemplateValues values(call);
    return bound->fill(values);
}

void addEscapes()
{
    const auto row = [](const char* name, TextTarget target, const char* text, const char* item,
                        const char* expected) {
        QTest::newRow(name) << static_cast<int>(target) << QString(text) << QString(item)
                            << QString(expected);
    };

    row("plain", TextTarget::plain, "say {item}!", "a \"b\" {c}", "say a \"b\" {c}!");
    row("part of a URL", TextTarget::url, "http://h/{item}?q=1", "a/b &c\xc3\xa9",
        "http://h/a%2Fb%20%26c%C3%A9?q=1");
    row("path of a URL", TextTarget::url, "http://h/{item:path}", "/a b/c?d",
        "http://h//a%20b/c%3Fd");
    row("whole URL", TextTarget::url, "{item}", "http://h/a b?c=%20#d", "http://h/a%20b?c=%20#d");
    row("raw URL", TextTarget::url, "http://h{item:url}", "/x?y=1&z", "http://h/x?y=1&z");
    row("JSON", TextTarget::json, "{\"q\":\"{item}\"}", "a\"b\\c\nd",
        "{\"q\":\"a\\\"b\\\\c\\nd\"}");
    row("JSON value", TextTarget::json, "{\"q\":{item.n:json},\"t\":{item.t:json}}",
        "{\"n\":[1,2],\"t\":\"x\\\"y\"}", "{\"q\":[1,2],\"t\":\"x\\\"y\"}");
    row("form", TextTarget::form, "q={item}&r=1", "a b&c=d", "q=a+b%26c%3Dd&r=1");
    row("argument", TextTarget::argument, "--name={item}", "; rm -rf / $(x)",
        "--name=; rm -rf / $(x)");
    row("name of a path", TextTarget::argument, "{item:name} {item:stem}.o", "/a/b.c/d.e.cpp",
        "d.e.cpp d.e.o");
    row("file name", TextTarget::fileName, "{item}.html", "../../etc/passwd",
        "..%2F..%2Fetc%2Fpasswd.html");
    row("file name of dots", TextTarget::fileName, "{item}", "..", "%..");
    row("fields", TextTarget::plain, "{item.a}-{item.b.c}", "{\"a\":1,\"b\":{\"c\":\"deep\"}}",
        "1-deep");
    row("counters", TextTarget::plain, "{number}/{attempt}", "", "7/2");
    row("helper", TextTarget::url, "http://127.0.0.1:{helpers.site.port}/", "",
        "http://127.0.0.1:8080/");
    row("helper with a dot", TextTarget::plain, "{helpers.a.b.port}", "", "9");
    row("braces of JSON", TextTarget::json, "{\"a\":{\"b\":{}},\"c\":\"{item}\"}", "x",
        "{\"a\":{\"b\":{}},\"c\":\"x\"}");
    row("doubled", TextTarget::plain, "{{item} $$ $5", "x", "{item} $$ $5");
}

}  // namespace

class TextTemplateTest : public QObject {
    Q_OBJECT
private slots:
    void eachTargetEscapesInItsOwnWay_data()
    {
        QTest::addColumn<int>("target");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("item");
        QTest::addColumn<QString>("expected");
        addEscapes();
    }
    void eachTargetEscapesInItsOwnWay()
    {
        QFETCH(int, target);
        QFETCH(QString, text);
        QFETCH(QString, item);
        QFETCH(QString, expected);
        const auto out =
            filled(text.toStdString(), static_cast<TextTarget>(target), item.toStdString());
        QVERIFY2(out.ok(), out.ok() ? "" : out.error().text().c_str());
        QCOMPARE(QString::fromStdString(*out), expected);
    }
    void whatCannotBeFilledInIsAMistake_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("says");
        QTest::newRow("misspelt") << "{itme.a}"
                                  << "did you mean \"item\"?";
        QTest::newRow("no port") << "{helpers.site}"
                                 << "{helpers.NAME.port}";
        QTest::newRow("no such helper") << "{helpers.sit.port}"
                                        << "there is no helper \"sit\"";
        QTest::newRow("empty name") << "{item..a}"
                                    << "empty name";
        QTest::newRow("modifier") << "{item:json}"
                                  << ":json";
    }
    void whatCannotBeFilledInIsAMistake()
    {
        QFETCH(QString, text);
        QFETCH(QString, says);
        const auto out = filled(text.toStdString(), TextTarget::plain, "x");
        QVERIFY(!out.ok());
        QVERIFY2(QString::fromStdString(out.error().text()).contains(says),
                 out.error().text().c_str());
    }
    void whatDoesNotFitIsSaidOfEveryPlace()
    {
        const auto text =
            TextTemplate::parse("{item.a} {item.b} {item.a} $KEY {number}", TextTarget::plain,
                                TextTemplate::Environment::allowed);
        QVERIFY(text.ok());
        const auto problems = [&](std::string_view item) {
            ActionCall call;
            call.item = item;
            TemplateValues values(call);
            return text->problems(values);
        };
        QVERIFY((problems("{\"c\":1}") ==
                 std::vector<std::string>{"the item has no field a", "the item has no field b"}));
        QVERIFY(problems("{\"a\":1,\"b\":2}").empty());  // though nothing is bound
    }
    void anItemThatDoesNotFitIsRefused()
    {
        QVERIFY(!filled("{item.a}", TextTarget::plain, "no JSON").ok());
        QVERIFY(!filled("{item.a}", TextTarget::plain, "{\"b\":1}").ok());
        QVERIFY(!filled("X-A: {item}", TextTarget::header, "a\r\nX-B: c").ok());
        QVERIFY(!filled("{item}", TextTarget::argument, std::string("a\0b", 3)).ok());
    }
    void aKeyComesFromTheEnvironmentAndIsTakenOutAgain()
    {
        qputenv("MUSTER_TEST_KEY", "s3cret/key");
        ActionWorld world;
        Secrets secrets;
        ActionCall call;
        TemplateValues values(call);
        const auto header =
            TextTemplate::parse("Authorization: Bearer $MUSTER_TEST_KEY", TextTarget::header,
                                TextTemplate::Environment::allowed)
                ->bind(world, secrets);
        QCOMPARE(*header->fill(values), std::string("Authorization: Bearer s3cret/key"));
        const auto url = TextTemplate::parse("http://h/?k=${MUSTER_TEST_KEY}$$", TextTarget::url,
                                             TextTemplate::Environment::allowed)
                             ->bind(world, secrets);
        QCOMPARE(*url->fill(values), std::string("http://h/?k=s3cret%2Fkey$"));
        QCOMPARE(secrets.redacted("<s3cret/key> and s3cret%2Fkey"),
                 std::string("<$MUSTER_TEST_KEY> and $MUSTER_TEST_KEY"));
        qunsetenv("MUSTER_TEST_KEY");
        const auto gone =
            filled("$MUSTER_TEST_KEY", TextTarget::header, "", TextTemplate::Environment::allowed);
        QVERIFY(!gone.ok());
        QVERIFY2(gone.error().text().find("MUSTER_TEST_KEY") != std::string::npos,
                 gone.error().text().c_str());
    }
    void aKeyThatIsTooShortIsRefused()
    {
        qputenv("MUSTER_TEST_KEY", "abc");
        QVERIFY(
            !filled("$MUSTER_TEST_KEY", TextTarget::header, "", TextTemplate::Environment::allowed)
                 .ok());
        qunsetenv("MUSTER_TEST_KEY");
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::TextTemplateTest);
#include "text_template_test.moc"
