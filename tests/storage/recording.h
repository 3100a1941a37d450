// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <QTemporaryDir>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

#include "base/clock.h"
#include "events/publisher.h"
#include "storage/export.h"
#include "storage/recorder.h"
#include "storage/session_file.h"
#include "storage/session_reader.h"
#include "support/test_case.h"

namespace muster::tests {

constexpr std::uint64_t kOrigin = 0x5eed;
constexpr Duration kSoon = std::chrono::seconds(30);

/// A directory that goes with the test.
class Directory {
public:
    [[nodiscard]] std::filesystem::path file(const char* name = "session.db") const
    {
        return std::filesystem::path(m_directory.path().toStdString()) / name;
    }
    [[nodiscard]] std::filesystem::path path() const { return m_directory.path().toStdString(); }

private:
    QTemporaryDir m_directory;
};

/// What SQLite itself does to a session.
inline void execute(const std::filesystem::path& file, const char* sql)
{
    sqlite3* database = nullptr;
    if (sqlite3_open(file.c_str(), &database) != SQLITE_OK ||
        sqlite3_exec(database, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
        qFatal("%s", sqlite3_errmsg(database));
    }
    sqlite3_close(database);
}

/// The ids that a recorder acknowledged, in order.
class Ledger {
public:
    void watch(Recorder& recorder)
    {
        recorder.onAcknowledged([this](std::span<const EventId> ids) {
            const std::lock_guard lock(m_mutex);
            m_ids.insert(m_ids.end(), ids.begin(), ids.end());
        });
    }
    [[nodiscard]] std::vector<EventId> ids() const
    {
        const std::lock_guard lock(m_mutex);
        return m_ids;
    }

private:
    mutable std::mutex m_mutex;
    std::vector<EventId> m_ids;
};

inline RecorderOptions optionsFor(const std::filesystem::path& file,
                                  const std::shared_ptr<ManualClock>& clock)
{
    RecorderOptions options;
    options.file = file;
    options.run = {.startedAt = clock->wall(),
                   .origin = kOrigin,
                   .workload = "corpus",
                   .workloadFile = "corpus.toml",
                   .build = "test",
                   .machine = "here",
                   .seed = {}};
    options.clock = clock;
    return options;
}

/// A recorder with all that publishes into it. `change` sets options before it opens.
struct Recording {
    template <class Change>
    Recording(const std::filesystem::path& file, Change change)
    {
        RecorderOptions options = optionsFor(file, clock);
        change(options);
        auto opened = Recorder::open(options);
        if (!opened) {
            qFatal("%s", opened.error().text().c_str());
        }
        recorder = std::move(opened).value();
        ledger.watch(*recorder);
        publisher = std::make_unique<Publisher>(
            *recorder, types, pool, clock,
            PublisherOptions{.origin = options.run.origin, .checked = false, .logger = {}});
    }
    explicit Recording(const std::filesystem::path& file) : Recording(file, [](RecorderOptions&) {})
    {
    }

    EventId publish(TypeId type, std::initializer_list<Field> fields = {}, EventMeta meta = {},
                    Source source = Component::engine)
    {
        return publisher->publish(type, source, fields, meta);
    }
    EventId publish(const char* type, std::initializer_list<Field> fields = {})
    {
        return publish(types.intern(type).value(), fields);
    }
    void flush()
    {
        const auto done = recorder->flush(kSoon);
        if (!done) {
            qFatal("%s", done.error().text().c_str());
        }
    }
    Result<void> close(const char* summary = "{}")
    {
        return recorder->close({.endedAt = clock->wall(), .summaryJson = summary}, kSoon);
    }

    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
    TypeRegistry types;
    EventPool pool;
    Ledger ledger;
    std::unique_ptr<Recorder> recorder;
    std::unique_ptr<Publisher> publisher;
};

inline std::unique_ptr<SessionReader> readerOf(const std::filesystem::path& file)
{
    auto opened = SessionReader::open(file);
    if (!opened) {
        qFatal("%s", opened.error().text().c_str());
    }
    return std::move(opened).value();
}

inline std::vector<StoredEvent> allEvents(SessionReader& reader, StoredEventQuery query = {})
{
    query.newestFirst = false;
    query.limit = 0;
    auto page = reader.events(query);
    if (!page) {
        qFatal("%s", page.error().text().c_str());
    }
    return std::move(page->rows);
}

inline std::vector<StoredEvent> allEvents(const std::filesystem::path& file)
{
    return allEvents(*readerOf(file));
}

inline std::string exported(SessionReader& reader, const StoredExport& what)
{
    std::ostringstream out;
    const auto rows = exportSession(reader, what, out);
    if (!rows) {
        qFatal("%s", rows.error().text().c_str());
    }
    return out.str();
}

}  // namespace muster::tests
