// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "documents/schema.h"
#include "documents/value.h"
#include "storage/retention.h"

namespace muster {

/// [session]: how long and how much of events is kept.
[[nodiscard]] Schema sessionSchema();
/// [history]: how long metrics are kept.
[[nodiscard]] Schema historySchema();

/// Of tables that hold to their schemas; what they leave out has its default.
void readSession(const Value& table, RetentionOptions& retention);
void readHistory(const Value& table, MetricRetention& metrics);

}  // namespace muster
