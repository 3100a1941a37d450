// SPDX-License-Identifier: Apache-2.0
#include "api/internal/svg_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "api/internal/report_text.h"

namespace muster {

namespace {

constexpr double kWidth = 560;
constexpr double kHeight = 190;
constexpr double kLeft = 66;
constexpr double kRight = 10;
constexpr double kTop = 10;
constexpr double kBottom = 24;
constexpr int kTicks = 4;

/// The next of 1, 2, 2.5, 5, 10 times a power of ten (of two for bytes).
double roundStep(double least, bool bytes)
{
    const double base = bytes ? 1024 : 10;
    const double power = std::pow(base, std::floor(std::log(least) / std::log(base)));
    for (const double factor : {1.0, 2.0, 2.5, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0}) {
        if (factor * power >= least) {
            return factor * power;
        }
    }
    return base * power;
}

class Chart {
public:
    Chart(const ReportChart& chart, const TimeRange& range) : m_chart(chart), m_range(range)
    {
        double highest = 0;
        for (const ReportLine& line : chart.lines) {
            for (const StoredMetricPoint& point : line.points) {
                highest = std::max(highest, point.max);
            }
        }
        // What was nought throughout still has an axis that can be read.
        const double nothing = chart.unit == "%" ? 1 : kTicks;
        m_step = roundStep((highest > 0 ? highest : nothing) / kTicks, chart.unit == "B");
        m_top = m_step * kTicks;
    }

    [[nodiscard]] std::string draw(const std::vector<WallTime>& marks) const
    {
        std::string svg = fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">",
                                      kWidth, kHeight, m_chart.title);
        drawGrid(svg);
        for (const WallTime mark : marks) {
            if (mark >= m_range.from && mark <= m_range.to) {
                svg += fmt::format("<path class=\"mark\" d=\"M{0:.1f} {1}V{2}\"/>", x(mark), kTop,
                                   kHeight - kBottom);
            }
        }
        for (std::size_t i = 0; i < m_chart.lines.size(); ++i) {
            drawLine(svg, m_chart.lines[i], i);
        }
        return svg + "</svg>";
    }

private:
    [[nodiscard]] double x(WallTime at) const
    {
        const auto all =
            static_cast<double>(std::max<std::int64_t>(1, (m_range.to - m_range.from).count()));
        const auto part = static_cast<double>((at - m_range.from).count());
        return kLeft + (kWidth - kLeft - kRight) * part / all;
    }
    [[nodiscard]] double y(double value) const
    {
        return kHeight - kBottom - (kHeight - kTop - kBottom) * value / m_top;
    }
    void drawGrid(std::string& svg) const
    {
        for (int i = 0; i <= kTicks; ++i) {
            const double value = m_step * i;
            svg += fmt::format(
                "<path class=\"grid\" d=\"M{} {:.1f}H{}\"/>"
                "<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>",
                kLeft, y(value), kWidth - kRight, kLeft - 6, y(value) + 4,
                figureWithUnit(value, m_chart.unit));
        }
        for (int i = 0; i <= kTicks; ++i) {
            const WallTime at = m_range.from + (m_range.to - m_range.from) * i / kTicks;
            svg += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"{}\">{}</text>", x(at),
                               kHeight - 6,
                               i == 0        ? "start"
                               : i == kTicks ? "end"
                                             : "middle",
                               sinceStart(at, m_range.from));
        }
    }
    void drawLine(std::string& svg, const ReportLine& line, std::size_t number) const
    {
        svg += fmt::format("<path class=\"l{}\" d=\"", number);
        char move = 'M';
        for (const StoredMetricPoint& point : line.points) {
            svg += fmt::format("{}{:.1f} {:.1f}", move, x(point.at), y(std::max(0.0, point.value)));
            move = 'L';
        }
        svg += "\"/>";
    }

    const ReportChart& m_chart;
    const TimeRange& m_range;
    double m_step = 1;
    double m_top = 1;
};

}  // namespace

std::string svgChart(const ReportChart& chart, const TimeRange& range,
                     const std::vector<WallTime>& marks)
{
    return Chart(chart, range).draw(marks);
}

}  // namespace muster
