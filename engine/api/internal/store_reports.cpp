// SPDX-License-Identifier: Apache-2.0
#include "api/internal/store_reports.h"

namespace muster {

namespace {

void publishTrouble(Publisher& publisher, const RecorderTrouble& trouble)
{
    if (trouble.error) {
        publisher.publish(EventType::storeProblem, Component::storage,
                          {{"reason", trouble.error->message},
                           {"advice", trouble.error->advice},
                           {"failed", trouble.failedWrites}});
    } else {
        publisher.publish(
            EventType::storeRecovered, Component::storage,
            {{"failed", trouble.failedWrites}, {"lasted_ns", trouble.lasted.count()}});
    }
}

}  // namespace

void StoreReports::publish(Publisher& publisher)
{
    std::vector<RecorderTrouble> troubles;
    std::vector<RecorderRetention> retentions;
    {
        const std::lock_guard lock(m_mutex);
        troubles.swap(m_troubles);
        retentions.swap(m_retentions);
    }
    for (const auto& trouble : troubles) {
        publishTrouble(publisher, trouble);
    }
    for (const auto& retention : retentions) {
        publisher.publish(EventType::retentionApplied, Component::storage,
                          {{"rule", retention.rule},
                           {"rows", retention.rows},
                           {"before", toString(retention.before)}});
    }
}

}  // namespace muster
