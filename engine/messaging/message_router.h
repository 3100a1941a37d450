// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "base/ids.h"
#include "base/result.h"
#include "runtime/runtime.h"

namespace muster {

/// What became of the requests so far: sent is the sum of the others and of those under way.
struct RouterCounts {
    std::uint64_t sent = 0;
    std::uint64_t answered = 0;  ///< with the reply asked for
    std::uint64_t failed = 0;    ///< with an error: refused, ended, or the answer itself
    std::uint64_t timedOut = 0;
    std::uint64_t cancelled = 0;
    std::uint64_t unknown = 0;  ///< not sent: no such agent
    std::uint64_t late = 0;     ///< answers to requests that were cancelled; not delivered
};

/// Requests from outside the agents, with a number each: to find what was said about it
/// (correlationOf), to cancel it, and to count what became of it. Over Runtime::ask, which keeps
/// the deadlines and counts replies that come after them (DropCause::lateReply).
/// Thread safety: any thread. The runtime must outlive it.
class MessageRouter {
public:
    explicit MessageRouter(Runtime& runtime);

    /// `done` gets a Result<Reply> exactly once: on an engine thread, or on the caller's when the
    /// request cannot even be sent or is cancelled; it must be short. Errors at once: notFound.
    template <class Reply, class M>
    [[nodiscard]] Result<RequestId> request(AgentId to, M&& message, Duration deadline,
                                            std::function<void(Result<Reply>)> done)
    {
        const auto shared = std::make_shared<std::function<void(Result<Reply>)>>(std::move(done));
        const auto id = open(to, [shared](Error error) { (*shared)(std::move(error)); });
        if (id.ok()) {
            m_runtime.ask<Reply>(to, std::forward<M>(message), deadline,
                                 [log = m_log, number = *id, shared](Result<Reply> reply) {
                                     const Error* error = reply.ok() ? nullptr : &reply.error();
                                     if (settle(*log, number, error)) {
                                         (*shared)(std::move(reply));
                                     }
                                 });
        }
        return id;
    }
    /// Its caller gets `cancelled` before this returns. False when it was settled already.
    bool cancel(RequestId id);

    [[nodiscard]] std::uint64_t underWay() const;
    [[nodiscard]] RouterCounts counts() const;

    /// What events about the request carry.
    [[nodiscard]] static CorrelationId correlationOf(RequestId id) noexcept { return {id.value}; }

private:
    struct Log;
    using Fail = std::function<void(Error)>;

    [[nodiscard]] Result<RequestId> open(AgentId to, Fail fail);
    /// True when it was still open; counts how it ended.
    [[nodiscard]] static bool settle(Log& log, RequestId id, const Error* error);

    Runtime& m_runtime;
    std::shared_ptr<Log> m_log;
};

}  // namespace muster
