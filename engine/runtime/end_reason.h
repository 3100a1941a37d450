// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace muster {

/// How an agent came to its end.
enum class EndKind : std::uint8_t {
    normal,      ///< by itself, its work done
    shutdown,    ///< by its supervisor, or with the engine
    stopped,     ///< by an operator or its creator
    killed,      ///< it did not stop in its time, or brutally
    crashed,     ///< an exception left a handler or an error was given as the reason
    initFailed,  ///< it never lived
    noAgent,     ///< the id named nobody (any more)
};

/// "normal", "shutdown", … as it stands in events.
[[nodiscard]] std::string_view toString(EndKind kind) noexcept;

/// Why an agent ended: the kind for decisions, the text for people (may be empty).
struct EndReason {
    EndKind kind = EndKind::normal;
    std::string text{};

    /// What a transient child is restarted after.
    [[nodiscard]] bool abnormal() const noexcept
    {
        return kind == EndKind::crashed || kind == EndKind::killed || kind == EndKind::initFailed;
    }
    friend bool operator==(const EndReason&, const EndReason&) = default;
};

}  // namespace muster
