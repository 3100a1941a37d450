// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runtime/internal/cell.h"
#include "runtime/internal/thread_context.h"

namespace muster::model {

/// A message that remembers what became of it.
struct Letter : detail::Envelope {
    int from = 0;
    int number = 0;
    int handled = 0;
    int shed = 0;       ///< by a mailbox that drops its oldest
    int refused = 0;    ///< by a full one
    int late = 0;       ///< it was closed, before or after the letter came
    bool last = false;  ///< who handles it ends

    [[nodiscard]] int fates() const { return handled + shed + refused + late; }
};

/// The context of a thread that sends, with no runtime behind it.
[[nodiscard]] detail::ThreadContext& outsideContext();
[[nodiscard]] detail::ThreadContext& workerContext();

}  // namespace muster::model
