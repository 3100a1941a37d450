// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/log.h"
#include "services/job_queues.h"
#include "workload/input.h"

namespace muster {

struct QueueInputOptions {
    std::string queue;
    /// What is put into the queue; null: nothing is, and the jobs come from elsewhere.
    std::unique_ptr<InputSource> feed;
    std::string feedName;           ///< tells another run's feed from this one: "lines:orders.txt"
    ResultSink* results = nullptr;  ///< where results and errors go on to
    std::optional<Logger> log{};
};

/// An input whose items come out of a durable queue: what feeds it is put in as there is room,
/// after the items that runs before had put in. Each item is a job that is held until the agent
/// that got it has ended: acknowledged when that went well, given back with the error when it
/// did not, as the result sink of the agents heard it. A job that no agent touched is released.
/// Over when all that was fed is in the queue and the queue is empty.
/// Thread safety: as InputSource; the sink's functions from any thread.
class QueueInput final : public InputSource, public ResultSink {
public:
    /// `queues` and the scheduler outlive it.
    QueueInput(JobQueues& queues, Scheduler& scheduler, QueueInputOptions options);
    ~QueueInput() override;

    [[nodiscard]] Result<void> open(std::function<void()> ready) override;
    [[nodiscard]] Next take(std::unique_ptr<const std::string>& item) override;
    void given(std::uint64_t number) override;
    void ended(std::uint64_t number, JobEnd end) override;
    [[nodiscard]] bool hearsEnds() const noexcept override { return true; }
    [[nodiscard]] InputFigures figures() const override;
    [[nodiscard]] InputKind kind() const noexcept override;
    void stop() override;

    void result(const ResultRow& row) override;
    void error(const ErrorRow& row) override;

private:
    class Core;
    std::shared_ptr<Core> m_core;
};

}  // namespace muster
