// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "api/black_box.h"
#include "storage/black_box_bundle.h"

namespace muster {

/// "SIGSEGV in muster-worker-1"; empty without a crash.
[[nodiscard]] std::string crashText(const BlackBoxInfo& box);
[[nodiscard]] SavedBlackBox toSaved(const BlackBoxBundle& bundle, std::string cause,
                                    std::string detail);

}  // namespace muster
