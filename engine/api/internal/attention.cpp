// SPDX-License-Identifier: Apache-2.0
#include "api/internal/attention.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace muster {

namespace {

constexpr double kFailedShareWarns = 0.05;
constexpr double kFailedShareAlarms = 0.5;
constexpr std::uint64_t kNamedServices = 3;
constexpr double kForecastWarns = 15 * 60;  // seconds
constexpr double kForecastAlarms = 2 * 60;

[[nodiscard]] std::string aboutSeconds(double seconds)
{
    return seconds < 90 ? fmt::format("{:.0f} s", seconds)
                        : fmt::format("{:.0f} min", seconds / 60);
}

[[nodiscard]] std::string plural(std::uint64_t count, std::string_view one, std::string_view many)
{
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

[[nodiscard]] std::string lastsText(const FaultStatus& fault)
{
    return fault.left
               ? "for " + aboutSeconds(static_cast<double>(fault.left->count()) / 1e9) + " more"
               : "until it is ended";
}

/// Collects items; one function for each question that is asked of the snapshot.
class AttentionBuilder {
public:
    AttentionBuilder(const Snapshot& snapshot, std::vector<AttentionItem>& items)
        : m_snapshot(snapshot), m_items(items)
    {
    }

    void askRun()
    {
        if (m_snapshot.state == RunState::failed) {
            add(Severity::critical, "The run failed: " + m_snapshot.stateReason, "Show events",
                "page:events");
        }
    }

    void askStore()
    {
        if (!m_snapshot.store.problem.empty()) {
            add(Severity::critical, m_snapshot.store.problem, "Show resources", "page:resources");
        } else if (m_snapshot.events.dropped > 0) {
            add(Severity::warning,
                plural(m_snapshot.events.dropped, "event was", "events were") +
                    " dropped: the store was behind",
                "Show resources", "page:resources");
        }
    }

    void askBlackBox()
    {
        const auto& box = m_snapshot.blackBox;
        if (!box.problem.empty()) {
            add(Severity::info, box.problem, "Show events", "page:events");
        }
        if (box.leftOut > 0) {
            add(Severity::info,
                plural(box.leftOut, "record was", "records were") +
                    " too large for the black box: give it more room",
                "Show events", "page:events");
        }
        if (box.saved.empty()) {
            return;
        }
        // One line: the list is of what to do, not of what was.
        const auto& last = box.saved.back();
        add(last.ownRun ? Severity::info : Severity::warning,
            last.ownRun ? fmt::format("The black box was saved ({})",
                                      last.detail.empty() ? last.cause : last.detail)
                        : fmt::format("A run of {} was ended by {}: what it did last is kept",
                                      last.workload.empty() ? "no workload" : last.workload,
                                      last.detail.empty() ? "SIGKILL or the machine" : last.detail),
            "Open it", "session:" + last.file.string());
    }

    void askServices()
    {
        const auto isOpen = [](const ServiceStatus& service) {
            return service.breaker && service.breaker->state == "open";
        };
        const auto open =
            static_cast<std::uint64_t>(std::ranges::count_if(m_snapshot.services, isOpen));
        if (open > kNamedServices) {
            add(Severity::critical,
                plural(open, "circuit breaker is", "circuit breakers are") + " open", "Show limits",
                "page:limits");
            return;
        }
        for (const auto& service : m_snapshot.services) {
            if (isOpen(service)) {
                add(Severity::critical, "Circuit breaker of " + service.name + " is open",
                    "Show limits", "page:limits");
            }
        }
    }

    void askPressure()
    {
        if (m_snapshot.pressure != PressureLevel::critical) {
            return;
        }
        // Whose doing it is can be undone at once; else the place to look says what to change.
        const auto doing = std::ranges::find_if(m_snapshot.faults, [&](const FaultStatus& fault) {
            return m_snapshot.pressureCause.starts_with(fault.fault);
        });
        const bool ours = doing != m_snapshot.faults.end();
        const bool pausable = m_snapshot.load.model != LoadModel::none && !m_snapshot.load.paused;
        add(Severity::critical,
            fmt::format("Critical pressure ({}): no new agents or calls, half the load",
                        m_snapshot.pressureCause),
            ours       ? "End the fault"
            : pausable ? "Pause load"
                       : "Show resources",
            ours       ? doing->end
            : pausable ? "load.pause"
                       : "page:resources");
    }

    void askResources()
    {
        for (const auto& resource : m_snapshot.resources) {
            if (m_snapshot.pressure == PressureLevel::critical &&
                m_snapshot.pressureCause.starts_with(resource.name)) {
                continue;  // said already, with what it does
            }
            const auto& left = resource.secondsToLimit;
            if (resource.presses && resource.level >= PressureLevel::severe &&
                resource.share.known()) {
                add(Severity::critical,
                    fmt::format("{} is at {:.0f} % of its limit", resource.title,
                                resource.share.value * 100),
                    "Show resources", "page:resources");
            } else if (left.known() && left.value < kForecastWarns) {
                add(left.value < kForecastAlarms ? Severity::critical : Severity::warning,
                    fmt::format("{} reaches its limit in about {}", resource.title,
                                aboutSeconds(left.value)),
                    "Show resources", "page:resources");
            }
        }
    }

    void askFaults()
    {
        for (const auto& fault : m_snapshot.faults) {
            add(Severity::info,
                fmt::format("Injected: {}{}{}{}, {}", fault.fault, fault.value.empty() ? "" : " ",
                            fault.value, fault.action.empty() ? "" : " of " + fault.action,
                            lastsText(fault)),
                "End it", fault.end);
        }
    }

    void askQueues(bool goesOn)
    {
        for (const auto& queue : m_snapshot.queues) {
            const bool grows = goesOn && queue.diedLastMinute > 0;
            if (goesOn && queue.lettersFull) {
                add(Severity::critical,
                    fmt::format("Queue {} stands still: {}, as many as may wait", queue.name,
                                plural(queue.letters, "dead letter", "dead letters")),
                    "Show queues", "page:queues");
            } else if (queue.letters > 0) {
                add(grows ? Severity::warning : Severity::info,
                    fmt::format(
                        "{} in queue {}{}",
                        plural(queue.letters, "dead letter waits", "dead letters wait"), queue.name,
                        grows ? fmt::format(", {} in the last minute", queue.diedLastMinute) : ""),
                    "Show queues", "page:queues");
            }
            if (goesOn && queue.paused && queue.ready + queue.delayed > 0) {
                add(Severity::info,
                    fmt::format("Queue {} is paused with {}", queue.name,
                                plural(queue.ready + queue.delayed, "job", "jobs")),
                    "Let it go on", "queue.resume " + queue.name);
            }
        }
    }

    void askAgents(const std::vector<StalledAgent>& stalled)
    {
        for (const auto& agent : stalled) {
            add(Severity::critical,
                fmt::format("Agent {} has held worker {} for {:.1f} s with {}", agent.name,
                            agent.worker, static_cast<double>(agent.held.count()) / 1e9,
                            agent.message),
                "Show agents", "page:agents");
        }
        if (m_snapshot.agents.suspended > 0) {
            add(Severity::info,
                plural(m_snapshot.agents.suspended, "agent is", "agents are") + " suspended",
                "Resume them", "agents.resume state:suspended");
        }
    }

    void askActions()
    {
        const auto& actions = m_snapshot.actions;
        if (!actions.okShare.known() || actions.failuresPerSecond <= 0) {
            return;
        }
        const double failed = 1 - actions.okShare.value;
        if (failed >= kFailedShareWarns) {
            add(failed >= kFailedShareAlarms ? Severity::critical : Severity::warning,
                fmt::format("{:.0f} % of actions fail, {:.1f} a second", failed * 100,
                            actions.failuresPerSecond),
                "Show events", "page:events");
        }
    }

    void askExpectations()
    {
        for (const auto& status : m_snapshot.expectations) {
            if (status.met == false) {
                add(Severity::warning,
                    fmt::format("Expected {} {}, which does not hold", status.key,
                                status.condition),
                    "Show overview", "page:overview");
            }
        }
    }

    void askLoad()
    {
        const auto& load = m_snapshot.load;
        if (load.pressureShare < 1 && m_snapshot.pressure != PressureLevel::critical) {
            add(Severity::warning,
                fmt::format("Pressure leaves {:.0f} % of the load", load.pressureShare * 100),
                "Show resources", "page:resources");
        }
        if (load.droppedPerSecond > 0) {
            add(Severity::warning,
                fmt::format("{:.0f} arrivals a second are dropped: no agent is free",
                            std::ceil(load.droppedPerSecond)),
                "Lower load by 10 %", "load.step -10%");
        }
        if (load.paused) {
            add(Severity::info, "The load is paused", "Resume load", "load.resume");
        } else if (load.overridden) {
            add(Severity::info, "The load is held by hand", "Return to profile", "load.auto");
        }
    }

private:
    void add(Severity severity, std::string text, std::string action, std::string command)
    {
        m_items.push_back({severity, std::move(text), std::move(action), std::move(command)});
    }

    const Snapshot& m_snapshot;
    std::vector<AttentionItem>& m_items;
};

}  // namespace

std::vector<AttentionItem> attentionList(const Snapshot& snapshot,
                                         const std::vector<StalledAgent>& stalled)
{
    std::vector<AttentionItem> items;
    AttentionBuilder builder(snapshot, items);
    builder.askRun();
    builder.askStore();
    builder.askBlackBox();
    builder.askServices();
    const bool goesOn = snapshot.state != RunState::finished && snapshot.state != RunState::failed;
    builder.askQueues(goesOn);  // letters wait for the next run too
    // What is over runs out of nothing and can be steered no more.
    if (goesOn) {
        builder.askPressure();
        builder.askResources();
        builder.askAgents(stalled);
        builder.askFaults();
        builder.askActions();
        builder.askLoad();
    }
    builder.askExpectations();
    std::ranges::stable_sort(items, std::greater{}, &AttentionItem::severity);
    return items;
}

}  // namespace muster
