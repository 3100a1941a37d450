// SPDX-License-Identifier: Apache-2.0
#include "workload/workload.h"

#include <QtTest/QtTest>

#include "agents/action.h"
#include "base/rng.h"
#include "support/test_case.h"

namespace muster {

namespace {

const ActionRegistry& registry()
{
    static const ActionRegistry actions = builtInActions();
    return actions;
}

constexpr const char* kSmall = R"([workload]
name = "small"
[[agents]]
name = "a"
count = 3
action = "go"
[actions.go]
kind = "synthetic"
)";

Result<WorkloadSpec> parse(const std::string& text, const std::vector<std::string>& flags = {})
{
    return parseWorkload(text, "w.toml", flags, registry());
}

QString problemOf(const std::string& text, const std::vector<std::string>& flags = {})
{
    const auto spec = parse(text, flags);
    return spec.ok() ? QString() : QString::fromStdString(spec.error().text());
}

}  // namespace

class WorkloadTest : public QObject {
    Q_OBJECT
private slots:
    void everyExampleIsRight()
    {
        const QDir directory(QStringLiteral(MUSTER_SOURCE_DIR "/resources/workloads"));
        const auto files = directory.entryInfoList({"*.toml"}, QDir::Files);
        QVERIFY(files.size() >= 4);
        for (const auto& file : files) {
            const auto spec = readWorkload(file.filePath().toStdString(), {}, registry());
            QVERIFY2(spec.ok(), spec.ok() ? "" : spec.error().text().c_str());
            QVERIFY(!spec->description.empty());
            QVERIFY(spec->load.has_value());
            QCOMPARE(QString::fromStdString(spec->name), file.completeBaseName());
        }
    }
    void theCorpusIsWhatItSays()
    {
        const auto file = std::string(MUSTER_SOURCE_DIR "/resources/workloads/corpus.toml");
        const auto spec = readWorkload(file, {"input.path=/srv", "agents.0.count=7"}, registry());
        QVERIFY(spec.ok());
        QCOMPARE(spec->input.path, std::string("/srv"));
        QVERIFY(spec->input.kind == InputKind::tree);
        QCOMPARE(spec->input.exclude.size(), std::size_t{2});
        QCOMPARE(spec->totalAgents(), std::uint64_t{7});
        QVERIFY(spec->load->model == ArrivalModel::closed);
        QVERIFY(spec->load->stages.empty());
        QCOMPARE(spec->actions[0].info->kind, std::string("files.digest"));
        QCOMPARE(spec->actions[0].timeout->count(), 30'000'000'000);
        QVERIFY(spec->startsProcesses().empty());
        QCOMPARE(spec->file, file);
    }
    void thePublishedSchemaIsTheOneInCode()
    {
        const QString path =
            QStringLiteral(MUSTER_SOURCE_DIR "/resources/schema/workload.schema.json");
        const auto expected = QByteArray::fromStdString(publishedWorkloadSchema(registry()));
        if (qEnvironmentVariableIsSet("MUSTER_WRITE_SCHEMA")) {
            QFile out(path);
            QVERIFY(out.open(QIODevice::WriteOnly) && out.write(expected) == expected.size());
        }
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY2(file.readAll() == expected,
                 "run MUSTER_WRITE_SCHEMA=1 tests_workload WorkloadTest:: to write it anew");
    }
    void aQueueIsReadAndItsTakersAreFound()
    {
        const std::string takes = "takes='orders'\n";
        const auto text = [&](const std::string& queue, const std::string& group) {
            return "[workload]\nname='w'\n[queues.orders]\n" + queue +
                   "[[agents]]\nname='a'\naction='act'\n" + group +
                   "[actions.act]\nkind='synthetic'\n[input]\nkind='lines'\npath='x'\n";
        };
        const auto spec =
            parse(text("lease='5s'\nbytes='1MiB'\nbackoff={base='2s',cap='4s'}\n"
                       "give_up=['application']\n",
                       takes));
        QVERIFY2(spec.ok(), spec.ok() ? "" : spec.error().text().c_str());
        QVERIFY(spec->takes() == &spec->queues[0]);
        const QueueSettings& settings = spec->queues[0].settings;
        QVERIFY(settings.lease == std::chrono::seconds(5) && settings.bytes == 1024 * 1024);
        QVERIFY(settings.backoff.base == std::chrono::seconds(2));
        QVERIFY(!settings.backoff.classes[2].retried && settings.backoff.classes[0].retried);
        QCOMPARE(settings.deliveries, QueueSettings{}.deliveries);
        const auto changed = changedQueue(spec->queues[0], "backoff.cap", "1min");
        QVERIFY(changed->settings.backoff.cap == std::chrono::minutes(1));
        QVERIFY(changed->settings.lease == settings.lease);
        QVERIFY(!changedQueue(spec->queues[0], "leese", "1s").ok());

        const auto says = [&](const std::string& document, const char* what) {
            const auto wrong = parse(document);
            return !wrong.ok() && wrong.error().text().find(what) != std::string::npos;
        };
        QVERIFY(says(text("leese='5s'\n", takes), "lease"));
        QVERIFY(says(text("lease='1ns'\n", takes), "not in range"));
        QVERIFY(says(text("", "takes='oders'\n"), "did you mean \"orders\""));
        QVERIFY(says(text("", ""), "takes = \"NAME\""));
        QVERIFY(says(text("", takes + "[[agents]]\nname='b'\naction='act'\n"),
                     "the same queue, or none"));
    }
    void howLongASessionKeepsWhatIsRead()
    {
        using namespace std::chrono;
        const auto usual = parse(kSmall);
        QVERIFY(usual->retention.age == hours(24 * 30));
        const auto spec = parse(std::string(kSmall) +
                                "[session]\nkeep='12h'\nquota='none'\nfree_disk='1MiB'\n"
                                "[history]\nsamples='2h'\nten_minutes='always'\n");
        QVERIFY2(spec.ok(), spec.ok() ? "" : spec.error().text().c_str());
        QVERIFY(spec->retention.age == hours(12) && !spec->retention.quotaBytes);
        QVERIFY(spec->retention.freeDiskFloor == 1024 * 1024);
        QVERIFY(spec->retention.metrics.samples == hours(2));
        QVERIFY(spec->retention.metrics.tenSeconds == hours(24 * 90));
        QVERIFY(!spec->retention.metrics.tenMinutes);
    }
    void aLoadInStagesIsRead()
    {
        const auto spec = parse(std::string(kSmall) +
                                "[[load]]\nmodel='open'\nstart='10/s'\nafter='hold'\n"
                                "stages=[{for='30s',to='200/s'},{for='0s',to='1k/s'}]\n");
        QVERIFY(spec.ok());
        QCOMPARE(spec->load->start, 10.0);
        QVERIFY(spec->load->hold);
        QCOMPARE(spec->load->stages.size(), std::size_t{2});
        QCOMPARE(spec->load->stages[1].target, 1000.0);
        QCOMPARE(spec->load->stages[0].length.count(), 30'000'000'000);
    }
    void withoutALoadAnInputGetsOneUserAnAgent()
    {
        const auto idle = parse(kSmall);
        QVERIFY(idle.ok() && !idle->load);
        const auto busy = parse(std::string(kSmall) + "[input]\nkind='tree'\n");
        QCOMPARE(busy->load->start, 3.0);
        QVERIFY(busy->load->model == ArrivalModel::closed);
    }
    void whatASchemaCannotSayIsCheckedToo_data()
    {
        QTest::addColumn<QString>("more");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* more, const char* message) {
            QTest::newRow(message) << QString(more) << QString(message);
        };
        row("[[agents]]\nname='b'\naction='goo'\n",
            "w.toml:11: key \"agents.1.action\": expected one of go, found text \"goo\"; did you "
            "mean \"go\"?");
        row("[[agents]]\nname='a'\naction='go'\n",
            "w.toml:10: key \"agents.1.name\": \"a\" is the name of another group");
        row("[session]\nkeep='a while'\n",
            "w.toml:10: key \"session.keep\": expected at least a second, such as \"12h\" or "
            "\"30d\", or \"always\", found text \"a while\"");
        row("[session]\nquotas='1GiB'\n",
            "w.toml:10: key \"session.quotas\": unknown key, expected one of keep, quota, "
            "free_disk; "
            "did you mean \"quota\"?");
        row("[history]\none_minute='1d'\n",
            "w.toml:10: key \"history.one_minute\": one_minute are kept for less time than "
            "ten_seconds, expected at least as long");
        row("[history]\nsamples='always'\n",
            "w.toml:10: key \"history.ten_seconds\": ten_seconds are kept for less time than "
            "samples, expected at least as long");
        row("[actions.read]\nkind='files.digest'\n[[agents]]\nname='r'\naction='read'\n",
            "w.toml:13: key \"agents.1.action\": files.digest works through items, expected an "
            "[input]");
        row("[actions.read]\nkind='synthetic'\ncapability='x'\n[[agents]]\nname='r'\n"
            "action='read'\n",
            "w.toml:12: key \"agents.1.capabilities\": action \"read\" needs the capability "
            "\"x\"");
        row("[[load]]\nmodel='open'\n",
            "w.toml:9: key \"load.0\": expected either rate or stages, found neither");
        row("[[load]]\nusers=1\nstages=[{for='1s',to=1}]\n",
            "w.toml:9: key \"load.0\": expected either users or stages, found both");
        row("[[load]]\nstages=[{for='0s',to=1}]\n",
            "w.toml:10: key \"load.0.stages\": they take no time in all, expected one that "
            "lasts, or after = \"hold\"");
        row("[limits]\nagents=2\n",
            "w.toml:10: key \"limits.agents\": the groups have 3 agents, expected at least as "
            "many");
        row("[expect]\nfailed_shar='< 1%'\n",
            "w.toml:10: key \"expect.\"failed_shar\"\": unknown key, expected one of failed_share, "
            "throughput, dropped, count, p50, p90, p95, p99, p999, max, jobs_done, "
            "dead_letters, go.failed_share, "
            "go.throughput, go.count, go.p50, go.p90, go.p95, go.p99, go.p999, go.max; did you "
            "mean \"failed_share\"?");
        row("[expect]\n'go.p99'='5ms'\n",
            "w.toml:10: key \"expect.\"go.p99\"\": expected <, <=, >, >= or == and a bound, found "
            "\"5ms\"");
        row("[[helpers]]\ncommand=['x']\nready='ftp://x'\n",
            "w.toml:11: key \"helpers.0.ready\": expected http://127.0.0.1:{port}/ or "
            "tcp://127.0.0.1:{port}, found \"ftp://x\"");
        row("[actions.x]\nkind='htpp'\n",
            "w.toml:10: key \"actions.x.kind\": expected one of files.digest, files.count, "
            "files.grep, files.walk, http, exec, llm, synthetic, found text \"htpp\"; did you mean "
            "\"http\"?");
        row("[actions.x]\nkind='synthetic'\npattern='y'\n",
            "w.toml:11: key \"actions.x.pattern\": belongs to kind files.grep only, expected one "
            "of kind, timeout, capability, service, fallback, compute, wait, allocate, fail, "
            "poison, "
            "failure, phases, repeat");
    }
    void whatASchemaCannotSayIsCheckedToo()
    {
        QFETCH(QString, more);
        QFETCH(QString, message);
        QCOMPARE(problemOf(kSmall + more.toStdString()), message);
    }
    void anAgentTypeOfALaterVersionIsRefused()
    {
        const auto problem = problemOf(kSmall, {"agents.0.type=coordinator"});
        QVERIFY(
            problem.startsWith("--set agents.0.type=coordinator: key \"agents.0.type\": "
                               "expected one of task"));
    }
    void aFlagAndAFileMayBothBeWrong()
    {
        QVERIFY(problemOf(kSmall, {"inptu.path=/x"}).contains("did you mean \"input\"?"));
        QVERIFY(problemOf(kSmall, {"input.path=/x"}).isEmpty() == false);
        QVERIFY(problemOf(kSmall, {"input.kind=lines"}).contains("\"input.path\": missing"));
        QVERIFY(problemOf(kSmall, {"input.kind=lines", "input.path=/x"}).isEmpty());
        QVERIFY(readWorkload("/no/such.toml", {}, registry()).error().code == ErrorCode::notFound);
    }
    void helpersAreNamedBeforeTheyStart()
    {
        const auto spec =
            parse(std::string(kSmall) + "[[helpers]]\ncommand=['/bin/sleep','{port}']\n");
        QCOMPARE(spec->helpers[0].name, std::string("sleep"));
        QCOMPARE(spec->startsProcesses().at(0), std::string("/bin/sleep {port}"));
    }
    void captureRulesAreCheckedByTheStoresOwnRule()
    {
        const auto capture = [](const char* rule) {
            return problemOf(std::string(kSmall) + "[capture]\n" + rule + "\n");
        };
        QVERIFY(capture("'action.failed'='100/s'").isEmpty());
        QVERIFY(capture("'action.**'='1/10'").isEmpty());
        QVERIFY(capture("'action.failed'='some'").startsWith("w.toml:10: key \"capture."));
        QVERIFY(capture("'agent.created'='count'").startsWith("w.toml:10: key \"capture."));
        QVERIFY(capture("'a..b'='all'").startsWith("w.toml:10: key \"capture."));
    }
    void mutatedWorkloadsNeverCrashAndNameAPlace()
    {
        QFile file(QStringLiteral(MUSTER_SOURCE_DIR "/resources/workloads/ramp.toml"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const std::string whole = file.readAll().toStdString() +
                                  "[[helpers]]\ncommand=['x']\nready='tcp://localhost:{port}'\n"
                                  "[input]\nkind='csv'\npath='x'\n[limits]\nmemory='1GiB'\n";
        const std::vector<std::string> words{"1",      "-1",    "\"x\"", "[]",
                                             "{}",     "true",  "0.5",   "nan",
                                             "\"1s\"", "[[a]]", "\n",    "99999999999999999999"};
        Rng rng(42);
        int refused = 0;
        for (int round = 0; round < 4000; ++round) {
            std::string text = whole;
            for (std::uint64_t edits = 1 + rng.below(3); edits > 0; --edits) {
                const auto at = rng.below(text.size());
                switch (rng.below(4)) {
                    case 0:
                        text[at] = static_cast<char>(rng.below(256));
                        break;
                    case 1:
                        text.erase(at, rng.below(30));
                        break;
                    case 2:
                        text.insert(at, words[rng.below(words.size())]);
                        break;
                    default: {
                        const auto equals = text.find("= ", at);
                        if (equals != std::string::npos) {
                            const auto end = std::min(text.find('\n', equals), text.size());
                            text.replace(equals + 2, end - equals - 2,
                                         words[rng.below(words.size())]);
                        }
                    }
                }
            }
            const auto spec = parse(text);
            if (!spec.ok()) {
                ++refused;
                const auto message = spec.error().text();
                QVERIFY2(message.rfind("w.toml:", 0) == 0 && message[7] >= '0' && message[7] <= '9',
                         message.c_str());
            }
        }
        QVERIFY(refused > 2000);
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::WorkloadTest);
#include "workload_test.moc"
