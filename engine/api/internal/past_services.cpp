// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "api/internal/past_snapshot.h"
#include "calls/call_stage.h"
#include "calls/service_limiter.h"
#include "documents/json.h"
#include "workload/service_spec.h"

namespace muster {

namespace {

using Part = EngineState::Part;

/// One that was just made of those settings says what it would let pass.
[[nodiscard]] LimiterUse limiterOf(const LimiterSettings& settings)
{
    LimiterUse use;
    const auto limiter = ServiceLimiter::create(settings, MonoTime{}, false);
    if (!limiter) {
        return use;
    }
    const LimiterView view = limiter->view(MonoTime{});
    use.kind = std::string(view.kind);
    use.ratePerSecond = static_cast<double>(view.rate.permits) /
                        std::chrono::duration<double>(view.rate.period).count();
    use.burst = view.status.limit;
    use.keyed = view.keyed;
    return use;
}

class PastServices {
public:
    PastServices(const EngineState& state, const PastSample& sample, WallTime at)
        : m_state(state), m_sample(sample), m_at(at)
    {
    }

    [[nodiscard]] std::vector<ServiceStatus> all() const
    {
        std::vector<ServiceStatus> services;
        for (const auto& [name, entry] : m_state.part(Part::services)) {
            services.push_back(serviceOf(name, entry.value));
        }
        return services;
    }

private:
    /// The settings it began with, and what was changed since.
    [[nodiscard]] std::optional<ServiceSpec> specOf(const std::string& name,
                                                    const std::string& json) const
    {
        auto document = parseJson(json, "settings");
        auto settings =
            document ? readService(*document) : Result<ServiceSettings>(document.error());
        if (!settings) {
            return std::nullopt;
        }
        ServiceSpec spec{name, *std::move(settings), *std::move(document)};
        const std::string prefix = fmt::format("services.{}.", name);
        for (const auto& [limit, entry] : m_state.part(Part::limits)) {
            if (!limit.starts_with(prefix)) {
                continue;
            }
            if (auto changed = withSetting(spec, limit.substr(prefix.size()), entry.value)) {
                spec = *std::move(changed);
            }
        }
        return spec;
    }
    [[nodiscard]] ServiceStatus serviceOf(const std::string& name, const std::string& json) const
    {
        const std::string labels = fmt::format("service={}", name);
        ServiceStatus status;
        status.name = name;
        status.succeeded = m_sample.count("calls.succeeded", labels);
        status.failed = m_sample.count("calls.failed", labels);
        status.rejected = m_sample.count("calls.rejected", labels);
        status.perSecond = m_sample.number("calls.began.rate", labels);
        status.failuresPerSecond = m_sample.number("calls.failed.rate", labels);
        status.rejectionsPerSecond = m_sample.number("calls.rejected.rate", labels);
        status.p50 = m_sample.figure("calls.latency.p50", labels);
        status.p99 = m_sample.figure("calls.latency.p99", labels);
        for (std::size_t i = 0; i < kCallStages; ++i) {
            const auto stage = std::string(toString(static_cast<CallStage>(i)));
            const std::string both = fmt::format("{},stage={}", labels, stage);
            status.stages.push_back(
                {stage, m_sample.count("calls.stage.passed", both),
                 m_sample.count("calls.stage.rejected", both),
                 Duration{static_cast<std::int64_t>(m_sample.count("calls.stage.time", both))}});
        }
        if (const auto spec = specOf(name, json)) {
            auto shown = std::make_shared<std::vector<ServiceSetting>>();
            for (SettingText& text : settingTexts(*spec)) {
                shown->push_back({std::move(text.key), std::move(text.text), std::move(text.help)});
            }
            status.settings = std::move(shown);
            addStages(status, spec->settings, labels);
        }
        return status;
    }
    void addStages(ServiceStatus& status, const ServiceSettings& settings,
                   const std::string& labels) const
    {
        if (settings.breaker) {
            const auto state = m_state.value(Part::breakers, status.name);
            const auto opened = m_state.value(Part::openings, status.name);
            BreakerUse use;
            use.state = state.empty() ? "closed" : std::string(state);
            use.failureRate = m_sample.figure("breaker.failure_rate", labels);
            use.slowRate = {0, "not recorded"};
            use.retryAfter = waitOf(status.name, settings.breaker->open);
            use.probesMost = settings.breaker->halfOpen.probes;
            use.opened = countOf(opened);
            status.breaker = std::move(use);
        }
        if (settings.limiter) {
            status.limiter = limiterOf(*settings.limiter);
            status.limiter->remaining = m_sample.count("limiter.remaining", labels);
        }
        if (settings.bulkhead) {
            BulkheadUse use;
            use.limit = m_sample.count("bulkhead.limit", labels);
            use.inUse = m_sample.count("bulkhead.in_use", labels);
            use.waiting = m_sample.count("bulkhead.waiting", labels);
            status.bulkhead = use;
        }
    }

    /// While it is open; where each time is as long as the one before.
    [[nodiscard]] Known waitOf(const std::string& service, const OpenSettings& open) const
    {
        const auto& breakers = m_state.part(Part::breakers);
        const auto found = breakers.find(service);
        if (found == breakers.end() || found->second.value != "open") {
            return {0, "it is not open"};
        }
        if (open.factor > 1) {
            return {0, "not recorded"};
        }
        const Duration left = open.wait - (m_at - found->second.since);
        return {static_cast<double>(std::max(Duration::zero(), left).count()), {}};
    }
    static std::uint64_t countOf(std::string_view text)
    {
        std::uint64_t count = 0;
        std::from_chars(text.data(), text.data() + text.size(), count);
        return count;
    }

    const EngineState& m_state;
    const PastSample& m_sample;
    const WallTime m_at;
};

}  // namespace

std::vector<ServiceStatus> pastServices(const EngineState& state, const PastSample& sample,
                                        WallTime at)
{
    return PastServices(state, sample, at).all();
}

}  // namespace muster
