// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <unordered_map>

#include "storage/internal/damage_log.h"
#include "storage/internal/database.h"
#include "storage/internal/progress.h"
#include "storage/internal/row_scan.h"
#include "storage/internal/schema.h"
#include "storage/internal/text_index.h"
#include "storage/session_reader.h"

namespace muster {

/// Opens a session to read. A change of its journal that power loss cut short is taken back
/// first, which is a write; otherwise nothing is written.
[[nodiscard]] Result<Database> openToRead(const std::filesystem::path& file);

/// What a SessionReader holds: for the queries and exports of this room.
struct SessionReader::State {
    std::filesystem::path file;
    Database database;
    DamageLog damage;
    std::string notice;  ///< of opening
    bool writable = false;
    bool damaged = false;  ///< so badly that SQLite had to be told to go on

    /// The parts of the full-text index that were verified, and how that went.
    struct VerifiedText {
        TextPart part;
        bool holds = false;
    };
    std::map<std::int64_t, VerifiedText> textParts;

    /// How far the session has come; what its row should say is damage when it says nothing.
    [[nodiscard]] Result<Progress> progress();
    /// All rows of a table whose ids run from 1, or `from`, without gaps; those missing are
    /// damage.
    [[nodiscard]] Result<void> visitAll(Numbered table, const RowScan::Visit& visit,
                                        std::int64_t from = 1);
    /// From which row on retention left the call logs.
    [[nodiscard]] Result<std::int64_t> firstCalls();
    [[nodiscard]] Result<std::unordered_map<std::int64_t, std::string>> names(Numbered table);
    [[nodiscard]] Result<std::vector<StoredRun>> runs();
    [[nodiscard]] Result<std::vector<StoredMark>> marks(const std::optional<StoredRange>& range);
    [[nodiscard]] Result<std::vector<CallLogRecord>> calls(RunId run, std::string_view service);
    [[nodiscard]] Result<std::vector<StoredConfiguration>> configurations();

    [[nodiscard]] Result<void> open();

private:
    [[nodiscard]] Result<SessionIdentity> openWithoutLog(const Error& because);
    [[nodiscard]] Result<SessionIdentity> insist(const Error& because);
};

/// One moment of the session, seen until it goes.
class ReadMoment {
public:
    explicit ReadMoment(Database& database)
        : m_database(database), m_begun(database.execute("BEGIN"))
    {
    }
    ReadMoment(const ReadMoment&) = delete;
    ReadMoment& operator=(const ReadMoment&) = delete;
    ~ReadMoment() { m_database.rollback(); }

    [[nodiscard]] const Result<void>& begun() const noexcept { return m_begun; }

private:
    Database& m_database;
    Result<void> m_begun;
};

}  // namespace muster
