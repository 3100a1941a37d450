// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "runtime/envelope.h"
#include "runtime/mailbox.h"

namespace muster::detail {

/// The errors an asker gets, in one place.
[[nodiscard]] Error deliveryError(Delivery delivery);
[[nodiscard]] Error timeoutError();
/// Of an answer that is not the expected message: the error it carries, or what came instead.
[[nodiscard]] Error answerErrorOf(Envelope& answer, const MessageType& expected);

}  // namespace muster::detail
