// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/page_export.h"

#include <QDateTime>
#include <QFileDialog>
#include <QMenu>
#include <QPixmap>

#include "bridge/deliver.h"
#include "bridge/engine_bridge.h"
#include "bridge/exporter.h"
#include "models/format.h"
#include "models/time_range_model.h"
#include "pages/page.h"
#include "shell/toasts.h"

namespace muster::ui {

namespace {

struct KindInfo {
    const char* title;
    const char* suffix;
    const char* kinds;
};

const KindInfo& infoOf(PageExport::Kind kind)
{
    static constexpr KindInfo kInfos[] = {
        {QT_TR_NOOP("Visible range as CSV"), "csv", "CSV (*.csv)"},
        {QT_TR_NOOP("Visible range as JSON Lines"), "jsonl", "JSON Lines (*.jsonl)"},
        {QT_TR_NOOP("Picture of this page (PNG)"), "png", "Picture (*.png)"},
    };
    return kInfos[static_cast<int>(kind)];
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
      m_bridge(bridge),
      m_range(range),
      m_toasts(toasts),
      m_choose(fileDialog(window)),
      m_exporter(exporter),
      m_inbox(std::make_shared<Inbox>())
{
    connect(m_exporter, &Exporter::finished, this, &PageExport::finished);
    connect(m_exporter, &Exporter::progressed, this, [this](quint64 rows) {
        m_toasts->update(m_progress, tr("Exporting: %1 rows written").arg(exactText(rows)));
    });
}

PageExport::~PageExport() = default;

void PageExport::fill(QMenu* menu, std::function<Page*()> current)
{
    for (const auto kind : {Kind::csv, Kind::jsonLines, Kind::picture}) {
        auto* action = menu->addAction(tr(infoOf(kind).title));
        connect(action, &QAction::triggered, this, [this, current, kind] {
            if (auto* page = current()) {
                save(page, kind);
            }
        });
        if (kind != Kind::picture) {
            connect(menu, &QMenu::aboutToShow, action, [this, action, current, kind] {
                auto* page = current();
                const bool rows = page != nullptr && queryOf(page, kind).has_value();
                action->setEnabled(rows && m_bridge->database().has_value());
                action->setToolTip(rows ? tr("Nothing is recorded, so there is nothing to export")
                                        : tr("This page has no rows of its own"));
            });
        }
    }
}

std::optional<ExportQuery> PageExport::queryOf(Page* page, Kind kind) const
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
    query->format = kind == Kind::csv ? ExportFormat::csv : ExportFormat::jsonl;
    query->range = m_range->range();
    return query;
}

void PageExport::save(Page* page, Kind kind)
{
    const auto& info = infoOf(kind);
    const auto suggested =
        QStringLiteral("%1-%2.%3")
            .arg(page->name(),
                 QDateTime::currentDateTime().toString(QStringLiteral("yyyy-MM-dd-HHmmss")),
                 QLatin1String(info.suffix));
    if (kind == Kind::picture) {
        m_choose(suggested, tr(info.kinds), [this, page = QPointer(page)](const QString& file) {
            if (page != nullptr && !file.isEmpty()) {
                savePicture(page, file);
            }
        });
        return;
    }
    const auto query = queryOf(page, kind);
    if (!query || !m_bridge->database()) {
        m_toasts->tellError(query ? tr("This run is not recorded, so there is nothing to export")
                                  : tr("This page has no rows to export; save a picture of it"));
        return;
    }
    m_choose(suggested, tr(info.kinds), [this, query = *query](const QString& file) {
        if (!file.isEmpty()) {
            saveRows(query, file);
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
    m_progress = m_toasts->keep(tr("Exporting to %1").arg(file), tr("Cancel"),
                                [this] { m_exporter->cancel(); });
    m_exporter->start(*database, query, file);
}

void PageExport::finished(const Result<std::uint64_t>& rows)
{
    m_toasts->remove(m_progress);
    if (rows.ok()) {
        m_toasts->tell(
            tr("%1 rows written to %2").arg(exactText(rows.value()), m_exporter->file()));
    } else if (rows.error().code == ErrorCode::cancelled) {
        m_toasts->tell(tr("The export was cancelled; no file was left"));
    } else {
        m_toasts->tellError(QString::fromStdString(rows.error().text()));
    }
}

void PageExport::savePicture(Page* page, const QString& file)
{
    if (!m_pictures) {
        m_pictures = std::make_unique<TaskThread>("muster-picture");
    }
    // Packing a picture takes longer than a frame may: it is written behind the screen.
    m_pictures->post([image = page->grab().toImage(), file,
                      told = deliverTo<bool>(m_inbox, this, [this, file](bool saved) {
                          saved ? m_toasts->tell(tr("Picture written to %1").arg(file))
                                : m_toasts->tellError(tr("%1 cannot be written. Choose a folder "
                                                         "you may write to.")
                                                          .arg(file));
                      })] { told(image.save(file, "PNG")); });
}

}  // namespace muster::ui
