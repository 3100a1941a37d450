// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "documents/schema.h"
#include "documents/value.h"
#include "services/queue_settings.h"

namespace muster {

/// One of [queues].
[[nodiscard]] Schema queueSchema();

/// From a table that holds to the schema; what it leaves out has its default.
[[nodiscard]] QueueSettings readQueueSettings(const Value& table);

}  // namespace muster
