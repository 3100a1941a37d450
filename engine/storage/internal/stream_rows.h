// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "storage/internal/event_rows.h"
#include "storage/internal/name_table.h"
#include "storage/internal/progress.h"
#include "storage/stream.h"

namespace muster {

/// What is wrong with an append before the session is looked at; errors: invalidArgument.
[[nodiscard]] Result<void> checkAppend(const StreamAppend& append);

/// Appends to streams: the events go where all events go, and beside them stands which stream's
/// they are, so that others pay nothing for it. Inside the caller's transaction; after a rollback
/// it must be opened anew. Thread safety: one thread at a time.
class StreamRows {
public:
    [[nodiscard]] static Result<StreamRows> open(Database& database, Progress& progress);
    StreamRows() = default;

    /// What the append is answered with once the transaction is committed: an answer that is an
    /// error wrote nothing. An error of the outer result is the database's.
    using Answer = Result<StreamAppended>;
    [[nodiscard]] Result<Answer> append(const StreamAppend& append, EventRows& events,
                                        NameTable& types);

private:
    struct Head {
        std::int64_t id = 0;
        std::int64_t version = -1;
    };
    struct Entry {
        std::int64_t stream = 0;
        std::int64_t version = 0;
    };

    [[nodiscard]] Result<Head> headOf(const std::string& stream);
    [[nodiscard]] Result<std::optional<Entry>> find(EventId id);
    /// Empty: none of the events is in the session yet.
    [[nodiscard]] Result<std::optional<Answer>> known(const StreamAppend& append, const Head& head);
    [[nodiscard]] Result<void> write(const StreamEvent& event, Entry entry, EventRows& events,
                                     NameTable& types);
    [[nodiscard]] Result<void> writeHead(const std::string& stream, const Head& head);

    Statement m_findHead;
    Statement m_writeHead;
    Statement m_findId;
    Statement m_writeId;
    Statement m_writeEntry;
    Progress* m_progress = nullptr;
    std::string m_data;
    std::string m_source;
};

}  // namespace muster
