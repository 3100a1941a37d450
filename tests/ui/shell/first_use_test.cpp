// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QLayout>
#include <QLineEdit>
#include <QPushButton>

#include "models/time_range_model.h"
#include "models/time_series_model.h"
#include "pages/start/offer_row.h"
#include "shell/toasts.h"
#include "support/test_case.h"
#include "ui/shell/window_stage.h"
#include "widgets/chip.h"
#include "widgets/flat_table.h"

namespace muster::tests {

/// What someone meets who uses the window for the first time.
class FirstUseTest : public QObject {
    Q_OBJECT

    std::unique_ptr<WindowStage> m_stage;

    ui::MainWindow& window() { return m_stage->window(); }
    ui::Toasts& toasts() { return *window().toasts(); }

    void press(Qt::Key key, Qt::KeyboardModifiers with = Qt::NoModifier)
    {
        auto* focus = QApplication::focusWidget();
        QTest::keyClick(focus != nullptr ? focus : &window(), key, with);
    }

    QStringList offers()
    {
        QStringList all;
        for (const auto* button : toasts().findChildren<QPushButton*>()) {
            all << button->text();
        }
        return all;
    }

private slots:
    void init()
    {
        m_stage = std::make_unique<WindowStage>();
        m_stage->show();
    }

    void cleanup() { m_stage.reset(); }

    void a_session_is_as_large_as_its_file_and_its_log()
    {
        QVERIFY(QDir().mkpath(m_stage->path(QStringLiteral("sessions"))));
        for (const auto* name : {"sessions/run.db", "sessions/run.db-wal"}) {
            QFile file(m_stage->path(QLatin1String(name)));
            QVERIFY(file.open(QIODevice::WriteOnly));
            QVERIFY(file.resize(3 * 1024 * 1024));
        }
        m_stage->restart();
        m_stage->show();
        const auto texts = [this] {
            QStringList all;
            for (auto* row : window().findChildren<ui::OfferRow*>()) {
                for (auto* label : row->findChildren<QLabel*>()) {
                    all << label->text();
                }
            }
            return all.join(QLatin1Char('|'));
        };
        QTRY_VERIFY2(texts().contains(QLatin1String("6.00 MiB")), qPrintable(texts()));
    }

    void outcomes_stand_inside_the_window_however_long_they_are()
    {
        const auto text = QStringLiteral("Load stepped from 411,198 a second to 452,318 a second");
        toasts().tell(text);
        toasts().tell(text + QStringLiteral(", and it stays there until it is handed back"), "Undo",
                      [] {});
        toasts().tell(QStringLiteral("Burst of 1000 added"));
        const auto corner = [this] { return toasts().geometry().bottomRight() + QPoint(1, 1); };
        QTRY_COMPARE(toasts().height(), toasts().layout()->sizeHint().height());
        constexpr int kMargin = ui::space::kPage;
        QTRY_COMPARE(corner().x(), window().width() - kMargin);
        QVERIFY(corner().y() <= window().height() - kMargin);
        for (const auto* toast : toasts().findChildren<QLabel*>(QStringLiteral("toast"))) {
            const auto bottom = [&] {
                return toast->mapTo(&window(), toast->rect().bottomLeft()).y();
            };
            QTRY_VERIFY2(bottom() < window().height() - kMargin,
                         qPrintable(QStringLiteral("%1: %2").arg(bottom()).arg(toast->text())));
        }
    }

    void only_the_last_thing_done_offers_to_be_undone()
    {
        int undone = 0;
        toasts().tell(QStringLiteral("Load paused"), QStringLiteral("Undo"), [&] { undone = 1; });
        toasts().tell(QStringLiteral("Load resumed"), QStringLiteral("Undo"), [&] { undone = 2; });
        QCOMPARE(offers(), QStringList{QStringLiteral("Undo")});
        QTest::mouseClick(toasts().findChild<QPushButton*>(), Qt::LeftButton);
        QCOMPARE(undone, 2);
    }

    void a_new_run_has_no_curves_of_the_one_before_it()
    {
        m_stage->source().onHistory = [](const HistoryQuery& query) -> Result<HistoryPage> {
            HistoryPage page;
            page.resolution = std::chrono::seconds(1);
            for (const auto series : query.series) {
                page.series.push_back({series, {{query.range.from, 76, 76, 76}}});
            }
            return page;
        };
        m_stage->run();
        window().range()->freeze();  // as the end of a run does
        auto* series = window().findChild<ui::TimeSeriesModel*>();
        m_stage->run();
        QTRY_VERIFY(!series->empty());
        QTRY_VERIFY(window().range()->live());
        QCoreApplication::processEvents();
        QCOMPARE(series->oldest(), std::optional(m_stage->bridge().snapshot()->frame.at));
    }

    void a_page_that_is_shown_does_not_take_the_keys_of_the_window()
    {
        m_stage->run();
        press(Qt::Key_3, Qt::ControlModifier);
        auto* filter = window().pages()->current()->findChild<QLineEdit*>();
        press(Qt::Key_4, Qt::ControlModifier);
        press(Qt::Key_3, Qt::ControlModifier);
        QVERIFY(!filter->hasFocus());
        press(Qt::Key_Slash);
        QTRY_VERIFY(filter->hasFocus());
        press(Qt::Key_4, Qt::ControlModifier);
        const auto* type = window().pages()->current()->findChild<QLineEdit*>();
        QVERIFY(!type->hasFocus());
    }

    void the_filter_key_pressed_twice_begins_no_filter()
    {
        m_stage->run();
        window().showPage(QStringLiteral("agents"));
        auto* filter = window().pages()->current()->findChild<QLineEdit*>();
        press(Qt::Key_Slash);
        QTRY_VERIFY(filter->hasFocus());
        QTest::keyClicks(filter, QStringLiteral("/bee"));
        QCOMPARE(filter->text(), "bee");
    }

    void what_passed_too_fast_is_told_beside_the_totals_not_over_them()
    {
        m_stage->run();
        window().showPage(QStringLiteral("events"));
        QTRY_VERIFY(m_stage->source().tail());
        QVERIFY(m_stage->source().emitEvents({eventRow(1)}, 1'217'000));
        auto* page = window().pages()->current();
        QLabel* note = nullptr;
        for (auto* label : page->findChildren<QLabel*>()) {
            note = label->text().startsWith(QLatin1String("Newest first")) ? label : note;
        }
        QVERIFY(note != nullptr);
        QTRY_VERIFY2(note->text().endsWith(QLatin1String("not shown")), qPrintable(note->text()));
        const auto* totals = page->findChild<ui::Chip*>();
        QVERIFY(note->x() >= totals->geometry().right());
    }

    void the_agents_of_a_run_that_ended_are_not_waited_for()
    {
        m_stage = std::make_unique<WindowStage>(0);
        m_stage->show();
        m_stage->run();
        auto ended = busySnapshot(2);
        ended->state = RunState::finished;
        window().showPage(QStringLiteral("agents"));
        m_stage->give(ended);
        auto* table = window().pages()->current()->findChild<ui::FlatTable*>();
        QTRY_VERIFY2(table->emptyText().startsWith(QLatin1String("The run has ended")),
                     qPrintable(table->emptyText()));
    }
};

MUSTER_TEST_CASE(FirstUseTest);

}  // namespace muster::tests

#include "first_use_test.moc"
