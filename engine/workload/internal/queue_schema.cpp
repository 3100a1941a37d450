// SPDX-License-Identifier: Apache-2.0
#include "workload/internal/queue_schema.h"

#include <fmt/format.h>

#include "documents/override.h"
#include "workload/workload.h"

namespace muster {

namespace {

SchemaField number(std::string key, double least, double most, std::string help, std::int64_t usual)
{
    return schema::standard(std::move(key),
                            schema::of(SchemaType::integer, std::move(help)).range(least, most),
                            Value(usual));
}

SchemaField time(std::string key, std::string help, std::string usual)
{
    return schema::standard(std::move(key),
                            schema::of(SchemaType::duration, std::move(help)).range(0, {}),
                            Value(std::move(usual)));
}

SchemaField choice(std::string key, std::vector<std::string> choices, std::string help,
                   std::string usual)
{
    return schema::standard(std::move(key), schema::choice(std::move(choices), std::move(help)),
                            Value(std::move(usual)));
}

Schema backoffTable()
{
    return schema::table(
        {choice("kind", {"fixed", "linear", "exponential", "decorrelated"},
                "how the wait between deliveries grows", "exponential"),
         time("base", "the first wait", "1s"),
         schema::standard("factor",
                          schema::of(SchemaType::number, "of the exponential").range(1, 1000),
                          Value(2.0)),
         time("cap", "the longest wait", "5min"),
         choice("jitter", {"none", "full", "equal"}, "how much of a wait is chance", "full")},
        "what a job that failed waits for before it is handed out again");
}

}  // namespace

Schema queueSchema()
{
    constexpr auto kMost = static_cast<double>(kMostQueueJobs);
    return schema::table(
        {number("deliveries", 1, 1000, "of a job at most; then it is a dead letter", 5),
         time("lease", "how long a job that was handed out is held before another gets it", "30s"),
         number("jobs", 1, kMost, "that are not done; more are refused", 100'000),
         schema::standard("bytes", schema::of(SchemaType::size, "of all payloads").range(1, {}),
                          Value("256MiB")),
         number("unacknowledged", 1, kMost, "jobs held at once; more are not handed out", 10'000),
         number("dead_letters", 1, kMost, "that wait; at so many nothing more is handed out",
                10'000),
         time("duplicate_window", "a key that is pushed again within is known", "2min"),
         schema::optional("backoff", backoffTable()),
         schema::optional(
             "give_up",
             schema::list(schema::choice({"network", "timeout", "application", "rejected"},
                                         "a class of failures"),
                          "after such a failure a job is a dead letter at once"))},
        "a durable queue between the input and the agents: survives the end of the run");
}

Result<QueueSpec> changedQueue(const QueueSpec& queue, std::string_view key, std::string_view value)
{
    QueueSpec changed = queue;
    const Schema schema = queueSchema();
    if (auto set = applyOverride(changed.table, schema, fmt::format("{}={}", key, value)); !set) {
        return set.error();
    }
    if (const auto violations = check(schema, changed.table); !violations.empty()) {
        return toError(violations);
    }
    changed.settings = readQueueSettings(changed.table);
    auto valid = validate(changed.settings);
    return valid ? Result<QueueSpec>(std::move(changed)) : valid.error();
}

}  // namespace muster
