// SPDX-License-Identifier: Apache-2.0
#include "api/queues.h"

#include <array>

#include "api/internal/command_runner.h"
#include "api/internal/query_thread.h"
#include "messaging/subscription.h"
#include "net/http_client.h"
#include "processes/process_runner.h"
#include "protection/bulkhead.h"
#include "runtime/mailbox.h"
#include "runtime/runtime_options.h"
#include "storage/recorder.h"
#include "workload/input.h"
#include "workload/workload.h"

namespace muster {

std::span<const QueueInfo> allQueues() noexcept
{
    static const std::array kQueues{
        QueueInfo{"mailbox", "messages for one agent; what the system sends is not counted",
                  MailboxOptions{}.bound, "CreateOptions::mailbox",
                  "refused, or the oldest or the newest goes, as the agent was set up",
                  "messages.dropped"},
        QueueInfo{"jobs", "jobs of the load for one agent", AgentGroupSpec{}.queue, "agents.queue",
                  "another agent is asked; none can: the arrival is dropped, a user waits",
                  "load.dropped"},
        QueueInfo{"input", "items read ahead", InputSource::kAhead, "",
                  "reading rests until half of them are taken", ""},
        QueueInfo{"queue", "jobs of a durable queue", QueueSettings{}.jobs, "queues.NAME.jobs",
                  "a push is refused with an error; the input waits", "jobs.refused"},
        QueueInfo{"letters", "dead letters of a durable queue", QueueSettings{}.deadLetters,
                  "queues.NAME.dead_letters",
                  "nothing more is handed out until some are dealt with", "jobs.letters"},
        QueueInfo{"subscription", "events for one subscriber", SubscribeOptions{}.bound,
                  "SubscribeOptions::bound", "the oldest or the newest goes, as was subscribed",
                  "events.dropped"},
        QueueInfo{"record", "records on their way to the session", RecorderOptions{}.queueBound,
                  "RecorderOptions::queueBound",
                  "samples and events that may be sampled go, counted as dropped by the run; for "
                  "durable ones the load is held back",
                  ""},
        QueueInfo{"blocking", "jobs for threads that may block", RuntimeOptions{}.blockingQueue,
                  "RuntimeOptions::blockingQueue", "refused, with an error for who sent it", ""},
        QueueInfo{"bulkhead", "calls that wait for their turn at one service",
                  BulkheadSettings{}.queue, "services.NAME.bulkhead.queue", "rejected",
                  "calls.rejected"},
        QueueInfo{"http", "requests under way", HttpClientOptions{}.mostUnderWay,
                  "HttpClientOptions::mostUnderWay", "refused, with an error for who sent it", ""},
        QueueInfo{"programs", "programs that run at once", ProcessRunnerOptions{}.mostRunning,
                  "ProcessRunnerOptions::mostRunning", "refused, with an error for who sent it",
                  ""},
        QueueInfo{"commands", "commands that wait for the engine", CommandRunner::kBound, "",
                  "refused, with an error for who sent it", ""},
        QueueInfo{"queries", "questions to the session", QueryThread::kBound, "",
                  "refused, with an error for who sent it", ""},
    };
    return kQueues;
}

}  // namespace muster
