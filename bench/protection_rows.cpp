// SPDX-License-Identifier: Apache-2.0
#include <atomic>

#include "bench/row.h"
#include "bench/world.h"
#include "protection/circuit_breaker.h"
#include "protection/gcra_table.h"
#include "protection/guarded.h"
#include "protection/token_bucket.h"

namespace muster::bench {
namespace {

constexpr std::uint64_t kPerSpan = 1000;
constexpr Rate kFastest{Rate::kMostPerSecond, std::chrono::seconds(1)};
constexpr std::uint64_t kLargeBurst = std::uint64_t{1} << 30;

Outcome readClock(std::uint64_t ops)
{
    const auto clock = systemClock();
    Spans spans(kPerSpan);
    for (std::uint64_t i = 0; i < ops; ++i) {
        static_cast<void>(clock->now());
        spans.count();
    }
    return spans.outcome();
}

Outcome incrementAtomic(std::uint64_t ops)
{
    std::atomic<std::uint64_t> counter{0};
    Spans spans(kPerSpan);
    for (std::uint64_t i = 0; i < ops; ++i) {
        counter.fetch_add(1);
        spans.count();
    }
    return spans.outcome();
}

// As a call does it: the clock is read before and after the action.
Outcome callBreaker(std::uint64_t ops)
{
    const auto clock = systemClock();
    Guarded<CircuitBreaker> breaker(must(CircuitBreaker::create({})));
    std::uint64_t admitted = 0;
    Spans spans(kPerSpan);
    for (std::uint64_t i = 0; i < ops; ++i) {
        const MonoTime begin = clock->now();
        const BreakerAnswer answer =
            breaker.use([begin](CircuitBreaker& machine) { return machine.permit(begin); });
        admitted += answer.admitted ? 1 : 0;
        const MonoTime end = clock->now();
        const BreakerMoves moves = breaker.use([&answer, end](CircuitBreaker& machine) {
            return machine.report(answer.permit, CallOutcome::success(), end);
        });
        admitted -= moves.size();
        spans.count();
    }
    Outcome outcome = spans.outcome();
    outcome.more["admitted_share"] = static_cast<double>(admitted) / static_cast<double>(ops);
    return outcome;
}

template <class Try>
Outcome tryLimiter(std::uint64_t ops, Try&& tryTake)
{
    const auto clock = systemClock();
    std::uint64_t admitted = 0;
    Spans spans(kPerSpan);
    for (std::uint64_t i = 0; i < ops; ++i) {
        admitted += tryTake(clock->now()) ? 1 : 0;
        spans.count();
    }
    Outcome outcome = spans.outcome();
    outcome.more["admitted_share"] = static_cast<double>(admitted) / static_cast<double>(ops);
    return outcome;
}

Outcome tryBucket(std::uint64_t ops)
{
    Guarded<TokenBucket> bucket(
        must(TokenBucket::create({kFastest, kLargeBurst, {}}, systemClock()->now())));
    return tryLimiter(ops, [&bucket](MonoTime now) {
        return bucket.use([now](TokenBucket& machine) { return machine.tryTake(1, now); })
            ->admitted;
    });
}

Outcome tryKey(std::uint64_t ops)
{
    const auto table = must(GcraTable::create({kFastest, kLargeBurst}, systemClock()->now()));
    constexpr std::uint64_t kKeys = 256;
    std::uint64_t key = 0;
    return tryLimiter(ops, [&table, &key](MonoTime now) {
        key = key % kKeys + 1;
        return table->tryTake(key, 1, now)->admitted;
    });
}

}  // namespace

void addProtectionRows(std::vector<Row>& rows)
{
    constexpr std::uint64_t kOps = 20'000'000;
    constexpr std::uint64_t kQuickOps = 2'000'000;
    rows.push_back({"breaker_call",
                    "permit and outcome of a closed breaker, shared, with two looks at the clock",
                    80, kOps, kQuickOps, callBreaker});
    rows.push_back({"limiter_try", "try a token bucket, shared, with a look at the clock", 40, kOps,
                    kQuickOps, tryBucket});
    rows.push_back({"limiter_try/keyed",
                    "the same for one of 256 keys, which also says what remains", 0, kOps,
                    kQuickOps, tryKey});
    rows.push_back(
        {"clock_read", "a look at the clock, to compare with", 0, kOps, kQuickOps, readClock});
    rows.push_back({"atomic_increment", "an atomic increment, to compare with", 0, kOps, kQuickOps,
                    incrementAtomic});
}

}  // namespace muster::bench
