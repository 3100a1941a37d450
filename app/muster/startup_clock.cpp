// SPDX-License-Identifier: GPL-3.0-or-later
#include "muster/startup_clock.h"

#include <unistd.h>

#include <QFile>
#include <QTextStream>
#include <ctime>

namespace muster::app {

namespace {

double sinceBootMs()
{
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

/// When the kernel started this process, in milliseconds since boot; its clock ticks every 10.
double processStartMs()
{
    QFile stat(QStringLiteral("/proc/self/stat"));
    if (!stat.open(QIODevice::ReadOnly)) {
        return sinceBootMs();
    }
    // The name may hold spaces: the fields are counted from the parenthesis that ends it.
    constexpr int kStartAfterName = 20;
    const auto line = stat.readAll();
    const auto fields = line.mid(line.lastIndexOf(')') + 1).split(' ');
    const auto ticks = fields.value(kStartAfterName).toDouble();
    return ticks * 1e3 / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double sinceStartMs()
{
    static const double start = processStartMs();
    return sinceBootMs() - start;
}

}  // namespace

StartupClock::StartupClock()
{
    step(QStringLiteral("load the program and its libraries (±10 ms)"));
}

void StartupClock::step(const QString& name)
{
    const double now = sinceStartMs();
    m_steps.push_back({name, now - m_lastMs});
    m_lastMs = now;
}

double StartupClock::totalMs() const
{
    return m_lastMs;
}

QString StartupClock::report(const EngineStartup& engine) const
{
    QString text;
    QTextStream out(&text);
    const auto line = [&out](const QString& name, double ms) {
        out << QStringLiteral("  %1 ms  %2\n").arg(ms, 8, 'f', 1).arg(name);
    };
    out << QStringLiteral("First frame after %1 ms\n").arg(totalMs(), 0, 'f', 1);
    for (const auto& each : m_steps) {
        line(each.name, each.ms);
    }
    if (!engine.services.empty()) {
        out << QStringLiteral("Engine, started behind the first frame\n");
        for (const auto& each : engine.services) {
            line(QString::fromStdString(each.service),
                 std::chrono::duration<double, std::milli>(each.took).count());
        }
        line(QStringLiteral("ready"),
             std::chrono::duration<double, std::milli>(engine.ready).count());
    }
    return text;
}

}  // namespace muster::app
