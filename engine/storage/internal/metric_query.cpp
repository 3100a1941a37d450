// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/metric_query.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace muster {

namespace {

void widen(std::optional<StoredRange>& extent, const std::optional<StoredRange>& by)
{
    if (by) {
        extent = extent
                     ? StoredRange{std::min(extent->from, by->from), std::max(extent->to, by->to)}
                     : *by;
    }
}

std::optional<std::size_t> placeOf(const std::vector<SeriesRow>& all, std::string_view name,
                                   std::string_view labels)
{
    const auto found = std::ranges::find_if(
        all, [&](const SeriesRow& row) { return row.name == name && row.labels == labels; });
    return found == all.end() ? std::nullopt : std::optional(found->number - 1);
}

}  // namespace

Result<StoredMetricPage> MetricQuery::run()
{
    auto all = readSeries(m_session);
    auto marked = m_session.marks(m_query.range);
    auto opened = openLevels();
    if (!all || !marked || !opened) {
        return !all ? all.error() : !marked ? marked.error() : opened.error();
    }
    StoredMetricPage page{
        .series = {}, .marks = std::move(marked).value(), .resolution = {}, .read = {}};
    std::ranges::stable_sort(*all, {}, &SeriesRow::labels);
    if (auto done = askFor(*all, page); !done) {
        return done.error();
    }
    const std::size_t level = levelFor(page.resolution);
    auto done = readFrom(level, m_levels[level].last);
    if (done) {
        done = readFiner(level);
    }
    if (!done) {
        return done.error();
    }
    for (std::size_t at = 0; at < m_asked.size(); ++at) {
        Asked& asked = m_asked[at];
        page.series[at].points = asked.spans.take([&](std::int64_t span) {
            if (!asked.histogram) {
                return std::nan("");
            }
            const auto& merged = m_histograms[*asked.histogram];
            const auto found = merged.find(span);
            return found == merged.end() || found->second.empty()
                       ? std::nan("")
                       : found->second.quantile(asked.quantile);
        });
    }
    for (std::size_t at = 0; at < kMetricLevels; ++at) {
        if (m_used[at]) {
            page.read.push_back(metricLevels()[at].length);
        }
    }
    return page;
}

Result<void> MetricQuery::openLevels()
{
    const auto reached = m_session.progress();
    if (!reached) {
        return reached.error();
    }
    for (std::size_t at = 0; at < kMetricLevels; ++at) {
        const MetricLevel& of = metricLevels()[at];
        auto scan = FrameScan::open(m_session, m_query.range, m_query.run, at);
        if (!scan) {
            return scan.error();
        }
        Level& level = m_levels[at];
        level.scan.emplace(std::move(scan).value());
        level.last = reached->lastOf(of.table);
        const auto ids = idRange(m_session.database, of.rows);
        level.first = !ids ? 1 : ids->last == 0 ? level.last + 1 : ids->first;
        level.rolled = at == 0 ? 0 : reached->lastOf(of.rolled);
        if (at > 0 && level.last > 0) {
            // When how far it came is damaged, the last row says it.
            const auto source = sourceOf(at, level.last);
            level.rolled = std::max(level.rolled, source ? *source : 0);
        }
    }
    return {};
}

Result<void> MetricQuery::askFor(const std::vector<SeriesRow>& all, StoredMetricPage& page)
{
    std::optional<StoredRange> known;
    for (const Level& level : m_levels) {
        widen(known, level.scan->extent());
    }
    const StoredRange extent = known.value_or(m_query.range);
    page.resolution = MetricSpans::spanFor(extent, m_query.maxPoints);
    m_resolution = page.resolution;
    for (const std::string& metric : m_query.metrics) {
        const MetricInfo* info = findMetric(metric);
        const bool quantile = info != nullptr && info->kind == MetricKind::quantile;
        for (const SeriesRow& series : all) {
            if (series.name != metric) {
                continue;
            }
            page.series.push_back({series.name, series.labels, series.unit, {}});
            Asked asked{.place = series.number - 1,
                        .spans = MetricSpans(extent.from, page.resolution, quantile),
                        .histogram = {}};
            if (quantile) {
                asked.histogram = placeOf(all, info->of, series.labels);
                asked.quantile = info->quantile;
            }
            if (asked.histogram) {
                m_histograms[*asked.histogram];
            }
            m_asked.push_back(std::move(asked));
        }
    }
    return {};
}

std::size_t MetricQuery::levelFor(Duration resolution) const
{
    std::size_t level = 0;
    while (level + 1 < kMetricLevels && metricLevels()[level + 1].length <= resolution) {
        ++level;
    }
    return level;
}

Result<void> MetricQuery::readFrom(std::size_t level, std::int64_t last)
{
    std::int64_t first = m_levels[level].first;
    if (first > 1 && level + 1 < kMetricLevels) {
        const auto with = firstWith(level + 1, first);
        if (!with) {
            return with.error();
        }
        const auto before = sourceOf(level + 1, *with - 1);
        const auto until = sourceOf(level + 1, *with);
        if (!before || !until) {
            return before ? until.error() : before.error();
        }
        // A span that is made of rows only some of which are left stands for those too.
        const bool cut = *with <= m_levels[level + 1].last && *before + 1 < first;
        first = cut ? *until + 1 : first;
        if (auto done = readFrom(level + 1, cut ? *with : *with - 1); !done) {
            return done;
        }
    }
    return read(level, {first, last});
}

Result<void> MetricQuery::readFiner(std::size_t level)
{
    for (; level > 0; --level) {
        const IdRange newer{m_levels[level].rolled + 1, m_levels[level - 1].last};
        if (auto done = read(level - 1, newer); !done) {
            return done;
        }
    }
    return {};
}

Result<void> MetricQuery::read(std::size_t level, const IdRange& ids)
{
    Result<void> inner;
    auto done = m_levels[level].scan->rows(ids, [&](const Statement& row) {
        inner = readRow(level, row);
        return inner.ok();
    });
    return done ? inner : done;
}

Result<void> MetricQuery::readRow(std::size_t level, const Statement& row)
{
    const StoredRange& range = m_query.range;
    const WallTime at{row.integer(RollupColumn::kAt)};
    const WallTime to = level == 0 ? at : WallTime{row.integer(RollupColumn::kToAt)};
    if (to < range.from || at > range.to) {
        return {};
    }
    if (level > 0 && (at < range.from || to > range.to)) {
        // A span that reaches beyond the range: what it was made of, as long as it is there.
        const std::int64_t id = row.integer(RollupColumn::kId);
        const auto before = sourceOf(level, id - 1);
        if (!before) {
            return before.error();
        }
        const bool known = id == 1 || id > m_levels[level].first;
        if (known && *before + 1 >= m_levels[level - 1].first) {
            return read(level - 1, {*before + 1, row.integer(RollupColumn::kSource)});
        }
    }
    add(level, row);
    return {};
}

void MetricQuery::add(std::size_t level, const Statement& row)
{
    m_used[level] = true;
    if (level == 0) {
        const WallTime at{row.integer(FrameColumn::kAt)};
        const FramePoints points(row.blob(FrameColumn::kPoints));
        for (Asked& asked : m_asked) {
            if (const double value = points[asked.place]; !std::isnan(value)) {
                asked.spans.add(at, value);
            }
        }
        // Samples say their quantiles themselves, over the last seconds: a point of less than a
        // span has no better.
        if (m_resolution >= metricLevels()[1].length) {
            addBuckets(at, row.blob(FrameColumn::kBuckets));
        }
        return;
    }
    const WallTime at{row.integer(RollupColumn::kToAt)};
    if (!Rollup::decode(row.blob(RollupColumn::kPoints), m_decoded)) {
        m_session.damage.add(metricLevels()[level].rows, row.integer(RollupColumn::kId), 1);
        return;
    }
    for (Asked& asked : m_asked) {
        if (asked.place < m_decoded.size()) {
            asked.spans.add(at, m_decoded[asked.place]);
        }
    }
    addBuckets(at, row.blob(RollupColumn::kBuckets));
}

void MetricQuery::addBuckets(WallTime at, std::span<const std::byte> buckets)
{
    if (m_histograms.empty()) {
        return;
    }
    const std::int64_t span = m_asked.front().spans.numberOf(at);
    visitBuckets(buckets, [&](std::size_t series, std::string_view encoded) {
        const auto wanted = m_histograms.find(series - 1);
        if (wanted == m_histograms.end()) {
            return;
        }
        if (const auto histogram = Histogram::decode(encoded)) {
            wanted->second[span].merge(*histogram);
        }
    });
}

Result<std::int64_t> MetricQuery::sourceOf(std::size_t level, std::int64_t row)
{
    if (row <= 0) {
        return std::int64_t{0};
    }
    auto found = RowScan::open(m_session.database, metricLevels()[level].rows);
    if (!found) {
        return found.error();
    }
    std::int64_t source = 0;
    const auto done = found->visit(row, row, false, [&](const Statement& span) {
        source = span.integer(RollupColumn::kSource);
        return true;
    });
    return done ? Result<std::int64_t>(source) : done.error();
}

Result<std::int64_t> MetricQuery::firstWith(std::size_t level, std::int64_t source)
{
    std::int64_t low = m_levels[level].first;
    std::int64_t high = m_levels[level].last + 1;
    while (low < high) {
        const std::int64_t middle = low + (high - low) / 2;
        const auto found = sourceOf(level, middle);
        if (!found) {
            return found.error();
        }
        *found >= source ? high = middle : low = middle + 1;
    }
    return low;
}

}  // namespace muster
