// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "agents/job.h"
#include "agents/result_sink.h"
#include "base/result.h"
#include "runtime/scheduler.h"
#include "workload/workload.h"

namespace muster {

struct InputFigures {
    std::uint64_t taken = 0;             ///< items handed out
    std::uint64_t skipped = 0;           ///< entries that are no items; why stands in the errors
    std::uint64_t bytes = 0;             ///< read; of a tree: 0
    std::optional<std::uint64_t> total;  ///< items, once it was read to its end
};

/// What the agents work through, an item at a time. Files and directories are read ahead on the
/// blocking pool into a queue of at most kAhead items; what is wrong with a row or a directory
/// goes to the sink and stops nothing. Thread safety: take() from one thread; figures() from any.
class InputSource {
public:
    static constexpr std::size_t kAhead = 8192;

    enum class Next : std::uint8_t {
        item,
        later,  ///< being read: `ready` will be called
        over,
    };

    virtual ~InputSource() = default;
    /// Errors: there is nothing to read; they name the path and what to do. `ready` is called
    /// from any thread when items or the end have come.
    [[nodiscard]] virtual Result<void> open(std::function<void()> ready) = 0;
    /// The next item, null for those without text.
    [[nodiscard]] virtual Next take(std::unique_ptr<const std::string>& item) = 0;
    /// The item that take() gave last goes to an agent, as the job of this number.
    virtual void given(std::uint64_t number) { static_cast<void>(number); }
    /// How such a job ended; `untouched`: no agent will get it. From any thread.
    virtual void ended(std::uint64_t number, JobEnd end)
    {
        static_cast<void>(number);
        static_cast<void>(end);
    }
    /// Whether ended() is to be called.
    [[nodiscard]] virtual bool hearsEnds() const noexcept { return false; }
    [[nodiscard]] virtual InputFigures figures() const = 0;
    [[nodiscard]] virtual InputKind kind() const noexcept = 0;
    /// Stops reading ahead; returns at once.
    virtual void stop() = 0;
};

/// One source of items, told from another: "lines:orders.txt".
[[nodiscard]] std::string inputName(const InputSpec& spec);

/// The input that `spec` asks for; in a simulation a model of one, drawn from `seed`. `sink` may
/// be null. Both must outlive the reads under way: stop the scheduler first.
[[nodiscard]] std::unique_ptr<InputSource> makeInput(const InputSpec& spec, Scheduler& scheduler,
                                                     ResultSink* sink, std::uint64_t seed);

}  // namespace muster
