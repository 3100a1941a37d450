// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/answers.h"

#include <fmt/format.h>

#include <utility>

#include "runtime/internal/post.h"

namespace muster::detail {

Error deliveryError(Delivery delivery)
{
    switch (delivery) {
        case Delivery::full:
        case Delivery::dropped:
            return {ErrorCode::overloaded, "the agent's mailbox is full", "",
                    "Ask again later, or raise the mailbox's bound"};
        case Delivery::closed:
            return {ErrorCode::cancelled, "the runtime is ending", "", ""};
        case Delivery::noAgent:
        case Delivery::queued:
            break;
    }
    return {ErrorCode::notFound, "no such agent", "", ""};
}

Error timeoutError()
{
    return {ErrorCode::timedOut, "no answer before the deadline", "", ""};
}

Error answerErrorOf(Envelope& answer, const MessageType& expected)
{
    if (answer.type == &kMessageType<Error>) {
        return std::move(*static_cast<Error*>(answer.message()));
    }
    if (answer.type == &kMessageType<Expired>) {
        return timeoutError();
    }
    return {ErrorCode::internal,
            fmt::format("the answer is a {}, not a {}", answer.type->name, expected.name), "",
            "Ask for the reply that the agent's handler returns"};
}

}  // namespace muster::detail
