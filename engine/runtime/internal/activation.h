// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "base/result.h"
#include "runtime/internal/cell.h"
#include "runtime/internal/thread_context.h"

namespace muster::detail {

/// Runs a ready agent on the calling thread until it has nothing to do, has used up its turn,
/// waits, or ends.
void runAgent(Core& core, ThreadContext& context, Cell& cell);

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

}  // namespace muster::detail
