// SPDX-License-Identifier: Apache-2.0
#include "storage/session_reader.h"

#include <algorithm>
#include <cmath>

#include "base/rng.h"
#include "recording.h"
#include "telemetry/catalogue.h"

namespace muster::tests {

namespace {

constexpr std::array kTypes{"work.begun", "work.done", "work.deep.down", "agent.ready",
                            "breaker.opened"};
constexpr std::array kWords{"alpha", "Beta", "gamma ray", "C:\\path", "grün", "\"quoted\"", ""};
const std::array kSources{Source(Component::engine), Source(AgentId{1, 1}), Source(AgentId{2, 1}),
                          Source()};

/// A session of two runs with clocks that jump, beyond one block of events.
void recordMixture(const std::filesystem::path& file, Rng& rng, int count)
{
    for (std::uint64_t run : {1U, 2U}) {
        Recording recording(file, [run](RecorderOptions& options) { options.run.origin = run; });
        for (int i = 0; i < count; ++i) {
            const TypeId type = recording.types.intern(kTypes[rng.below(kTypes.size())]).value();
            recording.publish(type, {{"word", kWords[rng.below(kWords.size())]}, {"i", i}},
                              {.trace = {rng.below(4)},
                               .cause = {},
                               .correlation = {rng.below(3)},
                               .durable = {}},
                              kSources[rng.below(kSources.size())]);
            recording.clock->advance(Duration(static_cast<std::int64_t>(rng.below(2'000'000))));
            if (rng.below(1'000) == 0) {
                recording.clock->setWall(recording.clock->wall() -
                                         std::chrono::milliseconds(rng.below(1'000)));
            }
        }
        if (!recording.close()) {
            qFatal("not closed");
        }
    }
}

StoredEventQuery anyQuery(Rng& rng, const std::vector<StoredEvent>& all)
{
    StoredEventQuery query;
    const std::array<const char*, 6> patterns{"",        "work.*",   "**", "breaker.opened",
                                              "work.**", "none.such"};
    query.type = patterns[rng.below(patterns.size())];
    if (rng.below(3) == 0) {
        query.source = toString(kSources[rng.below(kSources.size())]);
    }
    if (rng.below(3) == 0) {
        query.trace = TraceId{rng.below(4)};
    }
    if (rng.below(3) == 0) {
        query.correlation = CorrelationId{rng.below(3)};
    }
    if (rng.below(3) == 0) {
        query.run = RunId{static_cast<std::uint32_t>(1 + rng.below(3))};
    }
    if (rng.below(2) == 0) {
        const WallTime a = all[rng.below(all.size())].at;
        const WallTime b = all[rng.below(all.size())].at;
        query.range = StoredRange{std::min(a, b), std::max(a, b)};
    }
    query.newestFirst = rng.below(2) == 0;
    query.limit = 1 + rng.below(2'000);
    return query;
}

/// What the query means, in the plainest form.
std::vector<StoredEvent> expected(const StoredEventQuery& query,
                                  const std::vector<StoredEvent>& all)
{
    const TopicPattern pattern =
        query.type.empty() ? TopicPattern() : TopicPattern::parse(query.type).value();
    std::vector<StoredEvent> matching;
    for (const StoredEvent& event : all) {
        if (pattern.matches(event.type) && (query.source.empty() || event.source == query.source) &&
            (!query.trace || event.trace == *query.trace) &&
            (!query.correlation || event.correlation == *query.correlation) &&
            (!query.run || event.run == *query.run) &&
            (!query.range || (event.at >= query.range->from && event.at <= query.range->to))) {
            matching.push_back(event);
        }
    }
    if (query.newestFirst) {
        std::ranges::reverse(matching);
    }
    return matching;
}

std::vector<StoredEvent> allPages(SessionReader& reader, StoredEventQuery query, bool byId)
{
    std::vector<StoredEvent> rows;
    for (;;) {
        const auto page = reader.events(query);
        if (!page) {
            qFatal("%s", page.error().text().c_str());
        }
        if (page->rows.size() > query.limit) {
            qFatal("a page over its limit");
        }
        rows.insert(rows.end(), page->rows.begin(), page->rows.end());
        if (!page->more) {
            return rows;
        }
        query.after = byId ? std::nullopt : std::optional(rows.back().position);
        query.afterId = byId ? std::optional(rows.back().id) : std::nullopt;
    }
}

std::size_t found(SessionReader& reader, const char* text)
{
    StoredEventQuery query;
    query.text = text;
    return allEvents(reader, query).size();
}

/// Records samples of two metrics, the second with two label sets, one a second.
class Samples {
public:
    explicit Samples(Recording& recording) : m_recording(recording) {}

    void add(double plain, double labelled)
    {
        const WallTime at = m_recording.clock->wall();
        std::vector<MetricSample> batch{
            {.info = &allMetrics()[0], .labels = {}, .at = at, .value = plain, .buckets = {}}};
        if (!std::isnan(labelled)) {
            batch.push_back({.info = &allMetrics()[1],
                             .labels = "action=a",
                             .at = at,
                             .value = labelled,
                             .buckets = {}});
            batch.push_back({.info = &allMetrics()[1],
                             .labels = "action=b",
                             .at = at,
                             .value = -labelled,
                             .buckets = "abc"});
        }
        m_recording.recorder->accept(batch);
        m_recording.clock->advance(std::chrono::seconds(1));
    }

private:
    Recording& m_recording;
};

const std::string kPlain(allMetrics()[0].name);
const std::string kLabelled(allMetrics()[1].name);

StoredMetricQuery metricQuery(std::vector<std::string> metrics, std::size_t points)
{
    return {.metrics = std::move(metrics),
            .range = {{0}, {std::numeric_limits<std::int64_t>::max()}},
            .run = {},
            .maxPoints = points};
}

}  // namespace

class SessionReaderTest : public QObject {
    Q_OBJECT

private slots:
    void pagesLikeAModelOfIt()
    {
        Directory directory;
        Rng rng(11);
        recordMixture(directory.file(), rng, 4'500);
        auto reader = readerOf(directory.file());
        const auto all = allEvents(*reader);
        QCOMPARE(all.size(), std::size_t{9'000});
        for (int round = 0; round < 60; ++round) {
            const StoredEventQuery query = anyQuery(rng, all);
            const auto rows = allPages(*reader, query, rng.below(2) == 0);
            const auto wanted = expected(query, all);
            QVERIFY2(rows == wanted, qPrintable(QStringLiteral("round %1: %2 rows, %3 wanted")
                                                    .arg(round)
                                                    .arg(rows.size())
                                                    .arg(wanted.size())));
        }
        QVERIFY(reader->notice().empty());
    }

    void findsText()
    {
        Directory directory;
        Recording recording(directory.file());
        recording.publish("work.done", {{"text", "Alpha and BETA"}});
        recording.publish("work.begun", {{"path", "C:\\temp \"x\""}});
        recording.publish(EventType::agentReady, {{"name", "grün"}}, {}, AgentId{0x1f, 2});
        QVERIFY(recording.close());
        auto reader = readerOf(directory.file());
        QCOMPARE(found(*reader, "alpha"), std::size_t{1});
        QCOMPARE(found(*reader, "beta ALPHA"), std::size_t{1});
        QCOMPARE(found(*reader, "\"alpha beta\""), std::size_t{0});
        QCOMPARE(found(*reader, "\"and beta\""), std::size_t{1});
        QCOMPARE(found(*reader, "work"), std::size_t{2});
        QCOMPARE(found(*reader, "work.begun C:\\temp"), std::size_t{1});
        QCOMPARE(found(*reader, "agent:1f.2"), std::size_t{1});
        QCOMPARE(found(*reader, "grün"), std::size_t{1});
        QCOMPARE(found(*reader, "nothing"), std::size_t{0});
        QCOMPARE(found(*reader, "  "), std::size_t{3});
    }

    void findsTextAmongManyEvents()
    {
        Directory directory;
        {
            Recording recording(directory.file());
            const TypeId type = recording.types.intern("work.done").value();
            for (int i = 0; i < 100'000; ++i) {
                recording.publish(type, {{"item", "item-" + std::to_string(i)},
                                         {"note", i % 1'000 == 7 ? "Needle" : "straw and more"}});
                while (recording.recorder->behind()) {
                    recording.flush();
                }
            }
            QVERIFY(recording.close());
        }
        auto reader = readerOf(directory.file());
        QCOMPARE(found(*reader, "needle"), std::size_t{100});
        QCOMPARE(found(*reader, "needle item-77007"), std::size_t{1});
    }

    void refusesAPatternThatIsNone()
    {
        Directory directory;
        Recording recording(directory.file());
        QVERIFY(recording.close());
        StoredEventQuery query;
        query.type = "a..b";
        const auto page = readerOf(directory.file())->events(query);
        QVERIFY(!page && page.error().code == ErrorCode::invalidArgument);
        query.type = "";
        query.afterId = EventId{1, 99};
        const auto after = readerOf(directory.file())->events(query);
        QVERIFY(!after && after.error().code == ErrorCode::notFound);
    }

    void givesSamplesAsTheyAreWhenAllFit()
    {
        Directory directory;
        Recording recording(directory.file());
        Samples samples(recording);
        for (int i = 0; i < 10; ++i) {
            samples.add(i, i % 2 == 0 ? i * 10 : std::nan(""));
        }
        recording.recorder->addMark({.at = recording.clock->wall(), .kind = "load", .text = "m"});
        QVERIFY(recording.close());
        auto reader = readerOf(directory.file());
        const auto page = reader->metrics(metricQuery({kLabelled, kPlain, "none"}, 0));
        QVERIFY(page);
        QCOMPARE(page->series.size(), std::size_t{3});
        QCOMPARE(page->series[0].metric, kLabelled);
        QCOMPARE(page->series[0].labels, std::string("action=a"));
        QCOMPARE(page->series[1].labels, std::string("action=b"));
        QCOMPARE(page->series[2].metric, kPlain);
        QCOMPARE(page->series[2].points.size(), std::size_t{10});
        QCOMPARE(page->series[0].points.size(), std::size_t{5});
        QCOMPARE(page->series[1].points[2].value, -40.0);
        QVERIFY(page->series[1].points[2].at ==
                ManualClock::kSimulationEpoch + std::chrono::seconds(4));
        QCOMPARE(page->marks.size(), std::size_t{1});
        QCOMPARE(page->resolution.count(), std::int64_t{0});
    }

    void gathersManySamplesIntoSpansWithTheirExtremes()
    {
        Directory directory;
        Recording recording(directory.file());
        Samples samples(recording);
        Rng rng(3);
        std::vector<double> values;
        for (int i = 0; i < 1'000; ++i) {
            values.push_back(rng.uniform());
            samples.add(values.back(), std::nan(""));
        }
        QVERIFY(recording.close());
        const auto page = readerOf(directory.file())->metrics(metricQuery({kPlain}, 50));
        QVERIFY(page && page->resolution.count() > 0);
        const auto& points = page->series.front().points;
        QVERIFY(points.size() > 40 && points.size() <= 50);
        std::size_t at = 0;
        for (const StoredMetricPoint& point : points) {
            double sum = 0;
            double least = 2;
            double most = -1;
            std::size_t count = 0;
            for (; at < values.size(); ++at, ++count) {
                const WallTime time =
                    ManualClock::kSimulationEpoch + std::chrono::seconds(static_cast<int>(at));
                if (time > point.at) {
                    break;
                }
                sum += values[at];
                least = std::min(least, values[at]);
                most = std::max(most, values[at]);
            }
            QVERIFY(count > 0);
            QVERIFY(std::abs(point.value - sum / static_cast<double>(count)) < 1e-12);
            QCOMPARE(point.min, least);
            QCOMPARE(point.max, most);
        }
        QCOMPARE(at, values.size());
    }

    void readsOnlyTheRangeAskedFor()
    {
        Directory directory;
        Recording recording(directory.file());
        Samples samples(recording);
        for (int i = 0; i < 2'000; ++i) {
            samples.add(i, std::nan(""));
            if (i % 100 == 0) {
                recording.recorder->addMark(
                    {.at = recording.clock->wall(), .kind = "load", .text = std::to_string(i)});
            }
        }
        QVERIFY(recording.close());
        auto query = metricQuery({kPlain}, 0);
        query.range.from = ManualClock::kSimulationEpoch + std::chrono::seconds(700);
        query.range.to = ManualClock::kSimulationEpoch + std::chrono::seconds(900);
        const auto page = readerOf(directory.file())->metrics(query);
        QVERIFY(page);
        QCOMPARE(page->series.front().points.size(), std::size_t{201});
        QCOMPARE(page->series.front().points.front().value, 700.0);
        QCOMPARE(page->series.front().points.back().value, 900.0);
        QCOMPARE(page->marks.size(), std::size_t{2});
    }

    void survivesClocksThatJump()
    {
        for (const Duration jump :
             {Duration(std::chrono::seconds(1)), Duration(std::chrono::hours(1)),
              Duration(std::chrono::hours(24 * 365 * 10)), Duration(-std::chrono::seconds(1)),
              Duration(-std::chrono::hours(1)), Duration(-std::chrono::hours(24 * 365 * 10))}) {
            Directory directory;
            Recording recording(directory.file());
            Samples samples(recording);
            for (int i = 0; i < 600; ++i) {
                samples.add(i, std::nan(""));
                recording.publish(EventType::agentReady);
                if (i == 300) {
                    recording.clock->setWall(recording.clock->wall() + jump);
                }
            }
            QVERIFY(recording.close());
            auto reader = readerOf(directory.file());
            StoredEventQuery query;
            query.range = StoredRange{ManualClock::kSimulationEpoch,
                                      ManualClock::kSimulationEpoch + std::chrono::seconds(299)};
            const auto events = allEvents(*reader, query);
            std::size_t expectedInRange = 0;
            for (const StoredEvent& event : allEvents(*reader)) {
                expectedInRange += event.at >= query.range->from && event.at <= query.range->to;
            }
            QCOMPARE(events.size(), expectedInRange);
            QVERIFY(events.size() >= 299);
            auto metrics = metricQuery({kPlain}, 0);
            metrics.range = {{std::numeric_limits<std::int64_t>::min()},
                             {std::numeric_limits<std::int64_t>::max()}};
            const auto page = reader->metrics(metrics);
            QVERIFY(page);
            std::size_t points = 0;
            for (const StoredMetricPoint& point : page->series.front().points) {
                points += point.value >= 0;
            }
            QVERIFY(points > 500);
        }
    }

    void readsASessionThatChangesBetweenTwoPages()
    {
        Directory directory;
        Recording recording(directory.file());
        for (int i = 0; i < 10; ++i) {
            recording.publish(EventType::agentReady);
        }
        recording.flush();
        auto reader = readerOf(directory.file());
        StoredEventQuery query;
        query.limit = 4;
        const auto first = reader->events(query);
        recording.publish(EventType::agentReady);
        recording.flush();
        query.after = first->rows.back().position;
        const auto second = reader->events(query);
        QVERIFY(first->more && second->more);
        QCOMPARE(first->rows.back().id.sequence, 7U);
        QCOMPARE(second->rows.front().id.sequence, 6U);
        QVERIFY(recording.close());
        QCOMPARE(allEvents(*reader).size(), std::size_t{11});
    }
};

}  // namespace muster::tests

MUSTER_TEST_CASE(muster::tests::SessionReaderTest);
#include "session_reader_test.moc"
