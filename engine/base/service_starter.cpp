// SPDX-License-Identifier: Apache-2.0
#include "base/service_starter.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <ranges>
#include <string_view>
#include <system_error>

#include "base/thread.h"

namespace muster {
namespace {

[[nodiscard]] Error wrongPlan(std::string message)
{
    return {ErrorCode::invalidArgument, std::move(message), "", ""};
}

/// A start function's exceptions end here: they would end the process on a thread of its own.
[[nodiscard]] Result<void> guarded(const std::function<Result<void>()>& start)
{
    try {
        return start();
    } catch (const std::exception& thrown) {
        return Error{ErrorCode::internal, thrown.what(), "", ""};
    }
}

/// At most so many threads at one task; fewer when the system gives no more of them.
[[nodiscard]] std::vector<NamedThread> startThreads(std::size_t count,
                                                    const std::function<void()>& task)
{
    std::vector<NamedThread> threads;
    threads.reserve(count);
    try {
        while (threads.size() < count) {
            threads.emplace_back("muster-start", task);
        }
    } catch (const std::system_error&) {
        // The calling thread does what none of these takes.
        return threads;
    }
    return threads;
}

}  // namespace

std::string_view toString(ServiceState state) noexcept
{
    switch (state) {
        case ServiceState::waiting:
            return "waiting";
        case ServiceState::started:
            return "started";
        case ServiceState::failed:
            return "failed";
        case ServiceState::stopped:
            return "stopped";
    }
    return "unknown";
}

Result<void> ServiceStarter::start(Order order)
{
    const auto places = check();
    if (!places) {
        return places.error();
    }
    const auto groups = arrange(*places);
    if (!groups) {
        return groups.error();
    }
    declare(*groups);
    m_begin = m_clock->now();
    for (const auto& group : *groups) {
        startGroup(group, order);
        if (auto done = outcome(); !done) {
            stopAll(*groups);
            return done;
        }
    }
    return {};
}

Result<ServiceStarter::Places> ServiceStarter::check() const
{
    Places places;
    for (std::size_t place = 0; place < m_services.size(); ++place) {
        if (!places.emplace(m_services[place].name, place).second) {
            return wrongPlan(fmt::format("two services are named {}", m_services[place].name));
        }
    }
    for (const auto& service : m_services) {
        for (const auto& need : service.needs) {
            if (!places.contains(need)) {
                return wrongPlan(
                    fmt::format("{} needs {}, which is no service", service.name, need));
            }
        }
    }
    return places;
}

/// Each service one group after the last of its needs.
Result<std::vector<ServiceStarter::Group>> ServiceStarter::arrange(const Places& places) const
{
    std::vector<Group> groups;
    std::vector<bool> placed(m_services.size());
    const auto met = [&](const std::string& need) { return placed[places.at(need)]; };
    for (std::size_t left = m_services.size(); left > 0;) {
        Group group;
        std::vector<std::string_view> waiting;
        for (std::size_t place = 0; place < m_services.size(); ++place) {
            if (placed[place]) {
                continue;
            }
            waiting.emplace_back(m_services[place].name);
            if (std::ranges::all_of(m_services[place].needs, met)) {
                group.push_back(place);
            }
        }
        if (group.empty()) {
            return wrongPlan(
                fmt::format("the needs of {} go round in a circle", fmt::join(waiting, ", ")));
        }
        for (const auto place : group) {
            placed[place] = true;
        }
        left -= group.size();
        groups.push_back(std::move(group));
    }
    return groups;
}

void ServiceStarter::declare(const std::vector<Group>& groups)
{
    m_outcomes.resize(m_services.size());
    for (const auto& service : m_services) {
        m_starts.push_back({.service = service.name, .needs = service.needs});
    }
    for (std::size_t number = 0; number < groups.size(); ++number) {
        for (const auto place : groups[number]) {
            m_starts[place].group = static_cast<std::uint32_t>(number);
        }
    }
}

void ServiceStarter::startGroup(const Group& group, Order order)
{
    Group quick;
    Group slow;
    for (const auto place : group) {
        const bool aside = order == Order::parallel && m_services[place].slow;
        (aside ? slow : quick).push_back(place);
    }
    std::atomic<bool> failed{false};
    const auto startUnlessFailed = [&](std::size_t place) {
        if (failed) {
            return;
        }
        startOne(place);
        if (!m_outcomes[place]) {
            failed = true;
        }
    };
    std::atomic<std::size_t> next{0};
    const auto takeSlow = [&] {
        for (auto at = next++; at < slow.size(); at = next++) {
            startUnlessFailed(slow[at]);
        }
    };
    // The calling thread is free for one of the slow ones when there is nothing quick.
    const std::size_t own = quick.empty() ? 1 : 0;
    auto threads =
        startThreads(slow.empty() ? 0 : std::min(slow.size() - own, kMostThreads), takeSlow);
    std::ranges::for_each(quick, startUnlessFailed);
    takeSlow();
    for (auto& thread : threads) {
        thread.join();
    }
}

void ServiceStarter::startOne(std::size_t place)
{
    auto& start = m_starts[place];
    const auto begin = m_clock->now();
    m_outcomes[place] = guarded(m_services[place].start);
    start.began = begin - m_begin;
    start.took = m_clock->now() - begin;
    start.state = m_outcomes[place] ? ServiceState::started : ServiceState::failed;
}

Result<void> ServiceStarter::outcome() const
{
    for (std::size_t place = 0; place < m_outcomes.size(); ++place) {
        if (!m_outcomes[place]) {
            Error error = m_outcomes[place].error();
            error.message = fmt::format("{}: {}", m_services[place].name, error.message);
            return error;
        }
    }
    return {};
}

void ServiceStarter::stopAll(const std::vector<Group>& groups)
{
    for (const auto& group : groups | std::views::reverse) {
        for (const auto place : group | std::views::reverse) {
            auto& start = m_starts[place];
            if (start.state == ServiceState::started) {
                if (m_services[place].stop) {
                    m_services[place].stop();
                }
                start.state = ServiceState::stopped;
            }
        }
    }
}

}  // namespace muster
