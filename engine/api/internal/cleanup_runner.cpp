// SPDX-License-Identifier: Apache-2.0
#include "api/internal/cleanup_runner.h"

#include <chrono>

namespace muster {

namespace {

constexpr std::uint64_t kSlightPart = 100;

}  // namespace

void CleanupRunner::start(const CleanupOrder& order)
{
    const auto over = [this, order] {
        m_scheduler.after(Duration::zero(), [this, order] { m_ran(order); });
    };
    if (!m_hooks.any(order.resource, order.stage)) {
        over();
        return;
    }
    const auto posted = m_scheduler.blocking([this, order, over] {
        run(order);
        over();
    });
    if (!posted) {
        m_core.logger.warn("no thread for cleaning up {}: {}", toString(order.resource),
                           posted.error().text());
        over();  // the next stage, or the same one after a pause
    }
}

void CleanupRunner::run(const CleanupOrder& order)
{
    for (const CleanupDone& done : m_hooks.run(order, *m_core.clock)) {
        tell(order, done);
    }
}

void CleanupRunner::tell(const CleanupOrder& order, const CleanupDone& done)
{
    CleanupStatus status{.at = m_core.clock->wall(),
                         .resource = std::string(toString(order.resource)),
                         .stage = std::string(toString(order.stage)),
                         .hook = done.hook,
                         .asked = order.amount,
                         .freed = {},
                         .failure = {},
                         .slight = false};
    if (!done.outcome.ok()) {
        status.freed = {0, "it failed"};
        status.failure = done.outcome.error().text();
        m_core.publisher->publish(EventType::resourceCleanupFailed, Component::limits,
                                  {{"resource", status.resource},
                                   {"hook", done.hook},
                                   {"stage", status.stage},
                                   {"reason", status.failure}});
        keep(std::move(status));
        return;
    }
    const auto freed = *done.outcome;
    status.freed =
        freed ? Known{static_cast<double>(*freed), {}} : Known{0, "this clean-up cannot say"};
    // One that found next to nothing to give back is no news.
    status.slight = freed && *freed < order.amount / kSlightPart;
    if (!status.slight) {
        Fields fields{{"resource", status.resource},
                      {"hook", done.hook},
                      {"stage", status.stage},
                      {"asked", static_cast<std::int64_t>(order.amount)},
                      {"took_ns", done.took.count()}};
        if (freed) {
            fields.add("freed", static_cast<std::int64_t>(*freed));
        }
        m_core.publisher->publish(
            EventDraft{EventType::resourceCleanedUp, Component::limits, fields, {}});
    }
    keep(std::move(status));
}

void CleanupRunner::keep(CleanupStatus status)
{
    const std::lock_guard lock(m_mutex);
    ++m_totals.runs;
    m_totals.failed += status.failure.empty() ? 0 : 1;
    if (status.freed.known()) {
        m_totals.freed[status.resource] += static_cast<std::uint64_t>(status.freed.value);
    }
    std::erase_if(m_recent, [&status](const CleanupStatus& before) {
        return before.slight && before.hook == status.hook && before.resource == status.resource;
    });
    m_recent.push_back(std::move(status));
    if (m_recent.size() > Snapshot::kCleanupsKept) {
        m_recent.pop_front();
    }
}

std::vector<CleanupStatus> CleanupRunner::recent() const
{
    const std::lock_guard lock(m_mutex);
    return {m_recent.begin(), m_recent.end()};
}

CleanupTotals CleanupRunner::totals() const
{
    const std::lock_guard lock(m_mutex);
    return m_totals;
}

}  // namespace muster
