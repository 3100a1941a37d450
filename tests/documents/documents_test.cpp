// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <QtTest/QtTest>
#include <fstream>
#include <thread>

#include "base/rng.h"
#include "documents/json.h"
#include "documents/nearest.h"
#include "documents/toml.h"
#include "documents/units.h"
#include "support/test_case.h"

namespace muster {

class DocumentsTest : public QObject {
    Q_OBJECT
private slots:
    void tomlKeepsOrderTypesAndPositions()
    {
        const auto value =
            parseToml("zeta = 1\nalpha = [true, 2.5, 'x']\n\n[table]\nkey = 'v'\n", "a.toml");
        QVERIFY(value.ok());
        QCOMPARE(value->asTable().size(), std::size_t{3});
        QCOMPARE(value->asTable()[0].key, std::string("zeta"));
        QCOMPARE(value->asTable()[1].key, std::string("alpha"));
        QCOMPARE(value->find("zeta")->asInteger(), std::int64_t{1});
        const auto& list = value->find("alpha")->asArray();
        QVERIFY(list[0].asBool());
        QCOMPARE(list[1].asNumber(), 2.5);
        QCOMPARE(list[2].asText(), std::string("x"));
        QCOMPARE(list[1].at().text(), std::string("a.toml:2"));
        QCOMPARE(list[1].at().column, 16U);
        QCOMPARE(value->find("table")->asTable()[0].keyAt.text(), std::string("a.toml:5"));
        QVERIFY(value->find("nothing") == nullptr);
        QVERIFY(list[0].find("nothing") == nullptr);
    }
    void tomlMistakesNameFileAndLine()
    {
        const auto value = parseToml("a = 1\nb = = 2\n", "b.toml");
        QVERIFY(!value.ok());
        QCOMPARE(value.error().where, std::string("b.toml:2"));
        const auto twice = parseToml("a = 1\na = 2\n", "b.toml");
        QCOMPARE(twice.error().where, std::string("b.toml:2"));
    }
    void aKeyOfEndlessPartsIsRefusedWithItsLine()
    {
        const auto deep = [](std::size_t parts) {
            std::string key = "a";
            for (std::size_t i = 1; i < parts; ++i) {
                key += ".a";
            }
            return "first = 'a.b' # c.d\n" + key + " = 1\n";
        };
        QVERIFY(parseToml(deep(16), "c.toml").ok());
        // The second is deep enough to overflow the stack where it is not refused.
        for (const std::size_t parts : {std::size_t{17}, std::size_t{100'000}}) {
            const auto refused = parseToml(deep(parts), "c.toml");
            QVERIFY(!refused.ok());
            QCOMPARE(refused.error().where, std::string("c.toml:2"));
        }
    }
    void dotsInStringsAndCommentsAreNoKeys()
    {
        const std::string dots(100, '.');
        for (const auto& text :
             {"a = \"" + dots + "\"\n", "a = '" + dots + "' # " + dots + "\n",
              "a = \"\\\"" + dots + "\"\n", "a = '''\n" + dots + "'\n" + dots + "'''\n",
              "a = \"\"\"\n\\\"" + dots + "\"\n" + dots + "\"\"\"\n",
              std::string("a = [1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5,"
                          " 1.5, 1.5, 1.5, 1.5]\n"),
              "\"" + dots + "\".b = 1\n"}) {
            const auto value = parseToml(text, "d.toml");
            QVERIFY2(value.ok(), text.c_str());
        }
    }
    void aPipeIsReadAndOneWithoutAWriterIsRefused()
    {
        const QTemporaryDir directory;
        const auto pipe = directory.filePath("pipe").toStdString();
        QCOMPARE(mkfifo(pipe.c_str(), 0600), 0);
        const auto refused = readTomlFile(pipe);
        QVERIFY(!refused.ok());
        QVERIFY(refused.error().message.find("pipe") != std::string::npos);
        std::thread writer([&] { std::ofstream(pipe) << "a = 1\n"; });
        const auto value = readTomlFile(pipe);
        writer.join();
        QVERIFY(value.ok());
        QVERIFY(value->find("a") != nullptr);
    }
    void filesThatCannotBeReadSaySo()
    {
        QVERIFY(readTomlFile("/no/such.toml").error().code == ErrorCode::notFound);
        QVERIFY(readTomlFile("/tmp").error().message.find("directory") != std::string::npos);
        QTemporaryDir directory;
        const auto path = directory.filePath("w.toml");
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("[workload]\nname = 'x'\n");
        file.close();
        const auto read = readTomlFile(path.toStdString());
        QCOMPARE(read->find("workload")->find("name")->asText(), std::string("x"));
    }
    void jsonReadsWithLinesAndWritesBack()
    {
        const std::string text = "{\n  \"b\": [1, -2.5, null],\n  \"a\": {\"x\": \"\\u00e4\"}\n}";
        const auto value = parseJson(text, "c.json");
        QVERIFY(value.ok());
        QCOMPARE(value->asTable()[0].key, std::string("b"));
        QCOMPARE(value->find("b")->asArray()[1].at().text(), std::string("c.json:2"));
        QCOMPARE(value->find("a")->find("x")->at().line, 3U);
        QCOMPARE(toJson(value.value()), std::string("{\"b\":[1,-2.5,null],\"a\":{\"x\":\"ä\"}}"));
        QVERIFY(parseJson(toJson(value.value(), 2), "again").value() == value.value());
    }
    void jsonMistakesNameTheLine()
    {
        const auto value = parseJson("{\n\"a\": 1,\n oops }", "d.json");
        QVERIFY(!value.ok());
        QCOMPARE(value.error().where, std::string("d.json:3"));
        QVERIFY(!parseJson("", "d.json").ok());
        QVERIFY(!parseJson(std::string(100'000, '['), "d.json").ok());
        QVERIFY(!parseJson("1 2", "d.json").ok());
        QVERIFY(parseJson("[18446744073709551615]", "d.json").value().asArray()[0].asNumber() >
                1.8e19);
    }
    void jsonWritingReplacesBytesThatAreNotUtf8()
    {
        QCOMPARE(toJson(Value("a\xff")), std::string("\"a\xef\xbf\xbd\""));
        QCOMPARE(toJson(Value(std::nan(""))), std::string("null"));
    }
    void quantitiesReadWithTheirUnits_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<double>("value");
        QTest::addColumn<QChar>("kind");
        const auto row = [](const char* text, char kind, double value) {
            QTest::newRow(text) << QString(text) << value << QChar(kind);
        };
        row("2s", 'd', 2e9);
        row("100ms", 'd', 1e8);
        row("1.5 h", 'd', 5.4e12);
        row("0s", 'd', 0);
        row("2", 'd', -1);
        row("-2s", 'd', -1);
        row("nans", 'd', -1);
        row("1e300s", 'd', -1);
        row("2 parsecs", 'd', -1);
        row("500/s", 'r', 500);
        row("30/min", 'r', 0.5);
        row("1M/s", 'r', 1e6);
        row("500", 'r', -1);
        row("1GiB", 's', 1073741824);
        row("10MB", 's', 1e7);
        row("512", 's', 512);
        row("1e30TiB", 's', -1);
        row("50%", 'p', 0.5);
        row("0.25", 'p', 0.25);
        row("101%", 'p', -1);
        row("", 'p', -1);
    }
    void quantitiesReadWithTheirUnits()
    {
        QFETCH(QString, text);
        QFETCH(double, value);
        QFETCH(QChar, kind);
        const auto input = text.toStdString();
        const auto same = [value](const auto& result, auto number) {
            return value < 0 ? !result.ok() && !result.error().message.empty()
                             : result.ok() && number(result.value()) == value;
        };
        const auto plain = [](auto number) { return static_cast<double>(number); };
        switch (kind.toLatin1()) {
            case 'd':
                QVERIFY(same(parseDuration(input),
                             [](Duration d) { return static_cast<double>(d.count()); }));
                break;
            case 'r':
                QVERIFY(same(parseRate(input), plain));
                break;
            case 's':
                QVERIFY(same(parseSize(input), plain));
                break;
            default:
                QVERIFY(same(parseShare(input), plain));
                break;
        }
    }
    void durationsWriteInTheirShortestForm()
    {
        QCOMPARE(formatDuration(std::chrono::milliseconds(1500)), std::string("1500ms"));
        QCOMPARE(formatDuration(std::chrono::seconds(120)), std::string("2min"));
        QCOMPARE(formatDuration(Duration{0}), std::string("0s"));
    }
    void theNearestWordIsFoundOnlyWhenItIsNear()
    {
        const std::vector<std::string> known{"limiter", "breaker", "retry"};
        QCOMPARE(nearest("limter", known), std::optional<std::string>("limiter"));
        QCOMPARE(nearest("rtery", known), std::optional<std::string>("retry"));
        QCOMPARE(nearest("retyr", known), std::optional<std::string>("retry"));
        QCOMPARE(nearest("xyzzy", known), std::optional<std::string>());
        QCOMPARE(nearest("limter", {}), std::optional<std::string>());
        QCOMPARE(didYouMean("braker", known), std::string("; did you mean \"breaker\"?"));
    }
    void mutatedJsonNeverCrashesAndErrorsHaveALine()
    {
        const std::string seed =
            "{\n\"a\": [1, -2.5e3, true, null, \"x\\u00e4\\n\"],\n\"b\": {\"c\": {}}\n}";
        Rng rng(77);
        int refused = 0;
        for (int round = 0; round < 5000; ++round) {
            std::string text = seed;
            for (std::uint64_t edits = 1 + rng.below(3); edits > 0; --edits) {
                const auto at = rng.below(text.size());
                switch (rng.below(3)) {
                    case 0:
                        text[at] = static_cast<char>(rng.below(256));
                        break;
                    case 1:
                        text.erase(at, 1 + rng.below(4));
                        break;
                    default:
                        text.insert(at, 1, "[]{}\":,\n\\0e-"[rng.below(12)]);
                }
            }
            const auto value = parseJson(text, "f");
            if (value.ok()) {
                QVERIFY(parseJson(toJson(value.value()), "again").ok());
            } else {
                ++refused;
                QVERIFY(value.error().where.size() > 2 &&
                        std::stoi(value.error().where.substr(2)) > 0);
            }
        }
        QVERIFY(refused > 1000);
    }
    void mutatedTomlNeverCrashesAndErrorsHaveALine()
    {
        const std::string seed =
            "[workload]\nname = \"corpus\"\n[[agents]]\ncount = 1_000\ntype = 'task'\n"
            "x = { a = 1.5e3, b = [1, 2, {c = true}] }\n\"quoted.key\" = 2026-01-01T00:00:00Z\n"
            "s = \"\"\"multi\nline \\u00e4\"\"\"\nh = 0xff\ni = -inf\n[a.b.c]\nd.e.f = 1\n";
        Rng rng(20'261'120);
        int refused = 0;
        for (int round = 0; round < 8000; ++round) {
            std::string text = seed;
            for (std::uint64_t edits = 1 + rng.below(4); edits > 0; --edits) {
                const auto at = rng.below(text.size());
                switch (rng.below(4)) {
                    case 0:
                        text[at] = static_cast<char>(rng.below(256));
                        break;
                    case 1:
                        text.erase(at, 1 + rng.below(8));
                        break;
                    case 2:
                        text.insert(at, 1, "[]{}\"'=.,\n#\\\0x"[rng.below(14)]);
                        break;
                    default:
                        text.insert(at, seed.substr(rng.below(seed.size()), rng.below(20)));
                }
            }
            const auto value = parseToml(text, "fuzz.toml");
            if (!value.ok()) {
                ++refused;
                const auto& where = value.error().where;
                QVERIFY2(where.rfind("fuzz.toml:", 0) == 0 && where.size() > 10 &&
                             std::stoi(where.substr(10)) >= 1,
                         where.c_str());
            }
        }
        QVERIFY(refused > 1000);
        QVERIFY(!parseToml(std::string(100'000, '['), "deep.toml").ok());
        QVERIFY(!parseToml("a = " + std::string(100'000, '['), "deep.toml").ok());
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::DocumentsTest);
#include "documents_test.moc"
