// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "runtime/bulk.h"
#include "runtime/mailbox.h"

namespace muster {

/// Whether a supervisor starts a child again that ended by itself (Erlang/OTP's words).
enum class Restart : std::uint8_t {
    permanent,  ///< always
    transient,  ///< after an abnormal end only
    temporary,  ///< never
};

[[nodiscard]] std::string_view toString(Restart restart) noexcept;

/// How a supervisor ends a child: asks, waits `grace`, then kills. brutal() does not ask;
/// infinite() waits for ever, as for supervisors.
struct Shutdown {
    Duration grace = std::chrono::seconds(5);

    [[nodiscard]] static constexpr Shutdown brutal() noexcept { return {Duration::zero()}; }
    [[nodiscard]] static constexpr Shutdown infinite() noexcept { return {Duration::max()}; }
    friend bool operator==(const Shutdown&, const Shutdown&) = default;
};

/// How an agent is made.
struct CreateOptions {
    /// Unique among the living. Empty: found by id only, shown as "<type>.<id>". A bulk
    /// creation names its agents `<name>-1`, `<name>-2`, … and goes on where the last one ended.
    std::string name{};
    std::string type{};  ///< as the directory shows it; empty: the C++ type's kType, or its name
    std::vector<std::string> capabilities{};
    std::vector<std::pair<std::string, std::string>> attributes{};
    AgentId supervisor{};  ///< none: unsupervised; a crash then ends it
    MailboxOptions mailbox{};
    Restart restart = Restart::permanent;
    Shutdown shutdown{};
};

}  // namespace muster
