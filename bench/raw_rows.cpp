// SPDX-License-Identifier: Apache-2.0
#include "bench/raw_rows.h"

#include <fmt/core.h>
#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "bench/big_session.h"

namespace muster::bench {

namespace {

constexpr std::uint64_t kGroup = 16'384;
constexpr std::int64_t kEpoch = 1'767'225'600'000'000'000;

void execute(sqlite3* database, const char* sql)
{
    if (sqlite3_exec(database, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
        std::fprintf(stderr, "%s\n", sqlite3_errmsg(database));
        std::abort();
    }
}

struct RawRow {
    std::int64_t number = 0;
    std::int64_t type = 0;
    std::string source;
    std::string data;
};

std::string textOf(const SampleEvent& event)
{
    return fmt::format(
        R"({{"action":"digest","kind":"files","duration_ns":{},"item":"{}","bytes":{}}})",
        event.duration, event.item, event.bytes);
}

void insertRow(sqlite3_stmt* insert, const RawRow& row)
{
    int place = 0;
    for (const std::int64_t number :
         {row.number, std::int64_t{1}, row.number, kEpoch + row.number, row.type}) {
        sqlite3_bind_int64(insert, ++place, number);
    }
    for (const std::string* text : {&row.source, &row.data}) {
        sqlite3_bind_text(insert, ++place, text->data(), static_cast<int>(text->size()), nullptr);
    }
    sqlite3_bind_int64(insert, 11, 0);
    sqlite3_bind_int64(insert, 12, 1);
    sqlite3_bind_int64(insert, 15, row.number * 40'503 % 4'294'967'291);
    if (sqlite3_step(insert) != SQLITE_DONE) {
        std::fprintf(stderr, "%s\n", sqlite3_errmsg(sqlite3_db_handle(insert)));
        std::abort();
    }
    sqlite3_reset(insert);
}

}  // namespace

void RawRows::Close::operator()(sqlite3* database) const noexcept
{
    sqlite3_close(database);
}

RawRows::RawRows(const std::filesystem::path& file)
{
    sqlite3* database = nullptr;
    sqlite3_open_v2(file.c_str(), &database,
                    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    m_database.reset(database);
    execute(
        database,
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
        "PRAGMA wal_autocheckpoint = 4096; PRAGMA journal_size_limit = 67108864;"
        "PRAGMA cache_size = -16384; PRAGMA cell_size_check = ON;"
        "CREATE TABLE events(id INTEGER PRIMARY KEY, run INTEGER, sequence INTEGER, at INTEGER, "
        "type INTEGER, source TEXT, data TEXT, trace INTEGER, cause INTEGER, correlation "
        "INTEGER, durable INTEGER, version INTEGER, origin INTEGER, cause_origin INTEGER, "
        "checksum INTEGER)");
}

Duration RawRows::insert(std::uint64_t events) const
{
    sqlite3_stmt* insert = nullptr;
    sqlite3_prepare_v2(m_database.get(), "INSERT INTO events VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                       -1, &insert, nullptr);
    const auto clock = systemClock();
    std::map<std::string, std::int64_t> types;
    Rng rng(42);
    Duration total{};
    std::vector<RawRow> rows(kGroup);
    for (std::uint64_t done = 0; done < events;) {
        std::size_t count = 0;
        for (; count < kGroup && done < events; ++count, ++done) {
            const SampleEvent event = sampleEvent(done, rng);
            const auto number = static_cast<std::int64_t>(types.size() + 1);
            rows[count] = {.number = static_cast<std::int64_t>(done) + 1,
                           .type = types.emplace(event.type, number).first->second,
                           .source = fmt::format("agent:{:x}.1", event.agent),
                           .data = textOf(event)};
        }
        const MonoTime begin = clock->now();
        execute(m_database.get(), "BEGIN");
        for (std::size_t i = 0; i < count; ++i) {
            insertRow(insert, rows[i]);
        }
        execute(m_database.get(), "COMMIT");
        total += clock->now() - begin;
    }
    sqlite3_finalize(insert);
    return total;
}

}  // namespace muster::bench
