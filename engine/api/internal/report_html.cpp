// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "api/internal/report_data.h"
#include "api/internal/report_text.h"
#include "api/internal/svg_chart.h"

namespace muster {

namespace {

constexpr std::string_view kStyle =
    R"(:root{--bg:#f4f6f8;--panel:#fff;--line:#dde3ea;--text:#17202b;
--dim:#475361;--ok:#0f7044;--bad:#b92a36;--warn:#7a4d00;--l0:#1f5fbf;--l1:#b4540a;--l2:#7a3fa8;--l3:#0f7044}
@media(prefers-color-scheme:dark){:root{--bg:#0f1318;--panel:#161b22;--line:#29323d;--text:#e3e8ee;
--dim:#a1adbb;--ok:#4cc38a;--bad:#f6737c;--warn:#e5b567;--l0:#6ea8fe;--l1:#f0a35e;--l2:#c79bf2;--l3:#4cc38a}}
@media print{:root{--bg:#fff;--panel:#fff;--line:#bbb;--text:#000;--dim:#333;--ok:#0f7044;--bad:#b92a36;
--warn:#7a4d00;--l0:#1f5fbf;--l1:#b4540a;--l2:#7a3fa8;--l3:#0f7044}.card{break-inside:avoid}body{max-width:none}}
*{box-sizing:border-box}body{margin:0 auto;max-width:1180px;padding:24px;background:var(--bg);
color:var(--text);font:14px/1.45 Inter,system-ui,sans-serif;font-feature-settings:"tnum"}
h1{font-size:20px;margin:0 0 4px}h2{font-size:15px;margin:28px 0 8px}h3{font-size:13px;margin:0 0 6px;
font-weight:600}p{margin:0 0 8px;color:var(--dim)}.card{background:var(--panel);border:1px solid var(--line);
border-radius:8px;padding:12px 14px;overflow-x:auto}.tiles{display:grid;gap:10px;
grid-template-columns:repeat(auto-fit,minmax(130px,1fr))}.tiles b{display:block;font-size:19px;font-weight:600}
.tiles span,.key{color:var(--dim);font-size:12px}.charts{display:grid;gap:10px;
grid-template-columns:repeat(auto-fit,minmax(440px,1fr))}svg{width:100%;height:auto;display:block}
svg text{font-size:11px;fill:var(--dim)}svg path{fill:none;stroke-width:1.6}.grid{stroke:var(--line);
stroke-width:1!important}.mark{stroke:var(--dim);stroke-dasharray:3 3;stroke-width:1!important}
.l0{stroke:var(--l0)}.l1{stroke:var(--l1)}.l2{stroke:var(--l2)}.l3{stroke:var(--l3)}
.key i{display:inline-block;width:14px;height:0;border-top:3px solid;margin:0 5px 3px 12px}
.k0{color:var(--l0)}.k1{color:var(--l1)}.k2{color:var(--l2)}.k3{color:var(--l3)}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:4px 12px 4px 0;
border-bottom:1px solid var(--line);vertical-align:top}tr:last-child td{border-bottom:0}
th{color:var(--dim);font-weight:500}.n{text-align:right;white-space:nowrap}
.better{color:var(--ok)}.worse{color:var(--bad)}.changed{color:var(--warn)}.dim{color:var(--dim)}
)";

std::string escaped(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

const char* classOf(CompareVerdict verdict)
{
    switch (verdict) {
        case CompareVerdict::better:
            return "better";
        case CompareVerdict::worse:
            return "worse";
        case CompareVerdict::changed:
            return "changed";
        default:
            return "dim";
    }
}

/// One page, written section by section. Thread safety: one thread at a time.
class HtmlReport {
public:
    explicit HtmlReport(const ReportData& data) : m_data(data) {}

    std::string take()
    {
        head();
        totals();
        charts();
        comparison();
        causes();
        latencies();
        errors();
        breakers();
        m_html += "</body></html>\n";
        return std::move(m_html);
    }

private:
    template <class... Arguments>
    void add(fmt::format_string<Arguments...> format, Arguments&&... arguments)
    {
        fmt::format_to(std::back_inserter(m_html), format, std::forward<Arguments>(arguments)...);
    }

    void head()
    {
        const StoredRun& run = m_data.run;
        const std::string title = escaped(run.workload.empty() ? "A run" : run.workload);
        add("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
            "<meta name=\"viewport\" content=\"width=device-width\"><title>Muster: {}</title>"
            "<style>{}</style></head><body>\n<h1>{}</h1>",
            title, kStyle, title);
        add("<p>Run {} of {}, {} to {}{}<br>Build {}; {}</p>", run.id.value,
            escaped(m_data.file.string()), shortTime(m_data.range.from), shortTime(m_data.range.to),
            run.endedAt ? "" : "; it was not closed", escaped(run.build), escaped(run.machine));
        if (!m_data.notice.empty()) {
            add("<p class=\"worse\">✕ {}</p>", escaped(m_data.notice));
        }
    }
    void totals()
    {
        const auto all = totalsOf(m_data.run);
        add("<h2>Totals of the run</h2>");
        if (all.empty()) {
            add("<div class=\"card\"><p>Not available: the run has no summary, it was not "
                "closed.</p></div>");
            return;
        }
        add("<div class=\"tiles\">");
        for (const auto& [title, figure] : all) {
            add("<div class=\"card\"><span>{}</span><b>{}</b></div>", title, escaped(figure));
        }
        add("</div>\n");
    }
    void charts()
    {
        std::vector<WallTime> marks;
        for (const Cause& cause : m_data.causes) {
            marks.push_back(cause.at);
        }
        add("<h2>Over time</h2><div class=\"charts\">");
        for (const ReportChart& chart : m_data.charts) {
            add("<div class=\"card\"><h3>{}</h3>{}<div class=\"key\">", chart.title,
                svgChart(chart, m_data.range, marks));
            for (std::size_t i = 0; i < chart.lines.size(); ++i) {
                add("<i class=\"k{}\"></i>{}", i, escaped(chart.lines[i].title));
            }
            add("</div></div>");
        }
        add("</div><p>Minutes and seconds since {}; dashed lines are the changes below.</p>\n",
            shortTime(m_data.range.from));
    }
    void comparison()
    {
        if (!m_data.comparison) {
            return;
        }
        const CompareAnswer& answer = *m_data.comparison;
        add("<h2>Beside run {} of {}</h2><div class=\"card\"><p>{} worse, {} better, {} changed, "
            "{} "
            "without a difference of {:.3g} % or more, {} not comparable</p>",
            answer.a.run.value, escaped(answer.a.file.string()),
            answer.count(CompareVerdict::worse), answer.count(CompareVerdict::better),
            answer.count(CompareVerdict::changed), answer.count(CompareVerdict::same),
            answer.least * 100, answer.count(CompareVerdict::notComparable));
        add("<table><tr><th>Figure<th class=\"n\">Before<th class=\"n\">Now<th>Effect, with its "
            "interval<th>Verdict</tr>");
        for (const CompareRow* row : notableRows(answer)) {
            add("<tr><td>{}<td class=\"n\">{}<td class=\"n\">{}<td>{}<td class=\"{}\">{}</tr>",
                escaped(rowTitle(*row)), figureText(row->a, row->unit),
                figureText(row->b, row->unit), escaped(effectWithInterval(*row)),
                classOf(row->verdict), escaped(verdictWithGlyph(*row)));
        }
        add("</table><p>{}</p></div>\n", compareMethod());
    }
    static std::string figureText(const Known& figure, const std::string& unit)
    {
        return figure.known() ? escaped(figureWithUnit(figure.value, unit)) : "not available";
    }
    void causes()
    {
        add("<h2>What changed, and what it did</h2><div class=\"card\">");
        if (m_data.causes.empty()) {
            add("<p>Nothing was changed in this time.</p></div>\n");
            return;
        }
        add("<table><tr><th>At<th>Kind<th>Change<th>Effect, before to after</tr>");
        for (const Cause& cause : m_data.causes) {
            add("<tr><td class=\"n\">{}<td>{}<td>{}<td>", sinceStart(cause.at, m_data.range.from),
                escaped(cause.kind), escaped(cause.text));
            effects(cause);
            add("</tr>");
        }
        add("</table></div>\n");
    }
    void effects(const Cause& cause)
    {
        if (!cause.unclear.empty()) {
            add("<span class=\"dim\">unclear: {}</span>", escaped(cause.unclear));
            return;
        }
        bool any = false;
        for (const CompareRow& row : cause.effects) {
            if (row.verdict != CompareVerdict::same) {
                add("<div class=\"{}\">{} {}: {} to {}, {}</div>", classOf(row.verdict),
                    escaped(rowTitle(row)), escaped(verdictWithGlyph(row)),
                    figureText(row.a, row.unit), figureText(row.b, row.unit),
                    escaped(effectWithInterval(row)));
                any = true;
            }
        }
        if (!any) {
            add("<span class=\"dim\">= no difference in {} figures</span>", cause.effects.size());
        }
    }
    void latencies()
    {
        add("<h2>Percentiles</h2><div class=\"card\">");
        if (m_data.latencies.empty()) {
            add("<p>Not available: no histogram was recorded in this time.</p></div>\n");
            return;
        }
        add("<table><tr><th>Series<th class=\"n\">Samples");
        for (const auto& [name, value] : m_data.latencies.front().percentiles) {
            add("<th class=\"n\">{}", name);
        }
        add("</tr>");
        for (const ReportLatency& latency : m_data.latencies) {
            add("<tr><td>{}<td class=\"n\">{}", escaped(latency.series),
                figureWithUnit(static_cast<double>(latency.samples), "1"));
            for (const auto& [name, value] : latency.percentiles) {
                add("<td class=\"n\">{}", figureWithUnit(value, latency.unit));
            }
            add("</tr>");
        }
        add("</table></div>\n");
    }
    void errors()
    {
        add("<h2>Errors by class</h2><div class=\"card\">");
        if (m_data.errors.empty()) {
            add("<p>None.</p></div>\n");
            return;
        }
        add("<table><tr><th class=\"n\">Count<th>Action<th>Class<th>Code<th>The first</tr>");
        for (const ReportErrors& errors : m_data.errors) {
            add("<tr><td class=\"n\">{}<td>{}<td>{}<td>{}<td>{}</tr>",
                figureWithUnit(static_cast<double>(errors.count), "1"), escaped(errors.action),
                escaped(errors.failureClass), escaped(errors.code), escaped(errors.example));
        }
        add("</table></div>\n");
    }
    void breakers()
    {
        if (m_data.breakers.empty()) {
            return;
        }
        add("<h2>Circuit breakers</h2><div class=\"card\"><table><tr><th>At<th>What<th>Of it</tr>");
        for (const ReportBreakerMove& move : m_data.breakers) {
            add("<tr><td class=\"n\">{}<td>{}<td>{}</tr>", sinceStart(move.at, m_data.range.from),
                escaped(move.type), escaped(move.data));
        }
        add("</table>");
        if (m_data.breakerMoves > m_data.breakers.size()) {
            add("<p>And {} more.</p>", m_data.breakerMoves - m_data.breakers.size());
        }
        add("</div>\n");
    }

    const ReportData& m_data;
    std::string m_html;
};

}  // namespace

std::string reportHtml(const ReportData& data)
{
    return HtmlReport(data).take();
}

}  // namespace muster
