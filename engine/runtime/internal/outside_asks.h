// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"
#include "runtime/envelope.h"
#include "runtime/timer_wheel.h"

namespace muster::detail {

class Core;
class ThreadContext;

/// Requests from outside any agent, by number, until they are answered or too late. The
/// continuation runs on the thread that brings the answer. Thread safety: any thread.
class OutsideAsks {
public:
    using Taker = std::function<void(Envelope* answer, const Error* error)>;

    explicit OutsideAsks(Core& core) noexcept : m_core(core) {}

    void ask(ThreadContext& context, AgentId to, Envelope* question, Duration timeout, Taker taker);
    /// Takes the envelope over.
    void answer(ThreadContext& context, std::uint64_t request, Envelope* envelope);
    void expire(std::uint64_t request);
    /// Tells every one that is left that there will be no answer.
    void cancelAll();

private:
    struct Pending {
        Taker taker;
        TimerNode deadline;
    };
    struct Shard {
        std::mutex mutex;
        std::unordered_map<std::uint64_t, std::unique_ptr<Pending>> pending;
    };
    [[nodiscard]] Shard& shardOf(std::uint64_t request) noexcept
    {
        return m_shards[request % m_shards.size()];
    }
    [[nodiscard]] std::unique_ptr<Pending> take(std::uint64_t request);
    void fail(std::uint64_t request, Error error);

    Core& m_core;
    std::array<Shard, 8> m_shards;
};

}  // namespace muster::detail
