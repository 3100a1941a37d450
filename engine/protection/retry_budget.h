// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <variant>

#include "base/result.h"
#include "protection/steady_time.h"

namespace muster {

/// What a budget has to give.
struct BudgetStatus {
    double allowed = 0;  ///< retries, in its window or at once
    double used = 0;
    [[nodiscard]] bool spent() const noexcept { return used + 1 > allowed; }
};

/// Retries are a share of the calls of the last seconds, and a few always. After Finagle.
struct RatioBudgetSettings {
    double ratio = 0.2;  ///< of the calls
    double floorPerSecond = 10;
    Duration window = std::chrono::seconds(10);

    friend bool operator==(const RatioBudgetSettings&, const RatioBudgetSettings&) = default;
};

/// Failures take tokens and successes give parts of them back; below half there are no retries.
/// After gRPC (A6).
struct TokenBudgetSettings {
    double most = 10;   ///< tokens
    double gain = 0.1;  ///< of a success; a failure costs 1

    friend bool operator==(const TokenBudgetSettings&, const TokenBudgetSettings&) = default;
};

/// Retries under way are a share of the calls under way, and a few always. After Envoy.
struct ActiveBudgetSettings {
    double share = 0.2;
    std::uint32_t floor = 3;

    friend bool operator==(const ActiveBudgetSettings&, const ActiveBudgetSettings&) = default;
};

/// Pure. Thread safety: one thread at a time.
class RatioBudget {
public:
    explicit RatioBudget(const RatioBudgetSettings& settings) : m_settings(settings) {}
    void callBegan(MonoTime now);
    [[nodiscard]] bool tryRetry(MonoTime now);
    [[nodiscard]] BudgetStatus status(MonoTime now);

private:
    friend class RetryBudget;
    static constexpr std::size_t kBuckets = 10;
    struct Bucket {
        std::uint64_t calls = 0;
        std::uint64_t retries = 0;
    };
    void advance(MonoTime now);

    RatioBudgetSettings m_settings;
    MonoTime m_bucketEnd{std::numeric_limits<std::int64_t>::min()};
    std::size_t m_newest = 0;
    std::array<Bucket, kBuckets> m_buckets;
    Bucket m_sum;
};

/// Pure. Thread safety: one thread at a time.
class TokenBudget {
public:
    explicit TokenBudget(const TokenBudgetSettings& settings);
    void attemptEnded(bool succeeded);
    [[nodiscard]] bool tryRetry() const noexcept { return m_tokens > m_most / 2; }
    [[nodiscard]] BudgetStatus status() const noexcept;

private:
    std::int64_t m_most;  // thousandths of a token
    std::int64_t m_gain;
    std::int64_t m_tokens;
};

/// Pure. Thread safety: one thread at a time.
class ActiveBudget {
public:
    explicit ActiveBudget(const ActiveBudgetSettings& settings) : m_settings(settings) {}
    void callBegan() noexcept { ++m_calls; }
    void callEnded() noexcept { --m_calls; }
    [[nodiscard]] bool tryRetry() noexcept;
    void retryEnded() noexcept { --m_retries; }
    [[nodiscard]] BudgetStatus status() const noexcept;

private:
    friend class RetryBudget;
    ActiveBudgetSettings m_settings;
    std::uint64_t m_calls = 0;  // under way, retries included
    std::uint64_t m_retries = 0;
};

using RetryBudgetSettings =
    std::variant<RatioBudgetSettings, TokenBudgetSettings, ActiveBudgetSettings>;

/// Errors: outOfRange, with the key in `where`.
[[nodiscard]] Result<void> validate(const RetryBudgetSettings& settings);

/// Keeps retries from multiplying the load on what fails already: one of three budgets, told
/// what all of them need. Told of each call's begin and end, of each attempt's outcome and of
/// each retry's end. Pure. Thread safety: one thread at a time; Guarded<RetryBudget> for many.
class RetryBudget {
public:
    /// Errors: outOfRange for settings that are not in range.
    [[nodiscard]] static Result<RetryBudget> create(const RetryBudgetSettings& settings);

    void callBegan(MonoTime now);
    void callEnded();
    void attemptEnded(bool succeeded);
    /// Whether one more retry may begin; if so it is counted.
    [[nodiscard]] bool tryRetry(MonoTime now);
    void retryEnded();

    [[nodiscard]] BudgetStatus status(MonoTime now);
    [[nodiscard]] std::uint64_t granted() const noexcept { return m_granted; }
    [[nodiscard]] std::uint64_t refused() const noexcept { return m_refused; }
    /// Of the same kind it keeps what was counted; tokens begin full. Errors: outOfRange, and
    /// nothing changed.
    [[nodiscard]] Result<void> change(const RetryBudgetSettings& settings);

private:
    using Kind = std::variant<RatioBudget, TokenBudget, ActiveBudget>;
    explicit RetryBudget(Kind kind) : m_budget(std::move(kind)) {}
    [[nodiscard]] static Kind make(const RetryBudgetSettings& settings);

    SteadyTime m_time;
    Kind m_budget;
    std::uint64_t m_calls = 0;    // under way, whatever the kind: it may change
    std::uint64_t m_retries = 0;  // of them
    std::uint64_t m_granted = 0;
    std::uint64_t m_refused = 0;
};

}  // namespace muster
