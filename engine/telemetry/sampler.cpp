// SPDX-License-Identifier: Apache-2.0
#include "telemetry/sampler.h"

#include <limits>
#include <map>
#include <mutex>
#include <optional>

#include "telemetry/internal/tracked_series.h"

namespace muster {
namespace {

using SeriesKey = std::pair<std::string, std::string>;  // name, labels

/// Whether the series of a name may be added up: the jobs of all queues are jobs, the states of
/// all breakers are nothing.
[[nodiscard]] bool addsUp(const MetricInfo& info)
{
    return info.kind != MetricKind::gauge || (info.unit == "1" && info.name.starts_with("jobs."));
}

}  // namespace

class Sampler::State {
public:
    State(MetricRegistry& registry, std::shared_ptr<Clock> clock, SamplerOptions options)
        : m_registry(registry), m_clock(std::move(clock)), m_options(options)
    {
    }

    void tick(bool flush);
    [[nodiscard]] Reading value(std::string_view name, std::string_view labels) const;
    [[nodiscard]] const TrackedSeries* find(std::string_view name, std::string_view labels) const;

    std::vector<MetricSink*> sinks;
    std::function<void(std::string_view, const std::string&)> unavailable;
    mutable std::mutex mutex;  // guards what the tracked series say

    [[nodiscard]] const SamplerOptions& options() const noexcept { return m_options; }

private:
    void follow();
    void reportLost(const std::vector<const TrackedSeries*>& lost) const;
    void handOver(MonoTime now, bool flush);

    MetricRegistry& m_registry;
    std::shared_ptr<Clock> m_clock;
    SamplerOptions m_options;
    std::uint64_t m_version = ~std::uint64_t{0};
    std::map<SeriesKey, TrackedSeries> m_tracked;
    std::optional<MonoTime> m_handedOverAt;
};

void Sampler::State::follow()
{
    const std::uint64_t version = m_registry.version();
    if (version == m_version) {
        return;
    }
    m_version = version;
    std::map<SeriesKey, std::vector<std::shared_ptr<const MetricSeries>>> parts;
    for (const auto& series : m_registry.series()) {
        parts[{std::string(series->info->name), series->labels}].push_back(series);
    }
    // A name that has labelled series only is followed as their sum too.
    decltype(parts) sums;
    for (auto& [key, series] : parts) {
        if (series.front()->info->kind == MetricKind::gauge) {
            series.resize(1);  // a value is one, whoever else registered it
        }
        const SeriesKey whole{key.first, {}};
        if (addsUp(*series.front()->info) && !parts.contains(whole)) {
            sums[whole].push_back(series.front());
        }
    }
    parts.merge(sums);
    const std::scoped_lock lock(mutex);
    for (auto& [key, series] : parts) {
        const MetricInfo& info = *series.front()->info;
        m_tracked.try_emplace(key, info, key.second, m_options)
            .first->second.setParts(std::move(series));
    }
}

void Sampler::State::tick(bool flush)
{
    follow();
    for (auto& [key, series] : m_tracked) {
        series.read();
    }
    const MonoTime now = m_clock->now();
    std::vector<const TrackedSeries*> lost;
    {
        const std::scoped_lock lock(mutex);
        for (auto& [key, series] : m_tracked) {
            if (series.advance(now)) {
                lost.push_back(&series);
            }
        }
    }
    reportLost(lost);
    handOver(now, flush);
}

void Sampler::State::reportLost(const std::vector<const TrackedSeries*>& lost) const
{
    if (unavailable) {
        for (const TrackedSeries* series : lost) {
            unavailable(series->info().name, series->value().missing);
        }
    }
}

void Sampler::State::handOver(MonoTime now, bool flush)
{
    if (sinks.empty() ||
        (!flush && m_handedOverAt && now - *m_handedOverAt < m_options.sinkPeriod)) {
        return;
    }
    m_handedOverAt = now;
    const WallTime at = m_clock->wall();
    std::vector<MetricSample> samples;
    std::vector<std::unique_ptr<std::string>> buckets;
    for (auto& [key, series] : m_tracked) {
        series.appendSamples(at, samples, buckets);
    }
    for (MetricSink* sink : sinks) {
        sink->accept(samples);
    }
}

const TrackedSeries* Sampler::State::find(std::string_view name, std::string_view labels) const
{
    const auto found = m_tracked.find(SeriesKey(name, labels));
    return found == m_tracked.end() ? nullptr : &found->second;
}

Reading Sampler::State::value(std::string_view name, std::string_view labels) const
{
    const MetricInfo* info = findMetric(name);
    if (info == nullptr) {
        return Reading::unknown("there is no such metric");
    }
    const TrackedSeries* series = find(info->of.empty() ? name : info->of, labels);
    if (series == nullptr) {
        return Reading::unknown("nothing measures it in this run");
    }
    switch (info->kind) {
        case MetricKind::rate:
            return series->rate();
        case MetricKind::quantile:
            return series->window().quantile(info->quantile);
        default:
            return series->value();
    }
}

Sampler::Sampler(MetricRegistry& registry, std::shared_ptr<Clock> clock, SamplerOptions options)
    : m_state(std::make_unique<State>(registry, std::move(clock), options))
{
}

Sampler::~Sampler() = default;

void Sampler::addSink(MetricSink& sink)
{
    m_state->sinks.push_back(&sink);
}

void Sampler::onUnavailable(std::function<void(std::string_view, const std::string&)> call)
{
    m_state->unavailable = std::move(call);
}

void Sampler::tick()
{
    m_state->tick(false);
}

void Sampler::flush()
{
    m_state->tick(true);
}

Reading Sampler::value(std::string_view name, std::string_view labels) const
{
    const std::scoped_lock lock(m_state->mutex);
    return m_state->value(name, labels);
}

std::vector<double> Sampler::values(std::span<const std::string_view> names) const
{
    std::vector<double> all;
    all.reserve(names.size());
    const std::scoped_lock lock(m_state->mutex);
    for (const auto name : names) {
        const Reading reading = m_state->value(name, {});
        all.push_back(reading.known() ? reading.value : std::numeric_limits<double>::quiet_NaN());
    }
    return all;
}

LatencyWindow Sampler::latency(std::string_view histogram, std::string_view labels) const
{
    const std::scoped_lock lock(m_state->mutex);
    const TrackedSeries* series = m_state->find(histogram, labels);
    return series != nullptr ? series->window().summary()
                             : HistogramWindow(Duration{}, Duration{}).summary();
}

Histogram Sampler::total(std::string_view histogram, std::string_view labels) const
{
    const std::scoped_lock lock(m_state->mutex);
    const TrackedSeries* series = m_state->find(histogram, labels);
    return series != nullptr ? series->total() : Histogram();
}

Duration Sampler::rateWindow() const noexcept
{
    return m_state->options().rateWindow;
}

}  // namespace muster
