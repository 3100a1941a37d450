// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>

#include "base/result.h"
#include "protection/deadline.h"
#include "protection/steady_time.h"

namespace muster {

struct BulkheadSettings {
    std::uint32_t concurrent = 25;  ///< calls at once; none: all are refused or wait
    std::uint32_t queue = 0;        ///< that wait for their turn
    Duration longestWait = std::chrono::seconds(1);  ///< in the queue; kForever: unbounded

    friend bool operator==(const BulkheadSettings&, const BulkheadSettings&) = default;
};

/// Errors: outOfRange, with the key in `where`.
[[nodiscard]] Result<void> validate(const BulkheadSettings& settings);

/// Calls are asked = entered + refused + timedOut + cancelled + those that wait.
struct BulkheadCounts {
    std::uint64_t asked = 0;
    std::uint64_t entered = 0;
    std::uint64_t refused = 0;    ///< the queue was full
    std::uint64_t timedOut = 0;   ///< in the queue
    std::uint64_t cancelled = 0;  ///< in the queue
};

/// Keeps one dependency from taking all there is: so many calls at once, so many that wait, each
/// for so long, first come first served; whoever comes while others wait waits behind them.
/// Every call that entered leaves once. After something may have made room — leave(), change() —
/// the caller takes those whose turn it is with next(), and those that waited too long with
/// expired(), which it also asks when nextExpiry() has come. Pure.
/// Thread safety: one thread at a time; Guarded<Bulkhead> for many.
class Bulkhead {
public:
    using Ticket = std::uint64_t;
    enum class Entry : std::uint8_t { entered, waits, refused };
    struct Answer {
        Entry entry = Entry::refused;
        Ticket ticket = 0;   ///< if it waits
        Duration longest{};  ///< likewise: for its turn
    };

    /// Errors: outOfRange for settings that are not in range.
    [[nodiscard]] static Result<Bulkhead> create(const BulkheadSettings& settings);

    /// Waits no longer than the deadline allows.
    [[nodiscard]] Answer enter(const Deadline& deadline, MonoTime now);
    void leave();
    /// One that waited and has entered now.
    [[nodiscard]] std::optional<Ticket> next(MonoTime now);
    /// One that waited for as long as it may and is out of the queue now.
    [[nodiscard]] std::optional<Ticket> expired(MonoTime now);
    /// Out of the queue; false if it does not wait there any more.
    bool cancel(Ticket ticket);
    /// How long from now until expired() will have one; none if nothing waits for a bounded time.
    [[nodiscard]] std::optional<Duration> nextExpiry(MonoTime now);

    /// Those who are in stay in; a shorter queue turns nobody out. Errors: outOfRange, and
    /// nothing changed.
    [[nodiscard]] Result<void> change(const BulkheadSettings& settings);
    [[nodiscard]] const BulkheadSettings& settings() const noexcept { return m_settings; }
    [[nodiscard]] std::uint32_t inUse() const noexcept { return m_inUse; }
    [[nodiscard]] std::size_t waiting() const noexcept { return m_queue.size(); }
    [[nodiscard]] const BulkheadCounts& counts() const noexcept { return m_counts; }

private:
    struct Waiting {
        Ticket ticket;
        MonoTime until;  // steady
    };

    explicit Bulkhead(const BulkheadSettings& settings) : m_settings(settings) {}

    BulkheadSettings m_settings;
    SteadyTime m_time;
    std::uint32_t m_inUse = 0;
    Ticket m_lastTicket = 0;
    std::deque<Waiting> m_queue;  // at most settings.queue when one comes in
    BulkheadCounts m_counts;
};

}  // namespace muster
