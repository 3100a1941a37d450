// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "net/http_client.h"
#include "processes/process_runner.h"

namespace muster {

/// What the actions of one run reach the outside by. There is none in a simulation.
/// Thread safety: set before the actions are bound to it, then read by any thread.
struct ActionWorld {
    struct Helper {
        std::string name;
        std::uint16_t port = 0;
    };

    std::shared_ptr<HttpClient> http;
    std::shared_ptr<ProcessRunner> processes;
    std::vector<Helper> helpers;
};

/// What an action would use, as its file says: looked at before it runs.
struct ActionNeeds {
    std::vector<std::string> helpers;   ///< names
    std::vector<std::string> places;    ///< URLs it reaches, as the file writes them
    std::vector<std::string> programs;  ///< command lines it starts, as the file writes them
};

}  // namespace muster
