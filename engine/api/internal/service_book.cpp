// SPDX-License-Identifier: Apache-2.0
#include "api/internal/service_book.h"

#include <fmt/format.h>

#include <algorithm>

#include "documents/json.h"
#include "documents/nearest.h"

namespace muster {

namespace {

[[nodiscard]] Known shareOf(const std::optional<double>& share)
{
    return share ? Known{*share, {}} : Known{0, "too few calls to say"};
}

[[nodiscard]] BreakerUse breakerUse(const BreakerView& view, const ServiceSettings& settings)
{
    return {.state = std::string(toString(view.state)),
            .calls = view.tally.calls,
            .failures = view.tally.failed(),
            .failureRate = shareOf(view.failureRate),
            .slowRate = shareOf(view.slowRate),
            .retryAfter = view.retryAfter ? Known{static_cast<double>(view.retryAfter->count()), {}}
                                          : Known{0, "it is not open"},
            .probes = view.probes,
            // It may have gone since the view was taken.
            .probesMost = settings.breaker ? settings.breaker->halfOpen.probes : 0,
            .opened = view.counts.opened};
}

[[nodiscard]] LimiterUse limiterUse(const LimiterView& view)
{
    const double seconds = std::chrono::duration<double>(view.rate.period).count();
    return {.kind = std::string(view.kind),
            .ratePerSecond = static_cast<double>(view.rate.permits) / seconds,
            .burst = view.status.limit,
            .remaining = view.status.remaining,
            .keyed = view.keyed,
            .forgotten = view.forgotten,
            .noRoom = view.noRoom};
}

[[nodiscard]] ServiceStatus statusOf(const ServiceView& view, const ServiceSettings& settings)
{
    ServiceStatus status;
    status.name = view.name;
    status.succeeded = view.succeeded;
    status.failed = view.failed;
    status.rejected = view.rejected;
    status.underWay = view.underWay;
    for (std::size_t i = 0; i < kCallStages; ++i) {
        status.stages.push_back({std::string(toString(static_cast<CallStage>(i))),
                                 view.stages[i].passed, view.stages[i].rejected,
                                 view.stages[i].time});
    }
    if (view.breaker) {
        status.breaker = breakerUse(*view.breaker, settings);
    }
    if (view.limiter) {
        status.limiter = limiterUse(*view.limiter);
    }
    if (view.budget) {
        status.budget = {view.budget->status.allowed, view.budget->status.used,
                         view.budget->granted, view.budget->refused};
    }
    if (view.bulkhead) {
        status.bulkhead = {view.bulkhead->concurrent, view.bulkhead->inUse, view.bulkhead->queue,
                           view.bulkhead->waiting, view.bulkhead->adaptive};
    }
    return status;
}

[[nodiscard]] ServiceSettingsShown shownOf(const ServiceSpec& spec)
{
    auto shown = std::make_shared<std::vector<ServiceSetting>>();
    for (SettingText& text : settingTexts(spec)) {
        shown->push_back({std::move(text.key), std::move(text.text), std::move(text.help)});
    }
    return shown;
}

}  // namespace

ServiceBook::ServiceBook(EngineCore& core) : m_core(core)
{
    const Rng chance = Rng(core.seed).fork("services");
    for (const ServiceSpec& spec : core.workload->services) {
        ProtectedService::Parts parts;
        parts.clock = core.clock;
        parts.seed = chance.fork(spec.name).next();
        parts.publisher = core.publisher.get();
        parts.metrics = &core.metrics;
        parts.admission = &core.admission;
        parts.logged = core.recorder != nullptr;
        // The file's reader has found them valid.
        m_entries.push_back(
            {spec, ProtectedService::create(spec.name, spec.settings, std::move(parts)).value(),
             shownOf(spec)});
    }
}

std::vector<ServiceStatus> ServiceBook::statuses() const
{
    std::vector<ServiceStatus> all;
    const Sampler& sampler = *m_core.sampler;
    for (const Entry& entry : m_entries) {
        ServiceStatus status = statusOf(entry.service->view(), entry.service->settings());
        const auto labels = labelText({{"service", status.name}});
        const auto rate = [&](std::string_view metric) {
            const auto reading = sampler.value(metric, labels);
            return reading.known() ? reading.value : 0;
        };
        status.perSecond = rate("calls.began.rate");
        status.failuresPerSecond = rate("calls.failed.rate");
        status.rejectionsPerSecond = rate("calls.rejected.rate");
        const auto latency = sampler.latency("calls.latency", labels);
        status.p50 = {latency.p50.value, latency.p50.missing};
        status.p99 = {latency.p99.value, latency.p99.missing};
        {
            const std::lock_guard lock(m_mutex);
            status.settings = entry.shown;
        }
        all.push_back(std::move(status));
    }
    return all;
}

void ServiceBook::announce() const
{
    for (const Entry& entry : m_entries) {
        m_core.publisher->publish(EventType::serviceConfigured, Component::calls,
                                  {{"service", entry.spec.name},
                                   {"settings", toJson(entry.spec.document)},
                                   {"steady_ns", std::int64_t{m_core.clock->now().nanoseconds}}});
    }
}

void ServiceBook::recordCalls()
{
    if (!m_core.recorder || m_core.recorder->behind()) {
        return;
    }
    for (const Entry& entry : m_entries) {
        for (auto& [machine, block] : entry.service->takeLog(true)) {
            m_core.recorder->addCalls({.at = m_core.clock->wall(),
                                       .service = entry.spec.name,
                                       .machine = std::string(machine),
                                       .begin = block.begin.nanoseconds,
                                       .asked = block.asked,
                                       .entries = block.entries,
                                       .lost = block.lost,
                                       .data = std::move(block.data)});
        }
    }
}

Result<ServiceBook::Entry*> ServiceBook::find(std::string_view name)
{
    std::vector<std::string> names;
    for (Entry& entry : m_entries) {
        if (entry.spec.name == name) {
            return &entry;
        }
        names.push_back(entry.spec.name);
    }
    return Error{ErrorCode::notFound,
                 names.empty() ? "the workload has no services"
                               : fmt::format("there is no service \"{}\", only {}{}", name,
                                             listed(names), didYouMean(name, names)),
                 "services." + std::string(name),
                 {}};
}

std::vector<const ServiceSpec*> ServiceBook::specs() const
{
    std::vector<const ServiceSpec*> all;
    for (const Entry& entry : m_entries) {
        all.push_back(&entry.spec);
    }
    return all;
}

Result<ServiceSpec*> ServiceBook::spec(std::string_view name)
{
    auto entry = find(name);
    return entry.ok() ? Result<ServiceSpec*>(&(*entry)->spec) : entry.error();
}

Result<ProtectedService*> ServiceBook::service(std::string_view name)
{
    auto entry = find(name);
    return entry.ok() ? Result<ProtectedService*>((*entry)->service.get()) : entry.error();
}

Result<void> ServiceBook::change(const ServiceSpec& changed)
{
    auto entry = find(changed.name);
    if (!entry.ok()) {
        return entry.error();
    }
    auto done = (*entry)->service->change(changed.settings);
    if (done.ok()) {
        (*entry)->spec = changed;
        const std::lock_guard lock(m_mutex);
        (*entry)->shown = shownOf(changed);
    }
    return done;
}

std::string ServiceBook::lastOf(std::string_view service, std::string_view stage) const
{
    const auto found = m_turnedOff.find(fmt::format("{}.{}", service, stage));
    return found != m_turnedOff.end() ? found->second : "on";
}

void ServiceBook::remember(std::string_view service, std::string_view stage, std::string settings)
{
    m_turnedOff.insert_or_assign(fmt::format("{}.{}", service, stage), std::move(settings));
}

}  // namespace muster
