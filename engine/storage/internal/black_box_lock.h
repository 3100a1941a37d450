// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/descriptor.h"

namespace muster {

/// The right to a black box, which the system takes back when its process dies: of who fills it,
/// then of who collects it. Of the open file, so that two engines of one process hold each other
/// off. False when another has it.
[[nodiscard]] bool lockBox(const Descriptor& box) noexcept;
/// Whether another open file has it, found out without taking it.
[[nodiscard]] bool boxLocked(const Descriptor& box) noexcept;

}  // namespace muster
