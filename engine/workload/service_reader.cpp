// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "documents/override.h"
#include "documents/units.h"
#include "workload/service_spec.h"

namespace muster {

namespace {

/// Whole permits in the shortest of the usual periods.
Rate rateOf(double perSecond)
{
    for (const auto period : {std::chrono::seconds(1), std::chrono::seconds(60),
                              std::chrono::seconds(3600), std::chrono::seconds(86'400)}) {
        const double permits = perSecond * static_cast<double>(period.count());
        if (std::abs(permits - std::round(permits)) < 1e-6) {
            return {static_cast<std::uint64_t>(std::llround(permits)), period};
        }
    }
    constexpr std::chrono::seconds kDay{86'400};
    return {static_cast<std::uint64_t>(std::llround(perSecond * kDay.count())), kDay};
}

double realOf(const Value& value, Result<double> (*parse)(std::string_view))
{
    return value.isNumeric() ? value.asNumber() : parse(value.asText()).valueOr(0);
}

/// Takes the keys that a table has; the others keep what they are.
class TableReader {
public:
    explicit TableReader(const Value* table) : m_table(table) {}

    [[nodiscard]] TableReader table(std::string_view key) const { return TableReader(find(key)); }
    [[nodiscard]] bool exists() const noexcept { return m_table != nullptr; }
    [[nodiscard]] const Value* find(std::string_view key) const
    {
        return m_table != nullptr ? m_table->find(key) : nullptr;
    }

    void take(std::string_view key, Duration& into) const
    {
        if (const Value* value = find(key)) {
            into = parseDuration(value->asText()).valueOr(into);
        }
    }
    /// A number or a share.
    void take(std::string_view key, double& into) const
    {
        if (const Value* value = find(key)) {
            into = realOf(*value, parseShare);
        }
    }
    void take(std::string_view key, std::optional<double>& into) const
    {
        if (const Value* value = find(key)) {
            into = realOf(*value, parseShare);
        }
    }
    template <std::unsigned_integral Integer>
    void take(std::string_view key, Integer& into) const
    {
        if (const Value* value = find(key)) {
            into = static_cast<Integer>(value->asInteger());
        }
    }
    void take(std::string_view key, std::optional<std::uint32_t>& into) const
    {
        if (const Value* value = find(key)) {
            into = static_cast<std::uint32_t>(value->asInteger());
        }
    }
    void take(std::string_view key, bool& into) const
    {
        if (const Value* value = find(key)) {
            into = value->asBool();
        }
    }
    void take(std::string_view key, Rate& into) const
    {
        if (const Value* value = find(key)) {
            into = rateOf(parseRate(value->asText()).valueOr(0));
        }
    }
    /// In the order of the enumeration.
    template <class Enum, std::size_t Count>
    requires std::is_enum_v<Enum>
    void take(std::string_view key, Enum& into,
              const std::array<std::string_view, Count>& names) const
    {
        if (const Value* value = find(key)) {
            const auto found = std::ranges::find(names, value->asText());
            into = static_cast<Enum>(found - names.begin());
        }
    }

private:
    const Value* m_table;
};

constexpr std::array<std::string_view, kFailureClasses> kClasses{"network", "timeout",
                                                                 "application", "rejected"};

HalfOpenSettings readHalfOpen(const TableReader& table)
{
    HalfOpenSettings halfOpen;
    table.take("decide", halfOpen.decide,
               std::array<std::string_view, 3>{"rate", "all_succeed", "ramp"});
    table.take("probes", halfOpen.probes);
    table.take("longest", halfOpen.longest);
    table.take("when_over", halfOpen.whenOver, std::array<std::string_view, 2>{"open", "close"});
    if (const Value* ramp = table.find("ramp")) {
        halfOpen.ramp.clear();
        for (const Value& share : ramp->asArray()) {
            halfOpen.ramp.push_back(realOf(share, parseShare));
        }
    }
    return halfOpen;
}

BreakerSettings readBreaker(const TableReader& table)
{
    BreakerSettings breaker;
    table.take("failure_rate", breaker.failureRate);
    table.take("slow_rate", breaker.slowRate);
    table.take("slow_call", breaker.slowCall);
    table.take("minimum_calls", breaker.minimumCalls);
    table.take("consecutive_failures", breaker.consecutiveFailures);
    table.take("window", breaker.window.length);
    table.take("window_buckets", breaker.window.buckets);
    if (table.find("window_calls") != nullptr) {
        breaker.window.kind = BreakerWindow::Kind::count;
        table.take("window_calls", breaker.window.calls);
    }
    table.take("open_for", breaker.open.wait);
    table.take("open_factor", breaker.open.factor);
    table.take("open_longest", breaker.open.longest);
    table.take("open_calm", breaker.open.calm);
    table.take("probes_by_itself", breaker.open.automatic);
    breaker.halfOpen = readHalfOpen(table.table("half_open"));
    const TableReader classes = table.table("classes");
    for (std::size_t i = 0; i < kFailureClasses; ++i) {
        const TableReader each = classes.table(kClasses[i]);
        ClassRule& rule = breaker.classes[i];
        each.take("counts", rule.counts,
                  std::array<std::string_view, 3>{"failure", "success", "ignored"});
        each.take("rate", rule.rate);
        each.take("consecutive", rule.consecutive);
    }
    return breaker;
}

RetrySettings readRetry(const TableReader& table)
{
    RetrySettings retry;
    table.take("attempts", retry.attempts);
    table.take("backoff", retry.backoff,
               std::array<std::string_view, 4>{"fixed", "linear", "exponential", "decorrelated"});
    table.take("base", retry.base);
    table.take("factor", retry.factor);
    table.take("cap", retry.cap);
    table.take("jitter", retry.jitter, std::array<std::string_view, 3>{"none", "full", "equal"});
    table.take("capped", retry.capped,
               std::array<std::string_view, 2>{"after_jitter", "before_jitter"});
    table.take("retry_after", retry.retryAfter,
               std::array<std::string_view, 3>{"at_least", "instead", "ignored"});
    table.take("longest_retry_after", retry.longestRetryAfter);
    table.take("total", retry.total);
    table.take("own_rejections", retry.ownRejections);
    const TableReader classes = table.table("classes");
    for (std::size_t i = 0; i < kFailureClasses; ++i) {
        const TableReader each = classes.table(kClasses[i]);
        each.take("retried", retry.classes[i].retried);
        each.take("attempts", retry.classes[i].attempts);
    }
    return retry;
}

RetryBudgetSettings readBudget(const TableReader& table)
{
    const Value* kind = table.find("kind");
    const std::string name = kind != nullptr ? kind->asText() : "ratio";
    if (name == "tokens") {
        TokenBudgetSettings tokens;
        table.take("most", tokens.most);
        table.take("gain", tokens.gain);
        return tokens;
    }
    if (name == "active") {
        ActiveBudgetSettings active;
        table.take("share", active.share);
        table.take("least", active.floor);
        return active;
    }
    RatioBudgetSettings ratio;
    table.take("ratio", ratio.ratio);
    if (const Value* floor = table.find("floor")) {
        ratio.floorPerSecond = parseRate(floor->asText()).valueOr(ratio.floorPerSecond);
    }
    table.take("window", ratio.window);
    return ratio;
}

SlidingWindowSettings readWindow(const TableReader& table)
{
    SlidingWindowSettings window;
    table.take("limit", window.limit);
    table.take("window", window.window);
    table.take("counting", window.counting,
               std::array<std::string_view, 2>{"segments", "weighted"});
    table.take("segments", window.segments);
    return window;
}

CycleLimiterSettings readCycle(const TableReader& table)
{
    CycleLimiterSettings cycle;
    table.take("permits", cycle.permits);
    table.take("cycle", cycle.cycle);
    if (table.find("burst") != nullptr) {
        cycle.burst = 0;
        table.take("burst", *cycle.burst);
    }
    table.take("wait", cycle.longestWait);
    return cycle;
}

KeyedLimiterSettings readKeyed(const TableReader& table)
{
    KeyedLimiterSettings keyed;
    table.take("by", keyed.by, std::array<std::string_view, 2>{"agent", "action"});
    table.take("rate", keyed.table.rate);
    table.take("burst", keyed.table.burst);
    table.take("keys", keyed.table.keys);
    table.take("when_full", keyed.table.whenFull,
               std::array<std::string_view, 2>{"refuse", "admit"});
    return keyed;
}

LimiterSettings readLimiter(const TableReader& table)
{
    LimiterSettings limiter;
    const Value* kind = table.find("kind");
    const std::string name = kind != nullptr ? kind->asText() : "token_bucket";
    if (name == "sliding_window") {
        limiter.kind = readWindow(table);
    } else if (name == "keyed") {
        limiter.kind = readKeyed(table);
    } else if (name == "cycle") {
        const CycleLimiterSettings cycle = readCycle(table);
        limiter.kind = cycle;
        limiter.longestWait = cycle.longestWait;
    } else {
        TokenBucketSettings bucket;
        table.take("rate", bucket.rate);
        table.take("burst", bucket.burst);
        limiter.kind = bucket;
        table.take("wait", limiter.longestWait);
    }
    return limiter;
}

BulkheadSettings readBulkhead(const TableReader& table)
{
    BulkheadSettings bulkhead;
    table.take("concurrent", bulkhead.concurrent);
    table.take("queue", bulkhead.queue);
    table.take("wait", bulkhead.longestWait);
    return bulkhead;
}

AdaptiveSettings readAdaptive(const TableReader& table)
{
    AdaptiveSettings adaptive;
    table.take("algorithm", adaptive.algorithm,
               std::array<std::string_view, 2>{"aimd", "gradient"});
    table.take("initial", adaptive.initial);
    table.take("floor", adaptive.floor);
    table.take("ceiling", adaptive.ceiling);
    table.take("in_use", adaptive.inUse);
    table.take("backoff", adaptive.backoff);
    table.take("slow", adaptive.slow);
    table.take("between", adaptive.between);
    table.take("tolerance", adaptive.tolerance);
    table.take("smoothing", adaptive.smoothing);
    table.take("long_window", adaptive.longWindow);
    table.take("queue", adaptive.queue);
    return adaptive;
}

}  // namespace

Result<ServiceSettings> readService(const Value& document)
{
    const TableReader table(&document);
    ServiceSettings settings;
    table.take("deadline", settings.deadline);
    const auto stage = [&table](std::string_view key, auto& into, auto read) {
        if (const TableReader part = table.table(key); part.exists()) {
            into = read(part);
        }
    };
    stage("retry", settings.retry, readRetry);
    settings.budget = readBudget(table.table("retry").table("budget"));
    stage("limiter", settings.limiter, readLimiter);
    stage("breaker", settings.breaker, readBreaker);
    stage("bulkhead", settings.bulkhead, readBulkhead);
    stage("adaptive", settings.adaptive, readAdaptive);
    if (auto valid = validate(settings); !valid.ok()) {
        return valid.error();
    }
    return settings;
}

}  // namespace muster
