// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <QtTest/QtTest>
#include <cmath>
#include <fstream>
#include <string>

#include "support/test_case.h"
#include "telemetry/resource_probe.h"

namespace muster {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

void write(const fs::path& file, std::string_view text)
{
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
}

/// A machine made of files: 4 cores, 8 GiB, a process with 3 open files and 7 threads.
struct Machine {
    QTemporaryDir directory;
    fs::path root{directory.path().toStdString()};
    fs::path proc{root / "proc"};
    fs::path cgroup{root / "cgroup"};
    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
    ResourceProbeOptions options;

    Machine()
    {
        write(proc / "self" / "status", "Name:\tx\nThreads:\t7\nCpus_allowed_list:\t0-2,5\n");
        write(proc / "self" / "statm", "99999 25600 1 2 3 4 5\n");
        write(proc / "self" / "limits",
              "Limit                     Soft Limit           Hard Limit           Units\n"
              "Max processes             100                  200                  processes\n"
              "Max open files            12                   4096                 files\n");
        write(proc / "self" / "fd" / "0", "");
        write(proc / "self" / "fd" / "1", "");
        write(proc / "self" / "fd" / "2", "");
        write(proc / "meminfo", "MemTotal:        8388608 kB\nMemFree: 1 kB\n");
        write(proc / "sys" / "kernel" / "threads-max", "1000\n");
        write(proc / "self" / "cgroup", "0::/\n");
        setCpuTicks(100, 50);
        options.proc = proc;
        options.cgroup = cgroup;
        options.diskPath = root;
    }
    void setCpuTicks(int user, int system) const
    {
        write(proc / "self" / "stat", "42 (odd ) name) S 1 1 1 0 -1 0 0 0 0 0 " +
                                          std::to_string(user) + " " + std::to_string(system) +
                                          " 0 0 20 0 7 0 100 0 0\n");
    }
    [[nodiscard]] ResourceReading read(Resource resource) const
    {
        return makeResourceProbe(clock, options)->read()[static_cast<std::size_t>(resource)];
    }
};

}  // namespace

class ResourceProbeTest : public QObject {
    Q_OBJECT
private slots:
    void memoryIsMeasuredAgainstTheMachineWithoutAnyLimit()
    {
        const Machine machine;
        const auto memory = machine.read(Resource::memory);
        const double rss = 25600.0 * static_cast<double>(::sysconf(_SC_PAGESIZE));
        QCOMPARE(memory.used, Reading::of(rss));
        QCOMPARE(memory.limit, Reading::of(8388608.0 * 1024));
        QCOMPARE(memory.share, Reading::of(rss / (8388608.0 * 1024)));
        QCOMPARE(memory.limitSource, std::string("machine"));
    }
    void theLeastLimitOfAllGroupsAboveCounts()
    {
        const Machine machine;
        write(machine.cgroup / "cgroup.controllers", "cpu memory pids\n");
        write(machine.proc / "self" / "cgroup", "0::/outer/inner\n");
        write(machine.cgroup / "outer" / "memory.max", "1000000\n");
        write(machine.cgroup / "outer" / "inner" / "memory.max", "max\n");
        write(machine.cgroup / "outer" / "inner" / "cpu.max", "150000 100000\n");
        write(machine.cgroup / "outer" / "cpu.max", "max 100000\n");
        write(machine.cgroup / "outer" / "pids.max", "50\n");
        QCOMPARE(machine.read(Resource::memory).limit, Reading::of(1'000'000));
        QCOMPARE(machine.read(Resource::memory).limitSource, std::string("cgroup v2"));
        QCOMPARE(machine.read(Resource::cpu).limit, Reading::of(1.5));
        QCOMPARE(machine.read(Resource::threads).limit, Reading::of(50));
    }
    void versionOneGroupsAreReadInTheirOwnHierarchies()
    {
        const Machine machine;
        write(machine.proc / "self" / "cgroup", "4:memory:/job\n3:cpu,cpuacct:/job\n0::/\n");
        write(machine.cgroup / "memory" / "memory.limit_in_bytes", "9223372036854771712\n");
        write(machine.cgroup / "memory" / "job" / "memory.limit_in_bytes", "2000000\n");
        write(machine.cgroup / "cpu" / "job" / "cpu.cfs_quota_us", "-1\n");
        write(machine.cgroup / "cpu" / "job" / "cpu.cfs_period_us", "100000\n");
        QCOMPARE(machine.read(Resource::memory).limit, Reading::of(2'000'000));
        QCOMPARE(machine.read(Resource::memory).limitSource, std::string("cgroup v1"));
        QCOMPARE(machine.read(Resource::cpu).limit, Reading::of(4));
        write(machine.cgroup / "cpu" / "job" / "cpu.cfs_quota_us", "50000\n");
        QCOMPARE(machine.read(Resource::cpu).limit, Reading::of(0.5));
    }
    void whatAllOfAGroupTakeCountsAgainstTheGroupsLimit()
    {
        const Machine machine;
        const auto group = machine.cgroup / "job";
        write(machine.cgroup / "cgroup.controllers", "cpu memory pids\n");
        write(machine.proc / "self" / "cgroup", "0::/job\n");
        write(group / "memory.max", "1000000000\n");
        write(group / "memory.current", "900000000\n");
        write(group / "memory.stat", "anon 700000000\nfile 200000000\ninactive_file 150000000\n");
        write(group / "pids.max", "50\n");
        write(group / "pids.current", "45\n");
        const auto memory = machine.read(Resource::memory);
        QCOMPARE(memory.used, Reading::of(750'000'000));
        QCOMPARE(memory.share, Reading::of(0.75));
        QCOMPARE(memory.own, Reading::of(25600.0 * static_cast<double>(::sysconf(_SC_PAGESIZE))));
        const auto threads = machine.read(Resource::threads);
        QCOMPARE(threads.used, Reading::of(45));
        QCOMPARE(threads.share, Reading::of(0.9));
        QCOMPARE(threads.own, Reading::of(7));
        QCOMPARE(threads.limitSource, std::string("cgroup v2"));
    }
    void theSameInVersionOne()
    {
        const Machine machine;
        const auto group = machine.cgroup / "memory" / "job";
        write(machine.proc / "self" / "cgroup", "8:pids:/job\n4:memory:/job\n");
        write(group / "memory.limit_in_bytes", "1000000000\n");
        write(group / "memory.usage_in_bytes", "900000000\n");
        write(group / "memory.stat", "cache 1\ninactive_file 5\ntotal_inactive_file 100000000\n");
        write(machine.cgroup / "pids" / "job" / "pids.max", "10\n");
        write(machine.cgroup / "pids" / "job" / "pids.current", "9\n");
        const auto memory = machine.read(Resource::memory);
        QCOMPARE(memory.used, Reading::of(800'000'000));
        QCOMPARE(memory.share, Reading::of(0.8));
        QCOMPARE(memory.limitSource, std::string("cgroup v1"));
        QCOMPARE(machine.read(Resource::threads).share, Reading::of(0.9));
    }
    void whatOthersTakeOfTheMachineCountsToo()
    {
        const Machine machine;
        write(machine.proc / "meminfo", "MemTotal: 8388608 kB\nMemAvailable: 838860 kB\n");
        const auto memory = machine.read(Resource::memory);
        QVERIFY(std::abs(memory.share.value - 0.9) < 1e-6);
        QCOMPARE(memory.limitSource, std::string("machine"));
    }
    void theWorkloadsLimitCountsWhenItIsLower()
    {
        Machine machine;
        machine.options.memoryLimit = 500'000'000;
        QCOMPARE(machine.read(Resource::memory).limitSource, std::string("workload limits.memory"));
        machine.options.memoryLimit = std::uint64_t{1} << 40;
        QCOMPARE(machine.read(Resource::memory).limitSource, std::string("machine"));
    }
    void cpuIsUnknownAtFirstThenWhatTheLastSecondTook()
    {
        const Machine machine;
        const auto probe = makeResourceProbe(machine.clock, machine.options);
        QVERIFY(!probe->read()[0].used.known());
        QVERIFY(!probe->read()[0].share.known());
        const auto hertz = static_cast<int>(::sysconf(_SC_CLK_TCK));
        machine.setCpuTicks(100 + 2 * hertz, 50 + hertz);  // 3 s of CPU in 2 s
        machine.clock->advance(2s);
        const auto cpu = probe->read()[0];
        QCOMPARE(cpu.used, Reading::of(1.5));
        QCOMPARE(cpu.limit, Reading::of(4));
        QCOMPARE(cpu.share, Reading::of(0.375));
    }
    void openFilesAndThreadsAreCountedAgainstTheirLimits()
    {
        const Machine machine;
        QCOMPARE(machine.read(Resource::files).used, Reading::of(3));
        QCOMPARE(machine.read(Resource::files).share, Reading::of(0.25));
        QCOMPARE(machine.read(Resource::threads).used, Reading::of(7));
        QCOMPARE(machine.read(Resource::threads).limit, Reading::of(100));
        QCOMPARE(machine.read(Resource::threads).limitSource, std::string("RLIMIT_NPROC"));
        write(machine.proc / "self" / "limits", "Max open files  unlimited unlimited files\n");
        QVERIFY(!machine.read(Resource::files).limit.known());
        QVERIFY(!machine.read(Resource::files).share.known());
        QVERIFY(machine.read(Resource::files).used.known());
    }
    void theDiskIsTheOneThatWillHoldTheDatabase()
    {
        Machine machine;
        machine.options.diskPath = machine.root / "not" / "yet" / "there.db";
        const auto disk = machine.read(Resource::disk);
        QVERIFY(disk.used.known());
        QVERIFY(disk.limit.value > disk.used.value);
        QVERIFY(disk.share.value > 0 && disk.share.value < 1);
    }
    void whatCannotBeReadSaysSo()
    {
        Machine machine;
        machine.options.proc = machine.root / "nowhere";
        for (const auto resource :
             {Resource::cpu, Resource::memory, Resource::files, Resource::threads}) {
            const auto reading = machine.read(resource);
            QVERIFY(!reading.used.known());
            QCOMPARE(reading.share.missing, reading.used.missing);
            QVERIFY(!reading.title.empty());
        }
    }
    void thisProcessHasReadingsToo()
    {
        const auto probe = makeResourceProbe(systemClock(), {});
        const auto readings = probe->read();
        QVERIFY(readings.size() == static_cast<std::size_t>(Resource::count));
        for (std::size_t i = 1; i < readings.size(); ++i) {
            QVERIFY(readings[i].resource == static_cast<Resource>(i));
            QVERIFY2(readings[i].used.known(), readings[i].used.missing.c_str());
        }
    }
    void aSimulatedMachineDependsOnItsSeedAlone()
    {
        const auto a = makeSimulatedResourceProbe(Rng(4));
        const auto b = makeSimulatedResourceProbe(Rng(4));
        const auto c = makeSimulatedResourceProbe(Rng(5));
        bool differs = false;
        for (int i = 0; i < 500; ++i) {
            const auto of = a->read();
            const auto same = b->read();
            const auto other = c->read();
            for (std::size_t r = 0; r < of.size(); ++r) {
                QCOMPARE(of[r].used, same[r].used);
                QVERIFY(of[r].share.value >= 0 && of[r].share.value < 0.8);
                differs = differs || of[r].used != other[r].used;
            }
        }
        QVERIFY(differs);
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::ResourceProbeTest);
#include "resource_probe_test.moc"
