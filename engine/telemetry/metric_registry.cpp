// SPDX-License-Identifier: Apache-2.0
#include "telemetry/metric_registry.h"

#include <algorithm>
#include <deque>
#include <mutex>
#include <unordered_map>

namespace muster {

namespace detail {

CounterPage::~CounterPage()
{
    for (auto& slot : cells) {
        delete[] slot.load(std::memory_order_relaxed);
    }
}

std::atomic<std::uint64_t>* CounterPage::make(std::uint32_t slot) noexcept
{
    auto* made = new std::atomic<std::uint64_t>[kCells]();
    std::atomic<std::uint64_t>* current = nullptr;
    if (cells[slot].compare_exchange_strong(current, made, std::memory_order_acq_rel)) {
        return made;
    }
    delete[] made;  // another thread of the shared slot was first
    return current;
}

HistogramCells::~HistogramCells()
{
    for (auto& slot : shards) {
        delete slot.load(std::memory_order_relaxed);
    }
}

HistogramShard* HistogramCells::make(std::uint32_t slot) noexcept
{
    auto* made = new HistogramShard;
    HistogramShard* current = nullptr;
    if (shards[slot].compare_exchange_strong(current, made, std::memory_order_acq_rel)) {
        return made;
    }
    delete made;
    return current;
}

}  // namespace detail

namespace {

void appendEscaped(std::string& out, std::string_view text)
{
    for (const char c : text) {
        if (c == ',' || c == '=' || c == '\\') {
            out += '\\';
        }
        out += c;
    }
}

bool hasLabel(std::string_view known, std::string_view key) noexcept
{
    while (!known.empty()) {
        const auto comma = known.find(',');
        if (known.substr(0, comma) == key) {
            return true;
        }
        known = comma == std::string_view::npos ? std::string_view() : known.substr(comma + 1);
    }
    return false;
}

bool allowed(const MetricInfo* info, MetricKind kind, Labels labels) noexcept
{
    return info != nullptr && info->kind == kind &&
           std::ranges::all_of(
               labels, [info](const auto& label) { return hasLabel(info->labels, label.first); });
}

}  // namespace

std::string labelText(Labels labels)
{
    std::vector<std::pair<std::string_view, std::string_view>> sorted(labels);
    std::ranges::sort(sorted);
    std::string out;
    for (const auto& [key, value] : sorted) {
        if (!out.empty()) {
            out += ',';
        }
        appendEscaped(out, key);
        out += '=';
        appendEscaped(out, value);
    }
    return out;
}

std::uint64_t Counter::value() const noexcept
{
    std::uint64_t sum = 0;
    if (m_page != nullptr) {
        for (const auto& slot : m_page->cells) {
            if (const auto* cells = slot.load(std::memory_order_acquire)) {
                sum += cells[m_index].load(std::memory_order_relaxed);
            }
        }
    }
    return sum;
}

Histogram HistogramRecorder::total() const
{
    Histogram sum;
    if (m_cells != nullptr) {
        for (const auto& slot : m_cells->shards) {
            if (const auto* shard = slot.load(std::memory_order_acquire)) {
                for (std::size_t i = 0; i < HistogramBuckets::kCount; ++i) {
                    sum.addBucket(i, shard->counts[i].load(std::memory_order_relaxed));
                }
            }
        }
    }
    return sum;
}

struct MetricRegistry::State {
    mutable std::mutex mutex;  // guards all below but the atomics
    std::vector<std::shared_ptr<const MetricSeries>> series;
    std::unordered_map<std::string, std::size_t> places;  // by name and labels
    std::deque<detail::CounterPage> pages;
    std::uint32_t cellsUsed = detail::CounterPage::kCells;  // of the last page
    std::deque<std::atomic<double>> gauges;
    std::deque<detail::HistogramCells> histograms;
    std::atomic<std::uint64_t> version{0};
    std::atomic<std::uint64_t> unknown{0};

    /// The series of that name, made by `fill` when it is new; null when it may not be.
    template <class Fill>
    const MetricSeries* find(std::string_view name, MetricKind kind, Labels labels, Fill fill)
    {
        const MetricInfo* info = findMetric(name);
        if (!allowed(info, kind, labels)) {
            unknown.fetch_add(1, std::memory_order_relaxed);
            return nullptr;
        }
        const std::string text = labelText(labels);
        const std::scoped_lock lock(mutex);
        const auto [place, isNew] =
            places.try_emplace(std::string(name) + '{' + text, series.size());
        if (isNew) {
            auto made = std::make_shared<MetricSeries>();
            made->id = MetricId{static_cast<std::uint32_t>(series.size() + 1)};
            made->info = info;
            made->labels = text;
            fill(*made);
            series.push_back(std::move(made));
            version.fetch_add(1, std::memory_order_release);
        }
        return series[place->second].get();
    }

    void setFunction(std::string_view name, Labels labels, std::function<Reading()> read)
    {
        const std::scoped_lock lock(mutex);
        const auto place = places.find(std::string(name) + '{' + labelText(labels));
        if (place != places.end()) {
            auto changed = std::make_shared<MetricSeries>(*series[place->second]);
            changed->read = std::move(read);
            series[place->second] = std::move(changed);
            version.fetch_add(1, std::memory_order_release);
        }
    }
};

MetricRegistry::MetricRegistry() : m_state(std::make_unique<State>()) {}
MetricRegistry::~MetricRegistry() = default;

Counter MetricRegistry::counter(std::string_view name, Labels labels)
{
    State& state = *m_state;
    const auto* series =
        state.find(name, MetricKind::counter, labels, [&state](MetricSeries& made) {
            if (state.cellsUsed == detail::CounterPage::kCells) {
                state.pages.emplace_back();
                state.cellsUsed = 0;
            }
            made.counter = Counter(&state.pages.back(), state.cellsUsed++);
        });
    return series != nullptr ? series->counter : Counter();
}

Gauge MetricRegistry::gauge(std::string_view name, Labels labels)
{
    State& state = *m_state;
    const auto* series = state.find(name, MetricKind::gauge, labels, [&state](MetricSeries& made) {
        made.gauge = Gauge(&state.gauges.emplace_back(0.0));
    });
    return series != nullptr ? series->gauge : Gauge();
}

HistogramRecorder MetricRegistry::histogram(std::string_view name, Labels labels)
{
    State& state = *m_state;
    const auto* series =
        state.find(name, MetricKind::histogram, labels, [&state](MetricSeries& made) {
            made.histogram = HistogramRecorder(&state.histograms.emplace_back());
        });
    return series != nullptr ? series->histogram : HistogramRecorder();
}

void MetricRegistry::gaugeFunction(std::string_view name, std::function<Reading()> read,
                                   Labels labels)
{
    static_cast<void>(gauge(name, labels));
    m_state->setFunction(name, labels, std::move(read));
}

void MetricRegistry::counterFunction(std::string_view name, std::function<Reading()> read,
                                     Labels labels)
{
    static_cast<void>(counter(name, labels));
    m_state->setFunction(name, labels, std::move(read));
}

void MetricRegistry::removeFunction(std::string_view name, Labels labels)
{
    m_state->setFunction(name, labels, [] { return Reading::unknown("its owner has ended"); });
}

std::vector<std::shared_ptr<const MetricSeries>> MetricRegistry::series() const
{
    const std::scoped_lock lock(m_state->mutex);
    return m_state->series;
}

std::uint64_t MetricRegistry::version() const noexcept
{
    return m_state->version.load(std::memory_order_acquire);
}

std::uint64_t MetricRegistry::unknownNames() const noexcept
{
    return m_state->unknown.load(std::memory_order_relaxed);
}

}  // namespace muster
