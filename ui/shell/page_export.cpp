// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/page_export.h"

#include <QDateTime>
#include <QFileDialog>
#include <QMenu>
#include <QPixmap>
#include <QPointer>
#include <QSaveFile>

#include "bridge/deliver.h"
#include "bridge/engine_bridge.h"
#include "bridge/exporter.h"
#include "charts/time_chart.h"
#include "models/format.h"
#include "models/time_range_model.h"
#include "pages/page.h"
#include "shell/export_dialog.h"
#include "shell/toasts.h"

namespace muster::ui {

namespace {

struct KindInfo {
    const char* title;
    ExportFormat format;
};

const KindInfo& infoOf(PageExport::Kind kind)
{
    static constexpr KindInfo kInfos[] = {
        {QT_TR_NOOP("Visible range as CSV"), ExportFormat::csv},
        {QT_TR_NOOP("Visible range as CSV, a column a series"), ExportFormat::csvWide},
        {QT_TR_NOOP("Visible range as JSON Lines"), ExportFormat::jsonl},
        {QT_TR_NOOP("Visible range as OpenMetrics"), ExportFormat::openMetrics},
        {QT_TR_NOOP("Visible range as HdrHistogram log"), ExportFormat::hdrLog},
        {QT_TR_NOOP("Copy of the whole session"), ExportFormat::sqlite},
        {QT_TR_NOOP("Picture of this page (PNG)"), ExportFormat::csv},
    };
    return kInfos[static_cast<int>(kind)];
}

QString stamped(const QString& name, const char* suffix)
{
    return QStringLiteral("%1-%2.%3")
        .arg(name, QDateTime::currentDateTime().toString(QStringLiteral("yyyy-MM-dd-HHmmss")),
             QLatin1String(suffix));
}

PageExport::ChooseFile fileDialog(QWidget* window)
{
    return [window](const QString& suggested, const QString& kinds,
                    std::function<void(const QString&)> done) {
        auto* dialog = new QFileDialog(window, {}, suggested, kinds);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setAcceptMode(QFileDialog::AcceptSave);
        QObject::connect(dialog, &QFileDialog::fileSelected, window, std::move(done));
        dialog->open();
    };
}

}  // namespace

PageExport::PageExport(EngineBridge* bridge, Exporter* exporter, TimeRangeModel* range,
                       Toasts* toasts, QWidget* window)
    : QObject(window),
      m_window(window),
      m_bridge(bridge),
      m_range(range),
      m_toasts(toasts),
      m_choose(fileDialog(window)),
      m_exporter(exporter),
      m_inbox(std::make_shared<Inbox>())
{
    connect(m_exporter, &Exporter::finished, this, &PageExport::finished);
    connect(m_exporter, &Exporter::progressed, this, [this](quint64 done) {
        m_toasts->update(
            m_progress,
            m_copies
                ? tr("Copying: %1 written").arg(figureText(static_cast<double>(done), Unit::bytes))
                : tr("Exporting: %1 rows written").arg(exactText(done)));
    });
}

PageExport::~PageExport() = default;

void PageExport::fill(QMenu* menu, std::function<Page*()> current)
{
    const auto add = [&](const QString& title, auto act) {
        auto* action = menu->addAction(title);
        connect(action, &QAction::triggered, this, [this, current, act] {
            if (auto* page = current()) {
                act(page);
            }
        });
        return action;
    };
    add(tr("Choose format and series…"), [this](Page* page) { ask(page); });
    menu->addSeparator();
    for (const auto kind : {Kind::csv, Kind::csvWide, Kind::jsonLines, Kind::openMetrics,
                            Kind::histograms, Kind::session, Kind::picture}) {
        auto* action = add(tr(infoOf(kind).title), [this, kind](Page* page) { save(page, kind); });
        if (kind != Kind::picture) {
            connect(menu, &QMenu::aboutToShow, action, [this, action, current, kind] {
                auto* page = current();
                const bool rows = page != nullptr && queryOf(page, kind).has_value();
                action->setEnabled(rows && m_bridge->database().has_value());
                action->setToolTip(rows ? tr("Nothing is recorded, so there is nothing to export")
                                        : tr("This page has nothing that can be written so"));
            });
        }
    }
}

std::optional<ExportQuery> PageExport::rowsOf(Page* page) const
{
    auto query = page->exportQuery();
    if (!query) {
        query.emplace();
        query->what = ExportWhat::metrics;
        for (const auto series : page->exportSeries()) {
            query->metrics.emplace_back(seriesInfo(series).metric);
        }
        if (query->metrics.empty()) {
            return std::nullopt;
        }
    }
    query->range = m_range->range();
    return query;
}

std::optional<ExportQuery> PageExport::queryOf(Page* page, Kind kind) const
{
    const ExportFormat format = infoOf(kind).format;
    if (kind == Kind::session) {
        return inFormat({}, format);
    }
    const auto rows = rowsOf(page);
    if (!rows) {
        return std::nullopt;
    }
    const ExportQuery query = inFormat(*rows, format);
    const bool nothing = query.what == ExportWhat::metrics && query.metrics.empty();
    return Exporter::check(query) && !nothing ? std::optional(query) : std::nullopt;
}

bool PageExport::canExport(bool rows)
{
    const bool recorded = m_bridge->database().has_value();
    if (!rows || !recorded) {
        m_toasts->tellError(
            rows
                ? tr("This run is not recorded, so there is nothing to export")
                : tr("This page has no rows that can be written so; choose another format, or save "
                     "a picture of it"));
    }
    return rows && recorded;
}

void PageExport::save(Page* page, Kind kind)
{
    if (kind == Kind::picture) {
        m_choose(stamped(page->name(), "png"), tr("Picture (*.png)"),
                 [this, page = QPointer(page)](const QString& file) {
                     if (page != nullptr && !file.isEmpty()) {
                         savePicture(page, file);
                     }
                 });
        return;
    }
    if (const auto query = queryOf(page, kind); canExport(query.has_value())) {
        saveAs(page->name(), *query);
    }
}

void PageExport::ask(Page* page)
{
    const auto rows = rowsOf(page);
    if (!canExport(true)) {
        return;
    }
    auto* dialog = new ExportDialog(rows ? *rows : inFormat({}, ExportFormat::sqlite),
                                    page->exportSeries(), m_range->text(), m_window);
    connect(dialog, &ExportDialog::chosen, this,
            [this, name = page->name()](const ExportQuery& query) { saveAs(name, query); });
    dialog->open();
}

void PageExport::saveAs(const QString& name, const ExportQuery& query)
{
    const ExportFormatInfo& info = exportFormat(query.format);
    const bool whole = query.what == ExportWhat::session;
    m_choose(stamped(whole ? QStringLiteral("session") : name, info.suffix), tr(info.kinds),
             [this, query](const QString& file) {
                 if (!file.isEmpty()) {
                     saveRows(query, file);
                 }
             });
}

void PageExport::save(TimeChart* chart, ChartFile kind)
{
    const bool svg = kind == ChartFile::svg;
    const QString name = chart->title().toLower().replace(QLatin1Char(' '), QLatin1Char('-'));
    m_choose(stamped(name, svg ? "svg" : "png"),
             svg ? tr("Drawing (*.svg)") : tr("Picture (*.png)"),
             [this, chart = QPointer(chart), svg](const QString& file) {
                 if (chart == nullptr || file.isEmpty()) {
                     return;
                 }
                 if (svg) {
                     write(file, [drawing = chart->drawing(), file] {
                         QSaveFile out(file);
                         return out.open(QIODevice::WriteOnly) &&
                                out.write(drawing) == drawing.size() && out.commit();
                     });
                 } else {
                     write(file, [image = chart->picture(2).toImage(), file] {
                         return image.save(file, "PNG");
                     });
                 }
             });
}

void PageExport::saveRows(const ExportQuery& query, const QString& file)
{
    if (m_exporter->running()) {
        m_toasts->tellError(tr("An export is under way: wait for it, or cancel it"));
        return;
    }
    const auto database = m_bridge->database();
    if (!database) {
        return;
    }
    m_copies = query.what == ExportWhat::session;
    m_progress = m_toasts->keep(tr("Exporting to %1").arg(file), tr("Cancel"),
                                [this] { m_exporter->cancel(); });
    query.what == ExportWhat::session ? m_exporter->startCopy(*database, file)
                                      : m_exporter->start(*database, query, file);
}

void PageExport::finished(const Result<std::uint64_t>& rows)
{
    m_toasts->remove(m_progress);
    if (rows.ok()) {
        m_toasts->tell(
            m_copies
                ? tr("Session copied to %1, %2")
                      .arg(m_exporter->file(),
                           figureText(static_cast<double>(rows.value()), Unit::bytes))
                : tr("%1 rows written to %2").arg(exactText(rows.value()), m_exporter->file()));
    } else if (rows.error().code == ErrorCode::cancelled) {
        m_toasts->tell(tr("The export was cancelled; no file was left"));
    } else {
        m_toasts->tellError(QString::fromStdString(rows.error().text()));
    }
}

void PageExport::savePicture(Page* page, const QString& file)
{
    write(file, [image = page->grab().toImage(), file] { return image.save(file, "PNG"); });
}

/// Packing a picture takes longer than a frame may: it is written behind the screen.
void PageExport::write(const QString& file, std::function<bool()> work)
{
    if (!m_pictures) {
        m_pictures = std::make_unique<TaskThread>("muster-picture");
    }
    m_pictures->post([work = std::move(work),
                      told = deliverTo<bool>(m_inbox, this, [this, file](bool saved) {
                          saved ? m_toasts->tell(tr("Picture written to %1").arg(file))
                                : m_toasts->tellError(tr("%1 cannot be written. Choose a folder "
                                                         "you may write to.")
                                                          .arg(file));
                      })] { told(work()); });
}

}  // namespace muster::ui
