// SPDX-License-Identifier: Apache-2.0
#include "storage/capture_policy.h"

#include <algorithm>

#include "recording.h"

namespace muster::tests {

namespace {

CapturePolicy policyOf(std::initializer_list<std::pair<const char*, const char*>> rules)
{
    std::vector<CaptureRule> parsed;
    for (const auto& [pattern, text] : rules) {
        parsed.push_back(CapturePolicy::parseRule(pattern, text).value());
    }
    return CapturePolicy::make(parsed).value();
}

CaptureCounts countsOf(const std::vector<CaptureCounts>& all, const std::string& type)
{
    const auto found = std::ranges::find(all, type, &CaptureCounts::type);
    return found == all.end() ? CaptureCounts{} : *found;
}

}  // namespace

class CapturePolicyTest : public QObject {
    Q_OBJECT

private slots:
    void takesTheMostSpecificRule()
    {
        TypeRegistry types;
        const CapturePolicy policy = policyOf({{"**", "count"},
                                               {"work.*", "1/10"},
                                               {"work.done", "5/s"},
                                               {"work.*", "1/20"},
                                               {"other.thing", "all"}});
        const auto ruleFor = [&](const char* type) {
            return toString(policy.decide(*types.info(types.intern(type).value())));
        };
        QCOMPARE(ruleFor("work.done"), std::string("5/s"));
        QCOMPARE(ruleFor("work.begun"), std::string("1/20"));
        QCOMPARE(ruleFor("work.deep.down"), std::string("count"));
        QCOMPARE(ruleFor("other.thing"), std::string("all"));
        QCOMPARE(ruleFor("agent.ready"), std::string("all"));
        QCOMPARE(ruleFor("breaker.half_opened"), std::string("all"));
        QCOMPARE(ruleFor("queue.dead_lettered"), std::string("all"));
    }

    void followsTheCatalogueWhereNoRuleDoes()
    {
        const CapturePolicy policy;
        QCOMPARE(toString(policy.decide(eventInfo(EventType::actionFailed))), std::string("all"));
        QCOMPARE(toString(policy.decide(eventInfo(EventType::actionCompleted))),
                 std::to_string(CapturePolicy::kDefaultRate) + "/s");
    }

    void refusesRulesThatSayNothing_data()
    {
        QTest::addColumn<QString>("text");
        for (const char* text : {"", "some", "1/", "1/0", "0/s", "1/x", "-3/s", "2/10", "10/m"}) {
            QTest::newRow(text) << text;
        }
    }
    void refusesRulesThatSayNothing()
    {
        QFETCH(QString, text);
        const auto rule = CapturePolicy::parseRule("a.b", text.toStdString());
        QVERIFY(!rule);
        QVERIFY(rule.error().code == ErrorCode::invalidArgument);
        QVERIFY(!rule.error().advice.empty());
    }

    void refusesToThinOutWhatIsAlwaysKept()
    {
        const auto policy =
            CapturePolicy::make({CapturePolicy::parseRule("agent.crashed", "count").value()});
        QVERIFY(!policy);
        QVERIFY(policy.error().message.find("agent.crashed") != std::string::npos);
    }

    void countsWhatItDoesNotKeepAndWritesTheCountsDown()
    {
        Directory directory;
        Recording recording(directory.file(), [](RecorderOptions& options) {
            options.capture = policyOf(
                {{"work.sampled", "1/10"}, {"work.capped", "7/s"}, {"work.counted", "count"}});
        });
        for (int second = 0; second < 3; ++second) {
            for (int i = 0; i < 33; ++i) {
                recording.publish("work.sampled");
                recording.publish("work.capped");
                recording.publish("work.counted");
                recording.publish("agent.ready");
            }
            recording.clock->advance(std::chrono::seconds(1));
        }
        QVERIFY(recording.close());
        auto reader = readerOf(directory.file());
        const auto counts = reader->captureCounts({});
        QVERIFY(counts);
        QCOMPARE(*counts, recording.recorder->captureCounts());
        const CaptureCounts sampled = countsOf(*counts, "work.sampled");
        QCOMPARE(sampled.kept, 10U);
        QCOMPARE(sampled.sampledAway, 89U);
        const CaptureCounts capped = countsOf(*counts, "work.capped");
        QCOMPARE(capped.kept, 21U);
        QCOMPARE(capped.capped, 78U);
        QCOMPARE(countsOf(*counts, "work.counted").countedOnly, 99U);
        QCOMPARE(countsOf(*counts, "agent.ready").kept, 99U);
        StoredEventQuery query;
        query.type = "work.capped";
        QCOMPARE(allEvents(*reader, query).size(), std::size_t{21});
        QCOMPARE(recording.recorder->status().countedOnly, 89U + 78U + 99U);
    }

    void changesWhileItRuns()
    {
        Directory directory;
        Recording recording(directory.file());
        recording.publish("work.done");
        recording.recorder->setCapture(policyOf({{"work.*", "count"}}));
        recording.publish("work.done");
        recording.recorder->setCapture(policyOf({{"work.*", "all"}}));
        recording.publish("work.done");
        QVERIFY(recording.close());
        const auto events = allEvents(directory.file());
        QCOMPARE(events.size(), std::size_t{2});
        QCOMPARE(events[1].id.sequence, 3U);
    }

    void keepsADurableEventWhateverItsTypeSays()
    {
        Directory directory;
        Recording recording(directory.file(), [](RecorderOptions& options) {
            options.capture = policyOf({{"**", "count"}});
        });
        const TypeId type = recording.types.intern("work.done").value();
        recording.publish(type, {}, {.trace = {}, .cause = {}, .correlation = {}, .durable = true});
        recording.publish(type);
        QVERIFY(recording.close());
        QCOMPARE(allEvents(directory.file()).size(), std::size_t{1});
        QCOMPARE(recording.ledger.ids().size(), std::size_t{1});
    }
};

}  // namespace muster::tests

MUSTER_TEST_CASE(muster::tests::CapturePolicyTest);
#include "capture_policy_test.moc"
