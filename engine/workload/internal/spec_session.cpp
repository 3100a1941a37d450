// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>

#include "documents/units.h"
#include "workload/internal/session_schema.h"
#include "workload/internal/spec_reader.h"

namespace muster {

namespace {

constexpr std::string_view kAlways = "always";
constexpr std::string_view kNone = "none";
constexpr Duration kLeastKept = std::chrono::seconds(1);
constexpr std::uint64_t kLeastQuota = std::uint64_t{1} << 20;

using Kept = std::optional<Duration> MetricRetention::*;

struct Span {
    const char* key;
    Kept kept;
    const char* help;
    const char* usual;
};

/// From the finest to the coarsest.
constexpr std::array<Span, 4> kSpans{
    {{"samples", &MetricRetention::samples, "each sample", "30d"},
     {"ten_seconds", &MetricRetention::tenSeconds, "rolled up into spans of 10 s", "90d"},
     {"one_minute", &MetricRetention::oneMinute, "rolled up into spans of a minute", "180d"},
     {"ten_minutes", &MetricRetention::tenMinutes, "rolled up into spans of 10 minutes", "365d"}}};

Schema keptFor(std::string help)
{
    Schema schema = schema::of(SchemaType::text, std::move(help));
    schema.pattern = "^(always|[0-9.]+ *(ns|us|ms|s|min|h|d))$";
    schema.rule = [](std::string_view text) -> std::optional<std::string> {
        const auto time = parseDuration(text);
        return text == kAlways || (time && *time >= kLeastKept)
                   ? std::nullopt
                   : std::optional<std::string>(
                         R"(at least a second, such as "12h" or "30d", or "always")");
    };
    return schema;
}

Schema sizeOr(std::string help, std::uint64_t least)
{
    Schema schema = schema::of(SchemaType::text, std::move(help));
    schema.pattern = "^(none|[0-9.]+ *[kKMGT]?i?B?)$";
    schema.rule = [least](std::string_view text) -> std::optional<std::string> {
        const auto size = parseSize(text);
        return text == kNone || (size && *size >= least)
                   ? std::nullopt
                   : std::optional<std::string>(
                         R"(at least 1 MiB, such as "512MiB" or "8GiB", or "none")");
    };
    return schema;
}

std::optional<Duration> kept(const Value& value)
{
    const std::string& text = value.asText();
    return text == kAlways ? std::nullopt : std::optional(parseDuration(text).valueOr({}));
}

std::optional<std::uint64_t> sized(const Value& value)
{
    const std::string& text = value.asText();
    return text == kNone ? std::nullopt : std::optional(parseSize(text).valueOr(0));
}

}  // namespace

Schema sessionSchema()
{
    return schema::table(
        {schema::standard("keep", keptFor("how long events and call logs are kept"), Value("30d")),
         schema::standard("quota",
                          sizeOr("of the whole session; above it the oldest events that are not "
                                 "durable go",
                                 kLeastQuota),
                          Value("8GiB")),
         schema::standard("free_disk",
                          sizeOr("with less free on its disk only what is durable, results, errors "
                                 "and marks are still recorded, and queues take nothing in",
                                 kLeastQuota),
                          Value("256MiB"))},
        "how long and how much a session keeps");
}

Schema historySchema()
{
    std::vector<SchemaField> fields;
    for (const Span& span : kSpans) {
        fields.push_back(schema::standard(span.key, keptFor(span.help), Value(span.usual)));
    }
    return schema::table(std::move(fields), "how long a session keeps metrics");
}

void readSession(const Value& table, RetentionOptions& retention)
{
    if (const Value* keep = table.find("keep")) {
        retention.age = kept(*keep);
    }
    if (const Value* quota = table.find("quota")) {
        retention.quotaBytes = sized(*quota);
    }
    if (const Value* floor = table.find("free_disk")) {
        retention.freeDiskFloor = sized(*floor);
    }
}

void readHistory(const Value& table, MetricRetention& metrics)
{
    for (const Span& span : kSpans) {
        if (const Value* value = table.find(span.key)) {
            metrics.*span.kept = kept(*value);
        }
    }
}

void SpecReader::readRetention()
{
    if (const Value* session = m_document.find("session")) {
        readSession(*session, m_spec.retention);
    }
    const Value* history = m_document.find("history");
    if (history == nullptr) {
        return;
    }
    readHistory(*history, m_spec.retention.metrics);
    for (std::size_t at = 1; at < kSpans.size(); ++at) {
        const auto& finer = m_spec.retention.metrics.*kSpans[at - 1].kept;
        const auto& coarser = m_spec.retention.metrics.*kSpans[at].kept;
        if (coarser && (!finer || *finer > *coarser)) {
            const Value* value = history->find(kSpans[at].key);
            fail(value != nullptr ? *value : *history->find(kSpans[at - 1].key),
                 fmt::format("history.{}", kSpans[at].key),
                 fmt::format("{} are kept for less time than {}, expected at least as long",
                             kSpans[at].key, kSpans[at - 1].key));
        }
    }
}

}  // namespace muster
