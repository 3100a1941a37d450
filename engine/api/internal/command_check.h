// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "api/command.h"
#include "base/result.h"

namespace muster {

/// Whether the command stands in the table with arguments it takes, all that it must have and
/// each of its kind. What parseCommand() and Engine::submit() both ask.
[[nodiscard]] Result<void> checkCommand(const Command& command);

/// The refusal of a name that is in no table, with the nearest one that is.
[[nodiscard]] Error unknownCommand(std::string_view name);

/// "type", "state", … : what may stand before the colon in a filter term.
[[nodiscard]] std::span<const std::string_view> filterKeys() noexcept;
[[nodiscard]] bool isFilterKey(std::string_view key) noexcept;
/// "type:task": a term with a key, not a bare word.
[[nodiscard]] bool isFilterTerm(std::string_view text) noexcept;

}  // namespace muster
