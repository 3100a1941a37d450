// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "base/result.h"
#include "runtime/agent_type.h"

namespace muster::detail {

/// A look inside an agent between two of its messages; system mail that every agent takes.
struct Inspect {
    std::function<void(Result<std::string>)> done;

    Inspect() = default;
    explicit Inspect(std::function<void(Result<std::string>)> callback) : done(std::move(callback))
    {
    }
    Inspect(Inspect&& other) noexcept : done(std::exchange(other.done, nullptr)) {}
    Inspect& operator=(Inspect&&) = delete;
    ~Inspect();
};

/// Answers it with the behaviour's stateJson(). On the agent's worker.
void inspect(const AgentOps& ops, const void* behaviour, Inspect& question);

}  // namespace muster::detail
