// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "runtime/awaitables.h"

namespace muster {

// What a coroutine that is no member of its agent may wait for; only within a handler.
// Thread safety: its agent's.

/// co_await pauseFor(time): the handler stands still, its worker goes on.
[[nodiscard]] inline detail::DelayAwaiter pauseFor(Duration time)
{
    return detail::DelayAwaiter(time);
}

/// co_await deadlineOfRequest(): by when the answer to the request that is being handled is of
/// use, as an optional time; none for a message that is no request. Does not wait.
[[nodiscard]] inline detail::DeadlineAwaiter deadlineOfRequest()
{
    return {};
}

/// co_await answerFrom<Reply>(longest, begin): calls begin(ReplyLater) at once and gives what
/// is replied, by whichever thread, as a Result<Reply>. Errors: timedOut after `longest`
/// (Duration::max(): never); what the other side fails it with; unavailable if that drops it.
template <class Reply, class Begin>
[[nodiscard]] detail::OutsideAwaiter<Reply, Begin> answerFrom(Duration longest, Begin begin)
{
    return {longest, std::move(begin)};
}

}  // namespace muster
