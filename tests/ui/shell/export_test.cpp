// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QFile>
#include <QImage>
#include <QListWidget>
#include <QPushButton>
#include <fstream>
#include <latch>

#include "bridge/exporter.h"
#include "charts/time_chart.h"
#include "models/time_range_model.h"
#include "pages/page.h"
#include "shell/export_dialog.h"
#include "shell/page_export.h"
#include "shell/page_host.h"
#include "shell/toasts.h"
#include "support/test_case.h"
#include "ui/shell/window_stage.h"

namespace muster::tests {

using Kind = ui::PageExport::Kind;

/// What a page shows, saved to a file.
class ExportTest : public QObject {
    Q_OBJECT

    std::unique_ptr<WindowStage> m_stage;

    void save(const QString& page, Kind kind)
    {
        m_stage->window().showPage(page);
        m_stage->window().exports()->save(m_stage->window().pages()->current(), kind);
    }

private slots:
    void init()
    {
        m_stage = std::make_unique<WindowStage>();
        m_stage->source().file = "/tmp/some.db";
        m_stage->show();
        m_stage->run();
        m_stage->window().exports()->setChooseFile(
            [this](const QString& suggested, const QString&, const auto& done) {
                done(m_stage->path(QStringLiteral("out.") + suggested.section(u'.', -1)));
            });
    }

    void cleanup() { m_stage.reset(); }

    void the_visible_range_of_a_chart_page_is_saved_as_csv()
    {
        ExportQuery asked;
        m_stage->onExport([&asked](const ExportQuery& query, std::ostream& out, const auto&) {
            asked = query;
            out << "at,metric,value\n1,a,2\n";
            return Result<std::uint64_t>(1);
        });
        save(QStringLiteral("overview"), Kind::csv);
        QTRY_COMPARE(m_stage->lastToast(),
                     "1 rows written to " + m_stage->path(QStringLiteral("out.csv")));
        QFile file(m_stage->path(QStringLiteral("out.csv")));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), "at,metric,value\n1,a,2\n");
        QVERIFY(asked.what == ExportWhat::metrics);
        QVERIFY(!asked.metrics.empty());
        QVERIFY(asked.range->from == m_stage->window().range()->range().from);
    }

    void the_events_page_saves_the_events_it_asks_for()
    {
        ExportQuery asked;
        m_stage->onExport([&asked](const ExportQuery& query, std::ostream&, const auto&) {
            asked = query;
            return Result<std::uint64_t>(0);
        });
        save(QStringLiteral("events"), Kind::jsonLines);
        QTRY_VERIFY(QFile::exists(m_stage->path(QStringLiteral("out.jsonl"))));
        QVERIFY(asked.what == ExportWhat::events);
        QVERIFY(asked.format == ExportFormat::jsonl);
        QCOMPARE(asked.events.limit, std::uint64_t{0});
    }

    void every_format_asks_for_what_it_can_hold_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("format");
        QTest::addColumn<QString>("file");
        const auto row = [](const char* name, Kind kind, ExportFormat format, const char* file) {
            QTest::newRow(name) << static_cast<int>(kind) << static_cast<int>(format)
                                << QString::fromLatin1(file);
        };
        row("wide", Kind::csvWide, ExportFormat::csvWide, "out.csv");
        row("lines", Kind::jsonLines, ExportFormat::jsonl, "out.jsonl");
        row("openmetrics", Kind::openMetrics, ExportFormat::openMetrics, "out.om");
        row("histograms", Kind::histograms, ExportFormat::hdrLog, "out.hlog");
    }
    void every_format_asks_for_what_it_can_hold()
    {
        QFETCH(int, kind);
        QFETCH(int, format);
        QFETCH(QString, file);
        ExportQuery asked;
        m_stage->onExport([&asked](const ExportQuery& query, std::ostream&, const auto&) {
            asked = query;
            return Result<std::uint64_t>(0);
        });
        save(QStringLiteral("overview"), static_cast<Kind>(kind));
        QTRY_VERIFY(QFile::exists(m_stage->path(file)));
        QCOMPARE(static_cast<int>(asked.format), format);
        QVERIFY(ui::Exporter::check(asked).ok());
        if (asked.format == ExportFormat::hdrLog) {
            QCOMPARE(asked.metrics, std::vector<std::string>{"actions.latency"});
        }
    }

    void a_page_of_events_is_not_offered_formats_of_metrics()
    {
        save(QStringLiteral("events"), Kind::openMetrics);
        QVERIFY(m_stage->lastToast().contains(QLatin1String("choose another format")));
    }

    void the_whole_session_is_copied_with_progress()
    {
        m_stage->onCopy([](const auto&, const std::filesystem::path& file,
                           const CopyProgress& progress) -> Result<std::uint64_t> {
            std::ofstream(file) << "copy";
            return progress(2, 4) ? Result<std::uint64_t>(4)
                                  : Error{ErrorCode::cancelled, "cancelled", {}, {}};
        });
        save(QStringLiteral("events"), Kind::session);
        QTRY_COMPARE(m_stage->lastToast(),
                     "Session copied to " + m_stage->path(QStringLiteral("out.db")) + ", 4 B");
    }

    void format_and_series_are_chosen_in_a_dialog()
    {
        ExportQuery asked;
        m_stage->onExport([&asked](const ExportQuery& query, std::ostream&, const auto&) {
            asked = query;
            return Result<std::uint64_t>(7);
        });
        m_stage->window().showPage(QStringLiteral("overview"));
        QTest::keyClick(&m_stage->window(), Qt::Key_E, Qt::ControlModifier);
        auto* dialog = m_stage->window().findChild<ui::ExportDialog*>();
        QVERIFY(dialog != nullptr);
        auto* series = dialog->findChild<QListWidget*>();
        auto* format = dialog->findChild<QComboBox*>();
        auto* saves = dialog->findChildren<QPushButton*>().last();
        for (auto* each : dialog->findChildren<QPushButton*>()) {
            saves = each->text().contains(QLatin1String("Save")) ? each : saves;
        }
        QCOMPARE(format->count(), 6);
        for (int row = 1; row < series->count(); ++row) {
            series->item(row)->setCheckState(Qt::Unchecked);
        }
        format->setCurrentIndex(4);  // of histograms: the series ticked is none
        QVERIFY(!saves->isEnabled());
        format->setCurrentIndex(3);
        QVERIFY(saves->isEnabled());
        const std::string ticked = series->item(0)->text().toStdString();
        series->item(0)->setCheckState(Qt::Unchecked);
        QVERIFY(!saves->isEnabled());
        series->item(0)->setCheckState(Qt::Checked);
        m_stage->theme().show(false);
        QVERIFY(dialog->grab().save(QStringLiteral(MUSTER_BINARY_DIR "/pictures/export.png")));
        saves->click();
        QTRY_VERIFY(QFile::exists(m_stage->path(QStringLiteral("out.om"))));
        QVERIFY(asked.format == ExportFormat::openMetrics);
        QCOMPARE(asked.metrics, std::vector<std::string>{ticked});
        QVERIFY(asked.range.has_value());
    }

    void a_chart_is_a_drawing_or_a_picture_in_a_file()
    {
        m_stage->window().showPage(QStringLiteral("overview"));
        auto* chart = m_stage->window().pages()->current()->charts().front();
        chart->setFocus();
        QTest::keyClick(chart, Qt::Key_S, Qt::ControlModifier);
        const auto svg = m_stage->path(QStringLiteral("out.svg"));
        QTRY_COMPARE(m_stage->lastToast(), "Picture written to " + svg);
        QFile file(svg);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().contains("<svg"));
        QTest::keyClick(chart, Qt::Key_S, Qt::ControlModifier | Qt::ShiftModifier);
        const auto png = m_stage->path(QStringLiteral("out.png"));
        QTRY_COMPARE(m_stage->lastToast(), "Picture written to " + png);
        QCOMPARE(QImage(png).size(), chart->size() * 2);
    }

    void a_cancelled_export_leaves_no_file()
    {
        std::latch begun(1);
        m_stage->onExport([&begun](const ExportQuery&, std::ostream& out,
                                   const ExportProgress& progress) -> Result<std::uint64_t> {
            begun.count_down();
            for (std::uint64_t row = 0; progress(row); ++row) {
                out << row << '\n';
                std::this_thread::yield();
            }
            return Error{ErrorCode::cancelled, "cancelled", {}, {}};
        });
        save(QStringLiteral("overview"), Kind::csv);
        begun.wait();
        m_stage->exporter().cancel();
        QTRY_COMPARE(m_stage->lastToast(), "The export was cancelled; no file was left");
        QVERIFY(!QFile::exists(m_stage->path(QStringLiteral("out.csv"))));
        QVERIFY(!QFile::exists(m_stage->path(QStringLiteral("out.csv.part"))));
    }

    void a_place_that_cannot_be_written_is_told()
    {
        m_stage->onExport(
            [](const auto&, std::ostream&, const auto&) { return Result<std::uint64_t>(0); });
        m_stage->window().exports()->setChooseFile([](const auto&, const auto&, const auto& done) {
            done(QStringLiteral("/no/such/folder/out.csv"));
        });
        save(QStringLiteral("overview"), Kind::csv);
        QTRY_VERIFY(m_stage->lastToast().contains(QLatin1String("Choose a folder")));
    }

    void without_a_recording_there_is_nothing_to_export()
    {
        m_stage->source().file.reset();
        save(QStringLiteral("overview"), Kind::csv);
        QVERIFY(m_stage->lastToast().contains(QLatin1String("not recorded")));
    }

    void a_picture_is_the_page_as_it_stands()
    {
        save(QStringLiteral("overview"), Kind::picture);
        const auto file = m_stage->path(QStringLiteral("out.png"));
        QTRY_COMPARE(m_stage->lastToast(), "Picture written to " + file);
        QCOMPARE(QImage(file).size(), m_stage->window().pages()->size());
    }
};

MUSTER_TEST_CASE(ExportTest);

}  // namespace muster::tests

#include "export_test.moc"
