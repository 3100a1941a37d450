// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/event_table_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

#include "support/test_case.h"
#include "ui/support/fake_source.h"

namespace muster::tests {

using ui::EventTableModel;

class EventTableModelTest : public QObject {
    Q_OBJECT

    std::vector<EventQuery> m_queries;
    EventTableModel::Request::Answer m_answer;
    std::unique_ptr<EventTableModel> m_model;
    std::unique_ptr<QAbstractItemModelTester> m_tester;

    /// Events numbered `from` down to `to`, newest first.
    static EventPage page(std::uint64_t from, std::uint64_t to, bool more)
    {
        EventPage page{{}, more};
        for (auto number = from; number >= to; --number) {
            page.rows.push_back(eventRow(number));
        }
        return page;
    }

    static EventQuery ofType(const std::string& type)
    {
        EventQuery query;
        query.type = type;
        return query;
    }

    /// Events numbered `from` up to `to`, as they happened.
    static std::vector<EventRow> happened(std::uint64_t from, std::uint64_t to)
    {
        std::vector<EventRow> rows;
        for (auto number = from; number <= to; ++number) {
            rows.push_back(eventRow(number));
        }
        return rows;
    }

    std::uint64_t number(int row) const { return m_model->eventAt(row)->id.sequence; }

private slots:
    void init()
    {
        m_queries.clear();
        m_model = std::make_unique<EventTableModel>(
            [this](const EventQuery& query, EventTableModel::Request::Answer answer) {
                m_queries.push_back(query);
                m_answer = std::move(answer);
            });
        m_tester = std::make_unique<QAbstractItemModelTester>(
            m_model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    }

    void cleanup()
    {
        m_tester.reset();
        m_model.reset();
    }

    void a_query_is_read_a_page_at_a_time_by_key()
    {
        m_tester.reset();  // it fetches more by itself
        m_model->setQuery(ofType("action.*"));
        QCOMPARE(m_queries.back().limit, EventTableModel::kPageRows);
        QVERIFY(!m_queries.back().after);
        m_answer(page(1'000, 801, true));
        QCOMPARE(m_model->rowCount(), 200);
        QVERIFY(m_model->canFetchMore({}));
        m_model->fetchMore({});
        QCOMPARE(m_queries.back().after->sequence, std::uint64_t{801});
        QCOMPARE(m_queries.back().type, std::string{"action.*"});
        QVERIFY(!m_model->canFetchMore({}));
        m_answer(page(800, 790, false));
        QCOMPARE(m_model->rowCount(), 211);
        QVERIFY(!m_model->canFetchMore({}));
        QVERIFY(m_model->complete());
    }

    void a_new_query_overtakes_the_one_under_way()
    {
        m_model->setQuery(ofType("agent.*"));
        const auto late = m_answer;
        m_model->setQuery(ofType("load.*"));
        late(page(10, 1, false));
        QCOMPARE(m_model->rowCount(), 0);
        m_answer(page(20, 18, false));
        QCOMPARE(m_model->rowCount(), 3);
    }

    void the_tail_starts_from_what_was_there_and_grows_at_the_top()
    {
        m_model->startTail({});
        m_model->append(happened(9, 11));
        m_answer(page(10, 5, true));
        QCOMPARE(m_model->rowCount(), 7);
        QCOMPARE(number(0), std::uint64_t{11});
        QCOMPARE(number(6), std::uint64_t{5});
        QVERIFY(!m_model->canFetchMore({}));
        const QPersistentModelIndex newest = m_model->index(0, 0);
        m_model->append(happened(12, 13));
        QCOMPARE(newest.row(), 2);
        QCOMPARE(number(0), std::uint64_t{13});
    }

    void the_tail_is_bounded()
    {
        m_model->startTail({});
        m_answer(EventPage{});
        m_model->append(happened(1, EventTableModel::kTailRows));
        m_model->append(happened(EventTableModel::kTailRows + 1, EventTableModel::kTailRows + 10));
        QCOMPARE(m_model->rowCount(), EventTableModel::kTailRows);
        QCOMPARE(number(EventTableModel::kTailRows - 1), std::uint64_t{11});
        m_model->append(happened(1, 3 * EventTableModel::kTailRows));
        QCOMPARE(m_model->rowCount(), EventTableModel::kTailRows);
        QCOMPARE(number(0), std::uint64_t{3 * EventTableModel::kTailRows});
    }

    void a_paused_tail_stands_still_and_catches_up_when_it_goes_on()
    {
        m_model->startTail({});
        m_answer(EventPage{});
        m_model->append(happened(1, 3));
        m_model->setPaused(true);
        QSignalSpy inserted(m_model.get(), &QAbstractItemModel::rowsInserted);
        m_model->append(happened(4, 9));
        QCOMPARE(inserted.size(), 0);
        QCOMPARE(m_model->waiting(), 6);
        m_model->setPaused(false);
        QCOMPARE(inserted.size(), 1);
        QCOMPARE(m_model->rowCount(), 9);
        QCOMPARE(m_model->waiting(), 0);
    }

    void what_waits_while_paused_is_bounded_too()
    {
        m_model->startTail({});
        m_model->setPaused(true);
        m_model->append(happened(1, EventTableModel::kTailRows + 500));
        QCOMPARE(m_model->waiting(), EventTableModel::kTailRows);
    }

    void rows_of_a_tail_do_not_get_into_a_query()
    {
        m_model->setQuery({});
        m_answer(page(5, 1, false));
        m_model->append(happened(6, 8));
        QCOMPARE(m_model->rowCount(), 5);
    }

    void an_error_ends_the_paging_and_is_told()
    {
        QSignalSpy refreshed(m_model.get(), &EventTableModel::refreshed);
        m_model->setQuery({});
        m_answer(Error{ErrorCode::corrupt, "the database is damaged", "a.db", {}});
        QCOMPARE(refreshed[0][0].toString(), "a.db: the database is damaged");
        QVERIFY(!m_model->canFetchMore({}));
    }
};

MUSTER_TEST_CASE(EventTableModelTest);

}  // namespace muster::tests

#include "event_table_model_test.moc"
