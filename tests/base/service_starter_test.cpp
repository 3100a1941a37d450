// SPDX-License-Identifier: Apache-2.0
#include "base/service_starter.h"

#include <fmt/format.h>

#include <latch>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include "support/test_case.h"

namespace muster {

using Names = std::vector<std::string>;
using Order = ServiceStarter::Order;

/// What was started and stopped, in that order.
class Diary {
public:
    void write(const std::string& line)
    {
        const std::lock_guard lock(m_mutex);
        m_lines.push_back(line);
    }
    [[nodiscard]] Names lines() const
    {
        const std::lock_guard lock(m_mutex);
        return m_lines;
    }

    /// A service that writes down what is done to it; `fails` instead of starting.
    [[nodiscard]] Service service(const std::string& name, Names needs, bool slow = false,
                                  bool fails = false)
    {
        return {name, std::move(needs),
                [this, name, fails]() -> Result<void> {
                    if (fails) {
                        return Error{ErrorCode::ioFailure, "the disk is gone", "x.db", "Mend it."};
                    }
                    write("+" + name);
                    return {};
                },
                [this, name] { write("-" + name); }, slow};
    }

private:
    mutable std::mutex m_mutex;
    Names m_lines;  // guarded by m_mutex
};

class ServiceStarterTest : public QObject {
    Q_OBJECT

    static std::uint32_t groupOf(const ServiceStarter& starter, const std::string& name)
    {
        for (const auto& start : starter.starts()) {
            if (start.service == name) {
                return start.group;
            }
        }
        throw std::out_of_range(name);
    }

private slots:
    void aServiceStartsInTheGroupAfterTheLastOfItsNeeds()
    {
        Diary diary;
        ServiceStarter starter(systemClock());
        starter.add(diary.service("runtime", {"events", "log"}));
        starter.add(diary.service("events", {"log"}));
        starter.add(diary.service("log", {}));
        starter.add(diary.service("telemetry", {}));
        QVERIFY(starter.start(Order::declared).ok());
        QCOMPARE(diary.lines(), (Names{"+log", "+telemetry", "+events", "+runtime"}));
        QCOMPARE(groupOf(starter, "log"), 0U);
        QCOMPARE(groupOf(starter, "telemetry"), 0U);
        QCOMPARE(groupOf(starter, "events"), 1U);
        QCOMPARE(groupOf(starter, "runtime"), 2U);
        QCOMPARE(starter.starts().front().service, std::string("runtime"));
        QCOMPARE(starter.starts().front().needs, (Names{"events", "log"}));
    }

    void aWrongPlanStartsNothingAndSaysWhy()
    {
        const auto refused = [](const std::vector<std::pair<std::string, Names>>& plan) {
            Diary diary;
            ServiceStarter starter(systemClock());
            for (const auto& [name, needs] : plan) {
                starter.add(diary.service(name, needs));
            }
            const auto started = starter.start(Order::parallel);
            return started || !diary.lines().empty() ? std::string("it started")
                                                     : started.error().message;
        };
        QCOMPARE(refused({{"a", {}}, {"b", {"c"}}}), std::string("b needs c, which is no service"));
        QCOMPARE(refused({{"a", {}}, {"a", {}}}), std::string("two services are named a"));
        QCOMPARE(refused({{"a", {}}, {"b", {"d"}}, {"c", {"b"}}, {"d", {"c", "a"}}}),
                 std::string("the needs of b, c, d go round in a circle"));
        QCOMPARE(refused({{"a", {"a"}}}), std::string("the needs of a go round in a circle"));
    }

    void slowServicesOfAGroupRunSideBySide()
    {
        // Each waits for the others inside its start: one after the other they never end.
        constexpr int kSlow = 3;
        std::latch together(kSlow + 1);
        const auto meet = [&together]() -> Result<void> {
            together.arrive_and_wait();
            return {};
        };
        ServiceStarter starter(systemClock());
        for (int i = 0; i < kSlow; ++i) {
            starter.add({fmt::format("slow-{}", i), {}, meet, {}, true});
        }
        starter.add({"quick", {}, meet, {}});
        QVERIFY(starter.start(Order::parallel).ok());

        std::latch alone(2);
        const auto both = [&alone]() -> Result<void> {
            alone.arrive_and_wait();
            return {};
        };
        ServiceStarter onlySlow(systemClock());
        onlySlow.add({"one", {}, both, {}, true});
        onlySlow.add({"two", {}, both, {}, true});
        QVERIFY(onlySlow.start(Order::parallel).ok());
    }

    void threadsAreStartedOnlyWhereSomethingElseCanBeDoneMeanwhile()
    {
        std::set<std::thread::id> threads;
        std::mutex mutex;
        const auto note = [&]() -> Result<void> {
            const std::lock_guard lock(mutex);
            threads.insert(std::this_thread::get_id());
            return {};
        };
        ServiceStarter starter(systemClock());
        starter.add({"quick", {}, note, {}});
        starter.add({"also quick", {}, note, {}});
        starter.add({"slow but alone", {"quick"}, note, {}, true});
        QVERIFY(starter.start(Order::parallel).ok());
        QCOMPARE(threads, std::set{std::this_thread::get_id()});
    }

    void aSimulatedStartKeepsToOneThreadAndTheDeclaredOrder()
    {
        Diary diary;
        std::set<std::thread::id> threads;
        ServiceStarter starter(systemClock());
        for (const auto* name : {"c", "a", "b"}) {
            auto service = diary.service(name, {}, true);
            service.start = [&threads, start = service.start] {
                threads.insert(std::this_thread::get_id());
                return start();
            };
            starter.add(std::move(service));
        }
        QVERIFY(starter.start(Order::declared).ok());
        QCOMPARE(diary.lines(), (Names{"+c", "+a", "+b"}));
        QCOMPARE(threads, std::set{std::this_thread::get_id()});
    }

    void whicheverFailsTheStartedAreStoppedInReverse_data()
    {
        QTest::addColumn<QString>("failing");
        QTest::addColumn<QString>("diary");
        const auto row = [](const char* failing, const char* diary) {
            QTest::newRow(failing) << failing << diary;
        };
        row("log", "");
        row("bus", "+log -log");
        row("store", "+log +bus -bus -log");
        row("runtime", "+log +bus +store -store -bus -log");
        row("control", "+log +bus +store +runtime -runtime -store -bus -log");
    }

    void whicheverFailsTheStartedAreStoppedInReverse()
    {
        QFETCH(const QString, failing);
        QFETCH(const QString, diary);
        Diary written;
        ServiceStarter starter(systemClock());
        const auto add = [&](const std::string& name, Names needs) {
            starter.add(written.service(name, std::move(needs), false,
                                        failing == QString::fromStdString(name)));
        };
        add("log", {});
        add("bus", {"log"});
        add("store", {"bus"});
        add("runtime", {"bus"});
        add("control", {"store", "runtime"});
        const auto started = starter.start(Order::parallel);
        QVERIFY(!started.ok());
        QVERIFY(started.error().code == ErrorCode::ioFailure);
        QCOMPARE(started.error().text(),
                 fmt::format("x.db: {}: the disk is gone. Mend it.", failing.toStdString()));
        QStringList lines;
        for (const auto& line : written.lines()) {
            lines << QString::fromStdString(line);
        }
        QCOMPARE(lines.join(' '), diary);
        bool before = true;
        for (const auto& start : starter.starts()) {
            const bool failed = start.service == failing.toStdString();
            before = before && !failed;
            QVERIFY(start.state == (failed   ? ServiceState::failed
                                    : before ? ServiceState::stopped
                                             : ServiceState::waiting));
        }
    }

    void whatIsUnderWayBesideAFailureFinishesAndIsStopped()
    {
        std::latch begun(1);
        std::latch failing(1);
        Diary diary;
        ServiceStarter starter(systemClock());
        auto patient = diary.service("patient", {}, true);
        patient.start = [&, start = patient.start] {
            begun.count_down();
            failing.wait();
            return start();
        };
        starter.add(std::move(patient));
        starter.add({"hasty",
                     {},
                     [&]() -> Result<void> {
                         begun.wait();
                         failing.count_down();
                         return Error{ErrorCode::unavailable, "no", "", ""};
                     },
                     {}});
        starter.add(diary.service("later", {"patient"}));
        const auto started = starter.start(Order::parallel);
        QCOMPARE(started.error().message, std::string("hasty: no"));
        QCOMPARE(diary.lines(), (Names{"+patient", "-patient"}));
    }

    void anExceptionOnAnyThreadIsTheServicesFailure()
    {
        ServiceStarter starter(systemClock());
        const auto throws = []() -> Result<void> { throw std::runtime_error("thrown"); };
        starter.add({"one", {}, throws, {}, true});
        starter.add({"two", {}, [] { return Result<void>(); }, {}});
        const auto started = starter.start(Order::parallel);
        QVERIFY(started.error().code == ErrorCode::internal);
        QCOMPARE(started.error().message, std::string("one: thrown"));
    }

    void eachIsTimedFromTheBeginningOfTheWhole()
    {
        using std::chrono::milliseconds;
        const auto clock = std::make_shared<ManualClock>();
        ServiceStarter starter(clock);
        const auto lasting = [&clock](int ms) {
            return [&clock, ms]() -> Result<void> {
                clock->advance(milliseconds(ms));
                return {};
            };
        };
        starter.add({"first", {}, lasting(3), {}});
        starter.add({"second", {"first"}, lasting(4), {}});
        QVERIFY(starter.start(Order::declared).ok());
        QVERIFY(starter.starts()[0].began == Duration::zero());
        QVERIFY(starter.starts()[0].took == milliseconds(3));
        QVERIFY(starter.starts()[1].began == milliseconds(3));
        QVERIFY(starter.starts()[1].took == milliseconds(4));
    }
};

MUSTER_TEST_CASE(ServiceStarterTest);

}  // namespace muster

#include "service_starter_test.moc"
