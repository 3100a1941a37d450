// SPDX-License-Identifier: Apache-2.0
#include "protection/bulkhead.h"

#include <fmt/format.h>

#include <algorithm>

namespace muster {
namespace {

constexpr std::uint32_t kMostConcurrent = 1'000'000;
constexpr std::uint32_t kMostQueued = 100'000;

}  // namespace

Result<void> validate(const BulkheadSettings& settings)
{
    if (settings.concurrent > kMostConcurrent) {
        return Error{ErrorCode::outOfRange,
                     fmt::format("{} calls at once are too many", settings.concurrent),
                     "concurrent", fmt::format("Name at most {}", kMostConcurrent)};
    }
    if (settings.queue > kMostQueued) {
        return Error{ErrorCode::outOfRange,
                     fmt::format("a queue of {} calls is too long", settings.queue), "queue",
                     fmt::format("Name at most {}", kMostQueued)};
    }
    if (settings.longestWait < Duration{}) {
        return Error{ErrorCode::outOfRange, "a wait cannot be negative", "longest_wait",
                     "Name 0 to wait for nothing"};
    }
    return {};
}

Result<Bulkhead> Bulkhead::create(const BulkheadSettings& settings)
{
    if (auto valid = validate(settings); !valid.ok()) {
        return valid.error();
    }
    return Bulkhead(settings);
}

Bulkhead::Answer Bulkhead::enter(const Deadline& deadline, MonoTime now)
{
    const MonoTime time = m_time.at(now);
    ++m_counts.asked;
    if (m_inUse < m_settings.concurrent && m_queue.empty()) {
        ++m_inUse;
        ++m_counts.entered;
        return {Entry::entered, 0, {}};
    }
    const Duration wait = std::min(m_settings.longestWait, deadline.remaining(now));
    if (m_queue.size() >= m_settings.queue || wait == Duration{}) {
        ++m_counts.refused;
        return {Entry::refused, 0, {}};
    }
    const MonoTime until = wait == kForever ? MonoTime{std::numeric_limits<std::int64_t>::max()}
                                            : saturatingAdd(time, wait);
    m_queue.push_back({++m_lastTicket, until});
    return {Entry::waits, m_lastTicket, wait};
}

void Bulkhead::leave()
{
    --m_inUse;
}

std::optional<Bulkhead::Ticket> Bulkhead::next(MonoTime now)
{
    const MonoTime time = m_time.at(now);
    if (m_inUse >= m_settings.concurrent) {
        return std::nullopt;
    }
    // Those whose time is over are left for expired().
    const auto first = std::ranges::find_if(
        m_queue, [time](const Waiting& waiting) { return waiting.until > time; });
    if (first == m_queue.end()) {
        return std::nullopt;
    }
    const Ticket ticket = first->ticket;
    m_queue.erase(first);
    ++m_inUse;
    ++m_counts.entered;
    return ticket;
}

std::optional<Bulkhead::Ticket> Bulkhead::expired(MonoTime now)
{
    const MonoTime time = m_time.at(now);
    const auto over = std::ranges::find_if(
        m_queue, [time](const Waiting& waiting) { return waiting.until <= time; });
    if (over == m_queue.end()) {
        return std::nullopt;
    }
    const Ticket ticket = over->ticket;
    m_queue.erase(over);
    ++m_counts.timedOut;
    return ticket;
}

bool Bulkhead::cancel(Ticket ticket)
{
    const auto found = std::ranges::find(m_queue, ticket, &Waiting::ticket);
    if (found == m_queue.end()) {
        return false;
    }
    m_queue.erase(found);
    ++m_counts.cancelled;
    return true;
}

std::optional<Duration> Bulkhead::nextExpiry(MonoTime now)
{
    const MonoTime time = m_time.at(now);
    const auto first = std::ranges::min_element(m_queue, {}, &Waiting::until);
    if (first == m_queue.end() ||
        first->until.nanoseconds == std::numeric_limits<std::int64_t>::max()) {
        return std::nullopt;
    }
    return std::max(first->until - time, Duration{});
}

Result<void> Bulkhead::change(const BulkheadSettings& settings)
{
    if (auto valid = validate(settings); !valid.ok()) {
        return valid;
    }
    m_settings = settings;
    return {};
}

}  // namespace muster
