// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <thread>

#include "bench/big_session.h"
#include "bench/raw_rows.h"
#include "bench/row.h"
#include "bench/world.h"
#include "storage/session_reader.h"

namespace muster::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kAsks = 40;
constexpr std::uint64_t kQuickAsks = 10;

double milliseconds(Duration time)
{
    return std::chrono::duration<double, std::milli>(time).count();
}

double perSecond(std::uint64_t rows, Duration time)
{
    return static_cast<double>(rows) / std::chrono::duration<double>(time).count();
}

/// The same events into a session through the recorder, and as rows by plain SQLite, in turn.
Outcome append(std::uint64_t events)
{
    const BenchDirectory directory("append");
    const auto clock = systemClock();
    Duration own{};
    {
        EventSource source(directory.path() / "muster.db");
        const MonoTime begin = clock->now();
        source.publish(events);
        must(source.recorder().flush(kPatience));
        own = clock->now() - begin;
    }
    const RawRows rows(directory.path() / "raw.db");
    const Duration raw = rows.insert(events);
    Outcome outcome;
    outcome.ops = events;
    outcome.total = own;
    outcome.more["rows_per_s"] = perSecond(events, own);
    outcome.more["raw_rows_per_s"] = perSecond(events, raw);
    outcome.more["percent_of_raw"] = 100 * perSecond(events, own) / perSecond(events, raw);
    return outcome;
}

/// The large session for a full run, a smaller one for a quick one.
const BigSession& sessionFor(std::uint64_t asks)
{
    return asks < kAsks ? BigSession::quick() : BigSession::full();
}

Outcome askEach(std::uint64_t asks, const std::function<StoredEventQuery(std::uint64_t)>& query)
{
    const BigSession& session = sessionFor(asks);
    auto reader = must(SessionReader::open(session.file()));
    const auto clock = systemClock();
    const MonoTime opened = clock->now();
    (void)must(reader->events(query(0)));
    const Duration first = clock->now() - opened;
    Outcome outcome;
    std::uint64_t rows = 0;
    Duration longest{};
    for (std::uint64_t i = 0; i < asks; ++i) {
        const MonoTime begin = clock->now();
        rows += must(reader->events(query(i))).rows.size();
        const Duration took = clock->now() - begin;
        longest = std::max(longest, took);
        outcome.total += took;
        outcome.spans.record(static_cast<std::uint64_t>(took.count()) * 1000);
    }
    outcome.ops = asks;
    outcome.more["events"] = static_cast<double>(session.events());
    outcome.more["rows_found"] = static_cast<double>(rows) / static_cast<double>(asks);
    outcome.more["longest_ms"] = milliseconds(longest);
    outcome.more["first_ms"] = milliseconds(first);
    return outcome;
}

Outcome queryRange(std::uint64_t asks)
{
    static constexpr std::array kTopics{"action.completed", "action.*", "breaker.opened", "work.*",
                                        "agent.ready"};
    const BigSession& session = sessionFor(asks);
    const auto at = [&session](std::uint64_t place) {
        const auto whole = static_cast<std::uint64_t>((session.to() - session.from()).count());
        return session.from() + Duration(static_cast<std::int64_t>(whole / 97 * (place % 97)));
    };
    return askEach(asks, [&](std::uint64_t i) {
        StoredEventQuery query;
        query.type = kTopics[i % kTopics.size()];
        query.range = StoredRange{at(i * 31), at(i * 31 + 5)};
        query.newestFirst = i % 2 == 0;
        return query;
    });
}

Outcome search(std::uint64_t asks, const char* text)
{
    return askEach(asks, [text](std::uint64_t i) {
        StoredEventQuery query;
        query.text = text;
        query.newestFirst = i % 2 == 0;
        return query;
    });
}

Outcome openSession(std::uint64_t asks)
{
    const BigSession& session = sessionFor(asks);
    const auto clock = systemClock();
    Outcome outcome;
    for (std::uint64_t i = 0; i < asks; ++i) {
        const MonoTime begin = clock->now();
        auto reader = must(SessionReader::open(session.file()));
        (void)must(reader->info());
        (void)must(reader->events({}));
        const Duration took = clock->now() - begin;
        outcome.total += took;
        outcome.spans.record(static_cast<std::uint64_t>(took.count()) * 1000);
    }
    outcome.ops = asks;
    outcome.more["events"] = static_cast<double>(session.events());
    outcome.more["session_MB"] = session.bytes() / 1e6;
    outcome.more["index_MB"] = session.indexBytes() / 1e6;
    outcome.more["index_us_per_event"] = session.indexTime();
    return outcome;
}

}  // namespace

void addStoreRows(std::vector<Row>& rows)
{
    rows.push_back({"store_append_all",
                    "an event published and kept in a session, beside plain SQLite inserting the "
                    "same rows with the same schema and sync",
                    0, 1'000'000, 100'000, append});
    const auto asking = [&rows](const char* name, const char* operation, double goal,
                                std::function<Outcome(std::uint64_t)> run) {
        rows.push_back({name, operation, goal, kAsks, kQuickAsks, std::move(run)});
    };
    asking("store_query_range",
           "the first 200 events of a topic and a range of time, of 10 million (quick: 1 million)",
           20e6, queryRange);
    asking("store_search/rare", "a word that two events of 10 million have (quick: 1 million)",
           100e6, [](std::uint64_t asks) { return search(asks, "needle"); });
    asking("store_search/common", "the first 200 events with a word that most have", 100e6,
           [](std::uint64_t asks) { return search(asks, "digest"); });
    asking("store_search/seldom_together",
           "two words, of a quarter and of a twentieth of the events, that none has both of", 100e6,
           [](std::uint64_t asks) { return search(asks, "traced failed"); });
    asking("store_search/never", "a word that no event has", 100e6,
           [](std::uint64_t asks) { return search(asks, "nowhere"); });
    asking("store_search/begins", "the first 200 events with a word that begins so: dig*", 100e6,
           [](std::uint64_t asks) { return search(asks, "dig*"); });
    asking("store_open_10m",
           "a session of 10 million events opened, to its first page (quick: 1 million)", 500e6,
           openSession);
}

}  // namespace muster::bench
