// SPDX-License-Identifier: Apache-2.0
#include "api/internal/mark_maker.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "api/internal/engine_core.h"
#include "documents/units.h"

namespace muster {

namespace {

[[nodiscard]] std::string text(const Event& event, std::string_view key)
{
    const auto value = event.data().find(key);
    return value ? std::string(value->text()) : std::string();
}

[[nodiscard]] double number(const Event& event, std::string_view key)
{
    const auto value = event.data().find(key);
    return value ? value->real() : 0;
}

// "200k", "1M": short, as workload files write them.
[[nodiscard]] std::string shortText(double value)
{
    constexpr double kThousand = 1e3;
    constexpr double kMillion = 1e6;
    const double size = std::abs(value);
    if (size >= kMillion) {
        return fmt::format("{:.4g}M", value / kMillion);
    }
    return size >= 10 * kThousand ? fmt::format("{:.4g}k", value / kThousand)
                                  : fmt::format("{:.4g}", value);
}

[[nodiscard]] std::string sizeText(double bytes)
{
    constexpr double kMebibyte = 1024.0 * 1024;
    return bytes >= 1024 * kMebibyte ? fmt::format("{:.4g} GiB", bytes / (1024 * kMebibyte))
                                     : fmt::format("{:.4g} MiB", bytes / kMebibyte);
}

[[nodiscard]] std::string runText(const Event& event, EventType type)
{
    if (type == EventType::runStarted) {
        return fmt::format("Run of {} started", text(event, "workload"));
    }
    return fmt::format("Run {}: {}", text(event, "state"), text(event, "reason"));
}

[[nodiscard]] std::string loadText(const Event& event, EventType type)
{
    switch (type) {
        case EventType::loadStageStarted:
            return fmt::format(
                "Stage {:g}: {} to {} over {}", number(event, "stage"),
                shortText(number(event, "from")), shortText(number(event, "to")),
                formatDuration(Duration{static_cast<std::int64_t>(number(event, "length_ns"))}));
        case EventType::loadPaused:
            return "Load paused";
        case EventType::loadResumed:
            return "Load resumed";
        case EventType::loadBurst:
            return "Burst of " + shortText(number(event, "count"));
        case EventType::loadFinished:
            return "Load over: " + text(event, "reason");
        default:
            return fmt::format("Load {} to {}", shortText(number(event, "from")),
                               shortText(number(event, "to")));
    }
}

[[nodiscard]] std::string limitText(const Event& event)
{
    if (event.data().find("after")) {
        return fmt::format("{} {} to {}", text(event, "limit"), text(event, "before"),
                           text(event, "after"));
    }
    const auto value = [&event](std::string_view key) -> std::string {
        if (!event.data().find(key)) {
            return "no limit";
        }
        const double limit = number(event, key);
        return text(event, "unit") == "B" ? sizeText(limit) : shortText(limit);
    };
    return fmt::format("{} {} to {}", text(event, "limit"), value("from"), value("to"));
}

[[nodiscard]] std::string breakerText(const Event& event)
{
    std::string moved = fmt::format("{}: {}", text(event, "to"), text(event, "cause"));
    std::ranges::replace(moved, '_', ' ');
    return fmt::format("Breaker of {} {}", text(event, "service"), moved);
}

[[nodiscard]] std::string pressureText(const Event& event)
{
    const auto cause = text(event, "cause");
    return fmt::format("Pressure {}{}{}", text(event, "to"), cause.empty() ? "" : ": ", cause);
}

/// Of an action, or of the engine itself.
[[nodiscard]] std::string faultText(const Event& event)
{
    const auto action = text(event, "action");
    const auto value = text(event, "value");
    return fmt::format("Fault{}{}: {}{}{}", action.empty() ? "" : " of ", action,
                       text(event, "fault"), value.empty() ? "" : " ", value);
}

[[nodiscard]] std::string faultOverText(const Event& event)
{
    const auto action = text(event, "action");
    return fmt::format("No more {}{}{}", text(event, "fault"), action.empty() ? "" : " of ",
                       action);
}

[[nodiscard]] std::string cleanupText(const Event& event, EventType type)
{
    const auto resource = text(event, "resource");
    switch (type) {
        case EventType::resourceCleanupFailed:
            return fmt::format("Clean-up of {} failed: {}: {}", resource, text(event, "hook"),
                               text(event, "reason"));
        case EventType::resourceRecovered:
            return fmt::format("Enough {} again after {}", resource,
                               formatDuration(std::chrono::round<std::chrono::milliseconds>(
                                   Duration{static_cast<std::int64_t>(number(event, "took_ns"))})));
        default:
            break;
    }
    const bool inBytes = resource == "memory" || resource == "disk";
    const double freed = number(event, "freed");
    return fmt::format("Clean-up of {}: {}{}", resource, text(event, "hook"),
                       !event.data().find("freed") ? std::string()
                       : inBytes                   ? " gave back " + sizeText(freed)
                                                   : " gave back " + shortText(freed));
}

}  // namespace

std::vector<TopicPattern> MarkMaker::topics()
{
    constexpr std::array kTypes{EventType::runStarted,        EventType::runEnded,
                                EventType::loadStageStarted,  EventType::loadPaused,
                                EventType::loadResumed,       EventType::loadChanged,
                                EventType::loadBurst,         EventType::loadFinished,
                                EventType::limitChanged,      EventType::pressureChanged,
                                EventType::resourceCleanedUp, EventType::resourceCleanupFailed,
                                EventType::resourceRecovered, EventType::breakerOpened,
                                EventType::breakerHalfOpened, EventType::breakerClosed,
                                EventType::faultStarted,      EventType::faultStopped,
                                EventType::breakerBypassed,   EventType::supervisorEscalated,
                                EventType::helperEnded,       EventType::expectationUnmet,
                                EventType::limitKept,         EventType::limitReverted};
    std::vector<TopicPattern> patterns;
    for (const auto type : kTypes) {
        patterns.push_back(TopicPattern::parse(eventInfo(type).name).value());
    }
    return patterns;
}

void MarkMaker::accept(const EventPtr& event)
{
    if (event->replayed) {
        return;
    }
    const auto type = static_cast<EventType>(event->type.value);
    switch (type) {
        case EventType::runStarted:
        case EventType::runEnded:
            m_core.mark("run", runText(*event, type));
            break;
        case EventType::loadStageStarted:
        case EventType::loadPaused:
        case EventType::loadResumed:
        case EventType::loadChanged:
        case EventType::loadBurst:
        case EventType::loadFinished:
            m_core.mark("load", loadText(*event, type));
            break;
        case EventType::limitChanged:
            m_core.mark("limit", limitText(*event));
            break;
        case EventType::limitKept:
            m_core.mark("limit",
                        fmt::format("Kept: {} {}", text(*event, "limit"), text(*event, "after")));
            break;
        case EventType::limitReverted:
            m_core.mark("limit", fmt::format("Taken back: {}, {}", text(*event, "limit"),
                                             text(*event, "detail")));
            break;
        case EventType::pressureChanged:
            m_core.mark("pressure", pressureText(*event));
            break;
        case EventType::resourceCleanedUp:
        case EventType::resourceCleanupFailed:
        case EventType::resourceRecovered:
            m_core.mark("pressure", cleanupText(*event, type));
            break;
        case EventType::breakerOpened:
        case EventType::breakerHalfOpened:
        case EventType::breakerClosed:
        case EventType::breakerBypassed:
            m_core.mark("breaker", breakerText(*event));
            break;
        case EventType::faultStarted:
            m_core.mark("fault", faultText(*event));
            break;
        case EventType::faultStopped:
            m_core.mark("fault", faultOverText(*event));
            break;
        case EventType::supervisorEscalated:
            m_core.mark("restart", text(*event, "supervisor") + " gave up restarting");
            break;
        case EventType::helperEnded:
            m_core.mark("restart", "Helper " + text(*event, "helper") + " ended");
            break;
        case EventType::expectationUnmet:
            m_core.mark("alert", "Not as expected: " + text(*event, "key"));
            break;
        default:
            break;
    }
}

}  // namespace muster
