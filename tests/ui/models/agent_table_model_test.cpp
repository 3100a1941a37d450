// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/agent_table_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <deque>

#include "support/test_case.h"
#include "ui/support/fake_source.h"

namespace muster::tests {

using ui::AgentTableModel;

/// Answers when the test says so.
class AgentTableModelTest : public QObject {
    Q_OBJECT

    struct Asked {
        AgentQuery query;
        AgentTableModel::Request::Answer answer;
    };

    std::deque<Asked> m_asked;
    std::unique_ptr<AgentTableModel> m_model;
    std::unique_ptr<QAbstractItemModelTester> m_tester;

    /// The first `matching` of the made agents, from the query's offset on.
    void answer(std::uint64_t matching, std::uint64_t shift = 0)
    {
        const auto asked = m_asked.front();
        m_asked.pop_front();
        AgentPage page{100'240, matching, asked.query.offset, {}, {}};
        for (auto at = page.offset; at < matching && page.rows.size() < asked.query.limit; ++at) {
            page.rows.push_back(agentRow(at + shift));
        }
        asked.answer(page);
    }

    QString text(int row, int column) const
    {
        return m_model->index(row, column).data().toString();
    }

private slots:
    void init()
    {
        m_asked.clear();
        m_model = std::make_unique<AgentTableModel>(
            [this](const AgentQuery& query, AgentTableModel::Request::Answer answer) {
                m_asked.push_back({query, std::move(answer)});
            });
        m_tester = std::make_unique<QAbstractItemModelTester>(
            m_model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    }

    void cleanup()
    {
        m_tester.reset();
        m_model.reset();
    }

    void the_table_is_as_long_as_what_matches_but_holds_only_what_was_fetched()
    {
        m_model->refresh();
        answer(8'112);
        QCOMPARE(m_model->rowCount(), 8'112);
        QCOMPARE(m_model->total(), quint64{100'240});
        QCOMPARE(text(0, AgentTableModel::nameColumn), "indexer-1000");
        QCOMPARE(text(5'000, AgentTableModel::nameColumn), "loading…");
        QVERIFY(m_model->agentAt(5'000) == nullptr);
    }

    void scrolling_asks_for_the_window_and_a_margin()
    {
        m_model->refresh();
        answer(8'112);
        m_model->setWindow(4'000, 30);
        QCOMPARE(m_asked.front().query.offset, std::uint64_t{3'950});
        QCOMPARE(m_asked.front().query.limit, std::uint64_t{130});
        answer(8'112);
        QCOMPARE(text(4'000, AgentTableModel::nameColumn), "indexer-5000");
        QCOMPARE(text(0, AgentTableModel::nameColumn), "loading…");
    }

    void a_fast_scroll_asks_once_more_and_for_the_last_place_only()
    {
        m_model->refresh();
        answer(8'112);
        for (int row = 1'000; row <= 7'000; row += 100) {
            m_model->setWindow(row, 30);
        }
        QCOMPARE(m_asked.size(), std::size_t{1});
        answer(8'112);
        QCOMPARE(m_asked.size(), std::size_t{1});
        QCOMPARE(m_asked.front().query.offset, std::uint64_t{6'950});
        answer(8'112);
        QVERIFY(m_model->agentAt(7'000) != nullptr);
        QVERIFY(m_asked.empty());
    }

    void a_refresh_changes_cells_in_place()
    {
        m_model->refresh();
        answer(500);
        QSignalSpy reset(m_model.get(), &QAbstractItemModel::modelReset);
        QSignalSpy changed(m_model.get(), &QAbstractItemModel::dataChanged);
        QSignalSpy inserted(m_model.get(), &QAbstractItemModel::rowsInserted);
        const QPersistentModelIndex third = m_model->index(3, 0);
        m_model->refresh();
        answer(500, 7);
        QCOMPARE(reset.size(), 0);
        QCOMPARE(inserted.size(), 0);
        QCOMPARE(changed.size(), 1);
        QCOMPARE(third.row(), 3);
        QCOMPARE(text(0, AgentTableModel::nameColumn), "checker-1007");
    }

    void the_table_grows_and_shrinks_at_its_end()
    {
        m_model->refresh();
        answer(500);
        QSignalSpy inserted(m_model.get(), &QAbstractItemModel::rowsInserted);
        QSignalSpy removed(m_model.get(), &QAbstractItemModel::rowsRemoved);
        m_model->refresh();
        answer(510);
        QCOMPARE(inserted.size(), 1);
        m_model->refresh();
        answer(20);
        QCOMPARE(removed.size(), 1);
        QCOMPARE(m_model->rowCount(), 20);
    }

    void a_table_that_shrank_above_the_window_shows_its_new_end()
    {
        m_model->refresh();
        answer(5'000);
        m_model->setWindow(4'000, 30);
        answer(5'000);
        m_model->refresh();
        answer(200);
        QCOMPARE(m_asked.size(), std::size_t{1});
        answer(200);
        QVERIFY(m_model->agentAt(199) != nullptr);
    }

    void sorting_and_filtering_are_the_engines()
    {
        m_model->sort(AgentTableModel::mailboxColumn, Qt::DescendingOrder);
        QCOMPARE(m_asked.front().query.sort, AgentColumn::mailbox);
        QVERIFY(m_asked.front().query.descending);
        answer(10);
        m_model->setFilter(" type:task mailbox:>0 ");
        QCOMPARE(m_asked.front().query.filter, std::string{"type:task mailbox:>0"});
        QCOMPARE(m_asked.front().query.sort, AgentColumn::mailbox);
    }

    void the_tick_column_is_no_order()
    {
        m_model->sort(AgentTableModel::checkColumn, Qt::AscendingOrder);
        QVERIFY(m_asked.empty());
    }

    void a_bad_filter_leaves_the_rows_and_says_why()
    {
        m_model->refresh();
        answer(10);
        QSignalSpy refreshed(m_model.get(), &AgentTableModel::refreshed);
        m_model->setFilter("tpye:task");
        m_asked.front().answer(
            Error{ErrorCode::invalidArgument, "unknown term 'tpye'", {}, "Did you mean 'type'?"});
        QCOMPARE(refreshed.size(), 1);
        QCOMPARE(refreshed[0][0].toString(), "unknown term 'tpye'. Did you mean 'type'?");
        QCOMPARE(m_model->rowCount(), 10);
    }

    void a_refresh_waits_for_the_answer_before_it()
    {
        m_model->refresh();
        m_model->refresh();
        m_model->refresh();
        QCOMPARE(m_asked.size(), std::size_t{1});
        answer(10);
        QVERIFY(m_asked.empty());
    }

    void ticks_belong_to_agents_and_not_to_rows()
    {
        m_model->refresh();
        answer(500);
        QSignalSpy checked(m_model.get(), &AgentTableModel::checkedChanged);
        QVERIFY(m_model->setData(m_model->index(8, 0), Qt::Checked, Qt::CheckStateRole));
        QCOMPARE(checked[0][0].toInt(), 1);
        m_model->refresh();
        answer(500, 7);
        QCOMPARE(m_model->index(1, 0).data(Qt::CheckStateRole).toInt(), int{Qt::Checked});
        QCOMPARE(m_model->index(8, 0).data(Qt::CheckStateRole).toInt(), int{Qt::Unchecked});
        QVERIFY(m_model->checked() == QList<AgentId>{agentRow(8).id});
        QCOMPARE(m_model->rowOf(agentRow(8).id), 1);
        m_model->clearChecked();
        QVERIFY(m_model->checked().isEmpty());
    }

    void a_figure_not_known_is_empty_and_says_why()
    {
        m_model->refresh();
        answer(10);
        const auto cell = m_model->index(4, AgentTableModel::p99Column);
        QVERIFY(!cell.data().isValid());
        QCOMPARE(cell.data(Qt::ToolTipRole).toString(), "not sampled yet");
        QVERIFY(m_model->index(3, AgentTableModel::p99Column).data().isValid());
    }

    void clearing_drops_the_answer_under_way()
    {
        m_model->refresh();
        answer(10);
        m_model->refresh();
        m_model->clear();
        QCOMPARE(m_model->rowCount(), 0);
        answer(10);
        QCOMPARE(m_model->rowCount(), 0);
    }
};

MUSTER_TEST_CASE(AgentTableModelTest);

}  // namespace muster::tests

#include "agent_table_model_test.moc"
