// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/inspect.h"

#include "runtime/internal/thrown.h"

namespace muster::detail {

Inspect::~Inspect()
{
    if (done) {
        done(Error{ErrorCode::notFound, "the agent ended", "", ""});
    }
}

void inspect(const AgentOps& ops, const void* behaviour, Inspect& question)
{
    const auto done = std::exchange(question.done, nullptr);
    if (ops.stateJson == nullptr) {
        done(Error{ErrorCode::unavailable, "agents of this type do not show their state", "",
                   "Give the type a stateJson()"});
        return;
    }
    Result<std::string> json = Error{};
    try {
        json = ops.stateJson(behaviour);
    } catch (...) {
        json = Error{ErrorCode::internal, "stateJson() threw: " + thrownText(), "", ""};
    }
    done(std::move(json));
}

}  // namespace muster::detail
