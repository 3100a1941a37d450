// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/export_dialog.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <algorithm>

#include "bridge/exporter.h"
#include "style/palette.h"

namespace muster::ui {

namespace {

constexpr int kWidth = 460;
constexpr int kListHeight = 190;

/// "actions.latency.p99" is worked out of "actions.latency"; empty: of no histogram.
std::string histogramOf(const std::string& metric)
{
    static constexpr const char* kEnds[] = {".p50", ".p90", ".p95", ".p99", ".p999", ".max"};
    for (const std::string_view end : kEnds) {
        if (metric.ends_with(end)) {
            return metric.substr(0, metric.size() - end.size());
        }
    }
    return {};
}

}  // namespace

const std::vector<ExportFormatInfo>& exportFormats()
{
    static const std::vector<ExportFormatInfo> kFormats{
        {ExportFormat::csv, "CSV, a row a value", "csv", "CSV (*.csv)"},
        {ExportFormat::csvWide, "CSV, a column a series", "csv", "CSV (*.csv)"},
        {ExportFormat::jsonl, "JSON Lines", "jsonl", "JSON Lines (*.jsonl)"},
        {ExportFormat::openMetrics, "OpenMetrics, for Prometheus", "om", "OpenMetrics (*.om)"},
        {ExportFormat::hdrLog, "HdrHistogram log", "hlog", "HdrHistogram log (*.hlog)"},
        {ExportFormat::sqlite, "Copy of the whole session", "db", "Session (*.db)"},
    };
    return kFormats;
}

const ExportFormatInfo& exportFormat(ExportFormat format)
{
    return *std::ranges::find(exportFormats(), format, &ExportFormatInfo::format);
}

ExportQuery inFormat(ExportQuery query, ExportFormat format)
{
    query.format = format;
    if (format == ExportFormat::sqlite) {
        ExportQuery whole;
        whole.what = ExportWhat::session;
        whole.format = format;
        return whole;
    }
    if (format == ExportFormat::hdrLog && query.what == ExportWhat::metrics) {
        std::vector<std::string> histograms;
        for (const std::string& metric : query.metrics) {
            const std::string histogram = histogramOf(metric);
            if (!histogram.empty() &&
                std::ranges::find(histograms, histogram) == histograms.end()) {
                histograms.push_back(histogram);
            }
        }
        query.metrics = std::move(histograms);
    }
    return query;
}

ExportDialog::ExportDialog(const ExportQuery& query, const std::vector<Series>& series,
                           const QString& rangeText, QWidget* parent)
    : QDialog(parent),
      m_query(query),
      m_format(new QComboBox),
      m_series(new QListWidget),
      m_range(new QLabel),
      m_problem(new QLabel),
      m_save(new QPushButton(tr("&Save…"))),
      m_rangeText(rangeText)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Export data"));
    setMinimumWidth(kWidth);
    for (const ExportFormatInfo& format : exportFormats()) {
        m_format->addItem(tr(format.title), static_cast<int>(format.format));
    }
    m_format->setAccessibleName(tr("Format"));
    makeList(series);
    for (QLabel* each : {m_range, m_problem}) {
        each->setWordWrap(true);
        each->setFont(fontFor(FontRole::small));
        each->setTextFormat(Qt::PlainText);
    }
    m_save->setProperty("primary", true);
    auto* cancel = new QPushButton(tr("Cancel"));
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(m_save);
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(2 * space::kGap, 2 * space::kGap, 2 * space::kGap, 2 * space::kGap);
    rows->setSpacing(space::kSmall);
    rows->addWidget(new QLabel(tr("Format")));
    rows->addWidget(m_format);
    rows->addWidget(m_range);
    rows->addWidget(m_series, 1);
    rows->addWidget(m_problem);
    rows->addLayout(buttons);
    connect(m_format, &QComboBox::currentIndexChanged, this, &ExportDialog::check);
    connect(m_series, &QListWidget::itemChanged, this, &ExportDialog::check);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_save, &QPushButton::clicked, this, [this] {
        emit chosen(this->query());
        accept();
    });
    check();
}

void ExportDialog::makeList(const std::vector<Series>& series)
{
    m_series->setAccessibleName(tr("Series: Space ticks one"));
    m_series->setMinimumHeight(kListHeight);
    m_series->setVisible(m_query.what == ExportWhat::metrics);
    for (const Series each : series) {
        const SeriesInfo& info = seriesInfo(each);
        const QString metric =
            QString::fromUtf8(info.metric.data(), static_cast<qsizetype>(info.metric.size()));
        auto* item = new QListWidgetItem(metric, m_series);
        item->setFlags(item->flags() | Qt::ItemIsUserCheckable);
        item->setCheckState(Qt::Checked);
    }
}

ExportQuery ExportDialog::query() const
{
    ExportQuery query = m_query;
    if (query.what == ExportWhat::metrics) {
        query.metrics.clear();
        for (int row = 0; row < m_series->count(); ++row) {
            if (m_series->item(row)->checkState() == Qt::Checked) {
                query.metrics.push_back(m_series->item(row)->text().toStdString());
            }
        }
    }
    return inFormat(std::move(query), static_cast<ExportFormat>(m_format->currentData().toInt()));
}

void ExportDialog::check()
{
    const ExportQuery now = query();
    const bool whole = now.what == ExportWhat::session;
    m_series->setEnabled(!whole);
    m_range->setText(whole ? tr("All of the session, whatever is shown, while it goes on")
                           : tr("Range: %1").arg(m_rangeText));
    QString problem;
    if (const auto fits = Exporter::check(now); !fits) {
        problem = QString::fromStdString(fits.error().text());
    } else if (now.what == ExportWhat::metrics && now.metrics.empty()) {
        problem = now.format == ExportFormat::hdrLog
                      ? tr("None of these series is of a histogram: tick a percentile")
                      : tr("Tick a series");
    }
    m_problem->setText(problem.isEmpty() ? QString() : QStringLiteral("✕ ") + problem);
    m_save->setEnabled(problem.isEmpty());
}

}  // namespace muster::ui
