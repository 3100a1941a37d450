// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>

#include "support/test_case.h"
#include "workload/workload.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr const char* kShop = R"([workload]
name = "w"
[[agents]]
name = "a"
action = "buy"
[actions.buy]
kind = "synthetic"
service = "shop"
)";

const ActionRegistry& registry()
{
    static const ActionRegistry kinds = builtInActions();
    return kinds;
}

Result<WorkloadSpec> parse(const std::string& more)
{
    return parseWorkload(kShop + more, "w.toml", {}, registry());
}

ServiceSpec shop()
{
    return parse("[services.shop]\nlimiter={rate='500/s',burst=50}\nbreaker={}\n")
        .value()
        .services.front();
}

}  // namespace

class ServiceSpecTest : public QObject {
    Q_OBJECT
private slots:
    void everyStageIsRead()
    {
        const auto spec = parse(R"([services.shop]
deadline = "2s"
limiter = { rate = "30/min", burst = 7, wait = "20ms" }
breaker = { failure_rate = "40%", minimum_calls = 5, window_calls = 50, open_for = "5s", open_factor = 2, half_open = { decide = "ramp", probes = 3, ramp = ["20%", 0.5] }, classes = { rejected = { counts = "ignored" }, timeout = { rate = "20%", consecutive = 4 } } }
bulkhead = { concurrent = 9, queue = 11, wait = "3s" }
adaptive = { algorithm = "aimd", floor = 5 }
[services.shop.retry]
attempts = 4
backoff = "decorrelated"
base = "10ms"
own_rejections = false
classes = { application = { retried = false } }
budget = { kind = "active", share = "30%", least = 2 }
)");
        QVERIFY2(spec.ok(), spec.ok() ? "" : spec.error().message.c_str());
        QCOMPARE(spec->actions[0].service, std::optional<std::size_t>(0));
        const ServiceSettings& s = spec->services[0].settings;
        QCOMPARE(s.deadline, Duration(2s));
        QVERIFY((s.limiter->bucket().rate == Rate{30, 60s}));
        QCOMPARE(s.limiter->bucket().burst, std::uint64_t{7});
        QCOMPARE(s.limiter->longestWait, Duration(20ms));
        QCOMPARE(s.breaker->failureRate, 0.4);
        QVERIFY(s.breaker->window.kind == BreakerWindow::Kind::count);
        QCOMPARE(s.breaker->window.calls, 50U);
        QCOMPARE(s.breaker->open.wait, Duration(5s));
        QCOMPARE(s.breaker->open.factor, 2.0);
        QVERIFY(s.breaker->halfOpen.decide == HalfOpenSettings::Decide::ramp);
        QVERIFY((s.breaker->halfOpen.ramp == std::vector<double>{0.2, 0.5}));
        QVERIFY(s.breaker->classes[3].counts == ClassRule::Counts::notAtAll);
        QCOMPARE(s.breaker->classes[1].rate, std::optional(0.2));
        QCOMPARE(s.breaker->classes[1].consecutive, 4U);
        QVERIFY((s.bulkhead == BulkheadSettings{9, 11, 3s}));
        QVERIFY(s.adaptive->algorithm == AdaptiveSettings::Algorithm::aimd);
        QCOMPARE(s.adaptive->floor, 5U);
        QCOMPARE(s.retry->attempts, 4U);
        QVERIFY(s.retry->backoff == RetrySettings::Backoff::decorrelated);
        QVERIFY(!s.retry->ownRejections && !s.retry->classes[2].retried);
        QVERIFY((s.budget == RetryBudgetSettings(ActiveBudgetSettings{0.3, 2})));
    }
    void whatIsLeftOutHasTheDefaultsOfItsSchemaAndOfTheCode()
    {
        const auto spec = parse(
            "[services.shop]\nretry={}\nbreaker={}\nbulkhead={}\n"
            "adaptive={}\nlimiter={rate='1/s'}\n");
        QVERIFY(spec.ok());
        const ServiceSpec& service = spec->services[0];
        QVERIFY(service.settings.retry == RetrySettings{});
        QVERIFY(service.settings.breaker == BreakerSettings{});
        QVERIFY(service.settings.bulkhead == BulkheadSettings{});
        QVERIFY(service.settings.adaptive == AdaptiveSettings{});
        QVERIFY(service.settings.budget == RetryBudgetSettings());
        // Written down, every default reads back to itself.
        for (const std::string key : {"retry.attempts",
                                      "retry.backoff",
                                      "retry.base",
                                      "retry.factor",
                                      "retry.cap",
                                      "retry.jitter",
                                      "retry.capped",
                                      "retry.retry_after",
                                      "retry.longest_retry_after",
                                      "retry.own_rejections",
                                      "breaker.failure_rate",
                                      "breaker.slow_rate",
                                      "breaker.slow_call",
                                      "breaker.minimum_calls",
                                      "breaker.consecutive_failures",
                                      "breaker.window",
                                      "breaker.window_buckets",
                                      "breaker.open_for",
                                      "breaker.open_factor",
                                      "breaker.open_longest",
                                      "breaker.open_calm",
                                      "breaker.probes_by_itself",
                                      "bulkhead.concurrent",
                                      "bulkhead.queue",
                                      "bulkhead.wait",
                                      "adaptive.algorithm",
                                      "adaptive.initial",
                                      "adaptive.floor",
                                      "adaptive.ceiling",
                                      "adaptive.in_use",
                                      "adaptive.backoff",
                                      "adaptive.slow",
                                      "adaptive.between",
                                      "adaptive.tolerance",
                                      "adaptive.smoothing",
                                      "adaptive.long_window",
                                      "adaptive.queue",
                                      "limiter.burst",
                                      "limiter.wait"}) {
            const auto text = settingText(service, key);
            QVERIFY2(text.ok() && !text->empty(), key.c_str());
            const auto written = withSetting(service, key, *text);
            QVERIFY2(written.ok(), written.ok() ? "" : written.error().text().c_str());
            QVERIFY2(written->settings == service.settings, key.c_str());
        }
    }
    void mistakesAreNamedWithTheirPlace_data()
    {
        QTest::addColumn<QString>("more");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* more, const char* message) {
            QTest::newRow(message) << QString(more) << QString(message);
        };
        row("[services.shop]\nlimter={}\n",
            "w.toml:10: key \"services.shop.limter\": unknown key, expected one of deadline, "
            "retry, limiter, breaker, bulkhead, adaptive; did you mean \"limiter\"?");
        row("[services.shop]\nlimiter={}\n",
            "w.toml:10: key \"services.shop.limiter.rate\": missing, expected a rate such as "
            "\"500/s\" from 0/s to 10000000/s");
        row("[services.shop]\nbreaker={failure_rate=2}\n",
            "w.toml:10: key \"services.shop.breaker.failure_rate\": expected a share such as "
            "\"50%\", found the number 2");
        row("[services.shop]\nbreaker={failure_rate=0}\n",
            "w.toml:9: key \"services.shop.breaker.failure_rate\": a share of 0 is not in range; "
            "Name a share above 0 and up to 1");
        row("[services.shop]\nretry={base='5s'}\n",
            "w.toml:9: key \"services.shop.retry.cap\": the longest wait is shorter than the "
            "first; Name a cap that is not below the base");
        row("[services.shopp]\n",
            "w.toml:8: key \"actions.buy.service\": expected one of shopp, found text \"shop\"; "
            "did you mean \"shopp\"?");
        row("", "w.toml:8: key \"actions.buy.service\": there are none, found text \"shop\"");
        row("[services.shop]\n[services.\"a.b\"]\n",
            "w.toml:10: key \"services.a.b\": expected a name of letters, digits, \"_\" and "
            "\"-\"");
        row("breaker={}\n[services.shop]\n",
            "w.toml:9: key \"actions.buy.breaker\": belongs to a service: [services.NAME], named "
            "by the action's service");
        row("fallback='buy'\n[services.shop]\n",
            "w.toml:9: key \"actions.buy.fallback\": \"buy\" has a service or a fallback itself, "
            "expected an action without");
        row("fallback='read'\n[services.shop]\n[actions.read]\nkind='files.count'\n",
            "w.toml:9: key \"actions.buy.fallback\": files.count gives other results than "
            "synthetic, expected an action that gives the same");
    }
    void mistakesAreNamedWithTheirPlace()
    {
        QFETCH(QString, more);
        QFETCH(QString, message);
        const auto spec = parse(more.toStdString());
        QVERIFY(!spec.ok());
        QCOMPARE(QString::fromStdString(spec.error().message), message);
    }
    void faultsAreReadAndTheirMistakesNamed()
    {
        const auto faults = [](const std::string& one) {
            return parse("[services.shop]\n[actions.spin]\nkind='synthetic'\n[[faults]]\n" + one);
        };
        const auto spec = faults(
            "at='5s'\nfor='2s'\naction='buy'\nfault='delay'\nvalue='30ms'\n"
            "share=0.25\n");
        QVERIFY2(spec.ok(), spec.ok() ? "" : spec.error().message.c_str());
        const FaultSpec& fault = spec->faults.at(0);
        QCOMPARE(fault.at, Duration(5s));
        QCOMPARE(fault.length, Duration(2s));
        QCOMPARE(fault.action, std::size_t{0});
        QVERIFY(fault.fault.kind == ActionFault::Kind::delay);
        QCOMPARE(fault.fault.delay, Duration(30ms));
        QCOMPARE(fault.fault.share, 0.25);
        const auto problem = [&faults](const std::string& one) {
            const auto wrong = faults("at='1s'\nfor='1s'\n" + one);
            return wrong.ok() ? std::string() : wrong.error().message;
        };
        QCOMPARE(problem("action='buyy'\nfault='error'\n"),
                 std::string("w.toml:15: key \"faults.0.action\": expected one of buy, spin, found "
                             "text \"buyy\"; did you mean \"buy\"?"));
        QVERIFY(problem("action='buy'\nfault='delay'\n").find("faults.0.value") !=
                std::string::npos);
        QVERIFY(problem("action='buy'\nfault='error'\nvalue='odd'\n").find("class of failures") !=
                std::string::npos);
        QVERIFY(problem("action='spin'\nfault='hang'\n").find("nothing that waits") !=
                std::string::npos);
        QVERIFY(problem("action='spin'\nfault='error'\n").empty());
    }
    void aSettingIsChangedAsItWouldBeWritten()
    {
        const auto changed = withSetting(shop(), "limiter.rate", "200/s");
        QVERIFY(changed.ok());
        QVERIFY((changed->settings.limiter->bucket().rate == Rate{200, 1s}));
        QCOMPARE(changed->settings.limiter->bucket().burst, std::uint64_t{50});
        QCOMPARE(settingText(*changed, "limiter.rate").value(), std::string("200/s"));
        QCOMPARE(settingText(shop(), "limiter.rate").value(), std::string("500/s"));
        const auto nested = withSetting(shop(), "breaker.half_open.probes", "3");
        QVERIFY(nested.ok());
        QCOMPARE(nested->settings.breaker->halfOpen.probes, 3U);
    }
    void aStageIsTurnedOffAndOnAndSetAtOnce()
    {
        const ServiceSpec had = shop();
        const std::string before = settingText(had, "limiter").value();
        const auto without = withSetting(had, "limiter", "off");
        QVERIFY(without.ok() && !without->settings.limiter);
        QCOMPARE(settingText(*without, "limiter").value(), std::string("off"));
        QVERIFY(withSetting(*without, "limiter.rate", "1/s").error().code == ErrorCode::conflict);
        const auto again = withSetting(*without, "limiter", before);
        QVERIFY(again.ok() && again->settings == had.settings);
        const auto other = withSetting(had, "limiter", "kind=sliding_window limit=9 window=2s");
        QVERIFY(other.ok());
        QVERIFY(std::get<SlidingWindowSettings>(other->settings.limiter->kind).limit == 9);
        const auto ramp =
            withSetting(*other, "breaker.half_open", "decide=ramp ramp=10%,50% probes=4");
        QVERIFY2(ramp.ok(), ramp.ok() ? "" : ramp.error().text().c_str());
        QCOMPARE(ramp->settings.breaker->halfOpen.ramp, (std::vector<double>{0.1, 0.5}));
        const auto text = settingText(*ramp, "breaker").value();
        QVERIFY(withSetting(*ramp, "breaker", text)->settings == ramp->settings);
        QVERIFY(withSetting(*without, "bulkhead", "on")->settings.bulkhead == BulkheadSettings{});
    }
    void aSettingIsLeftToItsDefault()
    {
        const auto set = withSetting(shop(), "deadline", "3s");
        QCOMPARE(settingText(shop(), "deadline").value(), std::string("default"));
        QVERIFY(set->settings.deadline == 3s);
        QVERIFY(withSetting(*set, "deadline", "default")->settings == shop().settings);
    }
    void eachKindOfLimiterIsRead()
    {
        const auto of = [](const std::string& limiter) {
            return parse("[services.shop]\nlimiter = " + limiter + "\n");
        };
        const auto kind = [&of]<class Settings>(const std::string& limiter, Settings) {
            const auto spec = of(limiter);
            return std::get<Settings>(spec.value().services[0].settings.limiter->kind);
        };
        const auto window =
            kind("{ kind = 'sliding_window', limit = 20, window = '2s', counting = 'weighted' }",
                 SlidingWindowSettings{});
        QCOMPARE(window.limit, std::uint64_t{20});
        QVERIFY(window.window == 2s);
        QVERIFY(window.counting == SlidingWindowSettings::Counting::weighted);
        const auto cycle = kind("{ kind = 'cycle', permits = 9, cycle = '3s', burst = 18 }",
                                CycleLimiterSettings{});
        QCOMPARE(cycle.permits, std::uint64_t{9});
        QVERIFY(cycle.burst == std::uint64_t{18} && cycle.cycle == 3s);
        const auto keyed = kind("{ kind = 'keyed', rate = '5/s', by = 'action', keys = 100 }",
                                KeyedLimiterSettings{});
        QVERIFY(keyed.by == KeyedLimiterSettings::By::action);
        QVERIFY((keyed.table.rate == Rate{5, 1s}));
        QCOMPARE(keyed.table.keys, 100U);
        const auto mixed = of("{ kind = 'cycle', rate = '5/s' }");
        QVERIFY(!mixed.ok());
        QVERIFY2(mixed.error().message.find("rate") != std::string::npos,
                 mixed.error().message.c_str());
    }
    void aWrongSettingIsNamedAndLeavesAllAsItWas()
    {
        QCOMPARE(withSetting(shop(), "limiter.rat", "1/s").error().text(),
                 std::string("services.shop: a service has no setting \"limiter.rat\"; did you "
                             "mean \"limiter.rate\"?"));
        QVERIFY(withSetting(shop(), "limiter.rate", "much").error().message.find("500/s") !=
                std::string::npos);
        QVERIFY(withSetting(shop(), "limiter", "on").error().message.find("rate") !=
                std::string::npos);
        QVERIFY(!withSetting(shop(), "limiter", "rate=much").ok());
        QVERIFY(!withSetting(shop(), "breaker.minimum_calls", "0").ok());
        QVERIFY(!withSetting(shop(), "breaker.failure_rate", "0").ok());
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::ServiceSpecTest);
#include "service_test.moc"
