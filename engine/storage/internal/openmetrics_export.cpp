// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>

#include "storage/internal/metric_export.h"
#include "telemetry/histogram.h"
#include "telemetry/openmetrics.h"

namespace muster {

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

struct Family {
    OpenMetricsFamily meta;
    std::string help;
    bool begun = false;
};

struct Series {
    Family* family = nullptr;
    const SeriesRow* row = nullptr;
    std::string labels;  ///< with a comma at the end
};

/// Readers of the format keep milliseconds, and of two points in one they take the first: the last
/// one alone is written, which has the totals at the end of a run.
struct Moment {
    WallTime at;
    RunId run;

    [[nodiscard]] bool sameAs(const Moment& other) const
    {
        constexpr std::int64_t kMillisecond = 1'000'000;
        return run == other.run &&
               at.nanoseconds / kMillisecond == other.at.nanoseconds / kMillisecond;
    }
};

struct Point {
    Moment moment;
    double value = 0;
};

/// The sums of a histogram's buckets in steps of kStep, a quarter of an octave each.
class Ladder {
public:
    static constexpr std::size_t kStep = HistogramBuckets::kSubBuckets / 4;
    static constexpr std::size_t kSteps = HistogramBuckets::kCount / kStep;

    void add(const Histogram& histogram)
    {
        for (std::size_t i = 0; i < HistogramBuckets::kCount; ++i) {
            if (const std::uint64_t count = histogram.count(i); count != 0) {
                m_counts[i / kStep] += count;
                m_sum +=
                    static_cast<double>(count) * static_cast<double>(HistogramBuckets::middle(i));
            }
        }
        m_samples += histogram.samples();
    }
    [[nodiscard]] std::uint64_t at(std::size_t step) const { return m_counts[step]; }
    [[nodiscard]] std::uint64_t samples() const { return m_samples; }
    [[nodiscard]] double sum() const { return m_sum; }
    /// The highest value of a step.
    [[nodiscard]] static std::uint64_t threshold(std::size_t step)
    {
        return HistogramBuckets::highest((step + 1) * kStep - 1);
    }

private:
    std::array<std::uint64_t, kSteps> m_counts{};
    std::uint64_t m_samples = 0;
    double m_sum = 0;
};

/// OpenMetrics wants all points of a series together, where the session has all series of a
/// moment together: so many series are gathered at once as fit into kGathered points, and one that
/// has more than that alone is written as it is read.
/// Thread safety: one thread at a time.
class OpenMetricsExport {
public:
    OpenMetricsExport(SessionReader::State& session, const StoredExport& what, ExportWriter& out)
        : m_session(session), m_what(what), m_out(out)
    {
    }

    Result<void> run(const std::vector<SeriesRow>& all)
    {
        arrange(all);
        for (std::size_t i = 0; i < m_series.size() && !m_stopped;) {
            const bool histogram = m_series[i].row->kind == MetricKind::histogram;
            const auto done = histogram ? writeHistogram(m_series[i]) : writeSeveral(i);
            if (!done) {
                return done.error();
            }
            i += *done;
        }
        m_out.line() += "# EOF\n";
        return {};
    }

private:
    static constexpr std::size_t kGathered = 256 * 1024;
    static constexpr std::size_t kFramesBetweenLooks = 1024;

    /// By family, so that what belongs to one stands together.
    void arrange(const std::vector<SeriesRow>& all)
    {
        for (const SeriesRow& row : all) {
            OpenMetricsFamily meta = openMetricsFamily(row.name, row.kind, row.unit);
            Family& family = m_families[meta.name];
            if (family.meta.name.empty()) {
                const MetricInfo* known = findMetric(row.name);
                family.help = known != nullptr ? known->help : "";
                family.help += row.kind == MetricKind::histogram
                                   ? "; the sum is that of the buckets' middles, within 1 %"
                                   : "";
                family.meta = std::move(meta);
            }
            std::string labels = openMetricsLabels(row.labels);
            labels += labels.empty() ? "" : ",";
            m_series.push_back({&family, &row, std::move(labels)});
        }
        std::ranges::stable_sort(m_series, {}, [](const Series& series) {
            return std::string_view(series.family->meta.name);
        });
    }

    Result<FrameScan> frames() { return FrameScan::open(m_session, m_what.range, m_what.run); }

    /// The series from `first` on that are no histograms, as many as can be gathered.
    Result<std::size_t> writeSeveral(std::size_t first)
    {
        auto scan = frames();
        if (!scan) {
            return scan.error();
        }
        const std::size_t most =
            std::max<std::size_t>(1, kGathered / std::max<std::size_t>(1, scan->atMost()));
        std::size_t last = first;
        while (last < m_series.size() && last - first < most &&
               m_series[last].row->kind != MetricKind::histogram) {
            ++last;
        }
        std::vector<std::vector<Point>> gathered(last - first);
        const bool alone = gathered.size() == 1;
        auto done = scan->run([&](const Frame& frame) {
            for (std::size_t i = first; i < last; ++i) {
                const double value = frame.points[m_series[i].row->number - 1];
                if (std::isnan(value)) {
                    continue;
                }
                auto& points = gathered[i - first];
                const Point point{{frame.at, frame.run}, value};
                if (!points.empty() && points.back().moment.sameAs(point.moment)) {
                    points.back() = point;
                    continue;
                }
                if (alone && !points.empty()) {
                    writePoint(m_series[i], points.back());
                    points.clear();
                }
                points.push_back(point);
            }
            return proceed();
        });
        for (std::size_t i = first; i < last && done && !m_stopped; ++i) {
            for (const Point& point : gathered[i - first]) {
                writePoint(m_series[i], point);
            }
        }
        return done ? Result<std::size_t>(last - first) : done.error();
    }

    /// Twice over the frames: first for the buckets that are in use, which must be the same at
    /// every point.
    Result<std::size_t> writeHistogram(const Series& series)
    {
        Ladder all;
        auto surveyed = visitHistograms(
            series, [&all](const Frame&, const Histogram& histogram) { all.add(histogram); });
        std::size_t from = 0;
        std::size_t to = Ladder::kSteps;
        while (from < to && all.at(from) == 0) {
            ++from;
        }
        while (to > from && all.at(to - 1) == 0) {
            --to;
        }
        Ladder soFar;
        std::optional<Moment> last;
        const auto add = [&](const Frame& frame, const Histogram& came) {
            const Moment now{frame.at, frame.run};
            if (last && !last->sameAs(now)) {
                writeLadder(series, *last, soFar, from, to);
                soFar = last->run == now.run ? soFar : Ladder();
            }
            last = now;
            soFar.add(came);
        };
        const auto written = surveyed ? visitHistograms(series, add) : surveyed;
        if (written && last) {
            writeLadder(series, *last, soFar, from, to);
        }
        return written ? Result<std::size_t>(1) : written.error();
    }

    template <class Visit>
    Result<void> visitHistograms(const Series& series, Visit&& visit)
    {
        auto scan = frames();
        if (!scan || m_stopped) {
            return scan ? Result<void>() : scan.error();
        }
        std::int64_t unreadable = 0;
        auto done = scan->run([&](const Frame& frame) {
            if (const auto bytes = frame.buckets.of(series.row->number); !bytes.empty()) {
                const auto histogram = Histogram::decode(bytes);
                histogram ? visit(frame, *histogram) : void(++unreadable);
            }
            return proceed();
        });
        m_session.damage.add("histograms", static_cast<std::int64_t>(series.row->number),
                             unreadable);
        return done;
    }

    void writeLadder(const Series& series, const Moment& moment, const Ladder& ladder,
                     std::size_t from, std::size_t to)
    {
        const double divisor = series.family->meta.divisor;
        std::uint64_t count = 0;
        for (std::size_t step = from; step < to; ++step) {
            count += ladder.at(step);
            std::string le = "le=\"";
            appendOpenMetricsNumber(le, static_cast<double>(Ladder::threshold(step)) / divisor);
            le += le.find_first_of(".e", 4) == std::string::npos ? ".0\"," : "\",";
            writeSample(series, "_bucket", le, moment, static_cast<double>(count));
        }
        const auto samples = static_cast<double>(ladder.samples());
        writeSample(series, "_bucket", "le=\"+Inf\",", moment, samples);
        writeSample(series, "_count", {}, moment, samples);
        writeSample(series, "_sum", {}, moment, ladder.sum() / divisor);
    }

    void writePoint(const Series& series, const Point& point)
    {
        writeSample(series, series.family->meta.suffix, {}, point.moment,
                    point.value / series.family->meta.divisor);
    }

    void writeSample(const Series& series, std::string_view suffix, std::string_view le,
                     const Moment& moment, double value)
    {
        if (m_stopped) {
            return;
        }
        writeHead(*series.family);
        std::string& line = m_out.line();
        fmt::format_to(std::back_inserter(line), "{}{}{{{}{}run=\"{}\"}} ",
                       series.family->meta.name, suffix, le, series.labels, moment.run.value);
        appendOpenMetricsNumber(line, value);
        fmt::format_to(std::back_inserter(line), " {}.{:09}", moment.at.nanoseconds / kSecond,
                       moment.at.nanoseconds % kSecond);
        m_stopped = !m_out.endRow();
    }

    void writeHead(Family& family)
    {
        if (family.begun) {
            return;
        }
        family.begun = true;
        std::string& text = m_out.line();
        const auto& meta = family.meta;
        fmt::format_to(std::back_inserter(text), "# TYPE {} {}\n", meta.name, meta.type);
        if (!meta.unit.empty()) {
            fmt::format_to(std::back_inserter(text), "# UNIT {} {}\n", meta.name, meta.unit);
        }
        if (!family.help.empty()) {
            fmt::format_to(std::back_inserter(text), "# HELP {} ", meta.name);
            appendOpenMetricsText(text, family.help);
            text += '\n';
        }
    }

    [[nodiscard]] bool proceed()
    {
        m_stopped = m_stopped || (++m_frames % kFramesBetweenLooks == 0 && !m_out.goOn());
        return !m_stopped;
    }

    SessionReader::State& m_session;
    const StoredExport& m_what;
    ExportWriter& m_out;
    std::map<std::string, Family> m_families;
    std::vector<Series> m_series;
    std::size_t m_frames = 0;
    bool m_stopped = false;
};

}  // namespace

Result<void> exportOpenMetrics(SessionReader::State& session, const StoredExport& what,
                               const std::vector<SeriesRow>& series, ExportWriter& out)
{
    return OpenMetricsExport(session, what, out).run(series);
}

}  // namespace muster
