// SPDX-License-Identifier: Apache-2.0
#include "workload/resource_setting.h"

#include <QtTest/QtTest>
#include <cmath>

#include "support/test_case.h"
#include "workload/workload.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

Result<WorkloadSpec> parse(const std::string& more)
{
    static const ActionRegistry kinds = builtInActions();
    return parseWorkload(R"([workload]
name = "w"
[[agents]]
name = "a"
action = "buy"
[actions.buy]
kind = "synthetic"
)" + more,
                         "w.toml", {}, kinds);
}

const ResourceSettings& of(const WorkloadSpec& spec, Watched resource)
{
    return spec.resources[static_cast<std::size_t>(resource)];
}

}  // namespace

class ResourceSettingTest : public QObject {
    Q_OBJECT
private slots:
    void aFileSetsWhatItNamesAndLeavesTheRest()
    {
        const auto spec = parse(R"([resources.memory]
critical = "90%"
grace = "2s"
[resources.disk]
elevated = "off"
limit = "10GiB"
presses = false
[resources.queue]
limit = "5000"
reclaim = "10%"
)");
        QVERIFY2(spec.ok(), spec.ok() ? "" : spec.error().message.c_str());
        auto memory = defaultSettings(Watched::memory);
        memory.thresholds.critical = 0.9;
        memory.thresholds.grace = 2s;
        QVERIFY(of(*spec, Watched::memory) == memory);
        QVERIFY(std::isinf(of(*spec, Watched::disk).thresholds.elevated));
        QCOMPARE(of(*spec, Watched::disk).thresholds.critical, 0.95);
        QCOMPARE(*of(*spec, Watched::disk).limit, 10.0 * 1024 * 1024 * 1024);
        QVERIFY(!of(*spec, Watched::disk).presses);
        QCOMPARE(*of(*spec, Watched::queue).limit, 5000.0);
        QVERIFY(of(*spec, Watched::files) == defaultSettings(Watched::files));
    }
    void mistakesAreNamedWithTheirPlace_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("message");
        QTest::newRow("threshold") << QByteArray("[resources.memory]\ncritical = \"much\"\n")
                                   << QByteArray("resources.memory.critical");
        QTest::newRow("key") << QByteArray("[resources.memory]\ncritcal = \"90%\"\n")
                             << QByteArray("did you mean \"critical\"");
        QTest::newRow("resource") << QByteArray("[resources.memry]\n")
                                  << QByteArray("did you mean \"memory\"");
        QTest::newRow("limit of memory")
            << QByteArray("[resources.memory]\nlimit = \"1GiB\"\n") << QByteArray("unknown key");
        QTest::newRow("half a file") << QByteArray("[resources.files]\nlimit = \"1.5\"\n")
                                     << QByteArray("a whole number above 0");
    }
    void mistakesAreNamedWithTheirPlace()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, message);
        const auto spec = parse(text.toStdString());
        QVERIFY(!spec.ok());
        QVERIFY2(spec.error().message.find(message.toStdString()) != std::string::npos,
                 spec.error().message.c_str());
    }
    void aSettingReadsBackAsItIsWritten()
    {
        for (std::size_t i = 0; i < kWatched; ++i) {
            const auto resource = static_cast<Watched>(i);
            const auto settings = defaultSettings(resource);
            for (const auto key : resourceSettingKeys()) {
                const auto text = resourceSettingText(resource, settings, key);
                if (!text.ok()) {
                    QCOMPARE(key, std::string_view("limit"));
                    continue;
                }
                const auto again = withResourceSetting(resource, settings, key, *text);
                QVERIFY2(again.ok(), again.ok() ? "" : again.error().message.c_str());
                QVERIFY(*again == settings);
            }
        }
    }
    void lowPriorityNeedsAQuota()
    {
        const auto group = [](const std::string& more) {
            return parse("[[agents]]\nname = \"b\"\naction = \"buy\"\n" + more);
        };
        const auto spec = group("priority = \"low\"\nquota = 3\n");
        QVERIFY(spec.ok());
        QVERIFY(spec->agents[1].quota == 3U);
        QVERIFY(!spec->agents[0].quota);
        QVERIFY(!group("priority = \"low\"\n").ok());
        QVERIFY(!group("quota = 3\n").ok());
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::ResourceSettingTest);
#include "resource_setting_test.moc"
