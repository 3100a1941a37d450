// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/record_batch.h"

namespace muster {

void SampleStock::add(std::span<const MetricSample> samples)
{
    for (const MetricSample& sample : samples) {
        m_samples.push_back({.info = sample.info,
                             .at = sample.at,
                             .value = sample.value,
                             .textAt = m_text.size(),
                             .labels = static_cast<std::uint32_t>(sample.labels.size()),
                             .buckets = static_cast<std::uint32_t>(sample.buckets.size())});
        m_text += sample.labels;
        m_text += sample.buckets;
    }
    ++m_batches;
}

void SampleStock::clear()
{
    m_samples.clear();
    m_text.clear();
    m_batches = 0;
}

MetricSample SampleStock::operator[](std::size_t index) const
{
    const Sample& sample = m_samples[index];
    const std::string_view text(m_text);
    return {.info = sample.info,
            .labels = text.substr(sample.textAt, sample.labels),
            .at = sample.at,
            .value = sample.value,
            .buckets = text.substr(sample.textAt + sample.labels, sample.buckets)};
}

void RecordBatch::clear()
{
    events.clear();
    results.clear();
    errors.clear();
    marks.clear();
    calls.clear();
    configurations.clear();
    appends.clear();
    queueSteps.clear();
    samples.clear();
    durable = false;
}

}  // namespace muster
