// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/recorded_session.h"

#include <sqlite3.h>
#include <QDebug>
#include <QFile>

#include "api/engine.h"

namespace muster::tests {

namespace {

const char* const kWorkload = R"([workload]
name = "lively"
[[agents]]
name = "worker"
count = 20
action = "work"
[actions.work]
kind = "synthetic"
service = "shop"
wait = { shape = "lognormal", mean = "8ms", deviation = "4ms" }
fail = "1%"
repeat = true
phases = [{ for = "15s" }, { for = "4s", fail = "95%" }, { for = "60s" }, { for = "600s" }]
[services.shop]
retry = { attempts = 1 }
breaker = { failure_rate = "50%", minimum_calls = 20, window = "2s", open_for = "2s" }
[[load]]
model = "open"
stages = [{ for = "1s", to = "100/s" }, { for = "599s", to = "100/s" }]
)";

}  // namespace

bool record(const QString& file, const Recording& recording)
{
    QByteArray text = kWorkload;
    if (recording.slower) {
        text.replace("mean = \"8ms\", deviation = \"4ms\"", "mean = \"12ms\", deviation = \"6ms\"");
    }
    if (recording.slowEnd) {
        text.replace("{ for = \"600s\" }",
                     "{ for = \"600s\", wait = { shape = \"lognormal\", mean = \"12ms\", "
                     "deviation = \"6ms\" } }");
    }
    const QString workload = file + QStringLiteral(".toml");
    QFile out(workload);
    if (!out.open(QIODevice::WriteOnly | QIODevice::Truncate)) {
        return false;
    }
    out.write(text + recording.more);
    out.close();
    EngineOptions options;
    options.workloadFile = workload.toStdString();
    options.simulationSeed = recording.seed;
    options.runFor = recording.runFor;
    options.database = file.toStdString();
    auto engine = Engine::start(options);
    if (!engine) {
        qWarning() << engine.error().text().c_str();
        return false;
    }
    const auto summary = (*engine)->wait();
    return !summary.failure && summary.actions > 100;
}

bool forgetFirst(const QString& file, const char* type)
{
    sqlite3* database = nullptr;
    const auto sql = QStringLiteral(
                         "DELETE FROM events WHERE id = (SELECT min(id) FROM events WHERE "
                         "type = (SELECT id FROM event_types WHERE name = '%1'))")
                         .arg(QLatin1String(type))
                         .toUtf8();
    const bool done =
        sqlite3_open(file.toUtf8().constData(), &database) == SQLITE_OK &&
        sqlite3_exec(database, sql.constData(), nullptr, nullptr, nullptr) == SQLITE_OK &&
        sqlite3_changes(database) == 1;
    sqlite3_close(database);
    return done;
}

}  // namespace muster::tests
