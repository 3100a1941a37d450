// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/thread_slot.h"
#include "telemetry/catalogue.h"
#include "telemetry/histogram.h"
#include "telemetry/reading.h"

namespace muster {

using MetricId = StrongId<struct MetricTag, std::uint32_t>;

/// Label keys and values, "action=digest,type=task" as text, in the order of the keys.
using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

namespace detail {

/// A page of counters: for each thread its own cells, made when it first adds to one.
struct CounterPage {
    static constexpr std::uint32_t kCells = 256;

    std::atomic<std::atomic<std::uint64_t>*> cells[ThreadSlot::kCount]{};

    CounterPage() = default;
    CounterPage(const CounterPage&) = delete;
    CounterPage& operator=(const CounterPage&) = delete;
    ~CounterPage();
    std::atomic<std::uint64_t>* make(std::uint32_t slot) noexcept;
};

/// One thread's part of a histogram.
struct HistogramShard {
    std::atomic<std::uint64_t> counts[HistogramBuckets::kCount]{};
};

struct HistogramCells {
    std::atomic<HistogramShard*> shards[ThreadSlot::kCount]{};

    HistogramCells() = default;
    HistogramCells(const HistogramCells&) = delete;
    HistogramCells& operator=(const HistogramCells&) = delete;
    ~HistogramCells();
    HistogramShard* make(std::uint32_t slot) noexcept;
};

/// Adds to a cell that only this thread writes, or that all the threads without a slot share.
inline void addToCell(std::atomic<std::uint64_t>& cell, std::uint64_t by,
                      std::uint32_t slot) noexcept
{
    if (slot < ThreadSlot::kOwned) {
        cell.store(cell.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
    } else {
        cell.fetch_add(by, std::memory_order_relaxed);
    }
}

}  // namespace detail

/// Counts up. A handle, cheap to copy, valid while its registry lives; a default-constructed
/// one counts nothing. Thread safety: any thread; each adds to a cell of its own.
class Counter {
public:
    Counter() = default;

    void add(std::uint64_t by = 1) const noexcept
    {
        if (m_page != nullptr) {
            const std::uint32_t slot = ThreadSlot::current();
            auto* cells = m_page->cells[slot].load(std::memory_order_acquire);
            if (cells == nullptr) [[unlikely]] {
                cells = m_page->make(slot);
            }
            detail::addToCell(cells[m_index], by, slot);
        }
    }
    [[nodiscard]] std::uint64_t value() const noexcept;

private:
    friend class MetricRegistry;
    Counter(detail::CounterPage* page, std::uint32_t index) : m_page(page), m_index(index) {}

    detail::CounterPage* m_page = nullptr;
    std::uint32_t m_index = 0;
};

/// A value that goes up and down. A handle like Counter. Thread safety: any thread.
class Gauge {
public:
    Gauge() = default;

    void set(double value) const noexcept
    {
        if (m_value != nullptr) {
            m_value->store(value, std::memory_order_relaxed);
        }
    }
    void add(double by) const noexcept
    {
        if (m_value != nullptr) {
            m_value->fetch_add(by, std::memory_order_relaxed);
        }
    }
    [[nodiscard]] double value() const noexcept
    {
        return m_value != nullptr ? m_value->load(std::memory_order_relaxed) : 0;
    }

private:
    friend class MetricRegistry;
    explicit Gauge(std::atomic<double>* value) : m_value(value) {}

    std::atomic<double>* m_value = nullptr;
};

/// Takes values into buckets. A handle like Counter. Thread safety: any thread; each writes
/// buckets of its own.
class HistogramRecorder {
public:
    HistogramRecorder() = default;

    /// A negative value counts as 0.
    void record(std::int64_t value) const noexcept
    {
        if (m_cells != nullptr) {
            const std::uint32_t slot = ThreadSlot::current();
            auto* shard = m_cells->shards[slot].load(std::memory_order_acquire);
            if (shard == nullptr) [[unlikely]] {
                shard = m_cells->make(slot);
            }
            const auto index =
                HistogramBuckets::index(value < 0 ? 0 : static_cast<std::uint64_t>(value));
            detail::addToCell(shard->counts[index], 1, slot);
        }
    }
    void record(Duration value) const noexcept { record(std::int64_t{value.count()}); }
    /// All that was ever recorded, the threads' parts merged.
    [[nodiscard]] Histogram total() const;

private:
    friend class MetricRegistry;
    explicit HistogramRecorder(detail::HistogramCells* cells) : m_cells(cells) {}

    detail::HistogramCells* m_cells = nullptr;
};

/// One series as the registry holds it.
struct MetricSeries {
    MetricId id;
    const MetricInfo* info = nullptr;
    std::string labels;  ///< canonical text; empty: none
    Counter counter;
    Gauge gauge;
    HistogramRecorder histogram;
    std::function<Reading()> read;  ///< of a gauge or counter that is asked for; else empty
};

/// Every counter, gauge and histogram of one engine, by name and labels. Names and label keys
/// must stand in the catalogue: another is counted and gets a handle that does nothing, which
/// a test of the whole engine holds at none. Asking twice gives the same series.
/// Thread safety: any thread.
class MetricRegistry {
public:
    MetricRegistry();
    MetricRegistry(const MetricRegistry&) = delete;
    MetricRegistry& operator=(const MetricRegistry&) = delete;
    ~MetricRegistry();

    [[nodiscard]] Counter counter(std::string_view name, Labels labels = {});
    [[nodiscard]] Gauge gauge(std::string_view name, Labels labels = {});
    [[nodiscard]] HistogramRecorder histogram(std::string_view name, Labels labels = {});
    /// A gauge that is asked for its value at each sample, on the sampler's thread.
    void gaugeFunction(std::string_view name, std::function<Reading()> read, Labels labels = {});
    /// The same for a total that somebody else counts; its rate is worked out as of any counter.
    void counterFunction(std::string_view name, std::function<Reading()> read, Labels labels = {});
    /// Asks it no more: for those who go before the registry does.
    void removeFunction(std::string_view name, Labels labels = {});

    /// The series there are, in the order they were made. A series' place never changes.
    [[nodiscard]] std::vector<std::shared_ptr<const MetricSeries>> series() const;
    [[nodiscard]] std::uint64_t version() const noexcept;  ///< grows with each change of series()
    /// How often a name or label key that is not in the catalogue was asked for.
    [[nodiscard]] std::uint64_t unknownNames() const noexcept;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// "action=digest,type=task"; a comma, equals sign or backslash in a value is escaped by `\`.
[[nodiscard]] std::string labelText(Labels labels);

}  // namespace muster
