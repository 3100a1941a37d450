// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <future>
#include <span>
#include <string>
#include <vector>

#include "events/event.h"
#include "storage/queue_records.h"
#include "storage/records.h"
#include "storage/stream.h"
#include "telemetry/sampler.h"

namespace muster {

/// Metric samples with their text, copied out of the batches they came in.
class SampleStock {
public:
    void add(std::span<const MetricSample> samples);
    void clear();

    [[nodiscard]] std::size_t batches() const noexcept { return m_batches; }
    [[nodiscard]] std::size_t size() const noexcept { return m_samples.size(); }
    /// Valid until the next add() or clear().
    [[nodiscard]] MetricSample operator[](std::size_t index) const;

private:
    struct Sample {
        const MetricInfo* info;
        WallTime at;
        double value;
        std::size_t textAt;
        std::uint32_t labels;
        std::uint32_t buckets;
    };

    std::vector<Sample> m_samples;
    std::string m_text;
    std::size_t m_batches = 0;
};

/// An append that waits, and who waits for it.
struct PendingAppend {
    StreamAppend append;
    std::promise<Result<StreamAppended>> answer;
};

/// A step of a durable queue, and its place among all steps.
struct NumberedStep {
    std::uint64_t number = 0;
    QueueStep step;
};

/// What is handed to the writer at once. A batch of samples counts as one record.
struct RecordBatch {
    std::vector<EventPtr> events;
    std::vector<ResultRecord> results;
    std::vector<ErrorRecord> errors;
    std::vector<MarkRecord> marks;
    std::vector<CallLogRecord> calls;
    std::vector<ConfigurationRecord> configurations;
    std::vector<PendingAppend> appends;
    std::vector<NumberedStep> queueSteps;
    SampleStock samples;
    bool durable = false;  ///< holds what is acknowledged

    [[nodiscard]] std::size_t size() const noexcept
    {
        return events.size() + results.size() + errors.size() + marks.size() + calls.size() +
               configurations.size() + appends.size() + queueSteps.size() + samples.batches();
    }
    void clear();
};

}  // namespace muster
