// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runtime/agent_base.h"
#include "runtime/agent_type.h"
#include "runtime/handling.h"

namespace muster {

/// The kinds of message an agent type takes.
template <class... Messages>
struct Handles {
};

template <class Derived, class Messages>
class Agent;

/// Base of every agent type:
///
///     class LinkChecker : public Agent<LinkChecker, Handles<Check, Tick>> {
///     public:
///         Async<Checked> handle(const Check& check);  // may co_await; never blocks a worker
///         void handle(const Tick&);                   // or returns the reply itself
///     };
///
/// A handler returns void (an asker gets Done), the reply, a Result of it, or an Async of any
/// of these. An exception that leaves it is a crash.
///
/// One message at a time: while a handler stands at a co_await the agent is busy and its mail
/// waits. With `static constexpr bool kInterleaves = true` other messages are handled
/// meanwhile; still never two at the same instant.
///
/// Optional members, found by name: `Result<void> init()` (an error means it never lived),
/// `void terminated(const EndReason&)`, `std::string stateJson() const`,
/// `S snapshot() const` with `void restore(S)` (carried over a restart by the operator),
/// `static constexpr std::string_view kType`.
template <class Derived, class... Messages>
class Agent<Derived, Handles<Messages...>> : public AgentBase {
    friend struct detail::OpsOf<Derived>;

    /// Compares addresses in the order of Handles<…>: put the most frequent first.
    static detail::Handled dispatch(Derived& agent, detail::Envelope& envelope)
    {
        auto handled = detail::Handled::unknown;
        static_cast<void>(
            ((envelope.type == &kMessageType<Messages> &&
              (handled = detail::handleOne<Derived, Messages>(agent, envelope), true)) ||
             ...));
        return handled;
    }
};

}  // namespace muster
