// SPDX-License-Identifier: Apache-2.0
#include "bench/big_session.h"

#include <fmt/core.h>
#include <sqlite3.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <thread>

#include "bench/world.h"

namespace muster::bench {

namespace fs = std::filesystem;

namespace {

std::int64_t ask(const fs::path& file, const char* sql)
{
    sqlite3* database = nullptr;
    sqlite3_stmt* statement = nullptr;
    std::int64_t answer = -1;
    if (sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK &&
        sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
        answer = sqlite3_column_int64(statement, 0);
    }
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return answer;
}

}  // namespace

BenchDirectory::BenchDirectory(const std::string& name)
    : m_path(fs::temp_directory_path() / fmt::format("muster-bench-{}-{}", name, ::getpid()))
{
    fs::create_directories(m_path);
}

BenchDirectory::~BenchDirectory()
{
    std::error_code ignored;
    fs::remove_all(m_path, ignored);
}

SampleEvent sampleEvent(std::uint64_t number, Rng& rng)
{
    static constexpr std::array kRest{"work.done", "agent.updated", "call.began"};
    const std::uint64_t kind = rng.below(100);
    const char* type = kind < 60   ? "action.completed"
                       : kind < 65 ? "action.failed"
                       : kind < 90 ? "call.traced"
                       : kind < 95 ? "agent.ready"
                                   : kRest[rng.below(kRest.size())];
    SampleEvent event{
        .type = type,
        .agent = static_cast<std::uint32_t>(rng.below(10'000)),
        .duration = rng.below(10'000'000),
        .item = fmt::format("/usr/share/doc/lib{}/copyright.{}", rng.below(5'000), rng.below(7)),
        .bytes = rng.below(1'000'000)};
    if (number % 5'000'000 == 432'198) {
        event.item += "/needle";
    }
    if (number % 100'000 == 77'777) {
        event.type = "breaker.opened";
    }
    return event;
}

EventSource::EventSource(const fs::path& file, std::shared_ptr<ManualClock> clock)
    : m_manual(std::move(clock))
{
    RecorderOptions options;
    options.file = file;
    options.clock = m_manual ? m_manual : systemClock();
    options.run = {.startedAt = options.clock->wall(),
                   .origin = 7,
                   .workload = "bench",
                   .workloadFile = {},
                   .build = {},
                   .machine = {},
                   .seed = {}};
    options.capture = must(CapturePolicy::make({must(CapturePolicy::parseRule("**", "all"))}));
    options.retention = {
        .age = {}, .metrics = {}, .quotaBytes = {}, .freeDiskFloor = {}, .freeDisk = {}};
    m_recorder = must(Recorder::open(options));
    m_publisher =
        std::make_unique<Publisher>(*m_recorder, m_types, m_pool, options.clock,
                                    PublisherOptions{.origin = 7, .checked = false, .logger = {}});
}

void EventSource::publish(std::uint64_t events)
{
    for (const std::uint64_t end = m_published + events; m_published < end; ++m_published) {
        const SampleEvent event = sampleEvent(m_published, m_rng);
        m_publisher->publish(must(m_types.intern(event.type)), AgentId{event.agent, 1},
                             {{"action", "digest"},
                              {"kind", "files"},
                              {"duration_ns", event.duration},
                              {"item", event.item},
                              {"bytes", event.bytes}},
                             {.trace = {}, .cause = {}, .correlation = {}, .durable = false});
        if (m_manual) {
            m_manual->advance(std::chrono::milliseconds(1));
        }
        while (m_recorder->behind()) {
            std::this_thread::sleep_for(std::chrono::microseconds(200));
        }
    }
}

const BigSession& BigSession::full()
{
    static const BigSession session(10'000'000);
    return session;
}

const BigSession& BigSession::quick()
{
    static const BigSession session(1'000'000);
    return session;
}

BigSession::BigSession(std::uint64_t events)
    : m_directory(fmt::format("session-{}", events)),
      m_file(m_directory.path() / "session.db"),
      m_events(events)
{
    std::fprintf(stderr, "muster_bench: makes a session of %llu events in %s\n",
                 static_cast<unsigned long long>(events), m_directory.path().c_str());
    auto clock = std::make_shared<ManualClock>();
    EventSource source(m_file, clock);
    m_from = clock->wall();
    source.publish(events);
    m_to = clock->wall();
    must(source.recorder().flush(kPatience));
    const auto before = bytes();
    const auto known = ask(m_file, "SELECT texts FROM progress");
    const auto real = systemClock();
    const MonoTime begin = real->now();
    awaitIndex(*real);
    const double left = static_cast<double>(ask(m_file, "SELECT texts FROM progress") - known);
    m_indexTime =
        left <= 0 ? 0
                  : std::chrono::duration<double, std::micro>(real->now() - begin).count() / left;
    must(source.recorder().close({.endedAt = clock->wall(), .summaryJson = "{}"}, kPatience));
    m_indexBytes = std::max(0.0, bytes() - before);
}

void BigSession::awaitIndex(const Clock& clock)
{
    const MonoTime until = clock.now() + kPatience;
    const auto wanted = static_cast<std::int64_t>(m_events) - 2 * 4'096;
    while (ask(m_file, "SELECT texts FROM progress") < wanted && clock.now() < until) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

double BigSession::bytes() const
{
    double sum = 0;
    for (const char* suffix : {"", "-wal"}) {
        std::error_code missing;
        const auto size = fs::file_size(m_file.string() + suffix, missing);
        sum += missing ? 0 : static_cast<double>(size);
    }
    return sum;
}

}  // namespace muster::bench
