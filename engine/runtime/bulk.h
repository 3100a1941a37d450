// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "runtime/mailbox.h"

namespace muster {

/// What calls over many agents give back: they do what they can and say, agent by agent, what
/// they could not. An index is the 0-based place in what the call was given; failures are in
/// its order.

struct BulkFailure {
    std::uint64_t index = 0;
    Error error;
};

struct BulkDone {
    std::uint64_t done = 0;
    std::vector<BulkFailure> failures;
};

struct BulkCreated {
    std::vector<AgentId> ids;  ///< the living, in order
    std::vector<BulkFailure> failures;
};

struct BulkSent {
    struct Failure {
        std::uint64_t index = 0;
        Delivery delivery = Delivery::noAgent;
    };
    std::uint64_t delivered = 0;  ///< queued, as of Delivery
    std::vector<Failure> failures;
};

}  // namespace muster
