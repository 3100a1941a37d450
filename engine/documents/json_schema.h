// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "documents/schema.h"

namespace muster {

/// The schema as JSON Schema (draft 2020-12), for editors that complete and check TOML.
[[nodiscard]] std::string toJsonSchema(const Schema& schema, const std::string& title,
                                       const std::string& id);

}  // namespace muster
