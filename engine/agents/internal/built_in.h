// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agents/action.h"

namespace muster {

[[nodiscard]] ActionInfo filesDigest();
[[nodiscard]] ActionInfo filesCount();
[[nodiscard]] ActionInfo filesGrep();
[[nodiscard]] ActionInfo filesWalk();
[[nodiscard]] ActionInfo http();
[[nodiscard]] ActionInfo exec();
[[nodiscard]] ActionInfo llm();
[[nodiscard]] ActionInfo synthetic();

}  // namespace muster
