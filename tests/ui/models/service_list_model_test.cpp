// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/service_list_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

#include "support/test_case.h"

using namespace muster;
using namespace muster::ui;
using namespace std::chrono_literals;

class ServiceListModelTest : public QObject {
    Q_OBJECT

private slots:
    void troubleComesFirstThenNames();
    void figuresChangeInPlace();
    void aServiceMovesWhenItsTroubleIsAnotherOne();
    void theFilterTakesWordsStatesAndTrouble();
    void whatIsPinnedComesFirst();
    void theBreakerIsToldInWords();
    void aMinuteOfRatesIsKept();
};

namespace {

ServiceStatus service(const std::string& name, const char* state, double perSecond = 10)
{
    ServiceStatus status;
    status.name = name;
    status.perSecond = perSecond;
    status.breaker.emplace();
    status.breaker->state = state;
    return status;
}

std::vector<ServiceStatus> sample()
{
    return {service("b", "closed"), service("a", "closed", 90), service("half", "half_open"),
            service("out", "open", 0), service("hand", "forced_open", 0)};
}

QStringList names(const ServiceListModel& model)
{
    QStringList all;
    for (int row = 0; row < model.rowCount(); ++row) {
        all << model.index(row).data().toString();
    }
    return all;
}

constexpr WallTime kStart{1'000'000'000'000};

}  // namespace

void ServiceListModelTest::troubleComesFirstThenNames()
{
    ServiceListModel model;
    QAbstractItemModelTester tester(&model);
    model.setServices(sample(), kStart);
    QCOMPARE(names(model), QStringList({"out", "hand", "half", "a", "b"}));
    model.setOrder(ServiceListModel::Order::name);
    QCOMPARE(names(model), QStringList({"a", "b", "half", "hand", "out"}));
    model.setOrder(ServiceListModel::Order::rate);
    QCOMPARE(names(model).first(), QStringLiteral("a"));
    QCOMPARE(model.inState("open"), 1);
    QCOMPARE(model.highestRate(), 90.0);
}

void ServiceListModelTest::figuresChangeInPlace()
{
    ServiceListModel model;
    model.setServices(sample(), kStart);
    QSignalSpy moved(&model, &QAbstractItemModel::layoutChanged);
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    auto next = sample();
    next[0].perSecond = 5'000;
    model.setServices(next, kStart + 100ms);
    QCOMPARE(moved.count() + reset.count(), 0);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(model.rowAt(model.rowOf("b"))->status.perSecond, 5'000.0);
}

void ServiceListModelTest::aServiceMovesWhenItsTroubleIsAnotherOne()
{
    ServiceListModel model;
    QAbstractItemModelTester tester(&model);
    model.setServices(sample(), kStart);
    const QPersistentModelIndex b = model.index(model.rowOf("b"));
    auto next = sample();
    next[0].failuresPerSecond = 4;
    model.setServices(next, kStart + 100ms);
    QCOMPARE(names(model), QStringList({"out", "hand", "half", "b", "a"}));
    QCOMPARE(b.row(), 3);
    next[0].failuresPerSecond = 0;
    next[1].rejectionsPerSecond = 1;
    model.setServices(next, kStart + 200ms);
    QCOMPARE(names(model), QStringList({"out", "hand", "half", "a", "b"}));
    QCOMPARE(b.row(), 4);
}

void ServiceListModelTest::theFilterTakesWordsStatesAndTrouble()
{
    ServiceListModel model;
    model.setServices(sample(), kStart);
    model.setFilter("HA");
    QCOMPARE(names(model), QStringList({"hand", "half"}));
    model.setFilter("state:open,half-open");
    QCOMPARE(names(model), QStringList({"out", "half"}));
    model.setFilter("trouble:yes h");
    QCOMPARE(names(model), QStringList({"hand", "half"}));
    model.setFilter("nothing");
    QCOMPARE(model.rowCount(), 0);
    QCOMPARE(model.total(), 5);
    model.setServices(sample(), kStart + 100ms);
    QCOMPARE(model.rowCount(), 0);
    model.setFilter({});
    QCOMPARE(model.rowCount(), 5);
}

void ServiceListModelTest::whatIsPinnedComesFirst()
{
    ServiceListModel model;
    model.setPinned({"b"});
    model.setServices(sample(), kStart);
    QCOMPARE(names(model).first(), QStringLiteral("b"));
    QVERIFY(model.rowAt(0)->pinned);
    model.togglePin("half");
    QCOMPARE(names(model), QStringList({"half", "b", "out", "hand", "a"}));
    model.togglePin("b");
    QCOMPARE(model.pinned(), QStringList({"half"}));
}

void ServiceListModelTest::theBreakerIsToldInWords()
{
    ServiceStatus one = service("x", "open");
    one.breaker->retryAfter = {1.4e9, {}};
    one.breaker->opened = 3;
    QCOMPARE(ServiceListModel::breakerText(one),
             QStringLiteral("retry in 1.40 s · opened 3 times"));
    one.breaker->state = "half_open";
    one.breaker->calls = 3;
    one.breaker->failures = 1;
    one.breaker->probesMost = 10;
    QCOMPARE(ServiceListModel::breakerText(one),
             QStringLiteral("3 of 10 probes answered, 1 failed"));
    one.breaker->state = "closed";
    one.breaker->opened = 1;
    QCOMPARE(ServiceListModel::breakerText(one), QStringLiteral("opened once"));
    one.breaker->opened = 0;
    QCOMPARE(ServiceListModel::breakerText(one), QStringLiteral("never opened"));
    one.breaker.reset();
    QCOMPARE(ServiceListModel::breakerText(one), QStringLiteral("no circuit breaker"));
    QVERIFY(ServiceListModel::troubleOf(one) == ServiceListModel::Trouble::none);
}

void ServiceListModelTest::aMinuteOfRatesIsKept()
{
    ServiceListModel model;
    WallTime at = kStart;
    for (int step = 0; step < 1'000; ++step) {  // ten a second
        auto services = sample();
        services[0].perSecond = step;
        model.setServices(services, at);
        at = at + 100ms;
    }
    const auto* row = model.rowAt(model.rowOf("b"));
    QCOMPARE(row->rates.size(), ServiceListModel::kHistory);
    QVERIFY(row->rates.back() >= 990);
    QCOMPARE(row->rates.back() - row->rates.front(), 590.0);
}

MUSTER_TEST_CASE(ServiceListModelTest);
#include "service_list_model_test.moc"
