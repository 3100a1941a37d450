// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "events/publisher.h"
#include "workload/workload.h"

namespace muster {

struct HelperStatus {
    std::string name;
    std::int64_t pid = 0;  ///< 0: not running now
    std::uint16_t port = 0;
    bool ready = false;
    std::uint64_t restarts = 0;
};

/// The processes that a workload needs beside it. Each gets a free port of the loopback, is
/// started in a process group of its own, awaited until it answers, started again with a
/// growing pause when it ends, and ended with the run: SIGTERM, then SIGKILL to the whole group.
/// None outlives us, even when we are killed. Only for workloads that are trusted, and never in
/// a simulation. Thread safety: every function from any thread.
class Helpers {
public:
    /// Starts all and waits until every one is ready. Blocking. Errors: the first one that could
    /// not be started or was not ready in time, with its last words; the others are ended.
    [[nodiscard]] static Result<std::unique_ptr<Helpers>> start(
        const std::vector<HelperSpec>& specs, Publisher* publisher, Logger logger);
    ~Helpers();  ///< stop()

    /// Ends all and waits. Blocking, at most the longest stopWithin and a little. Returns the
    /// names of those that had to be killed.
    std::vector<std::string> stop();
    [[nodiscard]] std::vector<HelperStatus> status() const;

private:
    class Impl;
    explicit Helpers(std::unique_ptr<Impl> impl);

    std::unique_ptr<Impl> m_impl;
};

}  // namespace muster
