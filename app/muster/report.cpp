// SPDX-License-Identifier: GPL-3.0-or-later
#include "muster/report.h"

#include <QBuffer>
#include <QDir>
#include <QFile>
#include <QPixmap>
#include <QTextStream>

#include "charts/time_chart.h"
#include "models/format.h"
#include "muster/picture_taker.h"
#include "muster/run_text.h"
#include "shell/main_window.h"

namespace muster::app {

namespace {

using ui::exactText;

const char* const kHead = R"(<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>%1</title><style>
:root{--bg:#f4f6f8;--panel:#fff;--line:#dde3ea;--text:#17202b;--dim:#475361;--ok:#0f7044;--bad:#b92a36}
@media (prefers-color-scheme:dark){:root{--bg:#0f1318;--panel:#161b22;--line:#29323d;--text:#e3e8ee;
--dim:#a1adbb;--ok:#4cc38a;--bad:#f6737c}}
*{box-sizing:border-box}body{margin:0 auto;max-width:1180px;padding:24px;background:var(--bg);
color:var(--text);font:14px/1.45 Inter,system-ui,sans-serif;font-feature-settings:"tnum"}
h1{font-size:20px;margin:0 0 4px}h2{font-size:13px;color:var(--dim);margin:24px 0 8px}
p{margin:0 0 8px;color:var(--dim)}.card{background:var(--panel);border:1px solid var(--line);
border-radius:8px;padding:12px 14px}.tiles{display:grid;gap:10px;
grid-template-columns:repeat(auto-fit,minmax(150px,1fr))}.tiles b{display:block;font-size:20px;
font-weight:600}.tiles span{color:var(--dim);font-size:12px}.charts{display:grid;gap:10px;
grid-template-columns:repeat(auto-fit,minmax(420px,1fr))}img{max-width:100%;border-radius:8px;
border:1px solid var(--line);display:block}table{border-collapse:collapse;width:100%}
td,th{text-align:left;padding:4px 10px 4px 0;border-bottom:1px solid var(--line)}th{color:var(--dim);
font-weight:500}.ok{color:var(--ok)}.bad{color:var(--bad)}</style></head><body>
)";

QString text(const std::string& raw)
{
    return QString::fromStdString(raw).toHtmlEscaped();
}

QString embedded(const QPixmap& picture, const QString& title)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    picture.save(&buffer, "PNG");
    return QStringLiteral("<img alt=\"%1\" src=\"data:image/png;base64,%2\">")
        .arg(title.toHtmlEscaped(), QString::fromLatin1(bytes.toBase64()));
}

void writeTiles(QTextStream& out, const ReportParts& parts)
{
    const auto tile = [&out](const QString& name, const QString& value) {
        out << "<div class=card><span>" << name << "</span><b>" << value.toHtmlEscaped()
            << "</b></div>";
    };
    const auto& s = parts.summary;
    out << "<h2>Totals</h2><div class=tiles>";
    tile(QStringLiteral("Agents"), exactText(s.agents));
    tile(QStringLiteral("Actions"), exactText(s.actions));
    tile(QStringLiteral("Failed"), exactText(s.failed));
    tile(QStringLiteral("p50"), ui::figureText(s.latency.p50, ui::Unit::nanoseconds));
    tile(QStringLiteral("p99"), ui::figureText(s.latency.p99, ui::Unit::nanoseconds));
    tile(QStringLiteral("Events"), exactText(s.events));
    tile(QStringLiteral("Stored"), exactText(s.stored));
    tile(QStringLiteral("Counted only"), exactText(s.countedOnly));
    tile(QStringLiteral("Dropped"), exactText(s.dropped));
    tile(QStringLiteral("Time"), ui::tookText(s.wall));
    out << "</div>\n";
}

void writeExpectations(QTextStream& out, const RunSummary& summary)
{
    out << "<h2>Expectations</h2><div class=card>";
    if (summary.expectations.empty()) {
        out << "<p>The workload states none.</p>";
    }
    for (const auto& each : summary.expectations) {
        const bool met = each.met.value_or(false);
        out << "<div class=" << (met ? "ok" : "bad") << ">" << (met ? "✓ " : "✕ ")
            << expectationText(each).toHtmlEscaped() << "</div>";
    }
    if (summary.failure) {
        out << "<div class=bad>✕ " << text(summary.failure->text()) << "</div>";
    }
    for (const auto& each : summary.notStopped) {
        out << "<div class=bad>✕ did not stop: " << text(each) << "</div>";
    }
    out << "</div>\n";
}

void writeActions(QTextStream& out, const Snapshot& snapshot)
{
    out << "<h2>Actions</h2><div class=card><table><tr><th>Action<th>Kind<th>ok<th>failed<th>p50"
           "<th>p99</tr>";
    for (const auto& row : snapshot.actionRows) {
        out << "<tr><td>" << text(row.name) << "<td>" << text(row.kind) << "<td>"
            << exactText(row.totals.ok) << "<td>" << exactText(row.totals.failed) << "<td>"
            << ui::figureText(row.totals.latency.p50, ui::Unit::nanoseconds) << "<td>"
            << ui::figureText(row.totals.latency.p99, ui::Unit::nanoseconds) << "</tr>";
    }
    out << "</table></div>\n";
}

void writeCharts(QTextStream& out, const ui::MainWindow& window)
{
    for (auto* page : window.pages()->allMade()) {
        const auto charts = page->charts();
        if (charts.empty()) {
            continue;
        }
        out << "<h2>" << page->title().toHtmlEscaped() << "</h2><div class=charts>";
        for (auto* chart : charts) {
            chart->refreshNow();
            out << embedded(chart->picture(2), chart->title());
        }
        out << "</div>\n";
    }
}

void writeMarks(QTextStream& out, const Snapshot& snapshot)
{
    out << "<h2>What changed</h2><div class=card><table>";
    for (const auto& mark : snapshot.marks) {
        out << "<tr><td>" << text(toString(mark.at)) << "<td>" << text(mark.kind) << "<td>"
            << text(mark.text) << "</tr>";
    }
    for (const auto& item : snapshot.attention) {
        out << "<tr><td>at the end<td>attention<td>" << text(item.text) << "</tr>";
    }
    out << "</table></div>\n";
}

void writePictures(QTextStream& out, const ui::MainWindow& window, const QString& pictures)
{
    out << "<h2>Every page</h2><div class=charts>";
    for (const auto& entry : window.pages()->entries()) {
        const auto file = pictures + QLatin1Char('/') +
                          PictureTaker::fileName(entry.name, false, QSize(1280, 800));
        out << "<a href=\"" << file << "\"><img loading=lazy alt=\"" << entry.title << "\" src=\""
            << file << "\"></a>";
    }
    out << "</div>\n";
}

}  // namespace

bool writeReport(ui::MainWindow& window, const ReportParts& parts, const QString& folder)
{
    QString html;
    QTextStream out(&html);
    const auto name = parts.snapshot ? text(parts.snapshot->workload) : QString();
    out << QString::fromUtf8(kHead).arg(QStringLiteral("Muster: ") + name);
    out << "<h1>" << (name.isEmpty() ? QStringLiteral("A run") : name) << "</h1><p>"
        << (parts.snapshot ? text(toString(parts.snapshot->at)) : QString()) << " · "
        << text(parts.summary.build) << "<br>Session: " << parts.session.toHtmlEscaped() << "</p>";
    writeTiles(out, parts);
    writeExpectations(out, parts.summary);
    if (parts.snapshot) {
        writeActions(out, *parts.snapshot);
    }
    writeCharts(out, window);
    if (parts.snapshot) {
        writeMarks(out, *parts.snapshot);
    }
    writePictures(out, window, parts.pictures);
    out << QStringLiteral(
               "<p>The console painted %1 frames, p99 %2 ms, longest %3 ms.</p>"
               "</body></html>\n")
               .arg(exactText(parts.frames.frames))
               .arg(parts.frames.p99Ms, 0, 'f', 1)
               .arg(parts.frames.maxMs, 0, 'f', 1);
    out.flush();
    QFile file(QDir(folder).filePath(QStringLiteral("report.html")));
    const auto bytes = html.toUtf8();
    return QDir().mkpath(folder) && file.open(QIODevice::WriteOnly | QIODevice::Truncate) &&
           file.write(bytes) == bytes.size();
}

}  // namespace muster::app
