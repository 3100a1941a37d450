// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/outside_asks.h"

#include <vector>

#include "protection/saturating.h"
#include "runtime/internal/answers.h"
#include "runtime/internal/core.h"
#include "runtime/internal/post.h"

namespace muster::detail {

void OutsideAsks::ask(ThreadContext& context, AgentId to, Envelope* question, Duration timeout,
                      Taker taker)
{
    const std::uint64_t request = context.nextRequest();
    const MonoTime deadline = saturatingAdd(m_core.clock->now(), timeout);
    question->setDeadline(deadline);
    context.counters.add(Count::asks);
    {
        auto pending = std::make_unique<Pending>();
        pending->taker = std::move(taker);
        Shard& shard = shardOf(request);
        const std::lock_guard lock(shard.mutex);
        m_core.timers->set(context, pending->deadline, Timers::Kind::outsideAsk, 0, request,
                           deadline);
        shard.pending.emplace(request, std::move(pending));
    }
    question->sender = AgentId{};
    question->address(EnvelopeKind::mail, request);
    const Delivery delivery = post(context, to, question);
    if (delivery != Delivery::queued) {
        fail(request, deliveryError(delivery));
    }
}

std::unique_ptr<OutsideAsks::Pending> OutsideAsks::take(std::uint64_t request)
{
    Shard& shard = shardOf(request);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.pending.find(request);
    if (found == shard.pending.end()) {
        return nullptr;
    }
    auto pending = std::move(found->second);
    shard.pending.erase(found);
    m_core.timers->cancel(pending->deadline);
    return pending;
}

void OutsideAsks::answer(ThreadContext& context, std::uint64_t request, Envelope* envelope)
{
    const auto pending = take(request);
    if (pending == nullptr) {
        discardAnswer(context, envelope);
        return;
    }
    pending->taker(envelope, nullptr);
    releaseEnvelope(context, envelope);
}

void OutsideAsks::fail(std::uint64_t request, Error error)
{
    if (const auto pending = take(request)) {
        pending->taker(nullptr, &error);
    }
}

void OutsideAsks::expire(std::uint64_t request)
{
    if (const auto pending = take(request)) {
        ThreadContext::in(m_core).counters.add(Count::asksTimedOut);
        const Error error = timeoutError();
        pending->taker(nullptr, &error);
    }
}

void OutsideAsks::cancelAll()
{
    for (Shard& shard : m_shards) {
        std::vector<std::uint64_t> left;
        {
            const std::lock_guard lock(shard.mutex);
            for (const auto& [request, pending] : shard.pending) {
                left.push_back(request);
            }
        }
        for (const std::uint64_t request : left) {
            fail(request, {ErrorCode::cancelled, "the runtime ended before the answer", "", ""});
        }
    }
}

}  // namespace muster::detail
