// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "api/engine.h"
#include "build_info.h"

namespace muster {

std::string buildDescription()
{
    return fmt::format("{} ({}, {}, {})", build::kVersion, build::kCommit, build::kCompiler,
                       build::kType);
}

}  // namespace muster
