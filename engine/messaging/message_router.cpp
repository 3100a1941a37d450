// SPDX-License-Identifier: Apache-2.0
#include "messaging/message_router.h"

#include <mutex>
#include <unordered_map>

namespace muster {

struct MessageRouter::Log {
    mutable std::mutex mutex;  // guards all below
    std::uint64_t next = 1;
    std::unordered_map<RequestId, Fail> open;
    RouterCounts counts;
};

MessageRouter::MessageRouter(Runtime& runtime) : m_runtime(runtime), m_log(std::make_shared<Log>())
{
}

Result<RequestId> MessageRouter::open(AgentId to, Fail fail)
{
    const bool alive = m_runtime.directory().alive(to);
    const std::scoped_lock lock(m_log->mutex);
    if (!alive) {
        ++m_log->counts.unknown;
        return Error{ErrorCode::notFound, "there is no such agent", toString(to),
                     "Ask the directory for one that is alive"};
    }
    const RequestId id{m_log->next++};
    m_log->open.emplace(id, std::move(fail));
    ++m_log->counts.sent;
    return id;
}

bool MessageRouter::settle(Log& log, RequestId id, const Error* error)
{
    const std::scoped_lock lock(log.mutex);
    if (log.open.erase(id) == 0) {
        // Cancelled: its caller was told. A reply all the same is a late one.
        log.counts.late += error == nullptr ? 1 : 0;
        return false;
    }
    if (error == nullptr) {
        ++log.counts.answered;
    } else if (error->code == ErrorCode::timedOut) {
        ++log.counts.timedOut;
    } else {
        ++log.counts.failed;
    }
    return true;
}

bool MessageRouter::cancel(RequestId id)
{
    Fail fail;
    {
        const std::scoped_lock lock(m_log->mutex);
        auto found = m_log->open.extract(id);
        if (found.empty()) {
            return false;
        }
        fail = std::move(found.mapped());
        ++m_log->counts.cancelled;
    }
    fail(Error{ErrorCode::cancelled, "the request was cancelled", "", ""});
    return true;
}

std::uint64_t MessageRouter::underWay() const
{
    const std::scoped_lock lock(m_log->mutex);
    return m_log->open.size();
}

RouterCounts MessageRouter::counts() const
{
    const std::scoped_lock lock(m_log->mutex);
    return m_log->counts;
}

}  // namespace muster
