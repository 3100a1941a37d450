// SPDX-License-Identifier: Apache-2.0
#include "api/internal/measured.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <set>

#include "storage/export_frames.h"

namespace muster {

namespace {

/// Cells are joined two by two when there are more.
constexpr std::size_t kMostCells = 1024;
constexpr std::uint64_t kMomentsBetweenLooks = 256;

double secondsBetween(WallTime from, WallTime to)
{
    return std::chrono::duration<double>(to - from).count();
}

/// Gathers one series into cells of so many moments each.
class CellGather {
public:
    explicit CellGather(StoredSeries series) : m_series(std::move(series)) {}

    void add(const StoredFrame& frame)
    {
        if (m_series.kind == MetricKind::histogram) {
            addHistogram(frame);
        } else {
            addValue(frame.at, frame.value(m_series.number));
        }
        if (++m_filled == m_width) {
            next();
        }
    }
    /// Empty when there is nothing of it.
    [[nodiscard]] std::optional<MeasuredSeries> take()
    {
        next();
        MeasuredSeries made{.metric = m_series.name,
                            .labels = m_series.labels,
                            .unit = m_series.unit,
                            .kind = m_series.kind,
                            .values = {},
                            .histograms = {}};
        dropShortEnd();
        for (Cell& cell : m_cells) {
            if (m_series.kind == MetricKind::histogram) {
                made.histograms.push_back(std::move(cell.histogram));
            } else if (cell.weight > 0) {
                made.values.push_back(cell.sum / cell.weight);
            }
        }
        const bool any = std::ranges::any_of(
            made.histograms, [](const Histogram& histogram) { return !histogram.empty(); });
        return any || !made.values.empty() ? std::optional(std::move(made)) : std::nullopt;
    }

private:
    struct Cell {
        double sum = 0;
        double weight = 0;  // samples, or seconds of a counter
        Histogram histogram;
    };

    void addHistogram(const StoredFrame& frame)
    {
        const auto bytes = frame.buckets(m_series.number);
        if (bytes.empty()) {
            return;
        }
        if (const auto came = Histogram::decode(bytes)) {
            m_cell.histogram.merge(*came);
        }
    }
    void addValue(WallTime at, double value)
    {
        if (std::isnan(value)) {
            return;
        }
        if (m_series.kind != MetricKind::counter) {
            m_cell.sum += value;
            m_cell.weight += 1;
            return;
        }
        if (m_last && value >= m_last->second) {
            m_cell.sum += value - m_last->second;
            m_cell.weight += secondsBetween(m_last->first, at);
        }
        m_last = {at, value};
    }
    void next()
    {
        if (m_filled > 0) {
            m_cells.push_back(std::move(m_cell));
        }
        m_cell = {};
        m_filled = 0;
        if (m_cells.size() >= kMostCells) {
            join();
        }
    }
    void join()
    {
        for (std::size_t i = 0; i + 1 < m_cells.size(); i += 2) {
            Cell& into = m_cells[i / 2];
            if (i > 0) {
                into = std::move(m_cells[i]);
            }
            into.sum += m_cells[i + 1].sum;
            into.weight += m_cells[i + 1].weight;
            into.histogram.merge(m_cells[i + 1].histogram);
        }
        m_cells.resize(m_cells.size() / 2);
        m_width *= 2;
    }
    /// The last cell may be much shorter than the others: its rate would count as much as theirs.
    void dropShortEnd()
    {
        if (m_series.kind == MetricKind::counter && m_cells.size() > 1 &&
            m_cells.back().weight < m_cells[m_cells.size() - 2].weight / 2) {
            m_cells.pop_back();
        }
    }

    StoredSeries m_series;
    std::vector<Cell> m_cells;
    Cell m_cell;
    std::size_t m_width = 1;
    std::size_t m_filled = 0;
    std::optional<std::pair<WallTime, double>> m_last;
};

/// Rates and percentiles are worked out anew from what they come from.
bool isDerived(const StoredSeries& series, const std::vector<StoredSeries>& all)
{
    const MetricInfo* info = findMetric(series.name);
    return info != nullptr && !info->of.empty() &&
           std::ranges::any_of(all, [&](const StoredSeries& other) {
               return other.name == info->of && other.labels == series.labels;
           });
}

/// "actions.latency" by itself or by what is worked out from it.
bool isWanted(const StoredSeries& series, const std::vector<std::string>& metrics)
{
    return metrics.empty() || std::ranges::any_of(metrics, [&](const std::string& name) {
               const MetricInfo* info = findMetric(name);
               return name == series.name || (info != nullptr && info->of == series.name);
           });
}

std::vector<StoredSeries> choose(const std::vector<StoredSeries>& all,
                                 const std::vector<std::string>& metrics)
{
    std::map<std::string, std::size_t> parts;
    std::set<std::string> wholes;
    for (const StoredSeries& series : all) {
        series.labels.empty() ? void(wholes.insert(series.name)) : void(++parts[series.name]);
    }
    std::vector<StoredSeries> chosen;
    for (const StoredSeries& series : all) {
        // The only part of a whole says the same once more.
        const bool twice =
            !series.labels.empty() && wholes.contains(series.name) && parts[series.name] == 1;
        if (!twice && isWanted(series, metrics) && !isDerived(series, all)) {
            chosen.push_back(series);
        }
    }
    return chosen;
}

}  // namespace

Result<MeasuredStretch> readMeasured(SessionReader& reader, RunId run,
                                     const std::optional<TimeRange>& range,
                                     const std::vector<std::string>& metrics,
                                     const std::function<bool()>& goOn)
{
    const auto all = storedSeries(reader);
    if (!all) {
        return all.error();
    }
    std::vector<CellGather> gathers;
    for (const StoredSeries& series : choose(*all, metrics)) {
        gathers.emplace_back(series);
    }
    const auto stored = range ? std::optional(StoredRange{range->from, range->to}) : std::nullopt;
    MeasuredStretch stretch;
    bool cancelled = false;
    const auto done = visitFrames(reader, stored, run, [&](const StoredFrame& frame) {
        for (CellGather& gather : gathers) {
            gather.add(frame);
        }
        stretch.range.from = stretch.moments == 0 ? frame.at : stretch.range.from;
        stretch.range.to = frame.at;
        cancelled = ++stretch.moments % kMomentsBetweenLooks == 0 && goOn && !goOn();
        return !cancelled;
    });
    if (!done || cancelled) {
        return done ? Error{ErrorCode::cancelled, "it was cancelled", {}, {}} : done.error();
    }
    if (stretch.moments == 0) {
        return Error{ErrorCode::invalidArgument,
                     "nothing was sampled in this range",
                     {},
                     "Choose a range within a run"};
    }
    for (CellGather& gather : gathers) {
        if (auto series = gather.take()) {
            stretch.side.push_back(*std::move(series));
        }
    }
    return stretch;
}

}  // namespace muster
