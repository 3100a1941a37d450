// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "calls/call_flow.h"
#include "runtime/async.h"

namespace muster {

/// One attempt of the action: within `time` (kForever: unbounded), number `attempt` from 1.
struct CallAttempt {
    std::uint32_t attempt = 1;
    Duration time = kForever;
    Deadline deadline;  ///< of the whole call, to be carried along
};

/// Carries an attempt out and says how it ended; what it gave it keeps to itself.
using CallAction = std::function<Async<AttemptEnd>(const CallAttempt& attempt)>;

/// A call to a service through all its stages. Made while a request is handled, it has no longer
/// than what is left of that one's deadline. The handler that awaits it stands still while it
/// waits for a token, for its turn and between attempts; no worker does. An agent that ends
/// meanwhile gives back what its call held. The service must outlive the agent; what `action`
/// refers to must outlive the call. Thread safety: its agent's.
[[nodiscard]] Async<CallEnd> callThrough(ProtectedService& service, CallRequest request,
                                         CallAction action, const Clock& clock);

/// What a rejection says to those who see it. Errors: overloaded, unavailable or timedOut.
[[nodiscard]] Error rejectionError(const ProtectedService& service, const CallEnd& end);

}  // namespace muster
