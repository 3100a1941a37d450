// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "runtime/internal/cell.h"
#include "runtime/internal/thread_context.h"
#include "runtime/internal/work_board.h"

namespace muster::detail {

/// Why an agent's turn is over though it has more to do.
struct TurnEnd {
    bool sentMuch = false;         ///< it gives way to its receivers
    const Cell* feeder = nullptr;  ///< whose messages took up the turn, when each was cheap
};

/// Gives ready agents a thread: the pool of workers, or the simulation.
/// Thread safety: any thread but for start and stop.
class Executor {
public:
    virtual ~Executor() = default;
    /// The agent has something to do and is nobody's yet. Called by a thread that is no worker.
    virtual void inject(Cell& cell) = 0;
    /// Many of them, in order, at the cost of one.
    virtual void injectAll(Cell* const* cells, std::uint32_t count) = 0;
    /// Lets idle workers help with what the caller does too, as many as the work says.
    virtual void share(SharedWork& work) = 0;
    /// After each piece of the caller's: more may help now, or fewer.
    virtual void sharedPieceDone(SharedWork& work) = 0;
    /// When it returns, nobody does.
    virtual void unshare(SharedWork& work) = 0;
    /// Its turn is over and it has more to do: behind all others.
    virtual void again(ThreadContext& context, Cell& cell, const TurnEnd& end) = 0;
    /// Messages an agent may handle in its next turn; a first instalment where turns are timed.
    [[nodiscard]] virtual std::uint32_t budget() = 0;
    virtual void start() = 0;
    /// Returns when no agent runs any more.
    virtual void stop() = 0;
};

}  // namespace muster::detail
