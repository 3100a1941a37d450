// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "events/fields.h"

namespace muster {

/// What was stored as JSON, as the fields it was. Fields have no tables and no null.
[[nodiscard]] Fields fieldsOf(const std::string& json);

}  // namespace muster
