// SPDX-License-Identifier: Apache-2.0
#include "api/internal/queue_start.h"

#include <utility>

namespace muster {

JobQueues* makeQueues(EngineCore& core)
{
    StoredQueues stored = core.recorder ? core.recorder->takeQueues() : StoredQueues{};
    std::vector<QueueWanted> wanted;
    if (core.workload) {
        for (const QueueSpec& queue : core.workload->queues) {
            wanted.push_back({queue.name, queue.settings});
        }
    }
    if (wanted.empty() && stored.queues.empty() && stored.jobs.empty() && stored.letters.empty()) {
        return nullptr;
    }
    if (!stored.notice.empty()) {
        core.logger.warn("{}", stored.notice);
    }
    JobQueuesOptions options;
    options.store = core.recorder.get();
    options.immediate = core.simulated();
    options.clock = core.clock;
    options.seed = core.seed;
    options.publisher = core.publisher.get();
    options.metrics = &core.metrics;
    core.queues = std::make_unique<JobQueues>(std::move(options), std::move(stored), wanted);
    return core.queues.get();
}

}  // namespace muster
