// SPDX-License-Identifier: Apache-2.0
#include <sqlite3.h>

#include "storage/internal/session_state.h"
#include "storage/internal/store_loop.h"

namespace muster {

namespace {

[[nodiscard]] std::uint64_t pageBytes(const Database& database)
{
    int now = 0;
    int highest = 0;
    const int code =
        ::sqlite3_db_status(database.handle(), SQLITE_DBSTATUS_CACHE_USED, &now, &highest, 0);
    return code == SQLITE_OK ? static_cast<std::uint64_t>(now) : 0;
}

}  // namespace

std::future<Result<std::uint64_t>> StoreLoop::giveBack(StoreStock stock)
{
    std::future<Result<std::uint64_t>> answer;
    {
        const std::lock_guard lock(m_requestMutex);
        m_requests.push_back({stock, {}});
        answer = m_requests.back().answer.get_future();
    }
    m_parts.queue.requestMaintenance();
    return answer;
}

void StoreLoop::answerRequests()
{
    std::vector<Request> requests;
    {
        const std::lock_guard lock(m_requestMutex);
        requests.swap(m_requests);
    }
    for (Request& request : requests) {
        request.answer.set_value(request.stock == StoreStock::pages ? releasePages()
                                                                    : truncateLog());
    }
}

Result<std::uint64_t> StoreLoop::releasePages()
{
    const std::uint64_t before = pageBytes(m_state.database);
    ::sqlite3_db_release_memory(m_state.database.handle());
    return before - std::min(before, pageBytes(m_state.database));
}

Result<std::uint64_t> StoreLoop::truncateLog()
{
    measure();
    const std::uint64_t before = status().bytes;
    const auto busy = m_state.database.queryInteger("PRAGMA wal_checkpoint(TRUNCATE)");
    if (!busy) {
        return busy.error();
    }
    if (*busy != 0) {
        return Error{ErrorCode::unavailable, "somebody reads the session's log",
                     m_state.file.string(), "It is tried again by itself"};
    }
    measure();
    const std::uint64_t after = status().bytes;
    return before - std::min(before, after);
}

}  // namespace muster
