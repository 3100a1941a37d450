// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace muster {

/// What a full mailbox does with the next message. A worker is never blocked.
enum class OverflowPolicy : std::uint8_t {
    reject,      ///< the sender is told (Delivery::full); nothing is queued
    dropOldest,  ///< the oldest of the lowest priority goes, the new one is queued
    dropNewest,  ///< the new message goes, the sender is not troubled (Delivery::dropped)
};

/// How many messages may wait, of all priorities, and what happens beyond. Messages of the system
/// (stop, suspend, inspect, replies, timers of co_await, AgentEnded) are not counted.
struct MailboxOptions {
    static constexpr std::uint32_t kMaxBound = 1U << 20;

    std::uint32_t bound = kMaxBound;  ///< 1…kMaxBound
    OverflowPolicy overflow = OverflowPolicy::reject;

    friend bool operator==(const MailboxOptions&, const MailboxOptions&) = default;
};

/// What waits in a mailbox is handled in the order urgent, high, normal, low, and within one of
/// these in the order of arrival. What the system sends goes before all of them. So that nothing
/// starves, after kMostAhead messages that went before others the one that has waited longest
/// has its turn. Handlers at a co_await are resumed before any mail.
enum class Priority : std::uint8_t { low, normal, high, urgent };

inline constexpr std::uint32_t kMostAhead = 64;

/// What became of a message as far as its sender can know.
enum class Delivery : std::uint8_t {
    queued,
    noAgent,  ///< the id is stale or was never given
    full,     ///< rejected: the mailbox is at its bound
    dropped,  ///< the mailbox is at its bound and sheds the newest
    closed,   ///< the runtime no longer takes messages
};

[[nodiscard]] constexpr bool queued(Delivery delivery) noexcept
{
    return delivery == Delivery::queued;
}

/// Why a message was never handled. Each is counted.
enum class DropCause : std::uint8_t {
    noAgent,  ///< sent to an id that names nobody
    full,     ///< rejected by a full mailbox
    shedOldest,
    shedNewest,
    ended,      ///< waited in the mailbox of an agent that ended
    unhandled,  ///< the agent's type has no handler for it
    tooLate,    ///< a request that came to its turn when its deadline had passed
    lateReply,  ///< the answer came after the deadline, or nobody waited for it any more
    count,
};

[[nodiscard]] std::string_view toString(OverflowPolicy policy) noexcept;
[[nodiscard]] std::string_view toString(Priority priority) noexcept;
[[nodiscard]] std::string_view toString(Delivery delivery) noexcept;
[[nodiscard]] std::string_view toString(DropCause cause) noexcept;

}  // namespace muster
