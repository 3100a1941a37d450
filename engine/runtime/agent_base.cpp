// SPDX-License-Identifier: Apache-2.0
#include "runtime/agent_base.h"

#include "events/publisher.h"
#include "runtime/internal/answers.h"
#include "runtime/internal/core.h"
#include "runtime/internal/lifecycle.h"
#include "runtime/internal/notices.h"
#include "runtime/internal/orders.h"
#include "runtime/internal/post.h"
#include "runtime/runtime.h"

namespace muster {

using detail::Cell;
using detail::Core;
using detail::EnvelopeKind;
using detail::insideContext;

AgentId AgentBase::self() const noexcept
{
    return insideContext().owner().slots.idOf(*m_cell);
}

std::string AgentBase::name() const
{
    return detail::shownName(insideContext().owner(), *m_cell);
}

Runtime& AgentBase::runtime() const noexcept
{
    return *insideContext().owner().runtime;
}

Scheduler& AgentBase::scheduler() const noexcept
{
    return *insideContext().owner().scheduler;
}

MonoTime AgentBase::now() const noexcept
{
    return insideContext().owner().clock->now();
}

Rng& AgentBase::rng()
{
    Core& core = insideContext().owner();
    detail::CellSide& side = core.sideOf(*m_cell);
    if (!side.rng) {
        side.rng.emplace(Rng(core.options.seed).fork("agents").fork(self().packed()));
    }
    return *side.rng;
}

AgentId AgentBase::sender() const noexcept
{
    const detail::Envelope* envelope = insideContext().envelope;
    return envelope == nullptr ? AgentId{} : envelope->sender;
}

std::optional<MonoTime> AgentBase::deadline() const noexcept
{
    const detail::Envelope* envelope = insideContext().envelope;
    return envelope != nullptr && envelope->timed() ? std::optional(envelope->deadline())
                                                    : std::nullopt;
}

Delivery AgentBase::post(AgentId to, detail::Envelope* envelope)
{
    envelope->sender = self();
    return detail::post(insideContext(), to, envelope);
}

TimerId AgentBase::postAfter(Duration delay, AgentId to, detail::Envelope* envelope)
{
    return insideContext().owner().timers->message(insideContext(), delay, self(), to, envelope);
}

void AgentBase::cancelTimer(TimerId id)
{
    insideContext().owner().timers->cancel(id);
}

ReplyLater AgentBase::replyLater()
{
    detail::Envelope* envelope = insideContext().envelope;
    if (envelope == nullptr || envelope->request() == 0) {
        return {};
    }
    ReplyLater later(insideContext().owner().contexts.link(), envelope->sender,
                     envelope->request());
    envelope->forgetRequest();
    return later;
}

void AgentBase::stop(EndReason reason)
{
    static_cast<void>(detail::orderEnd(insideContext(), self(), detail::control::kOwn, reason));
}

void AgentBase::monitor(AgentId other)
{
    if (!insideContext().owner().monitors.watch(other, self())) {
        auto* envelope =
            detail::makeEnvelope(insideContext(), AgentEnded{other, {EndKind::noAgent, {}}});
        envelope->address(EnvelopeKind::system, 0);
        static_cast<void>(post(self(), envelope));
    }
}

void AgentBase::demonitor(AgentId other)
{
    insideContext().owner().monitors.forget(other, self());
}

void AgentBase::publish(TypeId type, std::initializer_list<Field> fields) const
{
    if (Publisher* events = insideContext().owner().events) {
        events->publish(type, self(), fields);
    }
}

void AgentBase::publish(std::string_view type, std::initializer_list<Field> fields) const
{
    if (Publisher* events = insideContext().owner().events) {
        if (const auto interned = events->types().intern(type); interned.ok()) {
            events->publish(interned.value(), self(), fields);
        }
    }
}

void AgentBase::setAction(ActionLabel label) noexcept
{
    m_cell->action.store(label.number, std::memory_order_relaxed);
}

}  // namespace muster
