// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "agents/action.h"

namespace muster {

/// Where the chunks of a file go. False: enough was read.
using ChunkUse = std::function<bool(std::span<const unsigned char>)>;

/// Hands over one regular file, named by an absolute path, in chunks, with a look at the deadline
/// between them. Links are not followed, and what is no regular file is refused without waiting for
/// it: a pipe that nobody writes to must not hold a thread. Failures name what the path is instead.
/// Blocking. Thread safety: any thread.
[[nodiscard]] std::optional<ActionFailure> readFile(const ActionCall& call, const ChunkUse& use);

}  // namespace muster
