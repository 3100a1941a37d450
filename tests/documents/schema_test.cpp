// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>

#include "base/rng.h"
#include "documents/json.h"
#include "documents/json_schema.h"
#include "documents/override.h"
#include "documents/schema.h"
#include "documents/toml.h"
#include "support/test_case.h"

namespace muster {

namespace {

Schema sample()
{
    const auto stage = schema::table({schema::required("for", schema::of(SchemaType::duration, "")),
                                      schema::required("to", schema::of(SchemaType::rate, ""))},
                                     "a stage");
    auto load = schema::table(
        {schema::standard("model", schema::choice({"open", "closed"}, ""), Value("open"))}, "load");
    load.decidedBy = "model";
    load.variants = {
        {"open", {schema::optional("stages", schema::list(stage, "").range(1, 3))}},
        {"closed", {schema::optional("users", schema::of(SchemaType::integer, "").range(1, 100))}}};
    auto root = schema::table(
        {schema::required("name", schema::of(SchemaType::text, "its name")),
         schema::optional("load", schema::list(load, "loads")),
         schema::optional("memory", schema::of(SchemaType::size, "")),
         schema::optional("share", schema::of(SchemaType::share, "")),
         schema::optional("fast", schema::of(SchemaType::boolean, "")),
         schema::optional("weight", schema::of(SchemaType::number, "").range(0, 1)),
         schema::optional("words", schema::list(schema::of(SchemaType::text, ""), "")),
         schema::optional("expect", schema::map(schema::of(SchemaType::text, ""), ""))},
        "the whole");
    root.reserved = {{"services", "services are not available in this version"}};
    return root;
}

std::vector<std::string> problems(const char* toml)
{
    std::vector<std::string> out;
    for (const auto& violation : check(sample(), parseToml(toml, "w.toml").value())) {
        out.push_back(violation.text());
    }
    return out;
}

}  // namespace

class SchemaTest : public QObject {
    Q_OBJECT
private slots:
    void aRightDocumentHasNoViolation()
    {
        QVERIFY(problems("name='x'\nmemory='1GiB'\nshare='5%'\nfast=true\nweight=1\n"
                         "words=['a']\n[[load]]\nstages=[{for='1s',to='5/s'}]\n"
                         "[[load]]\nmodel='closed'\nusers=3\n[expect]\n'a.b'='< 1'\n")
                    .empty());
    }
    void everyMistakeIsNamedWithLineKeyAndWhatWasExpected_data()
    {
        QTest::addColumn<QString>("toml");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* toml, const char* message) {
            QTest::newRow(message) << QString(toml) << QString(message);
        };
        row("name='x'\nmemroy=1\n",
            "w.toml:2: key \"memroy\": unknown key, expected one of name, load, memory, share, "
            "fast, weight, words, expect; did you mean \"memory\"?");
        row("name=3\n", "w.toml:1: key \"name\": expected text, found the number 3");
        row("fast=true\n", "w.toml:1: key \"name\": missing, expected text");
        row("name='x'\nweight=1.5\n",
            "w.toml:2: key \"weight\": expected a number from 0 to 1, found the number 1.5");
        row("name='x'\n[[load]]\nmodel='clsoed'\n",
            "w.toml:3: key \"load.0.model\": expected one of open, closed, found text \"clsoed\"; "
            "did you mean \"closed\"?");
        row("name='x'\n[[load]]\nusers=1\n",
            "w.toml:3: key \"load.0.users\": belongs to model closed only, expected one of model, "
            "stages");
        row("name='x'\n[[load]]\nstages=[]\n",
            "w.toml:3: key \"load.0.stages\": expected a list with a number of entries from 1 to "
            "3, found one of 0");
        row("name='x'\n[[load]]\nmodel='closed'\nusers=0\n",
            "w.toml:4: key \"load.0.users\": expected a whole number from 1 to 100, found the "
            "number 0");
        row("name='x'\n[[load]]\nstages=[{for='5',to='1/s'}]\n",
            "w.toml:3: key \"load.0.stages.0.for\": expected a duration such as \"2s\", found "
            "text \"5\"");
        row("name='x'\nmemory=-1\n",
            "w.toml:2: key \"memory\": expected a size such as \"1GiB\", found the number -1");
        row("name='x'\nshare='101%'\n",
            "w.toml:2: key \"share\": expected a share such as \"50%\", found text \"101%\"");
        row("name='x'\n[expect]\n'a.b'=1\n",
            "w.toml:3: key \"expect.\"a.b\"\": expected text, found the number 1");
        row("name='x'\n[services.disk]\nx=1\n",
            "w.toml:2: key \"services\": services are not available in this version");
    }
    void everyMistakeIsNamedWithLineKeyAndWhatWasExpected()
    {
        QFETCH(QString, toml);
        QFETCH(QString, message);
        const auto found = problems(toml.toUtf8().constData());
        QCOMPARE(found.size(), std::size_t{1});
        QCOMPARE(QString::fromStdString(found[0]), message);
    }
    void allMistakesAreListedInTheOrderOfTheFile()
    {
        const auto found = check(sample(), parseToml("nme='x'\nfast=1\nweight='y'\n", "w").value());
        QCOMPARE(found.size(), std::size_t{4});
        const auto error = toError(found);
        QCOMPARE(std::count(error.message.begin(), error.message.end(), '\n'), 3);
        QVERIFY(error.code == ErrorCode::invalidArgument);
        QVERIFY(std::is_sorted(found.begin(), found.end(),
                               [](const auto& a, const auto& b) { return a.at.line < b.at.line; }));
    }
    void aFlagSetsAnyKeyTypedByTheSchema()
    {
        auto document =
            parseToml("name='x'\n[[load]]\nstages=[{for='1s',to='5/s'}]\n", "w").value();
        for (const char* flag : {"name=a=b", "memory=1GiB", "fast=true", "weight=0.5", "words=a,b",
                                 "load.0.stages.0.to=9/s", "expect.\"a.p99\"=< 5ms", "share=5%"}) {
            const auto applied = applyOverride(document, sample(), flag);
            QVERIFY2(applied.ok(), flag);
        }
        QCOMPARE(toJson(document),
                 std::string("{\"name\":\"a=b\",\"load\":[{\"stages\":[{\"for\":\"1s\","
                             "\"to\":\"9/s\"}]}],\"memory\":\"1GiB\",\"fast\":true,"
                             "\"weight\":0.5,\"words\":[\"a\",\"b\"],"
                             "\"expect\":{\"a.p99\":\"< 5ms\"},\"share\":\"5%\"}"));
        QVERIFY(check(sample(), document).empty());
        QVERIFY(applyOverride(document, sample(),
                              "load.0.stages=[{for='1s',to='1/s'},{for='2s',to='2/s'}]")
                    .ok());
        QCOMPARE(document.find("load")->asArray()[0].find("stages")->asArray().size(),
                 std::size_t{2});
    }
    void aWrongFlagIsNamedAndChangesNothing_data()
    {
        QTest::addColumn<QString>("flag");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* flag, const char* message) {
            QTest::newRow(flag) << QString(flag) << QString(message);
        };
        row("memroy=1GiB",
            "--set memroy=1GiB: key \"memroy\": unknown key, expected one of name, load, memory, "
            "share, fast, weight, words, expect; did you mean \"memory\"?");
        row("memory", "--set memory: expected KEY=VALUE, such as input.path=/srv");
        row("=1", "--set =1: expected KEY=VALUE, such as input.path=/srv");
        row("memory=much",
            "--set memory=much: key \"memory\": expected a size such as \"1GiB\", found text "
            "\"much\"");
        row("load.1.model=open",
            "--set load.1.model=open: key \"load.1\": expected the number of an entry of "
            "\"load\", from 0 to 0");
        row("load.0.stages.0.to.x=1",
            "--set load.0.stages.0.to.x=1: \"load.0.stages.0.to\" holds a rate such as \"500/s\" "
            "and has no keys");
        row("services.x=1",
            "--set services.x=1: key \"services\": services are not available in this version");
        row("fast=maybe",
            "--set fast=maybe: key \"fast\": expected true or false, found text \"maybe\"");
    }
    void aWrongFlagIsNamedAndChangesNothing()
    {
        QFETCH(QString, flag);
        QFETCH(QString, message);
        auto document =
            parseToml("name='x'\n[[load]]\nstages=[{for='1s',to='5/s'}]\n", "w").value();
        const auto before = document;
        const auto applied = applyOverride(document, sample(), flag.toStdString());
        QVERIFY(!applied.ok());
        QCOMPARE(QString::fromStdString(applied.error().text()), message);
        QVERIFY(document == before);
    }
    void mutatedFlagsNeverCrashAndLeaveARightDocumentOrSayWhy()
    {
        const std::vector<std::string> seeds{"load.0.stages.0.to=9/s", "expect.\"a.p99\"=< 5ms",
                                             "words=[\"a\", \"b\"]", "load=[{model='open'}]"};
        Rng rng(5);
        int refused = 0;
        for (int round = 0; round < 5000; ++round) {
            std::string flag = seeds[rng.below(seeds.size())];
            for (std::uint64_t edits = 1 + rng.below(3); edits > 0 && !flag.empty(); --edits) {
                const auto at = rng.below(flag.size());
                switch (rng.below(3)) {
                    case 0:
                        flag[at] = static_cast<char>(rng.below(256));
                        break;
                    case 1:
                        flag.erase(at, 1 + rng.below(4));
                        break;
                    default:
                        flag.insert(at, 1, ".=\"[]{},0'"[rng.below(10)]);
                }
            }
            auto document =
                parseToml("name='x'\n[[load]]\nstages=[{for='1s',to='5/s'}]\n", "w").value();
            const auto applied = applyOverride(document, sample(), flag);
            if (!applied.ok()) {
                ++refused;
                QVERIFY(applied.error().where == "--set " + flag);
                QVERIFY(!applied.error().message.empty());
            }
        }
        QVERIFY(refused > 1000);
    }
    void thePublishedSchemaHoldsTypesRangesAndVariants()
    {
        const auto text = toJsonSchema(sample(), "Sample", "https://example.org/s.json");
        const auto published = parseJson(text, "schema").value();
        const auto* properties = published.find("properties");
        QCOMPARE(properties->find("weight")->find("maximum")->asInteger(), std::int64_t{1});
        QCOMPARE(published.find("required")->asArray()[0].asText(), std::string("name"));
        QVERIFY(!published.find("additionalProperties")->asBool());
        const auto& all = properties->find("load")->find("items")->find("allOf")->asArray();
        QCOMPARE(all.size(), std::size_t{2});
        QVERIFY(all[0].find("if")->find("required") == nullptr);
        QVERIFY(all[1].find("if")->find("required") != nullptr);
        QVERIFY(all[1].find("then")->find("properties")->find("users") != nullptr);
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::SchemaTest);
#include "schema_test.moc"
