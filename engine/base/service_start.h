// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace muster {

enum class ServiceState : std::uint8_t {
    waiting,  ///< its turn never came
    started,
    failed,   ///< its own start did
    stopped,  ///< started, then stopped since another failed
};

/// "started"
[[nodiscard]] std::string_view toString(ServiceState state) noexcept;

/// How one service came up.
struct ServiceStart {
    std::string service;
    std::vector<std::string> needs;
    std::uint32_t group = 0;  ///< after all groups before it, beside the others of its own
    ServiceState state = ServiceState::waiting;
    Duration began{};  ///< since the start as a whole began
    Duration took{};
};

/// How all of them did, in the order they were declared.
struct EngineStartup {
    std::vector<ServiceStart> services;
    Duration ready{};  ///< start to ready; zero: it never was
};

}  // namespace muster
