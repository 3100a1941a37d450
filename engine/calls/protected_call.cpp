// SPDX-License-Identifier: Apache-2.0
#include "calls/protected_call.h"

#include <fmt/format.h>

#include "runtime/waiting.h"

namespace muster {
namespace {

struct YourTurn {
    static constexpr std::string_view kName = "your_turn";
};

/// Wakes the handler that waits, from whichever thread made room.
class HandlerWaiter final : public TurnWaiter {
public:
    explicit HandlerWaiter(ReplyLater handler) : m_handler(std::move(handler)) {}
    ~HandlerWaiter() override { m_handler.forget(); }
    void turnDecided() noexcept override { m_handler.reply(YourTurn{}); }

private:
    ReplyLater m_handler;
};

}  // namespace

Async<CallEnd> callThrough(ProtectedService& service, CallRequest request, CallAction action,
                           const Clock& clock)
{
    if (const auto asked = co_await deadlineOfRequest()) {
        const MonoTime now = clock.now();
        request.deadline = request.deadline.within(saturatingSubtract(*asked, now), now);
    }
    CallFlow flow(service, request);
    CallStep step = flow.begin(clock.now());
    while (step.what != CallStep::Do::end) {
        switch (step.what) {
            case CallStep::Do::wait: {
                co_await pauseFor(step.time);
                step = flow.waited(clock.now());
                break;
            }
            case CallStep::Do::queue: {
                auto wait = [&flow](ReplyLater later) {
                    std::unique_ptr<TurnWaiter> waiter =
                        std::make_unique<HandlerWaiter>(std::move(later));
                    if (!flow.await(waiter)) {
                        waiter->turnDecided();
                    }
                };
                const auto told = co_await answerFrom<YourTurn>(step.time, wait);
                static_cast<void>(told.ok());  // in time or not: that is asked for next
                step = flow.queued(clock.now());
                break;
            }
            case CallStep::Do::act: {
                const CallAttempt attempt{flow.attempt(), step.time, flow.deadline()};
                const AttemptEnd end = co_await action(attempt);
                step = flow.acted(end, clock.now());
                break;
            }
            case CallStep::Do::end:
                break;
        }
    }
    co_return flow.end();
}

Error rejectionError(const ProtectedService& service, const CallEnd& end)
{
    const std::string where = "services." + service.name();
    const std::string again =
        end.retryAfter && *end.retryAfter != kForever
            ? fmt::format("; again in {:.3f} s",
                          std::chrono::duration<double>(*end.retryAfter).count())
            : std::string();
    switch (end.stage) {
        case CallStage::deadline:
            return {ErrorCode::timedOut, "the call's deadline passed before it could be made",
                    where + ".deadline", "Raise the deadline, or lower the load"};
        case CallStage::admission:
            return {ErrorCode::overloaded, "no calls are admitted under critical pressure", where,
                    "Lower the load or raise limits.memory"};
        case CallStage::limiter:
            return {ErrorCode::overloaded, "the limiter has no token" + again, where + ".limiter",
                    "Lower the load or raise limiter.rate"};
        case CallStage::breaker:
            return {ErrorCode::unavailable, "the circuit breaker is open" + again,
                    where + ".breaker", "See why its calls failed: breaker.opened"};
        case CallStage::bulkhead:
            return {ErrorCode::overloaded, "the bulkhead is full", where + ".bulkhead",
                    "Lower the load or raise bulkhead.concurrent"};
        default:
            return {ErrorCode::internal, "the call was not made", where, ""};
    }
}

}  // namespace muster
