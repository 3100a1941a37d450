// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QImage>
#include <latch>

#include "models/time_range_model.h"
#include "shell/page_export.h"
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
