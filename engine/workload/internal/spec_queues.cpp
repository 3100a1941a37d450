// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "documents/units.h"
#include "workload/internal/queue_schema.h"
#include "workload/internal/spec_reader.h"

namespace muster {

namespace {

constexpr std::array<std::string_view, kFailureClasses> kClasses{"network", "timeout",
                                                                 "application", "rejected"};

void take(const Value& table, std::string_view key, Duration& into)
{
    if (const Value* value = table.find(key)) {
        into = parseDuration(value->asText()).valueOr(into);
    }
}

template <std::unsigned_integral Integer>
void take(const Value& table, std::string_view key, Integer& into)
{
    if (const Value* value = table.find(key)) {
        into =
            static_cast<Integer>(value->isText() ? parseSize(value->asText()).valueOr(0)
                                                 : static_cast<std::uint64_t>(value->asInteger()));
    }
}

template <class Enum, std::size_t Count>
void take(const Value& table, std::string_view key, Enum& into,
          const std::array<std::string_view, Count>& names)
{
    if (const Value* value = table.find(key)) {
        into = static_cast<Enum>(std::ranges::find(names, value->asText()) - names.begin());
    }
}

void readBackoff(const Value& table, RetrySettings& backoff)
{
    take(table, "kind", backoff.backoff,
         std::array<std::string_view, 4>{"fixed", "linear", "exponential", "decorrelated"});
    take(table, "base", backoff.base);
    take(table, "cap", backoff.cap);
    take(table, "jitter", backoff.jitter, std::array<std::string_view, 3>{"none", "full", "equal"});
    if (const Value* factor = table.find("factor")) {
        backoff.factor = factor->asNumber();
    }
}

}  // namespace

QueueSettings readQueueSettings(const Value& table)
{
    QueueSettings settings;
    take(table, "deliveries", settings.deliveries);
    take(table, "lease", settings.lease);
    take(table, "jobs", settings.jobs);
    take(table, "bytes", settings.bytes);
    take(table, "unacknowledged", settings.unacknowledged);
    take(table, "dead_letters", settings.deadLetters);
    take(table, "duplicate_window", settings.duplicateWindow);
    if (const Value* backoff = table.find("backoff")) {
        readBackoff(*backoff, settings.backoff);
    }
    if (const Value* classes = table.find("give_up")) {
        for (const Value& name : classes->asArray()) {
            const auto at = std::ranges::find(kClasses, name.asText());
            settings.backoff.classes[static_cast<std::size_t>(at - kClasses.begin())].retried =
                false;
        }
    }
    return settings;
}

void SpecReader::readQueues()
{
    const Value* value = m_document.find("queues");
    if (value == nullptr) {
        return;
    }
    for (const auto& entry : value->asTable()) {
        QueueSpec queue{entry.key, readQueueSettings(entry.value), entry.value};
        if (const auto valid = validate(queue.settings); !valid) {
            const Error& error = valid.error();
            const Value* at = entry.value.find(error.where.substr(0, error.where.find('.')));
            fail(at != nullptr ? *at : entry.value, "queues." + entry.key + "." + error.where,
                 error.message + ". " + error.advice);
        }
        m_queueNames.push_back(entry.key);
        m_spec.queues.push_back(std::move(queue));
    }
}

/// Which queue the load takes from: one for all groups that it feeds, or none.
void SpecReader::readTakes()
{
    const auto& groups = m_document.find("agents")->asArray();
    std::optional<std::optional<std::size_t>> all;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        AgentGroupSpec& group = m_spec.agents[i];
        const Value* takes = groups[i].find("takes");
        const std::string key = fmt::format("agents.{}.takes", i);
        if (takes != nullptr) {
            group.takes = placeOf(*takes, key, m_queueNames);
            if (!group.fed) {
                fail(*takes, key,
                     "a group that goes on with another's results takes from no queue");
            }
        }
        if (group.fed && all && *all != group.takes) {
            fail(takes != nullptr ? *takes : groups[i], key,
                 "all groups that the load feeds take from the same queue, or none does");
        }
        if (group.fed) {
            all = group.takes;
        }
    }
    if (!m_spec.queues.empty() && m_spec.takes() == nullptr && m_found.empty()) {
        fail(*m_document.find("queues"), "queues",
             "no agents take from a queue, expected takes = \"NAME\" in a group");
    }
}

}  // namespace muster
